/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "model/growth_parts.h"

#include "base/banned.h"

double cgm_sqrt(double x)
{
	uint64_t bits;
	double r;

	if (!(x > 0))
		return 0;
	/* half the exponent, then Newton's method: each step doubles the digits */
	memcpy(&bits, &x, sizeof bits);
	bits = (bits >> 1) + (UINT64_C(1023) << 51);
	memcpy(&r, &bits, sizeof r);
	for (int i = 0; i < 5; i++)
		r = (r + x / r) / 2;
	return r;
}

/* e to the power of @x, which is not above 0: its series at x / 1024, squared ten times. */
static double exp_negative(double x)
{
	double r;

	if (x < -700)
		return 0;
	x /= 1024;
	r = 1 + x * (1 + x / 2 * (1 + x / 3 * (1 + x / 4 * (1 + x / 5))));
	for (int i = 0; i < 10; i++)
		r *= r;
	return r;
}

/* Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.17: to 7.5e-8. */
double cgm_normal_two_sided(double z)
{
	double t, density;

	z = cgm_abs(z);
	t = 1 / (1 + 0.2316419 * z);
	density = 0.3989422804014327 * exp_negative(-z * z / 2);
	return 2 * density * t *
	       (0.319381530 +
		t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
}

/* Hoare's FIND, with the middle one as pivot: what is sorted already is not its worst case. */
double cgm_select(double *v, size_t n, size_t k)
{
	ptrdiff_t low = 0, high = (ptrdiff_t)n - 1, want = (ptrdiff_t)k;

	while (low < high) {
		double pivot = v[low + (high - low) / 2];
		ptrdiff_t i = low, j = high;

		while (i <= j) {
			while (v[i] < pivot)
				i++;
			while (v[j] > pivot)
				j--;
			if (i > j)
				break;
			double t = v[i];

			v[i++] = v[j];
			v[j--] = t;
		}
		if (want <= j)
			high = j;
		else if (want >= i)
			low = i;
		else
			break;
	}
	return v[k];
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void cgm_sort(double *v, size_t n)
{
	qsort(v, n, sizeof *v, compare);
}

double cgm_median(double *v, size_t n)
{
	double upper = cgm_select(v, n, n / 2);

	return n % 2 ? upper : (upper + cgm_select(v, n, n / 2 - 1)) / 2;
}
