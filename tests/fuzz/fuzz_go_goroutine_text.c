/* SPDX-License-Identifier: Apache-2.0 */
/* /debug/pprof/goroutine?debug=1. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "golang/endpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct cgm_go *g)
{
	uint64_t sum = 0;

	if (!g->goroutines.known || g->n_groups > CGM_GO_GROUPS_MAX)
		__builtin_trap();
	for (size_t i = 0; i < g->n_groups; i++) {
		if (!g->groups[i].count || (i && g->groups[i].count > g->groups[i - 1].count))
			__builtin_trap();
		if (!memchr(g->groups[i].function, '\0', CGM_GO_FUNCTION_MAX))
			__builtin_trap();
		sum += g->groups[i].count;
	}
	if (g->n_groups < CGM_GO_GROUPS_MAX ? sum != g->goroutines.v : sum > g->goroutines.v)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cgm_go g = {0};

	if (!cgm_go_parse_goroutine_text((const char *)data, size, &g))
		check(&g);
	else if (g.groups || g.goroutines.known)
		__builtin_trap();
	cgm_go_clear(&g);
	return 0;
}
