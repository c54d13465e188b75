/* SPDX-License-Identifier: Apache-2.0 */
#include "golang/sites.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "base/units.h"
#include "golang/elf.h"
#include "golang/memprofile.h"
#include "golang/names.h"
#include "base/banned.h"

#define PIECE	  ((size_t)64 << 10)
#define SCAN_MAX  ((uint64_t)64 << 20)
#define TRY_MAX	  65536
#define SITES_MAX 65536 /* functions; programs have fewer that allocate */

static int compare_down(const void *va, const void *vb)
{
	const struct cgm_go_range *a = va, *b = vb;

	return (a->len < b->len) - (a->len > b->len);
}

static bool verify(const struct cgm_go_process *p, uint64_t addr)
{
	uint8_t b[8];

	return addr && !p->mem.read(p->mem.ctx, addr + p->bias, b, sizeof b) && cgm_le64(b) &&
	       cgm_memprofile_plausible(p, cgm_le64(b));
}

/* All words that may point somewhere, as pairs of place (start) and value (len). */
static int pointers_of(const struct cgm_go_process *p, struct cgm_go_range range,
		       struct cgm_go_range *v, size_t *n)
{
	CGM_AUTO_FREE uint8_t *buf = malloc(PIECE);
	uint64_t at = (range.start + 7) & ~UINT64_C(7),
		 end = range.start + (range.len < SCAN_MAX ? range.len : SCAN_MAX),
		 self = p->bias + p->image->text.start, self_end = p->bias + end;

	if (!buf)
		return -ENOMEM;
	for (; at + 8 <= end && *n < TRY_MAX; at += PIECE) {
		size_t len = end - at < PIECE ? (size_t)(end - at) : PIECE;
		int r = p->mem.read(p->mem.ctx, at + p->bias, buf, len);

		if (r)
			return r;
		for (size_t i = 0; i + 8 <= len && *n < TRY_MAX; i += 8) {
			uint64_t w = cgm_le64(buf + i);

			/* records are in memory of the runtime's own, outside the program's image
			 */
			if (w >> 20 && w < UINT64_C(1) << 56 && w % 8 == 0 &&
			    (w < self || w >= self_end))
				v[(*n)++] = (struct cgm_go_range){at + i, w};
		}
	}
	return 0;
}

/* What the runtime maps for itself lies high: such words are tried first. */
static int scan(const struct cgm_go_process *p, struct cgm_go_range range, uint64_t *ret)
{
	CGM_AUTO_FREE struct cgm_go_range *v = calloc(TRY_MAX, sizeof *v);
	size_t n = 0;
	int r;

	if (!v)
		return -ENOMEM;
	r = pointers_of(p, range, v, &n);
	if (r)
		return r;
	qsort(v, n, sizeof *v, compare_down);
	for (size_t i = 0; i < n; i++) {
		if (i && v[i].len == v[i - 1].len)
			continue;
		if (cgm_memprofile_plausible(p, v[i].len)) {
			*ret = v[i].start;
			return 0;
		}
	}
	return -ENOENT;
}

/*
 * The linker turns the profile off where nothing can ask for it (cmd/link/internal/ld/lib.go: by
 * runtime.MemProfile, from Go 1.23 on by what that calls). What was sampled before the program's
 * start set the rate to 0 is no profile.
 */
static bool keeps_profile(struct cgm_functab *t)
{
	return cgm_functab_has(t, "runtime.MemProfile") ||
	       cgm_functab_has(t, "runtime.memProfileInternal");
}

int cgm_sites_locate(const struct cgm_go_process *p, struct cgm_functab *t,
		     struct cgm_go_place *place)
{
	const struct cgm_go_image *m = p->image;
	struct cgm_go_range range = m->bss.len ? m->bss : m->zero;
	int r;

	if (!cgm_go_version_known(m))
		return -EOPNOTSUPP;
	if (!keeps_profile(t)) {
		place->mbuckets = 0;
		return -ENOENT;
	}
	if (m->mbuckets) {
		place->mbuckets = m->mbuckets;
		return 0;
	}
	if (verify(p, place->mbuckets))
		return 0;
	place->mbuckets = 0;
	/* until Go 1.19 it was no pointer for the garbage collector */
	r = scan(p, m->minor < 20 && m->noptrbss.len ? m->noptrbss : range, &place->mbuckets);
	return r == -ENOENT && m->minor < 20 && m->noptrbss.len ? scan(p, range, &place->mbuckets)
								: r;
}

