/* SPDX-License-Identifier: Apache-2.0 */
/* Trends as text, CSV and JSON: exact output of made-up judgements, at 80 and 200 columns, in UTF-8
 * and in ASCII. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "output/json_util.h"
#include "output/trend.h"

#define MIB	1048576
#define NOW_S	INT64_C(1795348800) /* 2026-11-22T12:00:00Z */
#define NOW_MS	(NOW_S * 1000)
#define HOUR_S	3600
#define HOSTILE "ev\033]0;il\n\xff\xc3\xbcx"

struct text {
	FILE *f;
	char *s;
	size_t len;
};

static void text_open(struct text *t)
{
	*t = (struct text){0};
	t->f = open_memstream(&t->s, &t->len);
	assert_non_null(t->f);
}

static void text_is(struct text *t, const char *want)
{
	assert_int_equal(fclose(t->f), 0);
	assert_string_equal(t->s, want);
	free(t->s);
}

static struct cgm_trend_part part(uint64_t now, enum cgm_growth_verdict verdict, double per_hour,
				  double share)
{
	double rate = per_hour / HOUR_S;

	return (struct cgm_trend_part){
		.known = true,
		.now = now,
		.share = share,
		.growth = {.verdict = verdict,
			   .rate = rate,
			   .low = rate - 0.5 * MIB / HOUR_S,
			   .high = rate + 0.5 * MIB / HOUR_S,
			   .p = 0.001,
			   .significant = verdict == CGM_GROWTH_GROWING,
			   .since_s = (double)(NOW_S - 10 * HOUR_S),
			   .rise = per_hour * 10,
			   .n = 100},
	};
}

/* Page cache grows by 31 MiB an hour and carries nearly all of docker's 33; the limit is far. */
static struct cgm_trend growing(void)
{
	struct cgm_trend t = {
		.from_ms = NOW_MS - 24 * HOUR_S * INT64_C(1000),
		.to_ms = NOW_MS,
		.cut_ms = NOW_MS - 24 * HOUR_S * INT64_C(1000),
		.n_points = 1440,
		.carrier = CGM_TREND_CACHE_COUNTED,
		.carrier_share = 0.94,
		.limit = {UINT64_C(1024) * MIB, true},
		.limit_in_s = {100 * HOUR_S, true},
		.limit_in_low_s = 80 * HOUR_S,
		.limit_in_high_s = INFINITY,
	};

	t.part[CGM_TREND_DOCKER] = part(400 * MIB, CGM_GROWTH_GROWING, 33.0 * MIB, 0);
	t.part[CGM_TREND_CHARGED] = part(450 * MIB, CGM_GROWTH_GROWING, 33.5 * MIB, 0);
	t.part[CGM_TREND_ANON] = part(80 * MIB, CGM_GROWTH_GROWING, 2.0 * MIB, 0.06);
	t.part[CGM_TREND_CACHE_COUNTED] = part(310 * MIB, CGM_GROWTH_GROWING, 31.0 * MIB, 0.94);
	t.part[CGM_TREND_TMPFS] = part(0, CGM_GROWTH_STEADY, 0, 0); /* nothing, ever: no line */
	t.part[CGM_TREND_KERNEL] = part(10 * MIB, CGM_GROWTH_STEADY, 0, 0);
	t.part[CGM_TREND_GOROUTINES] = part(1234, CGM_GROWTH_PLATEAU, 0, 0);
	return t;
}

/* Three minutes of it are too few. */
static struct cgm_trend young(void)
{
	struct cgm_trend t = {.from_ms = NOW_MS - 180000,
			      .to_ms = NOW_MS,
			      .cut_ms = NOW_MS - 180000,
			      .n_points = 18,
			      .carrier = CGM_TREND_COUNT,
			      .more_s = 420};

	t.part[CGM_TREND_DOCKER].known = true;
	t.part[CGM_TREND_DOCKER].now = 20 * MIB;
	t.part[CGM_TREND_DOCKER].growth.more_s = 420;
	return t;
}

static struct cgm_trend flat(void)
{
	struct cgm_trend t = {.from_ms = NOW_MS - 24 * HOUR_S * INT64_C(1000),
			      .to_ms = NOW_MS,
			      .n_points = 1440,
			      .carrier = CGM_TREND_COUNT};

