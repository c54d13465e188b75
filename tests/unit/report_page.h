/* SPDX-License-Identifier: Apache-2.0 */
/* For the tests of the page: it is written into memory and searched. */
#ifndef TESTS_REPORT_PAGE_H
#define TESTS_REPORT_PAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "output/html.h"
#include "output_fixture.h"
#include "report_case.h"

static inline int utc(void **state)
{
	(void)state;
	assert_int_equal(setenv("TZ", "UTC0", 1), 0);
	tzset();
	return 0;
}

static inline void has(const char *page, const char *what)
{
	if (!strstr(page, what))
		fail_msg("lacks %s", what);
}

static inline void lacks(const char *page, const char *what)
{
	const char *p = strstr(page, what);

	if (p)
		fail_msg("has %.200s", p);
}

static inline size_t count(const char *page, const char *what)
{
	size_t n = 0;

	for (const char *p = page; (p = strstr(p, what)); p += strlen(what))
		n++;
	return n;
}

/* What is not set in @r is set here. Inlined, gcc takes the text for a pointer into CAPTURE's
 * block. */
static char *__attribute__((noinline, unused))
write_report(struct cgm_report r, const struct cgm_track *t, bool svg)
{
	struct cgm_trend trend;

	assert_int_equal(cgm_trend_make(t, &trend), 0);
	r.name = r.name ? r.name : "redis";
	r.track = t;
	r.trend = &trend;
	r.now_ms = CASE_FROM + 86400000;
	return CAPTURE(svg ? cgm_report_svg_write(out, &r) : cgm_report_write(out, &r));
}

static inline char *write_with(const struct cgm_track *t, const char *name,
			       const struct cgm_explanation *e, bool svg)
{
	return write_report((struct cgm_report){.explanation = e, .name = name}, t, svg);
}

/* Three points a minute apart, a hole, and two more. */
static inline void small_track(struct cgm_track *t)
{
	static const struct {
		int64_t s;
		uint64_t anon, inactive;
	} v[] = {{0, 20, 20}, {60, 30, 20}, {120, 40, 20}, {540, 40, 10}, {600, 80, 20}};

	*t = (struct cgm_track){.step_ms = 60000};
	for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
		struct cgm_point p =
			case_point(CASE_FROM + v[i].s * 1000, v[i].anon, 0, v[i].inactive, 0);

		cgm_point_set(&p, CGM_SERIES_LIMIT, (v[i].s < 100 ? 150 : 200) * CASE_MIB);
		assert_int_equal(cgm_track_add(t, &p), 0);
	}
}

#endif
