/* SPDX-License-Identifier: Apache-2.0 */
#include "model/figures.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "model/figure_text.h"
#include "model/rules.h"

#include "base/banned.h"

/* What formulas are computed from. */
struct view {
	const struct cgm_snapshot *s;
	const struct cgm_sample *now;
	const struct cgm_breakdown *b;
	struct cgm_proc_sums sums;
};

/* A formula's result. @wraps: the tool computes it, and shows nonsense (uint64_t below
 * zero). @off: it is not set. */
struct result {
	uint64_t v;
	bool known, wraps, off;
};

static struct result known(uint64_t v, bool is_known)
{
	return (struct result){.v = v, .known = is_known};
}

static struct result from_opt(struct cgm_opt o)
{
	return known(o.v, o.known);
}

static uint64_t usage(const struct view *v)
{
	return cgm_get(v->now, CGM_CHARGED);
}

static bool has_usage(const struct view *v)
{
	return cgm_has(v->now, CGM_CHARGED);
}

static struct result docker_now(const struct view *v)
{
	return known(v->b->docker_bytes, v->b->known);
}

/* docker/cli 82600b7021: an unsigned subtraction of the group's own "cache" */
static struct result docker_cache(const struct view *v)
{
	uint64_t cache = cgm_get(v->now, CGM_LOCAL_CACHE);

	if (has_usage(v) && cache > usage(v))
		return (struct result){.v = usage(v) - cache, .wraps = true};
	return known(usage(v) - cache, has_usage(v));
}

static struct result raw_usage(const struct view *v)
{
	return known(usage(v), has_usage(v));
}

/* The API's documentation tells another formula for v1 than the client has. */
static struct result docker_api(const struct view *v)
{
	enum cgm_value_id less = v->now->version == 1 ? CGM_LOCAL_CACHE : CGM_INACTIVE_FILE;

	return known(cgm_sub_sat(usage(v), cgm_get(v->now, less)), has_usage(v));
}

static struct result working_set(const struct view *v)
{
	return known(cgm_sub_sat(usage(v), cgm_get(v->now, CGM_INACTIVE_FILE)), has_usage(v));
}

static struct result anon(const struct view *v)
{
	return known(cgm_get(v->now, CGM_ANON), cgm_has(v->now, CGM_ANON));
}

static struct result file(const struct view *v)
{
	return known(cgm_get(v->now, CGM_FILE_CACHE), cgm_has(v->now, CGM_FILE_CACHE));
}

static struct result podman_4_0(const struct view *v)
{
	return v->now->version == 1 ? raw_usage(v) : anon(v);
}

static struct result podman_4_7(const struct view *v)
{
	if (v->now->version != 1)
		return anon(v);
	return known(
		cgm_add_sat(cgm_get(v->now, CGM_INACTIVE_ANON), cgm_get(v->now, CGM_ACTIVE_ANON)),
		cgm_has(v->now, CGM_INACTIVE_ANON) && cgm_has(v->now, CGM_ACTIVE_ANON));
}

/* pkg/statsutil: strict comparison as docker's, without the second key */
static struct result nerdctl(const struct view *v)
{
	uint64_t inactive = cgm_get(v->now, CGM_INACTIVE_FILE);

	return known(inactive < usage(v) ? usage(v) - inactive : usage(v), has_usage(v));
}

static struct result ctop(const struct view *v)
{
	return v->now->version == 1 ? docker_cache(v) : raw_usage(v);
}

static struct result sum_rss(const struct view *v)
{
	return from_opt(v->sums.rss);
}

static struct result sum_pss(const struct view *v)
{
	return from_opt(v->sums.pss);
}

static struct result sum_vsz(const struct view *v)
{
	return from_opt(v->sums.vsz);
}

static struct result top_res(const struct view *v)
{
	struct result most = {0};

	for (size_t i = 0; i < v->s->n_procs; i++)
		if (v->s->procs[i].rss.known && v->s->procs[i].rss.v >= most.v)
			most = from_opt(v->s->procs[i].rss);
	return most;
}

static struct result free_now(const struct view *v)
{
	const struct cgm_host *h = &v->s->host;

	return known(cgm_sub_sat(h->mem_total.v, h->mem_available.v),
		     h->mem_total.known && h->mem_available.known);
}

static struct result free_old(const struct view *v)
{
	const struct cgm_host *h = &v->s->host;
	uint64_t cache = cgm_add_sat(h->cached.v, h->slab_reclaimable.v);