struct site {
	const char *function; /* of the function table: the same pointer for the same name */
	uint64_t inuse_bytes, inuse_objects, alloc_bytes;
};

struct sum {
	struct cgm_functab *t;
	uint64_t rate, inuse, alloc;
	struct site *v;
	size_t n, room;
	struct cgm_hash places; /* in @v, plus 1, by the name's address */
};

/* NULL in @ret_site: there are too many, and this would be one more. 0 or -ENOMEM. */
static int site_of(struct sum *s, const char *function, struct site **ret_site)
{
	uint64_t key = (uintptr_t)function, place = cgm_hash_get(&s->places, key, NULL, NULL);

	*ret_site = place ? &s->v[place - 1] : NULL;
	if (place || s->n >= SITES_MAX)
		return 0;
	if (s->n == s->room) {
		size_t room = s->room ? s->room * 2 : 512;
		struct site *v = realloc(s->v, room * sizeof *v);

		if (!v)
			return -ENOMEM;
		s->v = v;
		s->room = room;
	}
	if (cgm_hash_add(&s->places, key, s->n + 1))
		return -ENOMEM;
	s->v[s->n] = (struct site){.function = function};
	*ret_site = &s->v[s->n++];
	return 0;
}

/* The innermost call that runtime/pprof shows, as `go tool pprof -top` counts it. */
static const char *function_of(struct sum *s, const struct cgm_mem_record *m)
{
	size_t i = cgm_memprofile_hidden(s->t, m);
	const char *name = i < m->n_pcs ? cgm_functab_innermost(s->t, m->pcs[i] - 1) : NULL;

	return name ? name : "";
}

static int see(const struct cgm_mem_record *m, void *arg)
{
	struct sum *s = arg;
	uint64_t objects, bytes, all, all_bytes;
	struct site *site;
	int r;

	cgm_memprofile_scale(m->allocs, m->alloc_bytes, s->rate, &all, &all_bytes);
	cgm_memprofile_scale(cgm_sub_sat(m->allocs, m->frees),
			     cgm_sub_sat(m->alloc_bytes, m->free_bytes), s->rate, &objects, &bytes);
	if (!all_bytes && !bytes)
		return 0;
	s->inuse = cgm_add_sat(s->inuse, bytes);
	s->alloc = cgm_add_sat(s->alloc, all_bytes);
	r = site_of(s, function_of(s, m), &site);
	if (r || !site)
		return r; /* the totals are right all the same */
	site->inuse_bytes = cgm_add_sat(site->inuse_bytes, bytes);
	site->inuse_objects = cgm_add_sat(site->inuse_objects, objects);
	site->alloc_bytes = cgm_add_sat(site->alloc_bytes, all_bytes);
	return 0;
}

static int compare_sites(const void *va, const void *vb)
{
	const struct site *a = va, *b = vb;

	if (a->inuse_bytes != b->inuse_bytes)
		return a->inuse_bytes < b->inuse_bytes ? 1 : -1;
	if (a->alloc_bytes != b->alloc_bytes)
		return a->alloc_bytes < b->alloc_bytes ? 1 : -1;
	return strcmp(a->function, b->function);
}

static int take_sites(struct sum *s, struct cgm_go *ret)
{
	size_t n = s->n < CGM_GO_SITES_MAX ? s->n : CGM_GO_SITES_MAX;
	struct cgm_go_site *v = calloc(n + 1, sizeof *v);

	if (!v)
		return -ENOMEM;
	if (s->n)
		qsort(s->v, s->n, sizeof *s->v, compare_sites);
	for (size_t i = 0; i < n; i++) {
		cgm_go_name(v[i].function, s->v[i].function);
		v[i].inuse_bytes = s->v[i].inuse_bytes;
		v[i].inuse_objects = s->v[i].inuse_objects;
		v[i].alloc_bytes = s->v[i].alloc_bytes;
	}
	free(ret->sites);
	ret->sites = v;
	ret->n_sites = n;
	ret->inuse_space = (struct cgm_opt){s->inuse, true};
	ret->alloc_space = (struct cgm_opt){s->alloc, true};
	return 0;
}

int cgm_sites_read(const struct cgm_go_process *p, const struct cgm_go_place *place,
		   struct cgm_functab *t, struct cgm_go *ret)
{
	struct sum s = {.t = t, .rate = cgm_memprofile_rate(p)};
	int r = cgm_memprofile_each(p, place, see, &s);

	if (!r)
		r = take_sites(&s, ret);
	free(s.v);
	cgm_hash_clear(&s.places);
	return r;
}
