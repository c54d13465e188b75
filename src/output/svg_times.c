/* SPDX-License-Identifier: Apache-2.0 */
#include "output/svg.h"

#include <stdio.h>
#include <time.h>

#include "base/banned.h"

#define DAY 86400

/* Seconds. */
static const int steps[] = {
	1,	 2,	  5,	    10,	      15,	30,	  60,	     120,	300,
	600,	 900,	  1800,	    3600,     7200,	10800,	  21600,     43200,	DAY,
	2 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 60 * DAY, 90 * DAY, 180 * DAY, 365 * DAY,
};

static int choose_step(int64_t span_s, size_t most)
{
	const size_t n = sizeof steps / sizeof steps[0];

	for (size_t i = 0; i < n; i++)
		if (span_s / steps[i] < (int64_t)most)
			return steps[i];
	return 0;
}

/* Midnight of the day of @s, as a date to count from. */
static bool day_of(int64_t s, struct tm *ret)
{
	const time_t t = (time_t)s;

	if (!localtime_r(&t, ret))
		return false;
	ret->tm_hour = ret->tm_min = ret->tm_sec = 0;
	return true;
}

/* @day plus @k steps by the clock on the wall: through a change to summer time, too. */
static int64_t step_at(const struct tm *day, int step, int k)
{
	struct tm t = *day;

	if (step >= DAY)
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
	if (t->day || step >= DAY)
		(void)snprintf(t->text, sizeof t->text, "%s %d", months[tm.tm_mon % 12],
			       tm.tm_mday);
	else if (step < 60)
		(void)snprintf(t->text, sizeof t->text, "%02d:%02d:%02d", tm.tm_hour % 24,
			       tm.tm_min % 60, tm.tm_sec % 61);
	else
		(void)snprintf(t->text, sizeof t->text, "%02d:%02d", tm.tm_hour % 24,
			       tm.tm_min % 60);
}

size_t cgm_svg_times(int64_t from_ms, int64_t to_ms, size_t most,
		     struct cgm_svg_time ret[CGM_SVG_TIMES_MAX])
{
	const int64_t from_s = from_ms / 1000 + (from_ms % 1000 > 0), to_s = to_ms / 1000;
	const int step = from_ms < 0 ? 0 : choose_step((to_ms - from_ms) / 1000, most);
	size_t n = 0, cap = most < CGM_SVG_TIMES_MAX ? most : CGM_SVG_TIMES_MAX;
	int64_t last = INT64_MIN;
	struct tm day;
	int k = 0;

	if (to_ms < from_ms || step == 0 || !day_of(from_s, &day))
		return 0;
	if (step < DAY) /* close to the first one, an hour of summer time to spare */
		k = (int)((from_s - step_at(&day, step, 0)) / step) - 7200 / step;
	for (k = k > 0 ? k : 0; n < cap; k++) {
		const int64_t s = step_at(&day, step, k);

		if (s < 0 || s > to_s)
			break;
		if (s < from_s || s <= last)
			continue;
		ret[n] = (struct cgm_svg_time){.ms = s * 1000};
		write_time(&ret[n++], step);
		last = s;
	}
	return n;
}
