/* SPDX-License-Identifier: Apache-2.0 */
/* Whose the anonymous memory is, and what it is to each of them. */
#include "output/go.h"

#include "output/cells.h"
#include "base/banned.h"

#define TOP_PROCS 3
#define KINDS_MAX 3
/* A kind of mapping is told of from a tenth of its process, a process from a twentieth of all. */
#define KIND_SHARE 10
#define PROC_SHARE 20
#define PROC_MIN   ((uint64_t)1 << 20)

struct top {
	const struct cgm_process *v[TOP_PROCS];
	size_t n;
	uint64_t all; /* of all processes */
	size_t more;  /* processes with memory that are not in it */
	uint64_t rest;
};

static uint64_t anon_of(const struct cgm_process *p)
{
	return p->pss_anon.known ? p->pss_anon.v : p->rss_anon.known ? p->rss_anon.v : 0;
}

static const struct cgm_process *next_largest(const struct cgm_snapshot *s, const struct top *t)
{
	const struct cgm_process *best = NULL;

	for (size_t i = 0; i < s->n_procs; i++) {
		const struct cgm_process *p = &s->procs[i];
		bool seen = false;

		for (size_t k = 0; k < t->n; k++)
			seen |= t->v[k] == p;
		if (!seen && anon_of(p) && (!best || anon_of(p) > anon_of(best)))
			best = p;
	}
	return best;
}

static struct top find_top(const struct cgm_snapshot *s)
{
	const struct cgm_process *p;
	struct top t = {.n = 0};

	while (t.n < TOP_PROCS && (p = next_largest(s, &t)))
		t.v[t.n++] = p;
	for (size_t i = 0; i < s->n_procs; i++) {
		t.all = cgm_add_sat(t.all, anon_of(&s->procs[i]));
		t.more += anon_of(&s->procs[i]) > 0;
	}
	t.more -= t.n;
	t.rest = t.all;
	for (size_t i = 0; i < t.n; i++)
		t.rest = cgm_sub_sat(t.rest, anon_of(t.v[i]));
	return t;
}

static const struct cgm_go *go_of(const struct cgm_snapshot *s, const struct cgm_process *p)
{
	for (size_t i = 0; i < s->n_go; i++)
		if (s->go[i].pid == p->pid)
			return &s->go[i];
	return NULL;
}

void cgm_explain_add_processes(const struct cgm_page *p, struct cgm_buf *b,
			       const struct cgm_snapshot *s)
{
	const struct top t = find_top(s);
	char text[CGM_TEXT_MAX];

	for (size_t i = 0; i < t.n; i++)
		cgm_buf_addf(b, "%s%s (pid %jd%s) %s", i ? ", " : "by process: ", t.v[i]->comm,
			     (intmax_t)t.v[i]->pid, t.v[i]->go ? ", Go" : "",
			     cgm_page_bytes(p, text, anon_of(t.v[i])));
}

/* What the user may type to mean this target. */
static const char *typed(const struct cgm_snapshot *s, char buf[32])
{
	const struct cgm_target *t = &s->target;

	switch (t->kind) {
	case CGM_TARGET_SELF:
		return "self";
	case CGM_TARGET_PID:
	case CGM_TARGET_HOST:
		(void)snprintf(buf, 32, "pid:%jd",
			       (intmax_t)(s->n_go ? s->go[0].pid : s->procs[0].pid));
		return buf;
	case CGM_TARGET_CONTAINER:
		if (t->name || t->id)
			return t->name ? t->name : t->id;
		break;
	case CGM_TARGET_CGROUP:
		break;
	}
	return s->path ? s->path : "NAME";
}

static void add_comma(struct cgm_buf *b)
{
	if (b->len)
		cgm_buf_adds(b, ", ");
}

/* What the program is built with and set to, and how much its runtime says that it has. */
static void add_go(const struct cgm_page *p, struct cgm_buf *b, const struct cgm_go *g)
{
	static const struct {
		const char *name;
		enum cgm_go_stat stat;
	} stats[] = {{"HeapAlloc", CGM_GO_HEAP_ALLOC}, {"Sys", CGM_GO_SYS}};
	char text[CGM_TEXT_MAX];

	cgm_buf_adds(b, g->version[0] ? g->version : "Go");
	if (g->goroutines.known)
		cgm_buf_addf(b, ", %ju goroutine%s", (uintmax_t)g->goroutines.v,
			     g->goroutines.v == 1 ? "" : "s");
	for (size_t i = 0; i < sizeof stats / sizeof stats[0]; i++)
		if (g->stat[stats[i].stat].known)
			cgm_buf_addf(b, ", %s %s", stats[i].name,
				     cgm_page_bytes(p, text, g->stat[stats[i].stat].v));
	if (g->gogc.known) {
		add_comma(b);
		cgm_go_add_gogc(b, g);
	}
	if (g->gomemlimit.known) {
		add_comma(b);
		cgm_go_add_limit(p, b, g);
	}
	if (g->why[0])
		cgm_buf_addf(b, "; not read: %s", g->why);
}

