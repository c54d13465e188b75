/* SPDX-License-Identifier: Apache-2.0 */
/* How it ended: the kernel's report of an OOM kill, with the figures of the group that ran out. */
#include <errno.h>
#include <string.h>

#include "cgroup/stat.h"
#include "collect/snapshot.h"
#include "sys/kmsg.h"

#include "base/banned.h"

#define KILLED_BY_SIGKILL 137 /* 128 + 9, as docker and a shell tell it */

/* The log is read only where there may have been a kill: of this group or of the one before it. */
static bool may_have_been_killed(const struct cgm_snapshot *s)
{
	const struct cgm_target *t = &s->target;

	return cgm_get(&s->now, CGM_OOM_KILLS) || t->oom_killed ||
	       (t->restarts.known && t->restarts.v) ||
	       (t->exit_code.known && t->exit_code.v == KILLED_BY_SIGKILL);
}

static void set_known(struct cgm_sample *s, enum cgm_value_id id, struct cgm_opt v)
{
	if (v.known)
		cgm_set(s, id, v.v);
}

/* v1's totals of kernel memory and v2's swap stand beside memory.stat, as in the group's files. */
static void take_figures(const struct cgm_oom_figures *f, int version, struct cgm_sample *ret)
{
	struct cgm_stat_layout layout = {0};

	if (!f->usage.known || !f->stat.len ||
	    cgm_stat_parse(&layout, CGM_FILE_STAT, version, cgm_buf_str(&f->stat), f->stat.len,
			   ret) < 0)
		return;
	ret->version = (uint8_t)version;
	set_known(ret, CGM_CHARGED, f->usage);
	set_known(ret, CGM_LIMIT, f->limit);
	if (version == 1)
		set_known(ret, CGM_KERNEL, f->kmem);
	else
		set_known(ret, CGM_SWAP, f->swap);
}

int cgm_snapshot_add_death(struct cgm_session *session, struct cgm_snapshot *s)
{
	const char *where = s->path ? s->path : s->target.id;
	struct cgm_oom_figures figures = {0};
	int r;

	if (!where || !may_have_been_killed(s))
		return 0;
	r = cgm_kmsg_oom(session->root, where, &s->oom, &figures);
	s->oom.looked = r == 0;
	if (r == 0 && s->oom.known)
		take_figures(&figures, s->version, &s->oom.figures);
	cgm_oom_figures_clear(&figures);
	if (r == -EPERM || r == -EACCES)
		return cgm_unreadable_add(s, "the kernel's report of the OOM kill",
					  "/dev/kmsg: permission denied",
					  "run cgmem as root, or: sudo dmesg | grep -i oom");
	return 0;
}
