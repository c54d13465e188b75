/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <sys/mman.h>

#include "sys/process.h"
#include "sys/shmem.h"
#include "sys/shmem_set.h"
#include "sys/shmem_tmpfs.h"
#include "sys_tree.h"

#define KIB UINT64_C(1024)

static void holders_free(struct cgm_holder *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(v[i].name);
	free(v);
}

static struct cgm_process process(pid_t pid, const char *comm)
{
	struct cgm_process p = {.pid = pid};

	(void)snprintf(p.comm, sizeof p.comm, "%s", comm);
	return p;
}

/* Two servers that share a segment and a mapping, each with a memfd of its own. */
static void fill(struct tree *t)
{
	tree_make(t);
	tree_put(t, "proc/10/smaps",
		 "1000-2000 rw-s 00000000 00:01 7   /SYSV0052e2c1 (deleted)\nRss: 100 kB\n"
		 "2000-3000 rw-s 00001000 00:01 7   /SYSV0052e2c1 (deleted)\nRss: 20 kB\n"
		 "3000-4000 rw-s 00000000 00:01 8   /dev/zero (deleted)\nRss: 40 kB\n"
		 "4000-5000 rw-s 00000000 00:01 9   /memfd:buf\033fer (deleted)\nRss: 500 kB\n"
		 "5000-6000 rw-p 00000000 00:00 0   [heap]\nRss: 9000 kB\n"
		 "6000-7000 rw-s 00000000 00:17 3   /dev/shm/file\nRss: 9000 kB\n"
		 "7000-8000 rw-s 00000000 00:01 11   /memfd:untouched (deleted)\nRss: 0 kB\n");
	tree_put(t, "proc/11/smaps",
		 "1000-2000 rw-s 00000000 00:01 7   /SYSV0052e2c1 (deleted)\nRss: 60 kB\n"
		 "2000-3000 rw-s 00000000 00:01 7   /SYSV0052e2c1 (deleted)\nRss: 61 kB\n"
		 "3000-4000 rw-s 00000000 00:01 8   /dev/zero (deleted)\nRss: 39 kB\n"
		 "4000-5000 rw-s 00000000 00:01 10   /memfd:buffer (deleted)\nRss: 7 kB\n"
		 "5000-6000 rw-s 00000000 00:01 12   [anon_shmem:pool]\nRss: 3 kB\n");
}

static void test_saved_tree(void **state)
{
	static const struct {
		enum cgm_holder_kind kind;
		const char *name;
		uint64_t bytes;
		pid_t pid;
	} want[] = {
		{CGM_HOLD_MEMFD, "buf\\x1bfer", 500 * KIB, 10},
		{CGM_HOLD_SYSV, "0x0052e2c1", 121 * KIB, 10},
		{CGM_HOLD_SHARED_ANON, "", 40 * KIB, 10},
		{CGM_HOLD_MEMFD, "buffer", 7 * KIB, 11},
		{CGM_HOLD_SHARED_ANON, "pool", 3 * KIB, 11},
	};
	struct cgm_process procs[3];
	struct cgm_holder *v = NULL;
	struct tree t;
	size_t n = 0;

	(void)state;
	fill(&t);
	procs[0] = process(12, "gone");
	procs[1] = process(10, "one");
	procs[2] = process(11, "two");
	assert_int_equal(cgm_shmem_find(t.root, procs, 3, &v, &n), 0);
	assert_int_equal(n, sizeof want / sizeof *want);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(v[i].kind, want[i].kind);
		assert_string_equal(v[i].name, want[i].name);
		assert_int_equal(v[i].bytes, want[i].bytes);
		assert_int_equal(v[i].pid, want[i].pid);
		assert_string_equal(v[i].comm, want[i].pid == 10 ? "one" : "two");
		assert_false(v[i].limit.known);
	}
	holders_free(v, n);
	tree_remove(&t);
}

