/* SPDX-License-Identifier: Apache-2.0 */
/* The worker's answer: what an honest one says arrives, what another says is refused. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collect/inspect_wire.h"

#define HEAD  8 /* tag and length */
#define ASKED 3
/* Where fields are in their records. */
#define PROCESS_KNOWN (HEAD + 4)
#define GO_VERSION    (HEAD + 4)
#define GO_SOURCE     (GO_VERSION + 32)
#define GO_STATS      (GO_SOURCE + 4)

static void put_process(struct cgm_buf *b, uint32_t index, bool go)
{
	const struct cgm_wire_process p = {.index = index, .go_known = true, .go = go};

	cgm_wire_put_process(b, &p);
}

static void put_go(struct cgm_buf *b, uint32_t index)
{
	const struct cgm_wire_go g = {.index = index};

	cgm_wire_put_go(b, &g);
}

/* Reads @b and forgets it again: 0 or the error. */
static int result(const struct cgm_buf *b)
{
	struct cgm_wire_answer a = {0};
	int r = cgm_wire_read(b->data, b->len, ASKED, &a);

	cgm_wire_answer_clear(&a);
	return r;
}

static void poke(struct cgm_buf *b, size_t at, uint64_t v, size_t size)
{
	assert_true(at + size <= b->len);
	memcpy(b->data + at, &v, size);
}

static struct cgm_go_group group = {.count = 9998,
				    .state = "chan receive",
				    .function = "main.one",
				    .created_by = "main.main",
				    .longest_s = {2460, true},
				    .stack_bytes = 40960,
				    .system = true};
static struct cgm_go_site site = {.function = "main.fill",
				  .inuse_bytes = 1,
				  .inuse_objects = 2,
				  .alloc_bytes = UINT64_C(1) << 60};

/* Every field has a value of its own. */
static struct cgm_wire_go full_go(void)
{
	struct cgm_wire_go g = {.index = 1};
	uint64_t *resident[] = {&g.go.resident.arenas,	    &g.go.resident.arenas_lazyfree,
				&g.go.resident.arenas_huge, &g.go.resident.arenas_swap,
				&g.go.resident.runtime,	    &g.go.resident.off_heap,
				&g.go.resident.program,	    &g.go.resident.off_heap_lazyfree,
				&g.go.resident.huge};

	memcpy(g.go.version, "go1.22.5", 9);
	g.go.source = CGM_GO_FROM_MEMORY;
	for (uint64_t i = 0; i < CGM_GO_STAT_COUNT; i++)
		g.go.stat[i] = (struct cgm_opt){1000 + i, i % 3 != 0};
	g.go.stat[CGM_GO_NEXT_GC] = (struct cgm_opt){UINT64_MAX, true};
	g.go.gogc = (struct cgm_opt){CGM_GO_GC_OFF, true};
	g.go.gomemlimit = (struct cgm_opt){CGM_GO_LIMIT_OFF, true};
	g.go.heap_marked = (struct cgm_opt){5, true};
	g.go.bound = 6;
	g.go.span_buffers = 7;
	g.go.cgo = true;
	g.go.goroutines = (struct cgm_opt){8, true};
	g.go.inuse_space = (struct cgm_opt){9, true};
	g.go.alloc_space = (struct cgm_opt){10, true};
	g.go.resident.known = g.go.resident.arenas_exact = true;
	for (uint64_t i = 0; i < sizeof resident / sizeof *resident; i++)
		*resident[i] = 20 + i;
	g.go.groups = &group;
	g.go.n_groups = 1;
	g.go.sites = &site;
	g.go.n_sites = 1;
	return g;
}

static struct cgm_wire_kinds full_kinds(void)
{
	struct cgm_wire_kinds k = {.index = 2, .kinds = {.known = true, .largest_named = 77}};

