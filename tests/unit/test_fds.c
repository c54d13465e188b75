/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/stat.h>

#include "child.h"
#include "sys/fds.h"

#define FIRST_BYTES 5000 /* two pages of 4 KiB */

struct inodes {
	uint64_t pipe[2], socket[2];
};

struct fixture {
	struct cgm_root *root;
	struct inodes *inodes;
	struct child child;
	size_t pipes, sockets; /* before it opened its own: valgrind has some */
	uint64_t page_bytes, bytes;
};

static uint64_t inode_of(int fd)
{
	struct stat st = {0};

	return fstat(fd, &st) < 0 ? 0 : st.st_ino;
}

/* Step 1: nothing yet; 2: two pipes with 5,000 bytes and one byte in them, one of them open at a
 * third number; sockets. */
static int open_known(int step, void *shared)
{
	static const char bytes[FIRST_BYTES];
	struct inodes *in = shared;
	int s[2];

	if (step == 1)
		return 0;
	for (int i = 0; i < 2; i++) {
		ssize_t size = i ? 1 : FIRST_BYTES;
		int p[2];

		if (pipe2(p, O_NONBLOCK) < 0 || write(p[1], bytes, (size_t)size) != size)
			return 2;
		in->pipe[i] = inode_of(p[0]);
		if (dup(p[0]) < 0)
			return 3;
	}
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, s) < 0)
		return 4;
	in->socket[0] = inode_of(s[0]);
	in->socket[1] = inode_of(s[1]);
	return 0;
}

static struct cgm_open_fds find(const struct fixture *f, const char *kind)
{
	struct cgm_open_fds fds = {.n = 99};

	assert_int_equal(cgm_open_fds_find(f->root, &f->child.process, 1, kind, &fds), 0);
	assert_true(fds.complete);
	for (size_t i = 0; i < fds.n; i++) {
		assert_int_equal(fds.v[i].pid, f->child.process.pid);
		assert_true(fds.v[i].fd > 2);
		if (i)
			assert_true(fds.v[i - 1].inode < fds.v[i].inode);
	}
	return fds;
}

static int setup(void **state)
{
	static struct fixture f;
	struct cgm_open_fds fds;

	f.inodes = child_shared(sizeof *f.inodes);
	assert_int_equal(cgm_root_open(NULL, &f.root, NULL), 0);
	child_start(&f.child, open_known, f.inodes);
	assert_int_equal(child_go(&f.child), 0);
	fds = find(&f, "socket");
	f.sockets = fds.n;
	cgm_open_fds_clear(&fds);
	fds = find(&f, "pipe");
	f.pipes = fds.n;
	(void)cgm_pipe_bytes(&fds, 4096, &f.page_bytes);
	(void)cgm_pipe_bytes(&fds, 1, &f.bytes);
	cgm_open_fds_clear(&fds);
	assert_int_equal(child_go(&f.child), 0);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	cgm_root_free(f->root);
	return child_end(&f->child) ? munmap(f->inodes, sizeof *f->inodes) : -1;
}

static void test_pipes(void **state)
{
	const struct fixture *f = *state;
	struct cgm_open_fds fds = find(f, "pipe");
	int other[2];

	assert_int_equal(fds.n, f->pipes + 2);
	assert_true(cgm_open_fds_has(&fds, f->inodes->pipe[0]));
	assert_true(cgm_open_fds_has(&fds, f->inodes->pipe[1]));
	assert_true(f->pipes >= 2);
	assert_true(cgm_open_fds_has(&fds, inode_of(f->child.to)));
	assert_true(cgm_open_fds_has(&fds, inode_of(f->child.from)));
	assert_false(cgm_open_fds_has(&fds, f->inodes->socket[0]));
	assert_false(cgm_open_fds_has(&fds, 0));
	assert_int_equal(pipe2(other, O_CLOEXEC), 0); /* of this process alone */
	assert_false(cgm_open_fds_has(&fds, inode_of(other[0])));
	(void)close(other[0]);
	(void)close(other[1]);
	cgm_open_fds_clear(&fds);
	assert_null(fds.v);
	assert_int_equal(fds.n, 0);
	assert_false(cgm_open_fds_has(&fds, f->inodes->pipe[0]));
}

