/* SPDX-License-Identifier: Apache-2.0 */
/* What killed it, where a recording has its last samples. */
#include "death_case.h"

/* The log is a ring: then what was recorded tells which, when, and what was there before. */
static void test_recorded(void **state)
{
	static const char head[] = "The kernel killed die 2 min ago because memory ran out";
	struct cgm_event kill = {.kind = CGM_EVENT_OOM_KILL, .detail = "die"};
	struct cgm_point p = {.time_ms = 879000};
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	c.s.now = (struct cgm_sample){0};
	c.s.target.oom_killed = c.s.target.oom_killed_known = true;
	c.s.target.state = (char *)(uintptr_t) "exited";
	c.s.host.clock = 1000;
	assert_string_equal(oom(&c)->summary,
			    "The engine says that it was killed because memory ran out.");
	kill.time_ms = 880000;
	assert_int_equal(cgm_track_add_event(&c.s.track, &kill), 0);
	assert_string_equal(oom(&c)->summary,
			    "The kernel killed die 2 min ago because memory ran out.");
	c.s.oom.looked = true;
	assert_non_null(strstr(oom(&c)->summary, "the kernel's log has no report of it any more"));
	c.s.oom.looked = false;
	cgm_point_set(&p, CGM_SERIES_CHARGED, 31 * MIB);
	cgm_point_set(&p, CGM_SERIES_DOCKER, 31 * MIB);
	cgm_point_set(&p, CGM_SERIES_ANON, MIB);
	cgm_point_set(&p, CGM_SERIES_CACHE, 0);
	cgm_point_set(&p, CGM_SERIES_TMPFS, 29 * MIB);
	cgm_point_set(&p, CGM_SERIES_SOCK, 0);
	assert_int_equal(cgm_track_add(&c.s.track, &p), 0);
	assert_non_null(strstr(oom(&c)->summary, head));
	assert_non_null(strstr(oom(&c)->summary, ": 29.0 MiB of 31.0 MiB charged was files in "
						 "tmpfs, memfds and shared mappings."));
	assert_non_null(strstr(oom(&c)->advice, "/dev/shm"));
	/* what is a minute and more older tells nothing of it, nor what came after */
	c.s.track.points[0].time_ms = 820000;
	assert_non_null(strstr(oom(&c)->summary, "charged was files"));
	c.s.track.points[0].time_ms = 819999;
	assert_null(strstr(oom(&c)->summary, "charged"));
	c.s.track.points[0].time_ms = 880001;
	assert_null(strstr(oom(&c)->summary, "charged"));
	/* running: only a kill of this hour is critical */
	c.s.target.state = (char *)(uintptr_t) "running";
	assert_int_equal(oom(&c)->severity, CGM_CRITICAL);
	c.s.host.clock = 880 + 3600;
	assert_int_equal(oom(&c)->severity, CGM_WARN);
	cgm_track_clear(&c.s.track);
	case_end(&c);
}

/* Recorded, without a report: whose want it was follows from the limit and what was charged. */
static void test_recorded_limit(void **state)
{
	struct cgm_event kill = {.time_ms = 880000, .kind = CGM_EVENT_OOM_KILL, .detail = "die"};
	struct cgm_point p = {.time_ms = 870000};
	struct model_case c;

	(void)state;
	case_start(&c, 2);
	c.s.now = (struct cgm_sample){0};
	cgm_set(&c.s.now, CGM_OOM_KILLS, 1);
	c.s.host.clock = 1000;
	c.s.host.mem_total = (struct cgm_opt){1000 * MIB, true};
	cgm_point_set(&p, CGM_SERIES_CHARGED, 90 * MIB);
	cgm_point_set(&p, CGM_SERIES_LIMIT, 100 * MIB);
	assert_int_equal(cgm_track_add(&c.s.track, &p), 0);
	assert_int_equal(cgm_track_add_event(&c.s.track, &kill), 0);
	c.s.track.step_ms = 1000;
	assert_string_equal(oom(&c)->summary, "The kernel killed die 2 min ago because memory ran "
					      "out; its limit was 100 MiB.");
	cgm_point_set(&c.s.track.points[0], CGM_SERIES_ANON, 60 * MIB);
	cgm_point_set(&c.s.track.points[0], CGM_SERIES_CACHE, 0);
	assert_null(strstr(oom(&c)->summary, "anonymous"));
	c.s.track.points[0].max[CGM_SERIES_CHARGED] = 90 * MIB + 1;
	assert_string_equal(oom(&c)->summary,
			    "The kernel killed die 2 min ago because its limit of 100 MiB was "
			    "full. The last that was recorded of it before: 60.0 MiB of 90.0 MiB "
			    "charged was anonymous memory (heap, stacks).");
	/* a recorded moment whose sample does not count it, until the next start */
	c.s.now = (struct cgm_sample){0};
	assert_null(oom(&c));
	c.s.recorded = true;
	assert_non_null(oom(&c));
	kill.kind = CGM_EVENT_START;
	assert_int_equal(cgm_track_add_event(&c.s.track, &kill), 0);
	assert_null(oom(&c));
	c.s.track.n_events--;
	/* a minute before, and the span that a mean is of */
	c.s.track.points[0].time_ms = 819000;
	assert_non_null(strstr(oom(&c)->summary, "its limit of 100 MiB was full"));
	c.s.track.points[0].time_ms = 818999;
	assert_null(strstr(oom(&c)->summary, "was full"));
	/* what came after says nothing */
	c.s.track.points[0].time_ms = 880001;
	assert_non_null(strstr(oom(&c)->summary, "because memory ran out."));
	/* the machine's memory is no limit of its own */
	c.s.track.points[0].time_ms = 870000;
	c.s.host.mem_total.v = 100 * MIB;
	assert_non_null(strstr(oom(&c)->summary, "because memory ran out."));
	cgm_track_clear(&c.s.track);
	case_end(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded),
		cmocka_unit_test(test_recorded_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
