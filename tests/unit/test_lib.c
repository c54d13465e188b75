/* SPDX-License-Identifier: Apache-2.0 */
/* The public interface on made-up trees of both versions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "cgmem/cgmem.h"
#include "cgroup_tree.h"

#define V1_GROUP "sys/fs/cgroup/memory/docker/c1/"
#define V2_GROUP "sys/fs/cgroup/docker/c1/"
#define V1_MAX	 "9223372036854771712\n"

static void v1_tree(struct tree *t)
{
	tree_v1(t);
	tree_file(t, V1_GROUP "memory.usage_in_bytes", "104857600\n");
	tree_file(t, V1_GROUP "memory.limit_in_bytes", V1_MAX);
	tree_file(t, V1_GROUP "memory.kmem.usage_in_bytes", "8388608\n");
	tree_file(t, V1_GROUP "memory.stat",
		  "cache 0\nrss 0\ninactive_file 4096\nhierarchical_memory_limit " V1_MAX
		  "total_cache 73400320\ntotal_rss 20971520\ntotal_shmem 10485760\n"
		  "total_inactive_anon 31457280\ntotal_active_anon 0\n"
		  "total_inactive_file 52428800\ntotal_active_file 10485760\n"
		  "total_unevictable 0\n");
}

static void v2_tree(struct tree *t)
{
	tree_v2(t);
	tree_file(t, V2_GROUP "memory.current", "104857600\n");
	tree_file(t, V2_GROUP "memory.max", "max\n");
	tree_file(t, V2_GROUP "memory.stat",
		  "anon 20971520\nfile 73400320\nkernel 8388608\nsock 1048576\n"
		  "shmem 10485760\ninactive_anon 31457280\nactive_anon 0\n"
		  "inactive_file 52428800\nactive_file 10485760\nunevictable 0\n"
		  "slab_reclaimable 4194304\nslab_unreclaimable 2097152\n");
}

static uint64_t component(const struct cgmem_sample *s, const char *id)
{
	uint64_t v = 0;

	assert_int_equal(cgmem_component(s, id, &v), 0);
	return v;
}

static struct cgmem *open_tree(const struct tree *t, int version)
{
	struct cgmem *m = NULL;

	assert_int_equal(cgmem_open(t->dir, &m), 0);
	assert_int_equal(cgmem_version(m), version);
	assert_string_equal(cgmem_strerror(m), "");
	return m;
}

static void check_common(const struct cgmem_sample *s)
{
	uint64_t v = 7;

	assert_int_equal(cgmem_value(s, "charged", &v), 0);
	assert_int_equal(v, 104857600);
	assert_int_equal(cgmem_docker_bytes(s), 104857600 - 52428800);
	assert_int_equal(component(s, "anon"), 20971520);
	assert_int_equal(component(s, "cache"), 62914560);
	assert_int_equal(component(s, "cache.inactive"), 52428800);
	assert_int_equal(component(s, "cache.active"), 10485760);
	assert_int_equal(component(s, "tmpfs"), 10485760);
	assert_int_equal(component(s, "kernel"), 8388608);
	v = 7;
	assert_int_equal(cgmem_value(s, "limit", &v), -ENODATA); /* no limit is no number */
	assert_int_equal(cgmem_value(s, "pgscan", &v), -ENODATA);
	assert_int_equal(cgmem_value(s, "total_rss", &v), -ENOENT);
	assert_int_equal(cgmem_component(s, "cash", &v), -ENOENT);
	assert_int_equal(cgmem_component(s, "cache.", &v), -ENOENT);
	assert_int_equal(cgmem_component(s, "cache.stacks", &v), -ENOENT);
	assert_int_equal(cgmem_component(s, "cach", &v), -ENOENT);
	assert_int_equal(cgmem_component(s, "", &v), -ENOENT);
	assert_int_equal(v, 7);
}

