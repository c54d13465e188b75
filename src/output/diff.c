/* SPDX-License-Identifier: Apache-2.0 */
/* Two moments or two targets side by side: component by component, what makes docker's figure
 * differ, and that as text. */
#include <string.h>

#include "base/units.h"
#include "base/when.h"
#include "model/breakdown.h"
#include "model/point.h"
#include "output/cells.h"
#include "output/grid.h"
#include "output/page.h"
#include "output/diff_parts.h"
#include "output/trend_parts.h"

#include "base/banned.h"

/* The parts of docker's figure, then what is told beside them. Page cache is split in what docker
 * counts and what not. */
const struct cgm_diff_line cgm_diff_lines[CGM_DIFF_LINES] = {
	{"docker", CGM_SERIES_DOCKER, 0},
	{"anon", CGM_SERIES_ANON, CGM_DIFF_IN_DOCKER},
	{"anon_unmapped", CGM_SERIES_ANON_UNMAPPED, CGM_DIFF_IN_DOCKER},
	{"cache_counted", CGM_SERIES_CACHE, CGM_DIFF_IN_DOCKER | CGM_DIFF_COUNTED},
	{"tmpfs", CGM_SERIES_TMPFS, CGM_DIFF_IN_DOCKER},
	{"kernel", CGM_SERIES_KERNEL, CGM_DIFF_IN_DOCKER},
	{"sock", CGM_SERIES_SOCK, CGM_DIFF_IN_DOCKER},
	{"hugetlb", CGM_SERIES_HUGETLB, CGM_DIFF_IN_DOCKER},
	{"charged", CGM_SERIES_CHARGED, 0},
	{"cache_inactive", CGM_SERIES_CACHE_INACTIVE, 0},
	{"slab_reclaimable", CGM_SERIES_SLAB_RECLAIMABLE, 0},
	{"needed", CGM_SERIES_NEEDED, CGM_DIFF_SURE},
	{"swap", CGM_SERIES_SWAP, 0},
	{"limit", CGM_SERIES_LIMIT, 0},
	{"go_heap", CGM_SERIES_GO_HEAP, CGM_DIFF_GO},
	{"go_live", CGM_SERIES_GO_LIVE, CGM_DIFF_GO},
	{"go_sys", CGM_SERIES_GO_SYS, CGM_DIFF_GO},
	{"go_released", CGM_SERIES_GO_RELEASED, CGM_DIFF_GO},
	{"go_retained", CGM_SERIES_GO_RETAINED, CGM_DIFF_GO},
	{"go_stacks", CGM_SERIES_GO_STACKS, CGM_DIFF_GO},
	{"goroutines", CGM_SERIES_GOROUTINES, CGM_DIFF_GO},
	{"pids", CGM_SERIES_PIDS, 0},
	{"oom_kills", CGM_SERIES_OOM_KILLS, 0},
};

static const char *const headings[] = {"COMPONENT", "A", "B", "DIFFERENCE", "SHARE", "WHAT"};
#define N_COLUMNS (sizeof headings / sizeof *headings)

bool cgm_diff_leaves_out_kernel(const struct cgm_diff_side *a, const struct cgm_diff_side *b)
{
	return cgm_max_u64(cgm_kernel_in_doubt(&a->point), cgm_kernel_in_doubt(&b->point)) >=
	       CGM_KERNEL_SPLIT_FROM;
}

