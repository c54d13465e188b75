/* SPDX-License-Identifier: Apache-2.0 */
/* In the worker, without privileges: reads what was opened and answers. */
#include <errno.h>
#include <stdlib.h>

#include "base/readfile.h"
#include "collect/inspect.h"
#include "collect/inspect_look.h"
#include "sys/process.h"

#include "base/banned.h"

#define HSPERF_CAP ((size_t)64 << 10)

static int flush(struct cgm_buf *b, struct cgm_worker_answer *to)
{
	int r = b->failed ? -ENOMEM : cgm_worker_write(to, b->data, b->len);

	cgm_buf_reset(b);
	return r;
}

/* ---- which of them are Go programs ---- */

/* True when the pid is another process's by now. What makes the container is no program of it. */
static bool was_replaced(const struct cgm_inspect_target *t, struct cgm_inspect_files *f,
			 uint64_t listed_ticks)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_process p = {0};

	if (f->stat < 0)
		return false;
	if (cgm_read_all(f->stat, &b, CGM_READ_CAP) < 0 ||
	    cgm_proc_parse_stat(cgm_buf_str(&b), b.len, &p) < 0)
		return true;
	if (cgm_proc_is_runc(&p, cgm_proc_now_ticks()))
		f->exe = -ENOENT;
	return t->start_ticks ? p.start_ticks != t->start_ticks : p.start_ticks > listed_ticks;
}

static void tell_process(const struct cgm_inspect_job *j, uint32_t i, struct cgm_buf *out)
{
	const int exe = j->files[i].exe;
	const int r = exe >= 0 ? j->exes[exe].result : exe;
	struct cgm_wire_process p = {.index = i};

	/* A kernel thread and a zombie have no file; what is no ELF file is no Go program. */
	p.go_known = r == 0 || r == -ENOEXEC || (exe < 0 && r == -ENOENT);
	p.go = r == 0;
	cgm_wire_put_process(out, &p);
	if (!p.go_known)
		cgm_look_trouble(out, i, exe < 0 ? CGM_STEP_EXE : CGM_STEP_IMAGE, r);
}

static int detect_all(struct cgm_inspect_job *j, struct cgm_buf *out, struct cgm_worker_answer *to)
{
	for (size_t i = 0; i < j->n_exes; i++) {
		struct cgm_inspect_exe *e = &j->exes[i];

		cgm_inspect_at(j, CGM_AT_IMAGE, e->target, e->dev, e->ino);
		e->result = cgm_go_image_read(e->fd, &e->image);
	}
	for (size_t i = 0; i < j->n; i++) {
		cgm_inspect_at(j, CGM_AT_PROC, i, 0, 0);
		j->files[i].gone = j->files[i].gone ||
				   was_replaced(&j->targets[i], &j->files[i], j->listed_ticks);
		if (!j->files[i].gone)
			tell_process(j, (uint32_t)i, out);
	}
	return flush(out, to);
}

/* ---- one of them ---- */

static int add_mapping(const struct cgm_mapping *m, void *arg)
{
	struct cgm_look *l = arg;

	if (l->mappings && l->mappings_result == 0)
		l->mappings_result = cgm_go_mappings_add(m, l->mappings);
	return l->kinds ? cgm_anon_kinds_add(m, l->kinds) : 0;
}

/* What HotSpot tells of itself; a file that is none is no trouble. */
static void add_hsperf(struct cgm_look *l)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	if (l->kinds && l->files->hsperf >= 0 &&
	    cgm_pread_all(l->files->hsperf, &b, HSPERF_CAP) == 0 && b.len)
		(void)cgm_anon_kinds_hsperf(l->kinds, b.data, b.len);
}

static int walk_mappings(struct cgm_look *l)
{
	int r = 0;

	if (l->job->want & CGM_INSPECT_KINDS)
		r = cgm_anon_kinds_new(&l->kinds);
	if (r == 0 && l->exe && cgm_go_machine_known(&l->exe->image) &&
	    (l->job->want & CGM_INSPECT_RESIDENT))
		r = cgm_go_mappings_new(&l->mappings);
	if (r < 0 || (!l->kinds && !l->mappings))
		return r;
	r = l->files->smaps < 0 ? l->files->smaps : cgm_smaps_read(l->files->smaps, add_mapping, l);
	if (r == 0)
		add_hsperf(l);
	return r < 0 ? r : l->mappings_result;
}

/* Resident memory of the Go program, and of anybody by kind of mapping. */
static void read_mappings(struct cgm_look *l)
{
	struct cgm_wire_kinds k = {.index = l->index};
	const struct cgm_go_resident *resident = &l->go.go.resident;
	int r;

	if (!l->target->mappings)
		return;
	if (l->target->avoid) {
		cgm_look_trouble(l->out, l->index, CGM_STEP_SMAPS, -ETIMEDOUT);
		return;
	}
	cgm_look_next(l);
	if (l->files->hsperf == -ETIMEDOUT)
		cgm_look_trouble(l->out, l->index, CGM_STEP_HSPERF, -ETIMEDOUT);
	r = walk_mappings(l);
	if (l->files->exe != r) /* that nothing of it may be read has been said */
		cgm_look_trouble(l->out, l->index, CGM_STEP_SMAPS, r);
	if (r < 0 && r != -E2BIG)
		return;
	if (l->mappings && r == 0)
		cgm_go_resident_make(l->mappings, &l->exe->image, &l->go.go);
	if (!l->kinds)
		return;
	cgm_anon_kinds_make(l->kinds, resident->known ? resident->arenas : 0, &k.kinds);
	cgm_wire_put_kinds(l->out, &k);
}

static void look_at_go(struct cgm_look *l)
{
	int r = cgm_look_go(l);

	read_mappings(l);
	if (r == 0)
		cgm_look_named(l);
	/* Where the first has none to give, another's would be taken for it. */
	l->job->profile = CGM_PROFILE_NONE;
	cgm_wire_put_go(l->out, &l->go);
}

static int look_at(struct cgm_inspect_job *j, uint32_t i, struct cgm_buf *out,
		   struct cgm_worker_answer *to)
{
	const int exe = j->files[i].exe;
	struct cgm_look l = {.job = j,
			     .target = &j->targets[i],
			     .files = &j->files[i],
			     .exe = exe >= 0 && j->exes[exe].result == 0 ? &j->exes[exe] : NULL,
			     .index = i,
			     .out = out};

	cgm_look_next(&l);
	if (l.exe)
		look_at_go(&l);
	else
		read_mappings(&l);
	cgm_go_mappings_free(l.mappings);
	cgm_anon_kinds_free(l.kinds);
	cgm_go_clear(&l.go.go);
	return out->len || out->failed ? flush(out, to) : 0;
}

int cgm_inspect_look(void *job, struct cgm_worker_answer *to)
{
	struct cgm_inspect_job *j = job;
	CGM_AUTO_BUF struct cgm_buf out = {0};
	int r = detect_all(j, &out, to);

	for (size_t i = 0; r == 0 && i < j->n; i++)
		if (!j->files[i].gone)
			r = look_at(j, (uint32_t)i, &out, to);
	if (r < 0)
		return r;
	cgm_wire_put_done(&out);
	free(j->exes);
	free(j->files);
	return flush(&out, to);
}
