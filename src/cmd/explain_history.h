/* SPDX-License-Identifier: Apache-2.0 */
/* explain and recorded history: growth of what is there now, and what was there at another time. */
#ifndef CGMEM_CMD_EXPLAIN_HISTORY_H
#define CGMEM_CMD_EXPLAIN_HISTORY_H

#include "cmd/global.h"
#include "cmd/history_options.h"

/*
 * Fills @snap->track with what was recorded of it: since the time asked for, or of the last day
 * where there is a history file and it is up to date. Where none was asked for, none is no news. 0
 * or -errno with words.
 */
int cgm_explain_add_history(const struct cgm_history_options *o, bool live,
			    struct cgm_snapshot *snap, struct cgm_err *err);
/* explain --at: each of @argv as it was recorded. An exit status. */
int cgm_explain_at(const struct cgm_global *g, const struct cgm_history_options *o,
		   const struct cgm_explain_show *how, int argc, char **argv);

#endif
