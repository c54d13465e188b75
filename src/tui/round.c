/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tui/top.h"

#include "base/banned.h"

#define ITEMS_LEAST 16

static int grow(struct cgm_top_round *r, size_t cap)
{
	struct cgm_top_item *items = reallocarray(r->items, cap, sizeof *items);
	double *trends;

	if (!items)
		return -ENOMEM;
	r->items = items;
	trends = reallocarray(r->trends, cap, CGM_TOP_BINS * sizeof *trends);
	if (!trends)
		return -ENOMEM;
	r->trends = trends;
	r->cap = cap;
	return 0;
}

struct cgm_top_round *cgm_top_round_new(size_t n)
{
	struct cgm_top_round *r = calloc(1, sizeof *r);

	if (r && grow(r, n > ITEMS_LEAST ? n : ITEMS_LEAST) < 0) {
		cgm_top_round_free(r);
		return NULL;
	}
	return r;
}

void cgm_top_round_free(struct cgm_top_round *r)
{
	if (!r)
		return;
	free(r->items);
	free(r->trends);
	cgm_buf_free(&r->text);
	free(r);
}

static size_t keep(struct cgm_top_round *r, const char *s)
{
	size_t at = r->text.len;

	if (!s)
		return CGM_TOP_NO_TEXT;
	cgm_buf_add(&r->text, s, strlen(s) + 1);
	return at;
}

struct cgm_top_item *cgm_top_round_add(struct cgm_top_round *r, const char *id, const char *name,
				       const char *project)
{
	struct cgm_top_item *i;

	if (r->n == r->cap && grow(r, 2 * r->cap) < 0)
		return NULL;
	i = &r->items[r->n];
	*i = (struct cgm_top_item){
		.id = keep(r, id), .name = keep(r, name), .project = keep(r, project), .why = "-"};
	if (r->text.failed)
		return NULL;
	for (size_t k = 0; k < CGM_TOP_BINS; k++)
		r->trends[r->n * CGM_TOP_BINS + k] = NAN;
	r->n++;
	return i;
}

const char *cgm_top_text(const struct cgm_top_round *r, size_t offset)
{
	return offset < r->text.len ? r->text.data + offset : "";
}

void cgm_top_page_free(struct cgm_top_page *p)
{
	if (!p)
		return;
	free(p->id);
	free(p->text);
	free(p);
}
