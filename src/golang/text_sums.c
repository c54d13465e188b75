/* SPDX-License-Identifier: Apache-2.0 */
#include "golang/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

#define FIRST_CAP 256
/* Distinct functions; the largest programs have that many altogether. */
#define NAMES_MAX ((size_t)1 << 17)

static int compare_spans(const struct cgm_span *a, const struct cgm_span *b)
{
	int r = memcmp(a->s, b->s, a->len < b->len ? a->len : b->len);

	return r ? r : (a->len > b->len) - (a->len < b->len);
}

static int by_name(const void *a, const void *b)
{
	const struct cgm_sum *x = a, *y = b;

	return compare_spans(&x->name, &y->name);
}

static int by_size(const void *a, const void *b)
{
	const struct cgm_sum *x = a, *y = b;

	if (x->v[0] != y->v[0])
		return x->v[0] > y->v[0] ? -1 : 1;
	if (x->v[2] != y->v[2])
		return x->v[2] > y->v[2] ? -1 : 1;
	return compare_spans(&x->name, &y->name);
}

/* Makes one of those that have the same name. */
static int merge(struct cgm_sums *s)
{
	size_t kept = 0;

	if (s->n)
		qsort(s->v, s->n, sizeof *s->v, by_name);
	for (size_t i = 0; i < s->n; i++) {
		struct cgm_sum *last = kept ? &s->v[kept - 1] : NULL;

		if (!last || compare_spans(&last->name, &s->v[i].name) != 0) {
			s->v[kept++] = s->v[i];
			continue;
		}
		for (size_t k = 0; k < CGM_SUMS; k++)
			if (__builtin_add_overflow(last->v[k], s->v[i].v[k], &last->v[k]))
				return -EBADMSG;
	}
	s->n = kept;
	return 0;
}

static int grow(struct cgm_sums *s)
{
	size_t cap = s->cap ? 2 * s->cap : FIRST_CAP;
	struct cgm_sum *v;

	if (cap > NAMES_MAX)
		return -EFBIG;
	v = reallocarray(s->v, cap, sizeof *v);
	if (!v)
		return -ENOMEM;
	s->v = v;
	s->cap = cap;
	return 0;
}

int cgm_sums_add(struct cgm_sums *s, const struct cgm_span *name, const uint64_t v[CGM_SUMS])
{
	bool full = s->n == s->cap;
	int r = full ? merge(s) : 0;

	/* at least half is free after that, so that sorting is paid for by as many additions */
	if (r == 0 && full && s->n >= s->cap / 2)
		r = grow(s);
	if (r < 0)
		return r;
	s->v[s->n].name = *name;
	memcpy(s->v[s->n++].v, v, sizeof s->v->v);
	return 0;
}

int cgm_sums_finish(struct cgm_sums *s)
{
	int r = merge(s);

	if (r == 0 && s->n)
		qsort(s->v, s->n, sizeof *s->v, by_size);
	return r;
}

void cgm_sums_clear(struct cgm_sums *s)
{
	free(s->v);
	*s = (struct cgm_sums){0};
}
