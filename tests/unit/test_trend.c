/* SPDX-License-Identifier: Apache-2.0 */
#include "trend_case.h"

static void test_table(void **state)
{
	(void)state;
	for (int i = 0; i < CGM_TREND_COUNT; i++) {
		assert_int_equal(cgm_trends[i].id, i);
		assert_non_null(cgm_trends[i].name);
		assert_non_null(cgm_trends[i].title);
	}
}

static void test_empty(void **state)
{
	(void)state;
	track = (struct cgm_track){0};
	make();
	near_to(trend.more_s, 60, 0);
	assert_int_equal(trend.carrier, CGM_TREND_COUNT);
	has("Not enough data: watch for 1 min more.");
	/* points that know nothing */
	struct cgm_point p = {.time_ms = TRACK_START};

	assert_int_equal(cgm_track_add(&track, &p), 0);
	assert_int_equal(cgm_track_add(&track, &p), 0);
	make();
	has("Docker's figure is not known.");
	done();
}

static void test_too_short(void **state)
{
	(void)state;
	track_start(&track, 11);
	make();
	near_to(trend.more_s, 10, 1e-6);
	has("Not enough data: watch for 10 s more.");
	done();
	track_start(&track, 12);
	make();
	near_to(trend.more_s, 0, 0);
	has("Docker's figure has not grown in 1 min 50 s.");
	done();
}

static void test_steady(void **state)
{
	(void)state;
	track_start(&track, 360);
	make();
	part_is(CGM_TREND_DOCKER, CGM_GROWTH_STEADY);
	assert_true(trend.part[CGM_TREND_ANON].known);
	assert_int_equal(trend.part[CGM_TREND_ANON].now, 60 * MIB);
	assert_int_equal(trend.part[CGM_TREND_CACHE_COUNTED].now, 12 * MIB);
	assert_false(trend.part[CGM_TREND_GO_LIVE].known);
	assert_false(trend.part[CGM_TREND_HUGETLB].known);
	assert_int_equal(trend.carrier, CGM_TREND_COUNT);
	assert_true(trend.limit.known && trend.limit.v == 512 * MIB);
	assert_false(trend.limit_in_s.known);
	assert_true(isinf(trend.limit_in_low_s));
	has("Docker's figure has not grown in 59 min 50 s.");
	lacks("leak");
	done();
}

/* 31 MiB in the hour's 359 steps, and 446 MiB from the limit at its beginning. */
static void test_leak(void **state)
{
	char rate[64];

	(void)state;
	track_start(&track, 360);
	track_ramp(&track, CGM_SERIES_ANON, 0, 360, 36 * MIB);
	make();
	part_is(CGM_TREND_DOCKER, CGM_GROWTH_GROWING);
	part_is(CGM_TREND_ANON, CGM_GROWTH_GROWING);
	part_is(CGM_TREND_KERNEL, CGM_GROWTH_STEADY);
	assert_int_equal(trend.carrier, CGM_TREND_ANON);
	near_to(trend.carrier_share, 1, 1e-6);
	near_to(trend.part[CGM_TREND_ANON].share, 1, 1e-6);
	near_to(trend.part[CGM_TREND_ANON].growth.rate, 0.01 * (double)MIB, 1);
	assert_string_equal(cgm_trend_rate_text(rate, &trend.part[CGM_TREND_ANON], true),
			    "+36.0 MiB/h");
	/* 410 MiB are left, at 0.01 MiB a second */
	assert_true(trend.limit_in_s.known);
	near_to((double)trend.limit_in_s.v, 41010, 10);
	assert_true(trend.limit_in_low_s <= 41011 && trend.limit_in_high_s >= 41009);
	has("Docker's figure grows by 36.0 MiB/h since 02:00; 100 % of it is anonymous memory, "
	    "which only the program can free: consistent with a leak in the program's own "
	    "memory. At this rate what cannot be reclaimed meets the limit of 512 MiB in "
	    "11 h 23 min.");
	done();
}

/* The same for ten minutes is called so, and for less it is not. */
static void test_long_enough_for_a_leak(void **state)
{
	(void)state;
	track_start(&track, 61);
	track_ramp(&track, CGM_SERIES_ANON, 0, 61, 36 * MIB);
	make();
	has("consistent with a leak");
	lacks("a longer look");
	done();
	track_start(&track, 60);
	track_ramp(&track, CGM_SERIES_ANON, 0, 60, 36 * MIB);
	make();
	has("only the program can free. Whether it goes on, a longer look tells.");
	lacks("leak");
	done();
}

static void test_cache(void **state)
{
	(void)state;
	track_start(&track, 360);
	track_ramp(&track, CGM_SERIES_CACHE, 0, 360, 36 * MIB);
	make();
	assert_int_equal(trend.carrier, CGM_TREND_CACHE_COUNTED);
	part_is(CGM_TREND_NEEDED, CGM_GROWTH_STEADY);
	assert_false(trend.limit_in_s.known);
	has("100 % of it is page cache, which the kernel takes back when it is needed.");
	lacks("leak");
	done();
	/* inactive page cache is in no figure of docker's, and told all the same */
	track_start(&track, 360);
	for (size_t i = 0; i < track.n; i++) {
		track_plus(&track, i, CGM_SERIES_CACHE, i * MIB / 10);
		track_plus(&track, i, CGM_SERIES_CACHE_INACTIVE, i * MIB / 10);
		track_plus(&track, i, CGM_SERIES_CHARGED, i * MIB / 10);
	}
	make();
	part_is(CGM_TREND_DOCKER, CGM_GROWTH_STEADY);
	part_is(CGM_TREND_CACHE_COUNTED, CGM_GROWTH_STEADY);
	part_is(CGM_TREND_CACHE, CGM_GROWTH_GROWING);
	part_is(CGM_TREND_CHARGED, CGM_GROWTH_GROWING);
	has("has not grown in 59 min 50 s. Page cache that it leaves out grows by 36.0 MiB/h:");
	done();
}

