/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/inspect_wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collect/inspect_fields.h"

#include "base/banned.h"

#define PROFILE_PIECE ((size_t)64 << 10)
#define TROUBLES_EACH CGM_STEP_COUNT

struct head {
	uint32_t tag, len;
};

/* ---- writing ---- */

static void put_head(struct cgm_buf *b, enum cgm_wire_tag tag, size_t len)
{
	const struct head h = {.tag = tag, .len = (uint32_t)len};

	cgm_buf_add(b, &h, sizeof h);
}

static void put(struct cgm_buf *b, enum cgm_wire_tag tag, const void *object)
{
	put_head(b, tag, cgm_wire_size(tag));
	cgm_wire_put_fields(b, tag, object);
}

void cgm_wire_put_process(struct cgm_buf *b, const struct cgm_wire_process *p)
{
	put(b, CGM_WIRE_PROCESS, p);
}

void cgm_wire_put_kinds(struct cgm_buf *b, const struct cgm_wire_kinds *k)
{
	put(b, CGM_WIRE_KINDS, k);
}

void cgm_wire_put_go(struct cgm_buf *b, const struct cgm_wire_go *g)
{
	put(b, CGM_WIRE_GO, g);
	for (size_t i = 0; i < g->go.n_groups && i < CGM_GO_GROUPS_MAX; i++)
		put(b, CGM_WIRE_GROUP, &g->go.groups[i]);
	for (size_t i = 0; i < g->go.n_sites && i < CGM_GO_SITES_MAX; i++)
		put(b, CGM_WIRE_SITE, &g->go.sites[i]);
}

void cgm_wire_put_place(struct cgm_buf *b, const struct cgm_wire_place *p)
{
	put(b, CGM_WIRE_PLACE, p);
}

void cgm_wire_put_trouble(struct cgm_buf *b, const struct cgm_wire_trouble *t)
{
	put(b, CGM_WIRE_TROUBLE, t);
}

void cgm_wire_put_profile(struct cgm_buf *b, const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		size_t piece = len < PROFILE_PIECE ? len : PROFILE_PIECE;

		put_head(b, CGM_WIRE_PROFILE, piece);
		cgm_buf_add(b, p, piece);
		p += piece;
		len -= piece;
	}
}

void cgm_wire_put_done(struct cgm_buf *b)
{
	put_head(b, CGM_WIRE_DONE, 0);
}

/* ---- reading ---- */

struct reader {
	const uint8_t *at;
	size_t left;
	size_t n_asked;
	struct cgm_wire_answer a;
	size_t at_process; /* how far told_go() has come */
	/* Of the array by tag; groups' and sites' are those of the latest Go program. */
	size_t room[CGM_WIRE_DONE + 1];
};

/*
 * Appends a zeroed element of @size to the array and fills it from the record. -ERANGE: it is
 * there, with some of its sizes lost.
 */
static int get_record(struct reader *r, enum cgm_wire_tag tag, void *array, size_t size,
		      size_t *count, size_t max)
{
	void *v, *more, *object;
	int err;

	memcpy(&v, array, sizeof v);
	if (*count >= max)
		return -EBADMSG;
	if (*count >= r->room[tag]) {
		size_t room = r->room[tag] ? 2 * r->room[tag] : 16;

		more = reallocarray(v, room, size);
		if (!more)
			return -ENOMEM;
		v = more;
		memcpy(array, &v, sizeof v);
		r->room[tag] = room;
	}
	object = (char *)v + *count * size;
	memset(object, 0, size);
	err = cgm_wire_get_fields(r->at, tag, object);
	if (err == 0 || err == -ERANGE)
		(*count)++;
	return err;
}

#define GET(r, tag, array, count, max) get_record(r, tag, &(array), sizeof *(array), &(count), max)

/* Processes come in the order of the list. */
static bool in_order(uint32_t index, bool first, uint32_t before, size_t n_asked)
{
	return index < n_asked && (first || index > before);
}

static int get_process(struct reader *r)
{
	struct cgm_wire_answer *a = &r->a;
	size_t n = a->n_procs;
	int err = GET(r, CGM_WIRE_PROCESS, a->procs, a->n_procs, r->n_asked);

	if (err < 0)
		return err;
	if (!in_order(a->procs[n].index, n == 0, n ? a->procs[n - 1].index : 0, r->n_asked) ||
	    (a->procs[n].go && !a->procs[n].go_known))
		return -EBADMSG;
	return 0;
}

static int get_kinds(struct reader *r)
{
	struct cgm_wire_answer *a = &r->a;
	size_t n = a->n_kinds;
	int err = GET(r, CGM_WIRE_KINDS, a->kinds, a->n_kinds, r->n_asked);

	if (err < 0 && err != -ERANGE)
		return err;
	if (!in_order(a->kinds[n].index, n == 0, n ? a->kinds[n - 1].index : 0, r->n_asked))
		return -EBADMSG;
	if (err < 0)
		a->kinds[n].kinds = (struct cgm_anon_by_kind){0};
	return 0;
}

/* Both lists ascend. */
static bool told_go(struct reader *r, uint32_t index)
{
	const struct cgm_wire_answer *a = &r->a;

	while (r->at_process < a->n_procs && a->procs[r->at_process].index < index)
		r->at_process++;
	return r->at_process < a->n_procs && a->procs[r->at_process].index == index &&
	       a->procs[r->at_process].go;
}

