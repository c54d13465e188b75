/* SPDX-License-Identifier: Apache-2.0 */
/* Plots and sparklines: exact pictures, in UTF-8 and in ASCII. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "output/plot.h"
#include "output/plot_axis.h"

#define MIB  1048576.0
#define NOON 1795348800.0 /* 2026-11-22T12:00:00Z */

static void shows(const struct cgm_plot *p, const char *picture)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	cgm_plot_add(&b, p);
	assert_false(b.failed);
	assert_string_equal(cgm_buf_str(&b), picture);
}

/* Up by 10 MiB an hour for eight hours. */
static const struct cgm_xy rise[] = {
	{NOON, 0 * MIB},	  {NOON + 3600, 10 * MIB},  {NOON + 7200, 20 * MIB},
	{NOON + 10800, 30 * MIB}, {NOON + 14400, 40 * MIB}, {NOON + 18000, 50 * MIB},
	{NOON + 21600, 60 * MIB}, {NOON + 25200, 70 * MIB}, {NOON + 28800, 80 * MIB},
};
#define N_RISE (sizeof rise / sizeof *rise)

static struct cgm_plot rising(bool utf8)
{
	return (struct cgm_plot){.v = rise,
				 .n = N_RISE,
				 .from_s = NOON,
				 .to_s = NOON + 28800,
				 .gap_s = 3600,
				 .width = 50,
				 .height = 7,
				 .utf8 = utf8,
				 .bytes = true};
}

static void test_ascii(void **state)
{
	const struct cgm_plot p = rising(false);

	(void)state;
	shows(&p, "80.0 MiB +                                .....'''\n"
		  "         |                      .....'''''\n"
		  "40.0 MiB +                 ..'''\n"
		  "         |        .....''''\n"
		  "       0 +...'''''\n"
		  "         ++---------+---------+--------+---------+\n"
		  "          12:00   14:00     16:00    18:00   20:00\n");
}

static void test_utf8(void **state)
{
	const struct cgm_plot p = rising(true);

	(void)state;
	shows(&p, "80.0 MiB ┤                                ⣀⣀⠤⠤⠒⠒⠊⠉\n"
		  "         │                       ⢀⣀⣀⠤⠤⠔⠒⠊⠉\n"
		  "40.0 MiB ┤                ⣀⡠⠤⠔⠒⠊⠉⠁\n"
		  "         │       ⢀⣀⡠⠤⠔⠒⠒⠉⠉\n"
		  "       0 ┤⣀⡠⠤⠤⠒⠒⠉⠁\n"
		  "         └┬─────────┬─────────┬────────┬─────────┬\n"
		  "          12:00   14:00     16:00    18:00   20:00\n");
}

static void test_limit_and_marks(void **state)
{
	static const struct cgm_plot_mark marks[] = {
		{NOON + 7200, 'R'}, {NOON - 1, 'S'}, {NOON + 28801, 'S'}, {NOON + 28800, 'K'}};
	struct cgm_plot p = rising(false);

	(void)state;
	p.top = 160 * MIB;
	p.mark = 120 * MIB;
	p.marks = marks;
	p.n_marks = 4;
	shows(&p, " 160 MiB +\n"
		  " 120 MiB +----------------------------------------\n"
		  "80.0 MiB +                                .....'''\n"
		  "         |             .........''''''''''\n"
		  "       0 +...''''''''''\n"
		  "         ++---------R---------+--------+---------K\n"
		  "          12:00   14:00     16:00    18:00   20:00\n");
	/* above the top it is not to be seen; on it, it is */
	p.mark = 160 * MIB + 1;
	p.height = 3;
	shows(&p, " 160 MiB +\n"
		  "         |                      ...............'''\n"
		  "       0 +........''''''''''''''\n");
	p.mark = 160 * MIB;
	shows(&p, " 160 MiB +----------------------------------------\n"
		  "         |                      ...............'''\n"
		  "       0 +........''''''''''''''\n");
}