/* Inactive page cache up to the limit, where reclaim holds it: that it grew is told. */
static void test_cache_to_the_limit(void **state)
{
	(void)state;
	for (int limit = 0; limit < 2; limit++) {
		track_start(&track, 360);
		for (size_t i = 0; i < track.n; i++) {
			uint64_t grown = (i < 60 ? i : 60) * MIB;

			track_plus(&track, i, CGM_SERIES_CACHE, grown);
			track_plus(&track, i, CGM_SERIES_CACHE_INACTIVE, grown);
			track_plus(&track, i, CGM_SERIES_CHARGED, grown);
			cgm_point_set(&track.points[i], CGM_SERIES_LIMIT,
				      (limit ? 148 : 160) * MIB);
		}
		make();
		part_is(CGM_TREND_DOCKER, CGM_GROWTH_STEADY);
		part_is(CGM_TREND_CACHE, CGM_GROWTH_PLATEAU);
		has("Docker's figure has not grown in 59 min 50 s. Page cache that it leaves out "
		    "grew by ");
		has(limit ? " until 02:10, when the limit was met: the kernel takes it back when "
			    "it is needed."
			  : " until 02:10: the kernel takes it back when it is needed.");
		done();
	}
}

/* Two parts grow: the one with more carries it, each with its share. */
static void test_shares(void **state)
{
	(void)state;
	track_start(&track, 360);
	track_ramp(&track, CGM_SERIES_TMPFS, 0, 360, 30 * MIB);
	track_ramp(&track, CGM_SERIES_KERNEL, 0, 360, 10 * MIB);
	make();
	assert_int_equal(trend.carrier, CGM_TREND_TMPFS);
	near_to(trend.carrier_share, 0.75, 1e-3);
	near_to(trend.part[CGM_TREND_TMPFS].share, 0.75, 1e-3);
	near_to(trend.part[CGM_TREND_KERNEL].share, 0.25, 1e-3);
	near_to(trend.part[CGM_TREND_ANON].share, 0, 0);
	has("75 % of it is tmpfs and shared memory, which stays until its files or segments are "
	    "removed: consistent with a leak of files or segments in shared memory.");
	done();
}

/* Shares are of the growth since it began: what went on before does not count. */
static void test_shares_since(void **state)
{
	(void)state;
	track_start(&track, 360);
	track_ramp(&track, CGM_SERIES_TMPFS, 200, 360, 60 * MIB);
	for (size_t i = 0; i < track.n; i++) {
		uint64_t part = i < 200 ? 2000 * i : 400000;

		/* kernel memory grew before, and shrinks since; it is told so, and has no share */
		track_plus(&track, i, CGM_SERIES_KERNEL, 8 * MIB - part);
		cgm_point_set(&track.points[i], CGM_SERIES_SOCK, 8 * MIB - MIB * i / 360);
	}
	make();
	part_is(CGM_TREND_DOCKER, CGM_GROWTH_GROWING);
	part_is(CGM_TREND_SOCK, CGM_GROWTH_SHRINKING);
	near_to(trend.part[CGM_TREND_DOCKER].growth.since_s, (double)TRACK_START / 1000 + 2000,
		100);
	assert_int_equal(trend.carrier, CGM_TREND_TMPFS);
	near_to(trend.part[CGM_TREND_TMPFS].share, 1, 0.01);
	near_to(trend.part[CGM_TREND_SOCK].share, 0, 0);
	near_to(trend.part[CGM_TREND_KERNEL].share, 0, 0);
	done();
}

/* The noise of page cache bends the whole: it grows since its carrier does, as long as it does. */
static void test_since_of_the_carrier(void **state)
{
	(void)state;
	for (int pause = 0; pause < 2; pause++) {
		track_start(&track, 240);
		track_ramp(&track, CGM_SERIES_ANON, 0, 240, 48 * MIB);
		for (size_t i = 0; i < track.n; i++) {
			/* falls slowly for a while: by a sixth of what anonymous memory grows by,
			   or by all of it */
			uint64_t fell = (i < 120 ? i : 120) * MIB / (pause ? 5 : 30);

			track_plus(&track, i, CGM_SERIES_CACHE, 30 * MIB - fell);
			track_plus(&track, i, CGM_SERIES_DOCKER, 30 * MIB - fell);
			track_plus(&track, i, CGM_SERIES_CHARGED, 30 * MIB - fell);
		}
		make();
		assert_int_equal(trend.carrier, CGM_TREND_ANON);
		part_is(CGM_TREND_DOCKER, CGM_GROWTH_GROWING);
		near_to(trend.part[CGM_TREND_ANON].growth.since_s, (double)TRACK_START / 1000, 0);
		near_to(trend.part[CGM_TREND_DOCKER].growth.since_s,
			(double)TRACK_START / 1000 + (pause ? 1200 : 0), pause ? 50 : 0);
		near_to(trend.part[CGM_TREND_DOCKER].growth.rate, (double)MIB / (pause ? 50 : 54),
			(double)MIB / 1000);
		assert_true(trend.part[CGM_TREND_DOCKER].growth.low <=
				    trend.part[CGM_TREND_DOCKER].growth.rate &&
			    trend.part[CGM_TREND_DOCKER].growth.rate <=
				    trend.part[CGM_TREND_DOCKER].growth.high);
		done();
	}
}

