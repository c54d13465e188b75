/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>

#include "base/readfile.h"

static char dir[] = "/tmp/cgmem-unit.XXXXXX";
static int dirfd_;

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	dirfd_ = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dirfd_ < 0 ? -1 : 0;
}

static int teardown(void **state)
{
	static const char *const names[] = {"file", "link", "fifo", "denied"};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		(void)unlinkat(dirfd_, names[i], 0);
	(void)unlinkat(dirfd_, "sub", AT_REMOVEDIR);
	(void)close(dirfd_);
	return rmdir(dir);
}

static void put(const char *name, size_t size)
{
	int fd = openat(dirfd_, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	for (size_t i = 0; i < size; i++) {
		char c = (char)('a' + i % 23);

		assert_int_equal(write(fd, &c, 1), 1);
	}
	assert_int_equal(close(fd), 0);
}

static void sizes_and_caps(void **state)
{
	static const size_t sizes[] = {0, 1, 4095, 4096, 4097, 9000};
	CGM_AUTO_BUF struct cgm_buf b = {0};

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		size_t n = sizes[i];

		put("file", n);
		assert_int_equal(cgm_readat(dirfd_, "file", &b, n), 0);
		assert_int_equal(b.len, n);
		assert_int_equal(strlen(cgm_buf_str(&b)), n);
		for (size_t k = 0; k < n; k++)
			assert_int_equal(b.data[k], 'a' + k % 23);
		if (n == 0)
			continue;
		assert_int_equal(cgm_readat(dirfd_, "file", &b, n - 1), -EFBIG);
		assert_string_equal(cgm_buf_str(&b), "");
	}
}

static void appends_and_rewinds(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	CGM_AUTO_CLOSE int fd = -1;

	(void)state;
	put("file", 3);
	fd = openat(dirfd_, "file", O_RDONLY | O_CLOEXEC);
	assert_int_equal(cgm_pread_all(fd, &b, CGM_READ_CAP), 0);
	assert_int_equal(cgm_pread_all(fd, &b, CGM_READ_CAP), 0);
	assert_int_equal(cgm_read_all(fd, &b, CGM_READ_CAP), 0);
	assert_int_equal(cgm_read_all(fd, &b, CGM_READ_CAP), 0);
	assert_string_equal(cgm_buf_str(&b), "abcabcabc");
	/* a failure leaves what was there */
	assert_int_equal(cgm_pread_all(fd, &b, 2), -EFBIG);
	assert_string_equal(cgm_buf_str(&b), "abcabcabc");
	assert_int_equal(cgm_pread_all(-1, &b, 2), -EBADF);
	assert_string_equal(cgm_buf_str(&b), "abcabcabc");
}

static void what_cannot_be_read(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	(void)state;
	assert_int_equal(cgm_readat(dirfd_, "none", &b, 10), -ENOENT);
	assert_int_equal(mkdirat(dirfd_, "sub", 0700), 0);
	assert_int_equal(cgm_readat(dirfd_, "sub", &b, 10), -EISDIR);
	assert_int_equal(symlinkat("file", dirfd_, "link"), 0);
	assert_int_equal(cgm_readat(dirfd_, "link", &b, 10), -ELOOP);
	/* nobody writes to it: must not wait */
	assert_int_equal(mkfifoat(dirfd_, "fifo", 0600), 0);
	assert_int_equal(cgm_readat(dirfd_, "fifo", &b, 10), 0);
	assert_string_equal(cgm_buf_str(&b), "");
	put("denied", 1);
	assert_int_equal(fchmodat(dirfd_, "denied", 0, 0), 0);
	if (geteuid() != 0)
		assert_int_equal(cgm_readat(dirfd_, "denied", &b, 10), -EACCES);
}

static void nothing(int sig)
{
	(void)sig;
}

struct slow {
	int fd;
	pthread_t reader;
};

/* Interrupts the reader between two parts of what it reads. */
static void *write_slowly(void *arg)
{
	const struct slow *s = arg;
	bool ok = true;

	for (int i = 0; i < 20; i++) {
		(void)usleep(2000);
		ok = pthread_kill(s->reader, SIGUSR1) == 0 && ok;
		ok = write(s->fd, "xy", 2) == 2 && ok;
	}
	ok = close(s->fd) == 0 && ok;
	return ok ? NULL : arg;
}

static void pipes_and_interrupts(void **state)
{
	struct sigaction sa = {.sa_handler = nothing}; /* without SA_RESTART: read gives EINTR */
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct slow s = {.reader = pthread_self()};
	pthread_t writer;
	void *failed;
	int fds[2];

	(void)state;
	assert_int_equal(sigaction(SIGUSR1, &sa, NULL), 0);
	assert_int_equal(pipe(fds), 0);
	s.fd = fds[1];
	assert_int_equal(pthread_create(&writer, NULL, write_slowly, &s), 0);
	assert_int_equal(cgm_read_all(fds[0], &b, 40), 0);
	assert_int_equal(b.len, 40);
	assert_int_equal(pthread_join(writer, &failed), 0);
	assert_null(failed);
	assert_int_equal(cgm_pread_all(fds[0], &b, 40), -ESPIPE);
	(void)close(fds[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_and_caps),
		cmocka_unit_test(appends_and_rewinds),
		cmocka_unit_test(what_cannot_be_read),
		cmocka_unit_test(pipes_and_interrupts),
	};

	return cmocka_run_group_tests_name("base_readfile", tests, setup, teardown);
}
