/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Findings of growth, from the trend of a watched or recorded track. They are information: growth
 * is no fault by itself. Only growth of what cannot be freed rises above, when it was seen for long
 * enough that its rate can be believed until the limit.
 */
#include <stdio.h>
#include <string.h>

#include "model/go_words.h"

#include "base/banned.h"

/* Seen for less, a program may just be getting going. */
#define SEEN_S 600
/* A rate is believed for so many times as long as it was seen. */
#define BELIEVED   4
#define WARN_S	   86400
#define CRITICAL_S 3600
/* Go's own part explains most of anonymous memory's growth. */
#define MOST 0.5
/* Less of docker's growth is no finding beside what carries it. */
#define MINOR 0.05

static bool grows(const struct cgm_trend *t, enum cgm_trend_id id)
{
	return t->part[id].growth.verdict == CGM_GROWTH_GROWING;
}

static double seen_s(const struct cgm_trend *t, enum cgm_trend_id id)
{
	return (double)t->to_ms / 1000 - t->part[id].growth.since_s;
}

static uint64_t whole(double v)
{
	return v > 0 ? v < 1e18 ? (uint64_t)(v + 0.5) : (uint64_t)1e18 : 0;
}

/* What is freed by nobody but its owner. */
static bool is_held(enum cgm_trend_id id)
{
	return id == CGM_TREND_ANON || id == CGM_TREND_TMPFS || id == CGM_TREND_KERNEL ||
	       id == CGM_TREND_SOCK || id == CGM_TREND_GO_LIVE || id == CGM_TREND_OFF_HEAP ||
	       id == CGM_TREND_GOROUTINES;
}

/* Go's own figures tell what anonymous memory grows by: then it is theirs to be told. */
static bool is_told_by_go(const struct cgm_trend *t)
{
	static const enum cgm_trend_id parts[] = {CGM_TREND_GO_LIVE, CGM_TREND_OFF_HEAP};
	double rate = t->part[CGM_TREND_ANON].growth.rate;

	if (t->carrier == CGM_TREND_GOROUTINES || t->carrier == CGM_TREND_GO_LIVE ||
	    t->carrier == CGM_TREND_OFF_HEAP)
		return true;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (grows(t, parts[i]) && t->part[parts[i]].growth.rate >= MOST * rate)
			return true;
	return false;
}

/* So little of the growth that something else carries, or of what that is uncertain by: the table
 * by component has it. */
static bool is_minor(const struct cgm_trend *t, enum cgm_trend_id id)
{
	const struct cgm_growth *docker = &t->part[CGM_TREND_DOCKER].growth;
	double rate = t->part[id].growth.rate;

	if (t->carrier == CGM_TREND_COUNT || t->carrier == id)
		return false;
	if (cgm_trends[id].in_docker)
		return t->part[id].share < MINOR;
	return (id == CGM_TREND_GO_LIVE || id == CGM_TREND_OFF_HEAP) &&
	       (rate < MINOR * docker->rate || rate < docker->high - docker->low);
}

/* Of which component a finding is: the first with its id that grows; CGM_TREND_COUNT: none. */
static enum cgm_trend_id component(const struct cgm_trend *t, const char *finding)
{
	for (int i = 0; i < CGM_TREND_COUNT; i++) {
		enum cgm_trend_id id = (enum cgm_trend_id)i;

		if (!cgm_trends[id].finding || strcmp(cgm_trends[id].finding, finding) != 0 ||
		    !grows(t, id) || (id == CGM_TREND_ANON && is_told_by_go(t)) || is_minor(t, id))
			continue;
		return id;
	}
	return CGM_TREND_COUNT;
}

/* The component of those that nobody else frees which grows fastest stands for the limit. */
static bool is_worst(const struct cgm_trend *t, enum cgm_trend_id id)
{
	static const enum cgm_trend_id held[] = {CGM_TREND_ANON, CGM_TREND_TMPFS, CGM_TREND_KERNEL,
						 CGM_TREND_SOCK};
	enum cgm_trend_id of =
		id == CGM_TREND_GO_LIVE || id == CGM_TREND_OFF_HEAP || id == CGM_TREND_GOROUTINES
			? CGM_TREND_ANON
			: id;

	for (size_t i = 0; i < sizeof held / sizeof *held; i++)
		if (grows(t, held[i]) && t->part[held[i]].growth.rate > t->part[of].growth.rate)
			return false;
	return true;
}

