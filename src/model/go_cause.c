/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "model/go_cause.h"

#include "base/banned.h"

/* What fits is said once, in the first cause that is shown. */
static bool was_said(const struct cgm_rules *r, const char *text)
{
	for (size_t i = 0; i < r->before->n; i++)
		if (strstr(r->before->v[i].advice, text))
			return true;
	return false;
}

void cgm_go_cause_start(const struct cgm_rules *r, const struct cgm_finding *f,
			enum cgm_child_id child, struct cgm_go_cause *c)
{
	char most[CGM_TEXT_MAX], name[CGM_GO_TEXT];
	struct cgm_go_sums sums;
	uint64_t bytes;
	size_t n;

	*c = (struct cgm_go_cause){.s = r->s};
	cgm_go_sums_make(r->s, &sums);
	c->several = sums.n > 1;
	c->none_large = sums.none_large;
	c->g = cgm_go_largest(r->s, child, &bytes, &n);
	cgm_human_bytes(c->n, f->bytes.v);
	(void)cgm_target_text(c->target, r->s);
	if (!c->g) {
		(void)snprintf(c->who, sizeof c->who, "a Go program");
		return;
	}
	(void)cgm_go_process_text(name, c->g);
	if (was_said(r, cgm_go_fit_text(c->fit, r, c->g)))
		c->fit[0] = '\0';
	cgm_human_bytes(most, cgm_min_u64(bytes, f->bytes.v));
	if (n > 1)
		(void)snprintf(c->who, sizeof c->who,
			       c->none_large ? "%zu Go programs, none large (most, %s, in %.200s)"
					     : "%zu Go programs, %s of it in %.200s",
			       n, most, name);
	else
		(void)snprintf(c->who, sizeof c->who, "%.280s", name);
}

void cgm_go_cause_locked(const struct cgm_rules *r, struct cgm_finding *f)
{
	uint64_t locked = cgm_go_locked(r->s, f->bytes.v);
	size_t len = strlen(f->summary);
	char n[CGM_TEXT_MAX];

	for (int i = CGM_CAUSE_GO_HEAP; i <= CGM_CAUSE_OFF_HEAP; i++)
		if (r->p.bytes[i] > f->bytes.v)
			return;
	if (!locked || len + 100 > sizeof f->summary)
		return;
	cgm_evidence_value(f, &r->s->now, CGM_UNEVICTABLE);
	(void)snprintf(f->summary + len, sizeof f->summary - len,
		       " Of it %s is locked (mlock): it cannot be swapped.",
		       cgm_human_bytes(n, locked));
}

static const struct {
	enum cgm_go_stat stat;
	const char *unit;
} stat_units[] = {
	{CGM_GO_HEAP_ALLOC, "bytes"},	 {CGM_GO_HEAP_INUSE, "bytes"},
	{CGM_GO_HEAP_IDLE, "bytes"},	 {CGM_GO_HEAP_RELEASED, "bytes"},
	{CGM_GO_NEXT_GC, "bytes"},	 {CGM_GO_NUM_GC, "count"},
	{CGM_GO_STACK_INUSE, "bytes"},	 {CGM_GO_GC_SYS, "bytes"},
	{CGM_GO_MSPAN_SYS, "bytes"},	 {CGM_GO_MCACHE_SYS, "bytes"},
	{CGM_GO_BUCK_HASH_SYS, "bytes"}, {CGM_GO_OTHER_SYS, "bytes"},
	{CGM_GO_SYS, "bytes"},
};

static struct cgm_opt stat_figure(const struct cgm_go *g, int id)
{
	return (struct cgm_opt){cgm_go_stat(g, (enum cgm_go_stat)id), g->stat[id].known};
}

struct cgm_opt cgm_go_opt_figure(const struct cgm_go *g, int id)
{
	return id == CGM_GO_HEAP_MARKED	  ? g->heap_marked
	       : id == CGM_GO_INUSE_SPACE ? g->inuse_space
					  : g->goroutines;
}

static void sum_evidence(struct cgm_finding *f, const char *name, struct cgm_opt v,
			 const char *unit)
{
	if (v.known)
		cgm_evidence(f, name, v.v, unit);
}

void cgm_go_cause_stat(struct cgm_finding *f, const struct cgm_go_cause *c, enum cgm_go_stat id)
{
	if (c->several && (id == CGM_GO_NEXT_GC || id == CGM_GO_NUM_GC))
		return;
	for (size_t i = 0; c->g && i < sizeof stat_units / sizeof *stat_units; i++)
		if (stat_units[i].stat == id)
			sum_evidence(f, cgm_go_stat_names[id],
				     cgm_go_sum(c->s, stat_figure, (int)id), stat_units[i].unit);
}

void cgm_go_cause_opt(struct cgm_finding *f, const struct cgm_go_cause *c, enum cgm_go_opt_id id)
{
	static const struct {
		const char *name, *unit;
	} names[] = {[CGM_GO_HEAP_MARKED] = {"heapMarked", "bytes"},
		     [CGM_GO_INUSE_SPACE] = {"inuse_space", "bytes"},
		     [CGM_GO_GOROUTINES] = {"goroutines", "count"}};

	if (c->g)
		sum_evidence(f, names[id].name, cgm_go_sum(c->s, cgm_go_opt_figure, (int)id),
			     names[id].unit);
}
