/* SPDX-License-Identifier: Apache-2.0 */
#include "output/go.h"

#include <string.h>

#include "output/cells.h"
#include "base/banned.h"

#define STATE_MAX   20	/* columns of a state's name */
#define STACKS_FROM 100 /* columns: then what the stacks take is shown */
#define GAP	    2

static size_t wider(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* Without the folders of the package: slashes of type arguments and receivers are not folders. */
static const char *base_name(const char *name)
{
	size_t head = strcspn(name, "[(");
	const char *base = name;

	for (size_t i = 0; i < head; i++)
		if (name[i] == '/')
			base = name + i + 1;
	return base;
}

/* The next character of UTF-8 text that was made valid before. */
static const char *next_char(const char *s)
{
	do
		s++;
	while (((unsigned char)*s & 0xc0) == 0x80);
	return s;
}

void cgm_go_add_function(struct cgm_buf *b, const char *name, size_t width, bool utf8)
{
	CGM_AUTO_BUF struct cgm_buf safe = {0};
	const char *dots = utf8 ? "\u2026" : "...";
	size_t dots_width = utf8 ? 1 : 3;
	const char *text;

	cgm_safe_text(&safe, *name ? name : "-", utf8);
	text = cgm_buf_str(&safe);
	if (cgm_text_width(text) > width)
		text = base_name(text);
	if (cgm_text_width(text) > width && width > dots_width) {
		while (*text && cgm_text_width(text) > width - dots_width)
			text = next_char(text);
		cgm_buf_adds(b, dots);
	}
	cgm_buf_adds(b, text);
	b->failed |= safe.failed;
}

static void put_function(struct cgm_page *p, const char *name, size_t width, bool last)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	cgm_go_add_function(&b, name, width, p->o->utf8);
	cgm_buf_adds(&p->b, cgm_buf_str(&b));
	if (!last)
		cgm_page_blanks(p, cgm_sub_sat(width, cgm_text_width(cgm_buf_str(&b))));
	p->b.failed |= b.failed;
}

/* Widths of the table of goroutines: the functions get what the numbers leave. */
struct group_widths {
	size_t count, state, longest, stacks, function, creator;
};

static const char *longest_text(char buf[CGM_TEXT_MAX], const struct cgm_go_group *g)
{
	return g->longest_s.known ? cgm_human_seconds(buf, g->longest_s.v) : "-";
}

static bool is_shown(const struct cgm_page *p, const struct cgm_go_group *g)
{
	return !g->system || p->o->verbose;
}

static struct group_widths measure_groups(const struct cgm_page *p, const struct cgm_go *g,
					  size_t lines)
{
	struct group_widths w = {.count = 5, .state = 5, .longest = 7, .stacks = 6, .function = 9};
	char text[CGM_TEXT_MAX];
	size_t used, room, creator = 10;

	for (size_t i = 0, n = 0; i < g->n_groups && n < lines; i++) {
		const struct cgm_go_group *v = &g->groups[i];

		if (!is_shown(p, v))
			continue;
		n++;
		(void)snprintf(text, sizeof text, "%ju", (uintmax_t)v->count);
		w.count = wider(w.count, strlen(text));
		w.state = wider(w.state, cgm_text_width(v->state));
		w.longest = wider(w.longest, strlen(longest_text(text, v)));
		w.stacks = wider(w.stacks, strlen(cgm_page_bytes(p, text, v->stack_bytes)));
		w.function = wider(w.function, cgm_text_width(v->function));
		creator = wider(creator, cgm_text_width(v->created_by));
	}
	w.state = w.state > STATE_MAX ? STATE_MAX : w.state;
	if (p->width < STACKS_FROM)
		w.stacks = 0;
	used = w.count + w.state + w.longest + 4 * GAP + (w.stacks ? w.stacks + GAP : 0);
	room = p->width > used + 16 ? p->width - used : 16;
	if (w.function + creator > room) {
		if (w.function > room / 2)
			w.function = creator < room / 2 ? room - creator : room / 2;
		creator = room - w.function;
	}
	w.creator = creator;
	return w;
}

static void put_group(struct cgm_page *p, const struct cgm_go_group *g,
		      const struct group_widths *w)
{
	char text[CGM_TEXT_MAX];

	(void)snprintf(text, sizeof text, "%ju", (uintmax_t)g->count);
	cgm_page_field(p, text, w->count, true);
	cgm_page_blanks(p, GAP);
	cgm_page_field(p, g->state[0] ? g->state : "-", w->state, false);
	cgm_page_blanks(p, GAP);
	cgm_page_field(p, longest_text(text, g), w->longest, true);
	cgm_page_blanks(p, GAP);
	if (w->stacks) {
		cgm_page_field(p, cgm_page_bytes(p, text, g->stack_bytes), w->stacks, true);
		cgm_page_blanks(p, GAP);
	}
	put_function(p, g->function, w->function, false);
	cgm_page_blanks(p, GAP);
	put_function(p, g->created_by, w->creator, true);
	cgm_page_newline(p);
}

static void put_group_headings(struct cgm_page *p, const struct group_widths *w)
{
	cgm_page_newline(p);
	cgm_page_style(p, CGM_DIM);
	cgm_page_field(p, "COUNT", w->count, true);
	cgm_page_blanks(p, GAP);
	cgm_page_field(p, "STATE", w->state, false);
	cgm_page_blanks(p, GAP);
	cgm_page_field(p, "LONGEST", w->longest, true);
	cgm_page_blanks(p, GAP);
	if (w->stacks) {
		cgm_page_field(p, "STACKS", w->stacks, true);
		cgm_page_blanks(p, GAP);
	}
	cgm_page_field(p, "GOROUTINE", w->function, false);
	cgm_page_blanks(p, GAP);
	cgm_page_text(p, "CREATED BY");
	cgm_page_style(p, CGM_PLAIN);
	cgm_page_newline(p);
}

