/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sample: all numbers of one group at one moment, each with its state. Plain data without
 * pointers, so that it can be copied, kept, compared and sent through a pipe.
 */
#ifndef CGMEM_SAMPLE_SAMPLE_H
#define CGMEM_SAMPLE_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "sample/values.h"

struct cgm_sample {
	uint64_t time_ns; /* CLOCK_MONOTONIC when the reading began */
	uint64_t v[CGM_VALUE_COUNT];
	uint8_t state[CGM_VALUE_COUNT]; /* enum cgm_state */
	uint8_t version;		/* 1, 2; 0: nothing was read */
	bool gone;			/* the group vanished while it was read */
};

/* True where there is a number (CGM_OK or CGM_ESTIMATED). */
static inline bool cgm_has(const struct cgm_sample *s, enum cgm_value_id id)
{
	return s->state[id] == CGM_OK || s->state[id] == CGM_ESTIMATED;
}

/* The number, or 0 where there is none: for sums in which absent adds nothing. */
static inline uint64_t cgm_get(const struct cgm_sample *s, enum cgm_value_id id)
{
	return cgm_has(s, id) ? s->v[id] : 0;
}

static inline void cgm_set(struct cgm_sample *s, enum cgm_value_id id, uint64_t v)
{
	s->v[id] = v;
	s->state[id] = CGM_OK;
}

#endif
