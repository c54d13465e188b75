/* SPDX-License-Identifier: Apache-2.0 */
/* Which moments of a track are drawn, and of what height. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "output/report_parts.h"
#include "report_case.h"

#define MIB CASE_MIB

static double at(const struct cgm_point *p, enum cgm_curve id)
{
	double v = -1;

	return cgm_curve_get(p, id, &v) ? v / (double)MIB : -1;
}

static void test_layers_add_up_to_what_is_charged(void **state)
{
	struct cgm_point p = case_point(1, 50, 20, 30, 8);
	double sum = 0;

	(void)state;
	cgm_point_set(&p, CGM_SERIES_CHARGED, 111 * MIB);
	assert_float_equal(at(&p, CGM_CURVE_ANON), 50, 0);
	assert_float_equal(at(&p, CGM_CURVE_CACHE), 20, 0);
	assert_float_equal(at(&p, CGM_CURVE_INACTIVE), 30, 0);
	assert_float_equal(at(&p, CGM_CURVE_REST), 3, 0);
	assert_float_equal(at(&p, CGM_CURVE_TMPFS), -1, 0);
	for (int i = 0; i < CGM_LAYERS; i++)
		sum += at(&p, (enum cgm_curve)i) > 0 ? at(&p, (enum cgm_curve)i) : 0;
	assert_float_equal(sum, 111, 0);
	assert_float_equal(at(&p, CGM_CURVE_STACK), 111, 0);
	/* the statistics may run ahead of the charge */
	cgm_point_set(&p, CGM_SERIES_CHARGED, 100 * MIB);
	assert_float_equal(at(&p, CGM_CURVE_REST), 0, 0);
	assert_float_equal(at(&p, CGM_CURVE_STACK), 108, 0);
	/* more inactive than there is cache: docker's line still lies within the stack */
	cgm_point_set(&p, CGM_SERIES_CACHE_INACTIVE, 70 * MIB);
	assert_float_equal(at(&p, CGM_CURVE_CACHE), 0, 0);
	assert_float_equal(at(&p, CGM_CURVE_INACTIVE), 50, 0);
}

static void test_a_point_of_go_alone_has_no_layers(void **state)
{
	struct cgm_point p = {.time_ms = 1};

	(void)state;
	case_set_go(&p, 32, 4);
	assert_float_equal(at(&p, CGM_CURVE_STACK), -1, 0);
	assert_float_equal(at(&p, CGM_CURVE_CACHE), -1, 0);
	assert_float_equal(at(&p, CGM_CURVE_GO_HEAP), 48, 0);
	assert_float_equal(at(&p, CGM_CURVE_GO_LIVE), 32, 0);
	assert_float_equal(at(&p, CGM_CURVE_GO_HELD), 104 - 24, 0);
}

static void add(struct cgm_track *t, int64_t s, uint64_t anon)
{
	const struct cgm_point p = case_point(s * 1000, anon, 0, 0, 0);

	assert_int_equal(cgm_track_add(t, &p), 0);
}

/* "0:5 10:7 | 50:6": seconds and MiB, a bar where a hole is. */
static char *moments_text(const struct cgm_track *t, size_t most, bool both)
{
	struct cgm_moments m = {0};
	struct cgm_buf b = {0};

	assert_int_equal(cgm_moments_make(t, CGM_CURVE_ANON, most, both, &m), 0);
	for (size_t i = 0; i < m.n; i++)
		cgm_buf_addf(&b, "%s%s%d:%d", i ? " " : "", i && m.v[i].begins ? "| " : "",
			     (int)(m.v[i].ms / 1000), (int)(m.v[i].v / (double)MIB));
	free(m.v);
	return b.data ? b.data : strdup("");
}

static void check(const struct cgm_track *t, size_t most, bool both, const char *expected)
{
	CGM_AUTO_FREE char *text = moments_text(t, most, both);

	assert_string_equal(text, expected);
}

static void test_few_are_all_there(void **state)
{
	struct cgm_track t = {0};

	(void)state;
	check(&t, 10, false, "");
	add(&t, 5, 3);
	check(&t, 10, false, "5:3");
	add(&t, 15, 4);
	check(&t, 10, false, "5:3 15:4");
	cgm_track_clear(&t);
}