static enum cgm_severity severity(const struct cgm_trend *t, enum cgm_trend_id id)
{
	double seen = seen_s(t, CGM_TREND_NEEDED), in = (double)t->limit_in_s.v;

	if (!is_held(id) || !t->limit_in_s.known || !is_worst(t, id) || seen < SEEN_S ||
	    in > BELIEVED * seen || in > WARN_S)
		return CGM_INFO;
	return in <= CRITICAL_S ? CGM_CRITICAL : CGM_WARN;
}

static void add_rate(struct cgm_finding *f, const struct cgm_trend *t, enum cgm_trend_id id)
{
	const struct cgm_growth *g = &t->part[id].growth;
	const char *unit = cgm_trends[id].bytes ? "bytes" : "count";

	cgm_evidence(f, "rate_per_hour", whole(g->rate * 3600), unit);
	cgm_evidence(f, "low_per_hour", whole(g->low * 3600), unit);
	cgm_evidence(f, "high_per_hour", whole(g->high * 3600), unit);
	cgm_evidence(f, "window", whole(seen_s(t, id)), "seconds");
	if (t->part[id].share > 0)
		cgm_evidence(f, "share of docker's growth", whole(t->part[id].share * 100),
			     "percent");
}

static const struct {
	const char *id, *advice; /* %s: the target */
} advices[] = {
	{"growth-anon",
	 "Ask the program's own allocator or profiler what it holds; which process, and what kinds "
	 "of mappings: cgmem procs %s"},
	{"growth-go-heap", "What allocated it: cgmem go %s, now and later, and compare the sites; "
			   "pprof -base does the same with two heap profiles."},
	{"growth-goroutines", "What they wait for, and who started them: cgmem go %s"},
	{"growth-off-heap", "pprof does not see it. C code (cgo) or mappings of its own: by kind "
			    "of mapping, cgmem go %s"},
	{"growth-tmpfs",
	 "Which file, segment or mapping holds it: see tmpfs in cgmem explain %s. A size= limit on "
	 "the mount stops it."},
	{"growth-kernel", "Which kernel memory: the breakdown of cgmem explain %s. File names and "
			  "inodes (slab_reclaimable) are given back when memory is needed; "
			  "descriptors, threads and pipes are not."},
	{"growth-sockets", "A peer or the program reads too slowly: ss -tunm shows the connection "
			   "whose queue grows."},
	{"growth-cache", "Nothing has to be done: page cache uses memory that nobody else needs."},
};

static void advise(const struct cgm_rules *r, struct cgm_finding *f)
{
	char name[CGM_NAME_TEXT];

	for (size_t i = 0; i < sizeof advices / sizeof *advices; i++) {
		const char *text = advices[i].advice, *mark = strstr(text, "%s");

		if (strcmp(advices[i].id, f->id) != 0)
			continue;
		if (mark)
			cgm_advise(f, "%.*s%s%s", (int)(mark - text), text,
				   cgm_target_text(name, r->s), mark + 2);
		else
			cgm_advise(f, "%s", text);
	}
}

/* Starts with a capital letter, as a sentence does. */
static const char *title(char buf[CGM_NAME_TEXT], enum cgm_trend_id id)
{
	(void)snprintf(buf, CGM_NAME_TEXT, "%s", cgm_trends[id].title);
	if (buf[0] >= 'a' && buf[0] <= 'z')
		buf[0] = (char)(buf[0] - 'a' + 'A');
	return buf;
}

