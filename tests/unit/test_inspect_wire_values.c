/* SPDX-License-Identifier: Apache-2.0 */
/* The worker's answer: values that no honest worker tells are refused, or cost themselves. */
#include "inspect_wire_case.h"

/* Where fields are in their records. */
#define PROCESS_KNOWN (HEAD + 4)
#define GO_VERSION    (HEAD + 4)
#define GO_SOURCE     (GO_VERSION + 32)
#define GO_STATS      (GO_SOURCE + 4)

static void poke(struct cgm_buf *b, size_t at, uint64_t v, size_t size)
{
	assert_true(at + size <= b->len);
	memcpy(b->data + at, &v, size);
}

static void figures_are_those_of_go_programs(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	(void)state;
	put_process(&b, 0, true);
	put_process(&b, 1, false);
	put_process(&b, 2, true);
	put_go(&b, 0);
	put_go(&b, 2);
	assert_int_equal(result(&b), 0);
	put_go(&b, 2);
	assert_int_equal(result(&b), -EBADMSG);
	cgm_buf_reset(&b);
	put_process(&b, 0, true);
	put_process(&b, 1, false);
	put_go(&b, 1);
	assert_int_equal(result(&b), -EBADMSG);
	cgm_buf_reset(&b);
	put_go(&b, 0); /* nobody has said so */
	assert_int_equal(result(&b), -EBADMSG);
}

static void a_flag_is_0_or_1(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	(void)state;
	put_process(&b, 0, true);
	poke(&b, PROCESS_KNOWN, 2, 1);
	assert_int_equal(result(&b), -EBADMSG);
	poke(&b, PROCESS_KNOWN, 0, 1); /* a Go program that nobody knows to be one */
	assert_int_equal(result(&b), -EBADMSG);
	poke(&b, PROCESS_KNOWN, 1, 1);
	assert_int_equal(result(&b), 0);
	put_go(&b, 0);
	poke(&b, HEAD + 6 + GO_STATS + 8, 1, 1);
	assert_int_equal(result(&b), 0);
	poke(&b, HEAD + 6 + GO_STATS + 8, 255, 1);
	assert_int_equal(result(&b), -EBADMSG);
}

static void numbers_have_limits(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	size_t go;

	(void)state;
	put_process(&b, 0, true);
	go = b.len;
	put_go(&b, 0);
	poke(&b, go + GO_SOURCE, CGM_GO_FROM_ENDPOINT, 4);
	assert_int_equal(result(&b), 0);
	poke(&b, go + GO_SOURCE, CGM_GO_FROM_ENDPOINT + 1, 4);
	assert_int_equal(result(&b), -EBADMSG);
	poke(&b, go + GO_SOURCE, 0, 4);
	poke(&b, go + GO_STATS, UINT64_C(1) << 60, 8);
	assert_int_equal(result(&b), 0);
	poke(&b, go + GO_STATS + 9 * CGM_GO_NEXT_GC, UINT64_MAX, 8);
	poke(&b, go + GO_STATS + 9 * CGM_GO_LAST_GC, UINT64_MAX, 8);
	assert_int_equal(result(&b), 0);
}

#define TOO_MUCH ((UINT64_C(1) << 60) + 1)

/* An answer about a Go program with @g; what is said of another is there in any case. */
static struct cgm_wire_answer read_odd(const struct cgm_wire_go *g, const struct cgm_wire_kinds *k)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_wire_answer a = {0};

	put_process(&b, 0, false);
	put_process(&b, 1, true);
	cgm_wire_put_go(&b, g);
	cgm_wire_put_kinds(&b, k);
	cgm_wire_put_trouble(&b, &some_trouble);
	cgm_wire_put_done(&b);
	assert_int_equal(cgm_wire_read(b.data, b.len, ASKED, &a), 0);
	assert_true(a.done && a.n_procs == 2 && a.n_go == 1 && a.n_kinds == 1 && a.n_troubles == 1);
	assert_int_equal(a.go[0].index, 1);
	assert_int_equal(a.go[0].go.stat[CGM_GO_SYS].v, g->go.stat[CGM_GO_SYS].v);
	return a;
}

