/* SPDX-License-Identifier: Apache-2.0 */
/* The history file: what is written is read back. */
#include "history_case.h"

#include "base/banned.h"

/* Each series another number, all of whole KiB. */
static struct cgm_point full_point(int64_t time_ms, uint64_t seed)
{
	struct cgm_point p = {.time_ms = time_ms};

	for (unsigned i = 0; i < CGM_SERIES_COUNT; i++)
		cgm_point_set(&p, i,
			      cgm_series[i].unit == CGM_BYTES ? (seed + i) * 100 * KIB : seed + i);
	return p;
}

static void assert_point(const struct cgm_point *a, const struct cgm_point *b)
{
	assert_int_equal(a->time_ms, b->time_ms);
	assert_int_equal(a->known, b->known);
	for (unsigned i = 0; i < CGM_SERIES_COUNT; i++) {
		if (!cgm_point_has(b, i))
			continue;
		assert_int_equal(a->v[i], b->v[i]);
		assert_int_equal(a->min[i], b->min[i]);
		assert_int_equal(a->max[i], b->max[i]);
	}
}

static void test_round_trip(void **state)
{
	struct cgm_history *h = case_writer(NULL);
	struct cgm_point p[3];
	struct cgm_track t;
	int64_t id = 0, from, to;

	(void)state;
	assert_int_equal(cgm_history_last_round(h), 0);
	for (int i = 0; i < 3; i++) {
		p[i] = full_point(T0 + i * 10 * SEC, 10 + (uint64_t)i);
		case_begin(h, p[i].time_ms);
		id = case_add(h, "web", &p[i]);
		case_commit(h);
	}
	assert_int_equal(cgm_history_last_round(h), T0 + 20 * SEC);
	cgm_history_free(h);
	h = case_reader();
	t = case_read(h, id, T0, T0 + 20 * SEC, 0);
	assert_int_equal(t.n, 3);
	assert_int_equal(t.step_ms, 10 * SEC);
	for (int i = 0; i < 3; i++)
		assert_point(&t.points[i], &p[i]);
	cgm_track_clear(&t);
	/* both ends belong to it */
	t = case_read(h, id, T0 + 1, T0 + 20 * SEC - 1, 0);
	assert_int_equal(t.n, 1);
	assert_point(&t.points[0], &p[1]);
	cgm_track_clear(&t);
	assert_int_equal(cgm_history_span(h, &from, &to, NULL), 0);
	assert_int_equal(from, T0);
	assert_int_equal(to, T0 + 20 * SEC);
	assert_int_equal(cgm_history_last_round(h), T0 + 20 * SEC);
	cgm_history_free(h);
}

/* Go's figures come with the rounds in which they were read, and are not repeated. */
static void test_go(void **state)
{
	struct cgm_history *h = case_writer(NULL);
	struct cgm_track t;
	int64_t id = 0;

	(void)state;
	for (int i = 0; i < 8; i++) {
		struct cgm_point p = {.time_ms = T0 + i * 10 * SEC};

		cgm_point_set(&p, CGM_SERIES_ANON, MIB);
		if (i % 6 == 0)
			cgm_point_set(&p, CGM_SERIES_GO_HEAP, 1000 * KIB);
		case_begin(h, p.time_ms);
		id = case_add(h, "web", &p);
		case_commit(h);
	}
	assert_int_equal(case_number("SELECT count(*) FROM samples"), 1);
	assert_int_equal(case_number("SELECT count(*) FROM go_samples"), 2);
	t = case_read(h, id, 0, INT64_MAX, 0);
	assert_int_equal(t.n, 8);
	for (int i = 0; i < 8; i++)
		assert_int_equal(cgm_point_has(&t.points[i], CGM_SERIES_GO_HEAP), i % 6 == 0);
	assert_int_equal(t.points[6].v[CGM_SERIES_GO_HEAP], 1000 * KIB);
	cgm_track_clear(&t);
	cgm_history_free(h);
}