/* maps says which processes are worth the walk over all their pages. */
static void test_maps_first(void **state)
{
	struct cgm_process p = process(10, "one");
	struct cgm_holder *v = NULL;
	struct tree t;
	size_t n = 7;

	(void)state;
	fill(&t);
	tree_put(&t, "proc/10/maps", "5000-6000 rw-p 00000000 00:00 0   [heap]\n");
	assert_int_equal(cgm_shmem_find(t.root, &p, 1, &v, &n), 0);
	assert_int_equal(n, 0);
	assert_null(v);
	tree_put(&t, "proc/10/maps", "3000-4000 rw-s 00000000 00:01 8   /dev/zero (deleted)\n");
	assert_int_equal(cgm_shmem_find(t.root, &p, 1, &v, &n), 0);
	assert_int_equal(n, 3);
	holders_free(v, n);
	p.kernel_thread = true;
	assert_int_equal(cgm_shmem_find(t.root, &p, 1, &v, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(cgm_shmem_find(t.root, NULL, 0, &v, &n), 0);
	assert_null(v);
	tree_remove(&t);
}

static void test_largest_are_kept(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_process p = process(10, "many");
	struct cgm_holder *v = NULL;
	struct tree t;
	size_t n = 0;

	(void)state;
	for (int i = 1; i <= 20000; i++)
		cgm_buf_addf(
			&b,
			"%d000-%d000 rw-s 00000000 00:01 %d   /memfd:%d (deleted)\nRss: %d kB\n", i,
			i + 1, i, i, i);
	tree_make(&t);
	tree_put_bytes(&t, "proc/10/smaps", cgm_buf_str(&b), b.len);
	assert_int_equal(cgm_shmem_find(t.root, &p, 1, &v, &n), 0);
	assert_int_equal(n, CGM_HOLDERS_MAX);
	assert_int_equal(v[0].bytes, CGM_SHMEM_ITEMS_MAX * KIB); /* later ones were left out */
	assert_string_equal(v[0].name, "16384");
	assert_int_equal(v[255].bytes, (CGM_SHMEM_ITEMS_MAX - 255) * KIB);
	holders_free(v, n);
	tree_remove(&t);
}

static void test_damaged_smaps(void **state)
{
	struct cgm_process p = process(10, "x");
	struct cgm_holder *v = NULL;
	struct tree t;
	size_t n = 0;

	(void)state;
	tree_make(&t);
	tree_put(&t, "proc/10/smaps",
		 "1000-2000 rw-s 0 00:01 7   /memfd:a (deleted)\nRss: 4 kB\nzz\n"
		 "9-1 bad\n");
	assert_int_equal(cgm_shmem_find(t.root, &p, 1, &v, &n), 0);
	assert_int_equal(n, 1); /* what came before is kept */
	holders_free(v, n);
	tree_remove(&t);
}

static const struct cgm_holder *named(const struct cgm_holder *v, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(v[i].name, name))
			return &v[i];
	}
	return NULL;
}

/* This process itself: what it has is its own, whatever the machine. */
static void test_live_self(void **state)
{
	const size_t size = 1 << 20;
	int fd = memfd_create("cgmem-unit-fd", MFD_CLOEXEC);
	int both = memfd_create("cgmem-unit-both", MFD_CLOEXEC);
	char *text = malloc(size), *map;
	const struct cgm_holder *h;
	struct cgm_holder *v = NULL;
	struct cgm_process self;
	struct cgm_root *root;
	size_t n = 0;
	int dirfd;

	(void)state;
	assert_true(fd >= 0 && both >= 0 && text);
	memset(text, 1, size);
	assert_int_equal(write(fd, text, size), size);
	assert_int_equal(ftruncate(both, (off_t)(2 * size)), 0);
	map = mmap(NULL, 2 * size, PROT_READ | PROT_WRITE, MAP_SHARED, both, 0);
	assert_true(map != MAP_FAILED);
	memset(map, 1, size); /* the second half has no pages */
	assert_int_equal(cgm_root_open(NULL, &root, NULL), 0);
	dirfd = cgm_proc_open(root, 0);
	if (dirfd < 0)
		skip();
	assert_int_equal(cgm_proc_read_status(dirfd, &self), 0);
	assert_int_equal(self.pid, getpid());
	assert_int_equal(cgm_shmem_find(root, &self, 1, &v, &n), 0);
	h = named(v, n, "cgmem-unit-fd");
	assert_non_null(h);
	assert_int_equal(h->kind, CGM_HOLD_MEMFD);
	assert_int_equal(h->bytes, size);
	assert_int_equal(h->pid, getpid());
	h = named(v, n, "cgmem-unit-both");
	assert_non_null(h);
	assert_int_equal(h->bytes, size); /* once, by its blocks */
	holders_free(v, n);
	assert_int_equal(munmap(map, 2 * size), 0);
	free(text);
	(void)close(fd);
	(void)close(both);
	(void)close(dirfd);
	cgm_root_free(root);
}

