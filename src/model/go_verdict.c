/* SPDX-License-Identifier: Apache-2.0 */
/* What the verdict says of Go programs beside the words that each cause has. */
#include <stdio.h>
#include <string.h>

#include "model/go_words.h"

#include "base/banned.h"

static const struct {
	const char *id;
	enum cgm_child_id child;
} causes[] = {
	{"go-heap", CGM_CHILD_GO_HEAP_LIVE},
	{"go-garbage", CGM_CHILD_GO_HEAP_SINCE_GC},
	{"go-idle", CGM_CHILD_GO_IDLE_RETAINED},
	{"go-stacks", CGM_CHILD_GO_STACKS},
	{"go-fragmentation", CGM_CHILD_GO_HEAP_FRAGMENTED},
	{"go-runtime", CGM_CHILD_GO_RUNTIME},
	{"off-heap", CGM_CHILD_OFF_HEAP},
};

static const struct cgm_go *owner(const struct cgm_snapshot *s, const char *id,
				  enum cgm_child_id *ret)
{
	uint64_t bytes;
	size_t n;

	for (size_t i = 0; i < sizeof causes / sizeof *causes; i++)
		if (!strcmp(id, causes[i].id)) {
			*ret = causes[i].child;
			return cgm_go_largest(s, causes[i].child, &bytes, &n);
		}
	return NULL;
}

bool cgm_go_is_split_huge(const struct cgm_snapshot *s, const struct cgm_breakdown *b,
			  uint64_t bytes)
{
	return s->n_go && b->part[CGM_PART_ANON_UNMAPPED].bytes >= bytes / 2 &&
	       cgm_go_left_huge_pages(s, bytes);
}

const char *cgm_go_what(char buf[CGM_GO_TEXT], const struct cgm_snapshot *s,
			const struct cgm_finding *cause, const char *usual)
{
	enum cgm_child_id child;
	char n[CGM_TEXT_MAX], locked[CGM_TEXT_MAX + 32] = "", many[64] = "";
	struct cgm_go_sums sums;
	uint64_t bytes;

	if (!owner(s, cause->id, &child))
		return usual;
	cgm_go_sums_make(s, &sums);
	if (child == CGM_CHILD_GO_IDLE_RETAINED &&
	    cgm_go_idle_held(s, cause->bytes.v) > cause->bytes.v / 2)
		usual = "Go heap that the runtime has released and huge pages keep resident";
	if (sums.none_large)
		(void)snprintf(many, sizeof many, ", in %zu Go programs, none large", sums.n);
	bytes = cgm_go_locked(s, cause->bytes.v);
	if (bytes)
		(void)snprintf(locked, sizeof locked, " (%s of it locked by mlock)",
			       cgm_human_bytes(n, bytes));
	(void)snprintf(buf, CGM_GO_TEXT, "%s%s%s", usual, locked, many);
	return buf;
}

/* A fourth of what is live, and more than noise, came since: it may all be alive. */
static uint64_t unjudged(const struct cgm_breakdown *b)
{
	uint64_t fresh = b->child[CGM_CHILD_GO_HEAP_SINCE_GC].bytes;

	if (fresh < UINT64_C(1) << 20 || fresh < b->child[CGM_CHILD_GO_HEAP_LIVE].bytes / 4)
		return 0;
	return fresh;
}

/* When what is new is judged: a clause; "" unknown, or several programs. */
static const char *judged_when(char buf[CGM_GO_TEXT], const struct cgm_snapshot *s,
			       const struct cgm_go *g)
{
	uint64_t goal = cgm_go_stat(g, CGM_GO_NEXT_GC);
	char n[CGM_TEXT_MAX];

	buf[0] = '\0';
	if (g->gogc.known && g->gogc.v == CGM_GO_GC_OFF)
		(void)snprintf(buf, CGM_GO_TEXT, " (GOGC=off)");
	else if (s->n_go == 1 && goal && goal < CGM_GO_GOAL_NONE)
		(void)snprintf(buf, CGM_GO_TEXT,
			       ": the next collection does, at %s, at the latest two minutes after "
			       "the last",
			       cgm_human_bytes(n, goal));
	return buf;
}

