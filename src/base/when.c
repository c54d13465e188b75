/* SPDX-License-Identifier: Apache-2.0 */
#include "base/when.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/parse.h"

#include "base/banned.h"

#define LAST_SECOND INT64_C(253402300799) /* of the year 9999, the last that RFC 3339 can write */
#define HOUR_S	    3600
#define DAYS_BACK   8 /* so far a time of day is looked for: clocks skip an hour once a season */

/* What was written; the parts that were not are 0. */
struct moment {
	unsigned year, month, day, hour, minute, second, ms;
	bool zone; /* an offset from UTC was written */
	int offset_s;
};

/* @width digits at *@s, not above @max. */
static int digits(const char **s, size_t width, unsigned max, unsigned *ret)
{
	uint64_t v;

	for (size_t i = 0; i < width; i++)
		if ((*s)[i] < '0' || (*s)[i] > '9')
			return -EBADMSG;
	if (cgm_parse_u64(*s, width, &v) < 0)
		return -EBADMSG;
	*s += width;
	*ret = (unsigned)v;
	return v > max ? -ERANGE : 0;
}

static bool skip(const char **s, char c)
{
	if (**s != c)
		return false;
	++*s;
	return true;
}

/* The worse of two results: what is no moment at all before what is none of the calendar. */
static int worse(int a, int b)
{
	return a == -EBADMSG || b == -EBADMSG ? -EBADMSG : a < 0 ? a : b;
}

static int fraction(const char **s, unsigned *ret_ms)
{
	unsigned scale = 100;

	if (**s < '0' || **s > '9')
		return -EBADMSG;
	for (; **s >= '0' && **s <= '9'; ++*s, scale /= 10)
		*ret_ms += scale * (unsigned)(**s - '0');
	return 0;
}

/* "03:00", "03:00:00", "03:00:00.123" */
static int time_of_day(const char **s, struct moment *m)
{
	int r = digits(s, 2, 23, &m->hour);

	if (!skip(s, ':'))
		return -EBADMSG;
	r = worse(r, digits(s, 2, 59, &m->minute));
	if (!skip(s, ':'))
		return r;
	r = worse(r, digits(s, 2, 59, &m->second));
	return skip(s, '.') ? worse(r, fraction(s, &m->ms)) : r;
}

/* "Z", "+01:00", "-0330", or nothing. */
static int zone(const char **s, struct moment *m)
{
	unsigned hours = 0, minutes = 0;
	bool minus = **s == '-';
	int r;

	if (**s == '\0')
		return 0;
	m->zone = true;
	if (skip(s, 'Z') || skip(s, 'z'))
		return 0;
	if (!skip(s, '+') && !skip(s, '-'))
		return -EBADMSG;
	r = digits(s, 2, 23, &hours);
	(void)skip(s, ':');
	r = worse(r, digits(s, 2, 59, &minutes));
	m->offset_s = (int)(hours * HOUR_S + minutes * 60) * (minus ? -1 : 1);
	return r;
}

