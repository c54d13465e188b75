/* SPDX-License-Identifier: Apache-2.0 */
#include "store/columns.h"

#include "base/units.h"
#include "base/banned.h"

/*
 * A change. Each processor may have charged 256 KiB beforehand (Linux mm/memcontrol.c,
 * MEMCG_CHARGE_BATCH), and memory.stat is up to two seconds behind: less than 64 KiB says nothing,
 * and of what is large a hundredth.
 */
#define CHANGE_BYTES	    UINT64_C(65536)
#define CHANGE_SHARE	    100
#define CHANGE_CENTIPERCENT 100

/* Beyond this a number is not believed, and not kept: 8 PiB, or so many of a count. */
#define KIB_MAX (UINT64_C(1) << 43)

const struct cgm_tier_info cgm_tiers[CGM_TIER_COUNT] = {
	[CGM_TIER_RAW] = {{"samples", "go_samples"}, 0, 0},
	[CGM_TIER_MINUTES] = {{"minutes", "go_minutes"}, 60, 600},
	[CGM_TIER_FIVES] = {{"five_minutes", "go_five_minutes"}, 300, 21600},
	[CGM_TIER_HOURS] = {{"hours", "go_hours"}, 3600, 86400},
};

uint64_t cgm_columns_change(enum cgm_series_id id)
{
	switch (cgm_series[id].unit) {
	case CGM_BYTES:
		return CHANGE_BYTES;
	case CGM_CENTIPERCENT:
		return CHANGE_CENTIPERCENT;
	default:
		return 1;
	}
}

/* A limit is set, not measured. */
uint64_t cgm_columns_change_of(enum cgm_series_id id, uint64_t v)
{
	bool measured = cgm_series[id].unit == CGM_BYTES && id != CGM_SERIES_LIMIT;

	return cgm_max_u64(cgm_columns_change(id), measured ? v / CHANGE_SHARE : 0);
}

static const char *suffix(enum cgm_unit unit)
{
	return unit == CGM_BYTES ? "_kib" : unit == CGM_CENTIPERCENT ? "_centipercent" : "";
}

static uint64_t scale(enum cgm_series_id id)
{
	return cgm_series[id].unit == CGM_BYTES ? 1024 : 1;
}

/* ", a_kib" or ", a_kib, a_below_kib, a_above_kib" of each; how many they are. */
static unsigned add_names(struct cgm_buf *b, enum cgm_family f, unsigned n_kinds)
{
	static const char *const kinds[] = {"", "_below", "_above"};
	unsigned n = 0;

	for (unsigned i = cgm_family_begin(f); i < cgm_family_end(f); i++)
		for (unsigned k = 0; k < n_kinds; k++, n++)
			cgm_buf_addf(b, ", %s%s%s", cgm_series[i].name, kinds[k],
				     suffix(cgm_series[i].unit));
	return n;
}

void cgm_columns_insert(struct cgm_buf *b, enum cgm_family f, enum cgm_tier t)
{
	unsigned n;

	cgm_buf_addf(b, "INSERT OR REPLACE INTO %s(%s", cgm_tiers[t].table[f],
		     t == CGM_TIER_RAW ? "round, target" : "part_s, target, time_s, span_s, n");
	n = add_names(b, f, t == CGM_TIER_RAW ? 1 : 3);
	cgm_buf_adds(b, t == CGM_TIER_RAW ? ") VALUES(?, ?" : ") VALUES(?, ?, ?, ?, ?");
	for (; n; n--)
		cgm_buf_adds(b, ", ?");
	cgm_buf_adds(b, ")");
}

void cgm_columns_select(struct cgm_buf *b, enum cgm_family f, enum cgm_tier t, bool means)
{
	cgm_buf_adds(b, t == CGM_TIER_RAW ? "SELECT 0" : "SELECT time_s, span_s, n");
	(void)add_names(b, f, t == CGM_TIER_RAW || means ? 1 : 3);
	cgm_buf_addf(b, " FROM %s WHERE ", cgm_tiers[t].table[f]);
	cgm_buf_adds(b, t == CGM_TIER_RAW
				? "round = ? AND target = ?"
				: "part_s = ? AND target = ? AND time_s BETWEEN ? AND ? ORDER BY "
				  "time_s");
}

/* To the nearest. */
static int64_t scaled(uint64_t v, uint64_t by)
{
	return (int64_t)(v / by + (v % by >= by / 2 + by % 2));
}

static bool believed(uint64_t v, uint64_t by)
{
	return v / by <= KIB_MAX;
}

void cgm_columns_bind(const struct cgm_sqlite *sq, sqlite3_stmt *s, int at, enum cgm_family f,
		      enum cgm_tier t, const struct cgm_point *p)
{
	int step = t == CGM_TIER_RAW ? 1 : 3;

	(void)sq->clear_bindings(s);
	for (unsigned i = cgm_family_begin(f); i < cgm_family_end(f); i++) {
		uint64_t by = scale(i);
		int64_t v;

		at += step;
		if (!cgm_point_has(p, i) || !believed(p->v[i], by) || !believed(p->max[i], by))
			continue;
		v = scaled(p->v[i], by);
		(void)sq->bind_int64(s, at - step, v);
		if (step == 1)
			continue;
		if (p->v[i] - p->min[i] >= cgm_columns_change_of(i, p->v[i]))
			(void)sq->bind_int64(s, at - 2, v - scaled(p->min[i], by));
		if (p->max[i] - p->v[i] >= cgm_columns_change_of(i, p->v[i]))
			(void)sq->bind_int64(s, at - 1, scaled(p->max[i], by) - v);
	}
}

/* Whether the column holds a number from 0 to @max. */
static bool take(const struct cgm_sqlite *sq, sqlite3_stmt *s, int at, uint64_t max, uint64_t *ret)
{
	int64_t v = sq->column_int64(s, at);

	if (v < 0 || (uint64_t)v > max || (v == 0 && sq->column_type(s, at) != SQLITE_INTEGER))
		return false;
	*ret = (uint64_t)v;
	return true;
}

/* The same of how far others were from the mean: NULL is not so far that it matters. */
static bool take_far(const struct cgm_sqlite *sq, sqlite3_stmt *s, int at, uint64_t max,
		     uint64_t *ret)
{
	return sq->column_type(s, at) == SQLITE_NULL || take(sq, s, at, max, ret);
}

void cgm_columns_read(const struct cgm_sqlite *sq, sqlite3_stmt *s, int at, enum cgm_family f,
		      enum cgm_tier t, bool means, struct cgm_point *p)
{
	int step = t == CGM_TIER_RAW || means ? 1 : 3;

	for (unsigned i = cgm_family_begin(f); i < cgm_family_end(f); i++) {
		uint64_t v, below = 0, above = 0;

		at += step;
		if (!take(sq, s, at - step, KIB_MAX, &v))
			continue;
		/* nothing is below nothing */
		if (step == 3 && ((v && !take_far(sq, s, at - 2, v, &below)) ||
				  !take_far(sq, s, at - 1, KIB_MAX, &above)))
			continue;
		cgm_point_set(p, i, v * scale(i));
		p->min[i] = (v - below) * scale(i);
		p->max[i] = (v + above) * scale(i);
	}
}
