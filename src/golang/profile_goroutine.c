/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "golang/groups.h"
#include "golang/profile_parts.h"
#include "base/banned.h"

#define WORDS_MAX ((size_t)8 << 20) /* of all stacks that differ */

/* Goroutines with the same stack, state and creator. */
struct kind {
	uint64_t count, hash, gopc;
	unsigned status, reason;
	size_t first, n; /* its stack among the words */
	bool main;	 /* the program's first goroutine */
};

struct kinds {
	struct cgm_profile *b;
	const struct cgm_stack_reader *reader;
	const struct cgm_go_layout *l;
	struct kind *v;
	size_t n, room;
	uint32_t *index; /* places in @v plus 1 */
	uint64_t *words;
	size_t n_words, words_room;
};

static uint64_t hash_of(const struct kind *k, const uint64_t *pcs)
{
	uint64_t h = k->gopc ^ (uint64_t)k->status << 56 ^ (uint64_t)k->reason << 48;

	for (size_t i = 0; i < k->n; i++)
		h = (h ^ pcs[i]) * UINT64_C(0x9e3779b97f4a7c15) ^ h >> 31;
	return h;
}

static uint32_t *slot_of(const struct kinds *s, const struct kind *key, const uint64_t *pcs)
{
	size_t mask = 2 * s->room - 1, i = (size_t)(key->hash >> 7) & mask;

	for (; s->index[i]; i = (i + 1) & mask) {
		const struct kind *k = &s->v[s->index[i] - 1];

		if (k->hash == key->hash && k->gopc == key->gopc && k->status == key->status &&
		    k->reason == key->reason && k->n == key->n &&
		    (!k->n || !memcmp(s->words + k->first, pcs, k->n * sizeof *pcs)))
			break;
	}
	return &s->index[i];
}

static int grow(struct kinds *s)
{
	size_t room = s->room ? s->room * 2 : 64;
	struct kind *v;
	uint32_t *index;

	if (s->n < s->room)
		return 0;
	v = realloc(s->v, room * sizeof *v);
	if (!v)
		return -ENOMEM;
	s->v = v;
	index = calloc(2 * room, sizeof *index);
	if (!index)
		return -ENOMEM;
	free(s->index);
	s->index = index;
	s->room = room;
	for (size_t i = 0; i < s->n; i++)
		*slot_of(s, &s->v[i], s->words + s->v[i].first) = (uint32_t)i + 1;
	return 0;
}

static int keep_stack(struct kinds *s, const uint64_t *pcs, size_t n)
{
	if (s->n_words + n > s->words_room) {
		size_t room = s->words_room ? s->words_room * 2 : 4096;
		uint64_t *w = room > WORDS_MAX ? NULL : realloc(s->words, room * sizeof *w);

		if (!w)
			return room > WORDS_MAX ? -E2BIG : -ENOMEM;
		s->words = w;
		s->words_room = room;
	}
	if (n)
		memcpy(s->words + s->n_words, pcs, n * sizeof *pcs);
	s->n_words += n;
	return 0;
}

static int see(const struct cgm_g *g, void *arg)
{
	struct kinds *s = arg;
	uint64_t *pcs = s->b->pcs;
	const char *start;
	struct kind key;
	uint32_t *slot;
	int r = grow(s);

	if (r || !g || !cgm_g_alive(g->status))
		return r;
	start = g->startpc ? cgm_functab_name(s->b->t, g->startpc) : NULL;
	if (start && cgm_g_is_system(start))
		return 0;
	key = (struct kind){.gopc = g->gopc, .status = g->status, .first = s->n_words};
	key.main = start && !strcmp(start, "runtime.main");
	if (g->status == CGM_G_WAITING || g->status == CGM_G_LEAKED)
		key.reason = g->reason;
	key.n = cgm_stack_walk(s->reader, g, pcs, CGM_STACK_FRAMES_MAX, false);
	if (!key.n && g->startpc) /* it runs: what it was started with is all that is known */
		pcs[key.n++] = g->startpc;
	key.hash = hash_of(&key, pcs);
	slot = slot_of(s, &key, pcs);
	if (!*slot) {
		r = keep_stack(s, pcs, key.n);
		if (r)
			return r;
		s->v[s->n] = key;
		*slot = (uint32_t)++s->n;
	}
	s->v[*slot - 1].count++;
	return 0;
}

static int compare_count(const void *va, const void *vb)
{
	const struct kind *a = va, *b = vb;

	if (a->count != b->count)
		return a->count < b->count ? 1 : -1;
	return (a->first > b->first) - (a->first < b->first);
}

static int write_kinds(struct kinds *s)
{
	if (s->n)
		qsort(s->v, s->n, sizeof *s->v, compare_count);
	for (size_t i = 0; i < s->n; i++) {
		const struct kind *k = &s->v[i];
		/* who started the first goroutine is assembly that nobody wrote a `go` in */
		const char *by = k->main ? NULL : cgm_functab_name(s->b->t, k->gopc - 1);
		struct cgm_proto_label labels[2] = {
			{"state", cgm_g_state(s->l, k->status, k->reason), 0},
			{"created by", by, 0},
		};
		size_t n = cgm_profile_locations(s->b, s->words + k->first, k->n);

		cgm_proto_sample(s->b->proto, s->b->locations, n, &k->count, 1, labels, by ? 2 : 1);
		if (cgm_proto_size(s->b->proto) > CGM_PROFILE_BYTES_MAX)
			return -EFBIG;
	}
	return 0;
}

int cgm_profile_goroutines(struct cgm_profile *b, const struct cgm_go_place *place)
{
	CGM_CLEANUP(cgm_allgs_clear) struct cgm_allgs all = {0};
	CGM_CLEANUP(cgm_stack_reader_clear) struct cgm_stack_reader reader = {0};
	struct kinds s = {.b = b};
	int r;

	s.l = cgm_go_layout_of(b->p->image);
	if (!s.l)
		return -EOPNOTSUPP;
	if (cgm_stack_reader_init(&reader, b->p, b->t))
		return -ENOMEM;
	s.reader = &reader;
	if (!place->allgs)
		return -ENOENT;
	cgm_proto_period(b->proto, "goroutine", "count", 1);
	cgm_proto_sample_type(b->proto, "goroutine", "count");
	r = cgm_allgs_read(b->p, place->allgs, &all);
	if (!r)
		r = cgm_allgs_each(b->p, &all, see, &s);
	if (!r)
		r = write_kinds(&s);
	free(s.v);
	free(s.index);
	free(s.words);
	return r;
}
