/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the Go runtime's variables are in programs seen before: a small file in
 * $XDG_CACHE_HOME/cgmem (root: /var/cache/cgmem), so that a program is scanned once. An entry is a
 * hint, checked at each use: a wrong one costs a scan. What a container can do with files that
 * pretend to be another's is to cost scans: a place that was seen again outweighs one that
 * disagrees, and gives way only to as many. Read whole, at most 512 entries; those that were seen
 * once go first, the least recently used first. Written anew beside and renamed. A file that cannot
 * be read or written is no error.
 */
#ifndef CGMEM_COLLECT_PLACES_H
#define CGMEM_COLLECT_PLACES_H

#include "base/cleanup.h"
#include "golang/runtime.h"

/* New programs that one look at one container may add. */
#define CGM_PLACES_NEW_MAX 32

struct cgm_places;

int cgm_places_open(struct cgm_places **ret);
/* The same in the directory @dir, NULL: nowhere, nothing is kept. 0 or -ENOMEM. */
int cgm_places_open_in(const char *dir, struct cgm_places **ret);
/* Writes it back when something was added, then frees it. */
void cgm_places_close(struct cgm_places *p);
CGM_DEFINE_CLEANUP(struct cgm_places *, cgm_places_close)
/* What tells builds apart: build id, version, size and layout of the file. */
struct cgm_place_key {
	uint64_t v[2];
};
struct cgm_place_key cgm_place_key(const struct cgm_go_image *image, uint64_t file_bytes);

/* 0, or -ENOENT. Safe in the worker. */
int cgm_places_find(const struct cgm_places *p, const struct cgm_place_key *key,
		    struct cgm_go_place *ret);
/* Remembers. A program that is not in the list yet takes one off *@left, and at 0 stays out. */
void cgm_places_put(struct cgm_places *p, const struct cgm_place_key *key,
		    const struct cgm_go_place *place, unsigned *left);

#endif
