/* SPDX-License-Identifier: Apache-2.0 */
#include "output/go.h"

#include <string.h>

#include "output/cells.h"
#include "base/banned.h"

#define NAME_WIDTH   15 /* "HeapReleased" and two blanks before it */
#define BYTES_WIDTH  10 /* "~1023 MiB" */
#define RAW_WIDTH    20
#define WHAT_WIDTH   52
#define METRICS_FROM 150 /* columns: then each figure has its name in runtime/metrics, too */
#define NANOSECONDS  1000000000

/*
 * The figures in the order in which one reads them: each with what it is, and where the same is to
 * be had inside the program (runtime/metrics, description.go of Go 1.26). A name with a leading
 * blank is part of the one before it.
 */
static const struct {
	const char *name;
	enum cgm_go_stat stat;
	const char *what, *metrics;
} figures[] = {
	{"HeapAlloc", CGM_GO_HEAP_ALLOC, "objects, live and garbage",
	 "/memory/classes/heap/objects:bytes"},
	{"HeapInuse", CGM_GO_HEAP_INUSE, "spans in which objects are, free slots included",
	 "/memory/classes/heap/{objects,unused}:bytes"},
	{"HeapIdle", CGM_GO_HEAP_IDLE, "spans without objects, kept for the next ones",
	 "/memory/classes/heap/{free,released}:bytes"},
	{" HeapReleased", CGM_GO_HEAP_RELEASED, "of them, given back to the system",
	 "/memory/classes/heap/released:bytes"},
	{"HeapSys", CGM_GO_HEAP_SYS, "HeapInuse and HeapIdle",
	 "/memory/classes/heap/{objects,unused,free,released}:bytes"},
	{"StackInuse", CGM_GO_STACK_INUSE, "stacks of goroutines",
	 "/memory/classes/heap/stacks:bytes"},
	{"StackSys", CGM_GO_STACK_SYS, "those, and stacks of threads that Go made",
	 "/memory/classes/{heap/stacks,os-stacks}:bytes"},
	{"MSpanSys", CGM_GO_MSPAN_SYS, "the allocator's list of spans",
	 "/memory/classes/metadata/mspan/{inuse,free}:bytes"},
	{"MCacheSys", CGM_GO_MCACHE_SYS, "its caches, one a processor",
	 "/memory/classes/metadata/mcache/{inuse,free}:bytes"},
	{"BuckHashSys", CGM_GO_BUCK_HASH_SYS, "the table of the profiler",
	 "/memory/classes/profiling/buckets:bytes"},
	{"GCSys", CGM_GO_GC_SYS, "what the collector itself needs",
	 "/memory/classes/metadata/other:bytes"},
	{"OtherSys", CGM_GO_OTHER_SYS, "the rest of the runtime", "/memory/classes/other:bytes"},
	{"Sys", CGM_GO_SYS, "all that the runtime has mapped, released too",
	 "/memory/classes/total:bytes"},
	{"TotalAlloc", CGM_GO_TOTAL_ALLOC, "all objects since the start, freed ones too",
	 "/gc/heap/allocs:bytes"},
};

/* What the kernel has in memory for the process. */
static const struct {
	const char *name;
	size_t offset;
	const char *what;
	bool may_go; /* not shown where it is nothing */
} residents[] = {
	{"arenas", offsetof(struct cgm_go_resident, arenas), "heap and stacks of goroutines",
	 false},
	{"runtime", offsetof(struct cgm_go_resident, runtime), "the runtime's own tables", false},
	{"off-heap", offsetof(struct cgm_go_resident, off_heap),
	 "C's malloc, the program's own mmaps, C stacks", false},
	{"program", offsetof(struct cgm_go_resident, program),
	 "written pages of program and libraries, main stack", false},
	{"lazily freed", offsetof(struct cgm_go_resident, arenas_lazyfree),
	 "arenas given back, not yet taken by the kernel", true},
	{"lazily freed", offsetof(struct cgm_go_resident, off_heap_lazyfree),
	 "outside of Go, given back, not yet taken", true},
	{"huge pages", offsetof(struct cgm_go_resident, huge), "of all these", true},
	{"swapped", offsetof(struct cgm_go_resident, arenas_swap), "arenas in swap, not resident",
	 true},
};

void cgm_go_add_gogc(struct cgm_buf *b, const struct cgm_go *g)
{
	if (!g->gogc.known)
		return;
	if (g->gogc.v == CGM_GO_GC_OFF)
		cgm_buf_adds(b, "GOGC off");
	else
		cgm_buf_addf(b, "GOGC %ju", (uintmax_t)g->gogc.v);
}

