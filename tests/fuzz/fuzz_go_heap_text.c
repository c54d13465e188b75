/* SPDX-License-Identifier: Apache-2.0 */
/* /debug/pprof/heap?debug=1. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "golang/endpoint.h"
#include "golang/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct cgm_go *g)
{
	uint64_t inuse = 0;

	if (!cgm_go_adds_up(g->stat) || g->n_sites > CGM_GO_SITES_MAX)
		__builtin_trap();
	for (size_t i = 0; i < g->n_sites; i++) {
		if (!memchr(g->sites[i].function, '\0', CGM_GO_FUNCTION_MAX))
			__builtin_trap();
		if (i && g->sites[i].inuse_bytes > g->sites[i - 1].inuse_bytes)
			__builtin_trap();
		inuse += g->sites[i].inuse_bytes;
	}
	if (inuse > g->inuse_space.v ||
	    (g->n_sites < CGM_GO_SITES_MAX && inuse != g->inuse_space.v))
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cgm_go g = {0};

	if (!cgm_go_parse_heap_text((const char *)data, size, &g))
		check(&g);
	else if (g.sites || g.inuse_space.known)
		__builtin_trap();
	cgm_go_clear(&g);
	return 0;
}
