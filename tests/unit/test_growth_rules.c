/* SPDX-License-Identifier: Apache-2.0 */
/* The findings of growth: which one, with what evidence. */
#include "growth_rules_case.h"

static size_t count(void)
{
	size_t n = 0;

	for (size_t i = 0; i < c.f->n; i++)
		n += c.f->v[i].kind == CGM_KIND_GROWTH;
	return n;
}

static void test_no_track(void **state)
{
	(void)state;
	case_start(&c, 2);
	case_explain(&c);
	assert_int_equal(count(), 0);
	assert_int_equal(c.f->trend.n_points, 0);
	done();
	start(5);
	case_explain(&c);
	assert_int_equal(count(), 0);
	assert_int_equal(c.f->trend.n_points, 5);
	done();
}

static void test_steady(void **state)
{
	(void)state;
	start(360);
	case_explain(&c);
	assert_int_equal(count(), 1);
	assert_int_equal(growth("steady")->severity, CGM_INFO);
	assert_int_equal(evidence(growth("steady"), "window"), 3590);
	assert_int_equal(evidence(growth("steady"), "points"), 360);
	done();
	/* parts that make up for each other are not steady */
	start(360);
	track_ramp(&c.s.track, CGM_SERIES_TMPFS, 0, 360, 20 * MIB);
	for (size_t i = 0; i < c.s.track.n; i++)
		cgm_point_set(&c.s.track.points[i], CGM_SERIES_DOCKER, 79 * MIB);
	case_explain(&c);
	assert_null(find(&c, "steady"));
	(void)growth("growth-tmpfs");
	done();
}