static void heap_means(char buf[CGM_GO_TEXT], const struct cgm_snapshot *s,
		       const struct cgm_breakdown *b, const struct cgm_go *g,
		       const struct cgm_finding *cause, bool none_large)
{
	const struct cgm_go_group *group = cgm_go_largest_group(g);
	uint64_t fresh = unjudged(b);
	char text[CGM_GO_TEXT] = "", part[CGM_GO_TEXT], when[CGM_GO_TEXT] = "", n[CGM_TEXT_MAX];

	if (none_large)
		;
	else if (cgm_go_group_is_large(g, group))
		(void)snprintf(text, sizeof text, "%.80s%.220s.", cgm_go_among(when, s, g),
			       cgm_go_group_text(part, group));
	else
		(void)cgm_go_site_text(text, s, cause->bytes.v);
	if (!fresh) {
		(void)snprintf(buf, CGM_GO_TEXT, "%s", text);
		return;
	}
	cgm_human_bytes(n, fresh);
	if (*text && strlen(text) <= 200)
		(void)snprintf(buf, CGM_GO_TEXT,
			       "%.200s Another %s was allocated since and is not judged yet.", text,
			       n);
	else
		(void)snprintf(buf, CGM_GO_TEXT,
			       "Another %s was allocated since and is not judged yet%.90s.", n,
			       judged_when(when, s, g));
}

static void idle_means(char buf[CGM_GO_TEXT], const struct cgm_snapshot *s, const struct cgm_go *g,
		       uint64_t bytes)
{
	uint64_t held = cgm_go_idle_held(s, bytes), rest = bytes - held;
	char n[CGM_TEXT_MAX];

	if (!held)
		(void)snprintf(buf, CGM_GO_TEXT, "%s", cgm_go_gives_back(g));
	else if (rest < bytes / 10)
		(void)snprintf(buf, CGM_GO_TEXT,
			       "A huge page is given back whole or not at all; "
			       "debug.FreeOSMemory() does not help.");
	else
		(void)snprintf(buf, CGM_GO_TEXT,
			       "%s of it was released and huge pages hold it; debug.FreeOSMemory() "
			       "can give back the rest only.",
			       cgm_human_bytes(n, held));
}

static void stacks_means(char buf[CGM_GO_TEXT], const struct cgm_snapshot *s,
			 const struct cgm_go *g)
{
	const struct cgm_go_group *group = cgm_go_largest_group(g);
	char text[CGM_GO_TEXT], in[CGM_GO_TEXT];

	if (cgm_go_group_is_large(g, group))
		(void)snprintf(buf, CGM_GO_TEXT, "%.90s%.220s.", cgm_go_among(in, s, g),
			       cgm_go_group_text(text, group));
}

bool cgm_go_means(char buf[CGM_GO_TEXT], const struct cgm_snapshot *s,
		  const struct cgm_breakdown *b, const struct cgm_finding *cause)
{
	enum cgm_child_id child = CGM_CHILD_COUNT;
	const struct cgm_go *g = owner(s, cause->id, &child);
	struct cgm_go_sums sums;

	buf[0] = '\0';
	if (!strcmp(cause->id, "huge-pages") && cgm_go_is_split_huge(s, b, cause->bytes.v))
		(void)snprintf(buf, CGM_GO_TEXT,
			       "The Go runtime gave it back in parts of huge pages, which the "
			       "kernel keeps and charges whole until memory is short.");
	if (!g)
		return *buf;
	cgm_go_sums_make(s, &sums);
	if (child == CGM_CHILD_GO_HEAP_LIVE)
		heap_means(buf, s, b, g, cause, sums.none_large);
	else if (child == CGM_CHILD_GO_HEAP_SINCE_GC && sums.n == 1)
		(void)cgm_go_next_gc(buf, g);
	else if (child == CGM_CHILD_GO_IDLE_RETAINED)
		idle_means(buf, s, g, cause->bytes.v);
	else if (child == CGM_CHILD_GO_STACKS && !sums.none_large)
		stacks_means(buf, s, g);
	else if (child == CGM_CHILD_GO_RUNTIME && cgm_go_runtime_is_huge(s, g))
		(void)snprintf(buf, CGM_GO_TEXT,
			       "Huge pages back its tables, which makes them larger than the heap "
			       "needs.");
	return *buf;
}

bool cgm_go_todo(char buf[CGM_GO_TEXT], const struct cgm_snapshot *s,
		 const struct cgm_finding *cause)
{
	enum cgm_child_id child = CGM_CHILD_COUNT;
	const struct cgm_go *g = owner(s, cause->id, &child);
	char target[CGM_NAME_TEXT];
	bool huge;

	buf[0] = '\0';
	if (!g)
		return false;
	huge = (child == CGM_CHILD_GO_IDLE_RETAINED && cgm_go_idle_held(s, cause->bytes.v)) ||
	       (child == CGM_CHILD_GO_RUNTIME && cgm_go_runtime_is_huge(s, g));
	(void)cgm_target_text(target, s);
	if (huge)
		(void)snprintf(buf, CGM_GO_TEXT, "To have no huge pages: %s.",
			       cgm_go_no_huge_pages(g));
	else if (child == CGM_CHILD_GO_HEAP_LIVE && !cgm_go_has_profile(g))
		(void)snprintf(buf, CGM_GO_TEXT,
			       "Without a heap profile; what waits, and who started it: cgmem go "
			       "%s",
			       target);
	else if (child == CGM_CHILD_GO_HEAP_FRAGMENTED && !cgm_go_has_profile(g))
		(void)snprintf(buf, CGM_GO_TEXT, "New objects of these sizes fill it.");
	return *buf;
}

