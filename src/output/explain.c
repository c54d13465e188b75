/* SPDX-License-Identifier: Apache-2.0 */
#include "output/explain.h"

#include <ctype.h>
#include <string.h>

#include "output/cells.h"
#include "output/page.h"
#include "base/banned.h"

#define SCREEN_LINES  23 /* of 24, so that the prompt after it pushes nothing away */
#define VERDICT_LINES 8	 /* at most; fewer where all parts are there */
#define VERDICT_LEAST 2
#define HEADLINE_WRAP 2	 /* lines of each of the headline's facts */
#define EVENTS_WRAP   3	 /* of these none is left away in 80 columns */
#define HEX_RUN	      32 /* so many hexadecimal digits in a path are an id */

/* @path with ids shortened, where it would not fit in @room. */
static void add_path(const struct cgm_page *p, struct cgm_buf *b, const char *path, size_t room)
{
	const char *dots = p->o->utf8 ? "\u2026" : "...";

	if (p->o->verbose || cgm_text_width(path) <= room) {
		cgm_buf_adds(b, path);
		return;
	}
	while (*path) {
		size_t hex = strspn(path, "0123456789abcdef");
		size_t n = hex ? hex : 1;

		cgm_buf_add(b, path, hex >= HEX_RUN ? CGM_SHORT_ID : n);
		if (hex >= HEX_RUN)
			cgm_buf_adds(b, dots);
		path += n;
	}
}

static void add_fact(struct cgm_buf *b, const char *sep, const char *s)
{
	if (s && *s)
		cgm_buf_addf(b, "%s%s", b->len ? sep : "", s);
}

static void put_name_line(struct cgm_page *p, const struct cgm_snapshot *s)
{
	const struct cgm_target *t = &s->target;
	CGM_AUTO_BUF struct cgm_buf rest = {0}, cut = {0}, safe = {0};
	char id[CGM_SHORT_ID + 1] = "";

	if (t->id)
		(void)snprintf(id, sizeof id, "%s", t->id);
	add_fact(&rest, ", ", id);
	add_fact(&rest, ", ", t->image);
	add_fact(&rest, ", ", t->state);
	if (t->kind == CGM_TARGET_HOST)
		cgm_buf_addf(&rest, "kernel %s, %u CPUs", s->host.kernel, s->host.ncpu);
	cgm_safe_text(&safe,
		      t->name	? t->name
		      : t->id	? t->id
		      : s->path ? s->path
				: "?",
		      p->o->utf8);
	cgm_add_fitted(&cut, cgm_buf_str(&safe), p->width / 2, p->o->utf8);
	cgm_page_style(p, CGM_BOLD);
	cgm_buf_adds(&p->b, cgm_buf_str(&cut));
	cgm_page_style(p, CGM_PLAIN);
	if (rest.len)
		cgm_page_blanks(p, 2);
	cgm_page_wrap(p, cgm_buf_str(&rest), cgm_text_width(cgm_buf_str(&cut)) + 2, 2, 1);
}

static const char *limit_from(const struct cgm_explanation *e)
{
	const struct cgm_effective_limit *l = &e->effective;

	if (l->from_host || l->level >= e->snapshot->n_levels)
		return NULL;
	return e->snapshot->levels[l->level].path;
}

/* A container that has no group any more: what limit the engine was asked for. */
static void put_asked_limit(struct cgm_page *p, const struct cgm_target *t)
{
	char text[CGM_TEXT_MAX];

	if (t->memory_limit.known && t->memory_limit.v)
		cgm_page_labelled(p, "limit", cgm_page_bytes(p, text, t->memory_limit.v), 1);
}