static void test_parts(void **state)
{
	static const struct {
		enum cgm_series_id series;
		const char *id, *says, *advice;
	} cases[] = {
		{CGM_SERIES_ANON, "growth-anon", "Anonymous memory grows by 36.0 MiB/h for 59 min",
		 "cgmem procs web"},
		{CGM_SERIES_TMPFS, "growth-tmpfs", "Tmpfs and shared memory grows by 36.0 MiB/h",
		 "cgmem explain web. A size="},
		{CGM_SERIES_KERNEL, "growth-kernel", "Kernel memory grows by 36.0 MiB/h",
		 "cgmem explain web"},
		{CGM_SERIES_SOCK, "growth-sockets", "Socket buffers grow by 36.0 MiB/h",
		 "ss -tunm"},
		{CGM_SERIES_CACHE, "growth-cache", "Page cache in docker's figure grows by 36.0",
		 "Nothing has to be done"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct cgm_finding *f;

		start(360);
		track_ramp(&c.s.track, cases[i].series, 0, 360, 36 * MIB);
		case_explain(&c);
		assert_int_equal(count(), 1);
		f = growth(cases[i].id);
		assert_int_equal(f->severity, CGM_INFO);
		assert_non_null(strstr(f->summary, cases[i].says));
		assert_non_null(strstr(f->summary, "100 % of the growth of docker's figure"));
		assert_non_null(strstr(f->advice, cases[i].advice));
		assert_in_range(evidence(f, "rate_per_hour"), 36 * MIB - 4096, 36 * MIB + 4096);
		assert_true(evidence(f, "low_per_hour") <= evidence(f, "rate_per_hour"));
		assert_true(evidence(f, "high_per_hour") >= evidence(f, "rate_per_hour"));
		assert_int_equal(evidence(f, "window"), 3590);
		assert_int_equal(evidence(f, "share of docker's growth"), 100);
		assert_in_range(f->bytes.v, 35 * MIB, 36 * MIB);
		done();
	}
}

/* Page cache that is in no figure of docker's: its own finding, beside that nothing else grows. */
static void test_inactive_cache(void **state)
{
	(void)state;
	start(360);
	for (size_t i = 0; i < c.s.track.n; i++) {
		track_plus(&c.s.track, i, CGM_SERIES_CACHE, i * MIB / 10);
		track_plus(&c.s.track, i, CGM_SERIES_CACHE_INACTIVE, i * MIB / 10);
		track_plus(&c.s.track, i, CGM_SERIES_CHARGED, i * MIB / 10);
	}
	case_explain(&c);
	assert_int_equal(count(), 2);
	assert_non_null(strstr(growth("growth-cache")->summary, "Page cache grows by 36.0 MiB/h"));
	(void)growth("steady");
	done();
}

/* What Go's own figures tell is not told again as anonymous memory. */
static void test_go(void **state)
{
	(void)state;
	start(360);
	track_ramp(&c.s.track, CGM_SERIES_ANON, 0, 360, 36 * MIB);
	track_go(&c.s.track, 30 * MIB, 36 * MIB, 0, 0);
	case_explain(&c);
	assert_int_equal(count(), 1);
	assert_non_null(strstr(growth("growth-go-heap")->advice, "cgmem go web"));
	done();
	start(360);
	track_ramp(&c.s.track, CGM_SERIES_ANON, 0, 360, 36 * MIB);
	track_go(&c.s.track, 12 * MIB, 36 * MIB, 0, 0);
	case_explain(&c);
	assert_int_equal(count(), 2);
	(void)growth("growth-go-heap");
	(void)growth("growth-anon");
	done();
	start(360);
	track_ramp(&c.s.track, CGM_SERIES_ANON, 0, 360, 36 * MIB);
	track_go(&c.s.track, 13 * MIB, 36 * MIB, 0, 0);
	case_explain(&c);
	assert_int_equal(count(), 1);
	(void)growth("growth-go-heap");
	done();
	start(360);
	track_ramp(&c.s.track, CGM_SERIES_ANON, 0, 360, 36 * MIB);
	track_go(&c.s.track, 0, 0, 0, 0);
	case_explain(&c);
	assert_int_equal(count(), 1);
	assert_non_null(strstr(growth("growth-off-heap")->advice, "cgo"));
	done();
	start(360);
	track_ramp(&c.s.track, CGM_SERIES_ANON, 0, 360, 36 * MIB);
	track_go(&c.s.track, 0, 36 * MIB, 30 * MIB, 7200);
	case_explain(&c);
	assert_int_equal(count(), 1);
	assert_non_null(
		strstr(growth("growth-goroutines")->summary,
		       "Goroutines grow by 7200/h for 59 min 50 s (Go figures of 50 s ago)"));
	assert_false(growth("growth-goroutines")->bytes.known);
	assert_in_range(evidence(growth("growth-goroutines"), "rate_per_hour"), 7190, 7210);
	done();
}

/*
 * Beside tmpfs that grows by 100 MiB memory outside the Go runtime grows, too: told from a
 * twentieth of the whole on, and not where the whole is uncertain by more.
 */
static void test_go_beside(void **state)
{
	static const struct {
		uint64_t bytes, wavers;
		bool told;
	} cases[] = {{4 * MIB, 0, false}, {6 * MIB, 0, true}, {6 * MIB, 60 * MIB, false}};

	(void)state;
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
		start(360);
		track_ramp(&c.s.track, CGM_SERIES_TMPFS, 0, 360, 100 * MIB);
		track_ramp(&c.s.track, CGM_SERIES_ANON, 0, 360, cases[k].bytes);
		track_go(&c.s.track, 0, 0, 0, 0);
		for (size_t i = 0; i < c.s.track.n; i++)
			track_plus(&c.s.track, i, CGM_SERIES_DOCKER,
				   cases[k].wavers * (i * 7919 % 101) / 101);
		case_explain(&c);
		assert_int_equal(c.f->trend.carrier, CGM_TREND_TMPFS);
		assert_int_equal(c.f->trend.part[CGM_TREND_OFF_HEAP].growth.verdict,
				 CGM_GROWTH_GROWING);
		assert_int_equal(!!find(&c, "growth-off-heap"), cases[k].told);
		(void)growth("growth-tmpfs");
		done();
	}
}

