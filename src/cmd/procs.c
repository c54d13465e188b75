/* SPDX-License-Identifier: Apache-2.0 */
/* cgmem procs: the memory of a target by process. */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "cmd/targets.h"
#include "collect/inspect.h"

#include "base/banned.h"

static int show_one(const struct cgm_global *g, struct cgm_session *s, struct cgm_container *c,
		    struct cgm_outcome *outcome, const void *opts, struct cgm_err *err)
{
	const struct cgm_snapshot_request q = {
		.procs_only = true, .look_inside = true, .inspect = CGM_INSPECT_KINDS};
	const struct cgm_text_options how = cgm_text_options(g, STDOUT_FILENO);
	struct cgm_snapshot snap = {0};
	int r = cgm_snapshot_take(s, c, &q, &snap, err);

	(void)opts;
	if (r < 0)
		return r;
	if (outcome->json)
		r = cgm_json_add_processes(outcome->json, &snap);
	else
		r = cgm_procs_write(stdout, &snap, &how);
	for (size_t i = 0; !outcome->json && i < snap.n_unreadable; i++)
		cgm_note("%s: %s; %s", snap.unreadable[i].what, snap.unreadable[i].why,
			 snap.unreadable[i].remedy);
	cgm_snapshot_clear(&snap);
	return r < 0 ? cgm_err_set(err, -r, "cannot show the processes: %s", strerror(-r)) : 0;
}

static int run_procs(const struct cgm_global *g, void *opts, int argc, char **argv)
{
	return cgm_show_targets(
		g, opts, argc, argv,
		"procs needs a TARGET: a container's name or id, a cgroup path, pid:N or self",
		show_one);
}

extern const struct cgm_command cgm_cmd_procs;
const struct cgm_command cgm_cmd_procs = {
	.name = "procs",
	.summary = "Show a target's memory by process.",
	.usage = "[OPTION]... TARGET...",
	.operands = CGM_ARG_TARGET,
	.run = run_procs,
};
