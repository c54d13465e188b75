/* SPDX-License-Identifier: Apache-2.0 */
#include "model_case.h"

#include "model/rules.h"

static const uint64_t sizes[] = {4 * MIB, 12 * MIB, 40 * MIB, 57 * MIB + 12345, 300 * MIB};
#define N_SIZES (sizeof sizes / sizeof *sizes)

/* How one kind of memory shows, and the cause that must come first, on v1 and on v2. */
typedef void plant_fn(struct model_case *c, uint64_t bytes);

static void anon(struct model_case *c, uint64_t n)
{
	plant(c, CGM_ANON, CGM_ACTIVE_ANON, n);
	add_proc(c, 100, 1, "web", n + MIB);
}

static void forked(struct model_case *c, uint64_t n)
{
	plant(c, CGM_ANON, CGM_ACTIVE_ANON, n);
	add_proc(c, 100, 1, "scenario", 128 * KIB);
	for (int i = 1; i <= 4; i++)
		add_proc(c, 100 + i, 100, "scenario", i == 3 ? n : 64 * KIB);
}

static void forked_under_shell(struct model_case *c, uint64_t n)
{
	plant(c, CGM_ANON, CGM_ACTIVE_ANON, n);
	add_proc(c, 90, 1, "sh", 128 * KIB);
	add_proc(c, 100, 90, "scenario", 128 * KIB);
	for (int i = 1; i <= 4; i++)
		add_proc(c, 100 + i, 100, "scenario", i == 3 ? n : 64 * KIB);
}

static void execed(struct model_case *c, uint64_t n)
{
	plant(c, CGM_ANON, CGM_ACTIVE_ANON, n);
	add_proc(c, 100, 1, "web", MIB);
	add_proc(c, 200, 50, "sh", 128 * KIB)->foreign = true;
	add_proc(c, 201, 200, "dump", n)->foreign = true;
}

/* Children by design: it is the workload's own memory. */
static void under_tini(struct model_case *c, uint64_t n)
{
	plant(c, CGM_ANON, CGM_ACTIVE_ANON, n);
	add_proc(c, 100, 1, "tini", 64 * KIB);
	add_proc(c, 101, 100, "web", n);
}

static void under_entrypoint(struct model_case *c, uint64_t n)
{
	plant(c, CGM_ANON, CGM_ACTIVE_ANON, n);
	add_proc(c, 100, 1, "entrypoint.sh", 256 * KIB);
	add_proc(c, 101, 100, "web", n);
}

static void postgres(struct model_case *c, uint64_t n)
{
	plant(c, CGM_ANON, CGM_ACTIVE_ANON, n);
	add_proc(c, 100, 1, "postgres", 512 * KIB);
	add_proc(c, 101, 100, "postgres", 256 * KIB);
	add_proc(c, 102, 100, "postgres", n);
}

static void nginx(struct model_case *c, uint64_t n)
{
	plant(c, CGM_ANON, CGM_ACTIVE_ANON, n);
	add_proc(c, 100, 1, "nginx", 512 * KIB);
	add_proc(c, 101, 100, "nginx", n / 2);
	add_proc(c, 102, 100, "nginx", n / 2);
}

static void php_fpm(struct model_case *c, uint64_t n)
{
	plant(c, CGM_ANON, CGM_ACTIVE_ANON, n);
	add_proc(c, 100, 1, "php-fpm8.2", 512 * KIB);
	add_proc(c, 101, 100, "php-fpm8.2", n);
}

/* Filled before the fork: each process shows all of it in RSS, and its share in PSS. */
static void preforked(struct model_case *c, uint64_t n)
{
	plant(c, CGM_ANON, CGM_ACTIVE_ANON, n);
	for (int i = 0; i < 5; i++) {
		struct cgm_process *p = add_proc(c, 100 + i, i ? 100 : 1, "app", n);

		p->pss_anon = opt(n / 5);
	}
}

static void inactive(struct model_case *c, uint64_t n)
{
	add_proc(c, 100, 1, "web", MIB);
	plant(c, CGM_FILE_CACHE, CGM_INACTIVE_FILE, n);
}

