/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "child.h"
#include "sys/listeners.h"
#include "sys/sockdiag.h"

#define HEADINGS "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt uid\n"
#define REST	 "00000000:00000000 00:00000000 00000000     0        0 "

static const struct cgm_open_fd fds[] = {{.inode = 77}, {.inode = 79}};

static struct cgm_open_fds sockets(void)
{
	static struct cgm_open_fd v[2];

	memcpy(v, fds, sizeof v);
	return (struct cgm_open_fds){.v = v, .n = 2};
}

static int parse(const char *text, int family, struct cgm_listeners *l)
{
	const struct cgm_open_fds s = sockets();

	*l = (struct cgm_listeners){0};
	return cgm_tcp_table_parse(text, strlen(text), family, &s, l);
}

static void test_table(void **state)
{
	static const char text[] = HEADINGS "   0: 0100007F:17AC 00000000:0000 0A " REST
					    "77 1 0000000000000000 100 0 0 10 0   \n"
					    "   1: 0100007F:17AC 0100007F:A6F6 01 " REST
					    "79 1 0000000000000000 20 4 30 10 -1  \n"
					    "   2: 00000000:0050 00000000:0000 0A " REST
					    "78 1 0000000000000000 100 0 0 10 0   \n"
					    "  10: 00000000:0050 00000000:0000 0A " REST "79\n";
	struct cgm_listeners l;

	(void)state;
	assert_int_equal(parse(text, AF_INET, &l), 0);
	assert_int_equal(l.n, 2);
	assert_int_equal(l.v[0].family, AF_INET);
	assert_int_equal(l.v[0].port, 6060);
	/* words of the machine's own byte order: this is of a little-endian one */
	if (htonl(1) != 1)
		assert_memory_equal(l.v[0].address, "\x7f\0\0\1", 4);
	assert_int_equal(l.v[1].port, 80);
	assert_memory_equal(l.v[1].address, "\0\0\0\0", 4);
}

static void test_table6(void **state)
{
	static const char text[] = HEADINGS
		"   0: 00000000000000000000000001000000:1B59 00000000000000000000000000000000:0000 "
		"0A " REST "77 1\n";
	struct cgm_listeners l;

	(void)state;
	assert_int_equal(parse(text, AF_INET6, &l), 0);
	assert_int_equal(l.n, 1);
	assert_int_equal(l.v[0].port, 7001);
	if (htonl(1) != 1)
		assert_memory_equal(l.v[0].address, &in6addr_loopback, 16);
	assert_int_equal(parse(text, AF_INET, &l), -EBADMSG);
}

static void test_table_bad(void **state)
{
	static const char *const bad[] = {
		"",
		HEADINGS "   0: 0100007F:17AC 00000000:0000 0A " REST "77",
		HEADINGS "   0: 0100007F:17AC 00000000:0000 0A " REST "x\n",
		HEADINGS "   0: 0100007F:17AC 00000000:0000 0A 0:0 0:0 0 0 0\n",
		HEADINGS "   0: 0100007F17AC0 00000000:0000 0A " REST "77\n",
		HEADINGS "   0: 010000G0:17AC 00000000:0000 0A " REST "77\n",
		HEADINGS "   0: 0100007F:17A 00000000:0000 0A " REST "77\n",
	};
	struct cgm_listeners l;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (parse(bad[i], AF_INET, &l) != -EBADMSG)
			fail_msg("%s", bad[i]);
		assert_int_equal(l.n, 0);
	}
	assert_int_equal(parse(HEADINGS, AF_INET, &l), 0);
	assert_int_equal(l.n, 0);
}

static void test_add(void **state)
{
	struct cgm_listeners l = {0};
	struct cgm_listener one = {.family = AF_INET};

	(void)state;
	for (unsigned i = 0; i < 2 * CGM_LISTENERS_MAX; i++) {
		one.port = (uint16_t)(i / 2); /* each twice */
		cgm_listeners_add(&l, &one);
	}
	assert_int_equal(l.n, CGM_LISTENERS_MAX);
	one.port = CGM_LISTENERS_MAX;
	cgm_listeners_add(&l, &one);
	assert_int_equal(l.n, CGM_LISTENERS_MAX);
}

/* Step 1: listens twice, and has a socket that does not. Shared: the two ports. */
static int listen_twice(int step, void *shared)
{
	uint16_t *ports = shared;

	(void)step;
	for (int i = 0; i < 3; i++) {
		struct sockaddr_in a = {.sin_family = AF_INET};
		socklen_t len = sizeof a;
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		if (fd < 0 || bind(fd, (struct sockaddr *)&a, len) < 0 ||
		    getsockname(fd, (struct sockaddr *)&a, &len) < 0 || (i && listen(fd, 4) < 0))
			return 1;
		ports[i] = ntohs(a.sin_port);
	}
	return 0;
}

static void expect(const struct cgm_listeners *l, const uint16_t ports[3])
{
	unsigned seen = 0;

	assert_int_equal(l->n, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(l->v[i].family, AF_INET);
		assert_memory_equal(l->v[i].address, "\x7f\0\0\1", 4);
		seen |= l->v[i].port == ports[1] ? 1U : l->v[i].port == ports[2] ? 2U : 4U;
	}
	assert_int_equal(seen, 3);
}

/* Both ways tell the same, of that process and of no other. */
static void test_live(void **state)
{
	uint16_t *ports = child_shared(3 * sizeof *ports), others[3];
	struct cgm_listeners l = {0}, table = {0};
	struct cgm_open_fds s = {0};
	struct cgm_buf b = {0};
	struct cgm_root *root = NULL;
	struct child c;
	char path[64];

	(void)state;
	assert_int_equal(listen_twice(1, others), 0);
	assert_int_equal(cgm_root_open(NULL, &root, NULL), 0);
	child_start(&c, listen_twice, ports);
	assert_int_equal(child_go(&c), 0);
	assert_int_equal(cgm_tcp_listeners(root, c.process.pid, &l), 0);
	expect(&l, ports);

	assert_int_equal(cgm_open_fds_find(root, &c.process, 1, "socket", &s), 0);
	(void)snprintf(path, sizeof path, "proc/%d/net/tcp", (int)c.process.pid);
	assert_int_equal(cgm_root_read(root, path, &b, (size_t)64 << 20), 0);
	assert_int_equal(cgm_tcp_table_parse(b.data, b.len, AF_INET, &s, &table), 0);
	expect(&table, ports);

	assert_true(child_end(&c));
	assert_int_equal(cgm_tcp_listeners(root, c.process.pid, &l), -ENOENT);
	cgm_open_fds_clear(&s);
	cgm_buf_free(&b);
	cgm_root_free(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),	  cmocka_unit_test(test_table6),
		cmocka_unit_test(test_table_bad), cmocka_unit_test(test_add),
		cmocka_unit_test(test_live),
	};

	return cmocka_run_group_tests_name("listeners", tests, NULL, NULL);
}
