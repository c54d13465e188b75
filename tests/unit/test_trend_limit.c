/* SPDX-License-Identifier: Apache-2.0 */
/* When the limit is reached, and what stands in the way of saying it. */
#include "trend_case.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limit),	       cmocka_unit_test(test_limit_v1),
		cmocka_unit_test(test_needed_v1),      cmocka_unit_test(test_limit_without_a_rate),
		cmocka_unit_test(test_limit_pinned),   cmocka_unit_test(test_limit_slowed),
		cmocka_unit_test(test_limit_of_teeth),
	};

	assert_int_equal(setenv("TZ", "UTC0", 1), 0);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