/* What the sites have together: an estimate by one sample in 512 KiB, so two digits of it. */
static uint64_t live_objects(const struct cgm_go *g)
{
	uint64_t sum = 0, step = 1;

	for (size_t i = 0; i < g->n_sites; i++)
		sum = cgm_add_sat(sum, g->sites[i].inuse_objects);
	while (sum / step >= 100)
		step *= 10;
	return cgm_add_sat(sum, step / 2) / step * step;
}

/* Go's part of docker's figure from which it belongs in a verdict on something else. */
#define GO_SHARE 4

static bool is_worth_a_word(const struct cgm_breakdown *b)
{
	uint64_t go = 0;

	for (int i = CGM_CHILD_GO_HEAP_LIVE; i <= CGM_CHILD_OFF_HEAP; i++)
		go = cgm_add_sat(go, b->child[i].bytes);
	return go >= b->docker_bytes / GO_SHARE;
}

/* The heap is named by the bytes before: "; pprof (inuse_space) shows 79.0 MiB" */
static void beside_heap(char buf[CGM_GO_TEXT], const struct cgm_snapshot *s, const struct cgm_go *g,
			const struct cgm_finding *cause)
{
	char n[CGM_TEXT_MAX], live[CGM_TEXT_MAX], count[CGM_TEXT_MAX], comm[CGM_NAME_TEXT];
	char objects[CGM_TEXT_MAX + 24] = "";
	uint64_t bytes, live_n = live_objects(g);
	size_t have;

	if (!g->inuse_space.known)
		return;
	cgm_human_bytes(n, g->inuse_space.v);
	(void)cgm_go_largest(s, CGM_CHILD_GO_HEAP_LIVE, &bytes, &have);
	/* a profile that saw most of the heap */
	if (s->n_go == 1 && live_n && g->inuse_space.v > cause->bytes.v / 2)
		(void)snprintf(objects, sizeof objects, " in about %s object%s",
			       cgm_go_count(count, live_n), live_n == 1 ? "" : "s");
	if (s->n_go == 1)
		(void)snprintf(buf, CGM_GO_TEXT, "%s; pprof (inuse_space) shows %s", objects, n);
	else
		(void)snprintf(buf, CGM_GO_TEXT, "; %s has %s of it, of which pprof shows %s",
			       cgm_name_text(comm, g->comm), cgm_human_bytes(live, bytes), n);
}

const char *cgm_go_beside(char buf[CGM_GO_TEXT], const struct cgm_snapshot *s,
			  const struct cgm_breakdown *b, const struct cgm_finding *cause)
{
	enum cgm_child_id child = CGM_CHILD_COUNT;
	const struct cgm_go *g = owner(s, cause->id, &child);
	char n[CGM_TEXT_MAX], shown[CGM_TEXT_MAX], comm[CGM_NAME_TEXT], of[CGM_NAME_TEXT + 8] = "";
	struct cgm_go_sums sums;

	buf[0] = '\0';
	cgm_go_sums_make(s, &sums);
	if (!strcmp(cause->id, "huge-pages") && cgm_go_is_split_huge(s, b, cause->bytes.v))
		g = cgm_go_most_released(s);
	else if (!g && is_worth_a_word(b))
		g = sums.largest;
	if (!g || sums.none_large || cgm_go_is_first_run(g))
		return buf;
	if (child == CGM_CHILD_GO_HEAP_LIVE) {
		beside_heap(buf, s, g, cause);
		return buf;
	}
	if (s->n_go > 1)
		(void)snprintf(of, sizeof of, " of %s", cgm_name_text(comm, g->comm));
	cgm_human_bytes(n, g->heap_marked.v);
	cgm_human_bytes(shown, g->inuse_space.v);
	if (g->heap_marked.known && g->inuse_space.known)
		(void)snprintf(buf, CGM_GO_TEXT,
			       "; the live Go heap%s is %s, pprof (inuse_space) shows %s", of, n,
			       shown);
	else if (g->heap_marked.known)
		(void)snprintf(buf, CGM_GO_TEXT, "; the live Go heap%s is %s", of, n);
	else if (g->inuse_space.known)
		(void)snprintf(buf, CGM_GO_TEXT, "; pprof%s (inuse_space) shows %s", of, shown);
	return buf;
}
