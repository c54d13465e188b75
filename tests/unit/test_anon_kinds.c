/* SPDX-License-Identifier: Apache-2.0 */
/* Anonymous memory by kind of mapping. */
#include "anon_kinds_case.h"

#define KINDS CGM_ANON_KIND_COUNT

/* KiB by kind; those that are not named are 0. */
static void expect(const struct cgm_buf *b, const uint64_t kib[KINDS])
{
	struct cgm_anon_by_kind r = judge_with(b, NULL, 0);

	for (int i = 0; i < KINDS; i++)
		if (r.bytes[i] != kib[i] * KIB)
			fail_msg("%s is %ju KiB, not %ju", cgm_anon_kinds[i].id,
				 (uintmax_t)(r.bytes[i] / KIB), (uintmax_t)kib[i]);
}

#define EXPECT(b, ...) expect(b, (const uint64_t[KINDS]){__VA_ARGS__})

static void test_nothing(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	(void)state;
	EXPECT(&b, 0);
	cgm_anon_kinds_free(NULL);
}

static void test_own_lines(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	(void)state;
	cgm_buf_adds(&b, "400000-401000 r-xp 0 fe:00 7 /bin/x\nAnonymous: 1 kB\n"
			 "402000-403000 rw-p 0 fe:00 7 /bin/x\nAnonymous: 2 kB\nLazyFree: 1 kB\n"
			 "800000-900000 rw-p 0 00:00 0 [heap]\nAnonymous: 100 kB\n"
			 "900000-910000 rw-s 0 00:01 9 /dev/zero (deleted)\nRss: 64 kB\n"
			 "a00000-a1ffff rw-p 0 00:00 0 \nAnonymous: 30 kB\n"
			 "b00000-b20000 rw-p 0 00:00 0 \nAnonymous: 40 kB\nLazyFree: 8 kB\n"
			 "c00000-c20000 rw-p 0 00:05 5 /dev/zero\nAnonymous: 3 kB\n"
			 "d00000-d20000 rw-p 0 00:00 0 [stack:77]\nAnonymous: 9 kB\n" STACK_LINE
			 "ffffffffff600000-ffffffffff601000 --xp 0 00:00 0 [vsyscall]\n"
			 "Anonymous: 4 kB\n");
	EXPECT(&b, [CGM_ANON_PROGRAM] = 2, [CGM_ANON_MAIN_HEAP] = 100, [CGM_ANON_SMALL] = 34,
	       [CGM_ANON_MMAP] = 35, [CGM_ANON_THREAD_STACKS] = 9, [CGM_ANON_STACK] = 8);
}

static void test_names(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_anon_by_kind r;

	(void)state;
	line(&b, 0x1000000, MIB, "rw-p 0 00:00 0 [anon:scudo:primary]", 30, "");
	line(&b, 0x2000000, MIB, "rw-p 0 00:00 0 [anon:v8\x1b[1m]", 50, "");
	line(&b, 0x3000000, MIB, "rw-p 0 00:00 0 [anon:scudo:primary]", 25, "");
	line(&b, 0x4000000, MIB, "rw-p 0 00:00 0 [anon: glibc: malloc arena]", 1, "");
	line(&b, 0x5000000, MIB, "rw-p 0 00:00 0 [anon: glibc: pthread stack: 4711]", 2, "");
	line(&b, 0x6000000, MIB, "rw-p 0 00:00 0 [anon: glibc: malloc]", 4, "");
	line(&b, 0x7000000, KIB, "rw-p 0 00:00 0 [anon: glibc: loader malloc]", 8, "");
	line(&b, 0x8000000, MIB, "rw-p 0 00:00 0 [anon:stack_and_tls:12]", 16, "");
	line(&b, 0x9000000, MIB, "rw-p 0 00:00 0 [anon:.bss]", 32, "");
	line(&b, 0xa000000, MIB, "rw-s 0 00:01 0 [anon_shmem:x]", 0, "");
	EXPECT(&b, [CGM_ANON_NAMED] = 105, [CGM_ANON_MALLOC_ARENAS] = 1,
	       [CGM_ANON_THREAD_STACKS] = 18, [CGM_ANON_MMAP] = 4, [CGM_ANON_SMALL] = 8,
	       [CGM_ANON_PROGRAM] = 32);
	r = judge_with(&b, NULL, 0);
	assert_int_equal(r.largest_named, 55 * KIB);
	assert_string_equal(r.largest_name, "scudo:primary");
	line(&b, 0xb000000, MIB, "rw-p 0 00:00 0 [anon:v8\x1b[1m]", 50, "");
	assert_string_equal(judge_with(&b, NULL, 0).largest_name, "v8\\x1b[1m");
}

