/* SPDX-License-Identifier: Apache-2.0 */
/* What `cgmem record` decides without a file: gaps, a clock that was set, --keep; and sd_notify. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cmd/record.h"
#include "cmd/record_clock.h"
#include "sys/notify.h"

#define T0 INT64_C(1700000000000)

/* Judges a step of so many ms on each clock, rounds 1 s apart. */
static size_t step(int64_t wall, uint64_t mono, uint64_t boot, struct cgm_event ret[2])
{
	const struct cgm_moment before = {.wall = T0, .mono = 5000, .boot = 9000};
	const struct cgm_moment now = {.wall = T0 + wall, .mono = 5000 + mono, .boot = 9000 + boot};

	return cgm_clock_judge(&before, &now, 1000, ret);
}

static void assert_event(const struct cgm_event *e, enum cgm_event_kind kind, int64_t time_ms,
			 int64_t value, const char *detail)
{
	assert_int_equal(e->kind, kind);
	assert_int_equal(e->time_ms, time_ms);
	assert_int_equal(e->value.known, value >= 0);
	if (value >= 0)
		assert_int_equal(e->value.v, value);
	assert_string_equal(e->detail, detail);
}

static void test_clock(void **state)
{
	struct cgm_event e[2];

	(void)state;
	assert_int_equal(step(1000, 1000, 1000, e), 0);
	assert_int_equal(step(300, 300, 300, e), 0); /* an early round */
	/* late: twice the interval and three seconds */
	assert_int_equal(step(4999, 4999, 4999, e), 0);
	assert_int_equal(step(5000, 5000, 5000, e), 1);
	assert_event(e, CGM_EVENT_GAP, T0, 5000, "a round was late");
	/* asleep: the monotonic clock stood still */
	assert_int_equal(step(3600000, 1000, 3600000, e), 1);
	assert_event(e, CGM_EVENT_GAP, T0, 3600000, "the machine was suspended");
	/* set */
	assert_int_equal(step(3000, 1000, 1000, e), 0);
	assert_int_equal(step(3001, 1000, 1000, e), 1);
	assert_event(e, CGM_EVENT_CLOCK, T0 + 3001, -1, "the clock was set forward");
	assert_int_equal(step(-1000, 1000, 1000, e), 0);
	assert_int_equal(step(-1001, 1000, 1000, e), 1);
	assert_event(e, CGM_EVENT_CLOCK, T0 - 1001, 2001, "the clock was set back");
	/* both */
	assert_int_equal(step(-86400000, 1000, 60000, e), 2);
	assert_event(e, CGM_EVENT_GAP, T0, 60000, "the machine was suspended");
	assert_event(e + 1, CGM_EVENT_CLOCK, T0 - 86400000, 86460000, "the clock was set back");
}

static void test_clock_at_start(void **state)
{
	struct cgm_event e[2];

	(void)state;
	assert_int_equal(cgm_clock_judge_start(0, T0, 1000, e), 0);
	assert_int_equal(cgm_clock_judge_start(T0, T0 + 4999, 1000, e), 0);
	assert_int_equal(cgm_clock_judge_start(T0, T0 + 5000, 1000, e), 1);
	assert_event(e, CGM_EVENT_GAP, T0, 5000, "nothing was recorded");
	assert_int_equal(cgm_clock_judge_start(T0, T0 + 22999, 10000, e), 0);
	assert_int_equal(cgm_clock_judge_start(T0, T0 + 23000, 10000, e), 1);
	assert_int_equal(cgm_clock_judge_start(T0, T0 - 2000, 1000, e), 0);
	assert_int_equal(cgm_clock_judge_start(T0, T0 - 2001, 1000, e), 1);
	assert_event(e, CGM_EVENT_CLOCK, T0 - 2001, 2001, "the clock was set back");
}