	return known(cgm_sub_sat(h->mem_total.v,
				 cgm_add_sat(h->mem_free.v, cgm_add_sat(h->buffers.v, cache))),
		     h->mem_total.known && h->mem_free.known && h->buffers.known &&
			     h->cached.known && h->slab_reclaimable.known);
}

static struct result all_containers(const struct view *v)
{
	return from_opt(v->s->containers_docker);
}

/* Go's figures are of one process, as its programmer sees them: the one with most memory. */
static struct result go_stat(const struct view *v, enum cgm_go_stat id)
{
	return v->s->n_go ? from_opt(v->s->go[0].stat[id]) : known(0, false);
}

static struct result heap_alloc(const struct view *v)
{
	return go_stat(v, CGM_GO_HEAP_ALLOC);
}

static struct result go_sys(const struct view *v)
{
	return go_stat(v, CGM_GO_SYS);
}

static struct result inuse_space(const struct view *v)
{
	return v->s->n_go ? from_opt(v->s->go[0].inuse_space) : known(0, false);
}

static struct result alloc_space(const struct view *v)
{
	return v->s->n_go ? from_opt(v->s->go[0].alloc_space) : known(0, false);
}

/* Off is no number of bytes. */
static struct result gomemlimit(const struct view *v)
{
	struct cgm_opt limit = v->s->n_go ? v->s->go[0].gomemlimit : (struct cgm_opt){0, false};

	if (limit.known && limit.v >= CGM_GO_LIMIT_OFF)
		return (struct result){.off = true};
	return from_opt(limit);
}

/*
 * For which targets a row is shown; ON_GO: groups with a Go program. APART: it is no memory that is
 * there now, and a difference from docker's means nothing.
 */
enum { ON_V1 = 1, ON_V2 = 2, ON_GROUP = 3, ON_HOST = 4, ON_GO = 8, APART = 16 };

