/* SPDX-License-Identifier: Apache-2.0 */
/* Made-up rounds for the tests of the full-screen view. */
#ifndef CGMEM_TESTS_VIEW_FIXTURE_H
#define CGMEM_TESTS_VIEW_FIXTURE_H

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "tui/view.h"

#define MIB (UINT64_C(1) << 20)

struct made {
	const char *name, *project;
	unsigned anon, tmpfs, kernel, active, inactive, limit; /* MiB; limit 0 none */
	const char *why;
};

static inline void set_series(struct cgm_top_item *i, enum cgm_series_id id, uint64_t v)
{
	i->v[id] = v;
	i->known |= UINT32_C(1) << id;
}

static inline struct cgm_top_item *make_item(struct cgm_top_round *r, const struct made *m)
{
	char id[64];
	struct cgm_top_item *i;
	uint64_t charged = (uint64_t)(m->anon + m->tmpfs + m->kernel + m->active + m->inactive);

	(void)snprintf(id, sizeof id, "id of %.40s", m->name);
	i = cgm_top_round_add(r, id, m->name, m->project);
	assert_non_null(i);
	set_series(i, CGM_SERIES_CHARGED, charged * MIB);
	set_series(i, CGM_SERIES_DOCKER, (charged - m->inactive) * MIB);
	set_series(i, CGM_SERIES_ANON, m->anon * MIB);
	set_series(i, CGM_SERIES_TMPFS, m->tmpfs * MIB);
	set_series(i, CGM_SERIES_KERNEL, m->kernel * MIB);
	set_series(i, CGM_SERIES_CACHE, (uint64_t)(m->active + m->inactive) * MIB);
	set_series(i, CGM_SERIES_CACHE_INACTIVE, m->inactive * MIB);
	set_series(i, CGM_SERIES_NEEDED, (uint64_t)(m->anon + m->tmpfs + m->kernel) * MIB);
	if (m->limit)
		set_series(i, CGM_SERIES_LIMIT, m->limit * MIB);
	i->docker_limit = m->limit ? m->limit * MIB : 4096 * MIB;
	i->why = m->why ? m->why : "anon";
	return i;
}

static inline struct cgm_top_round *make_round(const struct made *m, size_t n)
{
	struct cgm_top_round *r = cgm_top_round_new(n);

	assert_non_null(r);
	r->time_ms = INT64_C(1763776800000);
	r->bin_ms = 5000;
	r->last_bin = r->time_ms / 5000;
	for (size_t i = 0; i < n; i++)
		(void)make_item(r, &m[i]);
	return r;
}

/* Three that are in most of the tests. */
static const struct made three[] = {
	{"web", "shop", 100, 20, 8, 40, 32, 256, "anon"},
	{"db", "shop", 30, 0, 6, 12, 200, 0, "cache-inactive"},
	{"cron", NULL, 2, 0, 1, 1, 0, 4, "anon"},
};

static inline void open_view(struct cgm_view *v, unsigned width, unsigned height, bool color,
			     bool utf8, bool replay)
{
	const char *const titles[CGM_TOP_PAGES] = {"Explain", replay ? NULL : "Processes",
						   replay ? NULL : "Go"};
	const struct cgm_top_options o = {.interval_ms = 2000, .color = color, .utf8 = utf8};

	cgm_view_init(v, &o, titles, replay);
	cgm_view_resize(v, width, height);
}

static inline const char *line(const struct cgm_view *v, size_t y)
{
	assert_true(y < v->screen.n);
	return cgm_tui_line_text(&v->screen.v[y]);
}

/* The ink at a byte of a line. */
static inline enum cgm_ink ink_at(const struct cgm_view *v, size_t y, size_t byte)
{
	const struct cgm_tui_line *l = &v->screen.v[y];

	for (size_t i = 0; i < l->n_runs; i++)
		if (byte < l->runs[i].end)
			return (enum cgm_ink)l->runs[i].ink;
	fail_msg("line %zu ends before byte %zu", y, byte);
	return CGM_INK_COUNT;
}

static inline void draw(struct cgm_view *v)
{
	assert_int_equal(cgm_view_draw(v), 0);
	assert_int_equal(v->screen.n, v->height);
	for (size_t y = 0; y < v->screen.n; y++)
		if (v->screen.v[y].columns > v->width)
			fail_msg("line %zu has %u columns of %u: %s", y, v->screen.v[y].columns,
				 v->width, line(v, y));
}

static inline struct cgm_act press(struct cgm_view *v, enum cgm_key key)
{
	const struct cgm_key_event e = {.key = key};

	return cgm_view_key(v, &e);
}

static inline struct cgm_act type(struct cgm_view *v, const char *text)
{
	struct cgm_act a = {.kind = CGM_ACT_NONE};

	for (; *text; text++) {
		const struct cgm_key_event e = {.key = CGM_KEY_TEXT, .text = {*text}};

		a = cgm_view_key(v, &e);
	}
	return a;
}

/* The name on the cursor's line; "" for a group's. */
static inline const char *cursor_name(const struct cgm_view *v)
{
	const struct cgm_order_entry *e = &v->order.v[v->list.cursor];

	return e->item == SIZE_MAX ? "" : cgm_top_text(v->round, v->round->items[e->item].name);
}

/* "web db cron": the order of containers, groups as "[name]". */
static inline const char *order_text(const struct cgm_view *v, char buf[512])
{
	buf[0] = '\0';
	for (size_t i = 0; i < v->order.n; i++) {
		const struct cgm_order_entry *e = &v->order.v[i];
		const struct cgm_tui_row row = cgm_order_row(&v->order, v->round, e);
		size_t len = strlen(buf);

		(void)snprintf(buf + len, 512 - len, e->item == SIZE_MAX ? "%s[%s]" : "%s%s",
			       len ? " " : "", row.name);
	}
	return buf;
}

static inline void show(struct cgm_view *v, struct cgm_top_round *r)
{
	assert_int_equal(cgm_view_set_round(v, r), 0);
	draw(v);
}

static inline void end(struct cgm_view *v, struct cgm_top_round *r)
{
	cgm_view_clear(v);
	cgm_top_round_free(r);
}

#endif