static void test_keep(void **state)
{
	struct cgm_history_keep k = {0};
	static const char *const bad[] = {
		"",
		"raw",
		"raw=",
		"raw=0",
		"raw=999ms",
		"raw=1d,",
		",raw=1d",
		"raw=1d;",
		"days=1d",
		"ra=1d",
		"raws=1d",
		"size=1048575",
		"size=-1M",
		"size=10",
		"=1d",
		"raw=1d,x=",
		"raw=1x",
		"raw=1d size=1M",
		"raw=5000000000000h",
		"hours=366001d",
	};

	(void)state;
	assert_int_equal(cgm_record_parse_keep("raw=24h,minutes=14d,hours=366d,size=1G", &k, NULL),
			 0);
	assert_int_equal(k.raw_s, 86400);
	assert_int_equal(k.minutes_s, 14 * 86400);
	assert_int_equal(k.hours_s, 366 * 86400);
	assert_int_equal(k.max_bytes, UINT64_C(1) << 30);
	assert_int_equal(cgm_record_parse_keep("size=1M", &k, NULL), 0);
	assert_int_equal(k.max_bytes, 1048576);
	assert_int_equal(k.raw_s, 86400);
	assert_int_equal(cgm_record_parse_keep("raw=1s", &k, NULL), 0);
	assert_int_equal(k.raw_s, 1);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct cgm_err err = {0};

		assert_int_equal(cgm_record_parse_keep(bad[i], &k, &err), -EINVAL);
		assert_true(err.msg[0] != '\0');
	}
	assert_int_equal(k.raw_s, 1);
	assert_int_equal(k.minutes_s, 14 * 86400);
}

/* A manager's socket, in the file system or ("@...") in the abstract namespace. */
static int manager(const char *name)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	memcpy(a.sun_path, name, strlen(name));
	if (*name == '@')
		a.sun_path[0] = '\0';
	assert_int_equal(bind(fd, (struct sockaddr *)&a,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name))),
			 0);
	assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
	return fd;
}

static void hear(int fd, const char *expected)
{
	char text[64] = "";

	assert_int_equal(recv(fd, text, sizeof text - 1, MSG_DONTWAIT), (ssize_t)strlen(expected));
	assert_string_equal(text, expected);
	assert_int_equal(close(fd), 0);
}

static void test_notify(void **state)
{
	char path[] = "/tmp/cgmem-notify-XXXXXX", name[80];
	int fd;

	(void)state;
	assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
	assert_int_equal(cgm_notify("READY=1"), 0);
	assert_non_null(mkdtemp(path));
	(void)snprintf(name, sizeof name, "%s/sock", path);
	fd = manager(name);
	assert_int_equal(cgm_notify("READY=1"), 1);
	hear(fd, "READY=1");
	assert_int_equal(cgm_notify("READY=1"), -ECONNREFUSED);
	assert_int_equal(unlink(name), 0);
	assert_int_equal(cgm_notify("READY=1"), -ENOENT);
	assert_int_equal(rmdir(path), 0);
	(void)snprintf(name, sizeof name, "@cgmem-notify-%d", (int)getpid());
	fd = manager(name);
	assert_int_equal(cgm_notify("STOPPING=1"), 1);
	hear(fd, "STOPPING=1");
	assert_int_equal(setenv("NOTIFY_SOCKET", "relative", 1), 0);
	assert_int_equal(cgm_notify("READY=1"), -EINVAL);
	assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
}

static void test_watchdog(void **state)
{
	char pid[24];

	(void)state;
	(void)unsetenv("WATCHDOG_PID");
	(void)unsetenv("WATCHDOG_USEC");
	assert_int_equal(cgm_notify_watchdog_ms(), 0);
	assert_int_equal(setenv("WATCHDOG_USEC", "30000000", 1), 0);
	assert_int_equal(cgm_notify_watchdog_ms(), 30000);
	(void)snprintf(pid, sizeof pid, "%d", (int)getpid());
	assert_int_equal(setenv("WATCHDOG_PID", pid, 1), 0);
	assert_int_equal(cgm_notify_watchdog_ms(), 30000);
	assert_int_equal(setenv("WATCHDOG_PID", "1", 1), 0);
	assert_int_equal(cgm_notify_watchdog_ms(), 0);
	(void)unsetenv("WATCHDOG_PID");
	assert_int_equal(setenv("WATCHDOG_USEC", "soon", 1), 0);
	assert_int_equal(cgm_notify_watchdog_ms(), 0);
	(void)unsetenv("WATCHDOG_USEC");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clock),	 cmocka_unit_test(test_clock_at_start),
		cmocka_unit_test(test_keep),	 cmocka_unit_test(test_notify),
		cmocka_unit_test(test_watchdog),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
