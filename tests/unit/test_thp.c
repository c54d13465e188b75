/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "child.h"
#include "sys/process.h"
#include "sys/thp.h"

#define HUGE (UINT64_C(2) << 20)
#define AREA (16 * HUGE)

/* Step 1: one byte in each huge page of an area; 2: all of it. 99: no huge pages here. */
static int touch(int step, void *shared)
{
	static char *area;

	(void)shared;
	if (step == 2) {
		memset(area, 1, AREA);
		return 0;
	}
	area = mmap(NULL, AREA + HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED)
		return 2;
	area += (HUGE - (uintptr_t)area % HUGE) % HUGE;
	if (madvise(area, AREA, MADV_HUGEPAGE) < 0)
		return 99;
	for (uint64_t at = 0; at < AREA; at += HUGE)
		((volatile char *)area)[at] = 1;
	return 0;
}

/* False: these are not the huge pages of the area alone, and all of them. */
static bool is_huge(const struct cgm_root *root, struct cgm_process *p)
{
	int dir = cgm_proc_open(root, p->pid), r;

	assert_true(dir >= 0);
	r = cgm_proc_read_rollup(dir, p);
	(void)close(dir);
	return r == 0 && p->thp.known && p->thp.v >= AREA && p->thp.v <= AREA + HUGE;
}

static void test_zero_and_written(void **state)
{
	struct cgm_process touched, written;
	struct child c;

	child_start(&c, touch, NULL);
	touched = written = c.process;
	if (child_go(&c) == 99 || !is_huge(*state, &touched)) {
		assert_true(child_end(&c));
		skip();
	}
	assert_false(touched.thp_zero.known);
	assert_int_equal(cgm_thp_sample(*state, &touched), 0);
	assert_int_equal(child_go(&c), 0);
	assert_true(is_huge(*state, &written));
	assert_int_equal(cgm_thp_sample(*state, &written), 0);
	assert_true(child_end(&c));
	assert_true(touched.thp_zero.known);
	assert_in_range(touched.thp_zero.v, touched.thp.v / 10 * 9, touched.thp.v);
	assert_true(written.thp_zero.known);
	assert_in_range(written.thp_zero.v, 0, written.thp.v / 20);
}

/* Step 1 maps nothing: a process without huge pages is no sample, and that is no error. */
static int nothing(int step, void *shared)
{
	(void)step;
	(void)shared;
	return 0;
}

static void test_none(void **state)
{
	struct cgm_process p;
	struct child c;

	child_start(&c, nothing, NULL);
	assert_int_equal(child_go(&c), 0);
	p = c.process;
	p.thp.known = true;
	assert_int_equal(cgm_thp_sample(*state, &p), 0);
	assert_true(child_end(&c));
	assert_true(!p.thp_zero.known || p.thp_zero.v == 0);
	assert_int_equal(cgm_thp_sample(*state, &p), -ENOENT);
}

static int setup(void **state)
{
	return cgm_root_open(NULL, (struct cgm_root **)state, NULL);
}

static int teardown(void **state)
{
	cgm_root_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zero_and_written),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests_name("thp", tests, setup, teardown);
}
