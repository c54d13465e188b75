/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "model/growth_parts.h"

#include "base/banned.h"

/* What stands in one span of time, of so many that are as long. */
struct span {
	size_t from, to;
	size_t gone; /* spans up to this one, with those that have no points */
};

/* The next span that has points; false: no more. Never more than @max, whatever is rounded. */
static bool next_span(const struct cgm_xy *v, size_t n, size_t max, struct span *s)
{
	double each = (v[n - 1].s - v[0].s) / (double)max, end;

	s->from = s->to;
	if (s->from == n)
		return false;
	do {
		end = v[0].s + (double)++s->gone * each;
	} while (s->gone < max && v[s->from].s >= end);
	/* the last point lies on the end of the last span, and belongs to it */
	for (s->to++; s->to < n && (s->gone >= max || v[s->to].s < end); s->to++)
		;
	return true;
}

static struct cgm_xy mean(const struct cgm_xy *v, size_t n)
{
	struct cgm_xy r = {0, 0};

	for (size_t i = 0; i < n; i++) {
		r.s += v[i].s - v[0].s;
		r.v += v[i].v - v[0].v;
	}
	r.s = v[0].s + r.s / (double)n;
	r.v = v[0].v + r.v / (double)n;
	return r;
}

/* The span's smallest (@sign 1) or largest (-1). */
static size_t extreme(const struct cgm_xy *v, struct span s, double sign)
{
	size_t at = s.from;

	for (size_t i = s.from + 1; i < s.to; i++)
		if (sign * v[i].v < sign * v[at].v)
			at = i;
	return at;
}

static bool is_few(const struct cgm_xy *v, size_t n, struct cgm_xy *ret, size_t max)
{
	if (n > max && v[n - 1].s > v[0].s)
		return false;
	memcpy(ret, v, (n < max ? n : max) * sizeof *ret);
	return true;
}

size_t cgm_thin_means(const struct cgm_xy *v, size_t n, struct cgm_xy *ret, size_t max)
{
	struct span s = {0};
	size_t m = 0;

	if (is_few(v, n, ret, max))
		return n < max ? n : max;
	while (next_span(v, n, max, &s))
		ret[m++] = mean(v + s.from, s.to - s.from);
	return m;
}

size_t cgm_thin_sides(const struct cgm_xy *v, size_t n, struct cgm_xy *ret, size_t max)
{
	struct span s = {0};
	size_t m = 0;

	if (is_few(v, n, ret, 2 * max))
		return n < 2 * max ? n : 2 * max;
	while (next_span(v, n, max, &s)) {
		size_t a = extreme(v, s, 1), b = extreme(v, s, -1);

		ret[m++] = v[a < b ? a : b];
		if (a != b)
			ret[m++] = v[a < b ? b : a];
	}
	return m;
}

size_t cgm_thin_join(const struct cgm_xy *v, size_t n, struct cgm_xy *ret, size_t max)
{
	size_t by = (n - 1) / max + 1, m = 0;

	for (size_t i = 0; i < n; i += by)
		ret[m++] = mean(v + i, n - i < by ? n - i : by);
	return m;
}