static void test_targets(void **state)
{
	struct cgm_history *h = case_writer(NULL);
	struct cgm_history_target t = {.kind = "container",
				       .name = "web",
				       .container_id = "aaa",
				       .project = "shop",
				       .image = "nginx:1"};
	struct cgm_history_targets all;
	int64_t first, again, other;

	(void)state;
	case_begin(h, T0);
	assert_int_equal(cgm_history_target(h, &t, &first, NULL), 0);
	t.container_id = "bbb"; /* it was made anew */
	t.project = NULL;
	t.service = "front";
	assert_int_equal(cgm_history_target(h, &t, &again, NULL), 0);
	assert_int_equal(again, first);
	t.kind = "cgroup";
	t.path = "/web";
	assert_int_equal(cgm_history_target(h, &t, &other, NULL), 0);
	assert_int_not_equal(other, first);
	case_commit(h);
	assert_int_equal(cgm_history_targets(h, T0, &all, NULL), 0);
	assert_int_equal(all.n, 2);
	assert_string_equal(all.v[0].kind, "cgroup");
	assert_string_equal(all.v[0].path, "/web");
	assert_int_equal(all.v[1].id, first);
	assert_string_equal(all.v[1].kind, "container");
	assert_string_equal(all.v[1].name, "web");
	assert_null(all.v[1].project);
	assert_string_equal(all.v[1].service, "front");
	assert_string_equal(all.v[1].image, "nginx:1");
	assert_string_equal(all.v[1].container_id, "bbb");
	assert_null(all.v[1].path);
	assert_int_equal(all.v[1].first_ms, T0);
	assert_int_equal(all.v[1].last_ms, T0);
	cgm_history_targets_clear(&all);
	/* to a minute */
	assert_int_equal(cgm_history_targets(h, T0 + MIN, &all, NULL), 0);
	assert_int_equal(all.n, 2);
	cgm_history_targets_clear(&all);
	assert_int_equal(cgm_history_targets(h, T0 + MIN + 1, &all, NULL), 0);
	assert_int_equal(all.n, 0);
	cgm_history_targets_clear(&all);
	cgm_history_free(h);
}

static void test_refused_input(void **state)
{
	struct cgm_history *h = case_writer(NULL);
	char name[4097];
	struct cgm_history_target t = {.kind = "container", .name = name};
	struct cgm_point p = {0};
	int64_t id = -1;

	(void)state;
	memset(name, 'x', sizeof name);
	name[4096] = '\0';
	assert_int_equal(cgm_history_target(h, &t, &id, NULL), -EINVAL); /* no round */
	assert_int_equal(cgm_history_add(h, 1, &p, NULL), -EINVAL);
	assert_int_equal(cgm_history_commit(h, NULL), -EINVAL);
	assert_int_equal(cgm_history_begin(h, 0, NULL), -EINVAL);
	assert_int_equal(cgm_history_begin(h, INT64_MAX, NULL), -EINVAL);
	case_begin(h, T0);
	assert_int_equal(cgm_history_begin(h, T0 + 1, NULL), -EINVAL);
	assert_int_equal(cgm_history_target(h, &t, &id, NULL), -ENAMETOOLONG);
	name[4095] = '\0';
	assert_int_equal(cgm_history_target(h, &t, &id, NULL), 0);
	t.name = "";
	assert_int_equal(cgm_history_target(h, &t, &id, NULL), -EINVAL);
	t = (struct cgm_history_target){.kind = "pod", .name = "x"};
	assert_int_equal(cgm_history_target(h, &t, &id, NULL), -EINVAL);
	assert_int_equal(cgm_history_add(h, 4711, &p, NULL), -EINVAL);
	case_commit(h);
	cgm_history_free(h);
}

static void test_events(void **state)
{
	struct cgm_history *h = case_writer(NULL);
	const struct cgm_event e[] = {
		{.time_ms = T0 + 5,
		 .kind = CGM_EVENT_OOM_KILL,
		 .value = {3, true},
		 .detail = "a\\x1bb"},
		{.time_ms = T0 + 1, .kind = CGM_EVENT_START, .detail = "abc"},
		{.time_ms = T0 + 5, .kind = CGM_EVENT_LIMIT},
	};
	struct cgm_track t;
	int64_t id;

	(void)state;
	case_begin(h, T0);
	id = case_target(h, "web");
	for (int i = 0; i < 3; i++)
		assert_int_equal(cgm_history_add_event(h, id, &e[i], NULL), 0);
	/* told twice */
	assert_int_equal(cgm_history_add_event(h, id, &e[0], NULL), 0);
	case_commit(h);
	t = case_read(h, id, T0, T0 + 5, 0);
	assert_int_equal(t.n_events, 3);
	assert_int_equal(t.events[0].kind, CGM_EVENT_START);
	assert_string_equal(t.events[0].detail, "abc");
	assert_false(t.events[0].value.known);
	assert_int_equal(t.events[0].time_ms, T0 + 1);
	for (int i = 1; i < 3; i++) {
		bool oom = t.events[i].kind == CGM_EVENT_OOM_KILL;

		assert_int_equal(t.events[i].value.known, oom);
		assert_int_equal(t.events[i].value.v, oom ? 3 : 0);
		assert_string_equal(t.events[i].detail, oom ? "a\\x1bb" : "");
	}
	cgm_track_clear(&t);
	t = case_read(h, id, T0 + 2, T0 + 4, 0);
	assert_int_equal(t.n_events, 0);
	cgm_track_clear(&t);
	cgm_history_free(h);
}

