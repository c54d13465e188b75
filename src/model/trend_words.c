/* SPDX-License-Identifier: Apache-2.0 */
/* A trend in plain sentences. A leak is named only where all of its evidence is there. */
#include "model/trend_text.h"

#include "base/banned.h"

/* Growth that was seen for less, seconds, may be a program that gets going. */
#define LONG_ENOUGH_S 600
/* Less is not worth a sentence of its own. */
#define RISEN_BYTES (UINT64_C(1) << 20)
/* What moves by one part in so many of its height is not called level. */
#define MOVES 4
/* What is charged is the limit but for one part in so many: reclaim holds it there. */
#define NEARLY 16
/* Go's figures of so many seconds before are of the moment. */
#define GO_FRESH_S 5

/* What a part is, and who gives it back. */
static const struct {
	const char *what; /* NULL: its title will do */
	const char *back; /* follows "which " */
	const char *leak; /* "consistent with a leak ..."; NULL: it is none */
} words[CGM_TREND_COUNT] = {
	[CGM_TREND_ANON] = {"anonymous memory", "only the program can free",
			    "in the program's own memory"},
	[CGM_TREND_ANON_UNMAPPED] = {NULL, "the kernel takes back when it is needed", NULL},
	[CGM_TREND_CACHE_COUNTED] = {"page cache", "the kernel takes back when it is needed", NULL},
	[CGM_TREND_TMPFS] = {NULL, "stays until its files or segments are removed",
			     "of files or segments in shared memory"},
	[CGM_TREND_KERNEL] = {NULL, "the kernel holds for its processes and their files", NULL},
	[CGM_TREND_SOCK] = {NULL, "waits to be read or sent", NULL},
	[CGM_TREND_HUGETLB] = {NULL, "only the program can free", "in the program's own memory"},
	[CGM_TREND_GO_LIVE] = {"anonymous memory (live Go heap)", "only the program can free",
			       "in the Go heap"},
	[CGM_TREND_OFF_HEAP] = {"anonymous memory (outside the Go runtime: cgo, mmap)",
				"only the program can free", "outside the Go runtime"},
	[CGM_TREND_GOROUTINES] = {"anonymous memory (goroutines and their stacks)",
				  "goes when the goroutines end", "of goroutines"},
};

const char *cgm_trend_rate_text(char buf[64], const struct cgm_trend_part *p, bool bytes)
{
	enum cgm_growth_verdict v = p->growth.verdict;
	double rate = p->growth.rate * 3600;
	char n[CGM_TEXT_MAX];

	if (!p->known || v == CGM_GROWTH_UNKNOWN)
		(void)snprintf(buf, 64, "-");
	else if (v != CGM_GROWTH_GROWING && v != CGM_GROWTH_SHRINKING)
		(void)snprintf(buf, 64, "0");
	else if (bytes)
		(void)snprintf(buf, 64, "%c%s/h", rate < 0 ? '-' : '+', bytes_text(n, rate));
	else
		(void)snprintf(buf, 64, "%+.0f/h", rate);
	return buf;
}

const char *cgm_trend_age_text(char buf[64], const struct cgm_trend *t, enum cgm_trend_id id)
{
	char ago[CGM_TEXT_MAX];

	buf[0] = '\0';
	if ((id == CGM_TREND_GO_LIVE || id == CGM_TREND_OFF_HEAP || id == CGM_TREND_GOROUTINES) &&
	    t->go_age_s > GO_FRESH_S)
		(void)snprintf(buf, 64, " (Go figures of %s ago)", span_text(ago, t->go_age_s));
	return buf;
}

static const char *what_of(enum cgm_trend_id id)
{
	return words[id].what ? words[id].what : cgm_trends[id].title;
}

/*
 * All that has to be known before it is called a leak: what grows cannot be reclaimed, it is most
 * of the growth, each is no chance, it has not levelled off, and it was seen for long enough, in
 * a Go program over a collection.
 */
static bool is_like_a_leak(const struct cgm_trend *t)
{
	return words[t->carrier].leak && !t->uncollected && t->carrier_share >= 0.5 &&
	       seen_s(t) >= LONG_ENOUGH_S &&
	       t->part[t->carrier].growth.verdict == CGM_GROWTH_GROWING &&
	       t->part[CGM_TREND_NEEDED].growth.verdict == CGM_GROWTH_GROWING;
}

