/* SPDX-License-Identifier: Apache-2.0 */
/* What is told of growth as long as nobody can tell whether it is any. */
#include "model/growth_parts.h"
#include "model/trend_text.h"

#include "base/banned.h"

#define RISEN_BYTES (UINT64_C(1) << 20)
#define RISEN_S	    5

/* What the first and the last value of a part are apart. */
static double watched_s(const struct cgm_trend *t)
{
	const struct cgm_trend_part *p = &t->part[CGM_TREND_DOCKER];

	return p->now_s - p->first_s;
}

/* What rose too late, or too seldom, to be judged is higher, and that is true; not of a moment. */
static uint64_t risen(const struct cgm_trend *t)
{
	const struct cgm_trend_part *p = &t->part[CGM_TREND_DOCKER];
	uint64_t by = cgm_sub_sat(p->now, p->first);

	return by >= RISEN_BYTES && by > p->now / 2 && watched_s(t) >= RISEN_S ? by : 0;
}

/* Of what runs: why it cannot be told yet. */
static void not_yet(struct text *b, const struct cgm_trend *t)
{
	const struct cgm_growth *g = &t->part[CGM_TREND_DOCKER].growth;
	uint64_t by = risen(t);
	char n[CGM_TEXT_MAX], fell[CGM_TEXT_MAX], span[CGM_TEXT_MAX];

	if (g->sawtooth)
		add(b, "Docker's figure goes up and down; whether what is left after each fall "
		       "grows cannot be told yet");
	else if (g->grew > 0)
		add(b,
		    "Docker's figure grew by %s until %s and fell by %s then%s; whether it "
		    "falls each time cannot be told yet",
		    bytes_text(n, g->grew), since_text(span, t, g->since_s),
		    bytes_text(fell, g->fell), g->rise > 0 ? ", and goes up again" : "");
	else if (g->n < CGM_GROWTH_POINTS_MIN)
		add(b, "Not enough data");
	else if (by)
		add(b,
		    "Docker's figure is %s higher than %s before; whether that goes on or is "
		    "chance cannot be told yet",
		    cgm_human_bytes(n, by), span_text(span, watched_s(t)));
	else
		add(b, "Docker's figure moves, but whether that goes on or is chance cannot be "
		       "told yet");
	add(b, ": watch for %s more.", span_text(span, t->more_s < 1 ? 1 : t->more_s));
}

/* None of them lasted, but each did the same. */
static void runs(struct text *b, const struct cgm_trend *t)
{
	char n[CGM_TEXT_MAX], span[CGM_TEXT_MAX];

	add(b,
	    "Each of the last %zu runs that were seen grew by about %s in %s before it ended: too "
	    "short to tell whether one would level off.",
	    t->runs.n, bytes_text(n, t->runs.rise), span_text(span, t->runs.span_s));
}

void cgm_trend_say_unknown(struct text *b, const struct cgm_trend *t)
{
	uint64_t by = risen(t);
	char up[CGM_TEXT_MAX], span[CGM_TEXT_MAX];

	if (t->runs.n)
		runs(b, t);
	else if (!t->ended)
		not_yet(b, t);
	else if (by && !t->killed)
		add(b, "Docker's figure ended %s higher than %s before, but that is no trend.",
		    cgm_human_bytes(up, by), span_text(span, watched_s(t)));
	else
		add(b, "Too little of it was recorded to tell whether it grew.");
}
