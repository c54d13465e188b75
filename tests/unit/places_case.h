/* SPDX-License-Identifier: Apache-2.0 */
/* A folder of the tests for the file of places. */
#ifndef CGMEM_TESTS_PLACES_CASE_H
#define CGMEM_TESTS_PLACES_CASE_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/readfile.h"
#include "collect/places.h"

#define KEY_1 "000000000000000100000000000000ab"

static char base[] = "/tmp/cgmem-places-XXXXXX";
static char dir[64], file[96];

static inline int make_base(void **state)
{
	(void)state;
	if (!mkdtemp(base))
		return -1;
	(void)snprintf(dir, sizeof dir, "%s/cgmem", base);
	(void)snprintf(file, sizeof file, "%s/places", dir);
	return 0;
}

static inline int drop_base(void **state)
{
	(void)state;
	return rmdir(base);
}

static inline int empty(void **state)
{
	(void)state;
	(void)unlink(file);
	(void)rmdir(dir);
	return 0;
}

static inline struct cgm_places *open_here(void)
{
	struct cgm_places *p = NULL;

	assert_int_equal(cgm_places_open_in(dir, &p), 0);
	return p;
}

static unsigned new_left;

static inline struct cgm_place_key key_of(unsigned id)
{
	return (struct cgm_place_key){{id, 0xab}};
}

static inline void put(struct cgm_places *p, unsigned id, uint64_t at)
{
	const struct cgm_go_place place = {at, at + 1, at + 2, at + 3};
	const struct cgm_place_key key = key_of(id);

	new_left = 1;
	cgm_places_put(p, &key, &place, &new_left);
}

/* The first address that is kept for @id; 0: it is not there. */
static inline uint64_t find(const struct cgm_places *p, unsigned id)
{
	const struct cgm_place_key key = key_of(id);
	struct cgm_go_place place = {0};
	int r = cgm_places_find(p, &key, &place);

	assert_true(r == 0 || r == -ENOENT);
	if (r == 0) {
		assert_int_equal(place.memstats, place.gc_controller + 1);
		assert_int_equal(place.allgs, place.gc_controller + 2);
		assert_int_equal(place.mbuckets, place.gc_controller + 3);
	}
	return place.gc_controller;
}

#endif