static void put_limit(struct cgm_page *p, const struct cgm_explanation *e)
{
	const struct cgm_effective_limit *l = &e->effective;
	CGM_AUTO_BUF struct cgm_buf b = {0};
	char text[CGM_TEXT_MAX];
	const char *from = limit_from(e);

	if (!e->snapshot->path) {
		put_asked_limit(p, &e->snapshot->target);
		return;
	}
	if (!l->bytes.known)
		return;
	if (l->from_host)
		cgm_buf_addf(&b, "none; the machine has %s", cgm_page_bytes(p, text, l->bytes.v));
	else
		cgm_buf_adds(&b, cgm_page_bytes(p, text, l->bytes.v));
	if (from && l->level > 0) {
		cgm_buf_adds(&b, ", set by its ancestor ");
		add_path(p, &b, from, p->width / 2);
	}
	if (e->headroom.known)
		cgm_buf_addf(&b, "; headroom %s", cgm_page_bytes(p, text, e->headroom.v));
	if (cgm_has(&e->snapshot->now, CGM_PEAK))
		cgm_buf_addf(&b, "; peak %s",
			     cgm_page_bytes(p, text, cgm_get(&e->snapshot->now, CGM_PEAK)));
	cgm_page_labelled(p, "limit", cgm_buf_str(&b), HEADLINE_WRAP);
}

static void add_oom(const struct cgm_page *p, struct cgm_buf *b, const struct cgm_snapshot *s)
{
	uint64_t kills = cgm_get(&s->now, CGM_OOM_KILLS);
	bool killed = s->target.oom_killed_known && s->target.oom_killed;
	char text[CGM_TEXT_MAX];

	if (!kills && !killed && !s->oom.known)
		return;
	if (kills)
		cgm_buf_addf(b, "%ju OOM kill%s%s", (uintmax_t)kills, kills == 1 ? "" : "s",
			     !s->oom.known ? ""
			     : kills == 1  ? ","
					   : ", the last");
	else
		cgm_buf_adds(b, s->oom.known ? "OOM kill" : "killed for lack of memory (OOM)");
	if (!s->oom.known)
		return;
	cgm_buf_addf(b, " %s ago: %s (pid %jd)", cgm_human_seconds(text, s->oom.seconds_ago),
		     s->oom.victim, (intmax_t)s->oom.pid);
	if (s->oom.anon_rss.known)
		cgm_buf_addf(b, " with %s anonymous", cgm_page_bytes(p, text, s->oom.anon_rss.v));
}

/* OOM kills, how it ended, restarts: nothing for one that just runs. What is cut is the end. */
static void put_events(struct cgm_page *p, const struct cgm_snapshot *s)
{
	const struct cgm_target *t = &s->target;
	bool ended = cgm_target_ended(t);
	CGM_AUTO_BUF struct cgm_buf b = {0};

	add_oom(p, &b, s);
	if (ended)
		cgm_buf_addf(&b, "%sended", b.len ? "; " : "");
	if (ended && t->exit_code.known)
		cgm_buf_addf(&b, " with exit code %ju", (uintmax_t)t->exit_code.v);
	if (ended && t->finished_at)
		cgm_buf_addf(&b, " at %.19s UTC", t->finished_at);
	if (t->restarts.known && t->restarts.v)
		cgm_buf_addf(&b, "%srestarted %ju time%s", b.len ? "; " : "",
			     (uintmax_t)t->restarts.v, t->restarts.v == 1 ? "" : "s");
	if (b.len)
		cgm_page_labelled(p, "events", cgm_buf_str(&b), EVENTS_WRAP);
}

/* docker's own digits, with the blank that a sentence wants: "19.73 MiB". */
static void add_docker_figure(const struct cgm_page *p, struct cgm_buf *b, uint64_t v)
{
	char text[CGM_TEXT_MAX];
	size_t digits;

	if (p->o->raw_bytes) {
		cgm_buf_addf(b, "%ju", (uintmax_t)v);
		return;
	}
	digits = strspn(cgm_docker_bytes(text, v), "0123456789.");
	cgm_buf_addf(b, "%.*s %s", (int)digits, text, text + digits);
}

static void put_equation(struct cgm_page *p, const struct cgm_explanation *e)
{
	const struct cgm_breakdown *d = e->breakdown;
	CGM_AUTO_BUF struct cgm_buf b = {0};
	char text[CGM_TEXT_MAX];

	if (!d->known || e->snapshot->target.kind == CGM_TARGET_HOST || e->snapshot->is_root)
		return;
	add_docker_figure(p, &b, d->docker_bytes);
	cgm_buf_addf(&b, " = %s charged", cgm_page_bytes(p, text, d->charged));
	if (d->docker_subtracts)
		cgm_buf_addf(&b, " - %s inactive page cache",
			     cgm_page_bytes(p, text, d->inactive_file));
	else
		cgm_buf_adds(&b,
			     ", with nothing taken off: the inactive page cache is not below it");
	cgm_page_labelled(p, "docker stats", cgm_buf_str(&b), HEADLINE_WRAP);
}