static void active(struct model_case *c, uint64_t n)
{
	add_proc(c, 100, 1, "web", MIB);
	plant(c, CGM_FILE_CACHE, CGM_ACTIVE_FILE, n);
	plus(c, CGM_FILE_MAPPED, n / 20);
}

static void mapped(struct model_case *c, uint64_t n)
{
	add_proc(c, 100, 1, "web", MIB)->pss_file = opt(n);
	plant(c, CGM_FILE_CACHE, CGM_INACTIVE_FILE, n);
	plus(c, CGM_FILE_MAPPED, n);
}

static void dirty(struct model_case *c, uint64_t n)
{
	add_proc(c, 100, 1, "web", MIB);
	plant(c, CGM_FILE_CACHE, CGM_INACTIVE_FILE, n);
	plus(c, CGM_FILE_DIRTY, n / 2);
	plus(c, CGM_FILE_WRITEBACK, n - n / 2);
}

static void tmpfs(struct model_case *c, uint64_t n)
{
	add_proc(c, 100, 1, "web", MIB);
	plant_shmem(c, n);
}

/* A mapped segment is in file_mapped too: it is no mapped file. */
static void shm_mapped(struct model_case *c, uint64_t n)
{
	struct cgm_process *p = add_proc(c, 100, 1, "web", MIB);

	p->pss_shmem = p->rss_shmem = opt(n);
	plant_shmem(c, n);
	plus(c, CGM_FILE_MAPPED, n);
}

static void dentries(struct model_case *c, uint64_t n)
{
	add_proc(c, 100, 1, "web", MIB);
	plant_kernel(c, CGM_SLAB_RECLAIMABLE, n);
	c->s.host.slab_reclaimable = opt(n + 50 * MIB);
	c->s.host.slab_unreclaimable = opt(60 * MIB);
	c->s.pipe_bytes = opt(0);
	c->s.unix_queue_bytes = opt(0);
}

static void pipes(struct model_case *c, uint64_t n)
{
	add_proc(c, 100, 1, "web", MIB);
	plant_kernel(c, CGM_KERNEL, n);
	c->s.pipe_bytes = opt(n);
	c->s.unix_queue_bytes = opt(0);
	c->s.host.slab_reclaimable = opt(500 * MIB);
}

static void unix_sockets(struct model_case *c, uint64_t n)
{
	add_proc(c, 100, 1, "web", MIB);
	plant_kernel(c, CGM_SLAB_UNRECLAIMABLE, n / 4 * 3);
	plant_kernel(c, CGM_KERNEL, n - n / 4 * 3);
	c->s.pipe_bytes = opt(0);
	c->s.unix_queue_bytes = opt(n);
	c->s.host.slab_reclaimable = opt(500 * MIB);
}

static void page_tables(struct model_case *c, uint64_t n)
{
	add_proc(c, 100, 1, "web", MIB)->page_tables = opt(n);
	plant_kernel(c, CGM_PAGETABLES, n);
	c->s.host.slab_reclaimable = opt(500 * MIB);
}

static void threads(struct model_case *c, uint64_t n)
{
	uint64_t count = n / (16 * KIB);

	add_proc(c, 100, 1, "web", MIB)->threads = opt(count);
	plant_kernel(c, CGM_KERNEL_STACK, count * 16 * KIB);
	plant_kernel(c, CGM_SLAB_UNRECLAIMABLE, count * 8700);
	c->s.host.slab_reclaimable = opt(500 * MIB);
}

static void split_huge(struct model_case *c, uint64_t n)
{
	add_proc(c, 100, 1, "web", MIB);
	plus(c, CGM_INACTIVE_ANON, n);
	plus(c, CGM_CHARGED, n);
	cgm_set(&c->s.now, CGM_SWAPCACHED, 0);
}

static void sparse_huge(struct model_case *c, uint64_t n)
{
	struct cgm_process *p = add_proc(c, 100, 1, "web", n);

	plant(c, CGM_ANON, CGM_ACTIVE_ANON, n);
	p->thp = opt(n);
	p->thp_zero = opt(n / 512 * 511);
	cgm_set(&c->s.now, CGM_ANON_THP, n);
}

static void lazyfree(struct model_case *c, uint64_t n)
{
	add_proc(c, 100, 1, "web", n + MIB)->lazyfree = opt(n);
	plant(c, CGM_ANON, CGM_INACTIVE_FILE, n);
}

