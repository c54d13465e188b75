/* SPDX-License-Identifier: Apache-2.0 */
/* The way of the commands that show one target after another: explain and procs. */
#ifndef CGMEM_CMD_TARGETS_H
#define CGMEM_CMD_TARGETS_H

#include "cmd/global.h"
#include "collect/snapshot.h"

/* Shows one container: as text on stdout, or into @outcome->json. 0 or -errno with words. */
typedef int cgm_show_fn(const struct cgm_global *g, struct cgm_session *s, struct cgm_container *c,
			struct cgm_outcome *outcome, const void *opts, struct cgm_err *err);
/*
 * Resolves each target and shows what it names, with an empty line between texts; one document
 * where JSON is asked for. @missing: what to say when no target is given. Returns the exit status.
 */
int cgm_show_targets(const struct cgm_global *g, const void *opts, int argc, char **argv,
		     const char *missing, cgm_show_fn *show);
/*
 * The same, but all are found first, and @prepare is called for each of them and once more with
 * NULL: before the first is shown. 0 or -errno, which ends it.
 */
typedef int cgm_prepare_fn(struct cgm_session *s, struct cgm_container *c, const void *opts);
int cgm_show_prepared(const struct cgm_global *g, const void *opts, int argc, char **argv,
		      const char *missing, cgm_prepare_fn *prepare, cgm_show_fn *show);

#endif