static void test_plateau(void **state)
{
	(void)state;
	start(360);
	track_ramp(&c.s.track, CGM_SERIES_ANON, 0, 180, 200 * MIB);
	case_explain(&c);
	assert_int_equal(count(), 1);
	assert_int_equal(growth("plateau")->severity, CGM_INFO);
	assert_in_range(evidence(growth("plateau"), "rise"), 190 * MIB, 205 * MIB);
	assert_in_range(evidence(growth("plateau"), "level_for"), 1700, 1900);
	assert_non_null(strstr(growth("plateau")->summary, "has been level since"));
	assert_non_null(strstr(growth("plateau")->advice, "Nothing points to a leak."));
	/* a level that somebody was killed at is no reassurance */
	track_event(&c.s.track, 100, CGM_EVENT_OOM_KILL);
	case_explain(&c);
	assert_null(strstr(growth("plateau")->advice, "points to a leak"));
	assert_non_null(strstr(growth("plateau")->summary, "The kernel killed one of its"));
	done();
	/* a jump up is one, a jump down is none */
	for (int down = 0; down < 2; down++) {
		start(360);
		for (size_t i = 0; i < c.s.track.n; i++)
			if ((i < 180) == (down != 0))
				track_plus(&c.s.track, i, CGM_SERIES_DOCKER, 50 * MIB);
		case_explain(&c);
		assert_int_equal(count(), 1);
		(void)growth(down ? "steady" : "plateau");
		done();
	}
}

/* Kills that a finding tells of are not counted once more. */
static void test_kills_once(void **state)
{
	char text[2048];

	(void)state;
	for (int told = 0; told < 2; told++) {
		start(360);
		track_event(&c.s.track, 100, CGM_EVENT_OOM_KILL);
		plant(&c, CGM_ANON, CGM_ACTIVE_ANON, 40 * MIB);
		cgm_set(&c.s.now, CGM_OOM_KILLS, told ? 1 : 0);
		case_explain(&c);
		assert_int_equal(cgm_verdict_make(&c.s, &c.b, c.f, text, sizeof text), 0);
		assert_true((strstr(text, "The kernel killed one of its processes at ") != NULL) ==
			    !told);
		if (told)
			assert_non_null(strstr(text, find(&c, "oom-killed")->summary));
		done();
	}
}

/* What does not run cannot be looked into, and a moment of history cannot either. */
static void test_past(void **state)
{
	(void)state;
	start(360);
	track_ramp(&c.s.track, CGM_SERIES_ANON, 0, 360, 36 * MIB);
	case_explain(&c);
	assert_non_null(strstr(growth("growth-anon")->advice, "cgmem procs web"));
	c.s.recorded = true;
	case_explain(&c);
	assert_non_null(strstr(c.f->v[0].advice, "That was then."));
	assert_string_equal(growth("growth-anon")->advice, ""); /* once is enough */
	c.s.target.state = (char *)(uintptr_t) "exited";
	c.s.recorded = false;
	c.s.now = (struct cgm_sample){0};
	c.s.target.oom_killed = c.s.target.oom_killed_known = true;
	case_explain(&c);
	assert_string_equal(c.f->v[0].id, "oom-killed");
	assert_int_equal(c.f->v[0].severity, CGM_CRITICAL);
	assert_null(strstr(c.f->v[0].advice, "It does not run"));
	assert_non_null(strstr(growth("growth-anon")->advice, "It does not run"));
	assert_non_null(strstr(growth("growth-anon")->advice, "cgmem trend web"));
	for (size_t i = 0; i < c.f->n; i++)
		assert_null(strstr(c.f->v[i].advice, "cgmem procs"));
	done();
}

/* Killed before it could be judged: it is not called steady. */
static void test_killed(void **state)
{
	(void)state;
	start(26);
	track_event(&c.s.track, 25, CGM_EVENT_STOP);
	case_explain(&c);
	(void)growth("steady");
	track_event(&c.s.track, 24, CGM_EVENT_OOM_KILL);
	track_event(&c.s.track, 25, CGM_EVENT_STOP);
	case_explain(&c);
	assert_int_equal(count(), 0);
	done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_track),   cmocka_unit_test(test_steady),
		cmocka_unit_test(test_parts),	   cmocka_unit_test(test_inactive_cache),
		cmocka_unit_test(test_go),	   cmocka_unit_test(test_plateau),
		cmocka_unit_test(test_past),	   cmocka_unit_test(test_killed),
		cmocka_unit_test(test_kills_once), cmocka_unit_test(test_go_beside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
