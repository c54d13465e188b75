/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "track_series.h"

static char text[1024];

static const char *verdict(struct model_case *c)
{
	case_explain(c);
	assert_int_equal(cgm_verdict_make(&c->s, &c->b, c->f, text, sizeof text), 0);
	/* a leak is claimed by nobody who saw one sample */
	if (strstr(text, "leak"))
		assert_true(strstr(text, "cannot tell a leak") || strstr(text, "no leak"));
	return text;
}

static void has(const char *s)
{
	if (!strstr(text, s))
		fail_msg("\"%s\" is not in: %s", s, text);
}

static void test_cache(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	plant(&c, CGM_FILE_CACHE, CGM_INACTIVE_FILE, 40 * MIB);
	verdict(&c);
	has("Most of the 41.5 MiB charged is inactive page cache of files: 40.0 MiB");
	has("which docker's figure (1.5 MiB) leaves out. ");
	has("Nothing has to be done.");
	case_end(&c);
}

static void test_anon(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 1);
	plant(&c, CGM_ANON, CGM_ACTIVE_ANON, 40 * MIB);
	add_proc(&c, 100, 1, "app", 41 * MIB);
	verdict(&c);
	has("Most of docker's 41.5 MiB is anonymous memory");
	has("of app (pid 100): 41.0 MiB.");
	has("One sample cannot tell a leak");
	has("cgmem explain --for 60s web");
	assert_non_null(strstr(find(&c, "anon")->advice,
			       "One sample cannot tell a leak, a longer look can: cgmem explain "
			       "--for 60s web."));
	case_end(&c);
}

/* After a look over a time the advice is not to look over a time, but what it showed. */
static void test_trend(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 1);
	plant(&c, CGM_ANON, CGM_ACTIVE_ANON, 40 * MIB);
	add_proc(&c, 100, 1, "app", 41 * MIB);
	track_start(&c.s.track, 10);
	verdict(&c);
	has("swap gives it back. Not enough data: watch for 20 s more.");
	assert_null(strstr(text, "--for"));
	assert_non_null(strstr(find(&c, "anon")->advice, "(or swap) gives it back"));
	assert_null(strstr(find(&c, "anon")->advice, "One sample"));
	cgm_track_clear(&c.s.track);
	track_start(&c.s.track, 40);
	verdict(&c);
	has("Docker's figure has not grown in 6 min 30 s.");
	track_ramp(&c.s.track, CGM_SERIES_ANON, 0, 40, 8 * MIB);
	verdict(&c);
	has("Docker's figure grows by 72.0 MiB/h since ");
	has("longer look tells.");
	assert_null(strstr(text, "leak"));
	/* what hurts is the last word */
	cgm_set(&c.s.now, CGM_OOM_KILLS, 2);
	verdict(&c);
	has("grows by 72.0 MiB/h");
	has("The kernel killed 2 of its processes");
	cgm_track_clear(&c.s.track);
	case_end(&c);
}

static void test_largest_part(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	plant(&c, CGM_ANON, CGM_ACTIVE_ANON, 39 * MIB);
	plant_shmem(&c, 39 * MIB);
	plant_kernel(&c, CGM_PAGETABLES, 39 * MIB);
	verdict(&c);
	has("The largest part of docker's");
	case_end(&c);
}

static void test_risk_is_last(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	plant(&c, CGM_ANON, CGM_ACTIVE_ANON, 40 * MIB);
	cgm_set(&c.s.now, CGM_OOM_KILLS, 2);
	verdict(&c);
	has("The kernel killed 2 of its processes");
	case_end(&c);
}

static void test_nothing_to_read(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	c.s.path = NULL;
	c.s.now = (struct cgm_sample){0};
	c.s.n_levels = 1;
	c.s.levels = c.levels;
	verdict(&c);
	has("It is not running");
	c.s.target.oom_killed = c.s.target.oom_killed_known = true;
	verdict(&c);
	has("The engine says that it was killed");
	c.s.version = 0;
	verdict(&c);
	has("0B / 0B");
	case_end(&c);
	case_start(&c, 2);
	c.s.now.state[CGM_ANON] = CGM_DENIED;
	verdict(&c);
	has("could not be read");
	c.s.now.gone = true;
	verdict(&c);
	has("went away");
	case_end(&c);
	case_start(&c, 2);
	c.s.now = (struct cgm_sample){.version = 2};
	cgm_set(&c.s.now, CGM_CHARGED, 0);
	cgm_set(&c.s.now, CGM_ANON, 0);
	cgm_set(&c.s.now, CGM_FILE_CACHE, 0);
	verdict(&c);
	has("charged for no memory");
	case_end(&c);
}