	for (uint64_t i = 0; i < CGM_ANON_KIND_COUNT; i++)
		k.kinds.bytes[i] = 100 + i;
	memcpy(k.kinds.largest_name, "libc_malloc", 12);
	k.kinds.jvm_heap_used = (struct cgm_opt){1, true};
	k.kinds.jvm_heap_capacity = (struct cgm_opt){2, true};
	k.kinds.jvm_metaspace_used = (struct cgm_opt){3, false};
	return k;
}

static const struct cgm_wire_place place = {.key = {{1, UINT64_MAX}},
					    .place = {0x1000, 0x2000, 0x3000, UINT64_MAX}};
static const struct cgm_wire_trouble some_trouble = {2, CGM_STEP_MEM, EACCES};

static void put_all(struct cgm_buf *b)
{
	const struct cgm_wire_go g = full_go();
	const struct cgm_wire_kinds k = full_kinds();

	put_process(b, 0, false);
	put_process(b, 1, true);
	cgm_wire_put_go(b, &g);
	cgm_wire_put_place(b, &place);
	cgm_wire_put_trouble(b, &some_trouble);
	cgm_wire_put_kinds(b, &k);
	cgm_wire_put_profile(b, "profile", 7);
	cgm_wire_put_done(b);
	assert_false(b->failed);
}

static void assert_go(const struct cgm_go *got)
{
	struct cgm_wire_go g = full_go();

	assert_string_equal(got->version, g.go.version);
	assert_int_equal(got->source, g.go.source);
	for (int i = 0; i < CGM_GO_STAT_COUNT; i++) {
		assert_int_equal(got->stat[i].v, g.go.stat[i].v);
		assert_int_equal(got->stat[i].known, g.go.stat[i].known);
	}
	assert_true(got->gogc.v == g.go.gogc.v && got->gogc.known);
	assert_true(got->gomemlimit.v == g.go.gomemlimit.v && got->gomemlimit.known);
	assert_int_equal(got->heap_marked.v, 5);
	assert_int_equal(got->bound, 6);
	assert_int_equal(got->span_buffers, 7);
	assert_true(got->cgo);
	assert_int_equal(got->goroutines.v, 8);
	assert_int_equal(got->inuse_space.v, 9);
	assert_int_equal(got->alloc_space.v, 10);
	assert_true(got->resident.known && got->resident.arenas_exact);
	assert_int_equal(got->resident.arenas, 20);
	assert_int_equal(got->resident.arenas_lazyfree, 21);
	assert_int_equal(got->resident.arenas_huge, 22);
	assert_int_equal(got->resident.arenas_swap, 23);
	assert_int_equal(got->resident.runtime, 24);
	assert_int_equal(got->resident.off_heap, 25);
	assert_int_equal(got->resident.program, 26);
	assert_int_equal(got->resident.off_heap_lazyfree, 27);
	assert_int_equal(got->resident.huge, 28);
}

static void assert_lists(const struct cgm_go *got)
{
	assert_int_equal(got->n_groups, 1);
	assert_int_equal(got->groups[0].count, 9998);
	assert_string_equal(got->groups[0].state, "chan receive");
	assert_string_equal(got->groups[0].function, "main.one");
	assert_string_equal(got->groups[0].created_by, "main.main");
	assert_int_equal(got->groups[0].longest_s.v, 2460);
	assert_true(got->groups[0].longest_s.known && got->groups[0].system);
	assert_int_equal(got->groups[0].stack_bytes, 40960);
	assert_int_equal(got->n_sites, 1);
	assert_string_equal(got->sites[0].function, "main.fill");
	assert_int_equal(got->sites[0].inuse_bytes, 1);
	assert_int_equal(got->sites[0].inuse_objects, 2);
	assert_true(got->sites[0].alloc_bytes == UINT64_C(1) << 60);
}

