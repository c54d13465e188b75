/* SPDX-License-Identifier: Apache-2.0 */
/* cgmem explain: why the number is what it is. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/parse.h"
#include "cmd/explain_history.h"
#include "cmd/go_options.h"
#include "cmd/options.h"
#include "cmd/targets.h"
#include "collect/inspect.h"

#include "base/banned.h"

#define SECTION_WORDS "verdict breakdown numbers findings"
#define WANTED                                                                                   \
	(CGM_INSPECT_KINDS | CGM_INSPECT_STATS | CGM_INSPECT_RESIDENT | CGM_INSPECT_GOROUTINES | \
	 CGM_INSPECT_GROUPS | CGM_INSPECT_SITES)
#define WATCH_MAX_MS ((uint64_t)24 * 3600 * 1000)

/* --for: of all that are named, watched in the same time. */
struct seen {
	struct cgm_observed *v;
	size_t n;
};

struct explain_opts {
	struct cgm_go_options go; /* first: its setters are shared */
	unsigned sections;	  /* 0: all */
	uint64_t watch_ms;
	struct seen *seen;
	struct cgm_opt what_if;
	struct cgm_history_options history;
};

static int set_only(void *opts, const char *arg, struct cgm_err *err)
{
	struct explain_opts *o = opts;

	while (*arg) {
		CGM_AUTO_FREE char *word = strndup(arg, strcspn(arg, ","));
		unsigned i;
		int r = word ? cgm_option_word(SECTION_WORDS, word, &i, err)
			     : cgm_err_set(err, ENOMEM, "out of memory");

		if (r < 0)
			return r;
		o->sections |= 1U << i; /* the words stand in the order of CGM_SHOW_* */
		arg += strlen(word);
		arg += *arg == ',';
	}
	return o->sections ? 0 : cgm_err_set(err, EINVAL, "names no section of %s", SECTION_WORDS);
}

static int set_for(void *opts, const char *arg, struct cgm_err *err)
{
	struct explain_opts *o = opts;

	if (cgm_parse_duration(arg, &o->watch_ms) < 0 || o->watch_ms == 0 ||
	    o->watch_ms > WATCH_MAX_MS)
		return cgm_err_set(err, EINVAL,
				   "%.60s: not a time such as 30s, 5m or 1h (at most 24h)", arg);
	return 0;
}

static int set_since(void *opts, const char *arg, struct cgm_err *err)
{
	struct explain_opts *o = opts;

	return cgm_history_moment(arg, &o->history.since_ms, err);
}

static int set_at(void *opts, const char *arg, struct cgm_err *err)
{
	struct explain_opts *o = opts;

	return cgm_history_moment(arg, &o->history.at_ms, err);
}

static int set_file(void *opts, const char *arg, struct cgm_err *err)
{
	struct explain_opts *o = opts;

	(void)err;
	o->history.file = arg;
	return 0;
}

static int set_what_if(void *opts, const char *arg, struct cgm_err *err)
{
	struct explain_opts *o = opts;

	if (cgm_parse_size(arg, &o->what_if.v) < 0 || o->what_if.v == 0)
		return cgm_err_set(err, EINVAL, "%.60s: not a size such as 512M or 2GiB", arg);
	o->what_if.known = true;
	return 0;
}

static const struct cgm_option explain_options[] = {
	{"only", 0, CGM_ARG_WORDS, "LIST", SECTION_WORDS,
	 "these sections: verdict,breakdown,numbers,findings", set_only},
	{"for", 0, CGM_ARG_DURATION, "DURATION", NULL, "watch that long first and report growth",
	 set_for},
	{"since", 0, CGM_ARG_TEXT, "WHEN", NULL, "growth recorded since: 12h, 03:00, 2026-11-21",
	 set_since},
	{"at", 0, CGM_ARG_TEXT, "WHEN", NULL, "what was recorded then", set_at},
	{"file", 0, CGM_ARG_FILE, "PATH", NULL, "the history file", set_file},
	{"what-if", 0, CGM_ARG_SIZE, "SIZE", NULL, "judge a limit of SIZE", set_what_if},
	{"go", 0, CGM_ARG_WORDS, "SOURCE", CGM_GO_WORDS_OFF,
	 "Go figures: auto (memory), endpoint, memory or off", cgm_go_set_from_or_off},
	{"go-url", 0, CGM_ARG_TEXT, "URL", NULL, "ask this endpoint of the Go program",
	 cgm_go_set_url},
	{0},
};