static void test_holes(void **state)
{
	struct cgm_xy v[N_RISE];
	struct cgm_plot p = rising(false);

	(void)state;
	memcpy(v, rise, sizeof v);
	p.v = v;
	p.height = 4;
	v[4].v = NAN; /* nobody knows: from 3 to 5 it is twice the gap */
	shows(&p, "80.0 MiB +                                .....'''\n"
		  "         |                        ...'''''\n"
		  "         |        .....'''\n"
		  "       0 +...'''''\n");
	p.gap_s = 7200; /* which is near enough then */
	shows(&p, "80.0 MiB +                                .....'''\n"
		  "         |                    .......'''''\n"
		  "         |        .....'''''''\n"
		  "       0 +...'''''\n");
	p.gap_s = 3599; /* dots alone */
	shows(&p, "80.0 MiB +                                  .    '\n"
		  "         |                        .    '\n"
		  "         |          .    '\n"
		  "       0 +.    '\n");
}

static void test_nothing(void **state)
{
	struct cgm_plot p = rising(false);

	(void)state;
	p.n = 0;
	p.height = 5;
	shows(&p, "     1 B +\n"
		  "         |\n"
		  "       0 +\n"
		  "         ++---------+---------+--------+---------+\n"
		  "          12:00   14:00     16:00    18:00   20:00\n");
	p.n = 1;
	p.to_s = p.from_s; /* one moment */
	shows(&p, "     1 B +\n"
		  "         |\n"
		  "       0 +.\n"
		  "         +----------------------------------------\n"
		  "\n");
}

static void test_sizes(void **state)
{
	static const unsigned sizes[] = {0, 1, 3, 4, 5, 17, 18, 80, 200, 399, 400, 401, 100000};

	(void)state;
	for (size_t w = 0; w < sizeof sizes / sizeof *sizes; w++)
		for (size_t h = 0; h < sizeof sizes / sizeof *sizes; h++)
			for (int utf8 = 0; utf8 < 2; utf8++) {
				CGM_AUTO_BUF struct cgm_buf b = {0};
				struct cgm_plot p = rising(utf8);
				size_t lines = 0;

				p.width = sizes[w];
				p.height = sizes[h];
				cgm_plot_add(&b, &p);
				for (size_t i = 0; i < b.len; i++)
					lines += b.data[i] == '\n';
				assert_int_equal(lines, sizes[h] < 3	 ? 3
							: sizes[h] > 100 ? 100
									 : sizes[h]);
			}
}

/* What a damaged file may claim. */
static void test_hostile(void **state)
{
	static const double wild[] = {0,	 -1,  1e300,  -1e300,  INFINITY,
				      -INFINITY, NAN, 9.2e15, -9.2e15, 0x1p63};
	enum { N = sizeof wild / sizeof *wild };

	(void)state;
	for (size_t i = 0; i < N * N * N; i++) {
		CGM_AUTO_BUF struct cgm_buf b = {0};
		struct cgm_xy v[N];
		struct cgm_plot p = rising(i % 2);

		for (size_t k = 0; k < N; k++)
			v[k] = (struct cgm_xy){NOON + 100.0 * (double)k, wild[(i + k) % N]};
		v[i % N].s = wild[i / N % N];
		p.v = v;
		p.n = N;
		p.top = wild[i % N];
		p.mark = wild[i / N % N];
		p.gap_s = wild[i / N / N];
		cgm_plot_add(&b, &p);
		assert_false(b.failed);
	}
}