static void what_is_said_arrives(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_wire_kinds k = full_kinds();
	struct cgm_wire_answer a = {0};

	(void)state;
	put_all(&b);
	assert_int_equal(cgm_wire_read(b.data, b.len, ASKED, &a), 0);
	assert_true(a.done);
	assert_int_equal(a.n_procs, 2);
	assert_true(a.procs[0].index == 0 && a.procs[0].go_known && !a.procs[0].go);
	assert_true(a.procs[1].index == 1 && a.procs[1].go_known && a.procs[1].go);
	assert_int_equal(a.n_go, 1);
	assert_int_equal(a.go[0].index, 1);
	assert_go(&a.go[0].go);
	assert_lists(&a.go[0].go);
	assert_int_equal(a.n_kinds, 1);
	assert_memory_equal(a.kinds[0].kinds.bytes, k.kinds.bytes, sizeof k.kinds.bytes);
	assert_int_equal(a.kinds[0].kinds.largest_named, 77);
	assert_string_equal(a.kinds[0].kinds.largest_name, "libc_malloc");
	assert_true(a.kinds[0].kinds.known && a.kinds[0].kinds.jvm_heap_used.known);
	assert_int_equal(a.kinds[0].kinds.jvm_heap_capacity.v, 2);
	assert_false(a.kinds[0].kinds.jvm_metaspace_used.known);
	assert_int_equal(a.n_places, 1);
	assert_memory_equal(&a.places[0].key, &place.key, sizeof place.key);
	assert_memory_equal(&a.places[0].place, &place.place, sizeof place.place);
	assert_int_equal(a.n_troubles, 1);
	assert_memory_equal(&a.troubles[0], &some_trouble, sizeof some_trouble);
	assert_string_equal(cgm_buf_str(&a.profile), "profile");
	cgm_wire_answer_clear(&a);
}

static void an_answer_cut_short_counts_up_to_there(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	size_t groups = 0;

	(void)state;
	put_all(&b);
	for (size_t len = 0; len < b.len; len++) {
		struct cgm_wire_answer a = {0};
		char *copy = malloc(len ? len : 1); /* so that a read beyond it is seen */

		assert_non_null(copy);
		memcpy(copy, b.data, len);
		assert_int_equal(cgm_wire_read(copy, len, ASKED, &a), 0);
		assert_false(a.done);
		groups += a.n_go && a.go[0].go.n_groups;
		cgm_wire_answer_clear(&a);
		free(copy);
	}
	assert_in_range(groups, 100, b.len);
	assert_int_equal(result(&b), 0);
	cgm_buf_add(&b, "", 1);
	assert_int_equal(result(&b), -EBADMSG); /* nothing comes after the end */
}

