/* SPDX-License-Identifier: Apache-2.0 */
/* What `cgmem top` remembers of docker's figure. */
#include "view_fixture.h"

#include <math.h>
#include <stdlib.h>

#include "cmd/top.h"

#include "base/banned.h"

#define LAST (CGM_TOP_BINS - 1)

/* Notes @mib of a container at @time_ms; its trend is put into @ret. */
static void note(struct cgm_top_past *p, int64_t time_ms, unsigned mib, double ret[CGM_TOP_BINS])
{
	const struct made m = {.name = "one", .anon = mib};
	struct cgm_top_round *r = make_round(&m, 1);

	r->time_ms = time_ms;
	assert_int_equal(cgm_top_past_note(p, r, 4000), 0);
	assert_int_equal(r->last_bin, time_ms / CGM_TOP_BIN_MS);
	assert_int_equal(r->bin_ms, CGM_TOP_BIN_MS);
	memcpy(ret, r->trends, CGM_TOP_BINS * sizeof *ret);
	cgm_top_round_free(r);
}

static void is(double got, double mib)
{
	assert_true(got == mib * (double)MIB);
}

static void bins(void **state)
{
	struct cgm_top_past *p = cgm_top_past_new();
	double t[CGM_TOP_BINS];

	(void)state;
	note(p, 1000000, 1, t);
	is(t[LAST], 1);
	assert_true(isnan(t[LAST - 1]));
	note(p, 1004999, 2, t); /* the same five seconds: the last counts */
	is(t[LAST], 2);
	assert_true(isnan(t[LAST - 1]));
	note(p, 1005000, 3, t);
	is(t[LAST], 3);
	is(t[LAST - 1], 2);
	assert_true(isnan(t[LAST - 2]));
	cgm_top_past_free(p);
}

/* One round that comes late is no gap; a pause is. */
static void gaps(void **state)
{
	struct cgm_top_past *p = cgm_top_past_new();
	double t[CGM_TOP_BINS];

	(void)state;
	note(p, 1000000, 1, t);
	note(p, 1005000, 2, t);
	note(p, 1015000, 3, t); /* two on: with rounds held for 4 s one bin may be missing */
	is(t[LAST], 3);
	assert_true(isnan(t[LAST - 1]));
	is(t[LAST - 2], 2);
	is(t[LAST - 3], 1);
	note(p, 1015000 + CGM_TOP_BINS * CGM_TOP_BIN_MS, 4, t); /* all of it is too old */
	is(t[LAST], 4);
	for (size_t i = 0; i < LAST; i++)
		assert_true(isnan(t[i]));
	note(p, 1000000, 5, t); /* the clock was set back: it goes on from there */
	is(t[LAST], 5);
	note(p, 1005000, 6, t);
	is(t[LAST], 6);
	is(t[LAST - 1], 5);
	cgm_top_past_free(p);
}

/* Containers come, go and change places; each keeps its own. */
static void many(void **state)
{
	struct cgm_top_past *p = cgm_top_past_new();
	struct cgm_top_round *r;

	(void)state;
	r = make_round(three, 3);
	r->time_ms = 1000000;
	assert_int_equal(cgm_top_past_note(p, r, 4000), 0);
	cgm_top_round_free(r);
	r = make_round(three + 1, 2); /* web has gone */
	r->time_ms = 1005000;
	assert_int_equal(cgm_top_past_note(p, r, 4000), 0);
	is(r->trends[LAST - 1], 48);
	is(r->trends[CGM_TOP_BINS + LAST - 1], 4);
	cgm_top_round_free(r);
	r = make_round(three, 3); /* another web begins anew */
	r->time_ms = 1010000;
	assert_int_equal(cgm_top_past_note(p, r, 4000), 0);
	is(r->trends[LAST], 168);
	assert_true(isnan(r->trends[LAST - 1]));
	is(r->trends[CGM_TOP_BINS + LAST - 2], 48);
	cgm_top_round_free(r);
	cgm_top_past_free(p);
	cgm_top_past_free(NULL);
}

static void event_texts(void **state)
{
	static const struct {
		struct cgm_event event;
		const char *text;
	} cases[] = {
		{{.kind = CGM_EVENT_OOM_KILL, .detail = "postgres"},
		 "00:00:05 db: OOM kill (postgres)"},
		{{.kind = CGM_EVENT_OOM_KILL}, "00:00:05 db: OOM kill"},
		{{.kind = CGM_EVENT_STOP, .value = {.v = 137, .known = true}},
		 "00:00:05 db: ended with 137"},
		{{.kind = CGM_EVENT_STOP}, "00:00:05 db: ended"},
		{{.kind = CGM_EVENT_START, .detail = "id"}, "00:00:05 db: started"},
		{{.kind = CGM_EVENT_RESTART}, "00:00:05 db: restarted"},
		{{.kind = CGM_EVENT_LIMIT, .value = {.v = 64 * MIB, .known = true}},
		 "00:00:05 db: its limit is now 64.0 MiB"},
		{{.kind = CGM_EVENT_LIMIT}, "00:00:05 db: its limit is now none"},
		{{.kind = CGM_EVENT_GAP, .value = {.v = 90000, .known = true}},
		 "00:00:05 db: nothing was recorded for 1 min 30 s"},
		{{.kind = CGM_EVENT_CLOCK}, "00:00:05 db: clock"},
	};
	char text[256], small[12];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cgm_event e = cases[i].event;

		e.time_ms = 5999;
		cgm_top_event_text(text, sizeof text, "db", &e);
		assert_string_equal(text, cases[i].text);
		cgm_top_event_text(small, sizeof small, "db", &e);
		assert_int_equal(strlen(small), 11);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bins),
		cmocka_unit_test(gaps),
		cmocka_unit_test(many),
		cmocka_unit_test(event_texts),
	};

	(void)setlocale(LC_CTYPE, "C.UTF-8");
	(void)setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
