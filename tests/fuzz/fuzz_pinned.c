/* SPDX-License-Identifier: Apache-2.0 */
/* fdinfo of every kind of anonymous inode that is looked into, and of one that is not. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "sys/pinned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* What one byte of text may stand for at most: a ring's 2^24 entries, a map's 2^40. */
	static const struct {
		const char *kind;
		uint64_t slab, other;
	} kinds[] = {
		{"[eventpoll]", 200, 0},
		{"inotify", 96, 0},
		{"[io_uring]", 0, UINT64_C(68) << 24},
		{"bpf-map", 0, UINT64_C(1) << 40},
		{"[eventfd]", 0, 0},
	};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct cgm_pinned p = {0};

		cgm_pinned_parse(kinds[i].kind, (const char *)data, size, &p);
		if (p.slab_bytes > kinds[i].slab * size || p.other_bytes > kinds[i].other * size ||
		    p.complete)
			abort();
	}
	return 0;
}
