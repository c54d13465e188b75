/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trends and differences for people and for scripts: the table over containers, the table and the
 * plot of one, CSV, JSON; two moments side by side. Names are escaped here.
 */
#ifndef CGMEM_OUTPUT_TREND_H
#define CGMEM_OUTPUT_TREND_H

#include <stdio.h>

#include "model/trend.h"
#include "output/explain.h"

/* One container's trend, as a line of the table over all of them. */
struct cgm_trend_row {
	const char *name;			    /* borrowed, as all of it */
	const char *kind;			    /* "container", "cgroup" */
	const char *id, *image, *project, *service; /* NULL: none */
	const struct cgm_trend *trend;
	const struct cgm_track *track;
};

/* NAME, DOCKER, GROWS (component), RATE, SINCE, LIMIT IN, VERDICT. */
int cgm_trend_table_write(FILE *out, const struct cgm_trend_row *rows, size_t n, int64_t now_ms,
			  const struct cgm_text_options *o);
/* Headline, verdict, table by component, plot. */
int cgm_trend_write(FILE *out, const struct cgm_trend_row *row, int64_t now_ms,
		    const struct cgm_text_options *o);
/* One line a container and component: name,component,bytes,rate_per_hour,low,high,... */
int cgm_trend_csv_write(FILE *out, const struct cgm_trend_row *rows, size_t n);
int cgm_json_add_trend(struct cgm_json *j, const struct cgm_trend_row *row);

/* One side of `cgmem diff`. */
struct cgm_diff_side {
	const char *name;	/* as the user typed it */
	bool recorded;		/* false: sampled now */
	struct cgm_point point; /* what is known of it */
};
int cgm_diff_write(FILE *out, const struct cgm_diff_side *a, const struct cgm_diff_side *b,
		   const struct cgm_text_options *o);
int cgm_json_add_diff(struct cgm_json *j, const struct cgm_diff_side *a,
		      const struct cgm_diff_side *b);

#endif
