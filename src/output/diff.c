/* SPDX-License-Identifier: Apache-2.0 */
/* Two moments or two targets side by side: component by component, what makes docker's figure
 * differ. */
#include <string.h>

#include "base/when.h"
#include "output/cells.h"
#include "output/grid.h"
#include "output/json_util.h"
#include "output/page.h"
#include "output/trend.h"

#include "base/banned.h"

/* The parts of docker's figure, then what is told beside them. Page cache is split in what docker
 * counts and what not. */
static const struct line {
	const char *id;
	enum cgm_series_id series;
	bool in_docker;
	bool counted; /* page cache, less the inactive */
} lines[] = {
	{"docker", CGM_SERIES_DOCKER, false, false},
	{"anon", CGM_SERIES_ANON, true, false},
	{"anon_unmapped", CGM_SERIES_ANON_UNMAPPED, true, false},
	{"cache_counted", CGM_SERIES_CACHE, true, true},
	{"tmpfs", CGM_SERIES_TMPFS, true, false},
	{"kernel", CGM_SERIES_KERNEL, true, false},
	{"sock", CGM_SERIES_SOCK, true, false},
	{"hugetlb", CGM_SERIES_HUGETLB, true, false},
	{"charged", CGM_SERIES_CHARGED, false, false},
	{"cache_inactive", CGM_SERIES_CACHE_INACTIVE, false, false},
	{"slab_reclaimable", CGM_SERIES_SLAB_RECLAIMABLE, false, false},
	{"needed", CGM_SERIES_NEEDED, false, false},
	{"swap", CGM_SERIES_SWAP, false, false},
	{"limit", CGM_SERIES_LIMIT, false, false},
	{"go_heap", CGM_SERIES_GO_HEAP, false, false},
	{"go_live", CGM_SERIES_GO_LIVE, false, false},
	{"go_sys", CGM_SERIES_GO_SYS, false, false},
	{"go_released", CGM_SERIES_GO_RELEASED, false, false},
	{"go_retained", CGM_SERIES_GO_RETAINED, false, false},
	{"go_stacks", CGM_SERIES_GO_STACKS, false, false},
	{"goroutines", CGM_SERIES_GOROUTINES, false, false},
	{"pids", CGM_SERIES_PIDS, false, false},
	{"oom_kills", CGM_SERIES_OOM_KILLS, false, false},
};
#define N_LINES (sizeof lines / sizeof *lines)

static const char *const headings[] = {"COMPONENT", "A", "B", "DIFFERENCE", "SHARE", "WHAT"};
#define N_COLUMNS (sizeof headings / sizeof *headings)

struct difference {
	struct cgm_opt a, b;
	bool known;
	int64_t by;
	bool has_share;
	double share; /* of docker's difference */
};

static struct cgm_opt value_of(const struct cgm_point *p, const struct line *l)
{
	struct cgm_opt v = {p->v[l->series], cgm_point_has(p, l->series)};

	if (l->counted) {
		v.known &= cgm_point_has(p, CGM_SERIES_CACHE_INACTIVE);
		v.v = cgm_sub_sat(v.v, p->v[CGM_SERIES_CACHE_INACTIVE]);
	}
	return v;
}

/* Bytes of a group are far below 2^63; what a damaged file claims may not be. */
static int64_t minus(uint64_t b, uint64_t a)
{
	uint64_t by = b > a ? b - a : a - b;

	if (by > INT64_MAX)
		by = INT64_MAX;
	return b > a ? (int64_t)by : -(int64_t)by;
}

static struct difference differ(const struct cgm_diff_side *a, const struct cgm_diff_side *b,
				const struct line *l)
{
	struct difference d = {.a = value_of(&a->point, l), .b = value_of(&b->point, l)};

	d.known = d.a.known && d.b.known;
	d.by = d.known ? minus(d.b.v, d.a.v) : 0;
	if (d.known && l->in_docker) {
		struct difference docker = differ(a, b, &lines[0]);

		d.has_share = docker.known && docker.by != 0;
		d.share = d.has_share ? (double)d.by / (double)docker.by : 0;
	}
	return d;
}

static bool is_bytes(const struct line *l)
{
	return cgm_series[l->series].unit == CGM_BYTES;
}

/* Nothing on both sides is no line, but for docker's figure and what is charged. */
static bool is_shown(const struct difference *d, const struct line *l)
{
	if (l->series == CGM_SERIES_DOCKER || l->series == CGM_SERIES_CHARGED)
		return true;
	return (d->a.known && d->a.v) || (d->b.known && d->b.v);
}

static const char *value_text(char buf[CGM_TEXT_MAX], const struct cgm_opt *v, const struct line *l,
			      bool raw)
{
	if (!v->known)
		(void)snprintf(buf, CGM_TEXT_MAX, "-");
	else if (is_bytes(l) && !raw)
		(void)cgm_human_bytes(buf, v->v);
	else
		(void)snprintf(buf, CGM_TEXT_MAX, "%ju", (uintmax_t)v->v);
	return buf;
}

static const char *difference_text(char buf[CGM_TEXT_MAX], const struct difference *d,
				   const struct line *l, bool raw)
{
	if (!d->known)
		(void)snprintf(buf, CGM_TEXT_MAX, "-");
	else if (d->by == 0)
		(void)snprintf(buf, CGM_TEXT_MAX, "same");
	else if (is_bytes(l) && !raw)
		(void)cgm_human_signed(buf, d->by);
	else
		(void)snprintf(buf, CGM_TEXT_MAX, "%+jd", (intmax_t)d->by);
	return buf;
}

