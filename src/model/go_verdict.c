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

bool cgm_go_means(char buf[CGM_GO_TEXT], const struct cgm_snapshot *s,
		  const struct cgm_breakdown *b, const struct cgm_finding *cause)
{
	const struct cgm_go_group *group;
	enum cgm_child_id child;
	const struct cgm_go *g = owner(s, cause->id, &child);
	char text[CGM_GO_TEXT];

	buf[0] = '\0';
	if (!strcmp(cause->id, "huge-pages") && cgm_go_is_split_huge(s, b, cause->bytes.v))
		(void)snprintf(buf, CGM_GO_TEXT,
			       "The Go runtime gave it back in parts of huge pages, which the "
			       "kernel keeps and charges whole until memory is short.");
	if (!g)
		return *buf;
	if (child == CGM_CHILD_GO_HEAP_SINCE_GC)
		return *cgm_go_next_gc(buf, g);
	if (child == CGM_CHILD_GO_IDLE_RETAINED) {
		(void)snprintf(buf, CGM_GO_TEXT, "%s", cgm_go_gives_back(g));
		return true;
	}
	group = cgm_go_largest_group(g);
	if (cgm_go_group_is_large(g, group))
		(void)snprintf(buf, CGM_GO_TEXT, "%.310s.", cgm_go_group_text(text, group));
	else if (child == CGM_CHILD_GO_HEAP_LIVE)
		(void)cgm_go_site_text(buf, g, cause->bytes.v);
	return *buf;
}

/* What pprof shows, or would show: live objects as of the last collection. */
static struct cgm_opt profile_bytes(const struct cgm_go *g)
{
	struct cgm_opt none = {0, false};

	if (g->source == CGM_GO_FROM_NOTHING)
		return none;
	if (g->inuse_space.known)
		return g->inuse_space;
	return g->stat[CGM_GO_NUM_GC].known && g->stat[CGM_GO_NUM_GC].v ? g->heap_marked : none;
}

static uint64_t live_objects(const struct cgm_go *g)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < g->n_sites; i++)
		sum = cgm_add_sat(sum, g->sites[i].inuse_objects);
	return sum;
}

const char *cgm_go_beside(char buf[CGM_GO_TEXT], const struct cgm_snapshot *s,
			  const struct cgm_finding *cause)
{
	const struct cgm_go *g = s->n_go ? &s->go[0] : NULL;
	struct cgm_opt shown = g ? profile_bytes(g) : (struct cgm_opt){0, false};
	char n[CGM_TEXT_MAX], count[CGM_TEXT_MAX], objects[CGM_TEXT_MAX + 16] = "";
	char comm[CGM_NAME_TEXT], of[CGM_NAME_TEXT + 8] = "";
	bool heap = !strcmp(cause->id, "go-heap");

	buf[0] = '\0';
	if (!shown.known)
		return buf;
	/* a profile that saw most of the heap */
	if (heap && live_objects(g) && shown.v > cause->bytes.v / 2)
		(void)snprintf(objects, sizeof objects, " in %s objects",
			       cgm_go_count(count, live_objects(g)));
	if (s->n_go > 1)
		(void)snprintf(of, sizeof of, " of %s", cgm_name_text(comm, g->comm));
	cgm_human_bytes(n, shown.v);
	if (heap)
		(void)snprintf(buf, CGM_GO_TEXT, "%s; pprof%s (inuse_space) %s %s", objects, of,
			       g->inuse_space.known ? "shows" : "would show about", n);
	else if (g->inuse_space.known)
		(void)snprintf(buf, CGM_GO_TEXT,
			       "; pprof's %s (inuse_space) is the live Go heap%s alone", n, of);
	else
		(void)snprintf(buf, CGM_GO_TEXT,
			       "; the live Go heap%s, all that pprof would show, is %s", of, n);
	return buf;
}
