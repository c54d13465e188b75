/* SPDX-License-Identifier: Apache-2.0 */
/* An engine's events, in which names and labels are a container's maker's; and the kernel's log. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/events.h"
#include "sys/oomwatch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int check_kill(const struct cgm_oom_kill *k, void *arg)
{
	(void)arg;
	if (k->pid < 0 || strlen(k->victim) >= 64)
		abort();
	for (const char *c = k->victim; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			abort();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cgm_engine_events e = {0};

	if (cgm_engine_events_parse((const char *)data, size, &e) == 0) {
		for (size_t i = 0; i < e.n; i++)
			if (!e.v[i].target.id || strlen(e.v[i].target.id) != 64 ||
			    e.v[i].time_ns < 0 || e.v[i].kind >= CGM_ENGINE_EVENT_KIND_COUNT ||
			    (i && e.v[i].time_ns < e.v[i - 1].time_ns))
				abort();
		cgm_engine_events_clear(&e);
	}
	if (cgm_oomwatch_parse((const char *)data, size, 0, check_kill, NULL) < 0)
		abort();
	return 0;
}
