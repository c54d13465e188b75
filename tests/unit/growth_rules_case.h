/* SPDX-License-Identifier: Apache-2.0 */
/* For the tests of the findings of growth: a group whose trend is as it is set. */
#ifndef TESTS_GROWTH_RULES_CASE_H
#define TESTS_GROWTH_RULES_CASE_H

#include "track_series.h"

static struct model_case c;

static inline void start(size_t n)
{
	case_start(&c, 2);
	track_start(&c.s.track, n);
}

static inline void done(void)
{
	cgm_track_clear(&c.s.track);
	case_end(&c);
}

static inline const struct cgm_finding *growth(const char *id)
{
	const struct cgm_finding *f = find(&c, id);

	if (!f) {
		fail_msg("no %s", id);
		return NULL;
	}
	assert_int_equal(f->kind, CGM_KIND_GROWTH);
	assert_true(strlen(f->summary) > 20 && f->n_evidence > 0);
	return f;
}

static inline uint64_t evidence(const struct cgm_finding *f, const char *name)
{
	for (size_t i = 0; i < f->n_evidence; i++)
		if (!strcmp(f->evidence[i].name, name))
			return f->evidence[i].value;
	fail_msg("no evidence %s of %s", name, f->id);
	return 0;
}

#endif