/* More names than there is room for: the largest is still told, with all of its bytes. */
static void test_many_names(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_anon_by_kind r;

	(void)state;
	for (unsigned i = 0; i < 500; i++) {
		char what[120];

		(void)snprintf(what, sizeof what,
			       "rw-p 0 00:00 0 [anon:%u is a name that is cut at its end %u]", i,
			       i);
		line(&b, (i + 1) * MIB, KIB * 256, what, 4, "");
		if (i % 100 == 50)
			line(&b, (i + 1) * MIB + 512 * KIB, KIB * 256, "rw-p 0 00:00 0 [anon: big]",
			     20, "");
	}
	r = judge_with(&b, NULL, 0);
	assert_int_equal(r.bytes[CGM_ANON_NAMED], 2100 * KIB);
	assert_int_equal(r.largest_named, 100 * KIB);
	assert_string_equal(r.largest_name, "big");
	cgm_buf_reset(&b);
	for (unsigned i = 0; i < 129; i++) { /* 64 names twice, and one a third time */
		char what[80];

		(void)snprintf(what, sizeof what, "rw-p 0 00:00 0 [anon:n%u]",
			       i == 128 ? 40 : i % 64);
		line(&b, (i + 1) * MIB, KIB * 256, what, 4, "");
	}
	assert_string_equal(judge_with(&b, NULL, 0).largest_name, "n40");
	assert_int_equal(judge_with(&b, NULL, 0).largest_named, 12 * KIB);
	cgm_buf_reset(&b);
	line(&b, MIB, MIB, "rw-p 0 00:00 0 [anon:0123456789012345678901234567890123456789]", 4, "");
	assert_string_equal(judge_with(&b, NULL, 0).largest_name,
			    "0123456789012345678901234567890");
}

static void test_arenas(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	(void)state;
	anon(&b, AREA, 132 * KIB, 10, "nr");
	none(&b, AREA + 132 * KIB, WINDOW - 132 * KIB, "nr");
	/* two full ones and the beginning of a third */
	anon(&b, AREA + WINDOW, WINDOW, 60000, "nr");
	anon(&b, AREA + 2 * WINDOW, WINDOW + 4 * KIB, 65540, "nr");
	none(&b, AREA + 3 * WINDOW + 4 * KIB, WINDOW - 4 * KIB, "nr");
	/* the rest is one mapping with what another has reserved above it */
	anon(&b, AREA + 4 * WINDOW, MIB, 700, "nr");
	none(&b, AREA + 4 * WINDOW + MIB, 2 * WINDOW, "nr");
	/* the same without a rest, not aligned, without nr */
	anon(&b, AREA + 8 * WINDOW, MIB, 1, "nr");
	anon(&b, AREA + 9 * WINDOW + 4 * KIB, MIB, 2, "nr");
	none(&b, AREA + 9 * WINDOW + MIB + 4 * KIB, WINDOW - MIB - 4 * KIB, "nr");
	anon(&b, AREA + 11 * WINDOW, MIB, 4, "ac");
	none(&b, AREA + 11 * WINDOW + MIB, WINDOW - MIB, "nr");
	/* a rest that ends before the window does */
	anon(&b, AREA + 13 * WINDOW, MIB, 8, "nr");
	none(&b, AREA + 13 * WINDOW + MIB, WINDOW - MIB - 4 * KIB, "nr");
	/* nothing but a full one */
	anon(&b, AREA + 20 * WINDOW, WINDOW, 50000, "nr");
	cgm_buf_adds(&b, STACK_LINE);
	EXPECT(&b, [CGM_ANON_MALLOC_ARENAS] = 10 + 60000 + 65540 + 700 + 50000,
	       [CGM_ANON_MMAP] = 1 + 2 + 4 + 8, [CGM_ANON_STACK] = 8);
}

