/* SPDX-License-Identifier: Apache-2.0 */
/* How severe the findings of growth are, and in which order they stand. */
#include "growth_rules_case.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_severity),
		cmocka_unit_test(test_severity_of_others),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