/* What is resident is a whole; of a HeapAlloc whose bound is not known nothing is. */
static void drop_odd(struct cgm_go *g)
{
	g->resident = (struct cgm_go_resident){0};
	g->span_buffers = 0;
	if (!g->bound)
		g->stat[CGM_GO_HEAP_ALLOC] = (struct cgm_opt){0};
}

static int get_go(struct reader *r)
{
	struct cgm_wire_answer *a = &r->a;
	size_t n = a->n_go;
	int err = GET(r, CGM_WIRE_GO, a->go, a->n_go, r->n_asked);

	if (err < 0 && err != -ERANGE)
		return err;
	r->room[CGM_WIRE_GROUP] = r->room[CGM_WIRE_SITE] = 0;
	if (!in_order(a->go[n].index, n == 0, n ? a->go[n - 1].index : 0, r->n_asked) ||
	    !told_go(r, a->go[n].index))
		return -EBADMSG;
	if (err < 0)
		drop_odd(&a->go[n].go);
	return 0;
}

/* One of many with a size that is none is left out. */
static int left_out(int err, size_t *count)
{
	if (err != -ERANGE)
		return err;
	--*count;
	return 0;
}

static int get_group(struct reader *r)
{
	struct cgm_go *g = r->a.n_go ? &r->a.go[r->a.n_go - 1].go : NULL;

	if (!g)
		return -EBADMSG;
	return left_out(GET(r, CGM_WIRE_GROUP, g->groups, g->n_groups, CGM_GO_GROUPS_MAX),
			&g->n_groups);
}

static int get_site(struct reader *r)
{
	struct cgm_go *g = r->a.n_go ? &r->a.go[r->a.n_go - 1].go : NULL;

	if (!g)
		return -EBADMSG;
	return left_out(GET(r, CGM_WIRE_SITE, g->sites, g->n_sites, CGM_GO_SITES_MAX), &g->n_sites);
}

static int get_place(struct reader *r)
{
	return GET(r, CGM_WIRE_PLACE, r->a.places, r->a.n_places, r->n_asked);
}

static int get_trouble(struct reader *r)
{
	struct cgm_wire_answer *a = &r->a;
	size_t n = a->n_troubles;
	int err = GET(r, CGM_WIRE_TROUBLE, a->troubles, a->n_troubles, r->n_asked * TROUBLES_EACH);

	if (err < 0)
		return err;
	return a->troubles[n].index < r->n_asked && a->troubles[n].code ? 0 : -EBADMSG;
}

static int (*const getters[CGM_WIRE_PROFILE])(struct reader *r) = {
	[CGM_WIRE_PROCESS] = get_process, [CGM_WIRE_KINDS] = get_kinds,
	[CGM_WIRE_GO] = get_go,		  [CGM_WIRE_GROUP] = get_group,
	[CGM_WIRE_SITE] = get_site,	  [CGM_WIRE_PLACE] = get_place,
	[CGM_WIRE_TROUBLE] = get_trouble,
};

static int get_any(struct reader *r, const struct head *h)
{
	if (h->tag == CGM_WIRE_DONE) {
		r->a.done = true;
		return 0;
	}
	if (h->tag == CGM_WIRE_PROFILE) {
		cgm_buf_add(&r->a.profile, r->at, h->len);
		return r->a.profile.failed ? -ENOMEM : 0;
	}
	return getters[h->tag](r);
}

/* Whether a record of that tag can have that length. */
static bool head_fits(const struct head *h)
{
	if (h->tag == CGM_WIRE_PROFILE)
		return h->len && h->len <= PROFILE_PIECE;
	return h->tag != CGM_WIRE_NONE && h->tag <= CGM_WIRE_DONE &&
	       h->len == cgm_wire_size((enum cgm_wire_tag)h->tag);
}

int cgm_wire_read(const void *data, size_t len, size_t n_asked, struct cgm_wire_answer *ret)
{
	struct reader r = {.at = data, .left = len, .n_asked = n_asked};
	int err = 0;

	while (err == 0 && r.left && !r.a.done) {
		struct head h;

		if (r.left < sizeof h)
			break;
		memcpy(&h, r.at, sizeof h);
		if (!head_fits(&h)) {
			err = -EBADMSG;
			break;
		}
		if (r.left - sizeof h < h.len)
			break;
		r.at += sizeof h;
		err = get_any(&r, &h);
		r.at += h.len;
		r.left -= sizeof h + h.len;
	}
	if (err == 0 && r.a.done && r.left)
		err = -EBADMSG;
	if (err < 0) {
		cgm_wire_answer_clear(&r.a);
		return err;
	}
	*ret = r.a;
	return 0;
}

void cgm_wire_answer_clear(struct cgm_wire_answer *a)
{
	for (size_t i = 0; i < a->n_go; i++)
		cgm_go_clear(&a->go[i].go);
	free(a->procs);
	free(a->kinds);
	free(a->go);
	free(a->places);
	free(a->troubles);
	cgm_buf_free(&a->profile);
	*a = (struct cgm_wire_answer){0};
}