static void test_of_each_span_the_most(void **state)
{
	static const uint64_t v[] = {5, 9, 6, 2, 1, 3, 7, 8, 4, 6, 6, 5};
	struct cgm_track t = {0};

	(void)state;
	for (size_t i = 0; i < sizeof v / sizeof v[0]; i++)
		add(&t, (int64_t)i * 10, v[i]);
	check(&t, 12, false, "0:5 10:9 20:6 30:2 40:1 50:3 60:7 70:8 80:4 90:6 100:6 110:5");
	/* spans of 27.5 s; the last moment stays, whatever it is */
	check(&t, 4, false, "10:9 50:3 70:8 90:6 110:5");
	check(&t, 8, true, "0:5 10:9 40:1 50:3 70:8 80:4 90:6 110:5");
	cgm_track_clear(&t);
}

static void test_holes(void **state)
{
	struct cgm_track t = {0};

	(void)state;
	for (int64_t s = 0; s < 100; s += 10)
		add(&t, s, 5);
	add(&t, 125, 6); /* three and a half steps are none yet */
	add(&t, 161, 7);
	add(&t, 171, 8);
	check(&t, 100, false,
	      "0:5 10:5 20:5 30:5 40:5 50:5 60:5 70:5 80:5 90:5 125:6 | 161:7 171:8");
	/* what was noted as a gap is one, however short */
	case_event(&t, 31000, CGM_EVENT_GAP, 5000, "");
	check(&t, 100, false,
	      "0:5 10:5 20:5 30:5 | 40:5 50:5 60:5 70:5 80:5 90:5 125:6 | 161:7 171:8");
	/* thinned: a hole within a span is seen when it is as wide, and between two spans */
	check(&t, 3, false, "0:5 60:5 171:8");
	check(&t, 5, false, "0:5 | 40:5 70:5 125:6 | 171:8");
	cgm_track_clear(&t);
}

static void test_bounded_however_many_holes(void **state)
{
	struct cgm_track t = {0};
	struct cgm_moments m = {0};
	size_t holes = 0;

	(void)state;
	for (int64_t i = 0; i < 20000; i++)
		add(&t, i / 5 * 1500 + i % 5 * 10, (uint64_t)i % 7);
	assert_int_equal(cgm_moments_make(&t, CGM_CURVE_ANON, 600, false, &m), 0);
	assert_in_range(m.n, 500, 1201);
	for (size_t i = 0; i < m.n; i++)
		holes += m.v[i].begins;
	assert_in_range(holes, 1, 1201);
	free(m.v);
	cgm_track_clear(&t);
}

static void test_all_at_one_time(void **state)
{
	struct cgm_track t = {0};

	(void)state;
	for (uint64_t i = 0; i < 50; i++)
		add(&t, 7, i);
	check(&t, 10, false, "7:49");
	check(&t, 10, true, "7:0 7:49");
	cgm_track_clear(&t);
}

/* A damaged history may say anything. */
static void test_times_that_cannot_be(void **state)
{
	struct cgm_track t = {0};
	struct cgm_point p = case_point(INT64_MIN, 5, 0, 0, 0);

	(void)state;
	assert_int_equal(cgm_track_add(&t, &p), 0);
	add(&t, 10, 4);
	p.time_ms = INT64_MAX;
	assert_int_equal(cgm_track_add(&t, &p), 0);
	check(&t, 10, false, "10:4");
	add(&t, 9, 6); /* before the one before it */
	add(&t, 11, 7);
	check(&t, 10, false, "10:4 11:7");
	cgm_track_clear(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layers_add_up_to_what_is_charged),
		cmocka_unit_test(test_a_point_of_go_alone_has_no_layers),
		cmocka_unit_test(test_few_are_all_there),
		cmocka_unit_test(test_of_each_span_the_most),
		cmocka_unit_test(test_holes),
		cmocka_unit_test(test_bounded_however_many_holes),
		cmocka_unit_test(test_all_at_one_time),
		cmocka_unit_test(test_times_that_cannot_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