/* 256 KiB, or half a percent of what it is; ten, or two of a hundred. */
static void test_noise(void **state)
{
	(void)state;
	for (int over = 0; over < 2; over++) {
		track_start(&track, 360);
		track_ramp(&track, CGM_SERIES_KERNEL, 0, 359, 256 * KIB + (over ? 2 * KIB : 0));
		track_go(&track, 0, 0, 0, (uint64_t)(over ? 12 : 10));
		make();
		part_is(CGM_TREND_KERNEL, over ? CGM_GROWTH_GROWING : CGM_GROWTH_STEADY);
		part_is(CGM_TREND_GOROUTINES, over ? CGM_GROWTH_GROWING : CGM_GROWTH_STEADY);
		done();
		track_start(&track, 360);
		for (size_t i = 0; i < track.n; i++)
			track_plus(&track, i, CGM_SERIES_TMPFS, 196 * MIB);
		track_ramp(&track, CGM_SERIES_TMPFS, 0, 359, MIB + (over ? 16 * KIB : 0));
		track_go(&track, 0, 0, 0, 0);
		for (size_t i = 0; i < track.n; i += 6)
			track_plus(&track, i, CGM_SERIES_GOROUTINES,
				   900 + (uint64_t)(over ? 22 : 20) * i / track.n);
		make();
		part_is(CGM_TREND_TMPFS, over ? CGM_GROWTH_GROWING : CGM_GROWTH_STEADY);
		part_is(CGM_TREND_GOROUTINES, over ? CGM_GROWTH_GROWING : CGM_GROWTH_STEADY);
		done();
	}
}

/* What lay before a restart is another program; a minute to ten it gets going. */
static void test_restart(void **state)
{
	(void)state;
	track_start(&track, 360);
	track_ramp(&track, CGM_SERIES_ANON, 0, 180, 200 * MIB);
	for (size_t i = 180; i < track.n; i++)
		for (int id = CGM_SERIES_CHARGED; id <= CGM_SERIES_NEEDED; id++)
			track.points[i].v[id] = track.points[0].v[id];
	track_event(&track, 180, CGM_EVENT_STOP);
	track_event(&track, 180, CGM_EVENT_START);
	make();
	assert_true(trend.restarted);
	assert_int_equal(trend.n_restarts, 1);
	assert_int_equal(trend.cut_ms, TRACK_START + 180 * TRACK_STEP);
	part_is(CGM_TREND_DOCKER, CGM_GROWTH_STEADY);
	/* 1790 s since then: 179 of warm-up */
	assert_int_equal(trend.part[CGM_TREND_DOCKER].growth.n, 180 - 18);
	done();
}

static void test_warm_up(void **state)
{
	static const struct {
		size_t n, warm;
	} cases[] = {{30, 6}, {59, 6}, {100, 10}, {600, 60}, {900, 60}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		track_start(&track, cases[i].n + 1);
		track_event(&track, 0, CGM_EVENT_START);
		make();
		assert_int_equal(trend.part[CGM_TREND_DOCKER].growth.n,
				 cases[i].n + 1 - cases[i].warm);
		done();
	}
	/* just started: nothing is said of it, whatever it does */
	track_start(&track, 17);
	track_event(&track, 0, CGM_EVENT_RESTART);
	track_ramp(&track, CGM_SERIES_ANON, 0, 17, 300 * MIB);
	make();
	assert_int_equal(trend.n_restarts, 0);
	part_is(CGM_TREND_DOCKER, CGM_GROWTH_UNKNOWN);
	has("Not enough data: watch for 10 s more.");
	done();
}

static void test_events(void **state)
{
	struct cgm_event kill = {.time_ms = TRACK_START + 1000, .kind = CGM_EVENT_OOM_KILL};

	(void)state;
	track_start(&track, 100);
	assert_int_equal(cgm_track_add_event(&track, &kill), 0);
	kill.value = (struct cgm_opt){3, true};
	assert_int_equal(cgm_track_add_event(&track, &kill), 0);
	kill.value = (struct cgm_opt){0, true};
	assert_int_equal(cgm_track_add_event(&track, &kill), 0);
	/* before the first point, of a short run; behind the last, as the one that ends it */
	kill.time_ms = TRACK_START - 1;
	assert_int_equal(cgm_track_add_event(&track, &kill), 0);
	kill.time_ms = TRACK_START + TRACK_STEP * 99 + 1;
	assert_int_equal(cgm_track_add_event(&track, &kill), 0);
	track_event(&track, 20, CGM_EVENT_RESTART);
	track_event(&track, 40, CGM_EVENT_GAP);
	make();
	assert_int_equal(trend.n_kills, 7);
	assert_int_equal(trend.n_restarts, 1);
	assert_int_equal(trend.cut_ms, TRACK_START + 20 * TRACK_STEP);
	done();
}

static void test_plateau(void **state)
{
	(void)state;
	track_start(&track, 360);
	track_ramp(&track, CGM_SERIES_CACHE, 0, 180, 200 * MIB);
	make();
	part_is(CGM_TREND_DOCKER, CGM_GROWTH_PLATEAU);
	assert_int_equal(trend.carrier, CGM_TREND_COUNT);
	has("Docker's figure grew by 198 MiB until 02:30 and has been level since: page cache, "
	    "which the kernel takes back when it is needed.");
	lacks("leak");
	done();
}

