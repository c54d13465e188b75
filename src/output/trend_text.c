/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "base/when.h"
#include "output/trend_parts.h"

#include "base/banned.h"

#define BOUND_MAX 24

bool cgm_trend_judged(const struct cgm_trend_part *p)
{
	return p->known && p->growth.verdict != CGM_GROWTH_UNKNOWN && isfinite(p->growth.rate);
}

bool cgm_trend_is_shown(const struct cgm_trend_part *p, enum cgm_trend_id id)
{
	if (!p->known)
		return false;
	if (id == CGM_TREND_DOCKER || id == CGM_TREND_CHARGED || p->now)
		return true;
	return p->growth.significant || p->growth.rise < 0 || p->growth.rise > 0;
}

const char *cgm_trend_now_text(char buf[CGM_TEXT_MAX], const struct cgm_trend_part *p, bool bytes,
			       bool raw)
{
	if (!p->known)
		(void)snprintf(buf, CGM_TEXT_MAX, "-");
	else if (bytes && !raw)
		(void)cgm_docker_bytes(buf, p->now);
	else
		(void)snprintf(buf, CGM_TEXT_MAX, "%ju", (uintmax_t)p->now);
	return buf;
}

/* As an integer for printing, whatever it is. */
static int64_t whole(double v)
{
	if (!(v > -9e18))
		return INT64_MIN + 1;
	return v < 9e18 ? (int64_t)(v < 0 ? v - 0.5 : v + 0.5) : INT64_MAX;
}

const char *cgm_trend_hourly_text(char buf[CGM_RATE_MAX], const struct cgm_trend_part *p,
				  bool bytes, bool raw)
{
	int64_t hourly;

	if (!raw || !cgm_trend_judged(p))
		return cgm_trend_rate_text(buf, p, bytes);
	hourly = whole(p->growth.rate * CGM_HOUR_S);
	(void)snprintf(buf, CGM_RATE_MAX, hourly ? "%+jd/h" : "0", (intmax_t)hourly);
	return buf;
}

/* "+30.1", "-2", "0": one digit below 100 where @unit is not 1. */
static void add_bound(char buf[BOUND_MAX], double v, double unit)
{
	double x = v / unit, most = fabs(x);

	if (unit > 1 && most < 99.95)
		(void)snprintf(buf, BOUND_MAX, most < 0.05 ? "0" : "%+.1f", x);
	else
		(void)snprintf(buf, BOUND_MAX, most < 0.5 ? "0" : "%+jd", (intmax_t)whole(x));
}

const char *cgm_trend_interval_text(char buf[CGM_RATE_MAX], const struct cgm_trend_part *p,
				    bool bytes, bool raw)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
	double low = p->growth.low * CGM_HOUR_S, high = p->growth.high * CGM_HOUR_S, unit = 1;
	double most = fabs(low) > fabs(high) ? fabs(low) : fabs(high);
	char a[BOUND_MAX], b[BOUND_MAX];
	size_t i = 0;

	if (!cgm_trend_judged(p) || !isfinite(low) || !isfinite(high)) {
		(void)snprintf(buf, CGM_RATE_MAX, "-");
		return buf;
	}
	for (; bytes && !raw && most / unit >= 1000 && i + 1 < sizeof units / sizeof *units; i++)
		unit *= 1024;
	add_bound(a, low, unit);
	add_bound(b, high, unit);
	if (strcmp(a, "0") == 0 && strcmp(b, "0") == 0)
		(void)snprintf(buf, CGM_RATE_MAX, "0");
	else
		(void)snprintf(buf, CGM_RATE_MAX, "%s..%s%s%s", a, b, bytes && !raw ? " " : "",
			       bytes && !raw ? units[i] : "");
	return buf;
}

const char *cgm_trend_since_text(char buf[CGM_TEXT_MAX], const struct cgm_trend_part *p,
				 int64_t now_ms)
{
	if (cgm_trend_judged(p) && p->growth.since_s > 0 && p->growth.since_s < 9e15)
		return cgm_when_short(buf, (int64_t)(p->growth.since_s * 1000), now_ms);
	(void)snprintf(buf, CGM_TEXT_MAX, "-");
	return buf;
}

const char *cgm_trend_verdict_name(const struct cgm_trend *t, const struct cgm_trend_part *p)
{
	return t->ended ? "ended" : cgm_growth_verdict_names[p->growth.verdict];
}

/* Of what has ended: what it did. */
static const char *past_of(enum cgm_growth_verdict v)
{
	return v == CGM_GROWTH_GROWING	   ? "grew"
	       : v == CGM_GROWTH_SHRINKING ? "shrank"
					   : cgm_growth_verdict_names[v];
}

const char *cgm_trend_verdict_word(char buf[CGM_TEXT_MAX], const struct cgm_trend *t,
				   const struct cgm_trend_part *p)
{
	const double minutes = p->growth.more_s / 60, hours = minutes / 60;

	if (!p->known)
		(void)snprintf(buf, CGM_TEXT_MAX, "-");
	else if (t->ended)
		(void)snprintf(buf, CGM_TEXT_MAX, "%s", past_of(p->growth.verdict));
	else if (p->growth.verdict != CGM_GROWTH_UNKNOWN)
		(void)snprintf(buf, CGM_TEXT_MAX, "%s",
			       cgm_growth_verdict_names[p->growth.verdict]);
	else if (t->runs.n && p == &t->part[CGM_TREND_DOCKER])
		(void)snprintf(buf, CGM_TEXT_MAX, "each run grows");
	else if (t->runs.n) /* no run lives for as long as it takes */
		(void)snprintf(buf, CGM_TEXT_MAX, "%s",
			       cgm_growth_verdict_names[CGM_GROWTH_UNKNOWN]);
	else if (minutes > 0 && minutes <= 120) /* rounded up */
		(void)snprintf(buf, CGM_TEXT_MAX, "need %jd min", (intmax_t)(minutes + 0.999999));
	else if (minutes > 0 && hours < 1e5)
		(void)snprintf(buf, CGM_TEXT_MAX, "need %jd h", (intmax_t)(hours + 0.999999));
	else
		(void)snprintf(buf, CGM_TEXT_MAX, "%s",
			       cgm_growth_verdict_names[CGM_GROWTH_UNKNOWN]);
	return buf;
}

const char *cgm_kernel_doubt_text(char *buf, size_t size, const char *bytes)
{
	(void)snprintf(buf, size,
		       "What cannot be reclaimed (needed) is told without %s of kernel memory, "
		       "because cgroup v1 does not tell how much of that can be; cgmem explain "
		       "estimates it.",
		       bytes);
	return buf;
}
