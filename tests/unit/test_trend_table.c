/* SPDX-License-Identifier: Apache-2.0 */
/* The table of trends: exact output of made-up judgements. */
#include "trend_output_case.h"

static void test_table(void **state)
{
	const struct cgm_trend g = growing(), y = young(), f = flat();
	const struct cgm_trend_row rows[] = {
		{.name = "web", .trend = &g, .track = &no_track},
		{.name = "a-container-with-a-name-of-some-length", .trend = &f, .track = &no_track},
		{.name = HOSTILE, .trend = &y, .track = &no_track},
	};
	struct text t;

	(void)state;
	text_open(&t);
	assert_int_equal(cgm_trend_table_write(t.f, rows, 3, NOW_MS, &at80), 0);
	text_is(&t,
		"NAME                 DOCKER GROWS                RATE  SINCE LIMIT IN VERDICT\n"
		"web                  400MiB cache_counted +33.0 MiB/h  02:00  4 d 4 h growing\n"
		"a-container-with-a-…  20MiB -                       0 Nov 21        - steady\n"
		"ev\\x1b]0;il\\x0a\\xff…  20MiB -                       -      -        - need 7 "
		"min\n");
	text_open(&t);
	assert_int_equal(cgm_trend_table_write(t.f, rows, 3, NOW_MS, &at80_ascii), 0);
	text_is(&t,
		"NAME                 DOCKER GROWS                RATE  SINCE LIMIT IN VERDICT\n"
		"web                  400MiB cache_counted +33.0 MiB/h  02:00  4 d 4 h growing\n"
		"a-container-with-...  20MiB -                       0 Nov 21        - steady\n"
		"ev\\x1b]0;il\\x0a\\x...  20MiB -                       -      -        - need 7 "
		"min\n");
	text_open(&t);
	assert_int_equal(cgm_trend_table_write(t.f, rows, 3, NOW_MS, &at200), 0);
	text_is(&t, "NAME                                    DOCKER  GROWS                 RATE   "
		    "SINCE  LIMIT IN  VERDICT\n"
		    "web                                     400MiB  cache_counted  +33.0 MiB/h   "
		    "02:00   4 d 4 h  growing\n"
		    "a-container-with-a-name-of-some-length   20MiB  -                        0  "
		    "Nov 21         -  steady\n"
		    "ev\\x1b]0;il\\x0a\\xffüx                    20MiB  -                        - "
		    "      -         -  need 7 min\n");
	text_open(&t);
	assert_int_equal(cgm_trend_table_write(t.f, rows, 3, NOW_MS, &nowhere), 0);
	text_is(&t, "NAME                                    DOCKER  GROWS                 RATE   "
		    "SINCE  LIMIT IN  VERDICT\n"
		    "web                                     400MiB  cache_counted  +33.0 MiB/h   "
		    "02:00   4 d 4 h  growing\n"
		    "a-container-with-a-name-of-some-length   20MiB  -                        0  "
		    "Nov 21         -  steady\n"
		    "ev\\x1b]0;il\\x0a\\xffüx                    20MiB  -                        - "
		    "      -         -  need 7 min\n");
	text_open(&t);
	assert_int_equal(cgm_trend_table_write(t.f, rows, 2, NOW_MS, &raw), 0);
	text_is(&t,
		"NAME                    DOCKER GROWS                RATE  SINCE LIMIT IN VERDICT\n"
		"web                  419430400 cache_counted +34603008/h  02:00  4 d 4 h growing\n"
		"a-container-with-...  20971521 -                       0 Nov 21        - "
		"steady\n");
	text_open(&t);
	assert_int_equal(cgm_trend_table_write(t.f, rows, 1, NOW_MS, &colored), 0);
	text_is(&t, "NAME  DOCKER  GROWS                 RATE  SINCE  LIMIT IN  VERDICT\n"
		    "web   400MiB  cache_counted  \033[1;33m+33.0 MiB/h\033[0m  02:00   4 d 4 h  "
		    "\033[1;33mgrowing\033[0m\n");
	text_open(&t);
	assert_int_equal(cgm_trend_table_write(t.f, rows, 0, NOW_MS, &at80), 0);
	text_is(&t, "NAME  DOCKER  GROWS  RATE  SINCE  LIMIT IN  VERDICT\n");
}

/* Only what lives is told in the present, and what was killed for want of memory shows it. */
static void test_table_of_the_dead(void **state)
{
	struct cgm_trend g = growing(), f = flat();
	const struct cgm_trend_row rows[] = {{.name = "web", .trend = &g, .track = &no_track},
					     {.name = "db", .trend = &f, .track = &no_track}};
	struct text t;

	(void)state;
	f.n_kills = 11;
	g.n_kills = 1;
	g.ended = true;
	g.limit_in_s.known = false;
	text_open(&t);
	assert_int_equal(cgm_trend_table_write(t.f, rows, 2, NOW_MS, &colored), 0);
	text_is(&t, "NAME  DOCKER  GROWS                 RATE   SINCE  LIMIT IN  VERDICT\n"
		    "web   400MiB  cache_counted  +33.0 MiB/h   02:00         -  ended, 1 kill\n"
		    "db     20MiB  -                        0  Nov 21         -  steady, 11 "
		    "kills\n");
	text_open(&t);
	assert_int_equal(cgm_trend_csv_write(t.f, rows, 1), 0);
	assert_int_equal(fclose(t.f), 0);
	assert_non_null(
		strstr(t.s, "\nweb,docker,419430400,34603008,34078720,35127296,true,ended,"));
	assert_non_null(strstr(t.s, ",false,ended,")); /* kernel memory did not grow */
	assert_null(strstr(t.s, "growing"));
	assert_null(strstr(t.s, "steady"));
	free(t.s);
	text_open(&t);
	assert_int_equal(cgm_trend_write(t.f, &rows[0], NOW_MS, &at80), 0);
	assert_int_equal(fclose(t.f), 0);
	assert_non_null(strstr(t.s, "02:00  grew       94%\n"));
	assert_non_null(strstr(t.s, "02:00  plateau      -\n"));
	assert_non_null(strstr(t.s, "1 OOM kill; it ended"));
	assert_null(strstr(t.s, "growing"));
	free(t.s);
}

/* The widest of everything at once still fits. */
static void test_widest(void **state)
{
	struct cgm_trend g = growing();
	const struct cgm_trend_row row = {
		.name = "shop-backend-worker-12", .trend = &g, .track = &no_track};
	struct text t;

	(void)state;
	g.carrier = CGM_TREND_CACHE_COUNTED;
	g.part[CGM_TREND_DOCKER] =
		part(UINT64_C(1234) * MIB, CGM_GROWTH_SHRINKING, -1000.4 * MIB, 0);
	g.part[CGM_TREND_DOCKER].growth.since_s = (double)(NOW_S - 20 * HOUR_S);
	g.limit_in_s.v = 12 * 86400 + 23 * HOUR_S;
	text_open(&t);
	assert_int_equal(cgm_trend_table_write(t.f, &row, 1, NOW_MS, &at80_ascii), 0);
	assert_int_equal(fclose(t.f), 0);
	for (const char *s = t.s; *s; s = strchr(s, '\n') + 1)
		assert_true(strcspn(s, "\n") <= 80);
	assert_non_null(strstr(t.s, " 12 d "));
	assert_non_null(strstr(t.s, "shrinking"));
	free(t.s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_table_of_the_dead),
		cmocka_unit_test(test_widest),
	};

	(void)setenv("TZ", "UTC0", 1);
	tzset();
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
