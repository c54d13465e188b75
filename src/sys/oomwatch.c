/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/oomwatch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys/kmsg_parts.h"
#include "sys/process.h"

#include "base/banned.h"

#define RECORDS_MAX 4096 /* of one call: a log that grows as fast as it is read */

struct cgm_oomwatch {
	int fd;
	uint64_t since_usec;
};

int cgm_oomwatch_open(const struct cgm_root *root, uint64_t since_usec, struct cgm_oomwatch **ret)
{
	CGM_CLEANUP(cgm_oomwatch_free_p) struct cgm_oomwatch *o = NULL;

	if (!cgm_root_is_live(root))
		return -ENOENT;
	o = calloc(1, sizeof *o);
	if (!o)
		return -ENOMEM;
	o->since_usec = since_usec == UINT64_MAX ? 0 : since_usec;
	o->fd = cgm_root_openat(root, "dev/kmsg", O_RDONLY | O_NONBLOCK);
	if (o->fd < 0)
		return o->fd;
	if (since_usec == UINT64_MAX && lseek(o->fd, 0, SEEK_END) < 0)
		return -errno;
	*ret = CGM_TAKE(o);
	return 0;
}

void cgm_oomwatch_free(struct cgm_oomwatch *o)
{
	if (!o)
		return;
	if (o->fd >= 0)
		(void)close(o->fd);
	free(o);
}

int cgm_oomwatch_fd(const struct cgm_oomwatch *o)
{
	return o->fd;
}

int cgm_oomwatch_parse(const char *record, size_t len, uint64_t since_usec, cgm_oom_kill_fn *fn,
		       void *arg)
{
	struct cgm_span all = {record, len}, line;
	char text[CGM_KMSG_RECORD_MAX], victim[64];
	CGM_AUTO_FREE char *group = NULL;
	struct cgm_kmsg_kill k;

	if (!cgm_span_line(&all, &line) || !cgm_kmsg_kill_parse(line, text, &k) ||
	    k.usec < since_usec)
		return 0;
	group = strndup(k.task_group.s, k.task_group.len);
	if (!group)
		return -ENOMEM;
	cgm_comm_set(victim, k.comm.s, k.comm.len);
	return fn(
		&(struct cgm_oom_kill){
			.group = group, .victim = victim, .pid = (pid_t)k.pid, .usec = k.usec},
		arg);
}

/* Each read(2) gives one record; EPIPE says that the ring has overtaken us, and goes on. */
int cgm_oomwatch_next(struct cgm_oomwatch *o, cgm_oom_kill_fn *fn, void *arg)
{
	char record[CGM_KMSG_RECORD_MAX];
	int r = 0;

	for (unsigned i = 0; r >= 0 && i < RECORDS_MAX; i++) {
		ssize_t n = read(o->fd, record, sizeof record);

		if (n > 0)
			r = cgm_oomwatch_parse(record, (size_t)n, o->since_usec, fn, arg);
		else if (n == 0 || errno == EAGAIN)
			break;
		else if (errno != EPIPE && errno != EINTR)
			return -errno;
	}
	return r;
}
