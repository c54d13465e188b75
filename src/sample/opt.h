/* SPDX-License-Identifier: Apache-2.0 */
/* A number that may be unknown. */
#ifndef CGMEM_SAMPLE_OPT_H
#define CGMEM_SAMPLE_OPT_H

#include <stdbool.h>
#include <stdint.h>

struct cgm_opt {
	uint64_t v;
	bool known;
};

#endif
