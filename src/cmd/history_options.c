/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/history_options.h"

#include <errno.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <time.h>

#include "base/buf.h"
#include "base/near.h"
#include "base/when.h"

#include "base/banned.h"

int64_t cgm_now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int cgm_history_moment(const char *arg, int64_t *ret_ms, struct cgm_err *err)
{
	int64_t now = cgm_now_ms(), ms;
	int r = cgm_parse_when(arg, now, &ms);

	if (r == -ERANGE)
		return cgm_err_set(err, EINVAL, "%.60s: there is no such moment", arg);
	if (r < 0)
		return cgm_err_set(err, EINVAL,
				   "%.60s: neither a time such as 03:00, \"2026-11-21 22:10\" or "
				   "2026-11-21T22:10:00Z, nor how long ago, such as 12h or 90m",
				   arg);
	if (ms > now)
		return cgm_err_set(err, EINVAL, "%.60s: that is yet to come", arg);
	*ret_ms = ms > 0 ? ms : 1;
	return 0;
}

int cgm_history_open_options(const char *file, struct cgm_history **ret, struct cgm_err *err)
{
	CGM_AUTO_FREE char *path = NULL;
	int r;

	if (!file) {
		r = cgm_history_default_path(&path);
		if (r < 0)
			return cgm_err_set(
				err, -r, "where the history is, is not known: %s (--file)",
				r == -ENOENT ? "there is no home directory" : strerror(-r));
		file = path;
	}
	r = cgm_history_open(file, ret, err);
	if (r == -ENOENT)
		return cgm_err_set(err, ENOENT, "no history in %.160s: cgmem record makes it",
				   file);
	return r;
}

/* How well a target fits: what is whole before what is a part. */
enum fit { FIT_NONE, FIT_PREFIX, FIT_SERVICE, FIT_EXACT };

static bool is_service(const struct cgm_history_target *t, const char *text)
{
	size_t len = t->project ? strlen(t->project) : 0;

	return t->project && t->service && strncmp(text, t->project, len) == 0 &&
	       text[len] == '/' && strcmp(text + len + 1, t->service) == 0;
}

static bool is_group_dir(const char *text)
{
	struct statfs fs;

	return statfs(text, &fs) == 0 &&
	       (fs.f_type == CGROUP_SUPER_MAGIC || fs.f_type == CGROUP2_SUPER_MAGIC);
}

/* @text is @path, or where a hierarchy is mounted with @path behind it. */
static bool is_path(const char *path, const char *text)
{
	size_t len = strlen(text), n = path ? strlen(path) : 0;

	while (len > 1 && text[len - 1] == '/')
		len--;
	if (n < 2 || path[0] != '/' || text[0] != '/' || n > len ||
	    memcmp(text + len - n, path, n) != 0)
		return false;
	return n == len || is_group_dir(text);
}

static enum fit fits(const struct cgm_history_target *t, const char *text)
{
	const char *id = t->container_id;

	if (strcmp(t->name, text) == 0 || (id && strcmp(id, text) == 0) || is_path(t->path, text) ||
	    is_path(t->name, text))
		return FIT_EXACT;
	if (is_service(t, text))
		return FIT_SERVICE;
	if (id && text[0] && strncmp(id, text, strlen(text)) == 0)
		return FIT_PREFIX;
	return FIT_NONE;
}

static int not_unique(const struct cgm_history_targets *all, const char *text, struct cgm_err *err)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	for (size_t i = 0; i < all->n; i++)
		if (fits(&all->v[i], text) == FIT_PREFIX)
			cgm_buf_addf(&b, "%s%s (%.12s)", b.len ? ", " : "", all->v[i].name,
				     all->v[i].container_id);
	return cgm_err_set(err, ENOTUNIQ, "%.60s fits several containers: %s", text,
			   cgm_buf_str(&b));
}

static int not_found(const struct cgm_history_targets *all, const char *text, struct cgm_err *err)
{
	CGM_AUTO_FREE const char **names = calloc(all->n + 1, sizeof(*names));
	const char *near = NULL;

	for (size_t i = 0; names && i < all->n; i++)
		names[i] = all->v[i].name;
	if (names)
		near = cgm_near(text, names, all->n);
	return cgm_err_set(err, ESRCH, "%.100s: nothing of that name was recorded%s%s%s", text,
			   near ? "; did you mean " : "", near ? near : "",
			   near ? "?" : " (cgmem trend lists what was)");
}

int cgm_history_find(const struct cgm_history_targets *all, const char *text, size_t **ret,
		     size_t *ret_n, struct cgm_err *err)
{
	CGM_AUTO_FREE size_t *v = calloc(all->n + 1, sizeof *v);
	enum fit best = FIT_NONE;
	size_t n = 0;

	if (!v)
		return cgm_err_set(err, ENOMEM, "out of memory");
	for (size_t i = 0; i < all->n; i++) {
		enum fit f = fits(&all->v[i], text);

		if (f > best)
			n = 0;
		if (f != FIT_NONE && f >= best) {
			best = f;
			v[n++] = i;
		}
	}
	if (n == 0)
		return not_found(all, text, err);
	if (best == FIT_PREFIX && n > 1)
		return not_unique(all, text, err);
	*ret = CGM_TAKE(v);
	*ret_n = n;
	return 0;
}

