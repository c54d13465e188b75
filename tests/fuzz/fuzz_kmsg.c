/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's log, in which names of a container's choice stand. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sys/kmsg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const groups[] = {"/", "/docker/ab", "ab"};
	struct cgm_oom_report r = {0};
	struct cgm_oom_figures f = {0};

	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
		cgm_kmsg_parse((const char *)data, size, groups[i], 1u << 30, &r, &f);
		if (strnlen(r.victim, sizeof r.victim) == sizeof r.victim || r.pid < 0 ||
		    (!r.known && (r.pid || *r.victim || r.anon_rss.known)))
			abort();
		for (const char *c = r.victim; *c; c++) {
			if ((unsigned char)*c < 0x20 || *c == 0x7f)
				abort();
		}
	}
	cgm_oom_figures_clear(&f);
	return 0;
}
