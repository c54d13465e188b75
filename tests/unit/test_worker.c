/* SPDX-License-Identifier: Apache-2.0 */
/* The worker: what it hands back, and what it has left of its parent. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "child.h"
#include "worker_case.h"

#if defined(__SANITIZE_ADDRESS__)
#define ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ASAN 1
#endif
#endif

static void an_answer_is_appended(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	size_t n = 3;
	struct cgm_worker w = worker(write_bytes, &n);

	(void)state;
	cgm_buf_adds(&b, "have ");
	assert_int_equal(cgm_worker_run(&w, &b, NULL), 0);
	assert_string_equal(cgm_buf_str(&b), "have xxx");
}

static void an_answer_has_a_limit(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_err err = {0};
	size_t n = 100;
	struct cgm_worker w = worker(write_bytes, &n);

	(void)state;
	w.answer_cap = 100;
	assert_int_equal(cgm_worker_run(&w, &b, &err), 0);
	assert_int_equal(b.len, 100);
	n = 101;
	assert_int_equal(cgm_worker_run(&w, &b, &err), -EFBIG);
	assert_string_equal(err.msg, "it answered more than 100 bytes");
	assert_true(b.len <= 200);
	n = SIZE_MAX;
	assert_int_equal(cgm_worker_run(&w, &b, &err), -EFBIG);
}

static int fail_open(void *arg)
{
	return *(int *)arg;
}

static int fail_parse(void *arg, struct cgm_worker_answer *to)
{
	(void)cgm_worker_write(to, "parsed", 6);
	return *(int *)arg;
}

static void errors_come_back(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_err err = {0};
	int code = -EBADMSG;
	struct cgm_worker w = worker(fail_parse, &code);

	(void)state;
	assert_int_equal(cgm_worker_run(&w, &b, &err), -EBADMSG);
	assert_int_equal(err.code, EBADMSG);
	assert_string_equal(cgm_buf_str(&b), "parsed");
	cgm_buf_reset(&b);
	w.open = fail_open;
	assert_int_equal(cgm_worker_run(&w, &b, &err), -EBADMSG);
	assert_int_equal(b.len, 0);
	code = -100000; /* no errno */
	assert_int_equal(cgm_worker_run(&w, &b, &err), -EIO);
}

/* Each is itself, whichever is asked first. */
static void several_run_at_once(void **state)
{
	size_t n[4] = {1, 2, 3, 4};
	struct cgm_worker w[4];
	struct cgm_worker_run *run[4];

	(void)state;
	for (int i = 0; i < 4; i++) {
		w[i] = worker(write_bytes, &n[i]);
		assert_int_equal(cgm_worker_start(&w[i], &run[i], NULL), 0);
	}
	for (int i = 3; i >= 0; i--) {
		CGM_AUTO_BUF struct cgm_buf b = {0};

		assert_int_equal(cgm_worker_finish(run[i], &b, NULL), 0);
		assert_int_equal(b.len, n[i]);
	}
}

/* ---- descriptors ---- */

struct open_fds {
	int max;
	int v[64], n;
};

static int list_fds(void *arg)
{
	struct open_fds *o = arg;

	for (int fd = 0; fd <= o->max; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			o->v[o->n++] = fd;
	return 0;
}

static int tell_fds(void *arg, struct cgm_worker_answer *to)
{
	struct open_fds *o = arg;

	return cgm_worker_write(to, o->v, (size_t)o->n * sizeof o->v[0]);
}

static void only_kept_descriptors_stay(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct open_fds o = {.max = 63};
	struct cgm_worker w = worker(tell_fds, &o);
	int keep[2], others[3], want[5];

	(void)state;
	others[0] = open("/dev/null", O_RDONLY);
	keep[1] = open("/dev/null", O_RDONLY);
	others[1] = open("/dev/null", O_RDONLY);
	keep[0] = open("/dev/null", O_RDONLY); /* not in their order */
	others[2] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	w.open = list_fds;
	w.keep = keep;
	w.n_keep = 2;
	assert_int_equal(cgm_worker_run(&w, &b, NULL), 0);
	memcpy(want, (int[]){0, 1, 2, keep[1], keep[0]}, sizeof want);
	assert_int_equal(b.len, sizeof want);
	assert_memory_equal(b.data, want, sizeof want);
	for (int i = 0; i < 3; i++)
		assert_int_equal(close(others[i]), 0);
	assert_int_equal(close(keep[0]), 0);
	assert_int_equal(close(keep[1]), 0);
	keep[0] = 2;
	assert_int_equal(cgm_worker_run(&w, &b, NULL), -EINVAL);
}

static int touch_nothing(void *arg, struct cgm_worker_answer *to)
{
	volatile char *p = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)arg;
	(void)to;
	return *p;
}

static void a_crash_is_told(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_err err = {0};
	struct cgm_worker w = worker(touch_nothing, NULL);

	(void)state;
	assert_int_equal(cgm_worker_run(&w, &b, &err), -ECANCELED);
	assert_string_equal(err.msg, "it died: Segmentation fault");
}

/* As some shells' `trap '' CHLD` leaves it: no exit status would be kept. */
static void ignored_children_are_waited_for(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	size_t n = 2;
	struct cgm_worker w = worker(write_bytes, &n);
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	struct sigaction old, now;

	(void)state;
	assert_int_equal(sigaction(SIGCHLD, &ignore, &old), 0);
	assert_int_equal(cgm_worker_run(&w, &b, NULL), 0);
	assert_int_equal(b.len, 2);
	assert_int_equal(sigaction(SIGCHLD, &old, &now), 0);
	assert_true(now.sa_handler == SIG_DFL);
}

#define ALLOC_MAX 512 /* MiB */

static int allocate(void *arg, struct cgm_worker_answer *to)
{
	unsigned n = 0;

	(void)arg;
	for (; n < ALLOC_MAX; n++) {
		volatile char *p =
			mmap(NULL, MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p == MAP_FAILED)
			break;
		for (size_t i = 0; i < MIB; i += 4096)
			p[i] = 1;
	}
	return cgm_worker_write(to, &n, sizeof n);
}

static unsigned mib_within(size_t cap)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_worker w = worker(allocate, NULL);
	unsigned n;

	w.memory_cap = cap;
	assert_int_equal(cgm_worker_run(&w, &b, NULL), 0);
	assert_int_equal(b.len, sizeof n);
	memcpy(&n, b.data, sizeof n);
	return n;
}

static void memory_has_a_limit(void **state)
{
	(void)state;
#ifdef ASAN
	assert_int_equal(mib_within(64 * MIB), ALLOC_MAX);
#else
	if (!getenv("LD_PRELOAD") || !strstr(getenv("LD_PRELOAD"), "vgpreload")) {
		unsigned small = mib_within(32 * MIB), large = mib_within(128 * MIB);

		assert_in_range(small, 16, 32);
		assert_in_range(large, 96, 128);
	} else { /* valgrind has a heap of its own */
		assert_int_equal(mib_within(64 * MIB), ALLOC_MAX);
	}
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_is_appended),
		cmocka_unit_test(an_answer_has_a_limit),
		cmocka_unit_test(errors_come_back),
		cmocka_unit_test(several_run_at_once),
		cmocka_unit_test(only_kept_descriptors_stay),
		cmocka_unit_test(a_crash_is_told),
		cmocka_unit_test(ignored_children_are_waited_for),
		cmocka_unit_test(memory_has_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
