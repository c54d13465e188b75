/* SPDX-License-Identifier: Apache-2.0 */
/* Risks that counters tell: thrashing, throttling, kills, swapping. */
#include "findings_risks_case.h"

/* @seconds of which processes were stalled @stall_us microseconds. */
static void watched(struct model_case *c, unsigned seconds, uint64_t refaults, uint64_t stall_us)
{
	cgm_set(&c->s.now, CGM_REFAULT_FILE, 1000);
	cgm_set(&c->s.now, CGM_PSI_SOME_TOTAL, 5000);
	c->s.before = c->s.now;
	c->s.window_ms = seconds * 1000;
	plus(c, CGM_REFAULT_FILE, refaults);
	plus(c, CGM_PSI_SOME_TOTAL, stall_us);
}

static void test_thrashing(void **state)
{
	struct model_case c;

	(void)state;
	/* 256 pages a second, stalled for 1 % */
	case_start(&c, 2);
	watched(&c, 2, 512, 20000);
	assert_int_equal(severity(&c, "thrashing"), CGM_WARN);
	watched(&c, 2, 511, 20000);
	assert_int_equal(severity(&c, "thrashing"), -1);
	watched(&c, 2, 512, 19999);
	assert_int_equal(severity(&c, "thrashing"), -1);
	/* in a large one 1 % of it a second */
	plant(&c, CGM_ANON, CGM_ACTIVE_ANON, 800 * MIB);
	watched(&c, 2, 4100, 20000);
	assert_int_equal(severity(&c, "thrashing"), -1);
	watched(&c, 2, 4200, 20000);
	assert_int_equal(severity(&c, "thrashing"), CGM_WARN);
	/* one sample tells no rate */
	c.s.before.version = 0;
	assert_int_equal(severity(&c, "thrashing"), -1);
	case_end(&c);
	/* v1: failed charges instead of stalls; never failcnt alone */
	case_start(&c, 1);
	cgm_set(&c.s.now, CGM_FAILCNT, 7);
	watched(&c, 2, 512, 0);
	c.s.now.state[CGM_PSI_SOME_TOTAL] = CGM_ABSENT;
	plus(&c, CGM_FAILCNT, 19);
	assert_int_equal(severity(&c, "thrashing"), -1);
	plus(&c, CGM_FAILCNT, 1);
	assert_int_equal(severity(&c, "thrashing"), CGM_WARN);
	cgm_set(&c.s.now, CGM_REFAULT_FILE, 1000);
	assert_int_equal(severity(&c, "thrashing"), -1);
	case_end(&c);
	/* v1 where memory plus swap has the same limit: its counter counts, not memory's */
	case_start(&c, 1);
	cgm_set(&c.s.now, CGM_FAILCNT, 0);
	cgm_set(&c.s.now, CGM_MEMSW_FAILCNT, 7);
	watched(&c, 2, 512, 0);
	c.s.now.state[CGM_PSI_SOME_TOTAL] = CGM_ABSENT;
	plus(&c, CGM_MEMSW_FAILCNT, 19);
	assert_int_equal(severity(&c, "thrashing"), -1);
	plus(&c, CGM_MEMSW_FAILCNT, 1);
	assert_int_equal(severity(&c, "thrashing"), CGM_WARN);
	case_end(&c);
	/* v1 from 6.15: no counter moves, but usage is near the limit and much is read back */
	case_start(&c, 1);
	plant(&c, CGM_FILE_CACHE, CGM_INACTIVE_FILE, 40 * MIB);
	watched(&c, 2, 4096, 0); /* 8 MiB a second */
	c.s.now.state[CGM_PSI_SOME_TOTAL] = CGM_ABSENT;
	cgm_set(&c.s.now, CGM_LIMIT, cgm_get(&c.s.now, CGM_CHARGED) * 100 / 79);
	assert_int_equal(severity(&c, "thrashing"), -1);
	cgm_set(&c.s.now, CGM_LIMIT, cgm_get(&c.s.now, CGM_CHARGED) * 100 / 81);
	assert_int_equal(severity(&c, "thrashing"), CGM_WARN);
	watched(&c, 2, 1024, 0); /* 2 MiB a second */
	c.s.now.state[CGM_PSI_SOME_TOTAL] = CGM_ABSENT;
	assert_int_equal(severity(&c, "thrashing"), -1);
	case_end(&c);
}

static void test_throttled(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	plant(&c, CGM_ANON, CGM_ACTIVE_ANON, 88 * MIB + 512 * KIB);
	cgm_set(&c.s.now, CGM_HIGH, 100 * MIB);
	cgm_set(&c.s.now, CGM_EVENT_HIGH, 3);
	assert_int_equal(severity(&c, "throttled"), -1);
	plant(&c, CGM_ANON, CGM_ACTIVE_ANON, 1);
	assert_int_equal(severity(&c, "throttled"), CGM_WARN);
	cgm_set(&c.s.now, CGM_EVENT_HIGH, 0);
	assert_int_equal(severity(&c, "throttled"), -1);
	case_end(&c);
	/* at memory.high by page cache: that is what it is for */
	case_start(&c, 2);
	plant(&c, CGM_FILE_CACHE, CGM_INACTIVE_FILE, 98 * MIB);
	cgm_set(&c.s.now, CGM_HIGH, 100 * MIB);
	cgm_set(&c.s.now, CGM_EVENT_HIGH, 300);
	assert_int_equal(severity(&c, "throttled"), -1);
	case_end(&c);
}