/* A bar on stderr while the target is watched; only a terminal gets it. */
static void show_progress(uint64_t done_ms, uint64_t total_ms, void *arg)
{
	enum { WIDTH = 40 };
	char bar[WIDTH + 1];
	size_t full = (size_t)(done_ms * WIDTH / total_ms);

	memset(bar, '-', WIDTH);
	memset(bar, '#', full);
	bar[WIDTH] = '\0';
	if (done_ms >= total_ms)
		(void)fprintf(stderr, "\r\033[K");
	else
		(void)fprintf(stderr, "\rwatching %s [%s] %llu of %llu s", (const char *)arg, bar,
			      (unsigned long long)(done_ms / 1000),
			      (unsigned long long)(total_ms / 1000));
	(void)fflush(stderr);
}

int cgm_explain_snapshot(const struct cgm_snapshot *snap, const struct cgm_explain_show *how,
			 FILE *out, struct cgm_json *json)
{
	struct cgm_breakdown b = {0};
	CGM_AUTO_FREE struct cgm_figure *figures = NULL;
	CGM_AUTO_FREE struct cgm_findings *findings = NULL;
	char verdict[1024];
	struct cgm_explanation e = {
		.snapshot = snap, .breakdown = &b, .verdict = verdict, .what_if = how->what_if};
	int r;

	cgm_breakdown_snapshot(snap, &b);
	r = cgm_figures_make(snap, &b, &figures, &e.n_figures);
	if (r == 0)
		r = cgm_findings_make(snap, &b, &findings);
	if (r == 0)
		r = cgm_verdict_make(snap, &b, findings, verdict, sizeof verdict);
	if (r < 0)
		return r;
	e.figures = figures;
	e.findings = findings;
	e.effective = cgm_effective_limit(snap->levels, snap->n_levels, snap->host.mem_total,
					  snap->version);
	e.headroom = cgm_headroom(snap->levels, snap->n_levels, snap->host.mem_total);
	if (snap->version == 1) /* what v1's files do not tell is in all of the levels */
		e.headroom.v = cgm_add_sat(e.headroom.v, b.child[CGM_CHILD_SLAB_RECLAIMABLE].bytes);
	if (json)
		return cgm_json_add_explanation(json, &e);
	return cgm_explain_write(out, &e, &how->text);
}

static void forget_go(struct cgm_snapshot *s)
{
	for (size_t i = 0; i < s->n_go; i++)
		cgm_go_clear(&s->go[i]);
	s->n_go = 0;
}

/* The engine is asked for its path alone: what else it knows is to be of after the watch. */
static int find_path(struct cgm_session *s, struct cgm_container *c)
{
	struct cgm_container known = {0};

	if (!c->target.id)
		return 0;
	known.target.id = strdup(c->target.id);
	if (!known.target.id)
		return -ENOMEM;
	if (cgm_container_complete(s, &known, NULL) == 0 && known.path) {
		free(c->path);
		c->path = CGM_TAKE(known.path);
	}
	cgm_container_clear(&known);
	return 0;
}

static int add_seen(struct cgm_session *s, struct cgm_container *c, struct seen *seen)
{
	struct cgm_observed *v = reallocarray(seen->v, seen->n + 1, sizeof *v);

	if (!v)
		return -ENOMEM;
	seen->v = v;
	if (find_path(s, c) < 0)
		return -ENOMEM;
	c->inspected = false; /* to be asked for again: it may be restarted meanwhile */
	if (!c->path)
		return 0;
	v += seen->n;
	*v = (struct cgm_observed){.path = strdup(c->path)};
	seen->n += v->path != NULL;
	return v->path ? 0 : -ENOMEM;
}

static int watch(struct cgm_session *s, struct cgm_container *c, const void *opts)
{
	const struct explain_opts *o = opts;
	char what[64] = "it";
	struct cgm_observe_request q = {.watch_ms = o->watch_ms,
					.go = cgm_go_inspect(&o->go, WANTED) & CGM_INSPECT_STATS,
					.arg = what};

	if (c)
		return add_seen(s, c, o->seen);
	if (!s->reader || !o->seen->n)
		return 0;
	if (o->seen->n > 1)
		(void)snprintf(what, sizeof what, "%zu targets", o->seen->n);
	if (isatty(STDERR_FILENO))
		q.progress = show_progress;
	return cgm_observe(s, &q, o->seen->v, o->seen->n);
}

