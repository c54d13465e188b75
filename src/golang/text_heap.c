/* SPDX-License-Identifier: Apache-2.0 */
/* /debug/pprof/heap?debug=1, as src/runtime/pprof/pprof.go writeHeapInternal writes it. */
#include <errno.h>

#include "golang/endpoint.h"
#include "golang/memprofile.h"
#include "golang/text.h"

#include "base/banned.h"

/* Objects and bytes as they were sampled: "46: 188416 [46: 188416]", in use and ever allocated. */
struct counts {
	uint64_t inuse_objects, inuse_bytes, alloc_objects, alloc_bytes;
};

struct heap {
	uint64_t rate;	      /* one sample in so many bytes; 0: profiling is off */
	struct counts header; /* what the records have to add up to */
	struct counts sum;
	struct counts record; /* the record under way */
	bool in_record;
	struct cgm_span function; /* where the record's memory was allocated */
	bool own;		  /* ... and it is not the runtime's */
	uint64_t inuse_space, alloc_space;
	struct cgm_sums sites; /* inuse_bytes, inuse_objects, alloc_bytes */
	struct cgm_opt stat[CGM_GO_STAT_COUNT];
};

static bool parse_counts(struct cgm_span *s, struct counts *ret)
{
	return cgm_text_number(s, &ret->inuse_objects) && cgm_text_skip(s, ": ") &&
	       cgm_text_number(s, &ret->inuse_bytes) && cgm_text_skip(s, " [") &&
	       cgm_text_number(s, &ret->alloc_objects) && cgm_text_skip(s, ": ") &&
	       cgm_text_number(s, &ret->alloc_bytes) && cgm_text_skip(s, "] @");
}

static bool add_counts(struct counts *to, const struct counts *from)
{
	bool over =
		__builtin_add_overflow(to->inuse_objects, from->inuse_objects, &to->inuse_objects);

	over |= __builtin_add_overflow(to->inuse_bytes, from->inuse_bytes, &to->inuse_bytes);
	over |= __builtin_add_overflow(to->alloc_objects, from->alloc_objects, &to->alloc_objects);
	over |= __builtin_add_overflow(to->alloc_bytes, from->alloc_bytes, &to->alloc_bytes);
	return !over;
}

/* "heap profile: 77: 380912 [80: 67548528] @ heap/1048576": twice the rate. */
static bool parse_header(struct cgm_span line, struct heap *h)
{
	uint64_t twice;

	if (!cgm_text_skip(&line, "heap profile: ") || !parse_counts(&line, &h->header) ||
	    !cgm_text_skip(&line, " heap/") || !cgm_text_number(&line, &twice) || line.len)
		return false;
	h->rate = twice / 2;
	return true;
}

/* False: what is scaled is no size. */
static bool scale(uint64_t *objects, uint64_t *bytes, uint64_t rate)
{
	bool some = *objects && *bytes;

	cgm_memprofile_scale(*objects, *bytes, rate, objects, bytes);
	return !some || *bytes;
}

static int end_record(struct heap *h)
{
	struct counts c = h->record;

	if (!h->in_record)
		return 0;
	h->in_record = false;
	if (!add_counts(&h->sum, &c) || !scale(&c.inuse_objects, &c.inuse_bytes, h->rate) ||
	    !scale(&c.alloc_objects, &c.alloc_bytes, h->rate) ||
	    __builtin_add_overflow(h->inuse_space, c.inuse_bytes, &h->inuse_space) ||
	    __builtin_add_overflow(h->alloc_space, c.alloc_bytes, &h->alloc_space))
		return -EBADMSG;
	return cgm_sums_add(&h->sites, &h->function,
			    (const uint64_t[]){c.inuse_bytes, c.inuse_objects, c.alloc_bytes});
}

static int begin_record(struct cgm_span line, struct heap *h)
{
	int r = end_record(h);

	h->function = (struct cgm_span){"", 0};
	h->own = false;
	h->in_record = true;
	return r < 0 ? r : parse_counts(&line, &h->record) ? 0 : -EBADMSG;
}

/*
 * The innermost frame that is not the runtime's; where all are, the innermost of them.
 * net/http/pprof leaves the runtime's own away itself, but did not know of internal/runtime before
 * Go 1.24.
 */
static void take_frame(const struct cgm_frame *f, struct heap *h)
{
	if (h->own || !f->function.len)
		return;
	h->own = !cgm_frame_is_runtime(&f->function);
	if (h->own || !h->function.len)
		h->function = f->function;
}

