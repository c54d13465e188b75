/* SPDX-License-Identifier: Apache-2.0 */
/* What the writers of trends share: texts of rates and times, the lines of the plots. Internal to
 * output/. */
#ifndef CGMEM_OUTPUT_TREND_PARTS_H
#define CGMEM_OUTPUT_TREND_PARTS_H

#include "output/page.h"
#include "output/trend.h"

#define CGM_RATE_MAX 64
#define CGM_HOUR_S   3600.0

/* There is a rate to be told: enough was seen of it. */
bool cgm_trend_judged(const struct cgm_trend_part *p);
/* A part that is there and worth a line: it is not, and was not, nothing. */
bool cgm_trend_is_shown(const struct cgm_trend_part *p, enum cgm_trend_id id);
/* The value: docker's text of bytes, digits of a count or with @raw; "-" unknown. */
const char *cgm_trend_now_text(char buf[CGM_TEXT_MAX], const struct cgm_trend_part *p, bool bytes,
			       bool raw);
/* "+31.2 MiB/h"; with @raw "+32715571/h"; "-" unknown. */
const char *cgm_trend_hourly_text(char buf[CGM_RATE_MAX], const struct cgm_trend_part *p,
				  bool bytes, bool raw);
/* "+30.1..+32.4 MiB", its bounds in one unit; "-" unknown. */
const char *cgm_trend_interval_text(char buf[CGM_RATE_MAX], const struct cgm_trend_part *p,
				    bool bytes, bool raw);
/* When the present behaviour began; "-" unknown. */
const char *cgm_trend_since_text(char buf[CGM_TEXT_MAX], const struct cgm_trend_part *p,
				 int64_t now_ms);
/* "growing", or "need 7 min" where there is not enough data; "grew" of what has ended. */
const char *cgm_trend_verdict_word(char buf[CGM_TEXT_MAX], const struct cgm_trend *t,
				   const struct cgm_trend_part *p);
/* For programs: "growing", "unknown"; "ended" of what does nothing any more. */
const char *cgm_trend_verdict_name(const struct cgm_trend *t, const struct cgm_trend_part *p);

/* What is left out of what cannot be reclaimed: @bytes, "58.1 MiB". */
#define CGM_KERNEL_DOUBT_MAX 320
const char *cgm_kernel_doubt_text(char *buf, size_t size, const char *bytes);

/* Appends the plots of docker's figure and of what carries its growth. */
void cgm_trend_add_plots(struct cgm_page *p, const struct cgm_trend_row *row);
/* The values of @id over the track, into *@ret (malloc), for a plot. Returns how many. */
size_t cgm_trend_series(const struct cgm_track *t, enum cgm_trend_id id, struct cgm_xy **ret);

#endif
