/* SPDX-License-Identifier: Apache-2.0 */
/* For the tests of risks: how severe one is. */
#ifndef TESTS_FINDINGS_RISKS_CASE_H
#define TESTS_FINDINGS_RISKS_CASE_H

#include "model_case.h"

/* -1: not there; else its severity. */
static inline int severity(struct model_case *c, const char *id)
{
	const struct cgm_finding *f;

	case_explain(c);
	f = find(c, id);
	if (f)
		assert_true(strlen(f->summary) > 20);
	return f ? (int)f->severity : -1;
}

#endif
