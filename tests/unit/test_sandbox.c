/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a worker can still do, and what it cannot. The filter is tried from this same program
 * started once more ("--try"), because under valgrind, which does not follow programs that it has
 * not been told to, only those run with a filter.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/userfaultfd.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/readfile.h"
#include "child.h"
#include "sandbox_calls.h"
#include "worker_case.h"

/* Exit statuses of --try beside errno: */
#define KILLED	201 /* by the filter */
#define REFUSED 202 /* no worker at all */
#define BROKEN	203 /* anything else */

static const char *self;

/* ---- memory of another process ---- */

struct victim {
	char *plain, *behind; /* a page that is there, and one that userfaultfd is to bring */
};

/* The page's faults go to a descriptor that nobody reads. True: it is so. */
static bool never_answer(char *page)
{
	struct uffdio_api api = {.api = UFFD_API};
	struct uffdio_register reg = {.range = {.start = (uintptr_t)page, .len = 4096},
				      .mode = UFFDIO_REGISTER_MODE_MISSING};
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);

	if (fd < 0) /* what anybody may: faults of the process itself only */
		fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY);
	return fd >= 0 && ioctl(fd, UFFDIO_API, &api) == 0 && ioctl(fd, UFFDIO_REGISTER, &reg) == 0;
}

static int prepare_victim(int step, void *shared)
{
	struct victim *v = shared;
	char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)step;
	if (p == MAP_FAILED)
		return 2;
	memcpy(p, "here", 5);
	*v = (struct victim){p, p + 4096};
	(void)prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY); /* Yama would allow its parents only */
	return never_answer(v->behind);
}

struct peek {
	pid_t pid;
	const char *at;
	int fd;
};

static int open_memory(void *arg)
{
	struct peek *p = arg;
	char path[32];

	(void)snprintf(path, sizeof path, "/proc/%d/mem", (int)p->pid);
	p->fd = open(path, O_RDONLY | O_CLOEXEC);
	return p->fd < 0 ? -errno : 0;
}

static int read_memory(void *arg, struct cgm_worker_answer *to)
{
	const struct peek *p = arg;
	char buf[8];

	if (pread(p->fd, buf, sizeof buf, (off_t)(uintptr_t)p->at) != sizeof buf)
		return -errno;
	return cgm_worker_write(to, buf, sizeof buf);
}

static void memory_is_read_without_privileges(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct victim *v = child_shared(sizeof *v);
	struct peek peek = {0};
	struct cgm_worker w = worker(read_memory, &peek);
	struct child c;
	int hangs, r;

	(void)state;
	child_start(&c, prepare_victim, v);
	hangs = child_go(&c);
	assert_in_range(hangs, 0, 1);
	w.open = open_memory;
	peek = (struct peek){.pid = c.process.pid, .at = v->plain};
	assert_int_equal(cgm_worker_run(&w, &b, NULL), 0);
	assert_string_equal(cgm_buf_str(&b), "here");
	/* Where a fault would be answered by nobody, it fails or is ended: it does not come back.
	 */
	peek.at = v->behind;
	w.deadline_ms = 10 * SHORT_MS;
	r = cgm_worker_run(&w, &b, NULL);
	if (hangs)
		assert_true(r == -EIO || r == -EFAULT || r == -ETIMEDOUT);
	else
		assert_int_equal(r, 0); /* this machine has no userfaultfd: an empty page */
	assert_true(child_end(&c));
	assert_int_equal(munmap(v, sizeof *v), 0);
}

/* ---- in a process of its own, with the filter ---- */

static int try_call(void *arg, struct cgm_worker_answer *to)
{
	const struct call *c = arg;
	int code = c->make() < 0 ? errno : 0;

	return cgm_worker_write(to, &code, sizeof code);
}

/* Status of a worker that makes @c: KILLED, or the errno that it got. */
static int outcome(const struct call *c, enum cgm_worker_calls kind)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_err err = {0};
	struct cgm_worker w = worker(try_call, NULL);
	int r, code;

	memcpy(&w.arg, &c, sizeof w.arg);
	w.calls = kind;
	r = cgm_worker_run(&w, &b, &err);
	if (r == -ECANCELED && strstr(err.msg, "forbidden system call"))
		return KILLED;
	if (r == -EOPNOTSUPP)
		return b.len ? BROKEN : REFUSED;
	if (r < 0 || b.len != sizeof code)
		return BROKEN;
	memcpy(&code, b.data, sizeof code);
	return code;
}

static int read_status(void *arg, struct cgm_worker_answer *to)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	int r = cgm_pread_all(*(int *)arg, &b, MIB);

	return r == 0 ? cgm_worker_write(to, b.data, b.len) : r;
}

static int open_status(void *arg)
{
	*(int *)arg = open("/proc/self/status", O_RDONLY);
	return *(int *)arg < 0 ? -errno : 0;
}

