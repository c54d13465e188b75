/* SPDX-License-Identifier: Apache-2.0 */
/* The findings of growth: which one, how severe, with what evidence. */
#include "track_series.h"

static struct model_case c;

static void start(size_t n)
{
	case_start(&c, 2);
	track_start(&c.s.track, n);
}

static void done(void)
{
	cgm_track_clear(&c.s.track);
	case_end(&c);
}

static const struct cgm_finding *growth(const char *id)
{
	const struct cgm_finding *f = find(&c, id);

	if (!f) {
		fail_msg("no %s", id);
		return NULL;
	}
	assert_int_equal(f->kind, CGM_KIND_GROWTH);
	assert_true(strlen(f->summary) > 20 && f->n_evidence > 0);
	return f;
}

static uint64_t evidence(const struct cgm_finding *f, const char *name)
{
	for (size_t i = 0; i < f->n_evidence; i++)
		if (!strcmp(f->evidence[i].name, name))
			return f->evidence[i].value;
	fail_msg("no evidence %s of %s", name, f->id);
	return 0;
}

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

/* An hour's rise of 36 MiB; the limit is so far away that it is met in @seconds. */
static const struct cgm_finding *with_limit(enum cgm_series_id id, const char *finding, size_t n,
					    double seconds)
{
	uint64_t rise = n * MIB / 10, base = 66 * MIB + rise - MIB / 10;

	start(n);
	track_ramp(&c.s.track, id, 0, n, rise);
	for (size_t i = 0; i < c.s.track.n; i++)
		cgm_point_set(&c.s.track.points[i], CGM_SERIES_LIMIT,
			      base + (uint64_t)(seconds * (double)MIB / 100));
	case_explain(&c);
	return growth(finding);
}

static void severity_is(size_t n, double seconds, enum cgm_severity want)
{
	const struct cgm_finding *f = with_limit(CGM_SERIES_ANON, "growth-anon", n, seconds);

	if (f->severity != want)
		fail_msg("%zu points, limit in %.0f s: %s, not %s", n, seconds,
			 cgm_severity_name(f->severity), cgm_severity_name(want));
	assert_int_equal(!!strstr(f->summary, "meets the limit of"), want > CGM_INFO);
	done();
}

static void test_severity(void **state)
{
	(void)state;
	/* within the hour, and within four times as long as it was seen */
	severity_is(361, 3590, CGM_CRITICAL);
	severity_is(361, 3610, CGM_WARN);
	severity_is(361, 14380, CGM_WARN);
	severity_is(361, 14420, CGM_INFO);
	/* seen for a day: within a day */
	severity_is(8641, 86000, CGM_WARN);
	severity_is(8641, 86800, CGM_INFO);
	/* seen for ten minutes, or for less */
	severity_is(61, 600, CGM_CRITICAL);
	severity_is(60, 600, CGM_INFO);
}

static void test_severity_of_others(void **state)
{
	const struct cgm_finding *f;

	(void)state;
	assert_int_equal(with_limit(CGM_SERIES_TMPFS, "growth-tmpfs", 361, 3000)->severity,
			 CGM_CRITICAL);
	done();
	/* Go's own parts are anonymous memory, and stand for the limit as that does */
	for (int kind = 0; kind < 3; kind++) {
		static const char *const ids[] = {"growth-go-heap", "growth-off-heap",
						  "growth-goroutines"};

		start(361);
		track_ramp(&c.s.track, CGM_SERIES_ANON, 0, 361, 36 * MIB);
		track_ramp(&c.s.track, CGM_SERIES_TMPFS, 0, 361, 30 * MIB);
		track_go(&c.s.track, kind == 0 ? 20 * MIB : 0, kind == 1 ? 0 : 36 * MIB,
			 kind == 2 ? 30 * MIB : 0, kind == 2 ? 7200 : 0);
		for (size_t i = 0; i < c.s.track.n; i++)
			cgm_point_set(&c.s.track.points[i], CGM_SERIES_LIMIT, 160 * MIB);
		case_explain(&c);
		assert_int_equal(growth(ids[kind])->severity, CGM_CRITICAL);
		assert_int_equal(growth("growth-tmpfs")->severity, CGM_INFO);
		done();
	}
	/* page cache meets no limit, though what is needed grows beside it */
	start(361);
	track_ramp(&c.s.track, CGM_SERIES_CACHE, 0, 361, 36 * MIB);
	track_ramp(&c.s.track, CGM_SERIES_ANON, 0, 361, 20 * MIB);
	track_ramp(&c.s.track, CGM_SERIES_TMPFS, 0, 361, 10 * MIB);
	for (size_t i = 0; i < c.s.track.n; i++)
		cgm_point_set(&c.s.track.points[i], CGM_SERIES_LIMIT, 100 * MIB);
	case_explain(&c);
	f = growth("growth-anon");
	assert_int_equal(f->severity, CGM_CRITICAL);
	assert_true(f < growth("growth-tmpfs") && f < growth("growth-cache"));
	assert_int_equal(growth("growth-tmpfs")->severity, CGM_INFO);
	assert_int_equal(growth("growth-cache")->severity, CGM_INFO);
	assert_int_equal(evidence(f, "limit_in"), c.f->trend.limit_in_s.v);
	done();
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

/* Causes, then growth and risks together, the most severe first: what killed it is not below. */
static void test_order(void **state)
{
	(void)state;
	start(360);
	track_ramp(&c.s.track, CGM_SERIES_ANON, 0, 360, 36 * MIB);
	plant(&c, CGM_ANON, CGM_ACTIVE_ANON, 40 * MIB);
	cgm_set(&c.s.now, CGM_OOM_KILLS, 1);
	case_explain(&c);
	assert_int_equal(c.f->v[0].kind, CGM_KIND_CAUSE);
	assert_true(find(&c, "oom-killed") == find(&c, "growth-anon") - 1);
	assert_int_equal(find(&c, "oom-killed")->severity, CGM_WARN);
	/* as severe: growth stands before */
	cgm_set(&c.s.now, CGM_OOM_KILLS, 0);
	case_explain(&c);
	assert_true(find(&c, "growth-anon") < find(&c, "no-limit"));
	assert_int_equal(find(&c, "no-limit")->severity, growth("growth-anon")->severity);
	done();
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
		cmocka_unit_test(test_no_track),
		cmocka_unit_test(test_steady),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_inactive_cache),
		cmocka_unit_test(test_go),
		cmocka_unit_test(test_severity),
		cmocka_unit_test(test_severity_of_others),
		cmocka_unit_test(test_plateau),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_kills_once),
		cmocka_unit_test(test_past),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_go_beside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
