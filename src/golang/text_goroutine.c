/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /debug/pprof/goroutine?debug=1, as src/runtime/pprof/pprof.go printCountProfile writes it: stacks
 * and how many goroutines have each. The wait reason and the creator are not in it. The runtime's
 * own goroutines are not counted (src/runtime/mprof.go isSystemGoroutine).
 */
#include <errno.h>

#include "golang/endpoint.h"
#include "golang/text.h"

#include "base/banned.h"

struct goroutines {
	uint64_t total, sum;
	uint64_t count;	  /* of the record under way; 0: there is none */
	uint64_t last_pc; /* the outermost return address of its stack */
	struct cgm_frame outermost;
	struct cgm_span inner; /* the frame inside of it */
	struct cgm_sums groups;
};

/*
 * What the goroutines were started with is the outermost frame: runtime.goexit, which called it, is
 * left out of the text. A stack that was cut (at 32 frames, from Go 1.23 at 128) ends in a frame
 * whose return address is the last of the list; then it is not known.
 */
static struct cgm_span start_function(const struct goroutines *g)
{
	if (!g->outermost.function.len || g->outermost.pc + 1 == g->last_pc)
		return (struct cgm_span){"", 0};
	if (cgm_span_is(g->outermost.function, "runtime.main") && g->inner.len)
		return g->inner; /* main.main, or what initialises a package */
	return g->outermost.function;
}

static int end_record(struct goroutines *g)
{
	struct cgm_span function = start_function(g);
	uint64_t count = g->count;

	g->count = 0;
	if (!count)
		return 0;
	if (__builtin_add_overflow(g->sum, count, &g->sum))
		return -EBADMSG;
	return cgm_sums_add(&g->groups, &function, (const uint64_t[]){count, 0, 0});
}

/* "250 @ 0x43b316 0x407e5b 0x46b301" */
static int begin_record(struct cgm_span line, struct goroutines *g)
{
	int r = end_record(g);

	if (r < 0)
		return r;
	g->outermost = (struct cgm_frame){0};
	g->inner = (struct cgm_span){"", 0};
	g->last_pc = 0;
	if (!cgm_text_number(&line, &g->count) || !g->count || !cgm_text_skip(&line, " @"))
		return -EBADMSG;
	while (line.len)
		if (!cgm_text_skip(&line, " ") || !cgm_text_hex(&line, &g->last_pc))
			return -EBADMSG;
	return 0;
}

static int parse_line(struct cgm_span line, struct goroutines *g)
{
	struct cgm_frame frame;

	if (line.len && line.s[0] >= '0' && line.s[0] <= '9')
		return begin_record(line, g);
	if (cgm_frame_parse(line, &frame)) {
		g->inner = g->outermost.function;
		g->outermost = frame;
	}
	return 0; /* labels, the empty line between two records */
}

static int parse_all(struct cgm_span text, struct goroutines *g)
{
	struct cgm_span line;
	int r = 0;

	if (!cgm_span_line(&text, &line) || !cgm_text_skip(&line, "goroutine profile: total ") ||
	    !cgm_text_number(&line, &g->total) || line.len)
		return -ENOENT;
	while (r == 0 && cgm_span_line(&text, &line))
		r = parse_line(line, g);
	if (r == 0)
		r = end_record(g);
	if (r == 0)
		r = cgm_sums_finish(&g->groups);
	if (r < 0)
		return r;
	return g->sum == g->total ? 0 : -EBADMSG;
}

static int store(const struct goroutines *g, struct cgm_go *ret)
{
	size_t n = g->groups.n < CGM_GO_GROUPS_MAX ? g->groups.n : CGM_GO_GROUPS_MAX;
	struct cgm_go_group *v = n ? calloc(n, sizeof *v) : NULL;

	if (n && !v)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		v[i].count = g->groups.v[i].v[0];
		cgm_text_name(v[i].function, &g->groups.v[i].name);
	}
	free(ret->groups);
	ret->groups = v;
	ret->n_groups = n;
	ret->goroutines = (struct cgm_opt){g->total, true};
	return 0;
}

int cgm_go_parse_goroutine_text(const char *text, size_t len, struct cgm_go *ret)
{
	struct goroutines g = {0};
	int r = parse_all((struct cgm_span){text, len}, &g);

	if (r == 0)
		r = store(&g, ret);
	cgm_sums_clear(&g.groups);
	return r == -EFBIG ? -EBADMSG : r;
}
