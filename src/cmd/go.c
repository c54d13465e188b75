/* SPDX-License-Identifier: Apache-2.0 */
/* cgmem go: what the Go runtime of each Go program of a target says. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/parse.h"
#include "cmd/go_options.h"
#include "cmd/options.h"
#include "cmd/targets.h"
#include "collect/inspect.h"
#include "output/go.h"

#include "base/banned.h"

#define LINES_MAX     CGM_GO_GROUPS_MAX
#define PROFILE_WORDS "heap goroutine"
#define WHETHER_GO    "whether a Go program runs"
#define WANTED                                                                                    \
	(CGM_INSPECT_STATS | CGM_INSPECT_RESIDENT | CGM_INSPECT_GOROUTINES | CGM_INSPECT_GROUPS | \
	 CGM_INSPECT_SITES)

struct go_opts {
	struct cgm_go_options go; /* first: the setters that explain has, too */
	const char *profile;
	enum cgm_go_profile kind;
	struct cgm_opt lines;
};

static int set_profile(void *opts, const char *arg, struct cgm_err *err)
{
	struct go_opts *o = opts;

	if (!*arg)
		return cgm_err_set(err, EINVAL, "names no file");
	o->profile = arg;
	return 0;
}

static int set_kind(void *opts, const char *arg, struct cgm_err *err)
{
	struct go_opts *o = opts;
	unsigned i;
	int r = cgm_option_word(PROFILE_WORDS, arg, &i, err);

	if (r == 0)
		o->kind = i ? CGM_PROFILE_GOROUTINE : CGM_PROFILE_HEAP;
	return r;
}

static int set_lines(void *opts, const char *arg, struct cgm_err *err)
{
	struct go_opts *o = opts;

	if (cgm_parse_max(arg, strlen(arg), LINES_MAX, &o->lines.v) < 0)
		return cgm_err_set(err, EINVAL, "%.60s: not a number up to %d", arg, LINES_MAX);
	o->lines.known = true;
	return 0;
}

static const struct cgm_option go_options[] = {
	{"go", 0, CGM_ARG_WORDS, "SOURCE", CGM_GO_WORDS,
	 "auto (which is memory), endpoint or memory", cgm_go_set_from},
	{"go-url", 0, CGM_ARG_TEXT, "URL", NULL, "ask this endpoint of the program",
	 cgm_go_set_url},
	{"lines", 'n', CGM_ARG_TEXT, "NUMBER", NULL, "of groups of goroutines, and of sites (10)",
	 set_lines},
	{"profile", 0, CGM_ARG_FILE, "FILE", NULL, "write a profile for go tool pprof instead",
	 set_profile},
	{"profile-kind", 0, CGM_ARG_WORDS, "KIND", PROFILE_WORDS, "heap or goroutine", set_kind},
	{0},
};

static const char *name_of(const struct cgm_snapshot *s)
{
	return s->target.name ? s->target.name
	       : s->target.id ? s->target.id
	       : s->path      ? s->path
			      : "it";
}

static bool begins(const char *what, const char *beginning)
{
	return strncmp(what, beginning, strlen(beginning)) == 0;
}

/* The line of what could not be read that begins so; NULL: none does. */
static const struct cgm_unreadable *find_unreadable(const struct cgm_snapshot *s,
						    const char *beginning)
{
	for (size_t i = 0; i < s->n_unreadable; i++)
		if (begins(s->unreadable[i].what, beginning))
			return &s->unreadable[i];
	return NULL;
}

/* No process's file could be looked at, and why. */
static int cannot_tell(const struct cgm_snapshot *s, struct cgm_err *err)
{
	const struct cgm_unreadable *u = find_unreadable(s, WHETHER_GO);

	if (!u)
		u = find_unreadable(s, "what is inside the processes");
	return cgm_err_set(err, ENODATA,
			   "cannot tell whether %.60s runs a Go program%s%.100s%s%.80s", name_of(s),
			   u ? ": " : "", u ? u->why : "", u && u->remedy ? "; " : "",
			   u && u->remedy ? u->remedy : "");
}

