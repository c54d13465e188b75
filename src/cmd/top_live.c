/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is now. One thread collects: it alone uses the rounds, so that an engine that does not
 * answer holds up no key. Under the lock are only the newest round and page, and what is
 * wanted next.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "cmd/top.h"

#include "base/banned.h"

#define LEAVE_MS      300 /* how long the end waits for the thread */
#define NS_PER_MS     1000000
#define PAGE_LEAST_MS 1000 /* between two readings of the same page */

struct cgm_top_live {
	struct cgm_top_rounds *rounds; /* the thread's own */
	/* shared, under the lock */
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct cgm_top_round *round;
	struct cgm_top_page *page;
	uint64_t interval_ms;
	bool paused, stop, asked; /* asked: another page than the last */
	bool wants;
	enum cgm_top_page_kind kind;
	char *id;
	unsigned width;
	/* constant */
	pthread_t thread;
	bool started;
	int fd;
};

static uint64_t mono_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / NS_PER_MS;
}

static void tell(struct cgm_top_live *l)
{
	const uint64_t one = 1;

	if (write(l->fd, &one, sizeof one) < 0)
		return; /* full: then it is readable anyway */
}

/* The lock is held, but not while it collects. */
static void do_round(struct cgm_top_live *l)
{
	uint64_t interval_ms = l->interval_ms;
	struct cgm_top_round *r = NULL;
	struct cgm_err err = {0};

	(void)pthread_mutex_unlock(&l->lock);
	if (cgm_top_rounds_take(l->rounds, interval_ms, &r, &err) < 0)
		r = cgm_top_round_failed(&err);
	(void)pthread_mutex_lock(&l->lock);
	if (!r)
		return;
	cgm_top_round_free(l->round);
	l->round = r;
	tell(l);
}

static void do_page(struct cgm_top_live *l)
{
	CGM_AUTO_FREE char *id = strdup(l->id);
	enum cgm_top_page_kind kind = l->kind;
	unsigned width = l->width;
	struct cgm_top_page *p;

	l->asked = false;
	if (!id)
		return;
	(void)pthread_mutex_unlock(&l->lock);
	p = cgm_top_rounds_page(l->rounds, kind, id, width);
	(void)pthread_mutex_lock(&l->lock);
	if (!p)
		return;
	cgm_top_page_free(l->page);
	l->page = p;
	tell(l);
}

static void wait_until(struct cgm_top_live *l, uint64_t ms)
{
	const struct timespec t = {.tv_sec = (time_t)(ms / 1000),
				   .tv_nsec = (long)(ms % 1000) * NS_PER_MS};

	if (l->paused)
		(void)pthread_cond_wait(&l->wake, &l->lock);
	else
		(void)pthread_cond_timedwait(&l->wake, &l->lock, &t);
}

static void *collect(void *arg)
{
	struct cgm_top_live *l = arg;
	uint64_t last_ms = mono_ms(), page_ms = 0;

	(void)pthread_mutex_lock(&l->lock);
	while (!l->stop) {
		uint64_t now = mono_ms();

		if (l->wants && l->asked) {
			do_page(l);
			page_ms = mono_ms();
		} else if (!l->paused && now - last_ms >= l->interval_ms) {
			/* in step, unless it cannot keep up */
			last_ms =
				now - last_ms < 2 * l->interval_ms ? last_ms + l->interval_ms : now;
			do_round(l);
			if (l->wants && now - page_ms >= PAGE_LEAST_MS)
				l->asked = true;
		} else {
			wait_until(l, last_ms + l->interval_ms);
		}
	}
	(void)pthread_mutex_unlock(&l->lock);
	return NULL;
}

static struct cgm_top_round *give_round(void *arg)
{
	struct cgm_top_live *l = arg;
	struct cgm_top_round *r;
	uint64_t n;

	if (read(l->fd, &n, sizeof n) < 0)
		n = 0; /* nothing is new */
	(void)pthread_mutex_lock(&l->lock);
	r = l->round;
	l->round = NULL;
	(void)pthread_mutex_unlock(&l->lock);
	return r;
}

static struct cgm_top_page *give_page(void *arg)
{
	struct cgm_top_live *l = arg;
	struct cgm_top_page *p;

	(void)pthread_mutex_lock(&l->lock);
	p = l->page;
	l->page = NULL;
	(void)pthread_mutex_unlock(&l->lock);
	return p;
}

