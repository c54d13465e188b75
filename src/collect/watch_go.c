/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Go runtime's figures, each member's once in its interval, in turn: some in each round, so
 * that no round does all of it. The starter's child looks while the group's files are read here.
 */
#include <errno.h>
#include <stdlib.h>

#include "collect/starter.h"
#include "collect/watch_parts.h"

#include "base/banned.h"

/* What was found to be no Go program is looked at again that seldom: exec(2) keeps pid and start.
 */
#define LOOK_AGAIN_MS 600000
#define AT_LEAST      8
/*
 * A run is read that often at first, so that a minute of points is enough to judge it by; the first
 * minute of it is warm-up. Then seldom: a growth that lasts is seen then, too.
 */
#define SOON_MS	    5000
#define SOON_FOR_MS 150000

/* So many that all have had their turn within the interval. */
static size_t share(const struct cgm_watch *w, uint64_t now_ms)
{
	const uint64_t since = w->go_round_ms ? now_ms - w->go_round_ms : w->q.go_every_ms;

	if (since >= w->q.go_every_ms)
		return w->n;
	return (size_t)(w->n * since / w->q.go_every_ms) + AT_LEAST;
}

uint64_t cgm_watch_go_interval(const struct cgm_member *m, uint64_t every_ms, uint64_t now_ms)
{
	bool soon = m->go.sys.known && now_ms - m->go_run_ms < SOON_FOR_MS;

	return soon && every_ms > SOON_MS ? SOON_MS : every_ms;
}

static bool is_due(const struct cgm_watch *w, const struct cgm_member *m, uint64_t now_ms)
{
	return !m->ended && m->c.path &&
	       (!m->go_looked ||
		now_ms - m->go_at_ms >= cgm_watch_go_interval(m, w->q.go_every_ms, now_ms));
}

/* Another run, of the container or of the program in it, begins anew. */
static void note_run(struct cgm_member *m, uint64_t now_ms)
{
	uint64_t run = (uint64_t)m->life.from_ms ^ m->main_start;

	if (m->go_looked && run == m->go_run)
		return;
	m->go_run = run;
	m->go_run_ms = now_ms;
}

/* Whether somebody has to look into it. */
static int choose(struct cgm_watch *w, struct cgm_member *m, uint64_t now_ms, bool *ret)
{
	uint64_t digest = 0;
	int r = cgm_member_procs(w, m, &digest);

	*ret = !m->no_go || digest != m->no_go || now_ms - m->no_go_ms >= LOOK_AGAIN_MS;
	m->go_digest = digest;
	note_run(m, now_ms);
	m->go_looked = true;
	m->go_at_ms = now_ms;
	return r;
}

int cgm_watch_go_ask(struct cgm_watch *w, uint64_t now_ms)
{
	size_t left = share(w, now_ms), n = 0, first = w->go_next;
	const char **paths;
	int r = 0;

	w->n_looked = 0;
	if (!w->q.go_every_ms || !cgm_session_is_live(w->s))
		return 0;
	free(w->looked);
	w->looked = calloc(w->n + 1, sizeof(*w->looked));
	paths = calloc(w->n + 1, sizeof(*paths));
	for (size_t i = 0; w->looked && paths && r == 0 && left && i < w->n; i++) {
		struct cgm_member *m = w->v[(first + i) % w->n];
		bool look = false;

		if (!is_due(w, m, now_ms))
			continue;
		left--;
		w->go_next = (first + i + 1) % w->n;
		r = choose(w, m, now_ms, &look);
		if (!look)
			continue;
		w->looked[n] = m;
		paths[n++] = m->c.path;
	}
	if (!w->looked || !paths)
		r = -ENOMEM;
	w->go_round_ms = now_ms;
	if (r == 0 && n && !w->s->starter)
		(void)cgm_starter_open(w->s, &w->s->starter);
	if (r == 0 && n && w->s->starter && cgm_starter_ask(w->s->starter, paths, n, true) == 0)
		w->n_looked = n;
	free(paths);
	return r;
}

int cgm_watch_go_answer(struct cgm_watch *w, uint64_t now_ms)
{
	CGM_AUTO_FREE struct cgm_go_sums *sums = NULL;

	if (!w->n_looked)
		return 0;
	sums = calloc(w->n_looked, sizeof *sums);
	if (!sums)
		return -ENOMEM;
	if (cgm_starter_answer(w->s->starter, sums, w->n_looked) < 0) {
		cgm_starter_close(CGM_TAKE(w->s->starter)); /* another one is started next time */
		return 0;
	}
	for (size_t i = 0; i < w->n_looked; i++) {
		struct cgm_member *m = w->looked[i];

		m->go = sums[i];
		m->go_now = true;
		m->no_go = sums[i].none ? m->go_digest : 0;
		m->no_go_ms = now_ms;
	}
	w->n_looked = 0;
	return 0;
}
