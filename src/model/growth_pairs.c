/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all pairs of points say: which of the two is higher, and by what slope. The signs are
 * counted by sorting (Knight, Journal of the American Statistical Association 61, 1966).
 */
#include <string.h>

#include "model/growth_parts.h"

#include "base/banned.h"

/* Sorts two sorted neighbours into one; returns how many of the first are above one behind. */
static size_t merge(const double *a, size_t na, const double *b, size_t nb, double *ret)
{
	size_t i = 0, j = 0, above = 0;

	while (i < na && j < nb) {
		bool behind = b[j] < a[i];

		ret[i + j] = behind ? b[j] : a[i];
		above += behind ? na - i : 0;
		i += !behind;
		j += behind;
	}
	memcpy(ret + i + j, a + i, (na - i) * sizeof *a);
	memcpy(ret + na + j, b + j, (nb - j) * sizeof *b);
	return above;
}

/* Sorts @v and returns how many pairs fall; @spare has as much room. */
static size_t sort_and_count(double *v, size_t n, double *spare)
{
	size_t falls = 0;

	for (size_t run = 1; run < n; run *= 2) {
		for (size_t i = 0; i < n; i += 2 * run) {
			size_t na = n - i < run ? n - i : run;
			size_t nb = n - i - na < run ? n - i - na : run;

			falls += merge(v + i, na, v + i + na, nb, spare + i);
		}
		memcpy(v, spare, n * sizeof *v);
	}
	return falls;
}

void cgm_pairs_signs(const struct cgm_xy *v, size_t n, struct cgm_growth_work *w,
		     struct cgm_signs *ret)
{
	double m = (double)n, all = m * (m - 1) / 2, equal = 0;
	double variance = m * (m - 1) * (2 * m + 5), *sorted = w->a;
	double falls;

	for (size_t i = 0; i < n; i++)
		sorted[i] = v[i].v;
	falls = (double)sort_and_count(sorted, n, w->b);
	for (size_t i = 0, j; i < n; i = j) {
		for (j = i + 1; j < n && sorted[j] <= sorted[i]; j++)
			;
		double t = (double)(j - i);

		equal += t * (t - 1) / 2;
		variance -= t * (t - 1) * (2 * t + 5);
	}
	ret->s = all - equal - 2 * falls;
	ret->variance = variance / 18;
}

size_t cgm_pairs_slopes(const struct cgm_xy *v, size_t n, double *ret)
{
	size_t m = 0;

	for (size_t i = 0; i + 1 < n; i++)
		for (size_t j = i + 1; j < n; j++) {
			double ds = v[j].s - v[i].s;

			ret[m] = (v[j].v - v[i].v) / ds;
			m += ds > 0;
		}
	return m;
}