static void test_host(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	c.s.target.kind = CGM_TARGET_HOST;
	c.s.host.mem_free = opt(6 * GIB);
	c.s.host.anon = opt(GIB + 512 * MIB);
	c.s.host.cached = opt(256 * MIB);
	verdict(&c);
	has("Most of the 2.0 GiB in use on this machine is anonymous memory");
	assert_null(strstr(text, "docker stats"));
	c.s.host.mem_available = opt(7 * GIB);
	c.s.containers_docker = opt(256 * MIB);
	c.s.n_containers = 3;
	verdict(&c);
	has("free says 1.0 GiB used, the docker stats of its 3 containers sum to 256 MiB:");
	case_end(&c);
}

/* What docker subtracts has mapped and dirty pages in it, too: the number named is the whole. */
static void test_what_docker_leaves_out(void **state)
{
	struct model_case c;

	(void)state;
	for (int v = 1; v <= 2; v++) {
		case_start(&c, v);
		plant(&c, CGM_FILE_CACHE, CGM_INACTIVE_FILE,
		      90 * MIB - cgm_get(&c.s.now, CGM_INACTIVE_FILE));
		cgm_set(&c.s.now, CGM_FILE_MAPPED, 8 * MIB);
		cgm_set(&c.s.now, CGM_FILE_DIRTY, 4 * MIB);
		verdict(&c);
		has("inactive page cache of files: 78.0 MiB, part of the 90.0 MiB that docker's "
		    "figure (");
		assert_non_null(strstr(c.f->v[0].summary,
				       "Part of the 90.0 MiB that docker's figure leaves out since "
				       "20.10: 78.0 MiB is page cache"));
		cgm_set(&c.s.now, CGM_FILE_MAPPED, 0);
		cgm_set(&c.s.now, CGM_FILE_DIRTY, 0);
		verdict(&c);
		has("inactive page cache of files: 90.0 MiB, which docker's figure (");
		assert_non_null(
			strstr(c.f->v[0].summary,
			       "Not in docker's figure since 20.10: 90.0 MiB is page cache"));
		case_end(&c);
	}
}

/* v1: by elimination, and with the page cache that such files leave beside it. */
static void test_slab_and_its_page_cache(void **state)
{
	struct model_case c;

	(void)state;
	for (int v = 1; v <= 2; v++) {
		case_start(&c, v);
		plant_kernel(&c, CGM_SLAB_RECLAIMABLE, 16 * MIB);
		c.s.host.slab_reclaimable = opt(66 * MIB);
		verdict(&c);
		if (v == 1)
			has("cgroup v1 does not tell it apart. Many files being touched make it, "
			    "and the kernel frees it when memory is needed. If it stays even then: "
			    "see slab-reclaimable in cgmem-findings(7).");
		assert_null(strstr(text, "page cache"));
		plant(&c, CGM_FILE_CACHE, CGM_INACTIVE_FILE, 62 * MIB);
		verdict(&c);
		has("cache of file names and inodes: 16.");
		has("The page cache of those files, 62.");
		has(" MiB, is more: docker's figure leaves it out.");
		case_end(&c);
	}
}

static void test_short_buffer(void **state)
{
	struct model_case c;
	char small[20];

	(void)state;
	case_start(&c, 2);
	case_explain(&c);
	assert_int_equal(cgm_verdict_make(&c.s, &c.b, c.f, small, sizeof small), -ENOSPC);
	assert_int_equal(strlen(small), sizeof small - 1);
	assert_int_equal(cgm_verdict_make(&c.s, &c.b, c.f, small, 0), -ENOSPC);
	case_end(&c);
}

/* Each cause has words, no longer than a screen's three sentences. */
static void test_all_causes(void **state)
{
	(void)state;
	for (const struct cgm_finding_info *k = cgm_finding_infos; k->id; k++) {
		struct cgm_findings f = {.n = 1};
		struct model_case c;

		if (k->kind != CGM_KIND_CAUSE)
			continue;
		case_start(&c, 2);
		case_explain(&c);
		f.v[0].id = k->id;
		f.v[0].bytes = opt(MIB);
		assert_int_equal(cgm_verdict_make(&c.s, &c.b, &f, text, sizeof text), 0);
		assert_true(strlen(text) > 80 && strlen(text) < 480);
		case_end(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cache),
		cmocka_unit_test(test_anon),
		cmocka_unit_test(test_trend),
		cmocka_unit_test(test_largest_part),
		cmocka_unit_test(test_risk_is_last),
		cmocka_unit_test(test_nothing_to_read),
		cmocka_unit_test(test_host),
		cmocka_unit_test(test_short_buffer),
		cmocka_unit_test(test_slab_and_its_page_cache),
		cmocka_unit_test(test_what_docker_leaves_out),
		cmocka_unit_test(test_all_causes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
