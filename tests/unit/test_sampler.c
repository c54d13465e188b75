/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>

#include "cgroup_tree.h"
#include "collect/sampler.h"

#define FILES (CGM_FILE_BIT(CGM_FILE_CHARGED) | CGM_FILE_BIT(CGM_FILE_STAT))

struct round {
	struct tree *tree;
	struct cgm_reader *reader;
	struct cgm_sampler *sampler;
	struct cgm_sample sample;
};

static unsigned descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	(void)closedir(dir);
	return n;
}

static void fill(const struct tree *t, const char *name, const char *charged)
{
	char path[64];

	(void)snprintf(path, sizeof path, "sys/fs/cgroup/%s/memory.current", name);
	tree_file(t, path, charged);
	(void)snprintf(path, sizeof path, "sys/fs/cgroup/%s/memory.stat", name);
	tree_file(t, path, "anon 4\nfile 3\n");
}

static void empty(const struct tree *t, const char *name)
{
	char path[64];

	(void)snprintf(path, sizeof path, "sys/fs/cgroup/%s/memory.current", name);
	assert_int_equal(unlink(tree_path(t, path)), 0);
	(void)snprintf(path, sizeof path, "sys/fs/cgroup/%s/memory.stat", name);
	assert_int_equal(unlink(tree_path(t, path)), 0);
	(void)snprintf(path, sizeof path, "sys/fs/cgroup/%s", name);
	assert_int_equal(rmdir(tree_path(t, path)), 0);
}

static void start(struct tree *t, struct round *r)
{
	*r = (struct round){.tree = t};
	tree_v2(t);
	fill(t, "a", "1000\n");
	fill(t, "b", "2000\n");
	assert_int_equal(cgm_reader_new(t->h, &r->reader), 0);
	assert_int_equal(cgm_sampler_new(r->reader, FILES, &r->sampler), 0);
}

static void stop(struct round *r)
{
	cgm_sampler_free(r->sampler);
	cgm_reader_free(r->reader);
}

static uint64_t charged(struct round *r, const char *path)
{
	assert_int_equal(cgm_sampler_read(r->sampler, path, &r->sample), 0);
	assert_int_equal(r->sample.state[CGM_CHARGED], CGM_OK);
	return r->sample.v[CGM_CHARGED];
}

static void test_values(void **state)
{
	struct cgm_sample once = {0};
	struct round r;

	start(*state, &r);
	assert_int_equal(charged(&r, "/a"), 1000);
	assert_int_equal(cgm_read_group(r.reader, "/a", FILES, &once), 0);
	assert_int_equal(once.v[CGM_ANON], 4);
	assert_memory_equal(r.sample.v, once.v, sizeof once.v);
	assert_memory_equal(r.sample.state, once.state, sizeof once.state);
	assert_int_equal(charged(&r, "/b"), 2000);
	/* what was opened in an earlier round is read anew */
	cgm_sampler_sweep(r.sampler);
	tree_file(r.tree, "sys/fs/cgroup/a/memory.current", "1001\n");
	assert_int_equal(charged(&r, "/a"), 1001);
	assert_int_equal(charged(&r, "/b"), 2000);
	stop(&r);
}

static void test_sweep(void **state)
{
	unsigned none, one, both;
	struct round r;

	start(*state, &r);
	none = descriptors();
	assert_int_equal(charged(&r, "/a"), 1000);
	one = descriptors();
	assert_true(one > none);
	assert_int_equal(charged(&r, "/b"), 2000);
	both = descriptors();
	assert_int_equal(both - one, one - none);
	assert_int_equal(charged(&r, "/a"), 1000);
	assert_int_equal(descriptors(), both);

	cgm_sampler_sweep(r.sampler); /* both were read */
	assert_int_equal(descriptors(), both);
	assert_int_equal(charged(&r, "/b"), 2000);
	cgm_sampler_sweep(r.sampler); /* /a was not */
	assert_int_equal(descriptors(), one);
	assert_int_equal(charged(&r, "/b"), 2000);
	assert_int_equal(descriptors(), one);
	assert_int_equal(charged(&r, "/a"), 1000); /* opened again */
	assert_int_equal(descriptors(), both);
	cgm_sampler_sweep(r.sampler);
	cgm_sampler_sweep(r.sampler); /* an empty round */
	assert_int_equal(descriptors(), none);
	cgm_sampler_sweep(r.sampler);
	assert_int_equal(charged(&r, "/a"), 1000);
	cgm_sampler_free(r.sampler);
	r.sampler = NULL;
	assert_int_equal(descriptors(), none);
	stop(&r);
}

static void test_gone(void **state)
{
	struct round r;

	start(*state, &r);
	assert_int_equal(cgm_sampler_read(r.sampler, "/never", &r.sample), -ENOENT);
	assert_int_equal(charged(&r, "/a"), 1000);
	assert_int_equal(charged(&r, "/b"), 2000);
	cgm_sampler_sweep(r.sampler);
	empty(r.tree, "a");
	assert_int_equal(cgm_sampler_read(r.sampler, "/never", &r.sample), -ENOENT);
	assert_int_equal(charged(&r, "/b"), 2000);
	cgm_sampler_sweep(r.sampler);
	assert_int_equal(cgm_sampler_read(r.sampler, "/a", &r.sample), -ENOENT);
	assert_int_equal(charged(&r, "/b"), 2000);
	stop(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_values, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(test_sweep, tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(test_gone, tree_setup, tree_teardown),
	};

	return cmocka_run_group_tests_name("sampler", tests, NULL, NULL);
}