static void locked(struct model_case *c, uint64_t n)
{
	add_proc(c, 100, 1, "web", n + MIB)->locked = opt(n);
	plant(c, CGM_ANON, CGM_UNEVICTABLE, n);
}

static void locked_file(struct model_case *c, uint64_t n)
{
	add_proc(c, 100, 1, "web", MIB)->locked = opt(n);
	plant(c, CGM_FILE_CACHE, CGM_UNEVICTABLE, n);
	plus(c, CGM_FILE_MAPPED, n);
}

/* SHM_LOCK: unevictable, and shared memory all the same. */
static void locked_shm(struct model_case *c, uint64_t n)
{
	add_proc(c, 100, 1, "web", MIB);
	plant(c, CGM_FILE_CACHE, CGM_UNEVICTABLE, n);
	plus(c, CGM_SHMEM, n);
}

static void sockets(struct model_case *c, uint64_t n)
{
	add_proc(c, 100, 1, "web", MIB);
	plus(c, CGM_SOCK, n);
	plus(c, CGM_CHARGED, n);
}

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

static void test_names_the_process(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	forked(&c, 40 * MIB);
	case_explain(&c);
	assert_non_null(strstr(c.f->v[0].summary, "scenario (pid 103)"));
	assert_false(strstr(c.f->v[0].summary, "exec"));
	case_end(&c);
	case_start(&c, 2);
	execed(&c, 40 * MIB);
	case_explain(&c);
	assert_non_null(strstr(c.f->v[0].summary, "dump (pid 201)"));
	case_end(&c);
	case_start(&c, 1);
	postgres(&c, 40 * MIB);
	case_explain(&c);
	assert_non_null(strstr(c.f->v[0].summary, "postgres (pid 102)"));
	/* only RSS known (no permission for smaps) */
	for (size_t i = 0; i < c.s.n_procs; i++)
		c.procs[i].pss_anon.known = false;
	case_explain(&c);
	assert_non_null(strstr(c.f->v[0].summary, "postgres (pid 102)"));
	/* nothing known of processes */
	c.s.n_procs = 0;
	case_explain(&c);
	assert_string_equal(c.f->v[0].id, "anon");
	case_end(&c);
	/* a group without an init: processes beside each other are no children */
	case_start(&c, 2);
	execed(&c, 40 * MIB);
	c.s.target.kind = CGM_TARGET_CGROUP;
	assert_string_equal(first_cause(&c), "anon");
	case_end(&c);
}

static void test_own_anon_is_told_from_shared(void **state)
{
	struct model_case c;

	(void)state;
	/* both have 30 MiB of their own: the parent's is anon, the child's anon-children */
	case_start(&c, 2);
	plant(&c, CGM_ANON, CGM_ACTIVE_ANON, 60 * MIB);
	add_proc(&c, 100, 1, "app", 31 * MIB);
	add_proc(&c, 101, 100, "app", 30 * MIB);
	case_explain(&c);
	assert_int_equal(find(&c, "anon")->bytes.v, 31 * MIB);
	assert_int_equal(find(&c, "anon-children")->bytes.v, 30 * MIB);
	/* of another name: only a parent with a heap of its own is a workload */
	(void)snprintf(c.procs[1].comm, sizeof c.procs[1].comm, "ffmpeg");
	case_explain(&c);
	assert_non_null(find(&c, "anon-children"));
	c.procs[0].pss_anon = opt(16 * MIB - 1);
	case_explain(&c);
	assert_null(find(&c, "anon-children"));
	case_end(&c);
}

static void test_cyclic_parents_end(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	plant(&c, CGM_ANON, CGM_ACTIVE_ANON, 40 * MIB);
	add_proc(&c, 100, 101, "a", MIB);
	add_proc(&c, 101, 100, "b", MIB);
	add_proc(&c, 102, 102, "c", 40 * MIB);
	assert_string_equal(first_cause(&c), "anon");
	case_end(&c);
}

