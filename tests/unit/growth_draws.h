/* SPDX-License-Identifier: Apache-2.0 */
/* Draws of one kind of series, and how their verdicts are counted. */
#ifndef TESTS_GROWTH_DRAWS_H
#define TESTS_GROWTH_DRAWS_H

#include "growth_series.h"

/* Of each length. */
#define DRAWS 100

static struct series s;
static const size_t lengths[] = {60, 120, 240, 720};
#define N_LENGTHS (sizeof lengths / sizeof *lengths)

typedef void make_fn(size_t n, uint64_t *rnd);

struct tally {
	size_t n, by[CGM_GROWTH_VERDICT_COUNT], sawtooth;
};

static inline struct tally tally(make_fn *make, size_t n, size_t draws, uint64_t *rnd)
{
	struct tally t = {.n = draws};

	for (size_t i = 0; i < draws; i++) {
		make(n, rnd);
		struct cgm_growth g = judged(&s, 0.5);

		t.by[g.verdict]++;
		t.sawtooth += g.sawtooth;
	}
	return t;
}

static inline void at_least(const struct tally *t, const char *what, size_t right, unsigned percent)
{
	print_message("%s: %zu of %zu\n", what, right, t->n);
	if (right * 100 < t->n * percent)
		fail_msg("%s: %zu of %zu right, %zu unknown, %zu steady, %zu growing, %zu "
			 "shrinking, %zu plateau, %zu stepped",
			 what, right, t->n, t->by[0], t->by[1], t->by[2], t->by[3], t->by[4],
			 t->by[5]);
}

/* Of all lengths from the @first on. */
static inline struct tally tally_all(make_fn *make, size_t first, size_t draws, uint64_t *rnd)
{
	struct tally all = {0};

	for (size_t i = first; i < N_LENGTHS; i++) {
		struct tally t = tally(make, lengths[i], draws, rnd);

		all.n += t.n;
		all.sawtooth += t.sawtooth;
		for (int k = 0; k < CGM_GROWTH_VERDICT_COUNT; k++)
			all.by[k] += t.by[k];
	}
	return all;
}

#endif