void cgm_go_add_limit(const struct cgm_page *p, struct cgm_buf *b, const struct cgm_go *g)
{
	char text[CGM_TEXT_MAX];

	if (!g->gomemlimit.known)
		return;
	cgm_buf_addf(b, "GOMEMLIMIT %s",
		     g->gomemlimit.v >= CGM_GO_LIMIT_OFF
			     ? "off"
			     : cgm_page_bytes(p, text, g->gomemlimit.v));
}

static void put_name(struct cgm_page *p, const struct cgm_snapshot *s, const struct cgm_go *g)
{
	static const char *const sources[] = {
		[CGM_GO_FROM_NOTHING] = "its runtime could not be read",
		[CGM_GO_FROM_MEMORY] = "read from its memory",
		[CGM_GO_FROM_ENDPOINT] = "read from its endpoint",
	};
	const struct cgm_target *t = &s->target;
	CGM_AUTO_BUF struct cgm_buf name = {0}, rest = {0};

	cgm_buf_addf(&name, "%s (pid %jd)", g->comm[0] ? g->comm : "?", (intmax_t)g->pid);
	if (t->name && t->kind == CGM_TARGET_CONTAINER)
		cgm_buf_addf(&rest, "in %s, ", t->name);
	cgm_buf_addf(&rest, "%s%s, %s", g->version[0] ? g->version : "Go, version unknown",
		     g->cgo ? " with cgo" : "", sources[g->source]);
	cgm_page_style(p, CGM_BOLD);
	cgm_page_text(p, cgm_buf_str(&name));
	cgm_page_style(p, CGM_PLAIN);
	cgm_page_blanks(p, 2);
	cgm_page_wrap(p, cgm_buf_str(&rest), cgm_text_width(cgm_buf_str(&name)) + 2, 2, 0);
	p->b.failed |= name.failed | rest.failed;
}

/* "12 s ago"; a clock that runs behind the program's makes it "just now". */
static void add_last_gc(struct cgm_buf *b, const struct cgm_go *g, int64_t clock)
{
	struct cgm_opt last = g->stat[CGM_GO_LAST_GC], n = g->stat[CGM_GO_NUM_GC];
	char text[CGM_TEXT_MAX];
	int64_t at;

	if (!last.known)
		return;
	at = (int64_t)(last.v / NANOSECONDS);
	if (last.v == 0)
		cgm_buf_adds(b, "none yet");
	else if (clock <= at)
		cgm_buf_adds(b, "just now");
	else
		cgm_buf_addf(b, "%s ago", cgm_human_seconds(text, (uint64_t)(clock - at)));
	if (n.known && n.v)
		cgm_buf_addf(b, ", number %ju", (uintmax_t)n.v);
}

static void add_next_gc(const struct cgm_page *p, struct cgm_buf *b, const struct cgm_go *g)
{
	const struct cgm_opt next = g->stat[CGM_GO_NEXT_GC];
	const bool off = g->gogc.known && g->gogc.v == CGM_GO_GC_OFF;
	const bool bounded = g->gomemlimit.known && g->gomemlimit.v < CGM_GO_GOAL_NONE;
	char text[CGM_TEXT_MAX];

	if (!next.known)
		return;
	cgm_buf_adds(b, b->len ? "; " : "");
	if (next.v < CGM_GO_GOAL_NONE)
		cgm_buf_addf(b, "the next is due at %s", cgm_page_bytes(p, text, next.v));
	else if (off && bounded)
		cgm_buf_adds(b, "the next is due near GOMEMLIMIT (GOGC is off)");
	else if (off && g->gomemlimit.known)
		cgm_buf_adds(b, "no collection is due (GOGC and GOMEMLIMIT are off)");
	else
		cgm_buf_adds(b, "no collection is due");
}

static void put_gc(struct cgm_page *p, const struct cgm_go *g, int64_t clock)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	char text[CGM_TEXT_MAX];

	add_last_gc(&b, g, clock);
	if (g->heap_marked.known && g->stat[CGM_GO_LAST_GC].v)
		cgm_buf_addf(&b, "; it found %s alive", cgm_page_bytes(p, text, g->heap_marked.v));
	add_next_gc(p, &b, g);
	if (b.len)
		cgm_page_labelled(p, "last GC", cgm_buf_str(&b), 0);
}