void cgm_explain_headline(struct cgm_page *p, const struct cgm_explanation *e)
{
	const struct cgm_snapshot *s = e->snapshot;
	CGM_AUTO_BUF struct cgm_buf path = {0};
	char label[16];

	put_name_line(p, s);
	if (s->version && s->path && s->target.kind != CGM_TARGET_HOST) {
		(void)snprintf(label, sizeof label, "cgroup v%d", s->version);
		add_path(p, &path, s->path, p->width - 14);
		cgm_page_labelled(p, label, cgm_buf_str(&path), HEADLINE_WRAP);
	}
	put_limit(p, e);
	put_events(p, s);
	put_equation(p, e);
}

/* What the headline and all parts of the breakdown leave of the screen, two blank lines taken off.
 */
static size_t verdict_lines(const struct cgm_page *p, const struct cgm_explanation *e)
{
	size_t taken = cgm_page_lines(p) + 2 + cgm_explain_tree_least(e->breakdown);

	if (p->o->verbose || !(p->o->sections & CGM_SHOW_BREAKDOWN))
		return 0; /* there is nothing that has to fit below */
	if (taken + VERDICT_LEAST > SCREEN_LINES)
		return VERDICT_LEAST;
	return SCREEN_LINES - taken < VERDICT_LINES ? SCREEN_LINES - taken : VERDICT_LINES;
}

static void put_verdict(struct cgm_page *p, const struct cgm_explanation *e)
{
	size_t max = verdict_lines(p, e);

	if (!e->verdict || !*e->verdict)
		return;
	cgm_page_newline(p);
	cgm_page_style(p, CGM_BOLD);
	cgm_page_wrap(p, e->verdict, 0, 0, max);
	cgm_page_style(p, CGM_PLAIN);
}

static void put_tree(struct cgm_page *p, const struct cgm_explanation *e)
{
	size_t used = cgm_page_lines(p);

	if (!e->breakdown->known)
		return;
	if (used)
		cgm_page_newline(p);
	used = cgm_page_lines(p);
	cgm_explain_tree(p, e,
			 p->o->verbose	       ? SIZE_MAX
			 : used < SCREEN_LINES ? SCREEN_LINES - used
					       : 0);
}

/* Below the tree where more follows anyway; alone with the verdict it must not push it away. */
static void put_by_process(struct cgm_page *p, const struct cgm_explanation *e)
{
	const size_t len = p->b.len;

	cgm_explain_by_process(p, e);
	if (p->o->verbose || (p->o->sections & (CGM_SHOW_NUMBERS | CGM_SHOW_FINDINGS)) ||
	    p->b.failed || cgm_page_lines(p) <= SCREEN_LINES || p->b.len == len)
		return;
	p->b.len = len;
	p->b.data[len] = '\0';
}

int cgm_explain_write(FILE *out, const struct cgm_explanation *e, const struct cgm_text_options *o)
{
	struct cgm_page p;
	int r;

	cgm_page_init(&p, o);
	if (o->sections & CGM_SHOW_VERDICT) {
		cgm_explain_headline(&p, e);
		put_verdict(&p, e);
	}
	if (o->sections & CGM_SHOW_BREAKDOWN) {
		put_tree(&p, e);
		put_by_process(&p, e);
	}
	cgm_explain_what_if(&p, e);
	if (o->sections & CGM_SHOW_NUMBERS)
		cgm_explain_numbers(&p, e);
	if (o->sections & CGM_SHOW_FINDINGS) {
		cgm_explain_growth(&p, e);
		cgm_explain_findings(&p, e);
		cgm_explain_unreadable(&p, e);
	}
	r = cgm_page_write(&p, out);
	cgm_page_clear(&p);
	return r;
}