static const struct {
	const char *name;
	enum cgm_go_stat stat; /* of a pair, "inuse / sys", the second */
	bool pair;
	struct {
		enum cgm_go_stat stat;
		bool kept;
	} inuse;
} trailer[] = {
	{.name = "HeapAlloc", .stat = CGM_GO_HEAP_ALLOC},
	{.name = "TotalAlloc", .stat = CGM_GO_TOTAL_ALLOC},
	{.name = "HeapSys", .stat = CGM_GO_HEAP_SYS},
	{.name = "HeapIdle", .stat = CGM_GO_HEAP_IDLE},
	{.name = "HeapInuse", .stat = CGM_GO_HEAP_INUSE},
	{.name = "HeapReleased", .stat = CGM_GO_HEAP_RELEASED},
	{.name = "BuckHashSys", .stat = CGM_GO_BUCK_HASH_SYS},
	{.name = "GCSys", .stat = CGM_GO_GC_SYS},
	{.name = "OtherSys", .stat = CGM_GO_OTHER_SYS},
	{.name = "Sys", .stat = CGM_GO_SYS},
	{.name = "NextGC", .stat = CGM_GO_NEXT_GC},
	{.name = "LastGC", .stat = CGM_GO_LAST_GC},
	{.name = "NumGC", .stat = CGM_GO_NUM_GC},
	{"Stack", CGM_GO_STACK_SYS, true, {CGM_GO_STACK_INUSE, true}},
	{.name = "MSpan", .stat = CGM_GO_MSPAN_SYS, .pair = true},
	{.name = "MCache", .stat = CGM_GO_MCACHE_SYS, .pair = true},
};

/* "# HeapSys = 99844096", "# Stack = 819200 / 819200"; anything else is passed over. */
static void take_stat(struct cgm_span line, struct heap *h)
{
	for (size_t i = 0; i < sizeof trailer / sizeof *trailer; i++) {
		struct cgm_span s = line;
		uint64_t inuse = 0, v;

		if (!cgm_text_skip(&s, trailer[i].name) || !cgm_text_skip(&s, " = "))
			continue;
		if (trailer[i].pair && (!cgm_text_number(&s, &inuse) || !cgm_text_skip(&s, " / ")))
			return;
		if (!cgm_text_number(&s, &v) || s.len)
			return;
		h->stat[trailer[i].stat] = (struct cgm_opt){v, true};
		if (trailer[i].inuse.kept)
			h->stat[trailer[i].inuse.stat] = (struct cgm_opt){inuse, true};
		return;
	}
}

static int parse_line(struct cgm_span line, struct heap *h)
{
	struct cgm_frame frame;

	if (!line.len)
		return 0;
	if (cgm_frame_parse(line, &frame)) {
		take_frame(&frame, h);
		return 0;
	}
	if (line.s[0] >= '0' && line.s[0] <= '9')
		return begin_record(line, h);
	if (cgm_text_skip(&line, "# "))
		take_stat(line, h);
	return 0; /* a frame or line of another form: nothing that is counted */
}

static int parse_all(struct cgm_span text, struct heap *h)
{
	struct cgm_span line;
	int r = 0;

	if (!cgm_span_line(&text, &line) || !parse_header(line, h))
		return -ENOENT;
	while (r == 0 && cgm_span_line(&text, &line))
		r = parse_line(line, h);
	if (r == 0)
		r = end_record(h);
	if (r == 0)
		r = cgm_sums_finish(&h->sites);
	if (r < 0)
		return r;
	if (memcmp(&h->sum, &h->header, sizeof h->sum) != 0 || !cgm_go_adds_up(h->stat))
		return -EBADMSG;
	return 0;
}

static int store_sites(const struct heap *h, struct cgm_go *ret)
{
	size_t n = h->sites.n < CGM_GO_SITES_MAX ? h->sites.n : CGM_GO_SITES_MAX;
	struct cgm_go_site *v = n ? calloc(n, sizeof *v) : NULL;

	if (n && !v)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		cgm_text_name(v[i].function, &h->sites.v[i].name);
		v[i].inuse_bytes = h->sites.v[i].v[0];
		v[i].inuse_objects = h->sites.v[i].v[1];
		v[i].alloc_bytes = h->sites.v[i].v[2];
	}
	free(ret->sites);
	ret->sites = v;
	ret->n_sites = n;
	ret->inuse_space = (struct cgm_opt){h->inuse_space, true};
	ret->alloc_space = (struct cgm_opt){h->alloc_space, true};
	return 0;
}

int cgm_go_parse_heap_text(const char *text, size_t len, struct cgm_go *ret)
{
	struct heap h = {.function = {"", 0}};
	int r = parse_all((struct cgm_span){text, len}, &h);

	if (r == 0 && h.rate)
		r = store_sites(&h, ret);
	if (r == 0)
		cgm_go_take_stats(ret, h.stat);
	cgm_sums_clear(&h.sites);
	return r == -EFBIG ? -EBADMSG : r;
}