static void want(void *arg, const struct cgm_top_want *w)
{
	struct cgm_top_live *l = arg;
	char *id = w ? strdup(w->id) : NULL;

	(void)pthread_mutex_lock(&l->lock);
	free(l->id);
	l->id = id;
	l->wants = l->asked = id;
	if (id) {
		l->kind = w->kind;
		l->width = w->width;
	}
	(void)pthread_cond_signal(&l->wake);
	(void)pthread_mutex_unlock(&l->lock);
}

static void pace(void *arg, uint64_t interval_ms, bool paused)
{
	struct cgm_top_live *l = arg;

	(void)pthread_mutex_lock(&l->lock);
	l->interval_ms = interval_ms;
	l->paused = paused;
	(void)pthread_cond_signal(&l->wake);
	(void)pthread_mutex_unlock(&l->lock);
}

struct cgm_top_source cgm_top_live_source(struct cgm_top_live *l)
{
	return (struct cgm_top_source){
		.arg = l,
		.fd = l->fd,
		.titles = {"Explain", "Processes", "Go"},
		.round = give_round,
		.page = give_page,
		.want = want,
		.pace = pace,
	};
}

/* Signals are for the thread that has the terminal. */
static int start_thread(struct cgm_top_live *l)
{
	sigset_t all, before;
	int r;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&l->thread, NULL, collect, l);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	l->started = r == 0;
	return -r;
}

static int init_lock(struct cgm_top_live *l)
{
	pthread_condattr_t a;
	int r = pthread_condattr_init(&a);

	if (r)
		return -r;
	r = pthread_condattr_setclock(&a, CLOCK_MONOTONIC);
	if (!r)
		r = pthread_cond_init(&l->wake, &a);
	(void)pthread_condattr_destroy(&a);
	return r ? -r : -pthread_mutex_init(&l->lock, NULL);
}

static int prepare(struct cgm_top_live *l, struct cgm_err *err)
{
	int r;

	l->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (l->fd < 0)
		return cgm_err_set(err, errno, "cannot prepare: %s", strerror(errno));
	r = cgm_top_rounds_take(l->rounds, l->interval_ms, &l->round, err);
	if (r < 0)
		return r;
	r = start_thread(l);
	return r < 0 ? cgm_err_set(err, -r, "cannot start a thread: %s", strerror(-r)) : 0;
}

int cgm_top_live_new(const struct cgm_global *g, int argc, char **argv,
		     const struct cgm_top_options *view, struct cgm_top_live **ret)
{
	struct cgm_top_live *l = calloc(1, sizeof *l);
	struct cgm_err err = {0};
	int r;

	if (!l || init_lock(l) < 0) {
		free(l);
		cgm_warn("out of memory");
		return CGM_EXIT_FAILED;
	}
	l->fd = -1;
	l->interval_ms = view->interval_ms;
	r = cgm_top_rounds_new(g, argc, argv, view, &l->rounds);
	if (r == 0) {
		r = prepare(l, &err);
		if (r < 0) {
			cgm_warn("%s", err.msg);
			r = cgm_exit_status(r);
		}
	}
	if (r) {
		cgm_top_live_free(l);
		return r;
	}
	*ret = l;
	return 0;
}

/* False: it is still busy, with an engine that does not answer. */
static bool end_thread(struct cgm_top_live *l)
{
	struct timespec t;

	(void)pthread_mutex_lock(&l->lock);
	l->stop = true;
	(void)pthread_cond_signal(&l->wake);
	(void)pthread_mutex_unlock(&l->lock);
	(void)clock_gettime(CLOCK_REALTIME, &t);
	t.tv_nsec += LEAVE_MS * (long)NS_PER_MS;
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	return pthread_timedjoin_np(l->thread, NULL, &t) == 0;
}

void cgm_top_live_free(struct cgm_top_live *l)
{
	if (!l || (l->started && !end_thread(l)))
		return;
	cgm_top_rounds_free(l->rounds);
	cgm_top_round_free(l->round);
	cgm_top_page_free(l->page);
	free(l->id);
	if (l->fd >= 0)
		(void)close(l->fd);
	(void)pthread_cond_destroy(&l->wake);
	(void)pthread_mutex_destroy(&l->lock);
	free(l);
}