static size_t largest_kind(const struct cgm_anon_by_kind *k, const bool *told, uint64_t least)
{
	size_t best = CGM_ANON_KIND_COUNT;

	for (size_t i = 0; i < CGM_ANON_KIND_COUNT; i++)
		if (!told[i] && k->bytes[i] && k->bytes[i] >= least &&
		    (best == CGM_ANON_KIND_COUNT || k->bytes[i] > k->bytes[best]))
			best = i;
	return best;
}

/* The largest kinds of mapping. */
static void add_kinds(const struct cgm_page *p, struct cgm_buf *b, const struct cgm_anon_by_kind *k)
{
	bool told[CGM_ANON_KIND_COUNT] = {false};
	uint64_t all = 0;
	char text[CGM_TEXT_MAX];

	for (size_t i = 0; i < CGM_ANON_KIND_COUNT; i++)
		all = cgm_add_sat(all, k->bytes[i]);
	for (unsigned n = 0; n < KINDS_MAX; n++) {
		size_t i = largest_kind(k, told, all / KIND_SHARE);

		if (i == CGM_ANON_KIND_COUNT)
			return;
		told[i] = true;
		add_comma(b);
		cgm_buf_addf(b, "%s %s", cgm_anon_kinds[i].title,
			     cgm_page_bytes(p, text, k->bytes[i]));
		if (i == CGM_ANON_NAMED && k->largest_name[0])
			cgm_buf_addf(b, " (%s)", k->largest_name);
		if (i == CGM_ANON_JVM_HEAP && k->jvm_heap_used.known)
			cgm_buf_addf(b, " (%s used)", cgm_page_bytes(p, text, k->jvm_heap_used.v));
	}
}

/* What is to be told of a process beside its size; nothing: it is left out. */
static void add_what(const struct cgm_page *p, struct cgm_buf *b, const struct cgm_snapshot *s,
		     const struct cgm_process *v)
{
	const struct cgm_go *g = go_of(s, v);

	cgm_buf_reset(b);
	if (g)
		add_go(p, b, g);
	else if (v->kinds.known)
		add_kinds(p, b, &v->kinds);
}

static void put_process(struct cgm_page *p, const struct cgm_process *v, const char *what)
{
	CGM_AUTO_BUF struct cgm_buf line = {0};
	char text[CGM_TEXT_MAX];

	cgm_buf_addf(&line, "%s (pid %jd) %s: %s", v->comm, (intmax_t)v->pid,
		     cgm_page_bytes(p, text, anon_of(v)), what);
	cgm_page_wrap(p, cgm_buf_str(&line), 0, 2, 0);
	p->b.failed |= line.failed;
}

static void put_rest(struct cgm_page *p, const struct cgm_snapshot *s, const struct top *t)
{
	CGM_AUTO_BUF struct cgm_buf line = {0};
	char text[CGM_TEXT_MAX], name[32];

	if (!t->more || t->rest < t->all / PROC_SHARE)
		return;
	cgm_buf_addf(&line, "%zu more, %s: cgmem procs %s", t->more,
		     cgm_page_bytes(p, text, t->rest), typed(s, name));
	cgm_page_wrap(p, cgm_buf_str(&line), 0, 2, 0);
	p->b.failed |= line.failed;
}

void cgm_explain_by_process(struct cgm_page *p, const struct cgm_explanation *e)
{
	const struct cgm_snapshot *s = e->snapshot;
	const struct top t = find_top(s);
	CGM_AUTO_BUF struct cgm_buf b = {0};
	char name[32];
	bool any = false;

	for (size_t i = 0; i < t.n; i++) {
		add_what(p, &b, s, t.v[i]);
		if (!b.len || (!go_of(s, t.v[i]) &&
			       anon_of(t.v[i]) < cgm_max_u64(t.all / PROC_SHARE, PROC_MIN)))
			continue;
		if (!any)
			cgm_page_heading(p, "BY PROCESS");
		any = true;
		put_process(p, t.v[i], cgm_buf_str(&b));
	}
	if (any)
		put_rest(p, s, &t);
	if (any && s->n_go) {
		cgm_buf_reset(&b);
		cgm_buf_addf(&b, "What the Go runtime says: cgmem go %s", typed(s, name));
		cgm_page_wrap(p, cgm_buf_str(&b), 0, 0, 0);
	}
	p->b.failed |= b.failed;
}
