/* SPDX-License-Identifier: Apache-2.0 */
/* cgmem procs: the memory of a target by process. */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "cmd/global.h"
#include "collect/snapshot.h"
#include "collect/target.h"

#include "base/banned.h"

static int show_one(const struct cgm_global *g, struct cgm_session *s, struct cgm_container *c,
		    struct cgm_outcome *outcome, struct cgm_err *err)
{
	const struct cgm_snapshot_request q = {.procs_only = true};
	const struct cgm_text_options how = cgm_text_options(g, STDOUT_FILENO);
	struct cgm_snapshot snap = {0};
	int r = cgm_snapshot_take(s, c, &q, &snap, err);

	if (r < 0)
		return r;
	if (!outcome->json && outcome->done)
		(void)putchar('\n');
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

static void show_target(const struct cgm_global *g, struct cgm_session *s, const char *text,
			struct cgm_outcome *outcome)
{
	struct cgm_containers found = {0};
	struct cgm_err err = {0};
	int r = cgm_target_resolve(s, text, &found, &err);

	for (size_t i = 0; r == 0 && i < found.n; i++) {
		r = show_one(g, s, &found.v[i], outcome, &err);
		if (r == 0)
			outcome->done++;
	}
	if (r < 0)
		cgm_outcome_fail(outcome, text, r, &err);
	cgm_containers_clear(&found);
}

static int run_procs(const struct cgm_global *g, void *opts, int argc, char **argv)
{
	CGM_CLEANUP(cgm_session_free_p) struct cgm_session *s = NULL;
	CGM_CLEANUP(cgm_json_free_p) struct cgm_json *json = NULL;
	struct cgm_outcome outcome = {0};
	int r;

	(void)opts;
	if (argc == 0) {
		cgm_warn("procs needs a TARGET: a container's name or id, a cgroup path, pid:N or "
			 "self");
		return CGM_EXIT_USAGE;
	}
	r = cgm_open_session(g, &s);
	if (r)
		return r;
	if (g->json && cgm_json_new(cgm_clock(s), &json) < 0) {
		cgm_warn("out of memory");
		return CGM_EXIT_FAILED;
	}
	outcome.json = json;
	for (int i = 0; i < argc; i++)
		show_target(g, s, argv[i], &outcome);
	r = cgm_outcome_status(&outcome);
	return json ? cgm_finish_json(json, r) : r;
}

extern const struct cgm_command cgm_cmd_procs;
const struct cgm_command cgm_cmd_procs = {
	.name = "procs",
	.summary = "Show a target's memory by process.",
	.usage = "[OPTION]... TARGET...",
	.operands = CGM_ARG_TARGET,
	.run = run_procs,
};