static void processes_are_those_that_were_asked_for(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	(void)state;
	put_process(&b, ASKED - 1, false);
	assert_int_equal(result(&b), 0);
	put_process(&b, ASKED - 1, false); /* twice */
	assert_int_equal(result(&b), -EBADMSG);
	cgm_buf_reset(&b);
	put_process(&b, ASKED, false);
	assert_int_equal(result(&b), -EBADMSG);
	cgm_buf_reset(&b);
	put_process(&b, 1, false);
	put_process(&b, 0, false); /* not in their order */
	assert_int_equal(result(&b), -EBADMSG);
	cgm_buf_reset(&b);
	put_process(&b, UINT32_MAX, false);
	assert_int_equal(result(&b), -EBADMSG);
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

static void places_are_no_more_than_processes(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	(void)state;
	for (int i = 0; i < ASKED; i++)
		cgm_wire_put_place(&b, &place);
	assert_int_equal(result(&b), 0);
	cgm_wire_put_place(&b, &place);
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

/* A list of @n groups or sites. */
static int result_of_lists(size_t groups, size_t sites, size_t more_groups)
{
	CGM_AUTO_BUF struct cgm_buf b = {0}, one = {0}, two = {0};
	struct cgm_wire_go g = {.go = {.groups = &group, .n_groups = 1}};
	size_t head;

	put_process(&b, 0, true);
	put_go(&one, 0);
	head = one.len;
	cgm_buf_reset(&one);
	cgm_wire_put_go(&one, &g);
	g.go = (struct cgm_go){.sites = &site, .n_sites = 1};
	cgm_wire_put_go(&two, &g);
	if (groups || sites)
		cgm_buf_add(&b, one.data, head);
	for (size_t i = 0; i < groups; i++)
		cgm_buf_add(&b, one.data + head, one.len - head);
	for (size_t i = 0; i < sites; i++)
		cgm_buf_add(&b, two.data + head, two.len - head);
	for (size_t i = 0; i < more_groups; i++)
		cgm_buf_add(&b, one.data + head, one.len - head);
	return result(&b);
}

static void lists_belong_to_a_program_and_end(void **state)
{
	(void)state;
	assert_int_equal(result_of_lists(CGM_GO_GROUPS_MAX, CGM_GO_SITES_MAX, 0), 0);
	assert_int_equal(result_of_lists(CGM_GO_GROUPS_MAX, 1, 1), -EBADMSG);
	assert_int_equal(result_of_lists(CGM_GO_GROUPS_MAX + 1, 0, 0), -EBADMSG);
	assert_int_equal(result_of_lists(0, CGM_GO_SITES_MAX + 1, 0), -EBADMSG);
	assert_int_equal(result_of_lists(0, 0, 1), -EBADMSG); /* of which program? */
}

static int result_of_head(uint32_t tag, uint32_t len)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	cgm_buf_add(&b, &tag, sizeof tag);
	cgm_buf_add(&b, &len, sizeof len);
	return result(&b);
}

static void records_have_their_size(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	(void)state;
	put_process(&b, 0, false);
	assert_int_equal(result_of_head(1, (uint32_t)b.len - HEAD), 0); /* the rest is missing */
	assert_int_equal(result_of_head(1, (uint32_t)b.len - HEAD + 1), -EBADMSG);
	assert_int_equal(result_of_head(1, (uint32_t)b.len - HEAD - 1), -EBADMSG);
	assert_int_equal(result_of_head(1, 0), -EBADMSG);
	assert_int_equal(result_of_head(0, 0), -EBADMSG);
	assert_int_equal(result_of_head(10, 0), -EBADMSG);
	assert_int_equal(result_of_head(UINT32_MAX, 0), -EBADMSG);
	assert_int_equal(result_of_head(9, 1), -EBADMSG); /* the end has none */
	assert_int_equal(result_of_head(8, 0), -EBADMSG); /* a profile's piece has some, */
	assert_int_equal(result_of_head(8, 65536), 0);
	assert_int_equal(result_of_head(8, 65537), -EBADMSG); /* but not more */
}

static void a_profile_comes_in_pieces(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_wire_answer a = {0};
	static char data[200000];

	(void)state;
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (char)(i * 7 + i / 65536);
	cgm_wire_put_profile(&b, data, sizeof data);
	cgm_wire_put_profile(&b, data, 0);
	cgm_wire_put_done(&b);
	assert_int_equal(cgm_wire_read(b.data, b.len, ASKED, &a), 0);
	assert_int_equal(a.profile.len, sizeof data);
	assert_memory_equal(a.profile.data, data, sizeof data);
	cgm_wire_answer_clear(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said_arrives),
		cmocka_unit_test(an_answer_cut_short_counts_up_to_there),
		cmocka_unit_test(processes_are_those_that_were_asked_for),
		cmocka_unit_test(figures_are_those_of_go_programs),
		cmocka_unit_test(a_flag_is_0_or_1),
		cmocka_unit_test(numbers_have_limits),
		cmocka_unit_test(a_number_that_is_none_costs_itself),
		cmocka_unit_test(trouble_has_a_place_and_a_reason),
		cmocka_unit_test(places_are_no_more_than_processes),
		cmocka_unit_test(names_are_escaped_and_end),
		cmocka_unit_test(lists_belong_to_a_program_and_end),
		cmocka_unit_test(records_have_their_size),
		cmocka_unit_test(a_profile_comes_in_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
