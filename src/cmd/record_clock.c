/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/record_clock.h"

#include <string.h>

#include "base/units.h"

#include "base/banned.h"

/* A round that is late by less is no gap: points are still where the eye and the rules want them.
 */
static uint64_t gap_from(uint64_t every_ms)
{
	return 2 * every_ms + 3000;
}

static struct cgm_event make(enum cgm_event_kind kind, int64_t time_ms, struct cgm_opt value,
			     const char *detail)
{
	struct cgm_event e = {.time_ms = time_ms, .kind = kind, .value = value};

	memcpy(e.detail, detail, strlen(detail) + 1);
	return e;
}

static struct cgm_opt known(uint64_t v)
{
	return (struct cgm_opt){.v = v, .known = true};
}

size_t cgm_clock_judge(const struct cgm_moment *before, const struct cgm_moment *now,
		       uint64_t every_ms, struct cgm_event ret[2])
{
	const uint64_t passed = cgm_sub_sat(now->boot, before->boot);
	const uint64_t awake = cgm_sub_sat(now->mono, before->mono);
	const int64_t set = now->wall - before->wall - (int64_t)passed; /* forward */
	const struct cgm_opt none = {0};
	size_t n = 0;

	if (passed >= gap_from(every_ms))
		ret[n++] = make(CGM_EVENT_GAP, before->wall, known(passed),
				passed - awake > every_ms / 2 && passed > awake
					? "the machine was suspended"
					: "a round was late");
	if (set < -CGM_CLOCK_SLACK_MS)
		ret[n++] = make(CGM_EVENT_CLOCK, now->wall, known((uint64_t)-set),
				"the clock was set back");
	else if (set > CGM_CLOCK_SLACK_MS)
		ret[n++] = make(CGM_EVENT_CLOCK, now->wall, none, "the clock was set forward");
	return n;
}

size_t cgm_clock_judge_start(int64_t last_ms, int64_t now_ms, uint64_t every_ms,
			     struct cgm_event ret[2])
{
	if (last_ms <= 0)
		return 0;
	if (now_ms < last_ms - CGM_CLOCK_SLACK_MS) {
		ret[0] = make(CGM_EVENT_CLOCK, now_ms, known((uint64_t)(last_ms - now_ms)),
			      "the clock was set back");
		return 1;
	}
	if (now_ms < last_ms || (uint64_t)(now_ms - last_ms) < gap_from(every_ms))
		return 0;
	ret[0] = make(CGM_EVENT_GAP, last_ms, known((uint64_t)(now_ms - last_ms)),
		      "nothing was recorded");
	return 1;
}
