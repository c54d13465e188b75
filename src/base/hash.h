/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hash table from 64-bit keys to numbers that are not 0: open addressing, at most half full. Keys
 * are numbers, addresses, or hashes of what is longer; then the caller says whether two of the same
 * hash are the same. Nothing is ever taken out. All zero is an empty one. One owner, one thread.
 */
#ifndef CGMEM_BASE_HASH_H
#define CGMEM_BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cgm_hash {
	struct cgm_hash_slot {
		uint64_t key, value; /* value 0: it is free */
	} * v;
	size_t n, room;
};

/* Whether what @value stands for is what is looked for. */
typedef bool cgm_hash_same_fn(uint64_t value, const void *arg);

/* The value of @key, 0 none. @same NULL: the keys themselves are all that counts. */
uint64_t cgm_hash_get(const struct cgm_hash *h, uint64_t key, cgm_hash_same_fn *same,
		      const void *arg);
/* For a key that is not there, or the same hash of something else. 0 or -ENOMEM. */
int cgm_hash_add(struct cgm_hash *h, uint64_t key, uint64_t value);
void cgm_hash_clear(struct cgm_hash *h);
/* A hash of what was hashed before and one number more. */
uint64_t cgm_hash_mix(uint64_t hash, uint64_t v);

#endif
