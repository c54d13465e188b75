/* SPDX-License-Identifier: Apache-2.0 */
/* Showing something again and again: composed in memory, written at once, so that nothing flickers.
 */
#ifndef CGMEM_CMD_LIVE_H
#define CGMEM_CMD_LIVE_H

#include <stdint.h>
#include <stdio.h>

/* Writes one round to @out. 0 or -errno, which ends the loop. */
typedef int cgm_live_fn(FILE *out, void *arg, int argc, char **argv);
/* Until SIGINT or SIGTERM (then 0), or until @fn fails. Not a terminal: rounds follow one another.
 */
int cgm_live_run(cgm_live_fn *fn, void *arg, uint64_t interval_ms, int argc, char **argv);

#endif
