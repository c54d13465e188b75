/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the Go runtime says, as text for a terminal: the whole of `cgmem go`, and some of it for
 * explain. Pure over the snapshot. Names are escaped.
 */
#ifndef CGMEM_OUTPUT_GO_H
#define CGMEM_OUTPUT_GO_H

#include "output/page.h"

#define CGM_GO_LINES 10 /* goroutine groups and allocation sites, unless more are asked for */

/* Each Go program of @s; @lines: of each list, 0 none. 0, -ENOMEM, -errno of the stream. */
int cgm_go_write(FILE *out, const struct cgm_snapshot *s, const struct cgm_text_options *o,
		 size_t lines);

/* Goroutines by what they wait for, and allocation sites; nothing where there are none. Internal.
 */
void cgm_go_put_groups(struct cgm_page *p, const struct cgm_go *g, size_t lines);
void cgm_go_put_sites(struct cgm_page *p, const struct cgm_go *g, size_t lines);
/*
 * Appends a function's name that fits in @width: whole, else without the folders of its package,
 * else its end, which tells more than its beginning. "-" for "".
 */
void cgm_go_add_function(struct cgm_buf *b, const char *name, size_t width, bool utf8);
/* "GOGC 100", "GOMEMLIMIT 512 MiB", with "off" where it is; nothing when unknown. */
void cgm_go_add_gogc(struct cgm_buf *b, const struct cgm_go *g);
void cgm_go_add_limit(const struct cgm_page *p, struct cgm_buf *b, const struct cgm_go *g);

#endif
