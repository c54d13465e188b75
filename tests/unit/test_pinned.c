/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/socket.h>

#include "child.h"
#include "sys/pinned.h"

static struct cgm_pinned parse(const char *kind, const char *text)
{
	struct cgm_pinned p = {.complete = true};

	cgm_pinned_parse(kind, text, strlen(text), &p);
	assert_true(p.complete);
	return p;
}

static void assert_parsed(const char *kind, const char *text, uint64_t slab, uint64_t other)
{
	struct cgm_pinned p = parse(kind, text);

	assert_int_equal(p.slab_bytes, slab);
	assert_int_equal(p.other_bytes, other);
}

static void test_watches(void **state)
{
	static const char epoll[] = "pos:\t0\nflags:\t02\nmnt_id:\t15\nino:\t1057\n"
				    "tfd:        5 events:       19 data: 5  pos:0 ino:61 sdev:5\n"
				    "tfd:        7 events:       19 data: 7  pos:0 ino:62 sdev:5\n";
	static const char inotify[] =
		"pos:\t0\nflags:\t00\n"
		"inotify wd:2 ino:9e7e sdev:800013 mask:800afce ignored_mask:0\n"
		"inotify wd:1 ino:192 sdev:80013 mask:800afce ignored_mask:0\n"
		"inotify mask:1\n";

	(void)state;
	assert_parsed("[eventpoll]", epoll, 400, 0);
	assert_parsed("inotify", inotify, 192, 0);
	assert_parsed("inotify", epoll, 0, 0);
	assert_parsed("[eventpoll]", inotify, 0, 0);
	assert_parsed("[eventpoll]", "pos:\t0\nno tfd:\n tfd: 3\n", 0, 0);
}

static void test_ring(void **state)
{
	static const char kind[] = "[io_uring]";

	(void)state;
	assert_parsed(kind, "SqMask:\t0x7\nSqHead:\t0\nCqMask:\t0xf\n", 0, 8 * 68 + 16 * 16);
	assert_parsed(kind, "SqMask:\t0x0\n", 0, 68);
	assert_parsed(kind, "CqMask:\t0xFF\n", 0, 256 * 16);
	assert_parsed(kind, "SqMask:\t0xffffff\n", 0, UINT64_C(0x1000000) * 68);
	assert_parsed(kind, "SqMask:\t0x1000000\n", 0, 0);
	assert_parsed(kind, "CqMask:\t0xffffffffffffffff\n", 0, 0);
	assert_parsed(kind, "CqMask:\t0x10000000000000000f\n", 0, 0);
	assert_parsed(kind, "SqMask:\t7\nSqMask:\t0x\nSqMask:\t\nSqMask:\t0xzz\nSqMask\n", 0, 0);
	assert_parsed(kind, "SqMask:\t0x-1\nxSqMask:\t0x7\n", 0, 0);
}

static void test_map(void **state)
{
	static const char kind[] = "bpf-map";

	(void)state;
	assert_parsed(kind, "map_type:\t1\nmax_entries:\t9\nmemlock:\t4096\nmap_id:\t3\n", 0, 4096);
	assert_parsed(kind, "memlock:\t1099511627776\n", 0, UINT64_C(1) << 40);
	assert_parsed(kind, "memlock:\t1099511627777\n", 0, 0);
	assert_parsed(kind, "memlock:\t18446744073709551616\n", 0, 0);
	assert_parsed(kind, "memlock:\t-1\nmemlock:\t0x10\nmemlock:\t7 kB\nmemlock:\n", 0, 0);
	assert_parsed("bpf-prog", "memlock:\t4096\n", 0, 0);
}

static void test_other_kinds(void **state)
{
	static const char all[] = "tfd: 1\ninotify wd:1\nSqMask:\t0x7\nmemlock:\t4096\n";

	(void)state;
	assert_parsed("", all, 0, 0);
	assert_parsed("[eventfd]", all, 0, 0);
	assert_parsed("eventpoll", all, 0, 0);
	assert_parsed("[io_uring]x", all, 0, 0);
	assert_parsed("[eventpoll]", all, 200, 0);
	assert_parsed("inotify", all, 96, 0);
	assert_parsed("bpf-map", all, 0, 4096);
	assert_parsed("[io_uring]", all, 0, 8 * 68);
	assert_parsed("[io_uring]", "", 0, 0);
}

