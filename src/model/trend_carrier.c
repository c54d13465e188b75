/* SPDX-License-Identifier: Apache-2.0 */
/* Which part carries the growth of docker's figure. */
#include "model/trend_parts.h"

#include "base/banned.h"

/* Stacks tell what goroutines cost: so much of anonymous memory's growth. */
#define STACKS 0.25
/* With GOGC at 100 the heap grows by twice what is live. */
#define LIVE 0.35
/* Two rates are the same within so much. */
#define ALIKE 0.25

/* Of anonymous memory's growth at @anon a second: what Go's own figures say it is. */
static enum cgm_trend_id go_part(const struct cgm_trend_window *w, const struct cgm_trend *t,
				 double anon, double since_s, double *ret_slope)
{
	static const enum cgm_trend_id parts[] = {CGM_TREND_GO_LIVE, CGM_TREND_OFF_HEAP};

	/* what goroutines hold on the heap comes on top of their stacks */
	*ret_slope = anon;
	if (cgm_trend_grows(t, CGM_TREND_GOROUTINES) &&
	    cgm_trend_series_slope(w, CGM_SERIES_GO_STACKS, since_s) >= STACKS * anon)
		return CGM_TREND_GOROUTINES;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (!cgm_trend_grows(t, parts[i]))
			continue;
		*ret_slope = cgm_trend_slope(w, parts[i], since_s);
		if (*ret_slope >= (parts[i] == CGM_TREND_GO_LIVE ? LIVE : CGM_TREND_MOST) * anon)
			return parts[i];
	}
	*ret_slope = anon;
	return CGM_TREND_ANON;
}

/*
 * Noise of the other parts makes a bend in the whole that what carries it has not: it has grown
 * since then, where it went on as before.
 */
static void begin_with(const struct cgm_trend_window *w, const struct cgm_growth *part,
		       struct cgm_growth *whole)
{
	double all;

	if (part->verdict != CGM_GROWTH_GROWING || part->since_s >= whole->since_s ||
	    whole->grew > 0)
		return;
	all = cgm_trend_slope(w, CGM_TREND_DOCKER, part->since_s);
	if (all < whole->rate * (1 - ALIKE) || all > whole->rate * (1 + ALIKE) ||
	    part->rate < CGM_TREND_MOST * all)
		return;
	whole->rise += all * (whole->since_s - part->since_s);
	whole->since_s = part->since_s;
	whole->rate = all;
	whole->low = all < whole->low ? all : whole->low;
	whole->high = all > whole->high ? all : whole->high;
}

void cgm_trend_find_carrier(const struct cgm_trend_window *w, struct cgm_trend *t)
{
	struct cgm_growth *docker = &t->part[CGM_TREND_DOCKER].growth;
	double whole, most = 0, slope;

	t->carrier = CGM_TREND_COUNT;
	if (!cgm_trend_grows(t, CGM_TREND_DOCKER))
		return;
	whole = cgm_trend_slope(w, CGM_TREND_DOCKER, docker->since_s);
	for (int i = 0; i < CGM_TREND_COUNT && whole > 0; i++) {
		enum cgm_trend_id id = (enum cgm_trend_id)i;

		if (!cgm_trends[id].in_docker || !t->part[id].known)
			continue;
		slope = cgm_trend_slope(w, id, docker->since_s);
		if (slope > 0 && cgm_trend_grows(t, id))
			t->part[id].share = slope < whole ? slope / whole : 1;
		if (slope > most) {
			most = slope;
			t->carrier = id;
			t->carrier_share = slope < whole ? slope / whole : 1;
		}
	}
	if (t->carrier != CGM_TREND_COUNT)
		begin_with(w, &t->part[t->carrier].growth, docker);
	if (t->carrier != CGM_TREND_ANON)
		return;
	t->carrier = go_part(w, t, most, docker->since_s, &slope);
	if (slope < most)
		t->carrier_share *= slope / most;
}
