/* SPDX-License-Identifier: Apache-2.0 */
/* In the worker, without privileges: reads what was opened and answers. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/readfile.h"
#include "collect/inspect.h"
#include "collect/inspect_job.h"
#include "golang/arenas.h"
#include "golang/functab.h"
#include "golang/goroutines.h"
#include "golang/sites.h"
#include "sys/anon_kinds.h"
#include "sys/process.h"

#include "base/banned.h"

#define AUXV_CAP     ((size_t)4096)
#define HSPERF_CAP   ((size_t)64 << 10)
#define NEED_FUNCTAB (CGM_INSPECT_GOROUTINES | CGM_INSPECT_GROUPS | CGM_INSPECT_SITES)

/* One process while it is looked at. */
struct look {
	struct cgm_inspect_job *job;
	const struct cgm_inspect_target *target;
	const struct cgm_inspect_files *files;
	const struct cgm_inspect_exe *exe; /* NULL: no Go program */
	uint32_t index;
	struct cgm_buf *out;
	struct cgm_wire_go go;
	struct cgm_place_key key;
	struct cgm_go_place place;
	struct cgm_go_procmem procmem;
	struct cgm_go_process process;
	struct cgm_go_mappings *mappings;
	struct cgm_anon_kinds *kinds;
	int mappings_result;
};

/* A sign of life between two of its steps. */
static void next_step(const struct look *l)
{
	cgm_inspect_at(l->job, CGM_AT_PROC, l->index, 0, 0);
}

static int flush(struct cgm_buf *b, struct cgm_worker_answer *to)
{
	int r = b->failed ? -ENOMEM : cgm_worker_write(to, b->data, b->len);

	cgm_buf_reset(b);
	return r;
}

/* That a process has ended is no trouble. */
static void trouble(struct cgm_buf *out, uint32_t index, enum cgm_inspect_step step, int r)
{
	const struct cgm_wire_trouble t = {.index = index, .step = step, .code = (uint32_t)-r};

	if (r < 0 && r != -ESRCH)
		cgm_wire_put_trouble(out, &t);
}

/* ---- which of them are Go programs ---- */

/* True when the pid is another process's by now. */
static bool was_replaced(const struct cgm_inspect_target *t, const struct cgm_inspect_files *f,
			 uint64_t listed_ticks)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_process p = {0};

	if (f->stat < 0)
		return false;
	if (cgm_read_all(f->stat, &b, CGM_READ_CAP) < 0 ||
	    cgm_proc_parse_stat(cgm_buf_str(&b), b.len, &p) < 0)
		return true;
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
		trouble(out, i, exe < 0 ? CGM_STEP_EXE : CGM_STEP_IMAGE, r);
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

static int read_bias(struct look *l)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	int r = l->files->auxv;

	if (r >= 0)
		r = cgm_read_all(r, &b, AUXV_CAP);
	/* Nobody's memory is behind it: the process has ended. */
	if (r == 0 && b.len == 0)
		return -ESRCH;
	return r < 0 ? r : cgm_go_bias(&l->exe->image, b.data, b.len, &l->process.bias);
}

static int open_process(struct look *l)
{
	if (l->files->mem < 0)
		return l->files->mem;
	l->procmem = (struct cgm_go_procmem){
		.mem_fd = l->files->mem,
		.pagemap_fd = l->files->pagemap,
		.page_size = (uint64_t)sysconf(_SC_PAGESIZE),
	};
	l->process.mem = cgm_go_procmem(&l->procmem);
	l->process.image = &l->exe->image;
	return read_bias(l);
}

/* The figures; close in time to the mappings, which are read next. */
static void read_figures(struct look *l)
{
	int r;

	next_step(l);
	if (l->job->places)
		(void)cgm_places_find(l->job->places, &l->key, &l->place);
	r = cgm_go_locate(&l->process, &l->place);
	if (r < 0) {
		trouble(l->out, l->index, CGM_STEP_LOCATE, r);
		return;
	}
	r = cgm_go_runtime_read(&l->process, &l->place, &l->go.go);
	trouble(l->out, l->index, CGM_STEP_FIGURES, r);
}

static int add_mapping(const struct cgm_mapping *m, void *arg)
{
	struct look *l = arg;

	if (l->mappings && l->mappings_result == 0)
		l->mappings_result = cgm_go_mappings_add(m, l->mappings);
	return l->kinds ? cgm_anon_kinds_add(m, l->kinds) : 0;
}

/* What HotSpot tells of itself; a file that is none is no trouble. */
static void add_hsperf(struct look *l)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	if (l->kinds && l->files->hsperf >= 0 &&
	    cgm_pread_all(l->files->hsperf, &b, HSPERF_CAP) == 0 && b.len)
		(void)cgm_anon_kinds_hsperf(l->kinds, b.data, b.len);
}

static int walk_mappings(struct look *l)
{
	int r = 0;

	if (l->job->want & CGM_INSPECT_KINDS)
		r = cgm_anon_kinds_new(&l->kinds);
	if (r == 0 && l->exe && (l->job->want & CGM_INSPECT_RESIDENT))
		r = cgm_go_mappings_new(&l->mappings);
	if (r < 0 || (!l->kinds && !l->mappings))
		return r;
	r = l->files->smaps < 0 ? l->files->smaps : cgm_smaps_read(l->files->smaps, add_mapping, l);
	if (r == 0)
		add_hsperf(l);
	return r < 0 ? r : l->mappings_result;
}