static void test_sockets(void **state)
{
	const struct fixture *f = *state;
	struct cgm_open_fds fds = find(f, "socket");

	assert_int_equal(fds.n, f->sockets + 2);
	assert_true(cgm_open_fds_has(&fds, f->inodes->socket[0]));
	assert_true(cgm_open_fds_has(&fds, f->inodes->socket[1]));
	assert_false(cgm_open_fds_has(&fds, f->inodes->pipe[0]));
	cgm_open_fds_clear(&fds);
}

static void test_kinds(void **state)
{
	static const char *const none[] = {"pip", "pipe:", "sockets", ""};

	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		struct cgm_open_fds fds = find(*state, none[i]);

		assert_int_equal(fds.n, 0);
		cgm_open_fds_clear(&fds);
	}
}

/* A second process that shares all of it adds nothing; one that has ended is passed over. */
static void test_several(void **state)
{
	const struct fixture *f = *state;
	struct cgm_process procs[3] = {f->child.process, f->child.process};
	struct cgm_open_fds fds = {0};
	struct child gone;

	child_start(&gone, open_known, NULL);
	assert_true(child_end(&gone));
	procs[2] = gone.process;
	assert_int_equal(cgm_open_fds_find(f->root, procs, 3, "pipe", &fds), 0);
	assert_int_equal(fds.n, f->pipes + 2);
	assert_true(fds.complete);
	cgm_open_fds_clear(&fds);
	assert_int_equal(cgm_open_fds_find(f->root, procs, 0, "pipe", &fds), 0);
	assert_int_equal(fds.n, 0);
	cgm_open_fds_clear(&fds);
}

/* Whether this system duplicates descriptors of other processes. */
static bool can_borrow(void)
{
	CGM_AUTO_CLOSE int pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	CGM_AUTO_CLOSE int fd =
		pidfd < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, pidfd, STDOUT_FILENO, 0);

	return fd >= 0;
}

static void test_pipe_bytes(void **state)
{
	const struct fixture *f = *state;
	struct cgm_open_fds fds = find(f, "pipe"), none = {0};
	uint64_t pages = 7, bytes = 7, nothing = 7;
	int r = cgm_pipe_bytes(&fds, 4096, &pages), r2 = cgm_pipe_bytes(&fds, 1, &bytes);

	cgm_open_fds_clear(&fds);
	assert_int_equal(cgm_pipe_bytes(&none, 4096, &nothing), 0);
	assert_int_equal(nothing, 0);
	assert_int_equal(r2, r);
	if (!can_borrow()) { /* before Linux 5.6, forbidden, or valgrind: the caller is told */
		assert_true(r == -EPERM || r == -ENOSYS);
		assert_int_equal(pages, 7);
		return;
	}
	assert_int_equal(r, 0);
	assert_int_equal(pages - f->page_bytes, 2 * 4096 + 4096);
	assert_int_equal(bytes - f->bytes, FIRST_BYTES + 1);
}

/* A descriptor that is closed by now does not count, and is no error. */
static void test_pipe_closed(void **state)
{
	const struct fixture *f = *state;
	struct cgm_open_fd v = {.inode = 1, .pid = f->child.process.pid, .fd = 1000};
	const struct cgm_open_fds fds = {.v = &v, .n = 1};
	uint64_t bytes = 7;
	int r = cgm_pipe_bytes(&fds, 4096, &bytes);

	if (!can_borrow()) {
		assert_true(r == -EPERM || r == -ENOSYS);
		return;
	}
	assert_int_equal(r, 0);
	assert_int_equal(bytes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pipes),	   cmocka_unit_test(test_sockets),
		cmocka_unit_test(test_kinds),	   cmocka_unit_test(test_several),
		cmocka_unit_test(test_pipe_bytes), cmocka_unit_test(test_pipe_closed),
	};

	return cmocka_run_group_tests_name("fds", tests, setup, teardown);
}
