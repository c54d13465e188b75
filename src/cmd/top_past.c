/* SPDX-License-Identifier: Apache-2.0 */
/* What docker's figure of each container was over the last minutes. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/top.h"

#include "base/banned.h"

struct past {
	char *id;
	double bins[CGM_TOP_BINS]; /* the last one is of last_bin */
	int64_t last_bin;
	bool seen; /* in the round that is noted */
};

struct cgm_top_past {
	struct past *v;
	size_t n, cap;
};

struct cgm_top_past *cgm_top_past_new(void)
{
	return calloc(1, sizeof(struct cgm_top_past));
}

void cgm_top_past_free(struct cgm_top_past *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n; i++)
		free(p->v[i].id);
	free(p->v);
	free(p);
}

static struct past *add(struct cgm_top_past *p, const char *id)
{
	struct past *new;

	if (p->n == p->cap) {
		size_t cap = p->cap ? 2 * p->cap : 64;
		struct past *v = reallocarray(p->v, cap, sizeof *v);

		if (!v)
			return NULL;
		p->v = v;
		p->cap = cap;
	}
	new = &p->v[p->n];
	*new = (struct past){.id = strdup(id)};
	if (!new->id)
		return NULL;
	for (size_t i = 0; i < CGM_TOP_BINS; i++)
		new->bins[i] = NAN;
	p->n++;
	return new;
}

/* Rounds list their containers in much the same order: @guess is where it was the last time. */
static struct past *find(struct cgm_top_past *p, const char *id, size_t guess)
{
	if (guess < p->n && strcmp(p->v[guess].id, id) == 0)
		return &p->v[guess];
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->v[i].id, id) == 0)
			return &p->v[i];
	return add(p, id);
}

/* Moves on to @bin; a short while without figures keeps the last one. */
static void move_on(struct past *p, int64_t bin, int64_t hold_bins)
{
	double last = p->bins[CGM_TOP_BINS - 1];
	int64_t by = bin - p->last_bin;
	size_t keep;

	if (by <= 0) {
		p->last_bin = by < 0 ? bin : p->last_bin; /* the clock was set back */
		return;
	}
	keep = by < CGM_TOP_BINS ? CGM_TOP_BINS - (size_t)by : 0;
	memmove(p->bins, p->bins + CGM_TOP_BINS - keep, keep * sizeof *p->bins);
	for (size_t i = keep; i < CGM_TOP_BINS; i++)
		p->bins[i] = by <= hold_bins ? last : NAN;
	p->last_bin = bin;
}

static void forget_unseen(struct cgm_top_past *p)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].seen)
			p->v[kept++] = p->v[i];
		else
			free(p->v[i].id);
	p->n = kept;
}

int cgm_top_past_note(struct cgm_top_past *p, struct cgm_top_round *r, uint64_t hold_ms)
{
	int64_t hold_bins = (int64_t)(hold_ms / CGM_TOP_BIN_MS) + 1;

	r->bin_ms = CGM_TOP_BIN_MS;
	r->last_bin = r->time_ms / CGM_TOP_BIN_MS;
	for (size_t i = 0; i < p->n; i++)
		p->v[i].seen = false;
	for (size_t i = 0; i < r->n; i++) {
		const struct cgm_top_item *item = &r->items[i];
		struct past *one = find(p, cgm_top_text(r, item->id), i);

		if (!one)
			return -ENOMEM;
		move_on(one, r->last_bin, hold_bins);
		one->seen = true;
		if (cgm_top_has(item, CGM_SERIES_DOCKER))
			one->bins[CGM_TOP_BINS - 1] = (double)item->v[CGM_SERIES_DOCKER];
		memcpy(&r->trends[i * CGM_TOP_BINS], one->bins, sizeof one->bins);
	}
	forget_unseen(p);
	return 0;
}
