/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Go columns of a listing. Whose groups are containers can be seen before the engine has told
 * what they are called, so the workers begin while it is asked. Private to src/collect.
 */
#ifndef CGMEM_COLLECT_LISTING_GO_H
#define CGMEM_COLLECT_LISTING_GO_H

#include "collect/listing.h"

/* The groups that the workers were sent to in advance, by path. All zero: to none. */
struct cgm_listing_ahead {
	struct cgm_containers c;
};

/*
 * Sends them to the groups of Docker's and Podman's containers. Without a starter, and without
 * memory for more, it does nothing: cgm_listing_go() asks for what is missing.
 */
void cgm_listing_go_ahead(struct cgm_session *s, const struct cgm_listing_request *q,
			  struct cgm_listing_ahead *ret);
/* Fills the rows of @l. What was not found out is unknown, which is no error. 0 or -ENOMEM. */
int cgm_listing_go(struct cgm_session *s, const struct cgm_listing_request *q,
		   const struct cgm_listing_ahead *ahead, struct cgm_listing *l);

#endif
