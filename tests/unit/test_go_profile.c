/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dlfcn.h>
#include <stdio.h>
#include <zlib.h>

#include "go_buckets.h"
#include "golang/goroutines.h"
#include "golang/profile.h"
#include "golang/proto.h"

/* zlib's other half, which the program itself does not need. */
static size_t gunzip(const struct cgm_buf *b, uint8_t *to, size_t room)
{
	void *lib = dlopen("libz.so.1", RTLD_NOW);
	int (*init)(z_streamp, int, const char *, int), (*inflate_)(z_streamp, int),
		(*end)(z_streamp);
	z_stream s = {.next_in = (Bytef *)b->data,
		      .avail_in = (uInt)b->len,
		      .next_out = to,
		      .avail_out = (uInt)room};

	assert_non_null(lib);
	*(void **)&init = dlsym(lib, "inflateInit2_");
	*(void **)&inflate_ = dlsym(lib, "inflate");
	*(void **)&end = dlsym(lib, "inflateEnd");
	assert_int_equal(init(&s, 15 + 16, ZLIB_VERSION, sizeof s), Z_OK);
	assert_int_equal(inflate_(&s, Z_FINISH), Z_STREAM_END);
	assert_int_equal(end(&s), Z_OK);
	return s.total_out;
}

/* Protocol buffers as text: "4{1=1 2=1 3=4198464 4{1=1 2=50}}"; what is text stands in quotes. */
struct show {
	char out[16384];
	size_t n;
};

static void add(struct show *s, const char *before, uint64_t v, const char *behind)
{
	s->n += (size_t)snprintf(s->out + s->n, sizeof s->out - s->n, "%s%lu%s", before,
				 (unsigned long)v, behind);
}

static void add_text(struct show *s, const char *text, size_t len)
{
	s->n += (size_t)snprintf(s->out + s->n, sizeof s->out - s->n, "%.*s", (int)len, text);
}

static uint64_t varint(const uint8_t **p, const uint8_t *end)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < 70; i += 7) {
		assert_true(*p < end);
		v |= (uint64_t)(**p & 0x7f) << i;
		if (!(*(*p)++ & 0x80))
			return v;
	}
	fail();
	return 0;
}

static void show_message(struct show *s, const uint8_t *p, const uint8_t *end, unsigned depth);

/* Which fields hold messages: those of a profile, lines of a location, labels of a sample. */
static bool is_message(unsigned depth, uint64_t field, unsigned parent)
{
	return depth == 0 ? field != 6 : parent == 4 ? field == 4 : parent == 2 && field == 3;
}

static unsigned parent_field;

static void show_bytes(struct show *s, const uint8_t *p, uint64_t len, unsigned depth,
		       uint64_t field)
{
	unsigned parent = parent_field;

	if (is_message(depth, field, parent)) {
		if (!depth)
			parent_field = (unsigned)field;
		add(s, "", field, "{");
		show_message(s, p, p + len, depth + 1);
		add_text(s, "} ", 2);
	} else if (depth == 0) {
		add_text(s, "\"", 1);
		add_text(s, (const char *)p, (size_t)len);
		add_text(s, "\" ", 2);
	} else { /* packed numbers */
		const uint8_t *end = p + len;

		add(s, "", field, "=");
		while (p < end)
			add(s, "", varint(&p, end), ",");
		add_text(s, " ", 1);
	}
}

static void show_message(struct show *s, const uint8_t *p, const uint8_t *end, unsigned depth)
{
	while (p < end) {
		uint64_t tag = varint(&p, end), v = varint(&p, end);

		if ((tag & 7) == 0) {
			add(s, "", tag >> 3, "=");
			add(s, "", v, " ");
			continue;
		}
		assert_int_equal(tag & 7, 2);
		assert_true(v <= (uint64_t)(end - p));
		show_bytes(s, p, v, depth, tag >> 3);
		p += v;
	}
}

static const char *shown(const struct cgm_buf *b)
{
	static struct show s;
	static uint8_t plain[65536];
	size_t n = gunzip(b, plain, sizeof plain);

	s.n = 0;
	s.out[0] = '\0';
	show_message(&s, plain, plain + n, 0);
	return s.out;
}

static void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no %s in %s", part, text);
}

static void test_heap(void **state)
{
	static struct go_program g;
	struct cgm_go_place place = {.mbuckets = ZERO_ADDR + 0x300};
	CGM_AUTO_BUF struct cgm_buf b = {0};
	const char *s;

	(void)state;
	program_new(&g, 22);
	buckets_fill(&g);
	assert_int_equal(cgm_go_profile_write(&g.p, &place, g.t, CGM_PROFILE_AUTO, &b), 0);
	s = shown(&b);
	/* strings by number: 1 space, 2 bytes, 3 alloc_objects, 4 count, ... */
	has(s, "11{1=1 2=2 } 12=524288 1{1=3 2=4 } 1{1=5 2=2 } 1{1=6 2=4 } 1{1=7 2=2 } 14=7 ");
	has(s, "\"\" \"space\" \"bytes\" \"alloc_objects\" \"count\" \"alloc_space\" "
	       "\"inuse_objects\" \"inuse_space\" \"main.inner\" \"/src/main.go\" \"main.outer\" "
	       "\"runtime.main\" ");
	/* one location of the inlined call and its caller: 0x401040 + 0x12 */
	has(s, "5{1=1 2=8 3=8 4=9 5=77 } 5{1=2 2=10 3=10 4=9 5=100 } "
	       "4{1=1 2=1 3=4198482 4{1=1 2=50 } 4{1=2 2=10 } } ");
	has(s, "2{1=1,2, 2=11,12126966,5,6063483, 3{1=2 3=1048576 } } ");
	/* stacks that are all the runtime's are shown whole */
	has(s, "2{1=3,4, 2=512,524800,512,524800, 3{1=2 3=1024 } } ");
	has(s, "3{1=1 2=4198400 3=4202496 4=4096 7=1 8=1 9=1 10=1 } ");
	program_free(&g);
}