void cgm_go_put_groups(struct cgm_page *p, const struct cgm_go *g, size_t lines)
{
	struct group_widths w = measure_groups(p, g, lines);
	size_t shown = 0, more = 0;
	uint64_t goroutines = 0;
	char text[96];

	for (size_t i = 0; i < g->n_groups; i++) {
		if (!is_shown(p, &g->groups[i]))
			continue;
		if (shown == 0 && lines)
			put_group_headings(p, &w);
		if (shown < lines) {
			put_group(p, &g->groups[i], &w);
			shown++;
		} else {
			more++;
			goroutines = cgm_add_sat(goroutines, g->groups[i].count);
		}
	}
	if (!shown || !more)
		return;
	(void)snprintf(text, sizeof text, "%ju", (uintmax_t)goroutines);
	cgm_page_field(p, text, w.count, true);
	(void)snprintf(text, sizeof text, "in %zu more group%s", more, more == 1 ? "" : "s");
	cgm_page_blanks(p, GAP);
	cgm_page_text(p, text);
	cgm_page_newline(p);
}

/* Share of the profile's live bytes, in percent. */
static void share_text(char buf[16], uint64_t part, const struct cgm_opt *whole)
{
	if (!whole->known || !whole->v)
		(void)snprintf(buf, 16, "-");
	else
		(void)snprintf(buf, 16, "%.1f%%", (double)part / (double)whole->v * 100);
}

enum { SITE_INUSE, SITE_SHARE, SITE_OBJECTS, SITE_ALLOC, N_SITE_FIELDS };
static const char *const site_headings[N_SITE_FIELDS] = {"INUSE", "SHARE", "OBJECTS", "ALLOC"};

struct site_text {
	char field[N_SITE_FIELDS][CGM_TEXT_MAX];
};

static void site_text(const struct cgm_page *p, const struct cgm_go *g, const struct cgm_go_site *s,
		      struct site_text *ret)
{
	(void)cgm_page_bytes(p, ret->field[SITE_INUSE], s->inuse_bytes);
	share_text(ret->field[SITE_SHARE], s->inuse_bytes, &g->inuse_space);
	(void)snprintf(ret->field[SITE_OBJECTS], CGM_TEXT_MAX, "%ju", (uintmax_t)s->inuse_objects);
	(void)cgm_page_bytes(p, ret->field[SITE_ALLOC], s->alloc_bytes);
}

/* The sites that get no line, summed up. */
static struct cgm_go_site rest_of(const struct cgm_go *g, size_t from)
{
	struct cgm_go_site rest = {0};

	for (size_t i = from; i < g->n_sites; i++) {
		rest.inuse_bytes = cgm_add_sat(rest.inuse_bytes, g->sites[i].inuse_bytes);
		rest.inuse_objects = cgm_add_sat(rest.inuse_objects, g->sites[i].inuse_objects);
		rest.alloc_bytes = cgm_add_sat(rest.alloc_bytes, g->sites[i].alloc_bytes);
	}
	if (from < g->n_sites)
		(void)snprintf(rest.function, sizeof rest.function, "in %zu more",
			       g->n_sites - from);
	return rest;
}

static void put_site(struct cgm_page *p, const struct cgm_go *g, const struct cgm_go_site *s,
		     const size_t *widths)
{
	struct site_text t = {.field = {""}};
	size_t used = 0;

	site_text(p, g, s, &t);
	for (size_t i = 0; i < N_SITE_FIELDS; i++) {
		cgm_page_field(p, t.field[i], widths[i], true);
		cgm_page_blanks(p, GAP);
		used += widths[i] + GAP;
	}
	put_function(p, s->function, p->width > used + 8 ? p->width - used : 8, true);
	cgm_page_newline(p);
}

static void put_site_headings(struct cgm_page *p, const size_t *widths)
{
	cgm_page_newline(p);
	cgm_page_style(p, CGM_DIM);
	for (size_t i = 0; i < N_SITE_FIELDS; i++) {
		cgm_page_field(p, site_headings[i], widths[i], true);
		cgm_page_blanks(p, GAP);
	}
	cgm_page_text(p, "ALLOCATED IN");
	cgm_page_style(p, CGM_PLAIN);
	cgm_page_newline(p);
}

void cgm_go_put_sites(struct cgm_page *p, const struct cgm_go *g, size_t lines)
{
	size_t shown = g->n_sites < lines ? g->n_sites : lines, widths[N_SITE_FIELDS];
	const struct cgm_go_site rest = rest_of(g, shown);

	if (shown == 0)
		return;
	for (size_t k = 0; k < N_SITE_FIELDS; k++)
		widths[k] = strlen(site_headings[k]);
	for (size_t i = 0; i <= shown; i++) {
		struct site_text t = {.field = {""}};

		site_text(p, g, i < shown ? &g->sites[i] : &rest, &t);
		for (size_t k = 0; k < N_SITE_FIELDS; k++)
			widths[k] = wider(widths[k], strlen(t.field[k]));
	}
	put_site_headings(p, widths);
	for (size_t i = 0; i < shown; i++)
		put_site(p, g, &g->sites[i], widths);
	if (shown < g->n_sites)
		put_site(p, g, &rest, widths);
}
