/* SPDX-License-Identifier: Apache-2.0 */
/* Groups of either version, for the tests of reading them. */
#ifndef CGMEM_TESTS_GROUP_CASE_H
#define CGMEM_TESTS_GROUP_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cgroup/group.h"
#include "cgroup_tree.h"

#define V2 "sys/fs/cgroup/app/"

static struct cgm_sample s;

static inline struct cgm_reader *reader(const struct tree *t)
{
	struct cgm_reader *r = NULL;

	assert_int_equal(cgm_reader_new(t->h, &r), 0);
	assert_ptr_equal(cgm_reader_hierarchy(r), t->h);
	memset(&s, 0xee, sizeof s);
	return r;
}

static inline void assert_value(enum cgm_value_id id, uint64_t v)
{
	assert_int_equal(s.state[id], CGM_OK);
	assert_true(s.v[id] == v);
}

static inline void assert_state(enum cgm_value_id id, enum cgm_state state)
{
	assert_int_equal(s.state[id], state);
	assert_true(s.v[id] == 0);
}

static inline void fill_v2(const struct tree *t)
{
	tree_file(t, V2 "memory.current", "1000\n");
	tree_file(t, V2 "memory.stat", "anon 4\nfile 3\nworkingset_refault 9\n");
	tree_file(t, V2 "memory.max", "max\n");
	tree_file(t, V2 "memory.high", "0\n");
	tree_file(t, V2 "memory.swap.max", "4096\n");
	tree_file(t, V2 "memory.swap.current", "17\n");
	tree_file(t, V2 "memory.events", "low 0\nhigh 1\nmax 2\noom 3\noom_kill 4\n");
	tree_file(t, V2 "memory.events.local", "oom_kill 5\n");
	tree_file(t, V2 "memory.pressure",
		  "some avg10=0.50 avg60=0.00 avg300=0.00 total=77\n"
		  "full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");
	tree_file(t, V2 "cgroup.stat", "nr_descendants 8\nnr_dying_descendants 6\n");
	tree_file(t, V2 "pids.current", "3\n");
	tree_file(t, V2 "hugetlb.64KB.current", "65536\n");
	tree_file(t, V2 "hugetlb.64KB.rsvd.current", "1\n");
	tree_file(t, V2 "cgroup.procs", "10\n0\n11\n4194304\n");
}

static inline void make_v2(struct tree *t)
{
	tree_v2(t);
	fill_v2(t);
}

static inline void check_v2(void)
{
	assert_int_equal(s.version, 2);
	assert_value(CGM_CHARGED, 1000);
	assert_value(CGM_ANON, 4);
	assert_value(CGM_REFAULT_FILE, 9);
	assert_state(CGM_LIMIT, CGM_UNLIMITED);
	assert_value(CGM_HIGH, 0);
	assert_value(CGM_SWAP, 17);
	assert_value(CGM_SWAP_LIMIT, 4096);
	assert_value(CGM_EVENT_HIGH, 1);
	assert_value(CGM_FAILCNT, 2);
	assert_value(CGM_EVENT_OOM, 3);
	assert_value(CGM_OOM_KILLS, 4);
	assert_value(CGM_OOM_KILLS_LOCAL, 5);
	assert_value(CGM_PSI_SOME_AVG10, 50);
	assert_value(CGM_PSI_SOME_TOTAL, 77);
	assert_value(CGM_NR_DESCENDANTS, 8);
	assert_value(CGM_NR_DYING, 6);
	assert_value(CGM_PIDS, 3);
	assert_value(CGM_HUGETLB_CURRENT, 65536);
	assert_state(CGM_PEAK, CGM_ABSENT);
	assert_state(CGM_KERNEL, CGM_ABSENT);
}

#define ON_TREE(f) cmocka_unit_test_setup_teardown(f, tree_setup, tree_teardown)

#endif