static void test_lazyfree_is_confirmed(void **state)
{
	struct model_case c;

	(void)state;
	/* used again: on the file list still, and no longer free */
	case_start(&c, 2);
	lazyfree(&c, 40 * MIB);
	c.procs[0].lazyfree = opt(MIB);
	case_explain(&c);
	assert_string_equal(c.f->v[0].id, "anon");
	assert_int_equal(find(&c, "lazyfree")->bytes.v, MIB);
	/* not all processes are known: memory.stat decides */
	c.s.procs_complete = false;
	assert_string_equal(first_cause(&c), "lazyfree");
	assert_int_equal(c.f->v[0].bytes.v, 40 * MIB);
	assert_false(c.f->v[0].in_docker);
	case_end(&c);
}

static void test_swap_cache_is_no_huge_page(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	split_huge(&c, 40 * MIB);
	cgm_set(&c.s.now, CGM_SWAPCACHED, 30 * MIB);
	case_explain(&c);
	assert_int_equal(find(&c, "huge-pages")->bytes.v, 10 * MIB);
	/* before 5.12: at most what is in swap */
	c.s.now.state[CGM_SWAPCACHED] = CGM_ABSENT;
	cgm_set(&c.s.now, CGM_SWAP, 39 * MIB);
	case_explain(&c);
	assert_int_equal(find(&c, "huge-pages")->bytes.v, MIB);
	case_end(&c);
}

static void test_healthy_huge_pages(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	anon(&c, 200 * MIB);
	cgm_set(&c.s.now, CGM_ANON_THP, 200 * MIB);
	case_explain(&c);
	assert_null(find(&c, "huge-pages"));
	case_end(&c);
}

static void test_hugetlb_is_said(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	add_proc(&c, 100, 1, "web", MIB);
	cgm_set(&c.s.now, CGM_STAT_HUGETLB, 64 * MIB);
	plus(&c, CGM_CHARGED, 64 * MIB);
	assert_string_equal(first_cause(&c), "huge-pages");
	assert_non_null(strstr(c.f->v[0].summary, "hugetlb"));
	case_end(&c);
}

static void test_mapped_text_does_not_outrank(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	inactive(&c, 40 * MIB);
	plus(&c, CGM_FILE_MAPPED, 3 * MIB);
	assert_string_equal(first_cause(&c), "cache-inactive");
	assert_int_equal(find(&c, "cache-mapped")->bytes.v, 3 * MIB);
	assert_int_equal(c.f->v[0].bytes.v, 37 * MIB);
	case_end(&c);
}

static void test_mapped_and_dirty_from_both_lists(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	plant(&c, CGM_FILE_CACHE, CGM_INACTIVE_FILE, 30 * MIB);
	plant(&c, CGM_FILE_CACHE, CGM_ACTIVE_FILE, 20 * MIB);
	plus(&c, CGM_FILE_MAPPED, 40 * MIB);
	plus(&c, CGM_FILE_DIRTY, 25 * MIB);
	case_explain(&c);
	assert_int_equal(find(&c, "cache-mapped")->bytes.v, 40 * MIB);
	assert_int_equal(find(&c, "cache-dirty")->bytes.v, 10 * MIB);
	assert_true(find(&c, "cache-dirty")->in_docker);
	assert_false(find(&c, "cache-mapped")->in_docker);
	assert_null(find(&c, "cache-inactive"));
	assert_null(find(&c, "cache-active"));
	case_end(&c);
}

static void test_order(void **state)
{
	struct model_case c;

	(void)state;
	/* both lead: the one in docker's figure first, though smaller */
	case_start(&c, 2);
	inactive(&c, 100 * MIB);
	plant(&c, CGM_ANON, CGM_ACTIVE_ANON, 15 * MIB);
	assert_string_equal(first_cause(&c), "anon");
	assert_string_equal(c.f->v[1].id, "cache-inactive");
	case_end(&c);
	/* one byte below 16 MiB it does not lead */
	case_start(&c, 2);
	inactive(&c, 100 * MIB);
	plant(&c, CGM_ANON, CGM_ACTIVE_ANON, 15 * MIB - 1);
	assert_string_equal(first_cause(&c), "cache-inactive");
	assert_string_equal(c.f->v[1].id, "anon");
	case_end(&c);
	/* a tenth of the charge counts in a large container */
	case_start(&c, 2);
	inactive(&c, 900 * MIB);
	plant(&c, CGM_ANON, CGM_ACTIVE_ANON, 80 * MIB);
	assert_string_equal(first_cause(&c), "cache-inactive");
	plant(&c, CGM_ANON, CGM_ACTIVE_ANON, 25 * MIB);
	assert_string_equal(first_cause(&c), "anon");
	case_end(&c);
	/* in a small one half of the largest does */
	case_start(&c, 2);
	inactive(&c, 8 * MIB);
	plant(&c, CGM_ANON, CGM_ACTIVE_ANON, 3 * MIB);
	assert_string_equal(first_cause(&c), "anon");
	plant(&c, CGM_FILE_CACHE, CGM_INACTIVE_FILE, 2);
	assert_string_equal(first_cause(&c), "cache-inactive");
	case_end(&c);
}