/* What failed in the middle leaves nothing behind, and the next round is whole. */
static void test_round_thrown_away(void **state)
{
	struct cgm_history *h = case_writer(NULL);
	struct cgm_track t;
	int64_t id;

	(void)state;
	case_round(h, T0, "web", MIB);
	case_begin(h, T0 + 10 * SEC);
	case_add(h, "new", &(struct cgm_point){.known = 1, .v = {MIB}});
	cgm_history_free(h);
	h = case_writer(NULL);
	assert_int_equal(cgm_history_last_round(h), T0);
	assert_int_equal(case_number("SELECT count(*) FROM targets"), 1);
	id = case_round(h, T0 + 20 * SEC, "web", MIB);
	t = case_read(h, id, 0, INT64_MAX, 0);
	assert_int_equal(t.n, 2);
	cgm_track_clear(&t);
	cgm_history_free(h);
}

/*
 * Set back by 25 s: both are in the file. Who reads gets what was recorded later, and what is older
 * than that.
 */
static void test_clock_back(void **state)
{
	static const int64_t times[] = {0, 10, 20, 30, 40, 15, 25, 35};
	struct cgm_history *h = case_writer(NULL);
	struct cgm_track t;
	int64_t id = 0;

	(void)state;
	for (unsigned i = 0; i < 8; i++)
		id = case_round(h, T0 + times[i] * SEC, "web", (i + 1) * MIB);
	assert_int_equal(case_number("SELECT count(*) FROM samples"), 8);
	assert_int_equal(cgm_history_last_round(h), T0 + 35 * SEC);
	t = case_read(h, id, 0, INT64_MAX, 0);
	assert_int_equal(t.n, 5);
	for (unsigned i = 0; i < 5; i++) {
		unsigned at = i < 2 ? i : i + 3;

		assert_int_equal(t.points[i].time_ms, T0 + times[at] * SEC);
		assert_int_equal(t.points[i].v[CGM_SERIES_ANON], (at + 1) * MIB);
	}
	cgm_track_clear(&t);
	cgm_history_free(h);
}

/* The very same moment twice. */
static void test_clock_stands(void **state)
{
	struct cgm_history *h = case_writer(NULL);
	struct cgm_track t;
	int64_t id = 0;

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		id = case_round(h, T0, "web", (i + 1) * MIB);
	assert_int_equal(case_number("SELECT count(*) FROM samples"), 3);
	t = case_read(h, id, 0, INT64_MAX, 0);
	assert_int_equal(t.n, 1);
	assert_int_equal(t.points[0].v[CGM_SERIES_ANON], 3 * MIB);
	cgm_track_clear(&t);
	cgm_history_free(h);
}

/* To the nearest KiB; what cannot be is not kept. */
static void test_sizes(void **state)
{
	static const uint64_t in[] =
		{0,	    511, 512, 1535, 1536, UINT64_C(1) << 53, (UINT64_C(1) << 53) + 1024,
		 UINT64_MAX},
			      out[] = {0, 0, KIB, KIB, 2 * KIB, UINT64_C(1) << 53};
	struct cgm_history *h = case_writer(NULL);
	struct cgm_track t;
	int64_t id = 0;

	(void)state;
	for (unsigned i = 0; i < 8; i++) {
		struct cgm_point p = {0};

		cgm_point_set(&p, CGM_SERIES_ANON, in[i]);
		cgm_point_set(&p, CGM_SERIES_OOM_KILLS, i);
		case_begin(h, T0 + i * 10 * SEC);
		id = case_add(h, "web", &p);
		case_commit(h);
	}
	t = case_read(h, id, 0, INT64_MAX, 0);
	assert_int_equal(t.n, 8);
	for (unsigned i = 0; i < 8; i++) {
		assert_int_equal(cgm_point_has(&t.points[i], CGM_SERIES_ANON), i < 6);
		if (i < 6)
			assert_int_equal(t.points[i].v[CGM_SERIES_ANON], out[i]);
	}
	cgm_track_clear(&t);
	cgm_history_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_round_trip),	  CASE(test_go),	   CASE(test_targets),
		CASE(test_refused_input), CASE(test_events),	   CASE(test_round_thrown_away),
		CASE(test_clock_back),	  CASE(test_clock_stands), CASE(test_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
