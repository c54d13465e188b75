/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sys/host.h"
#include "sys_tree.h"

#define KIB UINT64_C(1024)

static void test_meminfo(void **state)
{
	static const char text[] = "MemTotal:       24684096 kB\n"
				   "MemFree:        24137780 kB\n"
				   "MemAvailable:   24280000 kB\n"
				   "Buffers:          216476 kB\n"
				   "Cached:            65716 kB\n"
				   "SwapCached:            7 kB\n"
				   "Unevictable:       20020 kB\n"
				   "SwapTotal:            11 kB\n"
				   "SwapFree:             10 kB\n"
				   "Zswap:                 3 kB\n"
				   "Dirty:             11932 kB\n"
				   "AnonPages:         22948 kB\n"
				   "Mapped:            10696 kB\n"
				   "Shmem:              8788 kB\n"
				   "SReclaimable:     156064 kB\n"
				   "SUnreclaim:        26552 kB\n"
				   "KernelStack:        1524 kB\n"
				   "PageTables:         2664 kB\n"
				   "SecPageTables:        12 kB\n"
				   "VmallocUsed:       14444 kB\n"
				   "Percpu:              688 kB\n"
				   "HugePages_Total:       9\n"
				   "Hugetlb:           18432 kB\n";
	struct cgm_host h = {0};
	const struct {
		const struct cgm_opt *got;
		uint64_t want;
	} all[] = {
		{&h.mem_total, 24684096},
		{&h.mem_free, 24137780},
		{&h.mem_available, 24280000},
		{&h.buffers, 216476},
		{&h.cached, 65716},
		{&h.swap_cached, 7},
		{&h.unevictable, 20020},
		{&h.swap_total, 11},
		{&h.swap_free, 10},
		{&h.zswap, 3},
		{&h.dirty, 11932},
		{&h.anon, 22948},
		{&h.mapped, 10696},
		{&h.shmem, 8788},
		{&h.slab_reclaimable, 156064},
		{&h.slab_unreclaimable, 26552},
		{&h.kernel_stack, 1524},
		{&h.page_tables, 2664},
		{&h.sec_page_tables, 12},
		{&h.vmalloc_used, 14444},
		{&h.percpu, 688},
		{&h.hugetlb, 18432},
	};

	(void)state;
	cgm_meminfo_parse(text, sizeof text - 1, &h);
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		assert_true(all[i].got->known);
		assert_int_equal(all[i].got->v, all[i].want * KIB);
	}
}

static void test_meminfo_bad(void **state)
{
	static const char text[] = "MemTotal: 18014398509481983 kB\n" /* 2^54 - 1 */
				   "MemFree: 18014398509481984 kB\n"  /* 2^64 bytes: too large */
				   "Cached: -5 kB\n"
				   "Buffers: 12\n"
				   "Shmem 12 kB\n"
				   "Mapped:\n"
				   "Dirty: kB\n"
				   "Percpu:\t 8 kB\n"
				   "MemAvailable: 7 k";
	struct cgm_host h = {0};

	(void)state;
	cgm_meminfo_parse(text, sizeof text - 1, &h);
	assert_true(h.mem_total.known);
	assert_int_equal(h.mem_total.v, UINT64_MAX - 1023);
	assert_false(h.mem_free.known);
	assert_false(h.cached.known);
	assert_false(h.buffers.known);
	assert_false(h.shmem.known);
	assert_false(h.mapped.known);
	assert_false(h.dirty.known);
	assert_true(h.percpu.known);
	assert_int_equal(h.percpu.v, 8192);
	assert_false(h.mem_available.known);
	assert_false(h.hugetlb.known);
}

static unsigned cpus(const char *list)
{
	return cgm_cpulist_count(list, strlen(list));
}

static void test_cpulist(void **state)
{
	(void)state;
	assert_int_equal(cpus("0\n"), 1);
	assert_int_equal(cpus("0-1\n"), 2);
	assert_int_equal(cpus("0-3,8"), 5);
	assert_int_equal(cpus("0,2,4-7,65535\n"), 7);
	assert_int_equal(cpus("0-65535"), 65536);
	assert_int_equal(cpus("0-65536"), 0);
	assert_int_equal(cpus("1-65536"), 0);
	assert_int_equal(cpus("0-65535,0"), 0);
	assert_int_equal(cpus("3-1"), 0);
	assert_int_equal(cpus(""), 0);
	assert_int_equal(cpus("\n"), 0);
	assert_int_equal(cpus("a"), 0);
	assert_int_equal(cpus("0,,1"), 0);
	assert_int_equal(cpus("-1"), 0);
}

static struct cgm_host cmdline(const char *text)
{
	struct cgm_host h = {0};

	cgm_cmdline_parse(text, strlen(text), &h);
	return h;
}

static void test_cmdline(void **state)
{
	struct cgm_host h = cmdline("quiet cgroup.memory=nosocket,nokmem ro\n");

	(void)state;
	assert_true(h.nokmem && h.nosocket && !h.memory_disabled);
	h = cmdline("cgroup.memory=nokmem\n");
	assert_true(h.nokmem && !h.nosocket && !h.memory_disabled);
	h = cmdline("cgroup_disable=cpu,memory cgroup.memory=nosocket\n");
	assert_true(!h.nokmem && h.nosocket && h.memory_disabled);
	h = cmdline("cgroup_disable=memoryx xcgroup_disable=memory cgroup.memory=memory nokmem\n");
	assert_true(!h.nokmem && !h.nosocket && !h.memory_disabled);
	h = cmdline("quiet -- cgroup_disable=memory\n");
	assert_false(h.memory_disabled);
	h = cmdline("");
	assert_false(h.nokmem);
}