static void test_oom_killed(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	cgm_set(&c.s.now, CGM_OOM_KILLS, 0);
	cgm_set(&c.s.now, CGM_EVENT_OOM, 5);
	cgm_set(&c.s.now, CGM_FAILCNT, 500);
	c.s.target.exit_code = opt(137);
	assert_int_equal(severity(&c, "oom-killed"), -1);
	cgm_set(&c.s.now, CGM_OOM_KILLS, 1);
	assert_int_equal(severity(&c, "oom-killed"), CGM_WARN);
	c.s.before = c.s.now;
	assert_int_equal(severity(&c, "oom-killed"), CGM_WARN);
	cgm_set(&c.s.before, CGM_OOM_KILLS, 0);
	assert_int_equal(severity(&c, "oom-killed"), CGM_CRITICAL);
	c.s.before.version = 0;
	c.s.oom = (struct cgm_oom_report){.known = true,
					  .seconds_ago = 3600,
					  .victim = "app",
					  .pid = 77,
					  .anon_rss = {64 * MIB, true}};
	assert_int_equal(severity(&c, "oom-killed"), CGM_WARN);
	assert_non_null(strstr(find(&c, "oom-killed")->summary, "app (pid 77) 1 h"));
	c.s.oom.seconds_ago = 3599;
	assert_int_equal(severity(&c, "oom-killed"), CGM_CRITICAL);
	case_end(&c);
	/* only the engine knows */
	case_start(&c, 2);
	c.s.target.oom_killed = c.s.target.oom_killed_known = true;
	assert_int_equal(severity(&c, "oom-killed"), CGM_WARN);
	c.s.target.state = (char *)(uintptr_t) "exited";
	assert_int_equal(severity(&c, "oom-killed"), CGM_CRITICAL);
	/* it stands before milder ones */
	for (size_t i = 0; i < c.f->n; i++)
		if (c.f->v[i].kind == CGM_KIND_RISK) {
			assert_string_equal(c.f->v[i].id, "oom-killed");
			break;
		}
	case_end(&c);
}

static void test_swapped(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	cgm_set(&c.s.now, CGM_SWAP, 16 * MIB - 1);
	assert_int_equal(severity(&c, "swapped"), -1);
	cgm_set(&c.s.now, CGM_SWAP, 16 * MIB);
	assert_int_equal(severity(&c, "swapped"), CGM_INFO);
	/* a tenth of a large one */
	plant(&c, CGM_ANON, CGM_ACTIVE_ANON, 900 * MIB);
	assert_int_equal(severity(&c, "swapped"), -1);
	/* read back at 1 MiB a second */
	cgm_set(&c.s.now, CGM_PSWPIN, 10);
	c.s.before = c.s.now;
	c.s.window_ms = 1000;
	plus(&c, CGM_PSWPIN, 255);
	assert_int_equal(severity(&c, "swapped"), -1);
	plus(&c, CGM_PSWPIN, 1);
	assert_int_equal(severity(&c, "swapped"), CGM_WARN);
	case_end(&c);
	case_start(&c, 1);
	cgm_set(&c.s.now, CGM_SWAP, MIB);
	cgm_set(&c.s.now, CGM_REFAULT_ANON, 0);
	c.s.before = c.s.now;
	c.s.window_ms = 1000;
	plus(&c, CGM_REFAULT_ANON, 256);
	assert_int_equal(severity(&c, "swapped"), CGM_WARN);
	case_end(&c);
}

static void test_counters_that_went_back(void **state)
{
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	watched(&c, 1, 0, 0);
	cgm_set(&c.s.now, CGM_REFAULT_FILE, 0);
	cgm_set(&c.s.now, CGM_PSI_SOME_TOTAL, 0);
	assert_int_equal(severity(&c, "thrashing"), -1);
	/* and a lie */
	cgm_set(&c.s.now, CGM_REFAULT_FILE, UINT64_MAX);
	cgm_set(&c.s.now, CGM_PSI_SOME_TOTAL, UINT64_MAX);
	assert_int_equal(severity(&c, "thrashing"), CGM_WARN);
	c.s.window_ms = 0;
	cgm_set(&c.s.now, CGM_REFAULT_FILE, UINT64_MAX);
	assert_int_equal(severity(&c, "thrashing"), -1);
	case_end(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_thrashing),
		cmocka_unit_test(test_throttled),
		cmocka_unit_test(test_oom_killed),
		cmocka_unit_test(test_swapped),
		cmocka_unit_test(test_counters_that_went_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
