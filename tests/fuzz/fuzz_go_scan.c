/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Go process's memory and mappings: locating the runtime's variables in it, reading them, telling
 * arenas from the rest. The input is a version, how memory changes between two reads, then records
 * of 10 bytes: a word and where in the zero-filled data it is, or a mapping.
 */
#include <elf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "golang/arenas.h"
#include "golang/figures.h"

#define START	 UINT64_C(0x5a0000)
#define WORDS	 12288 /* more than one piece of the search */
#define RECORD	 10
#define MAPPINGS 0x8000 /* in a record's place: it is a mapping */
#define NAMES	 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct memory {
	uint64_t v[WORDS];
	unsigned reads, every;
	size_t torn;
};

static void check(bool ok)
{
	if (!ok)
		abort();
}

static int read_memory(void *ctx, uint64_t addr, void *buf, size_t len)
{
	struct memory *m = ctx;
	uint64_t at = addr - START;

	if (at > sizeof m->v || len > sizeof m->v - at)
		return -EFAULT;
	memcpy(buf, (const uint8_t *)m->v + at, len);
	if (m->every && m->reads++ % m->every == 0)
		m->v[m->torn % WORDS] += 8192;
	return 0;
}

static void add_mapping(struct cgm_go_mappings *all, uint64_t place, uint64_t v, uint64_t *total)
{
	static const char *const names[NAMES] = {
		"", "", "", "/bin/x", "[heap]", "[stack]", "[anon: Go: heap]", "[anon: x]"};
	struct cgm_mapping m = {.start = (v & 0xffffffff) << 16, .name = names[place % NAMES]};

	m.end = m.start + ((v >> 32 & 0xffff) << 16);
	memcpy(m.perms, place & 8 ? "---p" : "rw-p", 5);
	m.anonymous = (v >> 48) << 12;
	m.lazyfree = place & 16 ? m.anonymous / 2 : 0;
	m.noreserve = place & 32;
	m.inode = m.name[0] == '/';
	if (cgm_go_mappings_add(&m, all) == 0 && m.end > m.start)
		*total += m.anonymous;
}

static void take_records(const uint8_t *data, size_t size, struct memory *m,
			 struct cgm_go_mappings *all, uint64_t *total)
{
	for (; size >= RECORD; data += RECORD, size -= RECORD) {
		uint16_t place;
		uint64_t v;

		memcpy(&place, data, sizeof place);
		memcpy(&v, data + sizeof place, sizeof v);
		if (place & MAPPINGS)
			add_mapping(all, place, v, total);
		else
			m->v[place % WORDS] = v;
	}
}

static void check_runtime(const struct cgm_go_process *p, bool quiet, struct cgm_go *g)
{
	const struct cgm_go_layout *l = cgm_go_layout_of(p->image);
	struct cgm_go_place place = {0};
	struct cgm_go_figures f;
	int r = cgm_go_locate(p, &place);

	check(r == 0 || (!place.gc_controller && !place.memstats));
	if (r < 0)
		return;
	check(!quiet ||
	      (cgm_go_figures_read(p, l, &place, &f) == 0 && cgm_go_figures_tear(l, &f) == 0));
	r = cgm_go_runtime_read(p, &place, g);
	check(r == 0 || r == -EAGAIN);
	if (r == 0) {
		check(g->stat[CGM_GO_HEAP_SYS].v >= g->stat[CGM_GO_HEAP_INUSE].v);
		check(g->stat[CGM_GO_HEAP_IDLE].v >= g->stat[CGM_GO_HEAP_RELEASED].v);
		check(cgm_go_arena_bytes(g) >= g->stat[CGM_GO_HEAP_SYS].v);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct memory m;
	struct cgm_go_image image = {.machine = EM_X86_64, .zero = {START, sizeof m.v}};
	struct cgm_go_process p = {.mem = {read_memory, &m}, .image = &image};
	struct cgm_go_mappings *all = NULL;
	struct cgm_go g = {0};
	const struct cgm_go_resident *r = &g.resident;
	uint64_t total = 0;

	if (size < 4 || cgm_go_mappings_new(&all) < 0)
		return 0;
	memset(&m, 0, sizeof m);
	image.minor = data[0];
	image.cgo = data[1] & 1;
	m.every = data[1] >> 1;
	m.torn = data[2] | (size_t)data[3] << 8;
	take_records(data + 4, size - 4, &m, all, &total);
	check_runtime(&p, !m.every, &g);
	cgm_go_resident_make(all, &image, &g);
	check(r->arenas + r->arenas_lazyfree + r->runtime + r->off_heap + r->off_heap_lazyfree +
		      r->program ==
	      total);
	(void)cgm_go_in_arena(all, m.v[0]);
	cgm_go_mappings_free(all);
	return 0;
}