/* What the program is set to, its goroutines, its last collection, its profile. */
static void put_facts(struct cgm_page *p, const struct cgm_go *g, int64_t clock)
{
	CGM_AUTO_BUF struct cgm_buf set = {0}, profile = {0};
	char text[CGM_TEXT_MAX];

	if (g->goroutines.known) {
		(void)snprintf(text, sizeof text, "%ju", (uintmax_t)g->goroutines.v);
		cgm_page_labelled(p, "goroutines", text, 0);
	}
	cgm_go_add_gogc(&set, g);
	if (g->gomemlimit.known && set.len)
		cgm_buf_adds(&set, ", ");
	cgm_go_add_limit(p, &set, g);
	if (set.len)
		cgm_page_labelled(p, "set to", cgm_buf_str(&set), 0);
	put_gc(p, g, clock);
	if (g->inuse_space.known)
		cgm_buf_addf(&profile, "inuse_space %s", cgm_page_bytes(p, text, g->inuse_space.v));
	if (g->alloc_space.known)
		cgm_buf_addf(&profile, "%salloc_space %s", profile.len ? ", " : "",
			     cgm_page_bytes(p, text, g->alloc_space.v));
	if (profile.len)
		cgm_page_labelled(p, "pprof", cgm_buf_str(&profile), 0);
	if (g->why[0])
		cgm_page_labelled(p, "not read", g->why, 0);
}

/* A figure, what it is, and on a wide terminal what else it is called. */
static void put_figure(struct cgm_page *p, const char *name, const char *bytes, const char *what,
		       const char *metrics)
{
	size_t width = p->o->raw_bytes ? RAW_WIDTH : BYTES_WIDTH, at = NAME_WIDTH + 1 + width + 2;

	cgm_page_field(p, name, NAME_WIDTH, false);
	cgm_page_blanks(p, 1);
	cgm_page_field(p, bytes, width, true);
	cgm_page_blanks(p, 2);
	if (!metrics) {
		cgm_page_wrap(p, what, at, at, 0);
		return;
	}
	cgm_page_field(p, what, WHAT_WIDTH, false);
	cgm_page_blanks(p, 2);
	cgm_page_style(p, CGM_DIM);
	cgm_page_text(p, metrics);
	cgm_page_style(p, CGM_PLAIN);
	cgm_page_newline(p);
}

static bool any_figure(const struct cgm_go *g)
{
	for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
		if (g->stat[figures[i].stat].known)
			return true;
	return false;
}

static void put_figures(struct cgm_page *p, const struct cgm_go *g)
{
	bool wide = p->width >= METRICS_FROM;
	char bytes[CGM_TEXT_MAX], bound[CGM_TEXT_MAX], what[128];

	if (!any_figure(g))
		return;
	cgm_page_newline(p);
	cgm_page_style(p, CGM_DIM);
	put_figure(p, "RUNTIME", "BYTES", "WHAT IT IS", wide ? "RUNTIME/METRICS" : NULL);
	cgm_page_style(p, CGM_PLAIN);
	for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
		struct cgm_opt v = g->stat[figures[i].stat];

		(void)snprintf(what, sizeof what, "%s", figures[i].what);
		if (figures[i].stat == CGM_GO_HEAP_ALLOC && v.known && g->bound)
			(void)snprintf(what, sizeof what, "objects, live and garbage (within %s)",
				       cgm_page_bytes(p, bound, g->bound));
		put_figure(p, figures[i].name, v.known ? cgm_page_bytes(p, bytes, v.v) : "-", what,
			   wide ? figures[i].metrics : NULL);
	}
}

static void put_resident(struct cgm_page *p, const struct cgm_go_resident *r)
{
	char text[CGM_TEXT_MAX], bytes[CGM_TEXT_MAX + 1];

	if (!r->known)
		return;
	cgm_page_newline(p);
	cgm_page_style(p, CGM_DIM);
	put_figure(p, "RESIDENT", "BYTES", "WHAT IT IS", NULL);
	cgm_page_style(p, CGM_PLAIN);
	for (size_t i = 0; i < sizeof residents / sizeof residents[0]; i++) {
		uint64_t v;

		memcpy(&v, (const char *)r + residents[i].offset, sizeof v);
		if (!v && residents[i].may_go)
			continue;
		(void)snprintf(bytes, sizeof bytes, "%s%s", r->arenas_exact ? "" : "~",
			       cgm_page_bytes(p, text, v));
		put_figure(p, residents[i].name, bytes, residents[i].what, NULL);
	}
}

static void put_program(struct cgm_page *p, const struct cgm_snapshot *s, const struct cgm_go *g,
			size_t lines)
{
	put_name(p, s, g);
	put_facts(p, g, s->host.clock);
	put_figures(p, g);
	put_resident(p, &g->resident);
	cgm_go_put_groups(p, g, lines);
	cgm_go_put_sites(p, g, lines);
}

int cgm_go_write(FILE *out, const struct cgm_snapshot *s, const struct cgm_text_options *o,
		 size_t lines)
{
	struct cgm_page p;
	int r;

	cgm_page_init(&p, o);
	for (size_t i = 0; i < s->n_go; i++) {
		if (i)
			cgm_page_newline(&p);
		put_program(&p, s, &s->go[i], lines);
	}
	r = cgm_page_write(&p, out);
	cgm_page_clear(&p);
	return r;
}
