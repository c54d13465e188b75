/* SPDX-License-Identifier: Apache-2.0 */
/* For the tests of deaths: what is found of a kill. */
#ifndef TESTS_DEATH_CASE_H
#define TESTS_DEATH_CASE_H

#include "model_case.h"

#include "model/rules.h"

static inline const struct cgm_finding *oom(struct model_case *c)
{
	cgm_breakdown_snapshot(&c->s, &c->b);
	free(c->f);
	assert_int_equal(cgm_findings_make(&c->s, &c->b, &c->f), 0);
	for (size_t i = 0; i < c->f->n; i++)
		if (!strcmp(c->f->v[i].id, "oom-killed"))
			return &c->f->v[i];
	return NULL;
}

#endif
