/* SPDX-License-Identifier: Apache-2.0 */
/* In the worker, without privileges: what a Go program has in its memory. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/readfile.h"
#include "collect/inspect.h"
#include "collect/inspect_look.h"
#include "golang/functab.h"
#include "golang/goroutines.h"
#include "golang/sites.h"

#include "base/banned.h"

#define AUXV_CAP     ((size_t)4096)
#define NEED_FUNCTAB (CGM_INSPECT_GOROUTINES | CGM_INSPECT_GROUPS | CGM_INSPECT_SITES)

static int read_bias(struct cgm_look *l)
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

static int open_process(struct cgm_look *l)
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
	l->process.other_clock = l->files->other_clock;
	return read_bias(l);
}

/* The figures; close in time to the mappings, which are read next. */
static void read_figures(struct cgm_look *l)
{
	int r;

	cgm_look_next(l);
	if (l->job->places)
		(void)cgm_places_find(l->job->places, &l->key, &l->place);
	r = cgm_go_locate(&l->process, &l->place);
	if (r < 0) {
		cgm_look_trouble(l->out, l->index, CGM_STEP_LOCATE, r);
		return;
	}
	r = cgm_go_runtime_read(&l->process, &l->place, &l->go.go);
	cgm_look_trouble(l->out, l->index, CGM_STEP_FIGURES, r);
}

static void read_profile(struct cgm_look *l, struct cgm_functab *t)
{
	const enum cgm_go_profile kind = cgm_go_profile_kind(l->job->profile, &l->place);
	CGM_AUTO_BUF struct cgm_buf b = {0};
	int r;

	cgm_look_next(l);
	r = cgm_go_profile_write(&l->process, &l->place, t, kind, &b);
	l->go.go.heap_profile = kind == CGM_PROFILE_HEAP;
	if (r == 0)
		cgm_wire_put_profile(l->out, b.data, b.len);
	cgm_look_trouble(l->out, l->index, CGM_STEP_PROFILE, r);
}

/* Everything that has names of functions in it. */
static void read_named(struct cgm_look *l)
{
	const unsigned want = l->job->want;
	struct cgm_functab *t = NULL;
	int r;

	cgm_look_next(l);
	if (!(want & NEED_FUNCTAB) && l->job->profile == CGM_PROFILE_NONE)
		return;
	r = cgm_functab_open(l->files->exe >= 0 ? l->exe->fd : -1, &l->exe->image, &l->process, &t);
	if (r < 0) {
		cgm_look_trouble(l->out, l->index, CGM_STEP_FUNCTAB, r);
		return;
	}
	if (want & (CGM_INSPECT_GOROUTINES | CGM_INSPECT_GROUPS)) {
		r = cgm_goroutines_locate(&l->process, &l->place);
		if (r == 0)
			r = cgm_goroutines_read(&l->process, &l->place, t,
						want & CGM_INSPECT_GROUPS, &l->go.go);
		cgm_look_trouble(l->out, l->index, CGM_STEP_GOROUTINES, r);
	}
	cgm_look_next(l);
	if (want & CGM_INSPECT_SITES) {
		r = cgm_sites_locate(&l->process, t, &l->place);
		if (r == 0)
			r = cgm_sites_read(&l->process, &l->place, t, &l->go.go);
		/* -ENOENT: the program keeps no profile of its heap */
		cgm_look_trouble(l->out, l->index, CGM_STEP_SITES, r == -ENOENT ? 0 : r);
	}
	if (l->job->profile != CGM_PROFILE_NONE)
		read_profile(l, t);
	cgm_functab_free(t);
}

static void tell_place(const struct cgm_look *l)
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

int cgm_look_go(struct cgm_look *l)
{
	struct cgm_go *g = &l->go.go;
	int r = !l->target->memory ? -E2BIG : l->target->avoid ? -ETIMEDOUT : 0;

	l->go.index = l->index;
	l->key = key_of(l->exe);
	memcpy(g->version, l->exe->image.version, sizeof g->version);
	g->cgo = l->exe->image.cgo;
	if (!l->job->want && l->job->profile == CGM_PROFILE_NONE)
		return -ENOENT;
	if (r == 0)
		r = open_process(l);
	cgm_look_trouble(l->out, l->index, CGM_STEP_MEM, r);
	if (r == 0)
		read_figures(l);
	return r;
}

void cgm_look_named(struct cgm_look *l)
{
	read_named(l);
	if (l->go.go.source == CGM_GO_FROM_MEMORY)
		tell_place(l);
}