static void growing(struct text *b, const struct cgm_trend *t)
{
	const struct cgm_trend_part *docker = &t->part[CGM_TREND_DOCKER];
	char rate[64], since[CGM_TEXT_MAX], end[CGM_TEXT_MAX], age[64], grew[CGM_TEXT_MAX],
		fell[CGM_TEXT_MAX];

	cgm_trend_rate_text(rate, docker, true);
	since_text(since, t, docker->growth.since_s);
	add(b, "Docker's figure ");
	if (docker->growth.sawtooth)
		add(b, "%s up and down, and what %s left after each fall ",
		    tense(t, "goes", "went"), tense(t, "is", "was"));
	if (t->ended)
		add(b, "grew by %s from %s until it ended at %s", rate + 1, since,
		    cgm_when_short(end, t->ended_ms, t->to_ms));
	else
		add(b, "grows by %s since %s", rate + 1, since);
	if (t->carrier != CGM_TREND_COUNT) {
		add(b, "; %.0f %% of it is %s, which %s", t->carrier_share * 100,
		    what_of(t->carrier), words[t->carrier].back);
		if (is_like_a_leak(t))
			add(b, ": consistent with a leak %s", words[t->carrier].leak);
		add(b, "%s", cgm_trend_age_text(age, t, t->carrier));
	}
	add(b, ".");
	if (docker->growth.grew > 0)
		add(b, " Until then it had grown by %s, and fell by %s.",
		    bytes_text(grew, docker->growth.grew), bytes_text(fell, docker->growth.fell));
	if (seen_s(t) < LONG_ENOUGH_S && !t->ended)
		add(b, " Whether it goes on, a longer look tells.");
}

/* The part that rose or jumped most, of those that docker's figure has. */
static enum cgm_trend_id largest_before(const struct cgm_trend *t, enum cgm_growth_verdict v)
{
	enum cgm_trend_id best = CGM_TREND_COUNT;

	for (int i = 0; i < CGM_TREND_COUNT; i++) {
		const struct cgm_growth *g = &t->part[i].growth;

		if (!cgm_trends[i].in_docker || g->verdict != v)
			continue;
		if (best == CGM_TREND_COUNT || g->before > t->part[best].growth.before)
			best = (enum cgm_trend_id)i;
	}
	return best;
}

static void levelled_off(struct text *b, const struct cgm_trend *t)
{
	const struct cgm_growth *g = &t->part[CGM_TREND_DOCKER].growth;
	enum cgm_trend_id id = largest_before(t, CGM_GROWTH_PLATEAU);
	char n[CGM_TEXT_MAX], since[CGM_TEXT_MAX];

	add(b, "Docker's figure grew by %s until %s and %s", bytes_text(n, g->before),
	    since_text(since, t, g->since_s),
	    g->sawtooth ? tense(t, "goes up and down since, to the same after each fall",
				"went up and down from then on, to the same after each fall")
			: tense(t, "has been level since", "was level from then on"));
	if (id != CGM_TREND_COUNT)
		add(b, ": %s, which %s", what_of(id), words[id].back);
	add(b, ".");
}

static void stepped(struct text *b, const struct cgm_trend *t)
{
	const struct cgm_growth *g = &t->part[CGM_TREND_DOCKER].growth;
	enum cgm_trend_id id = largest_before(t, CGM_GROWTH_STEPPED);
	char n[CGM_TEXT_MAX], grew[CGM_TEXT_MAX], since[CGM_TEXT_MAX];

	bytes_text(n, g->before);
	since_text(since, t, g->since_s);
	if (g->grew > 0)
		add(b, "Docker's figure grew by %s until %s, fell by %s then, and %s",
		    bytes_text(grew, g->grew), since, n,
		    tense(t, "has been level since", "was level from then on"));
	else
		add(b, "Docker's figure %s by %s at %s, and %s", g->before < 0 ? "fell" : "rose", n,
		    since,
		    g->was_level ? tense(t, "has been level before and since",
					 "was level before and after")
				 : tense(t, "has been level since", "was level from then on"));
	if (id != CGM_TREND_COUNT && g->before > 0)
		add(b, ": %s, which %s", what_of(id), words[id].back);
	add(b, ".");
}

/* It goes by more than is called level. */
static bool moves(const struct cgm_trend_part *p)
{
	return p->most - p->least >= RISEN_BYTES && p->most - p->least > p->most / MOVES;
}

static void steady(struct text *b, const struct cgm_trend *t)
{
	const struct cgm_trend_part *docker = &t->part[CGM_TREND_DOCKER];
	const struct cgm_growth *g = &docker->growth;
	char span[CGM_TEXT_MAX], rate[64], least[CGM_TEXT_MAX], most[CGM_TEXT_MAX];

	span_text(span, seen_s(t));
	/* what the limit ended did grow, be it too fast to be judged */
	if (t->killed)
		return;
	if (g->verdict == CGM_GROWTH_SHRINKING)
		add(b, "Docker's figure %s shrinking by %s for %s.", tense(t, "has been", "was"),
		    cgm_trend_rate_text(rate, &t->part[CGM_TREND_DOCKER], true) + 1, span);
	else if (g->sawtooth)
		add(b,
		    "Docker's figure %s up and down as a garbage collector or reclaim makes it, "
		    "and %s in %s: what %s left after each fall %s the same.",
		    tense(t, "goes", "went"), tense(t, "has not grown", "did not grow"), span,
		    tense(t, "is", "was"), tense(t, "is", "was"));
	else if (moves(docker))
		add(b, "Docker's figure %s between %s and %s in %s, and no trend is in that.",
		    tense(t, "has moved", "moved"), cgm_human_bytes(least, docker->least),
		    cgm_human_bytes(most, docker->most), span);
	else
		add(b, "Docker's figure %s in %s.", tense(t, "has not grown", "did not grow"),
		    span);
}

