/* SPDX-License-Identifier: Apache-2.0 */
/* For the tests of the split: one group, and its breakdown. */
#ifndef TESTS_GO_SPLIT_CASE_H
#define TESTS_GO_SPLIT_CASE_H

#include "model_go.h"

#include "model/go_split.h"

static struct go_case c;

static inline struct cgm_go *start(void)
{
	memset(&c, 0, sizeof c);
	return go_start(&c, 2, "web");
}

static inline void explain(void)
{
	case_explain(&c.c);
	check_sums(&c.c.b);
}

#endif