/* A text that ends within a line; and what comes is added to what is there. */
static void test_truncated(void **state)
{
	struct cgm_pinned p = {.slab_bytes = 1, .other_bytes = 2};

	(void)state;
	assert_parsed("[eventpoll]", "tfd: 5\ntfd", 200, 0);
	assert_parsed("[eventpoll]", "tfd: 5\ntfd:", 400, 0);
	assert_parsed("bpf-map", "memlock", 0, 0);
	assert_parsed("bpf-map", "memlock:\t12", 0, 12);
	cgm_pinned_parse("bpf-map", "memlock:\t4096", 10, &p);
	cgm_pinned_parse("[eventpoll]", "tfd:", 3, &p);
	cgm_pinned_parse("[eventpoll]", "tfd:\n\n", 5, &p);
	assert_int_equal(p.slab_bytes, 201);
	assert_int_equal(p.other_bytes, 2 + 4);
	assert_false(p.complete);
}

/* Step 1: nothing yet; 2: a pipe, two sockets, a plain file, an epoll with two watches, an inotify
 * with one. */
static int open_known(int step, void *shared)
{
	struct epoll_event event = {.events = EPOLLIN};
	int p[2], s[2], epoll, notify;

	(void)shared;
	if (step == 1)
		return 0;
	if (pipe2(p, O_CLOEXEC) < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, s) < 0 ||
	    open("/dev/null", O_RDONLY) < 0)
		return 2;
	epoll = epoll_create1(0);
	notify = inotify_init1(0);
	if (epoll < 0 || notify < 0)
		return 3;
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, p[0], &event) < 0 ||
	    epoll_ctl(epoll, EPOLL_CTL_ADD, s[0], &event) < 0)
		return 4;
	return inotify_add_watch(notify, "/", IN_CREATE) < 0 ? 5 : 0;
}

static void test_find(void **state)
{
	struct cgm_pinned none, before, after, twice;
	struct cgm_process both[2];
	struct child c;

	child_start(&c, open_known, NULL);
	both[0] = both[1] = c.process;
	/* It has closed what it inherited only when it answers. */
	assert_int_equal(child_go(&c), 0);
	cgm_pinned_find(*state, &c.process, 1, &before);
	assert_int_equal(child_go(&c), 0);
	cgm_pinned_find(*state, &c.process, 1, &after);
	cgm_pinned_find(*state, both, 2, &twice);
	cgm_pinned_find(*state, NULL, 0, &none);
	assert_true(child_end(&c));

	assert_int_equal(none.slab_bytes, 0);
	assert_true(before.complete && after.complete);
	/* three of /dev/null and two ends of its pipes at least */
	assert_true(before.slab_bytes >= 3 * 256 + 2 * 512);
	assert_int_equal(after.slab_bytes - before.slab_bytes,
			 2 * 512 + 2 * 2048 + 256 + (256 + 2 * 200) + (256 + 96));
	assert_int_equal(before.other_bytes, 0);
	assert_int_equal(after.other_bytes, 0);
	assert_int_equal(twice.slab_bytes, 2 * after.slab_bytes);
}

/* A process that has ended has nothing, and nothing of it is missing. */
static void test_find_gone(void **state)
{
	struct cgm_pinned p = {.slab_bytes = 7};
	struct child c;

	child_start(&c, open_known, NULL);
	assert_true(child_end(&c));
	cgm_pinned_find(*state, &c.process, 1, &p);
	assert_int_equal(p.slab_bytes, 0);
	assert_int_equal(p.other_bytes, 0);
	assert_true(p.complete);
}

static int setup(void **state)
{
	return cgm_root_open(NULL, (struct cgm_root **)state, NULL);
}

static int teardown(void **state)
{
	cgm_root_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_watches),	  cmocka_unit_test(test_ring),
		cmocka_unit_test(test_map),	  cmocka_unit_test(test_other_kinds),
		cmocka_unit_test(test_truncated), cmocka_unit_test(test_find),
		cmocka_unit_test(test_find_gone),
	};

	return cmocka_run_group_tests_name("pinned", tests, setup, teardown);
}
