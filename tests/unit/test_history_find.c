/* SPDX-License-Identifier: Apache-2.0 */
/* What the user typed, found in what was recorded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/history_options.h"

static struct cgm_history_target v[] = {
	{.kind = "container", .name = "web", .container_id = "abc111", .path = "/docker/abc111"},
	{.kind = "container", .name = "abc", .container_id = "def222", .path = "/docker/def222"},
	{.kind = "container",
	 .name = "shop-web-1",
	 .project = "shop",
	 .service = "web",
	 .container_id = "abc333"},
	{.kind = "container",
	 .name = "shop-web-2",
	 .project = "shop",
	 .service = "web",
	 .container_id = "fed444"},
	{.kind = "cgroup",
	 .name = "/system.slice/ssh.service",
	 .path = "/system.slice/ssh.service"},
	{.kind = "container", .name = "old"},
};
static const struct cgm_history_targets all = {v, sizeof v / sizeof *v};

/* @want: one digit for each that is found. */
static void finds(const char *text, const char *want)
{
	CGM_AUTO_FREE size_t *found = NULL;
	struct cgm_err err = {0};
	char got[16] = "";
	size_t n = 99;

	if (cgm_history_find(&all, text, &found, &n, &err) != 0)
		fail_msg("%s: %s", text, err.msg);
	for (size_t i = 0; i < n; i++)
		got[i] = (char)('0' + found[i]);
	assert_string_equal(got, want);
}

static void fails(const char *text, int code, const char *why)
{
	size_t *found = NULL, n = 99;
	struct cgm_err err = {0};

	assert_int_equal(cgm_history_find(&all, text, &found, &n, &err), code);
	assert_null(found);
	assert_int_equal(n, 99);
	if (!strstr(err.msg, why))
		fail_msg("%s: %s", text, err.msg);
}

static void test_found(void **state)
{
	(void)state;
	finds("web", "0");
	finds("old", "5");
	finds("abc", "1"); /* a name before the beginning of an id */
	finds("abc1", "0");
	finds("abc111", "0");
	finds("d", "1");
	finds("shop/web", "23"); /* a service may be several */
	finds("/docker/abc111", "0");
	finds("/docker/abc111/", "0");
	finds("/system.slice/ssh.service", "4");
}

static void test_not_found(void **state)
{
	(void)state;
	fails("ab", -ENOTUNIQ, "ab fits several containers: web (abc111), shop-web-1 (abc333)");
	fails("wbe", -ESRCH, "wbe: nothing of that name was recorded; did you mean web?");
	fails("nonesuch", -ESRCH, "nonesuch: nothing of that name was recorded (cgmem trend lists");
	fails("", -ESRCH, "nothing of that name");
	fails("shop/db", -ESRCH, "nothing of that name");
	fails("shop/", -ESRCH, "nothing of that name");
	fails("hop/web", -ESRCH, "nothing of that name");
	fails("/", -ESRCH, "nothing of that name");
	fails("/docker", -ESRCH, "nothing of that name");
	/* a path with another before it is a group's directory only where groups are */
	fails("/tmp/system.slice/ssh.service", -ESRCH, "nothing of that name");
	fails("abc1111", -ESRCH, "nothing of that name");
}

static void test_nothing(void **state)
{
	const struct cgm_history_targets none = {0};
	size_t *found = NULL, n = 0;
	struct cgm_err err = {0};

	(void)state;
	assert_int_equal(cgm_history_find(&none, "web", &found, &n, &err), -ESRCH);
	assert_int_equal(cgm_history_nothing("web", 1000, 0, &err), -ENODATA);
	assert_string_equal(err.msg, "nothing was recorded of web since 1970-01-01");
	assert_int_equal(cgm_history_nothing(NULL, 1000, INT64_C(86400000) * 366, &err), -ENODATA);
	assert_string_equal(err.msg, "nothing was recorded since 1970-01-01; the last is of "
				     "1971-01-02 (--since)");
}

static void test_moments(void **state)
{
	struct cgm_err err = {0};
	int64_t ms = 0;

	(void)state;
	assert_int_equal(cgm_history_moment("@1000", &ms, &err), 0);
	assert_int_equal(ms, 1000000);
	assert_int_equal(cgm_history_moment("1h", &ms, &err), 0);
	assert_true(ms < cgm_now_ms() - 3599000);
	assert_int_equal(cgm_history_moment("yesterday", &ms, &err), -EINVAL);
	assert_non_null(strstr(err.msg, "yesterday: neither a time such as 03:00"));
	assert_int_equal(cgm_history_moment("25:00", &ms, &err), -EINVAL);
	assert_non_null(strstr(err.msg, "25:00: there is no such moment"));
	assert_int_equal(cgm_history_moment("9999-01-01", &ms, &err), -EINVAL);
	assert_non_null(strstr(err.msg, "9999-01-01: that is yet to come"));
}

static void point_at(struct cgm_track *t, int64_t ms)
{
	struct cgm_point p = {.time_ms = ms};

	cgm_point_set(&p, CGM_SERIES_CHARGED, (uint64_t)ms);
	assert_int_equal(cgm_track_add(t, &p), 0);
}

static void event_at(struct cgm_track *t, enum cgm_event_kind kind, int64_t ms)
{
	const struct cgm_event e = {.kind = kind, .time_ms = ms};

	assert_int_equal(cgm_track_add_event(t, &e), 0);
}

/* What is sampled while it is taken down is not what it was. */
static void test_alive(void **state)
{
	static const int64_t cases[][2] = {
		{9999, 0},	{10000, 10000}, {29999, 20000},
		{30000, 30000}, {31000, 30000}, /* killed at 30500, stopped at 31500 */
		{31999, 30000}, {40000, 30000}, {50000, 50000},
		{51000, 50000}, {52000, 52000}, /* a kill that did not end it */
		{60000, 52000},			/* stopped at 60000 */
	};
	struct cgm_track t = {0};

	(void)state;
	for (int64_t ms = 10000; ms <= 30000; ms += 10000)
		point_at(&t, ms);
	event_at(&t, CGM_EVENT_OOM_KILL, 30500);
	point_at(&t, 31000);
	event_at(&t, CGM_EVENT_STOP, 31500);
	point_at(&t, 31600);
	event_at(&t, CGM_EVENT_RESTART, 49000);
	point_at(&t, 50000);
	event_at(&t, CGM_EVENT_OOM_KILL, 51500);
	point_at(&t, 52000);
	event_at(&t, CGM_EVENT_RESTART, 52500);
	event_at(&t, CGM_EVENT_STOP, 60000);
	point_at(&t, 60000);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct cgm_point *p = cgm_history_point_alive(&t, cases[i][0]);

		assert_int_equal(p ? p->time_ms : 0, cases[i][1]);
	}
	cgm_track_clear(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),	cmocka_unit_test(test_not_found),
		cmocka_unit_test(test_nothing), cmocka_unit_test(test_moments),
		cmocka_unit_test(test_alive),
	};

	(void)setenv("TZ", "UTC0", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
