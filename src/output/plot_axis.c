/* SPDX-License-Identifier: Apache-2.0 */
#include "output/plot_axis.h"

#include <string.h>
#include <time.h>

#include "base/when.h"

#include "base/banned.h"

#define DAY_S	    86400
#define LABEL_SPACE 10 /* columns that a time and the room around it take, at least */
#define COLUMNS_MAX 512

double cgm_plot_round_up(double v, bool bytes)
{
	static const double steps[] = {1, 1.5, 2, 3, 4, 5, 6, 8, 10};
	double unit = 1, ten = 1;

	if (!(v > 0) || !(v < 0x1p64))
		return 1;
	while (bytes && v / unit >= 1024)
		unit *= 1024;
	while (v / unit / ten > 10)
		ten *= 10;
	if (bytes && v / unit > 800) /* 1000 of a unit is no round number, 1024 is */
		return v / unit > 1000 ? 1024 * unit : 1000 * unit;
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if (steps[i] * ten * unit >= v)
			return steps[i] * ten * unit;
	return 10 * ten * unit;
}

const char *cgm_plot_value_text(char buf[CGM_TEXT_MAX], double v, bool bytes)
{
	if (!(v > 0))
		(void)snprintf(buf, CGM_TEXT_MAX, "0");
	else if (bytes)
		(void)cgm_human_bytes(buf, v < 0x1p64 ? (uint64_t)v : UINT64_MAX);
	else if (v < 1e7)
		(void)snprintf(buf, CGM_TEXT_MAX,
			       v < 10 && v > (double)(uint64_t)v ? "%.1f" : "%.0f", v);
	else
		(void)snprintf(buf, CGM_TEXT_MAX, "%.2g", v);
	return buf;
}

/* So far apart are the labels. */
static int64_t tick_step(double span_s, unsigned columns)
{
	static const int64_t steps[] = {
		60,	    120,	300,	    600,	 900,	      1800,	 3600,
		2 * 3600,   3 * 3600,	6 * 3600,   12 * 3600,	 DAY_S,	      2 * DAY_S, 7 * DAY_S,
		14 * DAY_S, 28 * DAY_S, 91 * DAY_S, 182 * DAY_S, 364 * DAY_S,
	};
	double least = span_s * LABEL_SPACE / columns;
	size_t i = 0;

	while (i + 1 < sizeof steps / sizeof *steps && (double)steps[i] < least)
		i++;
	if ((double)steps[i] < least) /* nobody's history is that long, but a clock may have been */
		return (int64_t)(least / DAY_S + 1) * DAY_S;
	return steps[i];
}

/* Seconds by which local clocks are ahead of UTC. */
static int64_t offset_at(double s)
{
	time_t t = (time_t)s;
	struct tm tm;

	return localtime_r(&t, &tm) ? tm.tm_gmtoff : 0;
}

static const char *time_text(char buf[CGM_TEXT_MAX], double s, int64_t step, double now_s)
{
	int64_t ms = (int64_t)s * 1000;
	bool midnight = ((int64_t)s + offset_at(s)) % DAY_S == 0;

	if (step < DAY_S && !midnight)
		return cgm_when_short(buf, ms, ms); /* the hour alone */
	(void)cgm_when_short(buf, ms, midnight ? (int64_t)(now_s + DAY_S) * 1000 : ms);
	if (strlen(buf) > 10) /* "Nov 21 00:00" */
		buf[6] = '\0';
	return buf;
}

struct times {
	char axis[COLUMNS_MAX], labels[COLUMNS_MAX];
	unsigned columns;
	size_t free_from; /* where the next label may begin */
};

static unsigned column_of(const struct cgm_plot *p, double s, unsigned columns)
{
	double at = (s - p->from_s) / (p->to_s - p->from_s) * (columns - 1) + 0.5;

	return !(at > 0) ? 0 : at < columns ? (unsigned)at : columns - 1;
}

static void put_tick(struct times *t, const struct cgm_plot *p, double s, int64_t step)
{
	unsigned at = column_of(p, s, t->columns);
	char text[CGM_TEXT_MAX];
	size_t len = strlen(time_text(text, s, step, p->to_s)), from;

	from = at > len / 2 ? at - len / 2 : 0;
	if (from + len > t->columns)
		from = t->columns - len;
	if (from < t->free_from)
		return;
	t->axis[at] = '+';
	memcpy(t->labels + from, text, len);
	t->free_from = from + len + 1;
}

static void put_ticks(struct times *t, const struct cgm_plot *p)
{
	int64_t step = tick_step(p->to_s - p->from_s, t->columns), ahead = offset_at(p->to_s);
	int64_t first = ((int64_t)p->from_s + ahead + step - 1) / step * step - ahead;

	for (int64_t s = first; (double)s <= p->to_s; s += step)
		if ((double)s >= p->from_s)
			put_tick(t, p, (double)s, step);
}

static void add_axis(struct cgm_buf *b, const struct times *t, bool utf8)
{
	cgm_buf_adds(b, utf8 ? "\u2514" : "+");
	for (unsigned i = 0; i < t->columns; i++)
		if (t->axis[i] == '-')
			cgm_buf_adds(b, utf8 ? "\u2500" : "-");
		else if (t->axis[i] == '+')
			cgm_buf_adds(b, utf8 ? "\u252c" : "+");
		else
			cgm_buf_add(b, &t->axis[i], 1);
	cgm_buf_adds(b, "\n");
}

void cgm_plot_add_times(struct cgm_buf *b, const struct cgm_plot *p, unsigned indent,
			unsigned columns)
{
	struct times t = {.columns = columns < COLUMNS_MAX ? columns : COLUMNS_MAX - 1};
	size_t len;

	memset(t.axis, '-', t.columns);
	memset(t.labels, ' ', t.columns);
	if (p->to_s > p->from_s && t.columns >= LABEL_SPACE)
		put_ticks(&t, p);
	for (size_t i = 0; i < p->n_marks && p->to_s > p->from_s; i++)
		if (p->marks[i].s >= p->from_s && p->marks[i].s <= p->to_s)
			t.axis[column_of(p, p->marks[i].s, t.columns)] = p->marks[i].letter;
	cgm_buf_addf(b, "%*s", (int)indent, "");
	add_axis(b, &t, p->utf8);
	for (len = t.columns; len && t.labels[len - 1] == ' '; len--)
		;
	if (len)
		cgm_buf_addf(b, "%*s%.*s", (int)indent + 1, "", (int)len, t.labels);
	cgm_buf_adds(b, "\n");
}
