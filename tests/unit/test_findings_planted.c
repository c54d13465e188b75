/* SPDX-License-Identifier: Apache-2.0 */
#include "model_plant.h"

#include "model/rules.h"

static const uint64_t sizes[] = {4 * MIB, 12 * MIB, 40 * MIB, 57 * MIB + 12345, 300 * MIB};
#define N_SIZES (sizeof sizes / sizeof *sizes)

static const struct {
	const char *name;
	plant_fn *plant;
	const char *v1, *v2;
} cases[] = {
	{"anon", anon, "anon", "anon"},
	{"forked", forked, "anon-children", "anon-children"},
	{"forked under sh", forked_under_shell, "anon-children", "anon-children"},
	{"exec", execed, "anon-children", "anon-children"},
	{"tini", under_tini, "anon", "anon"},
	{"entrypoint", under_entrypoint, "anon", "anon"},
	{"postgres", postgres, "anon", "anon"},
	{"nginx", nginx, "anon", "anon"},
	{"php-fpm", php_fpm, "anon", "anon"},
	{"preforked", preforked, "anon", "anon"},
	{"inactive", inactive, "cache-inactive", "cache-inactive"},
	{"active", active, "cache-active", "cache-active"},
	{"mapped", mapped, "cache-mapped", "cache-mapped"},
	{"dirty", dirty, "cache-dirty", "cache-dirty"},
	{"tmpfs", tmpfs, "tmpfs", "tmpfs"},
	{"shm mapped", shm_mapped, "tmpfs", "tmpfs"},
	{"dentries", dentries, "slab-reclaimable", "slab-reclaimable"},
	{"pipes", pipes, "kernel-other", "kernel-other"},
	{"unix", unix_sockets, "kernel-other", "kernel-other"},
	{"page tables", page_tables, "page-tables", "page-tables"},
	{"threads", threads, "thread-stacks", "thread-stacks"},
	{"huge pages given back", split_huge, "huge-pages", "huge-pages"},
	{"huge pages touched sparsely", sparse_huge, "huge-pages", "huge-pages"},
	{"lazyfree", lazyfree, "lazyfree", "lazyfree"},
	{"locked", locked, "locked", "locked"},
	{"locked file", locked_file, "locked", "locked"},
	{"SHM_LOCK", locked_shm, "tmpfs", "tmpfs"},
	{"sockets", sockets, NULL, "sockets"},
};

static void check_case(size_t i, int version, uint64_t n)
{
	const char *want = version == 1 ? cases[i].v1 : cases[i].v2, *got;
	struct model_case c;
	uint64_t found;

	case_start(&c, version);
	cases[i].plant(&c, n);
	got = first_cause(&c);
	if (strcmp(got, want) != 0)
		fail_msg("%s, v%d, %ju bytes: %s", cases[i].name, version, (uintmax_t)n, got);
	check_sums(&c.b);
	found = c.f->v[0].bytes.v;
	/* what was there before, and estimates of tasks, are the only differences */
	if (found + n / 10 + 2 * MIB < n || found > n + n / 10 + 2 * MIB)
		fail_msg("%s, v%d: %ju of %ju bytes", cases[i].name, version, (uintmax_t)found,
			 (uintmax_t)n);
	assert_non_null(c.f->v[0].summary);
	assert_true(strlen(c.f->v[0].summary) > 20 && strlen(c.f->v[0].advice) > 10);
	assert_true(c.f->v[0].n_evidence > 0);
	for (size_t k = 0; k < c.f->n; k++)
		assert_int_equal(c.f->v[k].severity, CGM_INFO);
	case_end(&c);
}

static void test_planted(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (size_t k = 0; k < N_SIZES; k++)
			for (int v = 1; v <= 2; v++)
				if (v == 1 ? cases[i].v1 : cases[i].v2)
					check_case(i, v, sizes[k]);
}

static void test_planted_without_5_18(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	pipes(&c, 40 * MIB);
	c.s.now.state[CGM_KERNEL] = CGM_ABSENT;
	c.s.host.kernel_major = 5;
	c.s.host.kernel_minor = 10;
	assert_string_equal(first_cause(&c), "kernel-other");
	case_end(&c);
}

static void random_processes(struct model_case *c, uint64_t *rnd)
{
	static const char *const comms[] = {"app", "sh", "postgres", "worker"};

	for (int i = 0; i < 6; i++) {
		struct cgm_process *p =
			add_proc(c, 100 + i, i ? 100 + (int)(next_random(rnd) % 6) : 1,
				 comms[next_random(rnd) % 4], next_random(rnd) % (64 * MIB));

		p->pss_anon = (struct cgm_opt){next_random(rnd) % (64 * MIB), next_random(rnd) % 4};
		p->pss_shmem = opt(next_random(rnd) % (64 * MIB));
		p->lazyfree = opt(next_random(rnd) % (64 * MIB));
		p->locked = opt(next_random(rnd) % (64 * MIB));
		p->thp_zero = (struct cgm_opt){next_random(rnd), next_random(rnd) % 2};
		p->threads = opt(next_random(rnd) % 3000);
		p->foreign = next_random(rnd) % 4 == 0;
	}
	c->s.procs_complete = next_random(rnd) % 2;
	c->s.pipe_bytes = (struct cgm_opt){next_random(rnd) % (64 * MIB), next_random(rnd) % 2};
	c->s.unix_queue_bytes = (struct cgm_opt){next_random(rnd), next_random(rnd) % 2};
	c->s.host.slab_reclaimable =
		(struct cgm_opt){next_random(rnd) % (64 * MIB), next_random(rnd) % 2};
}

/* A byte belongs to one cause, and all that is in a component to some cause. */
static void test_partition_of_random_groups(void **state)
{
	uint64_t rnd = test_seed();

	(void)state;
	for (int i = 0; i < 5000; i++) {
		struct cgm_proc_sums sums;
		struct cgm_partition p;
		struct model_case c;
		uint64_t total = 0, docker = 0, parts = 0, listed = 0, causes = 0;

		case_start(&c, 1 + i % 2);
		random_sample(&c.s.now, &rnd, 1 + i % 2);
		if (i % 5)
			random_processes(&c, &rnd);
		case_explain(&c);
		cgm_proc_sums_make(&c.s, &sums);
		cgm_partition_make(&c.s.now, &c.b, &c.s, &sums, &p);
		for (int k = 0; k < CGM_CAUSE_COUNT; k++) {
			total += p.bytes[k];
			docker += p.in_docker[k];
			assert_true(p.in_docker[k] <= p.bytes[k]);
		}
		for (int k = 0; k < CGM_PART_COUNT; k++)
			parts += c.b.part[k].bytes;
		assert_int_equal(total, parts < c.b.charged ? parts : c.b.charged);
		if (parts <= c.b.charged) {
			uint64_t in = 0;

			for (int k = 0; k < CGM_PART_COUNT; k++)
				in += c.b.part[k].in_docker;
			assert_int_equal(docker, in);
		}
		for (size_t k = 0; k < c.f->n; k++) {
			if (c.f->v[k].kind != CGM_KIND_CAUSE)
				continue;
			listed += c.f->v[k].bytes.v;
			causes++;
			assert_int_equal(c.f->v[k].severity, CGM_INFO);
			/* causes stand first */
			assert_int_equal(k + 1, causes);
		}
		assert_true(listed <= c.b.charged);
		assert_true(causes > 0 || total == 0);
		case_end(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_planted),
		cmocka_unit_test(test_planted_without_5_18),
		cmocka_unit_test(test_partition_of_random_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