/* 10,000 small files: what docker shows of it is dentries and inodes. */
static void test_many_small_files(void **state)
{
	struct model_case c;

	(void)state;
	for (int v = 1; v <= 2; v++) {
		case_start(&c, v);
		inactive(&c, 40 * MIB);
		plant_kernel(&c, CGM_SLAB_RECLAIMABLE, 14 * MIB + 100 * KIB);
		c.s.host.slab_reclaimable = opt(200 * MIB);
		assert_string_equal(first_cause(&c), "slab-reclaimable");
		assert_string_equal(c.f->v[1].id, "cache-inactive");
		case_end(&c);
	}
	/* less than half of docker's figure, or than a tenth of all: the cache is the answer */
	case_start(&c, 2);
	inactive(&c, 40 * MIB);
	plant_kernel(&c, CGM_SLAB_RECLAIMABLE, 8 * MIB);
	plant(&c, CGM_ANON, CGM_ACTIVE_ANON, 9 * MIB);
	assert_string_equal(first_cause(&c), "cache-inactive");
	case_end(&c);
	case_start(&c, 2);
	inactive(&c, 40 * MIB);
	plant_kernel(&c, CGM_SLAB_RECLAIMABLE, 4 * MIB - 1);
	assert_string_equal(first_cause(&c), "cache-inactive");
	case_end(&c);
}

static void test_listed_from_one_percent(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	inactive(&c, 99 * MIB);
	cgm_set(&c.s.now, CGM_CHARGED, 100 * MIB);
	cgm_set(&c.s.now, CGM_KERNEL, 0);
	cgm_set(&c.s.now, CGM_SLAB_UNRECLAIMABLE, 0);
	case_explain(&c);
	assert_non_null(find(&c, "anon"));
	cgm_set(&c.s.now, CGM_ANON, MIB - 1);
	case_explain(&c);
	assert_null(find(&c, "anon"));
	case_end(&c);
}

static void test_v1_kernel_without_evidence(void **state)
{
	struct model_case c;

	(void)state;
	/* pipes that nobody counted, more than the machine has of slab */
	case_start(&c, 1);
	add_proc(&c, 100, 1, "web", MIB);
	plant_kernel(&c, CGM_KERNEL, 100 * MIB);
	c.s.host.slab_reclaimable = opt(30 * MIB);
	c.s.host.slab_unreclaimable = opt(10 * MIB);
	assert_string_equal(first_cause(&c), "kernel-other");
	c.s.host.slab_reclaimable = opt(300 * MIB);
	assert_string_equal(first_cause(&c), "slab-reclaimable");
	assert_non_null(strstr(c.f->v[0].summary, "estimated"));
	/* without processes nothing is told apart */
	c.s.n_procs = 0;
	assert_string_equal(first_cause(&c), "kernel-other");
	case_end(&c);
}

