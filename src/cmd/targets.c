/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/targets.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cmd/history_options.h"
#include "collect/target.h"

#include "base/banned.h"

/* What one of the operands names. */
struct named {
	const char *text;
	struct cgm_containers found;
	struct cgm_err err;
	int r;
};

static void find(struct cgm_session *s, const char *text, struct named *n)
{
	*n = (struct named){.text = text};
	n->r = cgm_target_resolve(s, text, &n->found, &n->err);
}

static void show_named(const struct cgm_global *g, struct cgm_session *s, const void *opts,
		       struct named *n, cgm_show_fn *show, struct cgm_outcome *outcome)
{
	for (size_t i = 0; n->r == 0 && i < n->found.n; i++) {
		if (!outcome->json && outcome->done)
			(void)putchar('\n');
		n->r = show(g, s, &n->found.v[i], outcome, opts, &n->err);
		if (n->r == 0)
			outcome->done++;
	}
	if (n->r == -ESRCH && cgm_session_is_live(s))
		cgm_history_point_to(n->text, &n->err);
	if (n->r < 0)
		cgm_outcome_fail(outcome, n->text, n->r, &n->err);
	cgm_containers_clear(&n->found);
}

/* All are found before the first is shown. 0 or -errno. */
static int show_prepared(const struct cgm_global *g, struct cgm_session *s, const void *opts,
			 int argc, char **argv, cgm_prepare_fn *prepare, cgm_show_fn *show,
			 struct cgm_outcome *outcome)
{
	CGM_AUTO_FREE struct named *all = calloc((size_t)argc, sizeof *all);
	int r = all ? 0 : -ENOMEM;

	for (int i = 0; r == 0 && i < argc; i++) {
		find(s, argv[i], &all[i]);
		for (size_t k = 0; r == 0 && k < all[i].found.n; k++)
			r = prepare(s, &all[i].found.v[k], opts);
	}
	if (r == 0)
		r = prepare(s, NULL, opts);
	for (int i = 0; all && i < argc; i++) {
		if (r == 0)
			show_named(g, s, opts, &all[i], show, outcome);
		cgm_containers_clear(&all[i].found);
	}
	return r;
}

static int show_all(const struct cgm_global *g, struct cgm_session *s, const void *opts, int argc,
		    char **argv, cgm_prepare_fn *prepare, cgm_show_fn *show,
		    struct cgm_outcome *outcome)
{
	if (prepare)
		return show_prepared(g, s, opts, argc, argv, prepare, show, outcome);
	for (int i = 0; i < argc; i++) {
		struct named n;

		find(s, argv[i], &n);
		show_named(g, s, opts, &n, show, outcome);
	}
	return 0;
}

int cgm_show_prepared(const struct cgm_global *g, const void *opts, int argc, char **argv,
		      const char *missing, cgm_prepare_fn *prepare, cgm_show_fn *show)
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
	r = show_all(g, s, opts, argc, argv, prepare, show, &outcome);
	if (r < 0) {
		cgm_warn("%s", strerror(-r));
		return CGM_EXIT_FAILED;
	}
	r = cgm_outcome_status(&outcome);
	return json ? cgm_finish_json(json, r) : r;
}

int cgm_show_targets(const struct cgm_global *g, const void *opts, int argc, char **argv,
		     const char *missing, cgm_show_fn *show)
{
	return cgm_show_prepared(g, opts, argc, argv, missing, NULL, show);
}