static void test_sockstat(void **state)
{
	static const char text[] = "sockets: used 17\n"
				   "TCP: inuse 1 orphan 0 tw 0 alloc 1 mem 322\n"
				   "UDP: inuse 0 mem 5\n"
				   "UDPLITE: inuse 0\n"
				   "FRAG: inuse 0 memory 9 mem 9\n";
	struct cgm_host h = {.page_size = 16384};

	(void)state;
	cgm_sockstat_parse(text, sizeof text - 1, &h);
	assert_true(h.sockets.known);
	assert_int_equal(h.sockets.v, 327 * 16384);
	h = (struct cgm_host){.page_size = 4096};
	cgm_sockstat_parse("TCP: inuse 1 mem\nUDP: mem x\n", 28, &h);
	assert_false(h.sockets.known);
}

static void test_saved_tree(void **state)
{
	struct cgm_host h;
	uint64_t total = 1;
	struct tree t;

	(void)state;
	tree_make(&t);
	tree_put(&t, "proc/meminfo", "MemTotal: 1000 kB\n");
	tree_put(&t, "proc/cmdline", "cgroup.memory=nokmem\n");
	tree_put(&t, "proc/stat", "cpu  1 2\ncpu0 1 2\ncpu1 1 2\ncpu2 1 2\nbtime 1700000000\n");
	tree_put(&t, "proc/uptime", "86400.99 1.0\n");
	tree_put(&t, "proc/sys/kernel/osrelease", "5.10.0-28-amd64\n");
	tree_put(&t, "proc/net/sockstat", "TCP: inuse 0 mem 1\n");
	tree_put(&t, "sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
	tree_put(&t, "sys/kernel/mm/lru_gen/enabled", "0x0007\n");
	assert_int_equal(cgm_host_read(t.root, &h), 0);
	assert_int_equal(h.mem_total.v, 1000 * KIB);
	assert_true(h.nokmem);
	assert_int_equal(h.ncpu, 3); /* no list of CPUs: counted */
	assert_int_equal(h.boot_time, 1700000000);
	assert_int_equal(h.clock, 1700086400);
	assert_string_equal(h.kernel, "5.10.0-28-amd64");
	assert_int_equal(h.kernel_major, 5);
	assert_int_equal(h.kernel_minor, 10);
	assert_int_equal(h.sockets.v, h.page_size);
	assert_string_equal(h.thp, "madvise");
	assert_true(h.mglru);
	assert_int_equal(cgm_host_mem_total(t.root, &total), 0);
	assert_int_equal(total, 1000 * KIB);

	tree_put(&t, "sys/devices/system/cpu/online", "0-7\n");
	tree_put(&t, "sys/kernel/mm/lru_gen/enabled", "0x0006\n");
	tree_put(&t, "proc/meminfo", "MemFree: 1000 kB\n");
	assert_int_equal(cgm_host_read(t.root, &h), 0);
	assert_int_equal(h.ncpu, 8);
	assert_false(h.mglru);
	assert_int_equal(cgm_host_mem_total(t.root, &total), -ENODATA);
	assert_int_equal(total, 1000 * KIB);
	tree_remove(&t);
}

static void test_empty_tree(void **state)
{
	struct cgm_host h;
	uint64_t total;
	struct tree t;

	(void)state;
	tree_make(&t);
	assert_int_equal(cgm_host_read(t.root, &h), 0);
	assert_false(h.mem_total.known || h.sockets.known || h.mglru);
	assert_int_equal(h.ncpu + h.kernel_major + h.boot_time, 0);
	assert_int_equal(h.clock, 0);
	assert_string_equal(h.kernel, "");
	assert_string_equal(h.thp, "");
	assert_int_equal(cgm_host_mem_total(t.root, &total), -ENOENT);
	tree_remove(&t);
}

static void test_odd_contents(void **state)
{
	char release[100];
	struct cgm_host h;
	struct tree t;

	(void)state;
	tree_make(&t);
	memset(release, '1', sizeof release);
	tree_put_bytes(&t, "proc/sys/kernel/osrelease", release, sizeof release);
	tree_put(&t, "sys/kernel/mm/transparent_hugepage/enabled", "always [madvisemadvise] x\n");
	tree_put(&t, "sys/kernel/mm/lru_gen/enabled", "y\n");
	tree_put(&t, "proc/uptime", "5.5 1\n");
	tree_put(&t, "sys/devices/system/cpu/online", "");
	assert_int_equal(cgm_host_read(t.root, &h), 0);
	assert_string_equal(h.kernel, "");
	assert_string_equal(h.thp, "");
	assert_false(h.mglru);
	assert_int_equal(h.clock, 0); /* no time of boot */
	assert_int_equal(h.ncpu, 0);
	tree_put(&t, "proc/sys/kernel/osrelease", "6.x-odd\n");
	assert_int_equal(cgm_host_read(t.root, &h), 0);
	assert_string_equal(h.kernel, "6.x-odd");
	assert_int_equal(h.kernel_major, 0);
	tree_remove(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_meminfo),	   cmocka_unit_test(test_meminfo_bad),
		cmocka_unit_test(test_cpulist),	   cmocka_unit_test(test_cmdline),
		cmocka_unit_test(test_sockstat),   cmocka_unit_test(test_saved_tree),
		cmocka_unit_test(test_empty_tree), cmocka_unit_test(test_odd_contents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