static void say_rate(struct cgm_finding *f, const struct cgm_trend *t, enum cgm_trend_id id)
{
	const struct cgm_trend_part *p = &t->part[id];
	char name[CGM_NAME_TEXT], rate[64], span[CGM_TEXT_MAX], in[CGM_TEXT_MAX], l[CGM_TEXT_MAX];
	char limit[CGM_GO_TEXT] = "", share[CGM_GO_TEXT] = "", age[64];

	cgm_trend_rate_text(rate, p, cgm_trends[id].bytes);
	if (f->severity > CGM_INFO)
		(void)snprintf(
			limit, sizeof limit,
			" At this rate what cannot be reclaimed meets the limit of %s in %s.",
			cgm_human_bytes(l, t->limit.v), cgm_human_seconds(in, t->limit_in_s.v));
	if (p->share > 0)
		(void)snprintf(share, sizeof share, ", %ju %% of the growth of docker's figure",
			       (uintmax_t)whole(p->share * 100));
	cgm_say(f, "%s %s by %s for %s%s%s.%s%s", title(name, id),
		t->ended	      ? "grew"
		: cgm_trends[id].many ? "grow"
				      : "grows",
		rate + 1, cgm_human_seconds(span, whole(seen_s(t, id))),
		cgm_trend_age_text(age, t, id), share,
		p->growth.sawtooth ? " It goes up and down, and what is left after each fall grows."
				   : "",
		limit);
}

bool cgm_growth_part(const struct cgm_rules *r, struct cgm_finding *f)
{
	const struct cgm_trend *t = r->trend;
	enum cgm_trend_id id;

	if (!t || (id = component(t, f->id)) == CGM_TREND_COUNT)
		return false;
	f->severity = severity(t, id);
	if (cgm_trends[id].bytes)
		f->bytes = (struct cgm_opt){whole(t->part[id].growth.rise), true};
	say_rate(f, t, id);
	add_rate(f, t, id);
	if (f->severity > CGM_INFO)
		cgm_evidence(f, "limit_in", t->limit_in_s.v, "seconds");
	advise(r, f);
	return true;
}

bool cgm_growth_plateau(const struct cgm_rules *r, struct cgm_finding *f)
{
	const struct cgm_trend *t = r->trend;
	const struct cgm_growth *g;
	char text[sizeof f->summary];

	if (!t)
		return false;
	g = &t->part[CGM_TREND_DOCKER].growth;
	if (g->verdict != CGM_GROWTH_PLATEAU &&
	    (g->verdict != CGM_GROWTH_STEPPED || g->before <= 0))
		return false;
	f->bytes = (struct cgm_opt){whole(g->before), true};
	(void)cgm_trend_verdict(t, text, sizeof text);
	cgm_say(f, "%s", text);
	cgm_evidence(f, "rise", whole(g->before), "bytes");
	cgm_evidence(f, "level_for", whole(seen_s(t, CGM_TREND_DOCKER)), "seconds");
	cgm_advise(f, "%s",
		   t->n_kills ? "The kernel has killed for want of memory: this level says "
				"nothing of what was needed. Find out what the victim does, or "
				"raise the limit."
			      : "Nothing points to a leak. Look again after the next load: a "
				"level that rises with each is growth.");
	return true;
}

bool cgm_growth_steady(const struct cgm_rules *r, struct cgm_finding *f)
{
	const struct cgm_trend *t = r->trend;
	enum cgm_growth_verdict v;
	char text[sizeof f->summary];

	if (!t || t->killed) /* what the limit ended did grow, be it too fast to be judged */
		return false;
	v = t->part[CGM_TREND_DOCKER].growth.verdict;
	if (v != CGM_GROWTH_STEADY && v != CGM_GROWTH_SHRINKING &&
	    (v != CGM_GROWTH_STEPPED || t->part[CGM_TREND_DOCKER].growth.before > 0))
		return false;
	for (int i = 0; i < CGM_TREND_COUNT; i++)
		if (cgm_trends[i].in_docker && grows(t, (enum cgm_trend_id)i))
			return false;
	(void)cgm_trend_verdict(t, text, sizeof text);
	cgm_say(f, "%s", text);
	cgm_evidence(f, "window", whole(seen_s(t, CGM_TREND_DOCKER)), "seconds");
	cgm_evidence(f, "points", t->n_points, "count");
	return true;
}
