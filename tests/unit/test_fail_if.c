/* SPDX-License-Identifier: Apache-2.0 */
/* --fail-if: what is understood, what is refused and with which words, and both sides of each
 * bound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cmd/fail_if.h"

#define MIB 1048576.0

static struct cgm_fail_if parsed(const char *text)
{
	struct cgm_fail_if c;
	struct cgm_err err = {0};

	if (cgm_fail_if_parse(text, &c, &err) != 0)
		fail_msg("%s: %s", text, err.msg);
	return c;
}

static void is_growth(const char *text, enum cgm_trend_id id, double per_hour)
{
	struct cgm_fail_if c = parsed(text);

	assert_false(c.limit_in);
	assert_int_equal(c.id, id);
	if (fabs(c.per_hour - per_hour) > 1e-6 * per_hour)
		fail_msg("%s: %f", text, c.per_hour);
}

static void test_forms(void **state)
{
	struct cgm_fail_if c;

	(void)state;
	is_growth("growth>10M/h", CGM_TREND_DOCKER, 10 * MIB);
	is_growth(" growth > 10 M / h ", CGM_TREND_DOCKER, 10 * MIB);
	is_growth("growth>1.5GiB/d", CGM_TREND_DOCKER, 64 * MIB);
	is_growth("growth>4096/s", CGM_TREND_DOCKER, 4096.0 * 3600);
	is_growth("growth>1k/m", CGM_TREND_DOCKER, 1024.0 * 60);
	is_growth("growth>0/h", CGM_TREND_DOCKER, 0);
	is_growth("docker.growth>1M/h", CGM_TREND_DOCKER, MIB);
	is_growth("anon.growth>1M/h", CGM_TREND_ANON, MIB);
	is_growth("cache_counted.growth>1M/h", CGM_TREND_CACHE_COUNTED, MIB);
	is_growth("goroutines.growth>100/h", CGM_TREND_GOROUTINES, 100);
	is_growth("goroutines.growth>0.5/m", CGM_TREND_GOROUTINES, 30);
	for (int i = 0; i < CGM_TREND_COUNT; i++) {
		char text[64];

		(void)snprintf(text, sizeof text, "%s.growth>1/h", cgm_trends[i].name);
		is_growth(text, (enum cgm_trend_id)i, 1);
	}
	c = parsed("limit-in<6h");
	assert_true(c.limit_in && fabs(c.seconds - 21600) < 1e-6);
	c = parsed("limit-in < 1h30m");
	assert_true(c.limit_in && fabs(c.seconds - 5400) < 1e-6);
	assert_string_equal(c.text, "limit-in<1h30m");
}

static void refused(const char *text, const char *why)
{
	struct cgm_fail_if c;
	struct cgm_err err = {0};

	if (cgm_fail_if_parse(text, &c, &err) != -EINVAL)
		fail_msg("%s: not refused", text);
	if (!strstr(err.msg, why))
		fail_msg("%s: %s", text, err.msg);
}

static void test_refused(void **state)
{
	char longer[200];

	(void)state;
	refused("", "not a condition such as 'growth>10M/h'");
	refused("growth", "not a condition");
	refused("growth<10M/h", "not a condition");
	refused("shrinks>10M/h", "not a condition");
	refused("anon>10M/h", "not a condition");
	refused("limit-in>6h", "not a condition");
	refused("anno.growth>10M/h", "anno: no such component; near: anon");
	refused("cashe.growth>10M/h", "no such component; near: cache");
	refused(".growth>10M/h", "no such component; there are docker charged anon");
	refused("a.b.growth>10M/h", "a.b: no such component");
	refused("growth>10M", "no time that it is per");
	refused("growth>10M/w", "w: not one of s, m, h and d");
	refused("growth>10M/", ": not one of s, m, h and d");
	refused("growth>10M/h/h", "h/h: not one of");
	refused("growth>10X/h", "10X: not a size");
	refused("growth>-1M/h", "-1M: not a size");
	refused("growth>/h", "not a size");
	refused("growth>=10M/h", "=10M: not a size");
	refused("goroutines.growth>10M/h", "10M: not a number");
	refused("limit-in<soon", "soon: not a time");
	refused("limit-in<", "not a time");
	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	refused(longer, "too long");
	/* the longest that is taken, and one more */
	memcpy(longer, "growth>", 7);
	memset(longer + 7, '0', CGM_FAIL_IF_MAX - 1 - 7 - 2);
	memcpy(longer + CGM_FAIL_IF_MAX - 3, "/h", 3);
	is_growth(longer, CGM_TREND_DOCKER, 0);
	memcpy(longer + CGM_FAIL_IF_MAX - 3, "0/h", 4);
	refused(longer, "too long");
}

static void test_growth_bounds(void **state)
{
	struct cgm_fail_if c = parsed("anon.growth>10M/h");
	struct cgm_trend t = {0};
	struct cgm_trend_part *p = &t.part[CGM_TREND_ANON];

	(void)state;
	*p = (struct cgm_trend_part){.known = true,
				     .growth = {.verdict = CGM_GROWTH_GROWING,
						.significant = true,
						.rate = 10 * MIB / 3600 + 0.001}};
	assert_true(cgm_fail_if_holds(&c, &t));
	/* each run of docker's figure is as good, of that alone */
	t.runs = (struct cgm_trend_runs){3, 10 * MIB, 3599.9};
	p->growth.verdict = CGM_GROWTH_UNKNOWN;
	assert_false(cgm_fail_if_holds(&c, &t));
	c.id = CGM_TREND_DOCKER;
	assert_true(cgm_fail_if_holds(&c, &t));
	t.runs.span_s = 3600.1;
	assert_false(cgm_fail_if_holds(&c, &t));
	t.runs = (struct cgm_trend_runs){0};
	p->growth.verdict = CGM_GROWTH_GROWING;
	c.id = CGM_TREND_ANON;
	p->growth.rate = 10 * MIB / 3600 - 0.001;
	assert_false(cgm_fail_if_holds(&c, &t));
	p->growth.rate = 11 * MIB / 3600;
	p->growth.significant = false; /* may be chance */
	assert_false(cgm_fail_if_holds(&c, &t));
	p->growth.significant = true;
	p->growth.verdict = CGM_GROWTH_PLATEAU; /* it did */
	assert_false(cgm_fail_if_holds(&c, &t));
	p->growth.verdict = CGM_GROWTH_UNKNOWN;
	assert_false(cgm_fail_if_holds(&c, &t));
	p->growth.verdict = CGM_GROWTH_GROWING;
	p->known = false;
	assert_false(cgm_fail_if_holds(&c, &t));
	/* another component's growth is not asked for */
	t.part[CGM_TREND_CACHE] = (struct cgm_trend_part){
		.known = true,
		.growth = {.verdict = CGM_GROWTH_GROWING, .significant = true, .rate = MIB}};
	assert_false(cgm_fail_if_holds(&c, &t));
}

static void test_limit_bounds(void **state)
{
	struct cgm_fail_if c = parsed("limit-in<6h");
	struct cgm_trend t = {.limit_in_s = {21599, true}};

	(void)state;
	assert_true(cgm_fail_if_holds(&c, &t));
	t.limit_in_s.v = 21600;
	assert_false(cgm_fail_if_holds(&c, &t));
	t.limit_in_s = (struct cgm_opt){0, false}; /* never */
	assert_false(cgm_fail_if_holds(&c, &t));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_growth_bounds),
		cmocka_unit_test(test_limit_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