/* vm.overcommit_memory = 2, or a kernel that tells no flags. */
static void test_arenas_without_flags(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	(void)state;
	/* Go's first arena, and a JVM's heap of 64 MiB */
	anon(&b, UINT64_C(0xfc000000), 32 * MIB, 1, "ac");
	none(&b, UINT64_C(0xfc000000) + 32 * MIB, 32 * MIB, "");
	anon(&b, UINT64_C(0xc000000000), 4 * MIB, 2, "ac");
	none(&b, UINT64_C(0xc000000000) + 4 * MIB, 60 * MIB, "");
	anon(&b, AREA, MIB, 4, "ac");
	none(&b, AREA + MIB, WINDOW - MIB + 4 * KIB, "");
	anon(&b, AREA + 2 * WINDOW, MIB, 8, "ac");
	none(&b, AREA + 2 * WINDOW + MIB, WINDOW + 4 * KIB, ""); /* another's reservation */
	cgm_buf_adds(&b, STACK_LINE);
	EXPECT(&b, [CGM_ANON_MALLOC_ARENAS] = 4, [CGM_ANON_MMAP] = 11, [CGM_ANON_STACK] = 8);
}

/* Named at first, and not where it has grown. */
static void test_named_arena(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	(void)state;
	line(&b, AREA, 132 * KIB, "rw-p 0 00:00 0 [anon: glibc: malloc arena]", 132, "nr");
	anon(&b, AREA + 132 * KIB, MIB, 1000, "nr");
	none(&b, AREA + 132 * KIB + MIB, WINDOW - MIB - 132 * KIB, "nr");
	EXPECT(&b, [CGM_ANON_MALLOC_ARENAS] = 1132);
}

/* A guard of @guard bytes and a stack above it, and what they are taken for. */
static void stack(struct cgm_buf *b, uint64_t guard, const char *guard_flags, uint64_t length,
		  uint64_t kib)
{
	static uint64_t at = UINT64_C(0x7f0000000000);

	at += 64 * MIB + 8 * KIB;
	none(b, at, guard, guard_flags);
	anon(b, at + guard, length, kib, "ac");
	at += length;
}

static void test_thread_stacks(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	(void)state;
	stack(&b, 4 * KIB, "", 8 * MIB, 8192);	       /* glibc */
	stack(&b, 8 * KIB, "", 132 * KIB, 130);	       /* musl */
	stack(&b, 16 * KIB, "", MIB - 16 * KIB, 1008); /* a JVM */
	stack(&b, 16 * KIB, "", 2 * MIB - 16 * KIB, 2032);
	stack(&b, 64 * KIB, "", 16 * KIB, 16);		   /* the least */
	stack(&b, 4 * KIB, "", 64 * MIB, 16 * 1024);	   /* a large one, a quarter used */
	stack(&b, 4 * KIB, "", 8 * MIB + 4 * KIB, 2049);   /* not round, a quarter used */
	stack(&b, 4 * KIB, "", 500 * MIB + 4 * KIB, 1024); /* hardly anything */
	EXPECT(&b, [CGM_ANON_THREAD_STACKS] =
			   8192 + 130 + 1008 + 2032 + 16 + 16 * 1024 + 2049 + 1024);
}

static void test_no_thread_stacks(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	(void)state;
	stack(&b, 64 * KIB + 4 * KIB, "", 8 * MIB, 1);	  /* a reservation's rest */
	stack(&b, 4 * KIB, "nr", 8 * MIB, 2);		  /* a JVM's, V8's */
	stack(&b, 4 * KIB, "", 12 * KIB, 4);		  /* too small */
	stack(&b, 4 * KIB, "", 64 * MIB, 16 * 1024 + 4);  /* large and used */
	stack(&b, 4 * KIB, "", 8 * MIB + 4 * KIB, 2050);  /* one with what is above it */
	stack(&b, 4 * KIB, "", 18 * MIB + 4 * KIB, 1025); /* the same, larger */
	none(&b, 0x10000000, 4 * KIB, "");
	anon(&b, 0x10002000, 8 * MIB, 8, "ac"); /* a hole between them */
	none(&b, 0x20000000, 4 * KIB, "");
	line(&b, 0x20001000, 8 * MIB, "rwxp 0 00:00 0", 16, "ac"); /* code */
	line(&b, 0x30000000, 4 * KIB, "---p 0 fe:00 7 /lib/x.so", 0, "");
	anon(&b, 0x30001000, 8 * MIB, 32, "ac"); /* a library's hole */
	EXPECT(&b, [CGM_ANON_SMALL] = 4,
	       [CGM_ANON_MMAP] = 1 + 2 + 16 * 1024 + 4 + 2050 + 1025 + 8 + 16 + 32);
}

