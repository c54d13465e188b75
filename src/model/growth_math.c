/* SPDX-License-Identifier: Apache-2.0 */
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

/* Those that belong to the front, which is those below @pivot, or with @equal not above it. */
static size_t part(double *v, size_t n, double pivot, bool equal)
{
	size_t front = 0;

	/* without a branch that nobody can foresee: half of the time would go there */
	for (size_t i = 0; i < n; i++) {
		double x = v[i];

		v[i] = v[front];
		v[front] = x;
		front += (x < pivot) | (equal & (x <= pivot));
	}
	return front;
}

/* Hoare's FIND, with the middle one as pivot: what is sorted already is not its worst case. */
double cgm_select(double *v, size_t n, size_t k)
{
	while (n > 1) {
		double pivot = v[n / 2];
		size_t front = part(v, n, pivot, false);

		if (k < front) {
			n = front;
			continue;
		}
		v += front;
		n -= front;
		k -= front;
		front = part(v, n, pivot, true);
		if (k < front)
			return pivot;
		v += front;
		n -= front;
		k -= front;
	}
	return *v;
}

double cgm_median(double *v, size_t n)
{
	double upper = cgm_select(v, n, n / 2), lower = v[0];

	if (n % 2)
		return upper;
	for (size_t i = 1; i < n / 2; i++)
		lower = v[i] > lower ? v[i] : lower;
	return (lower + upper) / 2;
}
