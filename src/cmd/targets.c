/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/targets.h"

#include <stdio.h>

#include "base/log.h"
#include "collect/target.h"

#include "base/banned.h"

static void show_target(const struct cgm_global *g, struct cgm_session *s, const void *opts,
			const char *text, cgm_show_fn *show, struct cgm_outcome *outcome)
{
	struct cgm_containers found = {0};
	struct cgm_err err = {0};
	int r = cgm_target_resolve(s, text, &found, &err);

	for (size_t i = 0; r == 0 && i < found.n; i++) {
		if (!outcome->json && outcome->done)
			(void)putchar('\n');
		r = show(g, s, &found.v[i], outcome, opts, &err);
		if (r == 0)
			outcome->done++;
	}
	if (r < 0)
		cgm_outcome_fail(outcome, text, r, &err);
	cgm_containers_clear(&found);
}

int cgm_show_targets(const struct cgm_global *g, const void *opts, int argc, char **argv,
		     const char *missing, cgm_show_fn *show)
{
	CGM_CLEANUP(cgm_session_free_p) struct cgm_session *s = NULL;
	CGM_CLEANUP(cgm_json_free_p) struct cgm_json *json = NULL;
	struct cgm_outcome outcome = {0};
	int r;

	if (argc == 0) {
		cgm_warn("%s", missing);
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
		show_target(g, s, opts, argv[i], show, &outcome);
	r = cgm_outcome_status(&outcome);
	return json ? cgm_finish_json(json, r) : r;
}
