/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A child process in which text, files and memory that a container controls are parsed. It runs in
 * three steps: @open with this process's privileges, where descriptors and sockets are opened and
 * nothing is read from them; the sandbox (no_new_privs, no capabilities, uid and gid 65534 when
 * they were root's, limits on memory, CPU time and files, a seccomp filter of a few system calls
 * by libseccomp); then @parse, which answers through a pipe. The answer is bytes from a process
 * that may have been taken over: who reads it checks it. A worker that dies, hangs past its
 * deadline or answers too much is an error of one line, nothing else. Opening is in the child too,
 * so that a file system of the container's (FUSE) that never answers stops nobody.
 * Without seccomp in the kernel or libseccomp nothing is parsed: -EOPNOTSUPP.
 */
#ifndef CGMEM_SYS_WORKER_H
#define CGMEM_SYS_WORKER_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* What @parse may call. */
enum cgm_worker_calls {
	CGM_WORKER_READ, /* read, pread64, lseek, fstat, write to the pipe, memory, clock, exit */
	CGM_WORKER_HTTP, /* those, and what libcurl needs on sockets that are open already */
};

struct cgm_worker_answer; /* the pipe's end in the worker */

struct cgm_worker {
	enum cgm_worker_calls calls;
	/* 0, or a negative errno that ends the worker and is returned by cgm_worker_run(). */
	int (*open)(void *arg);
	int (*parse)(void *arg, struct cgm_worker_answer *to);
	void *arg; /* the worker's copy; what it changes stays in it */
	const int
		*keep; /* descriptors that the worker needs of this process; all others it closes */
	size_t n_keep;
	unsigned deadline_ms;
	size_t memory_cap; /* bytes beyond what this process maps now */
	size_t answer_cap; /* bytes */
	/*
	 * NULL, or memory shared with the worker in which it counts up as it gets on: one that does
	 * not within stall_ms is ended.
	 */
	const _Atomic uint32_t *beat;
	unsigned stall_ms;
	/* Whose files and memory, as a digest: of each, few that cannot be ended are put up with.
	 */
	uint64_t about;
};

/* In @parse: appends @len bytes. 0, -EPIPE, or -errno. */
int cgm_worker_write(struct cgm_worker_answer *to, const void *data, size_t len);

/*
 * Runs @w and appends its answer to @ret, also what it wrote before it failed. 0; what open or
 * parse returned; -ETIMEDOUT; -ETIME: it did not get on; -EFBIG; -ECANCELED when it died (the words
 * name the signal); -EOPNOTSUPP without a sandbox; -EAGAIN: others about the same hang; -errno.
 * Call it with one thread only, or from threads that hold no locks.
 */
int cgm_worker_run(const struct cgm_worker *w, struct cgm_buf *ret, struct cgm_err *err);

/*
 * The two halves of it, for several at a time: @run is there after 0 only, and must be finished;
 * @w must live until then. The deadline runs from the start.
 */
struct cgm_worker_run;
int cgm_worker_start(const struct cgm_worker *w, struct cgm_worker_run **ret_run,
		     struct cgm_err *err);
int cgm_worker_finish(struct cgm_worker_run *run, struct cgm_buf *ret, struct cgm_err *err);

/* Loads what the sandbox needs once, before many runs; else the first run does. 0 or -EOPNOTSUPP.
 */
int cgm_worker_prepare(struct cgm_err *err);

#endif