static void test_round_numbers(void **state)
{
	static const struct {
		double v, bytes, count;
	} cases[] = {
		{0, 1, 1},
		{-5, 1, 1},
		{1, 1, 1},
		{1.1, 1.5, 1.5},
		{7, 8, 8},
		{9, 10, 10},
		{11, 15, 15},
		{80, 80, 80},
		{81, 100, 100},
		{800, 800, 800},
		{801, 1000, 1000},
		{1001, 1024, 1500},
		{1024, 1024, 1500},
		{1025, 1536, 1500},
		{MIB, MIB, 1.5e6},
		{100 * MIB, 100 * MIB, 1.5e8},
		{101 * MIB, 150 * MIB, 1.5e8},
		{1001 * MIB, 1024 * MIB, 1.5e9},
	};
	char buf[CGM_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_true(fabs(cgm_plot_round_up(cases[i].v, true) - cases[i].bytes) <
			    1e-6 * cases[i].bytes);
		assert_true(fabs(cgm_plot_round_up(cases[i].v, false) - cases[i].count) <
			    1e-6 * cases[i].count);
	}
	assert_string_equal(cgm_plot_value_text(buf, 1536 * MIB, true), "1.5 GiB");
	assert_string_equal(cgm_plot_value_text(buf, 1500, false), "1500");
	assert_string_equal(cgm_plot_value_text(buf, 0.5, false), "0.5");
	assert_string_equal(cgm_plot_value_text(buf, 9999999, false), "9999999");
	assert_string_equal(cgm_plot_value_text(buf, 1e7, false), "1e+07");
	assert_string_equal(cgm_plot_value_text(buf, 0, true), "0");
}

static void axis_has(double from, double to, const char *labels)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	const struct cgm_plot p = {.from_s = from, .to_s = to};
	const char *second;

	cgm_plot_add_times(&b, &p, 0, 60);
	second = strchr(cgm_buf_str(&b), '\n') + 1;
	assert_string_equal(second, labels);
}

static void test_round_times(void **state)
{
	(void)state;
	axis_has(NOON + 10, NOON + 130,
		 "                        12:01                        12:02\n");
	axis_has(NOON, NOON + 3600,
		 " 12:00   12:10     12:20     12:30    12:40     12:50   13:00\n");
	axis_has(NOON, NOON + 86400,
		 " 12:00        18:00         Nov 23         06:00        12:00\n");
	axis_has(NOON, NOON + 7 * 86400,
		 "  Nov 23           Nov 25           Nov 27           Nov 29\n");
	axis_has(NOON, NOON + 400 * 86400,
		 "       Jan 21       Apr 22        Jul 22       Oct 21\n");
	axis_has(NOON, NOON + 1e12,
		 "      7251-06-17  12532-   17814-    23095-    28377-  33658-\n");
	assert_int_equal(setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1), 0);
	tzset();
	axis_has(NOON, NOON + 86400,
		 "           18:00         Nov 23          06:00          12:00\n");
	assert_int_equal(setenv("TZ", "UTC0", 1), 0);
	tzset();
}

static void spark(const double *v, size_t n, unsigned width, double top, bool utf8,
		  const char *want)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	cgm_spark_add(&b, v, n, width, top, utf8);
	assert_string_equal(cgm_buf_str(&b), want);
}

static void test_sparks(void **state)
{
	static const double v[] = {0, 1, 2, 3, 4, 5, 6, 7, 8}, hole[] = {1, NAN, 8},
			    none[] = {NAN, NAN};

	(void)state;
	spark(v, 9, 9, 8, true, "▁▂▃▄▅▆▇██");
	spark(v, 9, 9, 8, false, " .:-=+*##");
	spark(v, 9, 9, 0, true, "▁▂▃▄▅▆▇██"); /* the highest is the top */
	spark(v, 9, 9, 16, true, "▁▁▂▂▃▃▄▄▅");
	spark(v, 9, 12, 8, false, "    .:-=+*##"); /* the newest at the right */
	spark(v, 9, 3, 8, true, "▃▆█");		   /* the highest of those that share a cell */
	spark(v, 9, 0, 8, true, "");
	spark(v, 0, 3, 8, true, "   ");
	spark(hole, 3, 3, 8, true, "▂ █");
	spark(none, 2, 2, 0, true, "  ");
	spark((const double[]){0, 0}, 2, 2, 0, true, "▁▁");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ascii),		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_limit_and_marks), cmocka_unit_test(test_holes),
		cmocka_unit_test(test_nothing),		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_hostile),		cmocka_unit_test(test_round_numbers),
		cmocka_unit_test(test_round_times),	cmocka_unit_test(test_sparks),
	};

	(void)setenv("TZ", "UTC0", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
