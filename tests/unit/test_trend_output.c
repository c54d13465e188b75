/* SPDX-License-Identifier: Apache-2.0 */
/* Trends as text: exact output of made-up judgements, at 80 and 200 columns, in UTF-8
 * and in ASCII. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "trend_rows.h"

static const struct cgm_text_options at80 = {.width = 80, .utf8 = true}, at80_ascii = {.width = 80},
				     at200 = {.width = 200, .utf8 = true}, nowhere = {.utf8 = true},
				     raw = {.width = 80, .raw_bytes = true},
				     colored = {.width = 80, .utf8 = true, .color = true};

static const struct cgm_track no_track = {0};

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

/* Of the line at @s: characters, all of them one column wide. */
static size_t columns(const char *s)
{
	size_t n = 0;

	for (; *s != '\n'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

/* What is written up to the verdict, and from the table on: the verdict's words are the model's. */
static void one(const struct cgm_trend_row *row, const struct cgm_text_options *o, const char *head,
		const char *rest)
{
	struct text t;
	char *table;

	text_open(&t);
	assert_int_equal(cgm_trend_write(t.f, row, NOW_MS, o), 0);
	assert_int_equal(fclose(t.f), 0);
	table = strstr(t.s, "COMPONENT");
	assert_non_null(table);
	assert_string_equal(table, rest);
	table = strstr(t.s, "recorded");
	*(strchr(table, '\n') + 1) = '\0';
	assert_string_equal(t.s, head);
	free(t.s);
}

/* Below the verdict, where kernel memory is left out of what cannot be reclaimed. */
static void test_kernel_in_doubt(void **state)
{
	struct cgm_trend y = young();
	const struct cgm_trend_row row = {.name = "new", .trend = &y, .track = &no_track};

	(void)state;
	for (int known = 0; known < 2; known++) {
		const char *note =
			"\nWhat cannot be reclaimed (needed) is told without 5.0 MiB of "
			"kernel memory,\nbecause cgroup v1 does not tell how much of that "
			"can be; cgmem explain estimates\nit.\n\nCOMPONENT";
		struct text t;

		y.kernel_in_doubt = (struct cgm_opt){5 * MIB, known};
		text_open(&t);
		assert_int_equal(cgm_trend_write(t.f, &row, NOW_MS, &at80), 0);
		assert_int_equal(fclose(t.f), 0);
		assert_int_equal(strstr(t.s, note) != NULL, known);
		free(t.s);
	}
}

static void test_one_80(void **state)
{
	struct cgm_track track = growing_track();
	const struct cgm_trend g = growing();
	const struct cgm_trend_row row = {.name = "web", .trend = &g, .track = &track};

	(void)state;
	one(&row, &at80,
	    "web  docker's figure 400MiB, limit 1.0 GiB\n"
	    "recorded      Nov 21 12:00 to 12:00 (1 d), 1440 points\n",
	    "COMPONENT         NOW   PER HOUR         LOW..HIGH  SINCE  VERDICT  SHARE\n"
	    "docker         400MiB  +33.0 MiB  +32.5..+33.5 MiB  02:00  growing      -\n"
	    "charged        450MiB  +33.5 MiB  +33.0..+34.0 MiB  02:00  growing      -\n"
	    "anon            80MiB   +2.0 MiB    +1.5..+2.5 MiB  02:00  growing     6%\n"
	    "cache_counted  310MiB  +31.0 MiB  +30.5..+31.5 MiB  02:00  growing    94%\n"
	    "kernel          10MiB          0    -512..+512 KiB  02:00  steady       -\n"
	    "goroutines       1234          0  -524288..+524288  02:00  plateau      -\n"
	    "\n"
	    "docker's figure  -- limit 1.0 GiB  S stop  R start  L limit changed  K OOM kill\n"
	    " 1.0 GiB ┤┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄\n"
	    "         │\n"
	    "         │\n"
	    "         │\n"
	    " 512 MiB ┤\n"
	    "         │                                                      ⢀⣀⣀⣀⣀⣀⣀⡠⠤⠤⠤⠤⠤⠤⠔⠒\n"
	    "         │                          ⣀⣀⣀⣀⣀⣀⣀⡠⠤⠤⠤⠤⠤⠤⠒⠒⠒⠒⠒⠒⠒⠊⠉⠉⠉⠉⠉⠉⠁\n"
	    "         │⣀⣀⣀⣀⣀⠤⠤⠤⠤⠤⠤⠤⠒⠒⠒⠒⠒⠒⠒⠊⠉⠉⠉⠉⠉⠉\n"
	    "       0 ┤\n"
	    "         └┬───────────R────┬─────────────────K────────────────┬───────L────────┬\n"
	    "          12:00          18:00            Nov 22            06:00          12:00\n"
	    "\n"
	    "page cache in docker's figure\n"
	    " 400 MiB ┤\n"
	    "         │                                                                ⢀⣀⣀⣀⠤⠤\n"
	    "         │                                                  ⣀⣀⣀⣀⠤⠤⠤⠔⠒⠒⠒⠊⠉⠉⠁\n"
	    " 200 MiB ┤                                    ⣀⣀⣀⡠⠤⠤⠤⠒⠒⠒⠒⠉⠉⠉\n"
	    "         │                     ⢀⣀⣀⣀⠤⠤⠤⠤⠒⠒⠒⠊⠉⠉⠉\n"
	    "         │       ⣀⣀⣀⣀⠤⠤⠤⠔⠒⠒⠒⠊⠉⠉⠁\n"
	    "       0 ┤⠔⠒⠒⠒⠉⠉⠉⠁\n"
	    "         └┬───────────R────┬─────────────────K────────────────┬───────L────────┬\n"
	    "          12:00          18:00            Nov 22            06:00          12:00\n");
	cgm_track_clear(&track);
}

static void test_one_80_ascii(void **state)
{
	struct cgm_track track = growing_track();
	struct cgm_trend g = growing();
	const struct cgm_trend_row row = {.name = HOSTILE, .trend = &g, .track = &track};

	(void)state;
	g.n_restarts = 1;
	g.n_kills = 2;
	g.restarted = true;
	g.cut_ms = NOW_MS - 20 * HOUR_S * INT64_C(1000);
	one(&row, &at80_ascii,
	    "ev\\x1b]0;il\\x0a\\xff\\xc3\\xbcx  docker's figure 400MiB, limit 1.0 GiB\n"
	    "recorded      Nov 21 12:00 to 12:00 (1 d), 1440 points; 1 restart; 2 OOM kills;\n",
	    "COMPONENT         NOW   PER HOUR         LOW..HIGH  SINCE  VERDICT  SHARE\n"
	    "docker         400MiB  +33.0 MiB  +32.5..+33.5 MiB  02:00  growing      -\n"
	    "charged        450MiB  +33.5 MiB  +33.0..+34.0 MiB  02:00  growing      -\n"
	    "anon            80MiB   +2.0 MiB    +1.5..+2.5 MiB  02:00  growing     6%\n"
	    "cache_counted  310MiB  +31.0 MiB  +30.5..+31.5 MiB  02:00  growing    94%\n"
	    "kernel          10MiB          0    -512..+512 KiB  02:00  steady       -\n"
	    "goroutines       1234          0  -524288..+524288  02:00  plateau      -\n"
	    "\n"
	    "docker's figure  -- limit 1.0 GiB  S stop  R start  L limit changed  K OOM kill\n"
	    " 1.0 GiB +----------------------------------------------------------------------\n"
	    "         |\n"
	    "         |\n"
	    "         |\n"
	    " 512 MiB +\n"
	    "         |                                                     ..............:''\n"
	    "         |                        ..............:''''''''''''''\n"
	    "         |..........''''''''''''''\n"
	    "       0 +\n"
	    "         ++-----------R----+-----------------K----------------+-------L--------+\n"
	    "          12:00          18:00            Nov 22            06:00          12:00\n"
	    "\n"
	    "page cache in docker's figure\n"
	    " 400 MiB +\n"
	    "         |                                                                 .....\n"
	    "         |                                                  ........''''''''\n"
	    " 200 MiB +                                   ........''''''''\n"
	    "         |                     .......:'''''''\n"
	    "         |      .......:'''''''\n"
	    "       0 +'''''''\n"
	    "         ++-----------R----+-----------------K----------------+-------L--------+\n"
	    "          12:00          18:00            Nov 22            06:00          12:00\n");
	cgm_track_clear(&track);
}

static void test_one_200(void **state)
{
	struct cgm_track track = growing_track();
	struct cgm_trend g = growing();
	const struct cgm_trend_row row = {.name = "web", .trend = &g, .track = &track};
	static const char table[] =
		"COMPONENT         NOW   PER HOUR         LOW..HIGH  SINCE  VERDICT  SHARE  WHAT\n"
		"docker         400MiB  +33.0 MiB  +32.5..+33.5 MiB  02:00  growing      -  "
		"docker's figure\n"
		"charged        450MiB  +33.5 MiB  +33.0..+34.0 MiB  02:00  growing      -  "
		"charged memory\n"
		"anon            80MiB   +2.0 MiB    +1.5..+2.5 MiB  02:00  growing     6%  "
		"anonymous memory\n"
		"cache_counted  310MiB  +31.0 MiB  +30.5..+31.5 MiB  02:00  growing    94%  page "
		"cache in "
		"docker's figure\n"
		"kernel          10MiB          0    -512..+512 KiB  02:00  steady       -  kernel "
		"memory\n"
		"goroutines       1234          0  -524288..+524288  02:00  plateau      -  "
		"goroutines\n"
		"\n"
		"docker's figure  limit 64.0 GiB (above)  S stop  R start  L limit changed  K OOM "
		"kill\n"
		" 400 MiB";
	struct text t;

	(void)state;
	g.limit.v = UINT64_C(64) << 30;
	text_open(&t);
	assert_int_equal(cgm_trend_write(t.f, &row, NOW_MS, &at200), 0);
	assert_int_equal(fclose(t.f), 0);
	assert_non_null(strstr(t.s, table));
	for (const char *c = t.s; *c; c = strchr(c, '\n') + 1)
		assert_true(columns(c) <= 200);
	free(t.s);
	cgm_track_clear(&track);
}

static void test_one_young(void **state)
{
	const struct cgm_trend y = young();
	const struct cgm_trend_row row = {.name = "new", .trend = &y, .track = &no_track};

	(void)state;
	one(&row, &raw,
	    "new  docker's figure 20971520\n"
	    "recorded      11:57 to 12:00 (3 min), 18 points\n",
	    "COMPONENT       NOW  PER HOUR  LOW..HIGH  SINCE  VERDICT     SHARE\n"
	    "docker     20971520         -          -      -  need 7 min      -\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),		cmocka_unit_test(test_table_of_the_dead),
		cmocka_unit_test(test_widest),		cmocka_unit_test(test_one_80),
		cmocka_unit_test(test_kernel_in_doubt), cmocka_unit_test(test_one_80_ascii),
		cmocka_unit_test(test_one_200),		cmocka_unit_test(test_one_young),

	};

	(void)setenv("TZ", "UTC0", 1);
	tzset();
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
