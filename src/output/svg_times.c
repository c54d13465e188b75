/* SPDX-License-Identifier: Apache-2.0 */
/* Which times an axis tells: round ones, by the clock on the wall, whose words lie apart. */
#include "output/svg.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

#include "base/banned.h"

#define DAY   86400
#define MONTH (30 * DAY)
#define APART 8 /* pixels between two words */

/* Seconds; from MONTH on they are counted in months of the calendar. */
static const int steps[] = {
	1,	  2,	 5,	    10,	       15,	  20,	      30,	  60,
	120,	  300,	 600,	    900,       1200,	  1800,	      3600,	  7200,
	10800,	  14400, 21600,	    43200,     DAY,	  2 * DAY,    4 * DAY,	  7 * DAY,
	14 * DAY, MONTH, 2 * MONTH, 3 * MONTH, 6 * MONTH, 12 * MONTH, 24 * MONTH, 60 * MONTH,
};
#define STEPS (sizeof steps / sizeof steps[0])

/*
 * In DejaVu Sans, the widest of the fonts that the page asks for: a digit of 12px is 7.7 wide, 8.4
 * in bold, a colon 4.8. The three letters of a month are at most 27.5, those of May.
 */
int cgm_svg_word_px(const char *text, bool bold)
{
	double px = 0;

	for (; *text; text++)
		if (*text >= '0' && *text <= '9')
			px += bold ? 8.4 : 7.7;
		else if (*text == ':' || *text == ' ')
			px += bold ? 4.9 : 4.1;
		else
			px += *text >= 'A' && *text <= 'Z' ? 12 : 8;
	return (int)(px + 0.999);
}

/* Midnight of the day of @s, the one after it where several days are a step, the first of its year
 * where months are counted. */
static bool begin_of(int64_t s, int step, struct tm *ret)
{
	const time_t t = (time_t)s;

	if (!localtime_r(&t, ret))
		return false;
	if (step > DAY && ret->tm_hour + ret->tm_min + ret->tm_sec > 0)
		ret->tm_mday++;
	ret->tm_hour = ret->tm_min = ret->tm_sec = 0;
	if (step >= MONTH) {
		ret->tm_mon = 0;
		ret->tm_mday = 1;
	}
	return true;
}

/* @begin plus @k steps by the clock on the wall: through a change to summer time, too. */
static int64_t step_at(const struct tm *begin, int step, int k)
{
	struct tm t = *begin;

	if (step >= MONTH)
		t.tm_mon += k * (step / MONTH);
	else if (step >= DAY)
		t.tm_mday += k * (step / DAY);
	else { /* mktime() takes surplus seconds for time that passes, not for the clock's */
		t.tm_hour = k * step / 3600;
		t.tm_min = k * step / 60 % 60;
		t.tm_sec = k * step % 60;
	}
	t.tm_isdst = -1;
	return (int64_t)mktime(&t);
}

static void write_time(struct cgm_svg_time *t, int step)
{
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	const time_t s = (time_t)(t->ms / 1000);
	struct tm tm;

	if (!localtime_r(&s, &tm))
		return;
	t->day = tm.tm_hour == 0 && tm.tm_min == 0 && tm.tm_sec == 0;
	if (step >= 12 * MONTH)
		(void)snprintf(t->text, sizeof t->text, "%d", tm.tm_year + 1900);
	else if (t->day || step >= DAY)
		(void)snprintf(t->text, sizeof t->text, "%s %d", months[tm.tm_mon % 12],
			       tm.tm_mday);
	else if (step < 60)
		(void)snprintf(t->text, sizeof t->text, "%02d:%02d:%02d", tm.tm_hour % 24,
			       tm.tm_min % 60, tm.tm_sec % 61);
	else
		(void)snprintf(t->text, sizeof t->text, "%02d:%02d", tm.tm_hour % 24,
			       tm.tm_min % 60);
}

/* Where counting begins: close to the first one, an hour of summer time to spare. */
static int first_step(const struct tm *begin, int step, int64_t from_s)
{
	const int k =
		step < DAY ? (int)((from_s - step_at(begin, step, 0)) / step) - 7200 / step : 0;

	return k > 0 ? k : 0;
}

/* All times of that step. False: there are too many. */
static bool list_times(int64_t from_s, int64_t to_s, int step,
		       struct cgm_svg_time ret[CGM_SVG_TIMES_MAX], size_t *ret_n)
{
	int64_t last = INT64_MIN;
	struct tm begin;
	size_t n = 0;

	*ret_n = 0;
	if ((to_s - from_s) / step >= CGM_SVG_TIMES_MAX || !begin_of(from_s, step, &begin))
		return false;
	for (int k = first_step(&begin, step, from_s);; k++) {
		const int64_t s = step_at(&begin, step, k);

		if (s < 0 || s > to_s)
			break;
		if (s < from_s || s <= last)
			continue;
		if (n == CGM_SVG_TIMES_MAX)
			return false;
		ret[n] = (struct cgm_svg_time){.ms = s * 1000};
		write_time(&ret[n++], step);
		last = s;
	}
	*ret_n = n;
	return true;
}

/* In half pixels, for words stand centred: of the first one that touches the one before it, or
 * sticks out on the right, how many there are before it. */
static size_t count_apart(const struct cgm_svg_time *t, size_t n, int64_t from_ms, int64_t to_ms,
			  const struct cgm_svg_room *room)
{
	const double px = to_ms > from_ms ? 2.0 * room->px / (double)(to_ms - from_ms) : 0;
	const double end = 2.0 * (room->px + room->over_px);
	double free_from = -INFINITY;

	for (size_t i = 0; i < n; i++) {
		const double at = px > 0 ? (double)(t[i].ms - from_ms) * px : room->px;
		const int wide = cgm_svg_word_px(t[i].text, t[i].day);

		if (at - wide < free_from || at + wide > end)
			return i;
		free_from = at + wide + 2.0 * APART;
	}
	return n;
}

size_t cgm_svg_times(int64_t from_ms, int64_t to_ms, const struct cgm_svg_room *room,
		     struct cgm_svg_time ret[CGM_SVG_TIMES_MAX])
{
	const int64_t from_s = from_ms / 1000 + (from_ms % 1000 > 0), to_s = to_ms / 1000;
	size_t n, fit;

	if (from_ms < 0 || to_ms < from_ms)
		return 0;
	for (size_t i = 0; i < STEPS; i++) {
		if (!list_times(from_s, to_s, steps[i], ret, &n))
			continue;
		fit = count_apart(ret, n, from_ms, to_ms, room);
		if (fit == n)
			return n;
		/* the last one alone may stick out: it is left out, and the step is as fine */
		if (fit + 1 == n && count_apart(ret, n, from_ms, to_ms,
						&(struct cgm_svg_room){room->px, room->px}) == n)
			return fit;
	}
	return 0;
}