static void v1(void **state)
{
	struct cgmem_sample *s = NULL;
	uint64_t v = 7;
	struct cgmem *m;

	v1_tree(*state);
	m = open_tree(*state, 1);
	assert_int_equal(cgmem_sample(m, "/docker/c1", &s), 0);
	check_common(s);
	assert_int_equal(cgmem_unattributed(s), 2097152);
	assert_int_equal(cgmem_component(s, "sock", &v), -ENODATA);
	assert_int_equal(cgmem_component(s, "kernel.slab_reclaimable", &v), -ENODATA);
	assert_int_equal(cgmem_value(s, "local_inactive_file", &v), 0);
	assert_int_equal(v, 4096);
	cgmem_sample_free(s);
	cgmem_close(m);
}

static void v2(void **state)
{
	struct cgmem_sample *s = NULL;
	struct cgmem *m;

	v2_tree(*state);
	m = open_tree(*state, 2);
	assert_int_equal(cgmem_sample(m, "/docker/c1", &s), 0);
	check_common(s);
	assert_int_equal(component(s, "sock"), 1048576);
	assert_int_equal(component(s, "kernel.slab_reclaimable"), 4194304);
	assert_int_equal(cgmem_unattributed(s), 1048576);
	cgmem_sample_free(s);
	cgmem_close(m);
}

/* Causes in docker's figure come first, by bytes, whatever is larger outside of it. */
static void findings(void **state)
{
	struct cgmem_sample *s = NULL;
	bool inactive = false;
	struct cgmem *m;

	v2_tree(*state);
	m = open_tree(*state, 2);
	assert_int_equal(cgmem_sample(m, "/docker/c1", &s), 0);
	assert_true(cgmem_findings(s) > 3);
	assert_string_equal(cgmem_finding_id(s, 0), "anon");
	for (size_t i = 0; i < cgmem_findings(s); i++) {
		inactive = inactive || strcmp(cgmem_finding_id(s, i), "cache-inactive") == 0;
		assert_true(strlen(cgmem_finding_summary(s, i)) > 10);
		assert_non_null(strstr("info warn critical", cgmem_finding_severity(s, i)));
	}
	assert_true(inactive);
	cgmem_sample_free(s);
	cgmem_close(m);
}

static void failures(void **state)
{
	const struct tree *t = *state;
	struct cgmem_sample *s = NULL;
	struct cgmem *m = NULL;

	assert_int_equal(cgmem_open(tree_path(t, "none"), &m), -ENOENT);
	tree_file(t, "proc/self/mountinfo", "20 1 0:4 / /proc rw - proc proc rw\n");
	assert_int_equal(cgmem_open(t->dir, &m), -ENODEV); /* no cgroup is mounted in it */
	assert_null(m);
	v2_tree(*state);
	m = open_tree(t, 2);
	assert_int_equal(cgmem_sample(m, "/docker/none", &s), -ENOENT);
	assert_null(s);
	assert_string_equal(cgmem_strerror(m), "/docker/none: No such file or directory");
	assert_int_equal(cgmem_sample(m, "/docker/c1", &s), 0);
	cgmem_sample_free(s);
	cgmem_close(m);
	cgmem_sample_free(NULL);
	cgmem_close(NULL);
}

/* A group whose files tell nothing has no components, and no finding is made up. */
static void empty_group(void **state)
{
	struct cgmem_sample *s = NULL;
	uint64_t v = 7;
	struct cgmem *m;

	v2_tree(*state);
	tree_dir(*state, "sys/fs/cgroup/docker/empty");
	m = open_tree(*state, 2);
	assert_int_equal(cgmem_sample(m, "/docker/empty", &s), 0);
	assert_int_equal(cgmem_value(s, "charged", &v), -ENODATA);
	assert_int_equal(cgmem_component(s, "anon", &v), -ENODATA);
	assert_int_equal(v, 7);
	assert_int_equal(cgmem_docker_bytes(s), 0);
	assert_int_equal(cgmem_unattributed(s), 0);
	cgmem_sample_free(s);
	cgmem_close(m);
}

#define TREE_TEST(f) cmocka_unit_test_setup_teardown(f, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(v1),	     TREE_TEST(v2),	     TREE_TEST(findings),
		TREE_TEST(failures), TREE_TEST(empty_group),
	};

	return cmocka_run_group_tests_name("lib", tests, NULL, NULL);
}
