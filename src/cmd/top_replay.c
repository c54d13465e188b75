/* SPDX-License-Identifier: Apache-2.0 */
/* The history file as a source of `cgmem top`: keys move the moment; the page of a container. */
#include <stdlib.h>
#include <string.h>

#include "cmd/history_options.h"
#include "cmd/top_replay.h"
#include "model/trend.h"
#include "output/trend.h"

#include "base/banned.h"

static const struct cgm_history_target *by_name(const struct cgm_top_replay *p, const char *name)
{
	for (size_t i = 0; i < p->n_shown; i++)
		if (strcmp(cgm_replay_target(p, i)->name, name) == 0)
			return cgm_replay_target(p, i);
	return NULL;
}

/* The trend of the day before the moment. */
static int write_page(struct cgm_top_replay *p, FILE *out)
{
	const struct cgm_history_target *t = by_name(p, p->id);
	struct cgm_text_options how = p->text;
	struct cgm_track track = {0};
	struct cgm_trend trend;
	struct cgm_trend_row row = {.trend = &trend, .track = &track};
	struct cgm_err err = {0};
	int r;

	if (!t)
		return 0;
	how.width = p->width;
	row.name = t->name;
	r = cgm_history_read(p->history, t->id, p->now_ms - CGM_SINCE_DEFAULT_MS, p->now_ms,
			     CGM_TREND_POINTS, &track, &err);
	if (r == 0)
		r = cgm_trend_make(&track, &trend);
	if (r == 0)
		r = cgm_trend_write(out, &row, p->now_ms, &how);
	if (r < 0)
		(void)fprintf(out, "%s\n", err.msg[0] ? err.msg : strerror(-r));
	cgm_track_clear(&track);
	return r;
}

static void make_page(struct cgm_top_replay *p)
{
	struct cgm_top_page *page;
	char *text = NULL;
	size_t len = 0;
	FILE *out;

	if (!p->wants)
		return;
	page = calloc(1, sizeof *page);
	out = page ? open_memstream(&text, &len) : NULL;
	if (!out) {
		free(page);
		return;
	}
	(void)write_page(p, out);
	if (fclose(out) != 0) {
		free(text);
		text = NULL;
	}
	page->kind = CGM_TOP_EXPLAIN;
	page->id = strdup(p->id);
	page->text = text;
	if (!page->id || !page->text) {
		cgm_top_page_free(page);
		return;
	}
	cgm_top_page_free(p->page);
	p->page = page;
}

/*
 * The moment just before the next event, or the one before this moment: what filled the limit is
 * seen before a kill, not behind it.
 */
static int64_t event_moment(const struct cgm_top_replay *p, int n)
{
	size_t at;

	if (n > 0) {
		at = cgm_replay_event_after(p, p->now_ms + (int64_t)p->step_ms);
		return at < p->n_events ? p->events[at].event.time_ms - 1 : p->now_ms;
	}
	at = cgm_replay_event_after(p, p->now_ms);
	return at > 0 ? p->events[at - 1].event.time_ms - 1 : p->now_ms;
}

static void seek(void *arg, enum cgm_top_seek how, int n)
{
	struct cgm_top_replay *p = arg;
	int64_t step = (int64_t)p->step_ms, at = p->now_ms;

	switch (how) {
	case CGM_TOP_STEP:
		at += n * step + step / 2; /* rounds are not to the millisecond */
		break;
	case CGM_TOP_EVENT:
		at = event_moment(p, n);
		break;
	case CGM_TOP_FIRST:
		at = p->from_ms;
		break;
	case CGM_TOP_LAST:
		at = p->to_ms;
		break;
	}
	if (cgm_replay_go(p, at) == 0)
		make_page(p);
}

static struct cgm_top_round *give_round(void *arg)
{
	struct cgm_top_replay *p = arg;

	return CGM_TAKE(p->round);
}

static struct cgm_top_page *give_page(void *arg)
{
	struct cgm_top_replay *p = arg;

	return CGM_TAKE(p->page);
}

static void want(void *arg, const struct cgm_top_want *w)
{
	struct cgm_top_replay *p = arg;

	free(p->id);
	p->id = w ? strdup(w->id) : NULL;
	p->wants = p->id;
	if (w)
		p->width = w->width;
	make_page(p);
}

struct cgm_top_source cgm_top_replay_source(struct cgm_top_replay *p)
{
	return (struct cgm_top_source){
		.arg = p,
		.fd = -1,
		.replay = true,
		.titles = {"Trend"},
		.round = give_round,
		.page = give_page,
		.want = want,
		.seek = seek,
	};
}
