/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "sys/smaps.h"
#include "sys_tree.h"

#define KIB UINT64_C(1024)
#define FULL                                                                                      \
	"Size:                 44 kB\nKernelPageSize:        4 kB\nRss:                  40 kB\n" \
	"Pss:                  10 kB\nPss_Dirty:             0 kB\nShared_Clean:          1 kB\n" \
	"Shared_Dirty:          2 kB\nPrivate_Clean:         4 kB\nPrivate_Dirty:         8 kB\n" \
	"Referenced:           40 kB\nAnonymous:            16 kB\nLazyFree:             32 kB\n" \
	"AnonHugePages:      2048 kB\nShmemPmdMapped:     4096 kB\nShared_Hugetlb:     6144 kB\n" \
	"Private_Hugetlb:    8192 kB\nSwap:                  5 kB\nSwapPss:               3 kB\n" \
	"Locked:                7 kB\nTHPeligible:           0\nVmFlags: rd wr mr mw me ac sd \n"

struct seen {
	size_t n;
	int stop_at, answer;
	struct cgm_mapping m[8];
	char name[8][64];
};

static int see(const struct cgm_mapping *m, void *arg)
{
	struct seen *s = arg;

	if (s->n < 8) {
		s->m[s->n] = *m;
		(void)snprintf(s->name[s->n], sizeof s->name[0], "%s", m->name);
	}
	s->n++;
	return s->stop_at && s->n == (size_t)s->stop_at ? s->answer : 0;
}

/* On the heap and without a byte behind it, so that a sanitizer sees what reads too far. */
static int parse(const char *text, struct seen *s)
{
	size_t len = strlen(text);
	char *copy = malloc(len + !len);
	int r;

	assert_non_null(copy);
	memcpy(copy, text, len);
	r = cgm_smaps_parse(copy, len, see, s);
	free(copy);
	return r;
}

static void test_all_fields(void **state)
{
	struct seen s = {0};
	const struct cgm_mapping *m = s.m;

	(void)state;
	assert_int_equal(parse("7f00a000-7f00b0ff rw-s 0000b000 fe:1f 1234567   /SYSV0052e2c1 "
			       "(deleted)\n" FULL
			       "7ffd0000-7ffd1000 r-xp 00000000 00:00 0 \nRss: 4 kB\n",
			       &s),
			 0);
	assert_int_equal(s.n, 2);
	assert_int_equal(m->start, 0x7f00a000);
	assert_int_equal(m->end, 0x7f00b0ff);
	assert_string_equal(m->perms, "rw-s");
	assert_int_equal(m->major, 0xfe);
	assert_int_equal(m->minor, 0x1f);
	assert_int_equal(m->inode, 1234567);
	assert_string_equal(s.name[0], "/SYSV0052e2c1 (deleted)");
	assert_int_equal(m->rss, 40 * KIB);
	assert_int_equal(m->pss, 10 * KIB);
	assert_int_equal(m->shared, 3 * KIB);
	assert_int_equal(m->private_, 12 * KIB);
	assert_int_equal(m->anonymous, 16 * KIB);
	assert_int_equal(m->lazyfree, 32 * KIB);
	assert_int_equal(m->anon_huge, 2048 * KIB);
	assert_int_equal(m->shmem_pmd, 4096 * KIB);
	assert_int_equal(m->hugetlb, 14336 * KIB);
	assert_int_equal(m->swap, 5 * KIB);
	assert_int_equal(m->locked, 7 * KIB);
	assert_string_equal(s.name[1], "");
	assert_string_equal(s.m[1].perms, "r-xp");
	assert_int_equal(s.m[1].rss, 4 * KIB); /* nothing is carried over */
	assert_int_equal(s.m[1].pss, 0);
}

static void test_maps(void **state)
{
	struct seen s = {0};

	(void)state;
	assert_int_equal(parse("1000-2000 r--p 00000000 08:01 5   /a b  c\n"
			       "3000-4000 r--p 00000000 00:00 0   [anon: Go: heap]\n"
			       "5000-6000 ---p 00000000 00:00 0\n"
			       "7000-8000 ---p 00000000 00:00 0 /e",
			       &s),
			 0);
	assert_int_equal(s.n, 4);
	assert_string_equal(s.name[0], "/a b  c");
	assert_string_equal(s.name[1], "[anon: Go: heap]");
	assert_string_equal(s.name[2], "");
	assert_string_equal(s.name[3], "/e"); /* to the very end of the text */
	s = (struct seen){0};
	assert_int_equal(parse("", &s), 0);
	assert_int_equal(s.n, 0);
}