static void test_goroutines(void **state)
{
	static struct go_program g;
	struct cgm_go_place place = {.allgs = ZERO_ADDR + 0x208};
	CGM_AUTO_BUF struct cgm_buf b = {0};
	uint64_t calls[] = {AT(F_OUTER, 0x12), AT(F_WRAP, 0x11)};
	const char *s;

	(void)state;
	program_new(&g, 22);
	program_g(&g, &(struct new_g){.status = 2, .start = F_MAIN, .creator = F_GOEXIT});
	for (unsigned i = 1; i < 4; i++) {
		program_g(&g, &(struct new_g){4, 14, F_WRAP, F_MAIN, 0});
		program_stack(&g, i, calls, 2);
	}
	program_g(&g, &(struct new_g){4, 14, F_WORKER, F_MAIN, 0}); /* the runtime's */
	program_g(&g, &(struct new_g){6, 0, F_OUTER, F_MAIN, 0});   /* dead */
	program_allgs(&g, 0x208, 6, 8);
	/* no heap profile is there: these are what is to be had */
	assert_int_equal(cgm_go_profile_write(&g.p, &place, g.t, CGM_PROFILE_AUTO, &b), 0);
	s = shown(&b);
	has(s, "11{1=1 2=2 } 12=1 1{1=1 2=2 } ");
	has(s,
	    "\"\" \"goroutine\" \"count\" \"main.inner\" \"/src/main.go\" \"main.outer\" \"state\" "
	    "\"chan receive\" \"created by\" \"runtime.main\" \"running\" ");
	/* the wrapper is left out, as in a traceback: one location, two lines */
	has(s, "4{1=1 2=1 3=4198481 4{1=1 2=50 } 4{1=2 2=10 } } 2{1=1, 2=3, 3{1=6 2=7 } 3{1=8 2=9 "
	       "} } ");
	/* where the running one is nobody knows, but what it was started with */
	has(s, "2{1=2, 2=1, 3{1=6 2=10 } } ");
	program_free(&g);
}

static void test_nothing_there(void **state)
{
	static struct go_program g;
	struct cgm_go_place place = {0};
	CGM_AUTO_BUF struct cgm_buf b = {0};

	(void)state;
	program_new(&g, 22);
	assert_int_equal(cgm_go_profile_write(&g.p, &place, g.t, CGM_PROFILE_HEAP, &b), -ENOENT);
	assert_int_equal(cgm_go_profile_write(&g.p, &place, g.t, CGM_PROFILE_GOROUTINE, &b),
			 -ENOENT);
	assert_int_equal(cgm_go_profile_write(&g.p, &place, g.t, CGM_PROFILE_AUTO, &b), -ENOENT);
	assert_int_equal(cgm_go_profile_write(&g.p, &place, g.t, CGM_PROFILE_NONE, &b), -ENOENT);
	assert_int_equal(b.len, 0);
	program_free(&g);
}

/* Many of each: what is stored once is found again; names are safe to show. */
static void test_proto(void **state)
{
	struct cgm_proto *p = NULL;
	CGM_AUTO_BUF struct cgm_buf b = {0};
	uint64_t ids[2000], value = 1;
	char name[32];

	(void)state;
	assert_int_equal(cgm_proto_new(&p), 0);
	for (unsigned i = 0; i < 2000; i++) {
		struct cgm_proto_line l = {name, "f.go", i, 0};

		(void)snprintf(name, sizeof name, "main.f%u", i % 700);
		assert_int_equal(cgm_proto_find(p, 1000 + i), 0);
		ids[i] = cgm_proto_location(p, 1000 + i, &l, 1);
		assert_int_equal(ids[i], i + 1);
	}
	for (unsigned i = 0; i < 2000; i++)
		assert_int_equal(cgm_proto_find(p, 1000 + i), i + 1);
	cgm_proto_sample(p, ids, 1, &value, 1, NULL, 0);
	assert_int_equal(cgm_proto_finish(p, &b), 0);
	cgm_proto_free(p);
	b.len = 0;
	assert_int_equal(cgm_proto_new(&p), 0);
	cgm_proto_location(p, 1, &(struct cgm_proto_line){"a\x1b[0m", "\xff", 0, 0}, 1);
	assert_int_equal(cgm_proto_finish(p, &b), 0);
	has(shown(&b), "\"\" \"a\\x1b[0m\" \"\\xff\" ");
	cgm_proto_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_heap),
		cmocka_unit_test(test_goroutines),
		cmocka_unit_test(test_nothing_there),
		cmocka_unit_test(test_proto),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
