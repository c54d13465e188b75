/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The columns of the history file: each series has one in its family's table of samples, and three
 * in its tables of minutes, five minutes and hours: the mean, and how far below and above it the
 * others were, if that is a change.
 * Bytes are kept as KiB. The statements are written from cgm_series.
 */
#ifndef CGMEM_STORE_COLUMNS_H
#define CGMEM_STORE_COLUMNS_H

#include "base/buf.h"
#include "sample/history.h"
#include "store/sqlite.h"

/* What is kept at one pace, in tables of its own. */
enum cgm_family { CGM_FAMILY_GROUP, CGM_FAMILY_GO, CGM_FAMILY_COUNT };
enum cgm_tier { CGM_TIER_RAW, CGM_TIER_MINUTES, CGM_TIER_FIVES, CGM_TIER_HOURS, CGM_TIER_COUNT };
#define CGM_SPAN_TIERS (CGM_TIER_COUNT - CGM_TIER_MINUTES)

struct cgm_tier_info {
	const char *table[CGM_FAMILY_COUNT];
	int64_t span_s; /* of a row, or a multiple of it; raw 0 */
	/* Rows of so many seconds stand together, by target: they are written next to one another,
	 * read in one go, and deleted at once. */
	int64_t part_s;
};
extern const struct cgm_tier_info cgm_tiers[CGM_TIER_COUNT];

/* More samples than this are not believed to be in one row. */
#define CGM_HISTORY_N_MAX (UINT64_C(1) << 20)

/* The series of a family are those from one id to before another. */
static inline unsigned cgm_family_begin(enum cgm_family f)
{
	return f == CGM_FAMILY_GO ? CGM_SERIES_GO_HEAP : 0;
}

static inline unsigned cgm_family_end(enum cgm_family f)
{
	return f == CGM_FAMILY_GO ? CGM_SERIES_COUNT : CGM_SERIES_GO_HEAP;
}

static inline uint32_t cgm_family_mask(enum cgm_family f)
{
	const uint32_t group = (UINT32_C(1) << CGM_SERIES_GO_HEAP) - 1;

	return f == CGM_FAMILY_GO ? ~group : group;
}

/* INSERT OR REPLACE of a row: round, target, values; or part_s, target, time_s, span_s, n, values.
 */
void cgm_columns_insert(struct cgm_buf *b, enum cgm_family f, enum cgm_tier t);
/* The values alone of ?1 = round, ?2 = target; or time_s, span_s, n and values of ?1 = part_s, ?2 =
 * target, ?3 <= time_s <= ?4. @means: without what is below and above. */
void cgm_columns_select(struct cgm_buf *b, enum cgm_family f, enum cgm_tier t, bool means);

/* So much is a change in a row of means. */
uint64_t cgm_columns_change(enum cgm_series_id id);
/* So much is one in a sample of @v: 64 KiB, or a hundredth of more than 6.4 MB. */
uint64_t cgm_columns_change_of(enum cgm_series_id id, uint64_t v);

/* Binds the values of @f from parameter @at on, NULL what is not known in @p; those before @at
 * become NULL and are bound afterwards. */
void cgm_columns_bind(const struct cgm_sqlite *sq, sqlite3_stmt *s, int at, enum cgm_family f,
		      enum cgm_tier t, const struct cgm_point *p);
/* Reads them from column @at on and adds them to @p; what cannot be is unknown. */
void cgm_columns_read(const struct cgm_sqlite *sq, sqlite3_stmt *s, int at, enum cgm_family f,
		      enum cgm_tier t, bool means, struct cgm_point *p);

#endif