	t.part[CGM_TREND_DOCKER] = part(20 * MIB + 1, CGM_GROWTH_STEADY, 0, 0);
	t.part[CGM_TREND_DOCKER].growth.since_s = (double)(NOW_S - 24 * HOUR_S);
	return t;
}

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
		"NAME           DOCKER GROWS                RATE        SINCE LIMIT IN VERDICT\n"
		"web            400MiB cache_counted +33.0 MiB/h        02:00  4 d 4 h growing\n"
		"a-container-w…  20MiB -                       0 Nov 21 12:00        - steady\n"
		"ev\\x1b]0;il\\x…  20MiB -                       -            -        - need 7 "
		"min\n");
	text_open(&t);
	assert_int_equal(cgm_trend_table_write(t.f, rows, 3, NOW_MS, &at80_ascii), 0);
	text_is(&t,
		"NAME           DOCKER GROWS                RATE        SINCE LIMIT IN VERDICT\n"
		"web            400MiB cache_counted +33.0 MiB/h        02:00  4 d 4 h growing\n"
		"a-container...  20MiB -                       0 Nov 21 12:00        - steady\n"
		"ev\\x1b]0;il...  20MiB -                       -            -        - need 7 "
		"min\n");
	text_open(&t);
	assert_int_equal(cgm_trend_table_write(t.f, rows, 3, NOW_MS, &at200), 0);
	text_is(&t, "NAME                                    DOCKER  GROWS                 RATE    "
		    "     SINCE  LIMIT IN  VERDICT\n"
		    "web                                     400MiB  cache_counted  +33.0 MiB/h    "
		    "     02:00   4 d 4 h  growing\n"
		    "a-container-with-a-name-of-some-length   20MiB  -                        0  "
		    "Nov 21 12:00         -  steady\n"
		    "ev\\x1b]0;il\\x0a\\xffüx                    20MiB  -                        - "
		    "            -         -  need 7 min\n");
	text_open(&t);
	assert_int_equal(cgm_trend_table_write(t.f, rows, 3, NOW_MS, &nowhere), 0);
	text_is(&t, "NAME                                    DOCKER  GROWS                 RATE    "
		    "     SINCE  LIMIT IN  VERDICT\n"
		    "web                                     400MiB  cache_counted  +33.0 MiB/h    "
		    "     02:00   4 d 4 h  growing\n"
		    "a-container-with-a-name-of-some-length   20MiB  -                        0  "
		    "Nov 21 12:00         -  steady\n"
		    "ev\\x1b]0;il\\x0a\\xffüx                    20MiB  -                        - "
		    "            -         -  need 7 min\n");
	text_open(&t);
	assert_int_equal(cgm_trend_table_write(t.f, rows, 2, NOW_MS, &raw), 0);
	text_is(&t,
		"NAME              DOCKER GROWS                RATE        SINCE LIMIT IN VERDICT\n"
		"web            419430400 cache_counted +34603008/h        02:00  4 d 4 h growing\n"
		"a-container...  20971521 -                       0 Nov 21 12:00        - "
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
	assert_non_null(strstr(t.s, "12 d 23 h"));
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

static struct cgm_track growing_track(void)
{
	static const struct cgm_event events[] = {
		{.time_ms = NOW_MS - 20 * HOUR_S * INT64_C(1000), .kind = CGM_EVENT_STOP},
		{.time_ms = NOW_MS - 20 * HOUR_S * INT64_C(1000), .kind = CGM_EVENT_START},
		{.time_ms = NOW_MS - 12 * HOUR_S * INT64_C(1000), .kind = CGM_EVENT_OOM_KILL},
		{.time_ms = NOW_MS - 3 * HOUR_S * INT64_C(1000), .kind = CGM_EVENT_LIMIT},
	};
	struct cgm_track t = {.step_ms = 600000};

	for (int i = 0; i <= 144; i++) {
		struct cgm_point p = {.time_ms = NOW_MS - (144 - i) * INT64_C(600000)};

		cgm_point_set(&p, CGM_SERIES_CHARGED, (uint64_t)(150 + 2 * i) * MIB);
		cgm_point_set(&p, CGM_SERIES_DOCKER, (uint64_t)(112 + 2 * i) * MIB);
		cgm_point_set(&p, CGM_SERIES_CACHE, (uint64_t)(60 + 2 * i) * MIB);
		cgm_point_set(&p, CGM_SERIES_CACHE_INACTIVE, (uint64_t)38 * MIB);
		assert_int_equal(cgm_track_add(&t, &p), 0);
	}
	for (size_t i = 0; i < sizeof events / sizeof *events; i++)
		assert_int_equal(cgm_track_add_event(&t, &events[i]), 0);
	return t;
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

static void test_csv(void **state)
{
	const struct cgm_trend g = growing(), y = young();
	const struct cgm_trend_row rows[] = {
		{.name = "web", .trend = &g, .track = &no_track},
		{.name = "a,\"b\"\n", .trend = &y, .track = &no_track},
	};
	struct text t;

	(void)state;
	text_open(&t);
	assert_int_equal(cgm_trend_csv_write(t.f, rows, 2), 0);
	text_is(&t,
		"name,component,bytes,rate_per_hour,low,high,significant,verdict,since,share,"
		"count\n"
		"web,docker,419430400,34603008,34078720,35127296,true,growing,2026-11-22T02:00:00Z,"
		",\n"
		"web,charged,471859200,35127296,34603008,35651584,true,growing,2026-11-22T02:00:"
		"00Z,,\n"
		"web,anon,83886080,2097152,1572864,2621440,true,growing,2026-11-22T02:00:00Z,0."
		"0600,\n"
		"web,cache_counted,325058560,32505856,31981568,33030144,true,growing,2026-11-22T02:"
		"00:00Z,0.9400,\n"
		"web,tmpfs,0,0,-524288,524288,false,steady,2026-11-22T02:00:00Z,0.0000,\n"
		"web,kernel,10485760,0,-524288,524288,false,steady,2026-11-22T02:00:00Z,0.0000,\n"
		"web,goroutines,,0,-524288,524288,false,plateau,2026-11-22T02:00:00Z,,1234\n"
		"\"a,\"\"b\"\"\\x0a\",docker,20971520,,,,,unknown,,,\n");
}

static json_t *json_of(const struct cgm_trend_row *row)
{
	struct cgm_json *j;
	json_t *o;

	assert_int_equal(cgm_json_new(NOW_S, &j), 0);
	assert_int_equal(cgm_json_add_trend(j, row), 0);
	o = json_incref(json_array_get(j->results, 0));
	cgm_json_free(j);
	return o;
}

static void json_is(json_t *o, const char *want)
{
	char *s = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(9) | JSON_ENCODE_ANY);

	assert_non_null(s);
	assert_string_equal(s, want);
	free(s);
}

static void test_json(void **state)
{
	struct cgm_track track = growing_track();
	const struct cgm_trend g = growing();
	const struct cgm_trend_row row = {.name = HOSTILE,
					  .kind = "container",
					  .project = "shop",
					  .trend = &g,
					  .track = &track};
	json_t *o = json_of(&row), *components = json_object_get(o, "components");

	(void)state;
	json_is(json_object_get(o, "target"),
		"{\"kind\":\"container\",\"id\":null,\"name\":\"ev\\\\x1b]0;il\\\\x0a\\\\xffüx\","
		"\"image\":null,\"project\":\"shop\",\"service\":null}");
	json_is(json_array_get(components, 0),
		"{\"id\":\"docker\",\"bytes\":419430400,\"count\":null,\"rate_per_hour\":34603008."
		"0,\"low\":34078720.0,\"high\":35127296.0,\"significant\":true,\"verdict\":"
		"\"growing\",\"sawtooth\":false,\"since\":\"2026-11-22T02:00:00Z\",\"share\":"
		"null}");
	json_is(json_array_get(components, json_array_size(components) - 1),
		"{\"id\":\"goroutines\",\"bytes\":null,\"count\":1234,\"rate_per_hour\":0.0,"
		"\"low\":-524288.0,\"high\":524288.0,\"significant\":false,\"verdict\":\"plateau\","
		"\"sawtooth\":false,\"since\":\"2026-11-22T02:00:00Z\",\"share\":null}");
	assert_int_equal(json_array_size(components), 7); /* those that are known */
	json_is(json_object_get(o, "carrier"), "\"cache_counted\"");
	json_is(json_object_get(o, "carrier_share"), "0.94");
	json_is(json_object_get(o, "window_s"), "86400");
	json_is(json_object_get(o, "limit"), "1073741824");
	json_is(json_object_get(o, "limit_in_s"), "360000");
	json_is(json_object_get(o, "limit_in_low_s"), "288000.0");
	json_is(json_object_get(o, "limit_in_high_s"), "null");
	json_is(json_object_get(o, "more_s"), "null");
	json_is(json_array_get(json_object_get(o, "events"), 2),
		"{\"time\":\"2026-11-22T00:00:00Z\",\"kind\":\"oom-kill\",\"value\":null,"
		"\"detail\":null}");
	json_decref(o);
	cgm_track_clear(&track);
}

static void test_json_unknown(void **state)
{
	static const char *const keys[] = {
		"target",	   "from",	    "to",	 "window_s",   "judged_from",
		"points",	   "restarts",	    "oom_kills", "verdict",    "components",
		"carrier",	   "carrier_share", "limit",	 "limit_in_s", "limit_in_low_s",
		"limit_in_high_s", "more_s",	    "events"};
	const struct cgm_trend y = young();
	const struct cgm_trend_row row = {.name = "new", .trend = &y, .track = &no_track};
	json_t *o = json_of(&row);

	(void)state;
	assert_int_equal(json_object_size(o), sizeof keys / sizeof *keys);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		assert_non_null(json_object_get(o, keys[i]));
	json_is(json_object_get(o, "components"),
		"[{\"id\":\"docker\",\"bytes\":20971520,\"count\":null,\"rate_per_hour\":null,"
		"\"low\":null,\"high\":null,\"significant\":false,\"verdict\":\"unknown\","
		"\"sawtooth\":false,\"since\":null,\"share\":null}]");
	json_is(json_object_get(o, "more_s"), "420.0");
	json_is(json_object_get(o, "limit_in_s"), "null");
	json_is(json_object_get(o, "carrier"), "null");
	json_decref(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),	     cmocka_unit_test(test_widest),
		cmocka_unit_test(test_one_80),	     cmocka_unit_test(test_one_80_ascii),
		cmocka_unit_test(test_one_200),	     cmocka_unit_test(test_one_young),
		cmocka_unit_test(test_csv),	     cmocka_unit_test(test_json),
		cmocka_unit_test(test_json_unknown),
	};

	(void)setenv("TZ", "UTC0", 1);
	tzset();
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
