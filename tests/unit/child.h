/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A child process that does its steps when it is told to and then stays as it is, so that it can be
 * looked at. It starts with no descriptors but /dev/null and its two ends of pipes; valgrind adds
 * some of its own.
 */
#ifndef CGMEM_TESTS_CHILD_H
#define CGMEM_TESTS_CHILD_H

#include <fcntl.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sample/snapshot.h"

struct child {
	struct cgm_process process; /* its pid */
	int to, from;
};

/* @step: 1 at the first child_go(). What it returns is what child_go() returns: 0 to 127. */
typedef int child_fn(int step, void *shared);

static inline void child_run(child_fn *fn, void *shared, int in, int out)
{
	int null;
	char c;

	for (int fd = 0; fd < 1024; fd++)
		if (fd != in && fd != out)
			(void)close(fd);
	null = open("/dev/null", O_RDWR);
	for (int fd = null + 1; null == 0 && fd < 3; fd++)
		(void)dup2(null, fd);
	for (int step = 1; read(in, &c, 1) == 1; step++) {
		c = (char)fn(step, shared);
		if (write(out, &c, 1) != 1)
			_exit(1);
	}
	_exit(0);
}

static inline void child_start(struct child *c, child_fn *fn, void *shared)
{
	int to[2], from[2];

	assert_int_equal(pipe2(to, O_CLOEXEC), 0);
	assert_int_equal(pipe2(from, O_CLOEXEC), 0);
	*c = (struct child){.to = to[1], .from = from[0]};
	c->process.pid = fork();
	assert_true(c->process.pid >= 0);
	if (c->process.pid == 0)
		child_run(fn, shared, to[0], from[1]);
	assert_int_equal(close(to[0]), 0);
	assert_int_equal(close(from[1]), 0);
}

static inline int child_go(const struct child *c)
{
	char answer = -1;

	assert_int_equal(write(c->to, "", 1), 1);
	assert_int_equal(read(c->from, &answer, 1), 1);
	return answer;
}

/* Lets it end; false: it did not end well. */
static inline bool child_end(struct child *c)
{
	int status = -1;

	(void)close(c->to);
	(void)close(c->from);
	return waitpid(c->process.pid, &status, 0) == c->process.pid && status == 0;
}

/* Memory that a child started later shares; zeroed. */
static inline void *child_shared(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(p != MAP_FAILED);
	return p;
}

#endif
