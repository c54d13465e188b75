/* SPDX-License-Identifier: Apache-2.0 */
/* What the causes of Go memory share: whose the bytes are, and their evidence. Pure, internal. */
#ifndef CGMEM_MODEL_GO_CAUSE_H
#define CGMEM_MODEL_GO_CAUSE_H

#include "model/go_words.h"

/* What the texts begin with: the bytes, and whose they are. */
struct cgm_go_cause {
	const struct cgm_snapshot *s;
	const struct cgm_go *g; /* the program that has most of it; NULL none known */
	bool several, none_large;
	char n[CGM_TEXT_MAX], who[CGM_GO_TEXT], fit[CGM_GO_TEXT], target[CGM_NAME_TEXT];
};

/*
 * "web (pid 12, go1.22.5)", "3 Go programs, 9.0 MiB of it in web (pid 12, go1.22.5)", or "21 Go
 * programs, none large (most, 1.5 MiB, in web (pid 12, go1.22.5))"
 */
void cgm_go_cause_start(const struct cgm_rules *r, const struct cgm_finding *f,
			enum cgm_child_id child, struct cgm_go_cause *c);
/* After the text: what of it is locked, in the cause that has most of what Go programs have. */
void cgm_go_cause_locked(const struct cgm_rules *r, struct cgm_finding *f);

/* Of all Go programs; a goal and a count of collections are of one program only. */
void cgm_go_cause_stat(struct cgm_finding *f, const struct cgm_go_cause *c, enum cgm_go_stat id);

/* What a program tells beside MemStats. */
enum cgm_go_opt_id { CGM_GO_HEAP_MARKED, CGM_GO_INUSE_SPACE, CGM_GO_GOROUTINES };

/* A cgm_go_figure_fn of cgm_go_opt_id. */
struct cgm_opt cgm_go_opt_figure(const struct cgm_go *g, int id);
void cgm_go_cause_opt(struct cgm_finding *f, const struct cgm_go_cause *c, enum cgm_go_opt_id id);

#endif