/* Why there is nothing to show. */
static int no_program(const struct cgm_snapshot *s, struct cgm_err *err)
{
	size_t looked_at = 0;

	for (size_t i = 0; i < s->n_procs; i++)
		looked_at += s->procs[i].go_known;
	if (s->is_root && s->target.asked_pid && s->n_procs && !looked_at)
		return cannot_tell(s, err);
	if (s->is_root && s->target.asked_pid)
		return cgm_err_set(err, ENODATA, "process %jd %s", (intmax_t)s->target.asked_pid,
				   s->n_procs ? "is no Go program" : "has ended");
	if (s->is_root || s->target.kind == CGM_TARGET_HOST)
		return cgm_err_set(err, ENODATA,
				   "the machine's programs are in its containers and groups: name "
				   "one of them, or pid:N");
	if (!s->path)
		return cgm_err_set(err, ENODATA, "%.80s is not running: it has no processes",
				   name_of(s));
	if (s->n_procs && !looked_at)
		return cannot_tell(s, err);
	return cgm_err_set(err, ENODATA, "%.80s runs no Go program%s", name_of(s),
			   looked_at < s->n_procs ? ", as far as it could be read" : "");
}

/* The runtime of at least one program was read; else it is an error that says why not. */
static int check_read(const struct cgm_snapshot *s, struct cgm_err *err)
{
	const struct cgm_go *g = &s->go[0];

	for (size_t i = 0; i < s->n_go; i++)
		if (s->go[i].source != CGM_GO_FROM_NOTHING)
			return 0;
	return cgm_err_set(
		err, ENODATA,
		"%.60s (pid %jd) is a Go program%s%s%s, but its runtime could not be read: %s",
		g->comm, (intmax_t)g->pid, g->version[0] ? " (" : "", g->version,
		g->version[0] ? ")" : "", g->why[0] ? g->why : "unknown why");
}

