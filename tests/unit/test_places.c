/* SPDX-License-Identifier: Apache-2.0 */
/* Places of variables: what is remembered, and of how many. */
#include <fcntl.h>
#include <sys/stat.h>

#include "places_case.h"

#define KEPT_MAX 512

static void what_is_put_is_there_next_time(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_places *p = open_here();
	struct stat st;

	(void)state;
	assert_int_equal(find(p, 1), 0);
	put(p, 1, 0x1000);
	put(p, 2, UINT64_MAX - 3);
	assert_int_equal(find(p, 1), 0x1000);
	cgm_places_close(p);
	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(cgm_readat(AT_FDCWD, file, &b, 4096), 0);
	assert_string_equal(cgm_buf_str(&b), "cgmem places 2\n"
					     "000000000000000200000000000000ab 1 fffffffffffffffc "
					     "fffffffffffffffd fffffffffffffffe "
					     "ffffffffffffffff\n" KEY_1 " 1 1000 1001 1002 1003\n");
	p = open_here();
	assert_int_equal(find(p, 1), 0x1000);
	assert_int_equal(find(p, 2), UINT64_MAX - 3);
	assert_int_equal(find(p, 3), 0);
	cgm_places_close(p);
}

static void the_least_recently_used_go(void **state)
{
	struct cgm_places *p = open_here();

	(void)state;
	for (unsigned i = 0; i < KEPT_MAX; i++)
		put(p, i, 0x100 + i);
	assert_int_equal(find(p, 0), 0x100);
	put(p, 0, 0x100); /* used again */
	put(p, KEPT_MAX, 0x9000);
	assert_int_equal(find(p, 0), 0x100);
	assert_int_equal(find(p, 1), 0);
	assert_int_equal(find(p, 2), 0x102);
	cgm_places_close(p);
	p = open_here();
	assert_int_equal(find(p, 0), 0x100);
	assert_int_equal(find(p, 1), 0);
	assert_int_equal(find(p, 2), 0x102);
	assert_int_equal(find(p, KEPT_MAX), 0x9000);
	put(p, KEPT_MAX + 1, 0x9100);
	assert_int_equal(find(p, 2), 0);
	cgm_places_close(p);
}

/* A file that pretends to be another program costs that one a scan, and only as often as it did. */
static void what_was_seen_again_outweighs(void **state)
{
	struct cgm_places *p = open_here();

	(void)state;
	put(p, 1, 0x1000);
	put(p, 1, 0x2000); /* one against one */
	assert_int_equal(find(p, 1), 0x2000);
	put(p, 1, 0x2000);
	put(p, 1, 0x2000);
	put(p, 1, 0x2000); /* three is the most */
	cgm_places_close(p);
	p = open_here();
	put(p, 1, 0x1000);
	put(p, 1, 0x1000);
	assert_int_equal(find(p, 1), 0x2000);
	put(p, 1, 0x1000);
	assert_int_equal(find(p, 1), 0x1000);
	cgm_places_close(p);
}

static void what_was_unknown_is_added(void **state)
{
	const struct cgm_place_key key = key_of(1);
	const struct cgm_go_place less = {1, 2, 0, 0}, more = {1, 2, 3, 4};
	struct cgm_go_place got;
	struct cgm_places *p = open_here();

	(void)state;
	new_left = 1;
	cgm_places_put(p, &key, &less, &new_left);
	cgm_places_put(p, &key, &more, &new_left);
	cgm_places_put(p, &key, &less, &new_left);
	assert_int_equal(cgm_places_find(p, &key, &got), 0);
	assert_memory_equal(&got, &more, sizeof got);
	cgm_places_close(p);
}

static void new_ones_are_limited(void **state)
{
	const struct cgm_go_place place = {1, 2, 3, 4};
	struct cgm_places *p = open_here();
	struct cgm_place_key key;

	(void)state;
	new_left = 2;
	for (unsigned i = 0; i < 4; i++) {
		key = key_of(i);
		cgm_places_put(p, &key, &place, &new_left);
	}
	assert_int_equal(new_left, 0);
	assert_int_equal(find(p, 1), 1);
	assert_int_equal(find(p, 2), 0);
	key = key_of(0);
	cgm_places_put(p, &key, &place, &new_left); /* not new */
	cgm_places_close(p);
}

/* A flood of programs that are seen once leaves those that are used. */
static void what_is_used_stays(void **state)
{
	struct cgm_places *p = open_here();

	(void)state;
	put(p, 5000, 1);
	put(p, 5000, 1);
	put(p, 5001, 1);
	for (unsigned i = 0; i < 2 * KEPT_MAX; i++)
		put(p, i, 7);
	assert_int_equal(find(p, 5000), 1);
	assert_int_equal(find(p, 5001), 0);
	/* where all are used, the last goes */
	for (unsigned i = 0; i < KEPT_MAX; i++) {
		put(p, 10000 + i, 9);
		put(p, 10000 + i, 9);
	}
	assert_int_equal(find(p, 10001), 9);
	put(p, 20000, 9);
	assert_int_equal(find(p, 20000), 9);
	cgm_places_close(p);
}

static void a_key_is_of_the_file(void **state)
{
	struct cgm_go_image image = {.version = "go1.22.5",
				     .entry = 0x1000,
				     .build_id = {1, 2, 3},
				     .build_id_len = 3,
				     .noptrbss = {0x2000, 0x100}};
	const struct cgm_place_key key = cgm_place_key(&image, 1000);
	struct cgm_place_key other = cgm_place_key(&image, 1000);

	(void)state;
	assert_memory_equal(&key, &other, sizeof key);
	other = cgm_place_key(&image, 1001);
	assert_true(key.v[0] != other.v[0] && key.v[1] != other.v[1]);
	image.build_id[2]++;
	other = cgm_place_key(&image, 1000);
	assert_memory_not_equal(&key, &other, sizeof key);
	image.build_id[2]--;
	image.noptrbss.len++;
	other = cgm_place_key(&image, 1000);
	assert_memory_not_equal(&key, &other, sizeof key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(what_is_put_is_there_next_time, empty),
		cmocka_unit_test_teardown(the_least_recently_used_go, empty),
		cmocka_unit_test_teardown(what_was_seen_again_outweighs, empty),
		cmocka_unit_test_teardown(what_was_unknown_is_added, empty),
		cmocka_unit_test_teardown(new_ones_are_limited, empty),
		cmocka_unit_test_teardown(what_is_used_stays, empty),
		cmocka_unit_test(a_key_is_of_the_file),
	};

	return cmocka_run_group_tests(tests, make_base, drop_base);
}