int cgm_history_nothing(const char *name, int64_t since_ms, int64_t last_ms, struct cgm_err *err)
{
	char since[CGM_TEXT_MAX], last[CGM_TEXT_MAX];
	int64_t now = cgm_now_ms();

	(void)cgm_when_short(since, since_ms, now);
	if (last_ms <= 0)
		return cgm_err_set(err, ENODATA, "nothing was recorded%s%.80s since %s",
				   name ? " of " : "", name ? name : "", since);
	return cgm_err_set(
		err, ENODATA, "nothing was recorded%s%.80s since %s; the last is of %s (--since)",
		name ? " of " : "", name ? name : "", since, cgm_when_short(last, last_ms, now));
}

void cgm_history_point_to(const char *name, struct cgm_err *err)
{
	CGM_CLEANUP(cgm_history_free_p) struct cgm_history *h = NULL;
	CGM_AUTO_FREE size_t *found = NULL;
	struct cgm_history_targets all = {0};
	char until[CGM_TEXT_MAX];
	size_t n;

	if (cgm_history_open_options(NULL, &h, NULL) == 0 &&
	    cgm_history_targets(h, 0, &all, NULL) == 0 &&
	    cgm_history_find(&all, name, &found, &n, NULL) == 0)
		(void)cgm_err_set(err, ESRCH,
				  "%.80s: no such container any more; it was recorded until %s: "
				  "cgmem trend %.80s",
				  name,
				  cgm_when_short(until, all.v[found[0]].last_ms, cgm_now_ms()),
				  all.v[found[0]].name);
	cgm_history_targets_clear(&all);
}

/* How far a point may be from the moment that was asked for: several of its steps, or this. */
#define NEAR_MS	       (INT64_C(5) * 60 * 1000)
#define NEAR_STEPS     4
#define LOOK_BACK_MS   (INT64_C(6) * 3600 * 1000)
#define GO_TOGETHER_MS (INT64_C(10) * 60 * 1000)

/* Go's figures are recorded at another pace: those of the minutes before belong to the point. */
static void add_go(const struct cgm_track *t, struct cgm_point *p)
{
	for (int i = 0; i < CGM_SERIES_COUNT; i++) {
		enum cgm_series_id id = (enum cgm_series_id)i;
		const struct cgm_point *from;

		if (!cgm_series[id].go || cgm_point_has(p, id))
			continue;
		from = cgm_track_at(t, id, p->time_ms);
		if (!from || p->time_ms - from->time_ms > GO_TOGETHER_MS)
			continue;
		cgm_point_set(p, id, from->v[id]);
		p->min[id] = from->min[id];
		p->max[id] = from->max[id];
	}
}

/* Between an OOM kill and the stop that follows from it. */
#define KILLED_MS (INT64_C(60) * 1000)

/*
 * When a life ended that @time_ms lies behind the end of; 0: none did. From the kill on, or the
 * stop, memory is taken down piece by piece: a sample of then is of nothing.
 */
static int64_t death_before(const struct cgm_track *t, int64_t time_ms)
{
	int64_t killed = 0, died = 0;

	for (size_t i = 0; i < t->n_events; i++) {
		const struct cgm_event *e = &t->events[i];

		if (e->kind == CGM_EVENT_OOM_KILL) {
			killed = e->time_ms;
		} else if (e->kind == CGM_EVENT_STOP) {
			died = killed && e->time_ms - killed <= KILLED_MS ? killed : e->time_ms;
			died = died <= time_ms ? died : 0;
		} else if (e->kind == CGM_EVENT_START || e->kind == CGM_EVENT_RESTART) {
			if (e->time_ms > time_ms)
				break;
			died = killed = 0;
		}
	}
	return died;
}

const struct cgm_point *cgm_history_point_alive(const struct cgm_track *t, int64_t at_ms)
{
	const struct cgm_point *p = cgm_track_at(t, CGM_SERIES_CHARGED, at_ms);
	int64_t died = p ? death_before(t, p->time_ms) : 0;
	const struct cgm_point *before = died ? cgm_track_at(t, CGM_SERIES_CHARGED, died - 1) : p;

	return before ? before : p;
}

int cgm_history_point_at(struct cgm_history *h, const struct cgm_history_target *t, int64_t at_ms,
			 struct cgm_point *ret, struct cgm_err *err)
{
	struct cgm_track track = {0};
	char at[CGM_TEXT_MAX], near[CGM_TEXT_MAX];
	const struct cgm_point *p;
	int64_t now = cgm_now_ms();
	/* a kill and its stop may be told a little later than the sample of between */
	int r = cgm_history_read(h, t->id, at_ms - LOOK_BACK_MS, at_ms + KILLED_MS, 0, &track, err);

	if (r < 0)
		return r;
	p = cgm_history_point_alive(&track, at_ms);
	(void)cgm_when_short(at, at_ms, now);
	if (!p)
		r = cgm_err_set(err, ENODATA, "%.80s: nothing was recorded in the 6 h before %s",
				t->name, at);
	else if (at_ms - p->time_ms > NEAR_MS &&
		 at_ms - p->time_ms > (int64_t)track.step_ms * NEAR_STEPS)
		r = cgm_err_set(err, ENODATA,
				"%.80s: nothing was recorded at %s; the last before it is of %s",
				t->name, at, cgm_when_short(near, p->time_ms, now));
	if (r == 0) {
		*ret = *p;
		add_go(&track, ret);
	}
	cgm_track_clear(&track);
	return r;
}