static const struct {
	const char *tool, *versions, *v1, *v2;
	struct result (*get)(const struct view *v);
	cgm_figure_text_fn *text;
	int on;
} rows[] = {
	{"docker stats", "20.10 and later", "usage_in_bytes - total_inactive_file",
	 "memory.current - inactive_file", docker_now, cgm_text_docker, ON_GROUP},
	{"docker stats", "17.06 to 19.03", "usage_in_bytes - cache", NULL, docker_cache,
	 cgm_text_docker, ON_V1},
	{"docker stats", "1.12 to 17.05", "usage_in_bytes", NULL, raw_usage, cgm_text_docker,
	 ON_V1},
	{"docker stats", "before 1.12", "usage_in_bytes", NULL, raw_usage, cgm_text_old_docker,
	 ON_V1},
	{"Docker API documentation", "all", "usage - cache", "usage - inactive_file", docker_api,
	 cgm_text_bytes, ON_GROUP},
	{"podman stats", "up to 3.4", "usage_in_bytes", "memory.current", raw_usage,
	 cgm_text_decimal, ON_GROUP},
	{"podman stats", "4.0 to 4.6", "usage_in_bytes", "anon", podman_4_0, cgm_text_decimal,
	 ON_GROUP},
	{"podman stats", "4.7 to 5.5", "total_active_anon + total_inactive_anon", "anon",
	 podman_4_7, cgm_text_decimal, ON_GROUP},
	{"podman stats", "5.6 and later", "usage_in_bytes - total_inactive_file, at least 0",
	 "memory.current - inactive_file, at least 0", working_set, cgm_text_decimal, ON_GROUP},
	{"nerdctl stats", "all", "usage_in_bytes - total_inactive_file",
	 "memory.current - inactive_file", nerdctl, cgm_text_docker, ON_GROUP},
	{"crictl stats", "all", "usage_in_bytes - total_inactive_file, at least 0",
	 "memory.current - inactive_file, at least 0", working_set, cgm_text_decimal, ON_GROUP},
	{"kubectl top", "all", "usage_in_bytes - total_inactive_file, at least 0",
	 "memory.current - inactive_file, at least 0", working_set, cgm_text_kubectl, ON_GROUP},
	{"cAdvisor working set", "all", "usage_in_bytes - total_inactive_file, at least 0",
	 "memory.current - inactive_file, at least 0", working_set, cgm_text_bytes, ON_GROUP},
	{"cAdvisor usage", "all", "usage_in_bytes", "memory.current", raw_usage, cgm_text_bytes,
	 ON_GROUP},
	{"cAdvisor rss", "all", "total_rss", "anon", anon, cgm_text_bytes, ON_GROUP},
	{"cAdvisor cache", "all", "total_cache", "file", file, cgm_text_bytes, ON_GROUP},
	{"systemd-cgtop", "all", "usage_in_bytes", "memory.current", raw_usage, cgm_text_cgtop,
	 ON_GROUP},
	{"below", "all", NULL, "memory.current", raw_usage, cgm_text_below, ON_V2},
	{"ctop", "0.7.7", "usage_in_bytes - cache", "memory.current", ctop, cgm_text_ctop,
	 ON_GROUP},
	{"lazydocker", "all", "usage_in_bytes", "memory.current", raw_usage, cgm_text_lazydocker,
	 ON_GROUP},
	{"ps RSS", "sum", "sum of VmRSS, shared pages each time", NULL, sum_rss, cgm_text_kib,
	 ON_GROUP},
	{"ps VSZ", "sum", "sum of VmSize: address space, not memory", NULL, sum_vsz, cgm_text_kib,
	 ON_GROUP},
	{"PSS", "sum", "sum of Pss, shared pages once", NULL, sum_pss, cgm_text_kib, ON_GROUP},
	{"top RES", "largest process", "VmRSS of the largest process", NULL, top_res, cgm_text_kib,
	 ON_GROUP},
	{"pprof inuse_space", "largest process",
	 "live objects of the heap profile as of the last GC, of the largest Go process", NULL,
	 inuse_space, cgm_text_pprof, ON_GO},
	{"pprof alloc_space", "largest process",
	 "all that was ever allocated, of the largest Go process", NULL, alloc_space,
	 cgm_text_pprof, ON_GO | APART},
	{"runtime HeapAlloc", "largest process",
	 "live and not yet swept objects, of the largest Go process", NULL, heap_alloc,
	 cgm_text_bytes, ON_GO},
	{"runtime Sys", "largest process",
	 "address space taken by the runtime, of the largest Go process", NULL, go_sys,
	 cgm_text_bytes, ON_GO},
	{"GOMEMLIMIT", "largest process", "soft limit in effect, of the largest Go process", NULL,
	 gomemlimit, cgm_text_docker, ON_GO | APART},
	{"docker stats of all", "20.10 and later", "sum over the containers", NULL, all_containers,
	 cgm_text_docker, ON_HOST},
	{"free used", "procps 4 and later", "MemTotal - MemAvailable", NULL, free_now, cgm_text_kib,
	 ON_HOST},
	{"free used", "procps up to 3", "MemTotal - MemFree - Buffers - Cached - SReclaimable",
	 NULL, free_old, cgm_text_kib, ON_HOST},
};

static void fill(const struct view *v, size_t row, bool host, struct cgm_figure *f)
{
	struct result x = rows[row].get(v);

	*f = (struct cgm_figure){
		.tool = rows[row].tool,
		.versions = rows[row].versions,
		.formula = v->now->version == 2 && rows[row].v2 ? rows[row].v2 : rows[row].v1,
		.bytes = {x.known ? x.v : 0, x.known},
	};
	if (!f->formula)
		f->formula = rows[row].v2;
	if (x.known || x.wraps)
		rows[row].text(f->text, x.v);
	else if (x.off)
		(void)snprintf(f->text, sizeof f->text, "off");
	else
		cgm_text_unknown(f->text);
	if (!x.known || !v->b->known || host || rows[row].on & APART)
		return;
	f->has_difference = true;
	f->difference = (int64_t)(x.v - v->b->docker_bytes);
}

int cgm_figures_make(const struct cgm_snapshot *s, const struct cgm_breakdown *b,
		     struct cgm_figure **ret, size_t *ret_n)
{
	struct view v = {.s = s, .now = &s->now, .b = b};
	bool host = s->target.kind == CGM_TARGET_HOST || s->is_root;
	int on = host ? ON_HOST : s->now.version == 1 ? ON_V1 : s->now.version == 2 ? ON_V2 : 0;
	struct cgm_figure *list = calloc(sizeof rows / sizeof *rows, sizeof *list);
	size_t n = 0;

	if (!list)
		return -ENOMEM;
	if (s->n_go && !host)
		on |= ON_GO;
	cgm_proc_sums_make(s, &v.sums);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].on & on)
			fill(&v, i, host, &list[n++]);
	*ret = list;
	*ret_n = n;
	return 0;
}
