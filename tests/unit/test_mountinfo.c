/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "sys/mountinfo.h"
#include "sys_tree.h"

static struct cgm_mounts parse(const char *text)
{
	struct cgm_mounts m = {0};

	assert_int_equal(cgm_mounts_parse(text, strlen(text), &m), 0);
	return m;
}

static void test_fields(void **state)
{
	struct cgm_mounts m = parse(
		"35 31 0:32 /docker/abc /sys/fs/cgroup/memory rw,relatime - cgroup cgroup "
		"rw,memory\n"
		"28 27 254:1048575 / /data ro shared:1 master:2 - ext4 /dev/vda1 rw,discard\n");

	(void)state;
	assert_int_equal(m.n, 2);
	assert_int_equal(m.v[0].major, 0);
	assert_int_equal(m.v[0].minor, 32);
	assert_string_equal(m.v[0].root, "/docker/abc");
	assert_string_equal(m.v[0].point, "/sys/fs/cgroup/memory");
	assert_string_equal(m.v[0].fstype, "cgroup");
	assert_string_equal(m.v[0].source, "cgroup");
	assert_string_equal(m.v[0].super, "rw,memory");
	assert_int_equal(m.v[1].major, 254);
	assert_int_equal(m.v[1].minor, 1048575);
	assert_string_equal(m.v[1].point, "/data");
	assert_string_equal(m.v[1].fstype, "ext4");
	cgm_mounts_clear(&m);
	assert_int_equal(m.n, 0);
	assert_null(m.v);
}

static void test_escapes(void **state)
{
	struct cgm_mounts m =
		parse("1 0 0:1 / /a\\040b\\134040\\011c\\012d - x rw - tmpfs a\\043b rw\n"
		      "2 0 0:1 / /e\\9\\04 rw - tmpfs t rw\n"
		      "3 0 0:1 / /f\\040-\\040g\\040 rw - tmpfs t rw");

	(void)state;
	/* The first has its lone "-" before the options: what follows is another form. */
	assert_int_equal(m.n, 3);
	assert_string_equal(m.v[0].point, "/a b\\040\tc\nd");
	assert_string_equal(m.v[0].fstype, "tmpfs");
	assert_string_equal(m.v[0].source, "a#b");
	assert_string_equal(m.v[1].point, "/e\\9\\04");
	assert_string_equal(m.v[2].point, "/f - g ");
	cgm_mounts_clear(&m);
}

static void test_empty_source(void **state)
{
	struct cgm_mounts m = parse("1 0 0:5 / /x rw - tmpfs  rw,size=4k\n");

	(void)state;
	assert_int_equal(m.n, 1);
	assert_string_equal(m.v[0].source, "");
	assert_string_equal(m.v[0].super, "rw,size=4k");
	cgm_mounts_clear(&m);
}

static void test_leaves_out_other_lines(void **state)
{
	struct cgm_mounts m = parse("\n\n"
				    "nonsense\n"
				    "1 0 0:x / /a rw - tmpfs t rw\n"
				    "1 0 01 / /a rw - tmpfs t rw\n"
				    "1 0 4294967296:1 / /a rw - tmpfs t rw\n"
				    "1 0 0:1 / /a rw tmpfs t rw\n"
				    "1 0 0:1 / /a rw -\n"
				    "1 0 0:1 / /cut rw shar");

	(void)state;
	assert_int_equal(m.n, 0);
	assert_int_equal(cgm_mounts_parse(NULL, 0, &m), 0);
	assert_int_equal(m.n, 0);
}

/* A NUL would cut a name short; the kernel writes none. */
static void test_leaves_out_nul(void **state)
{
	static const char text[] = "1 0 0:1 \0 \0 rw - tmpfs t rw\n2 0 0:1 / /a rw - tmpfs t rw\n";
	struct cgm_mounts m = {0};

	(void)state;
	assert_int_equal(cgm_mounts_parse(text, sizeof text - 1, &m), 0);
	assert_int_equal(m.n, 1);
	assert_string_equal(m.v[0].point, "/a");
	cgm_mounts_clear(&m);
}

static void test_limit(void **state)
{
	static const char line[] = "1 0 0:1 / /a rw - tmpfs t rw\n";
	const size_t each = sizeof line - 1;
	char *text = malloc((CGM_MOUNTS_MAX + 1) * each);
	struct cgm_mounts m = {0};

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i <= CGM_MOUNTS_MAX; i++)
		memcpy(text + i * each, line, each);
	assert_int_equal(cgm_mounts_parse(text, (CGM_MOUNTS_MAX + 1) * each, &m), -E2BIG);
	assert_null(m.v);
	assert_int_equal(cgm_mounts_parse(text, CGM_MOUNTS_MAX * each, &m), 0);
	assert_int_equal(m.n, CGM_MOUNTS_MAX);
	assert_string_equal(m.v[CGM_MOUNTS_MAX - 1].point, "/a");
	cgm_mounts_clear(&m);
	free(text);
}

static void test_options(void **state)
{
	(void)state;
	assert_true(cgm_mount_has_option("rw,cpu,cpuacct", "rw"));
	assert_true(cgm_mount_has_option("rw,cpu,cpuacct", "cpu"));
	assert_true(cgm_mount_has_option("rw,cpu,cpuacct", "cpuacct"));
	assert_true(cgm_mount_has_option("rw,name=systemd", "name=systemd"));
	assert_false(cgm_mount_has_option("rw,cpuacct", "cpu"));
	assert_false(cgm_mount_has_option("rw,cpu", "cpuacct"));
	assert_false(cgm_mount_has_option("", "cpu"));
	assert_false(cgm_mount_has_option("rw,name=memory", "memory"));
}

static void test_reads_beneath_root(void **state)
{
	struct cgm_mounts m = {0};
	struct tree t;

	(void)state;
	tree_make(&t);
	tree_put(&t, "proc/self/mountinfo", "1 0 0:1 / /self rw - tmpfs t rw\n");
	tree_put(&t, "proc/77/mountinfo", "1 0 0:1 / /other rw - tmpfs t rw\n");
	assert_int_equal(cgm_mounts_read(t.root, 0, &m), 0);
	assert_string_equal(m.v[0].point, "/self");
	cgm_mounts_clear(&m);
	assert_int_equal(cgm_mounts_read(t.root, 77, &m), 0);
	assert_string_equal(m.v[0].point, "/other");
	cgm_mounts_clear(&m);
	assert_int_equal(cgm_mounts_read(t.root, 78, &m), -ENOENT);
	tree_remove(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_empty_source),
		cmocka_unit_test(test_leaves_out_other_lines),
		cmocka_unit_test(test_leaves_out_nul),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_reads_beneath_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