static int print_status(void)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	int fd = -1;
	struct cgm_worker w = worker(read_status, &fd);

	w.open = open_status;
	if (cgm_worker_run(&w, &b, NULL) < 0)
		return BROKEN;
	return write(1, b.data, b.len) == (ssize_t)b.len ? 0 : BROKEN;
}

/* Such a place: prctl(PR_SET_SECCOMP) says EINVAL, as a kernel without CONFIG_SECCOMP does. */
static int without_seccomp(void)
{
	static const struct call nothing = {"read", try_nothing, true, 0};
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PR_SET_SECCOMP, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog p = {.len = sizeof code / sizeof *code, .filter = code};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &p) < 0)
		return BROKEN;
	return outcome(&nothing, CGM_WORKER_READ);
}

static int try_main(const char *what, const char *kind)
{
	if (!strcmp(what, "status"))
		return print_status();
	if (!strcmp(what, "libc"))
		return outcome(&of_libc, CGM_WORKER_READ);
	if (!strcmp(what, "without seccomp"))
		return without_seccomp();
	for (size_t i = 0; i < N_CALLS; i++)
		if (!strcmp(what, calls[i].name))
			return outcome(&calls[i], *kind == 'h' ? CGM_WORKER_HTTP : CGM_WORKER_READ);
	return BROKEN;
}

/* Runs this program with --try; its output goes to @out (-1: nowhere else). */
static int run_try(const char *what, const char *kind, int out)
{
	char *argv[5] = {NULL};
	const char *const args[] = {self, "--try", what, kind};
	char *env[] = {NULL};
	posix_spawn_file_actions_t a;
	int status = -1;
	pid_t pid;

	for (int i = 0; i < 4; i++)
		assert_non_null(argv[i] = strdup(args[i]));
	assert_int_equal(posix_spawn_file_actions_init(&a), 0);
	if (out >= 0)
		assert_int_equal(posix_spawn_file_actions_adddup2(&a, out, 1), 0);
	assert_int_equal(posix_spawn(&pid, self, &a, NULL, argv, env), 0);
	assert_int_equal(posix_spawn_file_actions_destroy(&a), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	for (int i = 0; i < 4; i++)
		free(argv[i]);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void a_reader_dies_of_other_calls(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_CALLS; i++) {
		if (run_try(calls[i].name, "read", -1) != KILLED)
			fail_msg("%s did not end the worker", calls[i].name);
	}
}

static void http_is_refused_other_calls(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_CALLS; i++) {
		int got = run_try(calls[i].name, "http", -1);

		if ((got == EPERM) == calls[i].http_too ||
		    (calls[i].http_gets && got != calls[i].http_gets))
			fail_msg("%s: %d", calls[i].name, got);
		if (got >= KILLED)
			fail_msg("%s ended badly: %d", calls[i].name, got);
	}
}

static void libc_goes_on_working(void **state)
{
	(void)state;
	assert_int_equal(run_try("libc", "read", -1), 0);
}

static void without_a_filter_nothing_is_parsed(void **state)
{
	(void)state;
	assert_int_equal(run_try("without seccomp", "read", -1), REFUSED);
}

static void privileges_are_gone(void **state)
{
	static const char *const lines[] = {
		"\nCapInh:\t0000000000000000\n",
		"\nCapPrm:\t0000000000000000\n",
		"\nCapEff:\t0000000000000000\n",
		"\nCapAmb:\t0000000000000000\n",
		"\nNoNewPrivs:\t1\n",
		"\nSeccomp:\t2\n",
	};
	static const char *const of_root[] = {
		"\nCapBnd:\t0000000000000000\n",
		"\nUid:\t65534\t65534\t65534\t65534\n",
		"\nGid:\t65534\t65534\t65534\t65534\n",
		"\nGroups:\t \n",
	};
	CGM_AUTO_BUF struct cgm_buf b = {0};
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(run_try("status", "read", ends[1]), 0);
	assert_int_equal(close(ends[1]), 0);
	assert_int_equal(cgm_read_all(ends[0], &b, MIB), 0);
	assert_int_equal(close(ends[0]), 0);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		if (!strstr(cgm_buf_str(&b), lines[i]))
			fail_msg("not there: %s in\n%s", lines[i], cgm_buf_str(&b));
	for (size_t i = 0; geteuid() == 0 && i < sizeof of_root / sizeof *of_root; i++)
		if (!strstr(cgm_buf_str(&b), of_root[i]))
			fail_msg("not there: %s in\n%s", of_root[i], cgm_buf_str(&b));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_read_without_privileges),
		cmocka_unit_test(a_reader_dies_of_other_calls),
		cmocka_unit_test(http_is_refused_other_calls),
		cmocka_unit_test(libc_goes_on_working),
		cmocka_unit_test(without_a_filter_nothing_is_parsed),
		cmocka_unit_test(privileges_are_gone),
	};

	self = argv[0];
	if (argc == 4 && !strcmp(argv[1], "--try"))
		return try_main(argv[2], argv[3]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