/* Guards that are no mappings: three stacks of 8 MiB in one. */
static void test_inner_guards(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	(void)state;
	anon(&b, 0x10000000, 3 * (8 * MIB + 4 * KIB), 1, "ac nh");
	anon(&b, 0x20000000, MIB + 4 * KIB, 2, "ac nh");
	anon(&b, 0x30000000, 8 * MIB + 4 * KIB, 4, "ac"); /* malloc(8 << 20) */
	anon(&b, 0x40000000, 8 * MIB, 8, "ac nh");
	anon(&b, 0x50000000, 8 * MIB + 4 * KIB, 16, "nr nh");
	EXPECT(&b, [CGM_ANON_THREAD_STACKS] = 3, [CGM_ANON_MMAP] = 28);
}

static void test_bss(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	(void)state;
	line(&b, 0x400000, MIB, "r-xp 0 fe:00 7 /bin/x", 0, "");
	line(&b, 0x500000, MIB, "rw-p 0 fe:00 7 /bin/x", 1, "");
	anon(&b, 0x600000, 40 * MIB, 2, "ac"); /* of the program: any size */
	line(&b, 0x10000000, MIB, "r-xp 0 fe:00 8 /lib/y.so", 0, "");
	line(&b, 0x10100000, MIB, "rw-p 0 fe:00 8 /lib/y.so", 4, "");
	anon(&b, 0x10200000, MIB - 4 * KIB, 8, "ac");
	line(&b, 0x20000000, MIB, "rw-p 0 fe:00 9 /lib/z.so", 16, "");
	anon(&b, 0x20100000, MIB, 32, "ac"); /* one with what was mapped there */
	line(&b, 0x30000000, MIB, "r--p 0 fe:00 9 /lib/z.so", 0, "");
	anon(&b, 0x30100000, 132 * KIB, 64, "ac"); /* behind no data */
	line(&b, 0x40000000, MIB, "rw-p 0 fe:00 9 /lib/z.so", 0, "");
	anon(&b, 0x40101000, 132 * KIB, 128, "ac"); /* not directly */
	EXPECT(&b, [CGM_ANON_PROGRAM] = 1 + 2 + 4 + 8 + 16, [CGM_ANON_MMAP] = 32 + 64 + 128);
}

static void test_go(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_anon_by_kind r;

	(void)state;
	anon(&b, UINT64_C(0xc000000000), 4 * MIB, 1000, "ac");
	anon(&b, AREA, 100 * KIB, 50, "ac");
	line(&b, AREA + MIB, MIB, "rw-p 0 00:00 0 [anon: Go: heap]", 300, "");
	line(&b, AREA + 3 * MIB, MIB, "rw-p 0 00:00 0 [anon: mine]", 200, "");
	r = judge_with(&b, NULL, 700 * KIB);
	assert_int_equal(r.bytes[CGM_ANON_GO_ARENAS], 700 * KIB);
	assert_int_equal(r.bytes[CGM_ANON_NAMED], 200 * KIB);
	assert_int_equal(r.bytes[CGM_ANON_MMAP], 600 * KIB);
	r = judge_with(&b, NULL, UINT64_MAX); /* no more than there is */
	assert_int_equal(r.bytes[CGM_ANON_GO_ARENAS], 1350 * KIB);
	assert_int_equal(r.bytes[CGM_ANON_NAMED], 200 * KIB);
	assert_int_equal(r.bytes[CGM_ANON_MMAP], 0);
	assert_int_equal(r.bytes[CGM_ANON_SMALL], 0);
	assert_int_equal(judge_with(&b, NULL, 0).bytes[CGM_ANON_GO_ARENAS], 0);
}

/* More mappings than are kept: counted all the same. */
static void test_countless(void **state)
{
	struct cgm_mapping m = {.perms = "rw-p", .name = "", .anonymous = KIB};
	struct cgm_anon_by_kind r = {0};
	struct cgm_anon_kinds *k = NULL;

	(void)state;
	assert_int_equal(cgm_anon_kinds_new(&k), 0);
	for (uint64_t i = 1; i <= 300000; i++) {
		m.start = i * 8192;
		m.end = m.start + 4096;
		assert_int_equal(cgm_anon_kinds_add(&m, k), 0);
	}
	cgm_anon_kinds_make(k, 0, &r);
	assert_int_equal(r.bytes[CGM_ANON_SMALL], 300000 * KIB);
	cgm_anon_kinds_free(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_own_lines),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_many_names),
		cmocka_unit_test(test_arenas),
		cmocka_unit_test(test_arenas_without_flags),
		cmocka_unit_test(test_named_arena),
		cmocka_unit_test(test_thread_stacks),
		cmocka_unit_test(test_no_thread_stacks),
		cmocka_unit_test(test_inner_guards),
		cmocka_unit_test(test_bss),
		cmocka_unit_test(test_go),
		cmocka_unit_test(test_countless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