static void test_step(void **state)
{
	(void)state;
	track_start(&track, 360);
	track_ramp(&track, CGM_SERIES_TMPFS, 180, 181, 0);
	for (size_t i = 180; i < track.n; i++) {
		track_plus(&track, i, CGM_SERIES_TMPFS, 50 * MIB);
		track_plus(&track, i, CGM_SERIES_DOCKER, 50 * MIB);
	}
	make();
	part_is(CGM_TREND_DOCKER, CGM_GROWTH_STEPPED);
	has("Docker's figure rose by 50.0 MiB at 02:30, and has been level before and since: tmpfs "
	    "and shared memory, which stays until");
	done();
}

static void test_limit(void **state)
{
	(void)state;
	/* there is one, and it is met: no time is left */
	track_start(&track, 360);
	track_ramp(&track, CGM_SERIES_ANON, 0, 360, 500 * MIB);
	make();
	assert_true(trend.limit_in_s.known);
	assert_int_equal(trend.limit_in_s.v, 0);
	done();
	/* there was one */
	track_start(&track, 360);
	track_ramp(&track, CGM_SERIES_ANON, 0, 360, 50 * MIB);
	track.points[359].known &= ~(UINT32_C(1) << CGM_SERIES_LIMIT);
	make();
	assert_false(trend.limit.known);
	assert_false(trend.limit_in_s.known);
	lacks("limit");
	done();
}

static void test_rate_text(void **state)
{
	struct cgm_trend_part p = {0};
	char buf[64];

	(void)state;
	assert_string_equal(cgm_trend_rate_text(buf, &p, true), "-");
	p.known = true;
	assert_string_equal(cgm_trend_rate_text(buf, &p, true), "-");
	p.growth.verdict = CGM_GROWTH_STEADY;
	p.growth.rate = 1000;
	assert_string_equal(cgm_trend_rate_text(buf, &p, true), "0");
	p.growth.verdict = CGM_GROWTH_GROWING;
	p.growth.rate = 31.2 * (double)MIB / 3600;
	assert_string_equal(cgm_trend_rate_text(buf, &p, true), "+31.2 MiB/h");
	p.growth.verdict = CGM_GROWTH_SHRINKING;
	p.growth.rate = -p.growth.rate;
	assert_string_equal(cgm_trend_rate_text(buf, &p, true), "-31.2 MiB/h");
	p.growth.rate = -120.0 / 3600;
	assert_string_equal(cgm_trend_rate_text(buf, &p, false), "-120/h");
	p.growth.rate = 1e300;
	assert_true(strlen(cgm_trend_rate_text(buf, &p, true)) < 64);
	assert_true(strlen(cgm_trend_rate_text(buf, &p, false)) < 64);
}

static void test_short_buffer(void **state)
{
	char small[20];

	(void)state;
	track_start(&track, 360);
	make();
	assert_int_equal(cgm_trend_verdict(&trend, small, sizeof small), strlen(text));
	assert_int_equal(strlen(small), sizeof small - 1);
	assert_int_equal(cgm_trend_verdict(&trend, NULL, 0), strlen(text));
	done();
}

/* A history file that lies: times that go back, values as large as can be, all kinds of events. */
static void test_random(void **state)
{
	uint64_t rnd = test_seed();

	(void)state;
	for (int round = 0; round < 60; round++) {
		track = (struct cgm_track){.step_ms = next_random(&rnd)};
		for (size_t i = next_random(&rnd) % 300; i; i--) {
			struct cgm_point p = {.time_ms = (int64_t)(next_random(&rnd) % 100000),
					      .known = (uint32_t)next_random(&rnd)};

			if (i % 8)
				p.time_ms = 100000 - (int64_t)i * 100;
			for (int k = 0; k < CGM_SERIES_COUNT; k++)
				p.v[k] = next_random(&rnd) >> (next_random(&rnd) % 64);
			assert_int_equal(cgm_track_add(&track, &p), 0);
			if (next_random(&rnd) % 32 == 0) {
				struct cgm_event e = {
					.time_ms = p.time_ms,
					.kind = (enum cgm_event_kind)(next_random(&rnd) %
								      CGM_EVENT_KIND_COUNT)};

				assert_int_equal(cgm_track_add_event(&track, &e), 0);
			}
		}
		make();
		assert_true(trend.carrier_share >= 0 && trend.carrier_share <= 1);
		assert_true(trend.more_s >= 0);
		for (int k = 0; k < CGM_TREND_COUNT; k++)
			assert_true(trend.part[k].share >= 0 && trend.part[k].share <= 1);
		done();
	}
}

/* Torn down by a kill: the last samples are no fall, and nothing is told of what comes. */
static void test_ended(void **state)
{
	(void)state;
	track_start(&track, 360);
	track_ramp(&track, CGM_SERIES_ANON, 0, 360, 36 * MIB);
	for (size_t i = 358; i < 360; i++)
		track.points[i].v[CGM_SERIES_DOCKER] = track.points[i].v[CGM_SERIES_ANON] = MIB;
	make();
	part_is(CGM_TREND_DOCKER, CGM_GROWTH_GROWING);
	assert_int_equal(trend.part[CGM_TREND_DOCKER].now, MIB);
	assert_true(trend.limit_in_s.known && !trend.ended);
	done();
	track_start(&track, 360);
	track_ramp(&track, CGM_SERIES_ANON, 0, 360, 36 * MIB);
	for (size_t i = 358; i < 360; i++)
		track.points[i].v[CGM_SERIES_DOCKER] = track.points[i].v[CGM_SERIES_ANON] = MIB;
	track_event(&track, 358, CGM_EVENT_OOM_KILL);
	track_event(&track, 359, CGM_EVENT_STOP);
	make();
	part_is(CGM_TREND_DOCKER, CGM_GROWTH_GROWING);
	assert_true(trend.ended && !trend.limit_in_s.known);
	assert_true(trend.part[CGM_TREND_DOCKER].now > 30 * MIB);
	has("Docker's figure grew by ");
	has(" until it ended at ");
	lacks("meets the limit");
	has(", when the kernel killed one of its processes for want of memory.");
	/* it was started again: it lives */
	track_event(&track, 359, CGM_EVENT_START);
	make();
	assert_false(trend.ended);
	done();
}

