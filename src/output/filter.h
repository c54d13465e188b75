/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Choosing, ordering and grouping rows. Filters: docker's (id, name, label, ancestor, status,
 * network, volume; the same key twice: either, but labels: both, as in docker) and conditions on
 * columns ("anon>100M", "why=tmpfs", "percent>=80"; all must hold). Pure.
 */
#ifndef CGMEM_OUTPUT_FILTER_H
#define CGMEM_OUTPUT_FILTER_H

#include "output/columns.h"

struct cgm_filter;

/* What docker's own keys look at, beside the row's target. */
struct cgm_filter_subject {
	const struct cgm_row *row;
	const char *const *networks;
	size_t n_networks;
	const char *const *volumes;
	size_t n_volumes;
	const char *image_id;
};

int cgm_filter_parse(const char *const *texts, size_t n, struct cgm_filter **ret,
		     struct cgm_err *err);
void cgm_filter_free(struct cgm_filter *f);
CGM_DEFINE_CLEANUP(struct cgm_filter *, cgm_filter_free)
bool cgm_filter_match(const struct cgm_filter *f, const struct cgm_filter_subject *s);
uint32_t cgm_filter_files(const struct cgm_filter *f, int version);
unsigned cgm_filter_flags(const struct cgm_filter *f);
/* True when a docker status filter is given (then stopped ones are listed as by -a). */
bool cgm_filter_wants_all(const struct cgm_filter *f);

/* Stable sort by a column, as ps(1) sorts: ascending, or @descending; unknown cells come last. */
int cgm_rows_sort(struct cgm_row *rows, size_t n, const struct cgm_column *by, bool descending);

/* "compose", "image", "label:KEY", "slice", "pod". */
enum cgm_group_by {
	CGM_GROUP_NONE,
	CGM_GROUP_COMPOSE,
	CGM_GROUP_IMAGE,
	CGM_GROUP_LABEL,
	CGM_GROUP_SLICE,
	CGM_GROUP_POD
};

struct cgm_grouping {
	enum cgm_group_by by;
	const char *label;
};
int cgm_grouping_parse(const char *text, struct cgm_grouping *ret, struct cgm_err *err);
/*
 * A new array with the rows ordered by group and a subtotal line after each group of them; with
 * @total one line over all at the end. The subtotal names are kept in @names (freed by the caller
 * after the rows). 0 or -ENOMEM.
 */
int cgm_rows_group(const struct cgm_row *rows, size_t n, const struct cgm_grouping *g, bool total,
		   struct cgm_row **ret, size_t *ret_n, char ***names, size_t *n_names);

#endif