/* A program may have any number in its memory: it costs that figure, never the others. */
static void a_number_that_is_none_costs_itself(void **state)
{
	struct cgm_wire_go g = full_go();
	struct cgm_wire_kinds k = full_kinds();
	struct cgm_go_site sites[3] = {site, site, site};
	struct cgm_go_group groups[2] = {group, group};
	struct cgm_wire_answer a;

	(void)state;
	g.go.stat[CGM_GO_TOTAL_ALLOC] = (struct cgm_opt){TOO_MUCH, true};
	g.go.goroutines = (struct cgm_opt){UINT64_MAX, true};
	a = read_odd(&g, &k);
	assert_false(a.go[0].go.stat[CGM_GO_TOTAL_ALLOC].known);
	assert_int_equal(a.go[0].go.stat[CGM_GO_TOTAL_ALLOC].v, 0);
	assert_false(a.go[0].go.goroutines.known);
	assert_true(a.go[0].go.inuse_space.known && a.go[0].go.resident.known);
	assert_true(a.kinds[0].kinds.known);
	cgm_wire_answer_clear(&a);

	sites[1].alloc_bytes = UINT64_MAX;
	groups[0].stack_bytes = TOO_MUCH;
	g.go.sites = sites;
	g.go.n_sites = 3;
	g.go.groups = groups;
	g.go.n_groups = 2;
	k.kinds.bytes[0] = TOO_MUCH;
	a = read_odd(&g, &k);
	assert_int_equal(a.go[0].go.n_sites, 2);
	assert_int_equal(a.go[0].go.n_groups, 1);
	assert_true(a.go[0].go.resident.known);
	assert_false(a.kinds[0].kinds.known);
	assert_int_equal(a.kinds[0].kinds.bytes[1], 0);
	cgm_wire_answer_clear(&a);

	g.go.resident.arenas = TOO_MUCH;
	a = read_odd(&g, &k);
	assert_false(a.go[0].go.resident.known);
	assert_int_equal(a.go[0].go.resident.off_heap, 0);
	assert_int_equal(a.go[0].go.stat[CGM_GO_HEAP_ALLOC].known,
			 g.go.stat[CGM_GO_HEAP_ALLOC].known);
	cgm_wire_answer_clear(&a);
	g.go.stat[CGM_GO_HEAP_ALLOC] = (struct cgm_opt){1, true};
	g.go.bound = TOO_MUCH;
	a = read_odd(&g, &k);
	assert_false(a.go[0].go.stat[CGM_GO_HEAP_ALLOC].known);
	cgm_wire_answer_clear(&a);
}

static void trouble_has_a_place_and_a_reason(void **state)
{
	static const struct {
		struct cgm_wire_trouble t;
		int result;
	} cases[] = {
		{{ASKED - 1, CGM_STEP_COUNT - 1, 4095}, 0},
		{{ASKED, 0, 1}, -EBADMSG},
		{{0, CGM_STEP_COUNT, 1}, -EBADMSG},
		{{0, 0, 4096}, -EBADMSG},
		{{0, 0, 0}, -EBADMSG},
	};
	CGM_AUTO_BUF struct cgm_buf b = {0};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		cgm_buf_reset(&b);
		cgm_wire_put_trouble(&b, &cases[i].t);
		assert_int_equal(result(&b), cases[i].result);
	}
	cgm_buf_reset(&b);
	for (int i = 0; i < ASKED * CGM_STEP_COUNT; i++)
		cgm_wire_put_trouble(&b, &some_trouble);
	assert_int_equal(result(&b), 0);
	cgm_wire_put_trouble(&b, &some_trouble);
	assert_int_equal(result(&b), -EBADMSG);
}

static void names_are_escaped_and_end(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_wire_answer a = {0};
	struct cgm_wire_go g = {0};

	(void)state;
	put_process(&b, 0, true);
	memcpy(g.go.version, "go\x1b[31m\xff", 9);
	memset(group.function, 0x01, sizeof group.function - 1); /* each becomes \x01 */
	g.go.groups = &group;
	g.go.n_groups = 1;
	cgm_wire_put_go(&b, &g);
	memcpy(group.function, "main.one", 9);
	assert_int_equal(cgm_wire_read(b.data, b.len, ASKED, &a), 0);
	assert_string_equal(a.go[0].go.version, "go\\x1b[31m\\xff");
	assert_int_equal(strlen(a.go[0].go.groups[0].function), 124); /* 31 of 4 bytes */
	assert_string_equal(a.go[0].go.groups[0].function + 120, "\\x01");
	cgm_wire_answer_clear(&a);
	memset(b.data + HEAD + 6 + GO_VERSION, 'x', 32); /* no end */
	assert_int_equal(result(&b), -EBADMSG);
	poke(&b, HEAD + 6 + GO_VERSION + 31, 0, 1);
	assert_int_equal(result(&b), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(figures_are_those_of_go_programs),
		cmocka_unit_test(a_flag_is_0_or_1),
		cmocka_unit_test(numbers_have_limits),
		cmocka_unit_test(a_number_that_is_none_costs_itself),
		cmocka_unit_test(trouble_has_a_place_and_a_reason),
		cmocka_unit_test(names_are_escaped_and_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