static bool is_leap(unsigned y)
{
	return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

static unsigned days_of(unsigned year, unsigned month)
{
	static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* "2026-11-22" */
static int date(const char **s, struct moment *m)
{
	int r = digits(s, 4, 9999, &m->year);

	if (!skip(s, '-'))
		return -EBADMSG;
	r = worse(r, digits(s, 2, 12, &m->month));
	if (!skip(s, '-'))
		return -EBADMSG;
	r = worse(r, digits(s, 2, 31, &m->day));
	if (r == 0 && (m->month == 0 || m->day == 0 || m->day > days_of(m->year, m->month)))
		r = -ERANGE;
	return r;
}

static struct tm tm_of(const struct moment *m)
{
	return (struct tm){
		.tm_year = (int)m->year - 1900,
		.tm_mon = (int)m->month - 1,
		.tm_mday = (int)m->day,
		.tm_hour = (int)m->hour,
		.tm_min = (int)m->minute,
		.tm_sec = (int)m->second,
	};
}

/* The moment at which local clocks show @m in summer time (@dst) or not; false: they never do. */
static bool local_moment(const struct moment *m, int dst, int64_t *ret_s)
{
	struct tm tm = tm_of(m), back;
	time_t t;

	tm.tm_isdst = dst;
	t = mktime(&tm);
	if (!localtime_r(&t, &back))
		return false;
	*ret_s = t;
	return back.tm_mday == (int)m->day && back.tm_hour == (int)m->hour &&
	       back.tm_min == (int)m->minute && back.tm_sec == (int)m->second;
}

/*
 * Where clocks are put back, an hour is there twice: @latest at or before @by_s, or else the first
 * of the two. False: it is the hour that is left out where clocks are put forward, or later.
 */
static bool local_seconds(const struct moment *m, bool latest, int64_t by_s, int64_t *ret_s)
{
	bool found = false;

	for (int dst = 1; dst >= -1; dst--) {
		int64_t s;

		if (!local_moment(m, dst, &s) || s > by_s)
			continue;
		if (!found || (latest ? s > *ret_s : s < *ret_s))
			*ret_s = s;
		found = true;
	}
	return found;
}

static int in_range(int64_t s, unsigned ms, int64_t *ret_ms)
{
	if (s < 0 || s > LAST_SECOND)
		return -ERANGE;
	*ret_ms = s * 1000 + ms;
	return 0;
}

static int parse_date(const char *s, int64_t *ret_ms)
{
	struct moment m = {0};
	int64_t seconds = 0;
	struct tm tm;
	int r = date(&s, &m);

	if (r == -EBADMSG)
		return r;
	if (*s) {
		if (!skip(&s, 'T') && !skip(&s, 't') && !skip(&s, ' '))
			return -EBADMSG;
		r = worse(r, time_of_day(&s, &m));
		r = worse(r, zone(&s, &m));
		r = worse(r, *s ? -EBADMSG : 0);
	}
	if (r < 0)
		return r;
	tm = tm_of(&m);
	if (m.zone)
		seconds = (int64_t)timegm(&tm) - m.offset_s;
	else if (!local_seconds(&m, false, INT64_MAX, &seconds))
		return -ERANGE;
	return in_range(seconds, m.ms, ret_ms);
}

/* The last one at or before now. */
static int parse_time(const char *s, int64_t now_ms, int64_t *ret_ms)
{
	struct moment m = {0};
	int r = time_of_day(&s, &m);
	int64_t seconds = 0;

	if (r < 0 || *s)
		return *s ? -EBADMSG : r;
	for (int back = 0; back < DAYS_BACK; back++) {
		/* noon, so that a day of 23 or 25 hours is one step */
		time_t now = (time_t)(now_ms / 1000), noon;
		struct tm tm;

		if (!localtime_r(&now, &tm))
			return -ERANGE;
		tm.tm_mday -= back;
		tm.tm_hour = 12;
		tm.tm_isdst = -1;
		noon = mktime(&tm);
		if (!localtime_r(&noon, &tm) || tm.tm_year < 70)
			return -ERANGE;
		m.year = (unsigned)tm.tm_year + 1900;
		m.month = (unsigned)tm.tm_mon + 1;
		m.day = (unsigned)tm.tm_mday;
		if (local_seconds(&m, true, (now_ms - m.ms) / 1000, &seconds))
			return in_range(seconds, m.ms, ret_ms);
	}
	return -ERANGE;
}

static int parse_epoch(const char *s, int64_t *ret_ms)
{
	double v;
	int r = cgm_parse_decimal(s, strlen(s), &v);

	if (r < 0)
		return r;
	if (v > (double)LAST_SECOND)
		return -ERANGE;
	*ret_ms = (int64_t)(v * 1000 + 0.5);
	return 0;
}

static int parse_ago(const char *s, int64_t now_ms, int64_t *ret_ms)
{
	uint64_t ago;
	int r;

	if (s[strspn(s, "0123456789.")] == '\0') /* of what? */
		return -EBADMSG;
	r = cgm_parse_duration(s, &ago);
	if (r < 0)
		return r;
	if (now_ms < 0 || ago > (uint64_t)now_ms)
		return -ERANGE;
	*ret_ms = now_ms - (int64_t)ago;
	return 0;
}

int cgm_parse_when(const char *s, int64_t now_ms, int64_t *ret_ms)
{
	size_t n = strspn(s, "0123456789");

	if (strcmp(s, "now") == 0) {
		*ret_ms = now_ms;
		return 0;
	}
	if (s[0] == '@')
		return parse_epoch(s + 1, ret_ms);
	if (n == 4 && s[n] == '-')
		return parse_date(s, ret_ms);
	if (n == 2 && s[n] == ':')
		return parse_time(s, now_ms, ret_ms);
	return parse_ago(s, now_ms, ret_ms);
}

static bool split(int64_t ms, bool local, struct tm *ret)
{
	time_t t = (time_t)(ms / 1000 - (ms % 1000 < 0));

	return (local ? localtime_r(&t, ret) : gmtime_r(&t, ret)) != NULL;
}

const char *cgm_when_rfc3339(char buf[CGM_TEXT_MAX], int64_t ms)
{
	struct tm tm;

	if (!split(ms, false, &tm))
		(void)snprintf(buf, CGM_TEXT_MAX, "?");
	else
		(void)snprintf(buf, CGM_TEXT_MAX, "%04d-%02d-%02dT%02d:%02d:%02dZ",
			       tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
			       tm.tm_sec);
	return buf;
}

const char *cgm_when_short(char buf[CGM_TEXT_MAX], int64_t ms, int64_t now_ms)
{
	/* the program's words are English in each locale */
	static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct tm tm, now;

	if (!split(ms, true, &tm) || !split(now_ms, true, &now))
		(void)snprintf(buf, CGM_TEXT_MAX, "?");
	else if (tm.tm_year != now.tm_year)
		(void)snprintf(buf, CGM_TEXT_MAX, "%04d-%02d-%02d", tm.tm_year + 1900,
			       tm.tm_mon + 1, tm.tm_mday);
	else if (tm.tm_yday != now.tm_yday)
		(void)snprintf(buf, CGM_TEXT_MAX, "%s %02d %02d:%02d", months[tm.tm_mon],
			       tm.tm_mday, tm.tm_hour, tm.tm_min);
	else
		(void)snprintf(buf, CGM_TEXT_MAX, "%02d:%02d", tm.tm_hour, tm.tm_min);
	return buf;
}
