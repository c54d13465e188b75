/* SPDX-License-Identifier: Apache-2.0 */
/*
 * As runtime/pprof writes them (src/runtime/pprof/proto.go, protomem.go, and printCountProfile of
 * pprof.go): calls that were inlined are lines of one location.
 */
#include "golang/profile.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/units.h"
#include "golang/functab_parts.h"
#include "golang/memprofile.h"
#include "golang/profile_parts.h"
#include "base/banned.h"

#define NS_PER_S UINT64_C(1000000000)

CGM_DEFINE_CLEANUP(struct cgm_proto *, cgm_proto_free)

int cgm_go_profile_prepare(void)
{
	return cgm_proto_prepare();
}

/*
 * Makes the first calls of @v the lines of one location and says how many of @v that are. Wrappers
 * are no lines. A function that seems to call itself begins a location of its own (pcDeck.tryAdd).
 */
static size_t take_lines(const struct cgm_func_line *v, size_t n, struct cgm_proto_line *to,
			 size_t *ret_lines)
{
	const char *callee = "";
	size_t kept = 0, i;

	for (i = 0; i < n; i++) {
		if (kept && !strcmp(to[kept - 1].function, v[i].function))
			break;
		if (!cgm_stack_elides(&v[i], callee))
			to[kept++] = (struct cgm_proto_line){v[i].function, v[i].file, v[i].line,
							     v[i].start_line};
		callee = v[i].function;
	}
	*ret_lines = kept;
	return i;
}

/* Stacks of the heap profile name the places of inlined calls one by one: those are @v's already.
 */
static size_t skip_named(const struct cgm_func_line *v, size_t n, const uint64_t *pcs, size_t n_pcs)
{
	size_t skip = 0;

	for (size_t i = 0; i < n; i++)
		if (skip < n_pcs && pcs[skip] == v[i].pc)
			skip++;
	return skip;
}

static uint64_t location_of(struct cgm_profile *b, uint64_t address,
			    const struct cgm_proto_line *lines, size_t n)
{
	uint64_t id = cgm_proto_find(b->proto, address);

	return id ? id : cgm_proto_location(b->proto, address, lines, n);
}

size_t cgm_profile_locations(struct cgm_profile *b, const uint64_t *pcs, size_t n)
{
	size_t kept = 0, i = 0;

	while (i < n && kept < CGM_MEMPROFILE_STACK_MAX) {
		struct cgm_func_line v[CGM_INLINE_MAX];
		struct cgm_proto_line lines[CGM_INLINE_MAX];
		size_t m = cgm_functab_lines(b->t, pcs[i], v), at = 0;
		bool end = m && !strcmp(v[0].function, "runtime.goexit");

		if (!m)
			b->locations[kept++] = location_of(b, pcs[i], NULL, 0);
		while (!end && at < m && kept < CGM_MEMPROFILE_STACK_MAX) {
			size_t n_lines, taken = take_lines(v + at, m - at, lines, &n_lines);

			if (n_lines)
				b->locations[kept++] = location_of(b, v[at].pc, lines, n_lines);
			at += taken;
		}
		i++;
		if (m)
			i += skip_named(v + 1, m - 1, pcs + i, n - i);
	}
	return kept;
}

static void add_mapping(struct cgm_profile *b)
{
	const struct cgm_go_image *m = b->p->image;
	char id[2 * CGM_GO_BUILD_ID_MAX + 1] = "";
	struct cgm_proto_mapping map = {.build_id = id};

	for (size_t i = 0; m->build_id_gnu && i < m->build_id_len; i++)
		(void)snprintf(id + 2 * i, 3, "%02x", m->build_id[i]);
	for (size_t i = 0; i < b->t->elf.n_segments; i++) {
		const struct cgm_elf_segment *s = &b->t->elf.segments[i];
		uint64_t in_page = s->addr % 4096;

		if (s->type != PT_LOAD || !(s->flags & PF_X) || s->offset < in_page)
			continue;
		map.start = s->addr - in_page + b->p->bias;
		map.limit = ((s->addr + s->memsz + 4095) & ~UINT64_C(4095)) + b->p->bias;
		map.offset = s->offset - in_page;
		break;
	}
	cgm_proto_mapping(b->proto, &map);
}

static int see_record(const struct cgm_mem_record *m, void *arg)
{
	struct cgm_profile *b = arg;
	size_t skip = cgm_memprofile_hidden(b->t, m), n;
	uint64_t values[4];
	struct cgm_proto_label label = {"bytes", NULL,
					m->allocs ? m->alloc_bytes / m->allocs : m->size};

	for (size_t i = 0; i < m->n_pcs; i++)
		b->pcs[i] = m->pcs[i] - 1; /* addresses behind the calls */
	n = cgm_profile_locations(b, b->pcs + skip, m->n_pcs - skip);
	cgm_memprofile_scale(m->allocs, m->alloc_bytes, b->rate, &values[0], &values[1]);
	cgm_memprofile_scale(cgm_sub_sat(m->allocs, m->frees),
			     cgm_sub_sat(m->alloc_bytes, m->free_bytes), b->rate, &values[2],
			     &values[3]);
	cgm_proto_sample(b->proto, b->locations, n, values, 4, &label, label.num ? 1 : 0);
	return cgm_proto_size(b->proto) > CGM_PROFILE_BYTES_MAX ? -EFBIG : 0;
}

static int write_heap(struct cgm_profile *b, const struct cgm_go_place *place)
{
	b->rate = cgm_memprofile_rate(b->p);
	cgm_proto_period(b->proto, "space", "bytes", b->rate);
	cgm_proto_sample_type(b->proto, "alloc_objects", "count");
	cgm_proto_sample_type(b->proto, "alloc_space", "bytes");
	cgm_proto_sample_type(b->proto, "inuse_objects", "count");
	cgm_proto_sample_type(b->proto, "inuse_space", "bytes");
	cgm_proto_default_type(b->proto, "inuse_space");
	return cgm_memprofile_each(b->p, place, see_record, b);
}

enum cgm_go_profile cgm_go_profile_kind(enum cgm_go_profile wanted,
					const struct cgm_go_place *place)
{
	if (wanted != CGM_PROFILE_AUTO)
		return wanted;
	return place->mbuckets ? CGM_PROFILE_HEAP : CGM_PROFILE_GOROUTINE;
}

int cgm_go_profile_write(const struct cgm_go_process *p, const struct cgm_go_place *place,
			 struct cgm_functab *t, enum cgm_go_profile kind, struct cgm_buf *ret)
{
	CGM_CLEANUP(cgm_proto_free_p) struct cgm_proto *proto = NULL;
	CGM_AUTO_FREE uint64_t *words = calloc(2 * CGM_MEMPROFILE_STACK_MAX, sizeof *words);
	struct cgm_profile b = {.p = p, .t = t};
	struct timespec now = {0};
	int r = kind == CGM_PROFILE_NONE ? -ENOENT : cgm_proto_new(&proto);

	if (r)
		return r;
	kind = cgm_go_profile_kind(kind, place);
	if (!words)
		return -ENOMEM;
	b.proto = proto;
	b.pcs = words;
	b.locations = words + CGM_MEMPROFILE_STACK_MAX;
	r = kind == CGM_PROFILE_HEAP ? write_heap(&b, place) : cgm_profile_goroutines(&b, place);
	if (r)
		return r;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	cgm_proto_time(proto, (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec);
	add_mapping(&b);
	return cgm_proto_finish(proto, ret);
}
