/* SPDX-License-Identifier: Apache-2.0 */
/* The worker's answer: what is said arrives, and records that are out of order are refused. */
#include "inspect_wire_case.h"

static const struct cgm_wire_place place = {.key = {{1, UINT64_MAX}},
					    .place = {0x1000, 0x2000, 0x3000, UINT64_MAX}};

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
	assert_true(got->heap_profile);
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
		cmocka_unit_test(places_are_no_more_than_processes),
		cmocka_unit_test(lists_belong_to_a_program_and_end),
		cmocka_unit_test(records_have_their_size),
		cmocka_unit_test(a_profile_comes_in_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