static int put_line(struct cgm_grid *g, size_t n_columns, const struct difference *d,
		    const struct line *l, const struct cgm_text_options *o)
{
	char a[CGM_TEXT_MAX], b[CGM_TEXT_MAX], by[CGM_TEXT_MAX], share[CGM_TEXT_MAX] = "-";
	const char *texts[] = {l->id,
			       value_text(a, &d->a, l, o->raw_bytes),
			       value_text(b, &d->b, l, o->raw_bytes),
			       difference_text(by, d, l, o->raw_bytes),
			       share,
			       cgm_series[l->series].title};
	int r = cgm_grid_line(g);

	if (d->has_share)
		(void)snprintf(share, sizeof share, "%jd%%",
			       (intmax_t)(d->share * 100 + (d->share < 0 ? -0.5 : 0.5)));
	if (l->counted)
		texts[5] = "page cache that docker counts";
	for (size_t i = 0; r == 0 && i < n_columns; i++)
		r = cgm_grid_cell(g, texts[i], NULL);
	return r;
}

/* "A  web@03:00, 2026-11-22T03:00:00Z" */
static void put_side(struct cgm_page *p, const char *letter, const struct cgm_diff_side *s)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	char text[CGM_TEXT_MAX];

	cgm_page_text(p, letter);
	cgm_page_blanks(p, 2);
	cgm_buf_addf(&b, "%s, %s", s->name, cgm_when_rfc3339(text, s->point.time_ms));
	cgm_page_wrap(p, cgm_buf_str(&b), 3, 3, 0);
	p->b.failed |= b.failed;
}

static int write_head(FILE *out, const struct cgm_diff_side *a, const struct cgm_diff_side *b,
		      const struct cgm_text_options *o)
{
	struct cgm_page p;
	int r;

	cgm_page_init(&p, o);
	put_side(&p, "A", a);
	put_side(&p, "B", b);
	cgm_page_newline(&p);
	r = cgm_page_write(&p, out);
	cgm_page_clear(&p);
	return r;
}

static int fill(struct cgm_grid *g, size_t n_columns, const struct cgm_diff_side *a,
		const struct cgm_diff_side *b, const struct cgm_text_options *o)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n_columns; i++)
		r = cgm_grid_column(g, headings[i], i > 0 && i < 5);
	for (size_t i = 0; r == 0 && i < N_LINES; i++) {
		struct difference d = differ(a, b, &lines[i]);

		if (is_shown(&d, &lines[i]))
			r = put_line(g, n_columns, &d, &lines[i], o);
	}
	return r;
}

static size_t width_of(const struct cgm_grid *g, size_t n_columns)
{
	size_t total = 2 * (n_columns - 1);

	for (size_t i = 0; i < n_columns; i++)
		total += cgm_grid_width(g, i);
	return total;
}

int cgm_diff_write(FILE *out, const struct cgm_diff_side *a, const struct cgm_diff_side *b,
		   const struct cgm_text_options *o)
{
	int r = write_head(out, a, b, o);

	/* where the words do not fit, the names alone */
	for (size_t n = N_COLUMNS; r == 0 && n >= N_COLUMNS - 1; n--) {
		CGM_CLEANUP(cgm_grid_free_p) struct cgm_grid *g = NULL;

		r = cgm_grid_new(&g);
		if (r == 0)
			r = fill(g, n, a, b, o);
		if (r == 0 && (n < N_COLUMNS || !o->width || width_of(g, n) <= o->width))
			return cgm_grid_write(g, out, true, o->color, "  ");
	}
	return r;
}

static json_t *json_side(const struct cgm_diff_side *s)
{
	json_t *o = json_object();
	char text[CGM_TEXT_MAX];
	int r = cgm_json_put(o, "target", cgm_json_text(s->name));

	r |= cgm_json_put(o, "time", json_string(cgm_when_rfc3339(text, s->point.time_ms)));
	if (r == 0)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *json_line(const struct difference *d, const struct line *l)
{
	json_t *o = json_object();
	int r = cgm_json_put(o, "id", json_string(l->id));

	r |= cgm_json_put(o, "a", cgm_json_opt(d->a));
	r |= cgm_json_put(o, "b", cgm_json_opt(d->b));
	r |= cgm_json_put(o, "difference", d->known ? json_integer(d->by) : json_null());
	r |= cgm_json_put(o, "share", d->has_share ? json_real(d->share) : json_null());
	if (r == 0)
		return o;
	json_decref(o);
	return NULL;
}

int cgm_json_add_diff(struct cgm_json *j, const struct cgm_diff_side *a,
		      const struct cgm_diff_side *b)
{
	json_t *o = json_object(), *components = json_array();
	int r = o && components ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < N_LINES; i++) {
		struct difference d = differ(a, b, &lines[i]);

		r = cgm_json_push(components, json_line(&d, &lines[i]));
	}
	r |= cgm_json_put(o, "a", json_side(a));
	r |= cgm_json_put(o, "b", json_side(b));
	r |= cgm_json_put(o, "components", components);
	if (r == 0)
		return cgm_json_push(j->results, o);
	json_decref(o);
	return -ENOMEM;
}
