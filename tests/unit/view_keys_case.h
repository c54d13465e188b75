/* SPDX-License-Identifier: Apache-2.0 */
/* A view of ten containers, for the tests of keys. */
#ifndef CGMEM_TESTS_VIEW_KEYS_CASE_H
#define CGMEM_TESTS_VIEW_KEYS_CASE_H

#include "view_fixture.h"

static const struct made ten[] = {
	{"c0", NULL, 100, 0, 0, 0, 0, 0, NULL}, {"c1", NULL, 90, 0, 0, 0, 0, 0, NULL},
	{"c2", NULL, 80, 0, 0, 0, 0, 0, NULL},	{"c3", NULL, 70, 0, 0, 0, 0, 0, NULL},
	{"c4", NULL, 60, 0, 0, 0, 0, 0, NULL},	{"c5", NULL, 50, 0, 0, 0, 0, 0, NULL},
	{"c6", NULL, 40, 0, 0, 0, 0, 0, NULL},	{"c7", NULL, 30, 0, 0, 0, 0, 0, NULL},
	{"d8", NULL, 20, 0, 0, 0, 0, 0, NULL},	{"d9", NULL, 10, 0, 0, 0, 0, 0, NULL},
};

struct fixture {
	struct cgm_view v;
	struct cgm_top_round *r;
};

/* Six containers are seen. */
static inline struct fixture open_ten(bool replay)
{
	struct fixture f = {.r = make_round(ten, 10)};

	open_view(&f.v, 80, 10, true, true, replay);
	assert_int_equal(cgm_view_set_round(&f.v, f.r), 0);
	assert_int_equal(cgm_view_rows(&f.v), 6);
	return f;
}

static inline void done(struct fixture *f)
{
	cgm_view_clear(&f->v);
	cgm_top_round_free(f->r);
}

static inline void at(struct fixture *f, const char *name, size_t top)
{
	assert_string_equal(cursor_name(&f->v), name);
	assert_int_equal(f->v.list.top, top);
}

#endif