/* Kernel memory grows by 36 MiB in the hour; @slab of that counts as reclaimable. */
static void kernel_grows(bool v1, uint64_t slab)
{
	track_start(&track, 360);
	track_ramp(&track, CGM_SERIES_KERNEL, 0, 360, 36 * MIB);
	for (size_t i = 0; i < track.n && !v1; i++) {
		cgm_point_set(&track.points[i], CGM_SERIES_SLAB_RECLAIMABLE, MIB + slab * i / 360);
		cgm_point_set(&track.points[i], CGM_SERIES_NEEDED,
			      track.points[i].v[CGM_SERIES_NEEDED] - slab * i / 360);
	}
}

static void doubt_is(enum cgm_trend_doubt want, const char *says)
{
	make();
	assert_int_equal(trend.limit_doubt, want);
	assert_int_equal(trend.limit_in_s.known, want == CGM_TREND_DOUBT_NONE);
	assert_int_equal(isinf(trend.limit_in_low_s) != 0, want != CGM_TREND_DOUBT_NONE);
	has(says);
	lacks(want ? "meets the limit" : "is unknown");
	done();
}

static const char unknown_on_v1[] =
	"When the limit of 512 MiB is met is unknown, because cgroup v1 does not tell how much of "
	"the kernel memory can be reclaimed.";

/* By v1's figures nobody knows what of the kernel's memory can be reclaimed, but for threads. */
static void test_limit_v1(void **state)
{
	(void)state;
	kernel_grows(true, 0);
	doubt_is(CGM_TREND_DOUBT_KERNEL, unknown_on_v1);
	kernel_grows(false, 0);
	doubt_is(CGM_TREND_DOUBT_NONE, "meets the limit of 512 MiB in");
	/* a quarter of all that may be needed, and a little less */
	for (int less = 0; less < 2; less++) {
		kernel_grows(true, 0);
		track_ramp(&track, CGM_SERIES_ANON, 0, 360, (less ? 110 : 106) * MIB);
		doubt_is(less ? CGM_TREND_DOUBT_NONE : CGM_TREND_DOUBT_KERNEL,
			 less ? "meets" : unknown_on_v1);
	}
	/* 16 KiB a thread: 1728 of them are three quarters of it */
	for (int less = 0; less < 2; less++) {
		kernel_grows(true, 0);
		for (size_t i = 0; i < track.n; i++)
			cgm_point_set(&track.points[i], CGM_SERIES_PIDS,
				      1 + (less ? 1760 : 1690) * i / 360);
		doubt_is(less ? CGM_TREND_DOUBT_NONE : CGM_TREND_DOUBT_KERNEL,
			 less ? "meets" : unknown_on_v1);
	}
	/* it stays, and could fill half of what is left: 413 MiB, less what it is itself */
	for (int less = 0; less < 2; less++) {
		track_start(&track, 360);
		track_ramp(&track, CGM_SERIES_ANON, 0, 360, 36 * MIB);
		track_ramp(&track, CGM_SERIES_KERNEL, 0, 1, (less ? 203 : 204) * MIB);
		doubt_is(less ? CGM_TREND_DOUBT_NONE : CGM_TREND_DOUBT_KERNEL,
			 less ? "meets" : unknown_on_v1);
	}
}

/* What nobody knows of v1's kernel memory is not said to be unreclaimable: from 4 MiB on. */
static void test_needed_v1(void **state)
{
	(void)state;
	for (int less = 0; less < 2; less++) {
		track_start(&track, 360);
		track_ramp(&track, CGM_SERIES_ANON, 0, 360, 36 * MIB);
		track_ramp(&track, CGM_SERIES_KERNEL, 359, 359, less ? MIB - 1 : MIB);
		make();
		assert_int_equal(trend.kernel_in_doubt.known, !less);
		assert_int_equal(trend.kernel_in_doubt.v, less ? 0 : 4 * MIB);
		assert_int_equal(trend.part[CGM_TREND_NEEDED].now,
				 63 * MIB + 36 * MIB * 359 / 360 + (less ? 4 * MIB - 1 : 0));
		/* the soonest: were the kernel's memory to stay, too */
		if (!less)
			assert_true((double)trend.limit_in_s.v - trend.limit_in_low_s > 399);
		done();
	}
	/* a whole kernel of names and inodes leaves what is needed as it is */
	kernel_grows(true, 0);
	make();
	part_is(CGM_TREND_KERNEL, CGM_GROWTH_GROWING);
	part_is(CGM_TREND_NEEDED, CGM_GROWTH_STEADY);
	assert_int_equal(trend.part[CGM_TREND_NEEDED].now, 63 * MIB);
	done();
	/* v2 tells */
	kernel_grows(false, 0);
	make();
	assert_false(trend.kernel_in_doubt.known);
	part_is(CGM_TREND_NEEDED, CGM_GROWTH_GROWING);
	done();
}