static void test_set(void **state)
{
	struct cgm_shmem_key key = {.kind = CGM_HOLD_SYSV, .ns = 1, .dev = 2, .inode = 3};
	struct cgm_process procs[2];
	struct cgm_shmem_item *item = NULL;
	struct cgm_shmem_set set;
	struct cgm_holder *v = NULL;
	size_t n = 0;

	(void)state;
	procs[0] = process(5, "five");
	procs[1] = process(6, "six");
	assert_int_equal(cgm_shmem_set_init(&set), 0);
	assert_null(cgm_shmem_set_find(&set, &key));
	assert_int_equal(cgm_shmem_set_add(&set, &key, "a", 1, 1, &item), 0);
	item->bytes = 5;
	assert_ptr_equal(cgm_shmem_set_find(&set, &key), item);
	/* the same id in another IPC namespace, and another kind, are others */
	key.ns = 2;
	assert_null(cgm_shmem_set_find(&set, &key));
	key.ns = 1;
	key.kind = CGM_HOLD_MEMFD;
	assert_null(cgm_shmem_set_find(&set, &key));
	key.kind = CGM_HOLD_TMPFS;
	assert_int_equal(cgm_shmem_set_add(&set, &key, "/b", 2, 0, &item), 0);
	item->bytes = 6;
	item->limit = (struct cgm_opt){.v = 9, .known = true};
	assert_int_equal(cgm_shmem_set_take(&set, procs, &v, &n), 0);
	assert_int_equal(n, 2);
	assert_string_equal(v[0].name, "/b");
	assert_int_equal(v[0].pid, 0); /* a mount is nobody's in particular */
	assert_int_equal(v[0].limit.v, 9);
	assert_string_equal(v[1].name, "a");
	assert_int_equal(v[1].pid, 6);
	holders_free(v, n);
	cgm_shmem_set_clear(&set);
}

static void test_may_hang(void **state)
{
	static const char text[] = "1 0 0:1 / / rw - overlay overlay rw\n"
				   "2 1 0:2 / /remote rw - fuse.sshfs me@there rw\n"
				   "3 1 0:3 / /dev/shm rw - tmpfs shm rw\n"
				   "4 1 0:4 / /nfs rw - nfs4 server:/ rw\n"
				   "5 1 0:5 / /fusebox rw - fusectl x rw\n"
				   "6 1 0:6 / /sys rw - sysfs sysfs rw\n"
				   "7 6 0:7 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n"
				   "8 6 0:8 / /sys/a rw - fuse.x x rw\n";
	static const char changed[] = "3 1 0:3 / /dev/shm rw - tmpfs shm rw\n";
	struct cgm_mounts m;

	(void)state;
	assert_int_equal(cgm_mounts_parse(text, sizeof text - 1, &m), 0);
	assert_false(cgm_mounts_may_hang(&m, "/dev/shm"));
	assert_true(cgm_mounts_may_hang(&m, "/remote"));
	assert_true(cgm_mounts_may_hang(&m, "/remote/a/b"));
	assert_false(cgm_mounts_may_hang(&m, "/remoter"));
	assert_true(cgm_mounts_may_hang(&m, "/nfs/x"));
	assert_false(cgm_mounts_may_hang(&m, "/fusebox/x"));
	assert_string_equal(cgm_mounts_safe_start(&m, "/sys/fs/cgroup")->point, "/sys");
	assert_null(cgm_mounts_safe_start(&m, "/sys"));
	assert_null(cgm_mounts_safe_start(&m, "/dev/shm"));
	assert_null(cgm_mounts_safe_start(&m, "/sys/a/b"));
	assert_null(cgm_mounts_safe_start(&m, "/sys/fs/cgroup/x"));
	assert_null(cgm_mounts_safe_start(&m, "/system"));
	cgm_mounts_clear(&m);
	/* chroot(2) into the middle of a mount */
	assert_int_equal(cgm_mounts_parse(changed, sizeof changed - 1, &m), 0);
	assert_true(cgm_mounts_may_hang(&m, "/dev/shm"));
	cgm_mounts_clear(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_saved_tree),	 cmocka_unit_test(test_maps_first),
		cmocka_unit_test(test_largest_are_kept), cmocka_unit_test(test_damaged_smaps),
		cmocka_unit_test(test_live_self),	 cmocka_unit_test(test_set),
		cmocka_unit_test(test_may_hang),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