static void test_callback_ends_it(void **state)
{
	struct seen s = {.stop_at = 2, .answer = -ECANCELED};
	static const char text[] = "1-2 r--p 0 0:0 0\n2-3 r--p 0 0:0 0\n3-4 r--p 0 0:0 0\n";

	(void)state;
	assert_int_equal(parse(text, &s), -ECANCELED);
	assert_int_equal(s.n, 2);
	s = (struct seen){.stop_at = 3, .answer = -EPERM}; /* the last one */
	assert_int_equal(parse(text, &s), -EPERM);
	s = (struct seen){.stop_at = 1, .answer = 7};
	assert_int_equal(parse(text, &s), 0);
	assert_int_equal(s.n, 3);
}

static void test_bad_text(void **state)
{
	static const char *const bad[] = {
		"Rss: 4 kB\n1-2 r--p 0 0:0 0\n",
		"1-2\n",
		"2-1 r--p 0 0:0 0\n",
		"1-2 r--p 0 0:0\n",
		"1-2 r--p 0 0:0 x\n",
		"1-2 rwx 0 0:0 0\n",
		"1-2 rzxp 0 0:0 0\n",
		"1-2 r--p g 0:0 0\n",
		"1-2 r--p 0 100000000:0 0\n",
		"11112222333344445-2 r--p 0 0:0 0\n",
		"12 r--p 0 0:0 0\n",
		"a\n",
	};
	struct seen s = {0};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(parse(bad[i], &s), -EBADMSG);
	assert_int_equal(s.n, 0);
	/* what is unknown, or no number, is passed over */
	assert_int_equal(parse("1-2 r--p 0 0:0 0\nNew_Thing: x\nRss: -4 kB\nPss: 1 MB\n\nLine\n"
			       "Swap: 1 kB\n",
			       &s),
			 0);
	assert_int_equal(s.m[0].rss + s.m[0].pss, 0);
	assert_int_equal(s.m[0].swap, KIB);
}

struct sum {
	size_t n;
	uint64_t rss, inodes, name_bytes;
};

static int add(const struct cgm_mapping *m, void *arg)
{
	struct sum *s = arg;

	s->n++;
	s->rss += m->rss;
	s->inodes += m->inode;
	s->name_bytes += strlen(m->name);
	return 0;
}

/* More text than one chunk, cut wherever a chunk ends. */
static void test_stream(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct sum s = {0};
	struct tree t;
	int fd;

	(void)state;
	tree_make(&t);
	for (int i = 0; i < 3000; i++)
		cgm_buf_addf(&b, "%x000-%x000 r--p 00000000 00:00 %d   /file%04d\n" FULL, i, i + 1,
			     i, i);
	tree_put_bytes(&t, "smaps", cgm_buf_str(&b), b.len);
	assert_true(b.len > 10 * 65536);
	fd = cgm_root_openat(t.root, "smaps", O_RDONLY);
	assert_int_equal(cgm_smaps_read(fd, add, &s), 0);
	assert_int_equal(close(fd), 0);
	assert_int_equal(s.n, 3000);
	assert_int_equal(s.rss, 3000 * 40 * KIB);
	assert_int_equal(s.inodes, 3000 * 2999 / 2);
	assert_int_equal(s.name_bytes, 3000 * 9);
	tree_remove(&t);
}

static int stream_with_name(const struct tree *t, size_t name_len, struct sum *s)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	char *name = malloc(name_len);
	int fd, r;

	assert_non_null(name);
	memset(name, 'n', name_len);
	cgm_buf_adds(&b, "1-2 r--p 0 0:0 0 ");
	cgm_buf_add(&b, name, name_len);
	cgm_buf_adds(&b, "\nRss: 4 kB\n2-3 r--p 0 0:0 0\n");
	free(name);
	tree_put_bytes(t, "smaps", cgm_buf_str(&b), b.len);
	fd = cgm_root_openat(t->root, "smaps", O_RDONLY);
	*s = (struct sum){0};
	r = cgm_smaps_read(fd, add, s);
	assert_int_equal(close(fd), 0);
	return r;
}

static void test_stream_bound(void **state)
{
	struct sum s;
	struct tree t;

	(void)state;
	tree_make(&t);
	assert_int_equal(stream_with_name(&t, 900000, &s), 0);
	assert_int_equal(s.n, 2);
	assert_int_equal(s.name_bytes, 900000);
	assert_int_equal(s.rss, 4 * KIB);
	assert_int_equal(stream_with_name(&t, 1200000, &s), -EFBIG);
	assert_int_equal(cgm_smaps_read(-1, add, &s), -EBADF);
	tree_remove(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_fields),	 cmocka_unit_test(test_maps),
		cmocka_unit_test(test_callback_ends_it), cmocka_unit_test(test_bad_text),
		cmocka_unit_test(test_stream),		 cmocka_unit_test(test_stream_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