/* The time to the limit stands beside a rate of docker's figure, or is not told. */
static void test_limit_without_a_rate(void **state)
{
	(void)state;
	track_start(&track, 360);
	track_ramp(&track, CGM_SERIES_ANON, 0, 360, 36 * MIB);
	for (size_t i = 0; i < track.n - 3; i++)
		track.points[i].known &= ~(UINT32_C(1) << CGM_SERIES_DOCKER);
	make();
	part_is(CGM_TREND_DOCKER, CGM_GROWTH_UNKNOWN);
	part_is(CGM_TREND_NEEDED, CGM_GROWTH_GROWING);
	assert_false(trend.limit_in_s.known);
	assert_true(isinf(trend.limit_in_low_s) && isinf(trend.limit_in_high_s));
	has("Not enough data");
	lacks("limit");
	done();
	/* what is counted of page cache falls as fast: the rate is another than docker's */
	track_start(&track, 360);
	track_ramp(&track, CGM_SERIES_ANON, 0, 360, 36 * MIB);
	for (size_t i = 0; i < track.n; i++)
		cgm_point_set(&track.points[i], CGM_SERIES_DOCKER, 79 * MIB);
	make();
	part_is(CGM_TREND_DOCKER, CGM_GROWTH_STEADY);
	assert_true(trend.limit_in_s.known);
	has("Docker's figure has not grown in 59 min 50 s. What cannot be reclaimed grows by "
	    "36.0 MiB/h and so meets the limit of 512 MiB in 11 h 23 min.");
	done();
}

/* 32 MiB of inodes and names; 4 MiB of descriptors beside them keep them, and less do not. */
static void test_limit_pinned(void **state)
{
	static const char unknown[] =
		"is unknown, because slab that counts as reclaimable grows in "
		"step with what keeps it";

	(void)state;
	kernel_grows(false, 319 * MIB / 10);
	doubt_is(CGM_TREND_DOUBT_PINNED, unknown);
	kernel_grows(false, 322 * MIB / 10);
	doubt_is(CGM_TREND_DOUBT_NONE, "meets");
	/* sockets' buffers */
	kernel_grows(false, 33 * MIB);
	track_ramp(&track, CGM_SERIES_SOCK, 0, 360, 2 * MIB);
	doubt_is(CGM_TREND_DOUBT_PINNED, unknown);
	/* a quarter of what is needed, and less: another time would not come of it */
	for (int less = 0; less < 2; less++) {
		kernel_grows(false, (less ? 7 : 8) * MIB);
		doubt_is(less ? CGM_TREND_DOUBT_NONE : CGM_TREND_DOUBT_PINNED,
			 less ? "meets" : unknown);
	}
}

/*
 * Waves on a line that goes up by 36 MiB an hour: too regular for a bend. At the end of this hour
 * one goes up as the line does, or it has just been at its height.
 */
static void test_limit_slowed(void **state)
{
	const size_t period = 200;

	(void)state;
	for (int slowed = 0; slowed < 2; slowed++) {
		track_start(&track, 360);
		for (size_t i = 0; i < track.n; i++) {
			size_t at = (i + (slowed ? 0 : 133)) % period;

			at = at < period / 2 ? at : period - at;
			track_plus(&track, i, CGM_SERIES_NEEDED,
				   i * MIB / 10 + at * 12 * MIB / period);
		}
		make();
		near_to(trend.part[CGM_TREND_NEEDED].growth.rate, 0.01 * (double)MIB,
			0.001 * (double)MIB);
		doubt_is(slowed ? CGM_TREND_DOUBT_RATE : CGM_TREND_DOUBT_NONE,
			 slowed ? "is unknown, because what cannot be reclaimed has grown more "
				  "slowly of late"
				: "meets");
	}
}

/* Teeth of 36 MiB on a floor that rises by 72 MiB an hour: their heights meet the limit. */
static void test_limit_of_teeth(void **state)
{
	(void)state;
	for (size_t n = 352; n <= 360; n += 4) {
		track_start(&track, n);
		for (size_t i = 0; i < n; i++)
			for (int k = 0; k < 4; k++)
				track_plus(&track, i,
					   (enum cgm_series_id[]){
						   CGM_SERIES_CHARGED, CGM_SERIES_DOCKER,
						   CGM_SERIES_ANON, CGM_SERIES_NEEDED}[k],
					   i % 10 * 4 * MIB + i * MIB / 5);
		make();
		part_is(CGM_TREND_NEEDED, CGM_GROWTH_GROWING);
		assert_true(trend.part[CGM_TREND_NEEDED].growth.sawtooth);
		near_to((double)trend.limit_in_s.v, ((512 - 66 - 36) * 5 - (double)n) * 10, 150);
		has("Docker's figure goes up and down, and what is left after each fall grows by "
		    "72");
		cgm_trend_end(&trend);
		(void)cgm_trend_verdict(&trend, text, sizeof text);
		has("Docker's figure went up and down, and what was left after each fall grew by "
		    "72");
		done();
	}
}

/* All of its verdicts, of what ended: nothing is told as if it went on. */
static void test_words_of_the_dead(void **state)
{
	static const char *const present[] = {" grows ", " goes ", " has ", " begins ",
					      "watch for"};

	(void)state;
	for (int v = 0; v < CGM_GROWTH_VERDICT_COUNT; v++)
		for (unsigned bits = 0; bits < 16; bits++) {
			trend = (struct cgm_trend){.carrier = CGM_TREND_COUNT,
						   .runs = {.n = bits & 8 ? 3 : 0},
						   .ended = true,
						   .killed = bits & 1,
						   .n_kills = bits & 1 ? 3 : 0,
						   .more_s = bits & 4 ? 60 : 0};
			trend.part[CGM_TREND_DOCKER].known = true;
			trend.part[CGM_TREND_DOCKER].growth =
				(struct cgm_growth){.verdict = (enum cgm_growth_verdict)v,
						    .sawtooth = bits & 2,
						    .was_level = bits & 1,
						    .grew = bits & 2 ? 6e6 : 0,
						    .fell = bits & 2 ? 4e6 : 0,
						    .rate = 1000,
						    .before = 5e6};
			trend.part[CGM_TREND_CACHE].growth.verdict = CGM_GROWTH_GROWING;
			(void)cgm_trend_verdict(&trend, text, sizeof text);
			for (size_t i = 0; i < sizeof present / sizeof *present; i++)
				lacks(present[i]);
			has(" ended at ");
		}
}

