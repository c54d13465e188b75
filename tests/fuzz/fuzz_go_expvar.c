/* SPDX-License-Identifier: Apache-2.0 */
/* /debug/vars. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "golang/endpoint.h"
#include "golang/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cgm_go g = {0};
	bool any = false;
	int r = cgm_go_parse_expvar((const char *)data, size, &g);

	for (size_t i = 0; i < CGM_GO_STAT_COUNT; i++)
		any = any || g.stat[i].known;
	if (any != (r == 0) || !cgm_go_adds_up(g.stat))
		__builtin_trap();
	if (!memchr(g.version, '\0', sizeof g.version) || g.groups || g.sites)
		__builtin_trap();
	return 0;
}
