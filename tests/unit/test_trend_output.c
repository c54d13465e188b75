/* SPDX-License-Identifier: Apache-2.0 */
/* Trends as text: exact output of made-up judgements, at 80 and 200 columns, in UTF-8
 * and in ASCII. */
#include "trend_output_case.h"

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
		cmocka_unit_test(test_one_80),	     cmocka_unit_test(test_kernel_in_doubt),
		cmocka_unit_test(test_one_80_ascii), cmocka_unit_test(test_one_200),
		cmocka_unit_test(test_one_young),
	};

	(void)setenv("TZ", "UTC0", 1);
	tzset();
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