/* Resident memory of the Go program, and of anybody by kind of mapping. */
static void read_mappings(struct look *l)
{
	struct cgm_wire_kinds k = {.index = l->index};
	const struct cgm_go_resident *resident = &l->go.go.resident;
	int r;

	if (!l->target->mappings)
		return;
	if (l->target->avoid) {
		trouble(l->out, l->index, CGM_STEP_SMAPS, -ETIMEDOUT);
		return;
	}
	next_step(l);
	if (l->files->hsperf == -ETIMEDOUT)
		trouble(l->out, l->index, CGM_STEP_HSPERF, -ETIMEDOUT);
	r = walk_mappings(l);
	if (l->files->exe != r) /* that nothing of it may be read has been said */
		trouble(l->out, l->index, CGM_STEP_SMAPS, r);
	if (r < 0 && r != -E2BIG)
		return;
	if (l->mappings && r == 0)
		cgm_go_resident_make(l->mappings, &l->exe->image, &l->go.go);
	if (!l->kinds)
		return;
	cgm_anon_kinds_make(l->kinds, resident->known ? resident->arenas : 0, &k.kinds);
	cgm_wire_put_kinds(l->out, &k);
}

static void read_profile(struct look *l, struct cgm_functab *t)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	int r;

	next_step(l);
	r = cgm_go_profile_write(&l->process, &l->place, t, l->job->profile, &b);

	l->job->profile = CGM_PROFILE_NONE;
	if (r == 0)
		cgm_wire_put_profile(l->out, b.data, b.len);
	trouble(l->out, l->index, CGM_STEP_PROFILE, r);
}

/* Everything that has names of functions in it. */
static void read_named(struct look *l)
{
	const unsigned want = l->job->want;
	struct cgm_functab *t = NULL;
	int r;

	next_step(l);
	if (!(want & NEED_FUNCTAB) && l->job->profile == CGM_PROFILE_NONE)
		return;
	r = cgm_functab_open(l->files->exe >= 0 ? l->exe->fd : -1, &l->exe->image, &l->process, &t);
	if (r < 0) {
		trouble(l->out, l->index, CGM_STEP_FUNCTAB, r);
		return;
	}
	if (want & (CGM_INSPECT_GOROUTINES | CGM_INSPECT_GROUPS)) {
		r = cgm_goroutines_locate(&l->process, &l->place);
		if (r == 0)
			r = cgm_goroutines_read(&l->process, &l->place, t,
						want & CGM_INSPECT_GROUPS, &l->go.go);
		trouble(l->out, l->index, CGM_STEP_GOROUTINES, r);
	}
	next_step(l);
	if (want & CGM_INSPECT_SITES) {
		r = cgm_sites_locate(&l->process, t, &l->place);
		if (r == 0)
			r = cgm_sites_read(&l->process, &l->place, t, &l->go.go);
		/* -ENOENT: the program keeps no profile of its heap */
		trouble(l->out, l->index, CGM_STEP_SITES, r == -ENOENT ? 0 : r);
	}
	if (l->job->profile != CGM_PROFILE_NONE)
		read_profile(l, t);
	cgm_functab_free(t);
}

static void tell_place(const struct look *l)
{
	const struct cgm_wire_place p = {.key = l->key, .place = l->place};

	if (l->place.gc_controller)
		cgm_wire_put_place(l->out, &p);
}

static struct cgm_place_key key_of(const struct cgm_inspect_exe *e)
{
	struct stat st = {0};

	(void)fstat(e->fd, &st);
	return cgm_place_key(&e->image, (uint64_t)st.st_size);
}

static void look_at_go(struct look *l)
{
	struct cgm_go *g = &l->go.go;
	int r = -ENOENT;

	l->go.index = l->index;
	l->key = key_of(l->exe);
	memcpy(g->version, l->exe->image.version, sizeof g->version);
	g->cgo = l->exe->image.cgo;
	if (l->target->memory && l->target->avoid) {
		trouble(l->out, l->index, CGM_STEP_MEM, -ETIMEDOUT);
	} else if (l->target->memory && (l->job->want || l->job->profile != CGM_PROFILE_NONE)) {
		r = open_process(l);
		trouble(l->out, l->index, CGM_STEP_MEM, r);
	}
	if (r == 0)
		read_figures(l);
	read_mappings(l);
	if (r == 0) {
		read_named(l);
		if (g->source == CGM_GO_FROM_MEMORY)
			tell_place(l);
	}
	cgm_wire_put_go(l->out, &l->go);
}

static int look_at(struct cgm_inspect_job *j, uint32_t i, struct cgm_buf *out,
		   struct cgm_worker_answer *to)
{
	const int exe = j->files[i].exe;
	struct look l = {.job = j,
			 .target = &j->targets[i],
			 .files = &j->files[i],
			 .exe = exe >= 0 && j->exes[exe].result == 0 ? &j->exes[exe] : NULL,
			 .index = i,
			 .out = out};

	next_step(&l);
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