/* Each is told of once. */
static struct cgm_observed *take_seen(struct seen *seen, const char *path)
{
	for (size_t i = 0; seen && path && i < seen->n; i++)
		if (seen->v[i].path && strcmp(seen->v[i].path, path) == 0) {
			free(CGM_TAKE(seen->v[i].path));
			return &seen->v[i];
		}
	return NULL;
}

static int explain_one(const struct cgm_global *g, struct cgm_session *s, struct cgm_container *c,
		       struct cgm_outcome *outcome, const void *opts, struct cgm_err *err)
{
	const struct explain_opts *o = opts;
	CGM_AUTO_FREE char *name = strdup(c->target.name ? c->target.name : "");
	struct cgm_snapshot_request q = {
		.seen = take_seen(o->seen, c->path),
		.look_inside = true,
		.inspect = cgm_go_inspect(&o->go, WANTED),
		.go_url = o->go.url,
	};
	struct cgm_explain_show how = {.text = cgm_text_options(g, STDOUT_FILENO),
				       .what_if = o->what_if};
	struct cgm_snapshot snap = {0};
	int r;

	if (o->sections)
		how.text.sections = o->sections;
	r = cgm_snapshot_take(s, c, &q, &snap, err);
	if (r < 0)
		return r;
	if (!o->watch_ms)
		r = cgm_explain_add_history(&o->history, cgm_session_is_live(s), &snap, err);
	if (r < 0) {
		cgm_snapshot_clear(&snap);
		return r;
	}
	if (o->go.from == CGM_GO_OFF) /* which programs are Go was seen by the way */
		forget_go(&snap);
	r = cgm_explain_snapshot(&snap, &how, stdout, outcome->json);
	cgm_snapshot_clear(&snap);
	return r < 0 ? cgm_err_set(err, -r, "cannot explain %.80s: %s", name ? name : "",
				   strerror(-r))
		     : 0;
}

/* What contradicts: what was recorded is neither watched now nor asked of a program. */
static int check_options(const struct explain_opts *o, struct cgm_err *err)
{
	if (o->watch_ms && (o->history.since_ms || o->history.at_ms || o->history.file))
		return cgm_err_set(
			err, EINVAL,
			"--for watches now; --since, --at and --file show what was recorded");
	if (o->history.at_ms && (o->go.url || o->go.from != CGM_GO_AUTO))
		return cgm_err_set(err, EINVAL,
				   "--at shows what was recorded, and asks no program");
	if (o->history.at_ms && o->history.since_ms > o->history.at_ms)
		return cgm_err_set(err, EINVAL, "--since is later than --at");
	return cgm_go_check(&o->go, err);
}

static int run_explain(const struct cgm_global *g, void *opts, int argc, char **argv)
{
	struct explain_opts *o = opts;
	struct cgm_explain_show how = {.text = cgm_text_options(g, STDOUT_FILENO),
				       .what_if = o->what_if};
	struct cgm_err err = {0};
	struct seen seen = {0};
	int r;

	if (check_options(o, &err) < 0) {
		cgm_warn("explain: %s", err.msg);
		return CGM_EXIT_USAGE;
	}
	if (o->sections)
		how.text.sections = o->sections;
	if (o->history.at_ms && argc > 0)
		return cgm_explain_at(g, &o->history, &how, argc, argv);
	if (o->watch_ms)
		o->seen = &seen;
	r = cgm_show_prepared(g, o, argc, argv,
			      "explain needs a TARGET: a container's name or id, a cgroup path, "
			      "pid:N, self or host",
			      o->watch_ms ? watch : NULL, explain_one);
	for (size_t i = 0; i < seen.n; i++)
		cgm_observed_clear(&seen.v[i]);
	free(seen.v);
	return r;
}

extern const struct cgm_command cgm_cmd_explain;
const struct cgm_command cgm_cmd_explain = {
	.name = "explain",
	.summary = "Say why the number is what it is, in parts that sum to it.",
	.usage = "[OPTION]... TARGET...",
	.options = explain_options,
	.operands = CGM_ARG_TARGET,
	.options_size = sizeof(struct explain_opts),
	.run = run_explain,
};