static int write_all(int fd, const struct cgm_buf *b)
{
	size_t done = 0;

	while (done < b->len) {
		ssize_t n = write(fd, b->data + done, b->len - done);

		if (n < 0 && errno != EINTR)
			return -errno;
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* "-" is standard output; a terminal is never written to. */
static int open_profile(const char *file, int *ret, struct cgm_err *err)
{
	int fd, r;

	if (strcmp(file, "-") == 0)
		fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	else
		fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);
	if (fd < 0) {
		r = errno;
		return cgm_err_set(err, r, "cannot write %.120s: %s", file, strerror(r));
	}
	if (isatty(fd)) {
		(void)close(fd);
		return cgm_err_set(err, ENOTTY,
				   "a profile is not written to a terminal; name a file");
	}
	*ret = fd;
	return 0;
}

/* Why there is no profile: a line of what could not be read, or what the program's figures say. */
static const char *why_no_profile(const struct cgm_snapshot *s)
{
	const struct cgm_unreadable *u = find_unreadable(s, "the profile of");

	return u ? u->why : s->go[0].why;
}

static int write_profile(const struct go_opts *o, const struct cgm_snapshot *s,
			 const struct cgm_buf *data, struct cgm_err *err)
{
	const struct cgm_go *g = &s->go[0];
	const char *kind = g->heap_profile ? "heap" : "goroutine";
	int fd = -1, r;

	if (data->failed)
		return cgm_err_set(err, ENOMEM, "out of memory");
	if (!data->len)
		return cgm_err_set(err, ENODATA, "no profile of %.60s (pid %jd) could be made%s%s",
				   g->comm, (intmax_t)g->pid, *why_no_profile(s) ? ": " : "",
				   why_no_profile(s));
	r = open_profile(o->profile, &fd, err);
	if (r < 0)
		return r;
	r = write_all(fd, data);
	if (close(fd) < 0 && r == 0)
		r = -errno;
	if (r < 0)
		return cgm_err_set(err, -r, "cannot write %.120s: %s", o->profile, strerror(-r));
	cgm_warn("wrote the %s profile of %s (pid %jd) to %s; open it with: go tool pprof %s", kind,
		 g->comm, (intmax_t)g->pid,
		 strcmp(o->profile, "-") == 0 ? "standard output" : o->profile,
		 strcmp(o->profile, "-") == 0 ? "FILE" : o->profile);
	return 0;
}

static int show(const struct cgm_global *g, const struct go_opts *o, const struct cgm_snapshot *s,
		struct cgm_outcome *outcome, struct cgm_err *err)
{
	const struct cgm_text_options how = cgm_text_options(g, STDOUT_FILENO);
	size_t lines = o->lines.known ? (size_t)o->lines.v : CGM_GO_LINES;
	int r = outcome->json ? cgm_json_add_go(outcome->json, s)
			      : cgm_go_write(stdout, s, &how, lines);

	if (r < 0)
		return cgm_err_set(err, -r, "cannot show the Go programs: %s", strerror(-r));
	return check_read(s, err);
}

/*
 * An endpoint is asked when the user wants it: that it did not answer is no mere notice. Nor is
 * that beside the programs shown there may be others, perhaps larger ones.
 */
static void tell_unreadable(const struct cgm_snapshot *s)
{
	for (size_t i = 0; i < s->n_unreadable; i++) {
		const struct cgm_unreadable *u = &s->unreadable[i];
		bool warns = begins(u->what, "the endpoint of") ||
			     (s->n_go && begins(u->what, WHETHER_GO));

		(warns ? cgm_warn : cgm_note)("%s: %s; %s", u->what, u->why,
					      u->remedy ? u->remedy : "");
	}
}

static int show_one(const struct cgm_global *g, struct cgm_session *s, struct cgm_container *c,
		    struct cgm_outcome *outcome, const void *opts, struct cgm_err *err)
{
	const struct go_opts *o = opts;
	CGM_AUTO_BUF struct cgm_buf profile = {0};
	const struct cgm_snapshot_request q = {
		.procs_only = true,
		.look_inside = true,
		.inspect = cgm_go_inspect(&o->go, WANTED),
		.go_url = o->go.url,
		.profile = !o->profile ? CGM_PROFILE_NONE
			   : o->kind   ? o->kind
				       : CGM_PROFILE_AUTO,
		.profile_data = &profile,
	};
	struct cgm_snapshot snap = {0};
	int r;

	if (!cgm_session_is_live(s))
		return cgm_err_set(err, EOPNOTSUPP,
				   "the memory of processes is not in a saved tree: cgmem go "
				   "works on the running machine");
	r = cgm_snapshot_take(s, c, &q, &snap, err);
	if (r < 0)
		return r;
	tell_unreadable(&snap);
	if (!snap.n_go)
		r = no_program(&snap, err);
	else if (o->profile)
		r = write_profile(o, &snap, &profile, err);
	else
		r = show(g, o, &snap, outcome, err);
	cgm_snapshot_clear(&snap);
	return r;
}

static int run_go(const struct cgm_global *g, void *opts, int argc, char **argv)
{
	const struct go_opts *o = opts;
	struct cgm_err err = {0};
	int r = cgm_go_check(&o->go, &err);

	if (r == 0 && o->kind && !o->profile)
		r = cgm_err_set(&err, EINVAL, "--profile-kind needs --profile FILE");
	if (r == 0 && o->profile && argc > 1)
		r = cgm_err_set(&err, EINVAL, "--profile takes one TARGET");
	if (r == 0 && o->profile && g->json)
		r = cgm_err_set(&err, EINVAL, "--profile writes a profile, no JSON");
	if (r < 0) {
		cgm_warn("go: %s", err.msg);
		return CGM_EXIT_USAGE;
	}
	return cgm_show_targets(
		g, opts, argc, argv,
		"go needs a TARGET: a container's name or id, a cgroup path, pid:N or self",
		show_one);
}

extern const struct cgm_command cgm_cmd_go;
const struct cgm_command cgm_cmd_go = {
	.name = "go",
	.summary = "Show what a target's Go runtime says; nothing is needed in it.",
	.usage = "[OPTION]... TARGET...",
	.options = go_options,
	.operands = CGM_ARG_TARGET,
	.options_size = sizeof(struct go_opts),
	.run = run_go,
};
