/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "child.h"
#include "sys/sockdiag.h"

#define DATAGRAMS 5
#define SIZE	  1000
#define QUEUED	  (DATAGRAMS * SIZE)

static bool cannot(int r)
{
	return r == -EPERM || r == -EACCES || r == -ENOENT || r == -EPROTONOSUPPORT;
}

static bool send_all(int fd, const struct sockaddr_in *to)
{
	static const char bytes[SIZE];

	for (int i = 0; i < DATAGRAMS; i++)
		if (sendto(fd, bytes, SIZE, MSG_DONTWAIT, (const struct sockaddr *)to,
			   to ? sizeof *to : 0) != SIZE)
			return false;
	return true;
}

/* Step 1: a pair of sockets; 2: one sends; 3: the other reads it all. */
static int queue_unix(int step, void *shared)
{
	static int s[2];
	char bytes[SIZE];

	(void)shared;
	if (step == 1)
		return socketpair(AF_UNIX, SOCK_DGRAM, 0, s) < 0;
	if (step == 2)
		return !send_all(s[0], NULL);
	for (int i = 0; i < DATAGRAMS; i++)
		if (recv(s[1], bytes, sizeof bytes, MSG_DONTWAIT) != SIZE)
			return 1;
	return 0;
}

static void test_unix(void **state)
{
	struct cgm_open_fds fds = {0}, none = {0};
	uint64_t empty = 7, full = 7, others = 7, read_again = 7;
	struct child c;
	int r;

	child_start(&c, queue_unix, NULL);
	assert_int_equal(child_go(&c), 0);
	assert_int_equal(cgm_open_fds_find(*state, &c.process, 1, "socket", &fds), 0);
	assert_true(fds.n >= 2);
	r = cgm_unix_queue_bytes(*state, c.process.pid, &fds, &empty);
	if (cannot(r)) {
		cgm_open_fds_clear(&fds);
		assert_true(child_end(&c));
		assert_int_equal(empty, 7);
		skip();
	}
	assert_int_equal(r, 0);
	assert_int_equal(empty, 0);
	assert_int_equal(child_go(&c), 0);
	assert_int_equal(cgm_unix_queue_bytes(*state, c.process.pid, &fds, &full), 0);
	assert_int_equal(cgm_unix_queue_bytes(*state, c.process.pid, &none, &others), 0);
	assert_int_equal(child_go(&c), 0);
	assert_int_equal(cgm_unix_queue_bytes(*state, c.process.pid, &fds, &read_again), 0);
	cgm_open_fds_clear(&fds);
	assert_true(child_end(&c));
	assert_in_range(full, QUEUED, 8 * QUEUED);
	assert_int_equal(others, 0);
	assert_int_equal(read_again, 0);
}

/* Step 1: a network namespace of its own; 2: datagrams that nobody has read. 99: may not. */
static int queue_udp(int step, void *shared)
{
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof a;
	int from, to;

	(void)shared;
	if (step == 1)
		return unshare(CLONE_NEWNET) < 0 ? 99 : 0;
	from = socket(AF_INET, SOCK_DGRAM, 0);
	to = socket(AF_INET, SOCK_DGRAM, 0);
	if (from < 0 || to < 0 || ioctl(to, SIOCSIFFLAGS, &lo) < 0)
		return 2;
	if (bind(to, (struct sockaddr *)&a, sizeof a) < 0 ||
	    getsockname(to, (struct sockaddr *)&a, &len) < 0)
		return 3;
	return send_all(from, &a) ? 0 : 4;
}

static void test_inet(void **state)
{
	uint64_t empty = 7, full = 7;
	struct child c;
	int r;

	child_start(&c, queue_udp, NULL);
	r = child_go(&c) == 99 ? -EPERM : cgm_inet_queue_bytes(*state, c.process.pid, &empty);
	if (cannot(r)) {
		assert_true(child_end(&c));
		assert_int_equal(empty, 7);
		skip();
	}
	assert_int_equal(r, 0);
	assert_int_equal(empty, 0); /* of that namespace, not of this one */
	assert_int_equal(child_go(&c), 0);
	assert_int_equal(cgm_inet_queue_bytes(*state, c.process.pid, &full), 0);
	assert_true(child_end(&c));
	assert_in_range(full, QUEUED, 8 * QUEUED);
}

/* This process is where it was before, however it ended. */
static void test_own_namespace(void **state)
{
	struct stat before, after;
	uint64_t bytes = UINT64_MAX;
	int r;

	assert_int_equal(stat("/proc/self/ns/net", &before), 0);
	r = cgm_inet_queue_bytes(*state, getpid(), &bytes);
	assert_int_equal(stat("/proc/self/ns/net", &after), 0);
	assert_true(before.st_ino == after.st_ino);
	if (cannot(r))
		skip();
	assert_int_equal(r, 0);
	assert_true(bytes < UINT64_C(1) << 40);
}

static void test_gone(void **state)
{
	const struct cgm_open_fds none = {0};
	uint64_t bytes = 7;
	struct child c;

	child_start(&c, queue_unix, NULL);
	assert_true(child_end(&c));
	assert_int_equal(cgm_inet_queue_bytes(*state, c.process.pid, &bytes), -ENOENT);
	assert_int_equal(cgm_unix_queue_bytes(*state, c.process.pid, &none, &bytes), -ENOENT);
	assert_int_equal(bytes, 7);
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
		cmocka_unit_test(test_unix),
		cmocka_unit_test(test_inet),
		cmocka_unit_test(test_own_namespace),
		cmocka_unit_test(test_gone),
	};

	return cmocka_run_group_tests_name("sockdiag", tests, setup, teardown);
}
