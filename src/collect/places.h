/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the Go runtime's variables are in programs seen before, by build id: a small file in
 * $XDG_CACHE_HOME/cgmem (root: /var/cache/cgmem), so that a program is scanned once. An entry is a
 * hint, checked at each use: a wrong one costs a scan. Read whole, at most 512 entries, the least
 * recently used go; written anew beside and renamed. A file that cannot be read or written is no
 * error.
 */
#ifndef CGMEM_COLLECT_PLACES_H
#define CGMEM_COLLECT_PLACES_H

#include "base/cleanup.h"
#include "golang/runtime.h"

struct cgm_places;

int cgm_places_open(struct cgm_places **ret);
/* The same in the directory @dir, NULL: nowhere, nothing is kept. 0 or -ENOMEM. */
int cgm_places_open_in(const char *dir, struct cgm_places **ret);
/* Writes it back when something was added, then frees it. */
void cgm_places_close(struct cgm_places *p);
CGM_DEFINE_CLEANUP(struct cgm_places *, cgm_places_close)
/* 0, or -ENOENT. Safe in the worker. */
int cgm_places_find(const struct cgm_places *p, const uint8_t *build_id, size_t len,
		    struct cgm_go_place *ret);
/* Remembers. 0 or -ENOMEM. */
int cgm_places_put(struct cgm_places *p, const uint8_t *build_id, size_t len,
		   const struct cgm_go_place *place);

#endif