static void test_tmpfs_by_holder(void **state)
{
	static const struct {
		enum cgm_holder_kind kind;
		const char *name, *summary, *advice;
	} kinds[] = {
		{CGM_HOLD_TMPFS, "/dev/shm", "/dev/shm", "docker exec web find /dev/shm"},
		{CGM_HOLD_MEMFD, "memfd:jit", "memfd", "lsof -p PID | grep memfd"},
		{CGM_HOLD_SYSV, "0x1234", "System V", "docker exec web ipcs -m"},
		{CGM_HOLD_SHARED_ANON, "shared_buffers", "shared anonymous", "own setting"},
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct model_case c;

		case_start(&c, 2);
		tmpfs(&c, 40 * MIB);
		c.s.holders = c.holders;
		c.s.n_holders = 2;
		c.holders[0] = (struct cgm_holder){.kind = kinds[(i + 1) % 4].kind,
						   .name = (char *)(uintptr_t) "x",
						   .bytes = MIB};
		c.holders[1] = (struct cgm_holder){.kind = kinds[i].kind,
						   .name = (char *)(uintptr_t)kinds[i].name,
						   .bytes = 39 * MIB,
						   .pid = 100,
						   .comm = "web"};
		assert_string_equal(first_cause(&c), "tmpfs");
		assert_non_null(strstr(c.f->v[0].summary, kinds[i].summary));
		assert_non_null(strstr(c.f->v[0].summary, "web (pid 100)"));
		assert_non_null(strstr(c.f->v[0].advice, kinds[i].advice));
		/* a name that a shell would take apart is not put into a command */
		c.holders[1].name = (char *)(uintptr_t) "/a;reboot\033[2J";
		case_explain(&c);
		assert_null(strstr(c.f->v[0].advice, "reboot"));
		assert_null(strchr(c.f->v[0].summary, '\033'));
		case_end(&c);
	}
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

static void test_why(void **state)
{
	struct model_case c;

	(void)state;
	for (int v = 1; v <= 2; v++) {
		case_start(&c, v);
		assert_string_equal(cgm_why(&c.s.now, &c.s.host), "anon");
		plant(&c, CGM_FILE_CACHE, CGM_INACTIVE_FILE, 40 * MIB);
		assert_string_equal(cgm_why(&c.s.now, &c.s.host), "cache-inactive");
		plant_shmem(&c, 40 * MIB);
		assert_string_equal(cgm_why(&c.s.now, NULL), "tmpfs");
		c.s.now.state[CGM_CHARGED] = CGM_DENIED;
		assert_string_equal(cgm_why(&c.s.now, &c.s.host), "-");
	}
	case_start(&c, 1);
	dentries(&c, 40 * MIB);
	assert_string_equal(cgm_why(&c.s.now, &c.s.host), "kernel-other");
	case_start(&c, 2);
	forked(&c, 40 * MIB);
	assert_string_equal(cgm_why(&c.s.now, &c.s.host), "anon");
	case_start(&c, 2);
	shm_mapped(&c, 40 * MIB);
	assert_string_equal(cgm_why(&c.s.now, &c.s.host), "tmpfs");
}

static void test_table_of_causes(void **state)
{
	(void)state;
	for (int i = 0; i < CGM_CAUSE_COUNT; i++) {
		assert_string_equal(cgm_finding_infos[i].id, cgm_cause_ids[i]);
		assert_int_equal(cgm_finding_infos[i].kind, CGM_KIND_CAUSE);
	}
	assert_int_not_equal(cgm_finding_infos[CGM_CAUSE_COUNT].kind, CGM_KIND_CAUSE);
	assert_string_equal(cgm_kind_name(CGM_KIND_NOTICE), "notice");
	assert_string_equal(cgm_severity_name(CGM_CRITICAL), "critical");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_planted),
		cmocka_unit_test(test_planted_without_5_18),
		cmocka_unit_test(test_names_the_process),
		cmocka_unit_test(test_own_anon_is_told_from_shared),
		cmocka_unit_test(test_cyclic_parents_end),
		cmocka_unit_test(test_lazyfree_is_confirmed),
		cmocka_unit_test(test_swap_cache_is_no_huge_page),
		cmocka_unit_test(test_healthy_huge_pages),
		cmocka_unit_test(test_hugetlb_is_said),
		cmocka_unit_test(test_mapped_text_does_not_outrank),
		cmocka_unit_test(test_mapped_and_dirty_from_both_lists),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_many_small_files),
		cmocka_unit_test(test_listed_from_one_percent),
		cmocka_unit_test(test_v1_kernel_without_evidence),
		cmocka_unit_test(test_tmpfs_by_holder),
		cmocka_unit_test(test_partition_of_random_groups),
		cmocka_unit_test(test_why),
		cmocka_unit_test(test_table_of_causes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