static struct cgm_opt value_of(const struct cgm_diff_side *s, const struct cgm_diff_line *l,
			       bool sure)
{
	const struct cgm_point *p = &s->point;
	struct cgm_opt v = {p->v[l->series], cgm_point_has(p, l->series)};

	if (l->kind & CGM_DIFF_COUNTED) {
		v.known &= cgm_point_has(p, CGM_SERIES_CACHE_INACTIVE);
		v.v = cgm_sub_sat(v.v, p->v[CGM_SERIES_CACHE_INACTIVE]);
	}
	if (l->kind & CGM_DIFF_SURE && sure)
		v.v = cgm_sub_sat(v.v, cgm_kernel_in_doubt(p));
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

struct cgm_difference cgm_differ(const struct cgm_diff_side *a, const struct cgm_diff_side *b,
				 const struct cgm_diff_line *l)
{
	const bool sure = cgm_diff_leaves_out_kernel(a, b);
	struct cgm_difference d = {.a = value_of(a, l, sure), .b = value_of(b, l, sure)};

	d.known = d.a.known && d.b.known;
	d.by = d.known ? minus(d.b.v, d.a.v) : 0;
	if (d.known && l->kind & CGM_DIFF_IN_DOCKER) {
		struct cgm_difference docker = cgm_differ(a, b, &cgm_diff_lines[0]);

		d.has_share = docker.known && docker.by != 0;
		d.share = d.has_share ? (double)d.by / (double)docker.by : 0;
	}
	return d;
}

static bool is_bytes(const struct cgm_diff_line *l)
{
	return cgm_series[l->series].unit == CGM_BYTES;
}

/* Nothing on both sides is no line, but for docker's figure and what is charged. */
static bool is_shown(const struct cgm_difference *d, const struct cgm_diff_line *l)
{
	if (l->series == CGM_SERIES_DOCKER || l->series == CGM_SERIES_CHARGED)
		return true;
	return (d->a.known && d->a.v) || (d->b.known && d->b.v);
}

static const char *value_text(char buf[CGM_TEXT_MAX], const struct cgm_opt *v,
			      const struct cgm_diff_line *l, bool raw)
{
	if (!v->known)
		(void)snprintf(buf, CGM_TEXT_MAX, "-");
	else if (is_bytes(l) && !raw)
		(void)cgm_human_bytes(buf, v->v);
	else
		(void)snprintf(buf, CGM_TEXT_MAX, "%ju", (uintmax_t)v->v);
	return buf;
}

static const char *difference_text(char buf[CGM_TEXT_MAX], const struct cgm_difference *d,
				   const struct cgm_diff_line *l, bool raw)
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

static int put_line(struct cgm_grid *g, size_t n_columns, const struct cgm_difference *d,
		    const struct cgm_diff_line *l, const struct cgm_text_options *o)
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
	if (l->kind & CGM_DIFF_COUNTED)
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
	for (size_t i = 0; r == 0 && i < CGM_DIFF_LINES; i++) {
		struct cgm_difference d = cgm_differ(a, b, &cgm_diff_lines[i]);

		if (is_shown(&d, &cgm_diff_lines[i]))
			r = put_line(g, n_columns, &d, &cgm_diff_lines[i], o);
	}
	return r;
}

/* Whether Go's figures are known of it, be it one of them. */
static bool has_go(const struct cgm_diff_side *s)
{
	for (size_t i = 0; i < CGM_DIFF_LINES; i++)
		if ((cgm_diff_lines[i].kind & CGM_DIFF_GO) &&
		    cgm_point_has(&s->point, cgm_diff_lines[i].series))
			return true;
	return false;
}

/* Where Go's figures are of one side alone: why. */
static int write_why(FILE *out, const struct cgm_diff_side *a, const struct cgm_diff_side *b,
		     const struct cgm_text_options *o)
{
	const struct cgm_diff_side *without = has_go(a) ? b : a;
	CGM_AUTO_BUF struct cgm_buf text = {0};
	struct cgm_page p;
	int r;

	if (has_go(a) == has_go(b))
		return 0;
	cgm_page_init(&p, o);
	cgm_page_newline(&p);
	cgm_buf_addf(&text, "Go's figures of %s are unknown: %s.", without == a ? "A" : "B",
		     without->recorded
			     ? "of no Go program were any recorded by then"
			     : "it has no Go program, or the memory of one cannot be read");
	cgm_page_wrap(&p, cgm_buf_str(&text), 0, 0, 0);
	p.b.failed |= text.failed;
	r = cgm_page_write(&p, out);
	cgm_page_clear(&p);
	return r;
}

static int write_doubt(FILE *out, const struct cgm_diff_side *a, const struct cgm_diff_side *b,
		       const struct cgm_text_options *o)
{
	char text[CGM_KERNEL_DOUBT_MAX], bytes[64], of_a[CGM_TEXT_MAX], of_b[CGM_TEXT_MAX];
	struct cgm_page p;
	int r;

	if (!cgm_diff_leaves_out_kernel(a, b))
		return 0;
	cgm_page_init(&p, o);
	cgm_page_newline(&p);
	(void)snprintf(bytes, sizeof bytes, "%.20s (A) and %.20s (B)",
		       cgm_page_bytes(&p, of_a, cgm_kernel_in_doubt(&a->point)),
		       cgm_page_bytes(&p, of_b, cgm_kernel_in_doubt(&b->point)));
	cgm_page_wrap(&p, cgm_kernel_doubt_text(text, sizeof text, bytes), 0, 0, 0);
	r = cgm_page_write(&p, out);
	cgm_page_clear(&p);
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
		if (r == 0 && n == N_COLUMNS && o->width && width_of(g, n) > o->width)
			continue;
		if (r == 0)
			r = cgm_grid_write(g, out, true, o->color, "  ");
		break;
	}
	if (r == 0)
		r = write_doubt(out, a, b, o);
	return r == 0 ? write_why(out, a, b, o) : r;
}
