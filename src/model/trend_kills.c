/* SPDX-License-Identifier: Apache-2.0 */
/* What is told of kills, and of how it ended. */
#include "model/trend_text.h"

#include "base/banned.h"

bool cgm_trend_is_cut_by_kills(const struct cgm_trend *t)
{
	enum cgm_growth_verdict v = t->part[CGM_TREND_DOCKER].growth.verdict;

	return t->n_kills_since > 1 && v != CGM_GROWTH_GROWING && v != CGM_GROWTH_SHRINKING &&
	       v != CGM_GROWTH_UNKNOWN;
}

void cgm_trend_say_cut_by_kills(struct text *b, const struct cgm_trend *t)
{
	char span[CGM_TEXT_MAX];

	add(b, "Docker's figure %s for want of memory, and %s anew: %zu times in %s.",
	    tense(t, "goes up until the kernel kills", "went up until the kernel killed"),
	    tense(t, "begins", "began"), t->n_kills_since, span_text(span, seen_s(t)));
}

/* Escaped where it came in. */
static const char *victim(const struct cgm_trend *t)
{
	return t->victim[0] ? t->victim : "one of its processes";
}

void cgm_trend_say_kills(struct text *b, const struct cgm_trend *t)
{
	char last[CGM_TEXT_MAX];
	const size_t before = t->n_kills - (t->killed && t->n_kills);

	cgm_when_short(last, t->killed_ms, t->to_ms);
	if (!before)
		return;
	if (!t->killed && cgm_trend_is_cut_by_kills(t) && t->n_kills_since == t->n_kills) {
		add(b, " The last was %s at %s.", victim(t), last);
		return;
	}
	add(b, "%sThe kernel killed ", b->len ? " " : "");
	if (t->killed)
		add(b, "for want of memory %zu time%s before.", before, before == 1 ? "" : "s");
	else if (before == 1)
		add(b, "%s at %s for want of memory.", victim(t), last);
	else
		add(b, "for want of memory %zu times, last %s at %s.", before, victim(t), last);
}

void cgm_trend_say_end(struct text *b, const struct cgm_trend *t)
{
	const char *blank = b->len ? " " : "";
	bool told =
		t->more_s <= 0 && t->part[CGM_TREND_DOCKER].growth.verdict == CGM_GROWTH_GROWING;
	char end[CGM_TEXT_MAX], sent[CGM_SENT_TEXT];

	cgm_when_short(end, t->ended_ms, t->to_ms);
	if (t->killed)
		add(b, "%sIt ended at %s, when the kernel killed %s for want of memory.", blank,
		    end, victim(t));
	else if (t->sent.last)
		add(b, "%sIt ended at %s, after %s.", blank, end, cgm_sent_text(sent, t->sent));
	else if (t->ended && t->exit_code.known)
		add(b, "%sIt ended at %s with exit code %ju.", blank, end,
		    (uintmax_t)t->exit_code.v);
	else if (t->ended && !told) /* by the sentence of its growth */
		add(b, "%sIt ended at %s.", blank, end);
}
