/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "golang/groups.h"
#include "golang/profile_parts.h"
#include "base/banned.h"

#define WORDS_MAX ((size_t)8 << 20) /* of all stacks that differ */

/* Goroutines with the same stack, state and creator. */
struct kind {
	uint64_t count, gopc;
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
	struct cgm_hash places; /* in @v, plus 1 */
	uint64_t *words;
	size_t n_words, words_room;
};

static uint64_t hash_of(const struct kind *k, const uint64_t *pcs)
{
	uint64_t h = cgm_hash_mix(k->gopc, (uint64_t)k->status << 32 | k->reason);

	for (size_t i = 0; i < k->n; i++)
		h = cgm_hash_mix(h, pcs[i]);
	return h;
}

struct wanted {
	const struct kinds *s;
	const struct kind *key;
	const uint64_t *pcs;
};

static bool is_wanted(uint64_t place, const void *arg)
{
	const struct wanted *w = arg;
	const struct kind *a = &w->s->v[place - 1], *b = w->key;

	return a->gopc == b->gopc && a->status == b->status && a->reason == b->reason &&
	       a->n == b->n &&
	       (!a->n || !memcmp(w->s->words + a->first, w->pcs, a->n * sizeof *w->pcs));
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

static int add_new(struct kinds *s, const struct kind *key, uint64_t hash, const uint64_t *pcs)
{
	int r = keep_stack(s, pcs, key->n);

	if (r)
		return r;
	if (s->n == s->room) {
		size_t room = s->room ? s->room * 2 : 64;
		struct kind *v = realloc(s->v, room * sizeof *v);

		if (!v)
			return -ENOMEM;
		s->v = v;
		s->room = room;
	}
	if (cgm_hash_add(&s->places, hash, s->n + 1))
		return -ENOMEM;
	s->v[s->n++] = *key;
	return 0;
}

static int see(const struct cgm_g *g, void *arg)
{
	struct kinds *s = arg;
	uint64_t *pcs = s->b->pcs, hash, place;
	const char *start;
	struct kind key;

	if (!g || !cgm_g_alive(g->status))
		return 0;
	start = g->startpc ? cgm_functab_name(s->b->t, g->startpc) : NULL;
	if (start && cgm_g_is_system(start))
		return 0;
	key = (struct kind){.count = 1, .gopc = g->gopc, .status = g->status, .first = s->n_words};
	key.main = start && !strcmp(start, "runtime.main");
	if (g->status == CGM_G_WAITING || g->status == CGM_G_LEAKED)
		key.reason = g->reason;
	key.n = cgm_stack_walk(s->reader, g, pcs, CGM_STACK_FRAMES_MAX, false);
	if (!key.n && g->startpc) /* it runs: what it was started with is all that is known */
		pcs[key.n++] = g->startpc;
	hash = hash_of(&key, pcs);
	place = cgm_hash_get(&s->places, hash, is_wanted, &(struct wanted){s, &key, pcs});
	if (!place)
		return add_new(s, &key, hash, pcs);
	s->v[place - 1].count++;
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
	cgm_hash_clear(&s.places);
	free(s.words);
	return r;
}
