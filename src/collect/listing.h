/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of `cgmem ps`: which containers there are, sampled and split. */
#ifndef CGMEM_COLLECT_LISTING_H
#define CGMEM_COLLECT_LISTING_H

#include "collect/containers.h"
#include "collect/sampler.h"
#include "model/row.h"

struct cgm_listing_request {
	bool all;	 /* stopped ones too */
	bool units;	 /* services and scopes, and where there are none, every leaf group */
	bool levels;	 /* effective limit and headroom */
	bool inspect;	 /* what only inspect tells: restarts */
	bool go_sums;	 /* figures of the Go programs: looks into their memory */
	bool goroutines; /* and how many goroutines they have */
	uint32_t files;
	const char *const *targets; /* n_targets 0: all containers */
	size_t n_targets;
	struct cgm_sampler *sampler; /* NULL: read once */
	/* Called for each target that cannot be shown; @code is the negative errno. */
	void (*on_error)(const char *target, int code, const struct cgm_err *err, void *arg);
	void *arg;
};

struct cgm_listing {
	struct cgm_containers containers;
	struct cgm_rows rows; /* rows.v[i] belongs to containers.v[i] */
	bool from_engine;
	char **strings; /* paths that rows borrow */
	size_t n_strings;
	const char *
		*typed; /* by container, what the user named it by; n_typed 0: all were listed */
	size_t n_typed;
};

int cgm_listing_take(struct cgm_session *s, const struct cgm_host *host,
		     const struct cgm_listing_request *q, struct cgm_listing *ret,
		     struct cgm_err *err);
void cgm_listing_clear(struct cgm_listing *l);

#endif
