/* SPDX-License-Identifier: Apache-2.0 */
/* What the sentences of a trend are made with. Pure, internal. */
#ifndef CGMEM_MODEL_TREND_TEXT_H
#define CGMEM_MODEL_TREND_TEXT_H

#include <stdarg.h>
#include <stdio.h>

#include "base/units.h"
#include "base/when.h"
#include "model/trend.h"

struct text {
	char *buf;
	size_t size, len;
};

static inline void __attribute__((__format__(__printf__, 2, 3)))
add(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = t->len < t->size ? vsnprintf(t->buf + t->len, t->size - t->len, fmt, ap)
			     : vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	t->len += n > 0 ? (size_t)n : 0;
}

static inline const char *bytes_text(char buf[CGM_TEXT_MAX], double v)
{
	v = v < 0 ? -v : v;
	return cgm_human_bytes(buf, v < 1e18 ? (uint64_t)(v + 0.5) : (uint64_t)1e18);
}

static inline const char *since_text(char buf[CGM_TEXT_MAX], const struct cgm_trend *t, double s)
{
	return cgm_when_short(buf, (int64_t)(s * 1000), t->to_ms);
}

static inline const char *span_text(char buf[CGM_TEXT_MAX], double s)
{
	return cgm_human_seconds(buf, s > 0 && s < 1e15 ? (uint64_t)(s + 0.5) : 0);
}

/* Of what has ended nothing is told as if it went on. */
static inline const char *tense(const struct cgm_trend *t, const char *now, const char *then)
{
	return t->ended ? then : now;
}

/* How long docker's figure does what is told of it. */
static inline double seen_s(const struct cgm_trend *t)
{
	return (double)t->to_ms / 1000 - t->part[CGM_TREND_DOCKER].growth.since_s;
}

/* Where nothing can be said of docker's figure yet, or could. */
void cgm_trend_say_unknown(struct text *b, const struct cgm_trend *t);

/* --- trend_kills.c --- */

/* A level that kills keep it at is none: what is judged grew until it was cut, again and again. */
bool cgm_trend_is_cut_by_kills(const struct cgm_trend *t);
void cgm_trend_say_cut_by_kills(struct text *b, const struct cgm_trend *t);
/* A kill is told of whatever the figures look like: what was killed had no room to grow. */
void cgm_trend_say_kills(struct text *b, const struct cgm_trend *t);
void cgm_trend_say_end(struct text *b, const struct cgm_trend *t);

#endif
