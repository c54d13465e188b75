/* SPDX-License-Identifier: Apache-2.0 */
#include "output/json.h"

#include "output/json_util.h"
#include "base/banned.h"

static json_t *finish(json_t *o, int r)
{
	if (o && r == 0)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *text_or_null(const char *s)
{
	return cgm_json_text(*s ? s : NULL);
}

/* debug.SetGCPercent() calls "off" a negative number. */
static json_t *gogc(struct cgm_opt v)
{
	return v.known && v.v == CGM_GO_GC_OFF ? json_integer(-1) : cgm_json_opt(v);
}

static json_t *limit(struct cgm_opt v)
{
	return cgm_json_known(v.known && v.v < CGM_GO_LIMIT_OFF, v.v);
}

static json_t *memstats(const struct cgm_go *g)
{
	json_t *o = json_object();
	int r = o ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < CGM_GO_STAT_COUNT; i++) {
		bool none = i == CGM_GO_NEXT_GC && g->stat[i].v >= CGM_GO_GOAL_NONE;

		r = cgm_json_put(o, cgm_go_stat_names[i],
				 none ? json_null() : cgm_json_opt(g->stat[i]));
	}
	return finish(o, r);
}

static json_t *resident(const struct cgm_go_resident *v)
{
	const struct {
		const char *key;
		uint64_t bytes;
	} members[] = {
		{"arenas", v->arenas},
		{"arenas_lazyfree", v->arenas_lazyfree},
		{"arenas_huge", v->arenas_huge},
		{"arenas_swap", v->arenas_swap},
		{"runtime", v->runtime},
		{"off_heap", v->off_heap},
		{"off_heap_lazyfree", v->off_heap_lazyfree},
		{"program", v->program},
		{"huge", v->huge},
	};
	json_t *o;
	int r;

	if (!v->known)
		return json_null();
	o = json_object();
	r = cgm_json_put(o, "exact", json_boolean(v->arenas_exact));
	for (size_t i = 0; r == 0 && i < sizeof members / sizeof members[0]; i++)
		r = cgm_json_put(o, members[i].key, cgm_json_u64(members[i].bytes));
	return finish(o, r);
}

static json_t *sites(const struct cgm_go *g)
{
	json_t *a = json_array();
	int r = a ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < g->n_sites; i++) {
		const struct cgm_go_site *s = &g->sites[i];
		json_t *o = json_object();

		r = cgm_json_put(o, "function", text_or_null(s->function));
		r |= cgm_json_put(o, "inuse_bytes", cgm_json_u64(s->inuse_bytes));
		r |= cgm_json_put(o, "inuse_objects", cgm_json_u64(s->inuse_objects));
		r |= cgm_json_put(o, "alloc_bytes", cgm_json_u64(s->alloc_bytes));
		r |= cgm_json_push(a, o);
	}
	return finish(a, r);
}

static json_t *groups(const struct cgm_go *g)
{
	json_t *a = json_array();
	int r = a ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < g->n_groups; i++) {
		const struct cgm_go_group *v = &g->groups[i];
		json_t *o = json_object();

		r = cgm_json_put(o, "count", cgm_json_u64(v->count));
		r |= cgm_json_put(o, "state", text_or_null(v->state));
		r |= cgm_json_put(o, "function", text_or_null(v->function));
		r |= cgm_json_put(o, "created_by", text_or_null(v->created_by));
		r |= cgm_json_put(o, "longest_s", cgm_json_opt(v->longest_s));
		r |= cgm_json_put(o, "stack_bytes", cgm_json_u64(v->stack_bytes));
		r |= cgm_json_put(o, "system", json_boolean(v->system));
		r |= cgm_json_push(a, o);
	}
	return finish(a, r);
}

/* @lists: sites and groups of goroutines, too. */
static json_t *program(const struct cgm_go *g, bool lists)
{
	static const char *const sources[] = {
		[CGM_GO_FROM_NOTHING] = NULL,
		[CGM_GO_FROM_MEMORY] = "memory",
		[CGM_GO_FROM_ENDPOINT] = "endpoint",
	};
	bool read = g->source != CGM_GO_FROM_NOTHING;
	json_t *o = json_object();
	int r = cgm_json_put(o, "pid", json_integer(g->pid));

	r |= cgm_json_put(o, "comm", cgm_json_text(g->comm));
	r |= cgm_json_put(o, "version", text_or_null(g->version));
	r |= cgm_json_put(o, "source", cgm_json_text(sources[g->source]));
	r |= cgm_json_put(o, "memstats", memstats(g));
	r |= cgm_json_put(o, "bound", cgm_json_known(read, g->bound));
	r |= cgm_json_put(o, "goroutines", cgm_json_opt(g->goroutines));
	r |= cgm_json_put(o, "gogc", gogc(g->gogc));
	r |= cgm_json_put(o, "gomemlimit", limit(g->gomemlimit));
	r |= cgm_json_put(o, "heap_marked", cgm_json_opt(g->heap_marked));
	r |= cgm_json_put(o, "cgo", json_boolean(g->cgo));
	r |= cgm_json_put(o, "inuse_space", cgm_json_opt(g->inuse_space));
	r |= cgm_json_put(o, "alloc_space", cgm_json_opt(g->alloc_space));
	r |= cgm_json_put(o, "resident", resident(&g->resident));
	r |= cgm_json_put(o, "why", text_or_null(g->why));
	if (lists) {
		r |= cgm_json_put(o, "sites", sites(g));
		r |= cgm_json_put(o, "goroutine_groups", groups(g));
	}
	return finish(o, r);
}

json_t *cgm_json_go(const struct cgm_snapshot *s, bool lists)
{
	json_t *a = json_array();
	int r = a ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < s->n_go; i++)
		r = cgm_json_push(a, program(&s->go[i], lists));
	return finish(a, r);
}

int cgm_json_add_go(struct cgm_json *j, const struct cgm_snapshot *s)
{
	json_t *a = cgm_json_go(s, true);
	int r;

	if (!a)
		return -ENOMEM;
	r = json_array_extend(j->results, a) == 0 ? 0 : -ENOMEM;
	json_decref(a);
	return r;
}

/* Null: nobody looked. */
json_t *cgm_json_kinds(const struct cgm_anon_by_kind *k)
{
	json_t *o;
	int r = 0;

	if (!k->known)
		return json_null();
	o = json_object();
	for (size_t i = 0; r == 0 && i < CGM_ANON_KIND_COUNT; i++)
		r = cgm_json_put(o, cgm_anon_kinds[i].id, cgm_json_u64(k->bytes[i]));
	return finish(o, r);
}

json_t *cgm_json_jvm(const struct cgm_anon_by_kind *k)
{
	json_t *o;
	int r;

	if (!k->known || (!k->jvm_heap_used.known && !k->jvm_heap_capacity.known &&
			  !k->jvm_metaspace_used.known))
		return json_null();
	o = json_object();
	r = cgm_json_put(o, "heap_used", cgm_json_opt(k->jvm_heap_used));
	r |= cgm_json_put(o, "heap_capacity", cgm_json_opt(k->jvm_heap_capacity));
	r |= cgm_json_put(o, "metaspace_used", cgm_json_opt(k->jvm_metaspace_used));
	return finish(o, r);
}
