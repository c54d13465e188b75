/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In a worker of its own, after the figures were read from memory: fetching changes them. It may
 * speak over its sockets, and has no descriptor of any process.
 */
#include <errno.h>

#include "collect/inspect_job.h"
#include "sys/process.h"

#include "base/banned.h"

/* The process that was meant: -ESRCH: it has ended, and its number may be another's. */
static int check_process(const struct cgm_endpoint_job *j, int proc)
{
	struct cgm_process p;
	int r = cgm_proc_read_status(proc, &p);

	if (r == 0 && j->start_ticks && p.start_ticks != j->start_ticks)
		r = -ESRCH;
	return r;
}

/*
 * Its namespace and sockets are found by its number. While the process is there, which is looked at
 * before and after, that is no other's.
 */
int cgm_inspect_open_endpoint(void *job)
{
	struct cgm_endpoint_job *j = job;
	CGM_CLEANUP(cgm_root_free_p) struct cgm_root *root = NULL;
	CGM_AUTO_CLOSE int proc = -1;
	int r = cgm_root_open(NULL, &root, NULL);

	if (r == 0)
		r = proc = cgm_proc_open(root, j->options.pid);
	if (r >= 0)
		r = check_process(j, proc);
	if (r == 0)
		r = cgm_go_endpoint_open(root, &j->options, &j->endpoint, NULL);
	return r < 0 ? r : check_process(j, proc);
}

int cgm_inspect_ask_endpoint(void *job, struct cgm_worker_answer *to)
{
	struct cgm_endpoint_job *j = job;
	const struct cgm_wire_process process = {.go_known = true, .go = true};
	CGM_AUTO_BUF struct cgm_buf out = {0};
	struct cgm_wire_go go = {0};
	int r = cgm_go_endpoint_read(j->endpoint, &go.go, NULL);

	if (r == 0) {
		cgm_wire_put_process(&out, &process);
		cgm_wire_put_go(&out, &go);
		cgm_wire_put_done(&out);
		r = out.failed ? -ENOMEM : cgm_worker_write(to, out.data, out.len);
	}
	cgm_go_clear(&go.go);
	cgm_go_endpoint_free(j->endpoint);
	return r;
}
