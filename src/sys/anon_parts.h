/* SPDX-License-Identifier: Apache-2.0 */
/* State of one walk over mappings: filled by anon_kinds.c, summed up by anon_sums.c. */
#ifndef CGMEM_SYS_ANON_PARTS_H
#define CGMEM_SYS_ANON_PARTS_H

#include "sys/anon_kinds.h"
#include "sys/anon_shapes.h"
#include "sys/hsperf.h"

/* ANON_VMA_NAME_MAX_LEN (include/linux/mm.h, 5.17) with its NUL. */
#define CGM_ANON_NAME_LEN  80
#define CGM_ANON_NAMES_MAX 64

struct cgm_anon_named {
	char name[CGM_ANON_NAME_LEN];
	uint64_t bytes;
};

struct cgm_anon_kinds {
	struct cgm_shapes shapes;
	size_t cap;
	uint64_t unkept[CGM_ANON_KIND_COUNT];
	struct cgm_anon_named names[CGM_ANON_NAMES_MAX];
	size_t n_names;
	uint64_t go_named; /* of CGM_ANON_NAMED: named by the Go runtime */
	struct {
		uint64_t inode;
		unsigned major, minor;
		bool known;
	} exe;
	struct cgm_hsperf jvm;
};

#endif