/* What a fall ended is told with both of its sides, and a step only between levels as one. */
static void test_words_of_a_fall(void **state)
{
	(void)state;
	track_start(&track, 60);
	make();
	trend.part[CGM_TREND_DOCKER].growth =
		(struct cgm_growth){.verdict = CGM_GROWTH_STEPPED,
				    .since_s = (double)TRACK_START / 1000 + 300,
				    .before = -30.0 * MIB,
				    .grew = 40.0 * MIB,
				    .fell = 30.0 * MIB,
				    .n = 30};
	(void)cgm_trend_verdict(&trend, text, sizeof text);
	assert_string_equal(text, "Docker's figure grew by 40.0 MiB until 02:05, fell by 30.0 MiB "
				  "then, and has been level since.");
	trend.part[CGM_TREND_DOCKER].growth.grew = 0;
	(void)cgm_trend_verdict(&trend, text, sizeof text);
	assert_string_equal(text, "Docker's figure fell by 30.0 MiB at 02:05, and has been level "
				  "since.");
	trend.part[CGM_TREND_DOCKER].growth.was_level = true;
	(void)cgm_trend_verdict(&trend, text, sizeof text);
	assert_string_equal(text, "Docker's figure fell by 30.0 MiB at 02:05, and has been level "
				  "before and since.");
	trend.more_s = 16;
	trend.part[CGM_TREND_DOCKER].growth.verdict = CGM_GROWTH_UNKNOWN;
	trend.part[CGM_TREND_DOCKER].growth.grew = 40.0 * MIB;
	for (int up = 0; up < 2; up++) {
		trend.part[CGM_TREND_DOCKER].growth.rise = up;
		(void)cgm_trend_verdict(&trend, text, sizeof text);
		assert_string_equal(text, up ? "Docker's figure grew by 40.0 MiB until 02:05 and "
					       "fell by 30.0 MiB then, and goes up again; whether "
					       "it falls each time cannot be told yet: watch for "
					       "16 s more."
					     : "Docker's figure grew by 40.0 MiB until 02:05 and "
					       "fell by 30.0 MiB then; whether it falls each time "
					       "cannot be told yet: watch for 16 s more.");
	}
	trend.part[CGM_TREND_DOCKER].growth.sawtooth = true;
	(void)cgm_trend_verdict(&trend, text, sizeof text);
	assert_string_equal(text, "Docker's figure goes up and down; whether what is left after "
				  "each fall grows cannot be told yet: watch for 16 s more.");
	done();
}

/* It was too fast to be judged, but what an OOM kill ended is not called level. */
static void test_killed_at_once(void **state)
{
	(void)state;
	track_start(&track, 26);
	track_ramp(&track, CGM_SERIES_ANON, 0, 26, 0);
	track_ramp(&track, CGM_SERIES_ANON, 19, 26, 26 * MIB);
	track_event(&track, 25, CGM_EVENT_OOM_KILL);
	make();
	track_event(&track, 25, CGM_EVENT_STOP);
	make();
	assert_true(trend.killed);
	has("when the kernel killed one of its processes for want of memory.");
	lacks("grow");
	done();
	/* not killed, and in the present: what is seen is told, not called level */
	track_start(&track, 26);
	track_ramp(&track, CGM_SERIES_ANON, 19, 26, 160 * MIB);
	make();
	part_is(CGM_TREND_DOCKER, CGM_GROWTH_UNKNOWN);
	has("Docker's figure is 137 MiB higher than 4 min 10 s before; whether that goes on ");
	done();
	track_start(&track, 26);
	track_ramp(&track, CGM_SERIES_ANON, 25, 26, 0);
	track_plus(&track, 25, CGM_SERIES_DOCKER, 75 * MIB); /* as much again: no more */
	make();
	has("Docker's figure has not grown in 4 min 10 s.");
	done();
	/* killed half a minute before: that ended it where no engine told of an exit code */
	for (int told = 0; told < 2; told++) {
		track_start(&track, 100);
		track_event(&track, 96, CGM_EVENT_OOM_KILL);
		track_event(&track, 99, CGM_EVENT_STOP);
		track.events[track.n_events - 1].value = (struct cgm_opt){137, told};
		make();
		assert_int_equal(trend.killed, !told);
		done();
	}
	/* killed long before the end: that did not end it */
	track_start(&track, 100);
	track_event(&track, 2, CGM_EVENT_OOM_KILL);
	track_event(&track, 99, CGM_EVENT_STOP);
	make();
	assert_true(trend.ended && !trend.killed);
	has("did not grow in ");
	has(" It ended at ");
	done();
}

static void track_kill(size_t at, uint64_t kills, const char *victim)
{
	struct cgm_event e = {.time_ms = TRACK_START + TRACK_STEP * (int64_t)at,
			      .kind = CGM_EVENT_OOM_KILL,
			      .value = {kills, kills > 0}};

	memcpy(e.detail, victim, strlen(victim) + 1);
	assert_int_equal(cgm_track_add_event(&track, &e), 0);
}