/* What docker's figure leaves out: its growth, and that which the limit ended. */
static void cache_beside(struct text *b, const struct cgm_trend *t)
{
	const struct cgm_trend_part *cache = &t->part[CGM_TREND_CACHE];
	const struct cgm_growth *docker = &t->part[CGM_TREND_DOCKER].growth;
	const uint64_t full = t->limit.v - t->limit.v / NEARLY;
	char rate[64], n[CGM_TEXT_MAX], since[CGM_TEXT_MAX];

	if (docker->verdict == CGM_GROWTH_GROWING)
		return;
	if (cache->growth.verdict == CGM_GROWTH_GROWING)
		add(b,
		    " Page cache that it leaves out %s by %s: the kernel takes it back when it is "
		    "needed.",
		    tense(t, "grows", "grew"), cgm_trend_rate_text(rate, cache, true) + 1);
	else if (cache->growth.verdict == CGM_GROWTH_PLATEAU &&
		 cache->growth.before >= RISEN_BYTES && cache->growth.before > 2 * docker->before)
		add(b,
		    " Page cache that it leaves out grew by %s until %s%s: the kernel takes it "
		    "back when it is needed.",
		    bytes_text(n, cache->growth.before),
		    since_text(since, t, cache->growth.since_s),
		    t->limit.known && t->part[CGM_TREND_CHARGED].now >= full
			    ? ", when the limit was met"
			    : "");
}

static void limit(struct text *b, const struct cgm_trend *t)
{
	static const char *const doubts[] = {
		[CGM_TREND_DOUBT_KERNEL] = "cgroup v1 does not tell how much of the kernel memory "
					   "can be reclaimed",
		[CGM_TREND_DOUBT_PINNED] =
			"slab that counts as reclaimable grows in step with what keeps it, such "
			"as sockets or open files",
		[CGM_TREND_DOUBT_GO] = "no garbage collection was seen since the Go heap began to "
				       "grow",
		[CGM_TREND_DOUBT_RATE] = "what cannot be reclaimed has grown more slowly of late",
	};
	char l[CGM_TEXT_MAX], in[CGM_TEXT_MAX], rate[64];

	if (t->limit.known && t->limit_doubt)
		add(b, " When the limit of %s is met is unknown, because %s.",
		    cgm_human_bytes(l, t->limit.v), doubts[t->limit_doubt]);
	if (!t->limit_in_s.known || !t->limit.known)
		return;
	cgm_human_bytes(l, t->limit.v);
	cgm_human_seconds(in, t->limit_in_s.v);
	if (t->part[CGM_TREND_DOCKER].growth.verdict == CGM_GROWTH_GROWING)
		add(b, " At this rate what cannot be reclaimed meets the limit of %s in %s.", l,
		    in);
	else
		add(b, " What cannot be reclaimed grows by %s and so meets the limit of %s in %s.",
		    cgm_trend_rate_text(rate, &t->part[CGM_TREND_NEEDED], true) + 1, l, in);
}

int cgm_trend_verdict(const struct cgm_trend *t, char *buf, size_t size)
{
	const struct cgm_growth *g = &t->part[CGM_TREND_DOCKER].growth;
	struct text b = {.buf = buf, .size = size};

	if (size)
		buf[0] = '\0';
	if (t->more_s > 0)
		cgm_trend_say_unknown(&b, t);
	else if (!t->part[CGM_TREND_DOCKER].known)
		add(&b, "Docker's figure is not known.");
	else if (cgm_trend_is_cut_by_kills(t))
		cgm_trend_say_cut_by_kills(&b, t);
	else if (g->verdict == CGM_GROWTH_GROWING)
		growing(&b, t);
	else if (g->verdict == CGM_GROWTH_PLATEAU)
		levelled_off(&b, t);
	else if (g->verdict == CGM_GROWTH_STEPPED)
		stepped(&b, t);
	else
		steady(&b, t);
	if (!(t->more_s > 0))
		cache_beside(&b, t);
	cgm_trend_say_end(&b, t);
	cgm_trend_say_kills(&b, t);
	limit(&b, t);
	return (int)b.len;
}
