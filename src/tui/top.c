/* SPDX-License-Identifier: Apache-2.0 */
/* The loop: keys, signals and new data in, screens out. */
#include "tui/top.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "tui/screen.h"
#include "tui/view.h"

#include "base/banned.h"

/* More than this beyond the interval without a round, and the user is told. */
#define LATE_MS 1500

static volatile sig_atomic_t ended;

static void on_end(int sig)
{
	(void)sig;
	ended = 1;
}

/*
 * The four are blocked but while ppoll() waits, so that none comes between looking and waiting.
 * Handlers that stand are left alone by newterm(), whose own would not come back here.
 */
struct signals {
	sigset_t waiting, before;
	struct sigaction old[3];
};
static const int enders[] = {SIGINT, SIGTERM, SIGHUP};

static void take_signals(struct signals *s)
{
	const struct sigaction end = {.sa_handler = on_end};
	sigset_t block;

	ended = 0;
	(void)sigemptyset(&block);
	(void)sigaddset(&block, SIGWINCH);
	for (size_t i = 0; i < sizeof enders / sizeof *enders; i++) {
		(void)sigaddset(&block, enders[i]);
		(void)sigaction(enders[i], &end, &s->old[i]);
	}
	(void)sigprocmask(SIG_BLOCK, &block, &s->before);
	s->waiting = s->before;
	(void)sigdelset(&s->waiting, SIGWINCH);
	for (size_t i = 0; i < sizeof enders / sizeof *enders; i++)
		(void)sigdelset(&s->waiting, enders[i]);
}

static void give_signals_back(struct signals *s)
{
	for (size_t i = 0; i < sizeof enders / sizeof *enders; i++)
		(void)sigaction(enders[i], &s->old[i], NULL);
	(void)sigprocmask(SIG_SETMASK, &s->before, NULL);
}

struct loop {
	const struct cgm_top_source *source;
	struct cgm_screen *screen;
	struct cgm_view view;
	struct cgm_top_round *round; /* what the view shows */
	int64_t round_at_ms;	     /* when it came, monotonic */
	int steps; /* of a replay, that keys asked for and that are not made yet */
	bool quit, again;
};

static int64_t now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int take_data(struct loop *l)
{
	struct cgm_top_round *round = l->source->round(l->source->arg);
	CGM_CLEANUP(cgm_top_page_free_p)
	struct cgm_top_page *page = l->source->page(l->source->arg);
	int r = 0;

	if (round) {
		r = cgm_view_set_round(&l->view, round);
		cgm_top_round_free(l->round);
		l->round = round;
		l->round_at_ms = now_ms();
	}
	if (page && r == 0)
		r = cgm_view_set_page(&l->view, page);
	return r;
}

static void want(struct loop *l)
{
	struct cgm_top_want w;
	bool any = cgm_view_want(&l->view, &w);

	l->source->want(l->source->arg, any ? &w : NULL);
}

static void act(struct loop *l, const struct cgm_act *a)
{
	const struct cgm_top_source *s = l->source;

	switch (a->kind) {
	case CGM_ACT_NONE:
		break;
	case CGM_ACT_QUIT:
		l->quit = true;
		break;
	case CGM_ACT_REDRAW:
		l->again = true;
		break;
	case CGM_ACT_WANT:
		want(l);
		break;
	case CGM_ACT_PACE:
		l->round_at_ms = now_ms();
		if (s->pace)
			s->pace(s->arg, l->view.o.interval_ms, l->view.paused);
		break;
	case CGM_ACT_SEEK:
		if (a->how == CGM_TOP_STEP)
			l->steps += a->n;
		else
			s->seek(s->arg, a->how, a->n);
		break;
	}
}

static void take_size(struct loop *l)
{
	unsigned width, height;

	cgm_screen_size(l->screen, &width, &height);
	if (width == l->view.width && height == l->view.height)
		return;
	cgm_view_resize(&l->view, width, height);
	want(l); /* pages are made for a width */
}

/* A key that is held down asks for more steps than can be read one by one. */
static void make_steps(struct loop *l)
{
	if (l->steps)
		l->source->seek(l->source->arg, CGM_TOP_STEP, l->steps);
	l->steps = 0;
}

static int take_keys(struct loop *l)
{
	struct cgm_key_event e;
	int r = 0;

	while (r == 0 && !l->quit && cgm_screen_key(l->screen, &e)) {
		struct cgm_act a;

		if (e.key == CGM_KEY_RESIZE) {
			take_size(l);
			continue;
		}
		a = cgm_view_key(&l->view, &e);
		if (a.kind != CGM_ACT_SEEK || a.how != CGM_TOP_STEP)
			make_steps(l);
		act(l, &a);
		if (a.kind == CGM_ACT_SEEK) /* the next key starts from there */
			r = take_data(l);
	}
	make_steps(l);
	return r;
}

/* Waits for a key, for data, for a signal; at most until a round is late. */
static void wait_for_more(struct loop *l, const sigset_t *waiting)
{
	struct pollfd fds[2] = {{.fd = STDIN_FILENO, .events = POLLIN},
				{.fd = l->source->fd, .events = POLLIN}};
	int64_t late_ms = (int64_t)l->view.o.interval_ms + LATE_MS, left;
	struct timespec t = {0};
	bool watched = !l->view.replay && !l->view.paused && !l->view.late;

	left = l->round_at_ms + late_ms - now_ms();
	if (left > 0) {
		t.tv_sec = left / 1000;
		t.tv_nsec = left % 1000 * 1000000;
	}
	if (ppoll(fds, 2, watched ? &t : NULL, waiting) > 0 &&
	    fds[0].revents & (POLLHUP | POLLERR | POLLNVAL))
		l->quit = true; /* the terminal is gone */
	l->view.late = !l->view.replay && !l->view.paused && now_ms() - l->round_at_ms >= late_ms;
}

static int run(struct loop *l, const sigset_t *waiting)
{
	int r = 0;

	l->round_at_ms = now_ms();
	take_size(l);
	while (r == 0 && !l->quit && !ended) {
		r = take_data(l);
		if (r == 0)
			r = cgm_view_draw(&l->view);
		if (r < 0)
			break;
		cgm_screen_draw(l->screen, &l->view.screen, l->again);
		l->again = false;
		wait_for_more(l, waiting);
		if (!ended && !l->quit)
			r = take_keys(l);
	}
	return r;
}

int cgm_top_run(const struct cgm_top_source *s, const struct cgm_top_options *o,
		struct cgm_err *err)
{
	struct loop l = {.source = s};
	struct cgm_top_options options = *o;
	struct signals signals;
	int r;

	take_signals(&signals);
	r = cgm_screen_new(o->color, &l.screen, err);
	if (r == 0) {
		options.color = cgm_screen_has_color(l.screen);
		cgm_view_init(&l.view, &options, s->titles, s->replay);
		r = run(&l, &signals.waiting);
		cgm_screen_free(l.screen);
		cgm_view_clear(&l.view);
		cgm_top_round_free(l.round);
		if (r < 0)
			r = cgm_err_set(err, -r, "out of memory");
	}
	give_signals_back(&signals);
	return r;
}