/* A child is killed and the container lives on: whatever the figures look like, it is told. */
static void test_kills_of_children(void **state)
{
	(void)state;
	track_start(&track, 360);
	track_ramp(&track, CGM_SERIES_ANON, 0, 180, 200 * MIB);
	make();
	part_is(CGM_TREND_DOCKER, CGM_GROWTH_PLATEAU);
	lacks("killed");
	track_kill(100, 0, "child");
	make();
	has("and has been level since");
	has(" The kernel killed child at 02:16 for want of memory.");
	/* before it was level: it is level all the same */
	track_kill(120, 2, "");
	make();
	has("and has been level since");
	has(" The kernel killed for want of memory 3 times, last one of its processes at 02:20.");
	/* and since: one may be chance, two keep it there */
	track_kill(300, 1, "child");
	make();
	has("and has been level since");
	has(" The kernel killed for want of memory 4 times, last child at 02:50.");
	track_kill(330, 1, "x");
	make();
	assert_int_equal(trend.n_kills_since, 2);
	has("Docker's figure goes up until the kernel kills for want of memory, and begins anew: "
	    "2 times in ");
	has(" The kernel killed for want of memory 5 times, last x at 02:55.");
	lacks("level");
	trend.n_kills = 2; /* none before: they are not counted twice */
	(void)cgm_trend_verdict(&trend, text, sizeof text);
	has(" 2 times in ");
	has(" The last was x at 02:55.");
	lacks("The kernel killed");
	/* the last one ended it */
	track_event(&track, 330, CGM_EVENT_STOP);
	make();
	assert_true(trend.killed);
	has(" It ended at 02:55, when the kernel killed x for want of memory. The kernel killed "
	    "for want of memory 4 times before.");
	done();
}

/* @ms between the last sample and the stop; what is there at the last two of them is @left. */
static uint64_t charged_at_end(int64_t ms, uint64_t left)
{
	struct cgm_event stop = {.time_ms = TRACK_START + 99000 + ms, .kind = CGM_EVENT_STOP};

	track_start(&track, 100);
	track.step_ms = 1000;
	for (size_t i = 0; i < track.n; i++)
		track.points[i].time_ms = TRACK_START + 1000 * (int64_t)i;
	cgm_point_set(&track.points[98], CGM_SERIES_CHARGED, left);
	cgm_point_set(&track.points[99], CGM_SERIES_CHARGED, left / 4);
	if (ms)
		assert_int_equal(cgm_track_add_event(&track, &stop), 0);
	make();
	done();
	return trend.part[CGM_TREND_CHARGED].now;
}

/* What a process that exits has not yet given back is not what the container had. */
static void test_torn_down(void **state)
{
	(void)state;
	assert_int_equal(charged_at_end(1500, 20 * MIB), 87 * MIB);
	assert_int_equal(charged_at_end(1500, 60 * MIB), 60 * MIB); /* perhaps it tidied up */
	assert_int_equal(charged_at_end(10500, 20 * MIB), 5 * MIB); /* too long before */
	assert_int_equal(charged_at_end(0, 20 * MIB), 5 * MIB);	    /* it runs */
}

/* The engine sent a signal after the kill: that ended it. */
static void test_ended_by_signals(void **state)
{
	struct cgm_event stop = {.time_ms = TRACK_START + 990000,
				 .kind = CGM_EVENT_STOP,
				 .value = {137, true},
				 .detail = "signal 9"};

	(void)state;
	track_start(&track, 100);
	track_kill(98, 1, "child");
	assert_int_equal(cgm_track_add_event(&track, &stop), 0);
	make();
	assert_true(trend.ended && !trend.killed);
	has("did not grow in ");
	has(" It ended at 02:16, after the engine sent it SIGKILL, as docker kill does. The kernel "
	    "killed child at 02:16 for want of memory.");
	/* of SIGKILL's code and no such signal the kill is the reason */
	memcpy(track.events[1].detail, "signal 15", 10);
	make();
	assert_true(trend.killed);
	has("It ended at 02:16, when the kernel killed child for want of memory.");
	lacks("SIGTERM");
	track.events[1].value.v = 2;
	make();
	assert_false(trend.killed);
	has(" It ended at 02:16, after the engine sent it SIGTERM, as docker stop does.");
	/* and started again it has not ended */
	track_event(&track, 99, CGM_EVENT_START);
	make();
	lacks("SIGTERM");
	done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_too_short),
		cmocka_unit_test(test_steady),
		cmocka_unit_test(test_leak),
		cmocka_unit_test(test_long_enough_for_a_leak),
		cmocka_unit_test(test_cache),
		cmocka_unit_test(test_cache_to_the_limit),
		cmocka_unit_test(test_shares),
		cmocka_unit_test(test_shares_since),
		cmocka_unit_test(test_since_of_the_carrier),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_warm_up),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_plateau),
		cmocka_unit_test(test_step),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_rate_text),
		cmocka_unit_test(test_short_buffer),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_ended),
		cmocka_unit_test(test_words_of_the_dead),
		cmocka_unit_test(test_words_of_a_fall),
		cmocka_unit_test(test_killed_at_once),
		cmocka_unit_test(test_kills_of_children),
		cmocka_unit_test(test_ended_by_signals),
		cmocka_unit_test(test_torn_down),
		cmocka_unit_test(test_limit_v1),
		cmocka_unit_test(test_needed_v1),
		cmocka_unit_test(test_limit_without_a_rate),
		cmocka_unit_test(test_limit_pinned),
		cmocka_unit_test(test_limit_slowed),
		cmocka_unit_test(test_limit_of_teeth),
	};

	assert_int_equal(setenv("TZ", "UTC0", 1), 0);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
