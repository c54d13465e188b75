/* SPDX-License-Identifier: Apache-2.0 */
/* A worker with limits that no honest one meets. */
#ifndef CGMEM_TESTS_WORKER_CASE_H
#define CGMEM_TESTS_WORKER_CASE_H

#include "sys/worker.h"

#define MIB	 ((size_t)1 << 20)
#define LONG_MS	 60000 /* never waited for */
#define SHORT_MS 50

static inline struct cgm_worker worker(int (*parse)(void *, struct cgm_worker_answer *), void *arg)
{
	return (struct cgm_worker){.calls = CGM_WORKER_READ,
				   .parse = parse,
				   .arg = arg,
				   .deadline_ms = LONG_MS,
				   .memory_cap = 64 * MIB,
				   .answer_cap = MIB};
}

/* Writes as many as @arg says, one by one. */
static inline int write_bytes(void *arg, struct cgm_worker_answer *to)
{
	size_t left = *(size_t *)arg;
	int r = 0;

	for (; left && r == 0; left--)
		r = cgm_worker_write(to, "x", 1);
	return r;
}

#endif
