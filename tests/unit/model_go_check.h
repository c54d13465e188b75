/* SPDX-License-Identifier: Apache-2.0 */
/* One Go group at a time, and what its findings must say. */
#ifndef TESTS_MODEL_GO_CHECK_H
#define TESTS_MODEL_GO_CHECK_H

#include "model_go.h"

static struct go_case c;
static char text[1024];

/* not inlined: gcc would warn of strings that cannot be there */
static void __attribute__((noinline, unused)) has(const char *where, const char *s)
{
	if (!strstr(where, s))
		fail_msg("\"%s\" is not in: %s", s, where);
}

static void __attribute__((noinline, unused)) has_not(const char *where, const char *s)
{
	if (strstr(where, s))
		fail_msg("\"%s\" is in: %s", s, where);
}

static inline const struct cgm_finding *first(const char *id)
{
	const char *got = first_cause(&c.c);

	check_sums(&c.c.b);
	if (strcmp(got, id) != 0)
		fail_msg("the first cause is %s: %s", got, c.c.f->v[0].summary);
	return &c.c.f->v[0];
}

static inline const char *verdict(void)
{
	case_explain(&c.c);
	assert_int_equal(cgm_verdict_make(&c.c.s, &c.c.b, c.c.f, text, sizeof text), 0);
	assert_true(strlen(text) <= 400);
	return text;
}

/* UINT64_MAX: there is no such evidence. */
static inline void evidence(size_t finding, const char *name, uint64_t value)
{
	const struct cgm_finding *f = &c.c.f->v[finding];
	uint64_t got = UINT64_MAX;

	for (size_t i = 0; i < f->n_evidence; i++)
		if (!strcmp(f->evidence[i].name, name))
			got = f->evidence[i].value;
	assert_int_equal(got, value);
}

static inline struct cgm_go *start(int version)
{
	memset(&c, 0, sizeof c);
	return go_start(&c, version, "web");
}

static inline void limit(uint64_t bytes)
{
	cgm_set(&c.c.s.now, CGM_LIMIT, bytes);
	if (c.c.s.version == 1)
		cgm_set(&c.c.s.now, CGM_HIERARCHICAL_LIMIT, bytes);
}

static inline void live(struct cgm_go *g, uint64_t n)
{
	go_live(&c, g, n);
}

static inline void idle(struct cgm_go *g, uint64_t n)
{
	go_idle(&c, g, n);
}

static inline void garbage(struct cgm_go *g, uint64_t n)
{
	go_fresh(&c, g, n);
}

/* THP=always, after the scavenger: charged, unmapped, in no RSS. */
static inline void scavenged_thp(struct cgm_go *g, uint64_t n)
{
	plus(&c.c, CGM_INACTIVE_ANON, n);
	plus(&c.c, CGM_CHARGED, n);
	cgm_set(&c.c.s.now, CGM_SWAPCACHED, 0);
	go_add(g, CGM_GO_HEAP_IDLE, n);
	go_add(g, CGM_GO_HEAP_RELEASED, n);
	g->resident.arenas_huge = g->resident.huge = 2 * MIB;
	go_proc(&c, g)->thp = opt(2 * MIB);
}

static inline void read_twice(struct cgm_go *g, uint64_t n)
{
	(void)g;
	plant(&c.c, CGM_FILE_CACHE, CGM_ACTIVE_FILE, n);
}

#endif
