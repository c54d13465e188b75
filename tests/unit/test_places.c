/* SPDX-License-Identifier: Apache-2.0 */
/* The list of places in a directory of the test's own: what is kept, what goes, what is refused. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/readfile.h"
#include "collect/places.h"

#define KEPT_MAX 512
#define KEY_1	 "000000000000000100000000000000ab"
#define GOOD	 KEY_1 " 1 1 2 3 4\n"

static char base[] = "/tmp/cgmem-places-XXXXXX";
static char dir[64], file[96];

static int make_base(void **state)
{
	(void)state;
	if (!mkdtemp(base))
		return -1;
	(void)snprintf(dir, sizeof dir, "%s/cgmem", base);
	(void)snprintf(file, sizeof file, "%s/places", dir);
	return 0;
}

static int drop_base(void **state)
{
	(void)state;
	return rmdir(base);
}

static int empty(void **state)
{
	(void)state;
	(void)unlink(file);
	(void)rmdir(dir);
	return 0;
}

static struct cgm_places *open_here(void)
{
	struct cgm_places *p = NULL;

	assert_int_equal(cgm_places_open_in(dir, &p), 0);
	return p;
}

static unsigned new_left;

static struct cgm_place_key key_of(unsigned id)
{
	return (struct cgm_place_key){{id, 0xab}};
}

static void put(struct cgm_places *p, unsigned id, uint64_t at)
{
	const struct cgm_go_place place = {at, at + 1, at + 2, at + 3};
	const struct cgm_place_key key = key_of(id);

	new_left = 1;
	cgm_places_put(p, &key, &place, &new_left);
}

/* The first address that is kept for @id; 0: it is not there. */
static uint64_t find(const struct cgm_places *p, unsigned id)
{
	const struct cgm_place_key key = key_of(id);
	struct cgm_go_place place = {0};
	int r = cgm_places_find(p, &key, &place);

	assert_true(r == 0 || r == -ENOENT);
	if (r == 0) {
		assert_int_equal(place.memstats, place.gc_controller + 1);
		assert_int_equal(place.allgs, place.gc_controller + 2);
		assert_int_equal(place.mbuckets, place.gc_controller + 3);
	}
	return place.gc_controller;
}

static void write_here(const char *text, mode_t mode)
{
	int fd;

	(void)mkdir(dir, 0700);
	(void)unlink(file);
	fd = open(file, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(close(fd), 0);
}

/* What is found of the one entry of @text, when the file has @mode. */
static uint64_t read_back(const char *text, mode_t mode)
{
	struct cgm_places *p;
	uint64_t at;

	write_here(text, mode);
	p = open_here();
	at = find(p, 1);
	cgm_places_close(p);
	return at;
}

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

static void the_parent_directory_is_made_too(void **state)
{
	struct cgm_places *p = NULL;
	char deep[128], path[160];

	(void)state;
	(void)snprintf(deep, sizeof deep, "%s/.cache/cgmem", base);
	(void)snprintf(path, sizeof path, "%s/places", deep);
	assert_int_equal(cgm_places_open_in(deep, &p), 0);
	put(p, 1, 0x10);
	cgm_places_close(p);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(deep), 0);
	(void)snprintf(deep, sizeof deep, "%s/.cache", base);
	assert_int_equal(rmdir(deep), 0);
}

static void it_is_written_only_when_something_changed(void **state)
{
	struct cgm_places *p;

	(void)state;
	cgm_places_close(open_here());
	assert_int_equal(access(dir, F_OK), -1);
	write_here("cgmem places 2\n" KEY_1 " 3 1 2 3 4\n", 0600);
	p = open_here();
	assert_int_equal(unlink(file), 0);
	put(p, 1, 1);
	cgm_places_close(p);
	assert_int_equal(access(file, F_OK), -1);
	write_here("cgmem places 2\n" KEY_1 " 3 1 2 3 4\n", 0600);
	p = open_here();
	put(p, 2, 2);
	cgm_places_close(p);
	p = open_here();
	assert_int_equal(find(p, 2), 2);
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

static void damaged_lines_are_passed_over(void **state)
{
	static const char *const bad[] = {
		"",
		GOOD,
		"cgmem places 1\n" GOOD,
		"cgmem places 2\n" KEY_1 " 1 1 2 3\n",
		"cgmem places 2\n" KEY_1 " 1 1 2 3 4 5\n",
		"cgmem places 2\n" KEY_1 " 1 1 2 3 x\n",
		"cgmem places 2\n" KEY_1 " 1 1 2 3 11112222333344445\n",
		"cgmem places 2\n" KEY_1 " 0 1 2 3 4\n",
		"cgmem places 2\n" KEY_1 " 4 1 2 3 4\n",
		"cgmem places 2\n" KEY_1 "0 1 1 2 3 4\n",
		"cgmem places 2\n" KEY_1 "  1 1 2 3 4\n",
		"cgmem places 2\n 1 1 2 3 4\n",
		"cgmem places 2\n000000000000000x00000000000000ab 1 1 2 3 4\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(read_back(bad[i], 0600), 0);
	assert_int_equal(read_back("cgmem places 2\n\xff\n\n" GOOD "zz\n", 0600), 1);
	assert_int_equal(read_back("cgmem places 2\n" KEY_1 " 3 1 2 3 4", 0600), 1);
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

static void a_file_of_others_is_left_alone(void **state)
{
	static const char text[] = "cgmem places 2\n" GOOD;
	char real[128];
	struct cgm_places *p;

	(void)state;
	assert_int_equal(read_back(text, 0644), 1);
	assert_int_equal(read_back(text, 0620), 0);
	assert_int_equal(read_back(text, 0602), 0);
	/* a link */
	write_here(text, 0600);
	(void)snprintf(real, sizeof real, "%s/real", dir);
	assert_int_equal(rename(file, real), 0);
	assert_int_equal(symlink("real", file), 0);
	p = open_here();
	assert_int_equal(find(p, 1), 0);
	put(p, 1, 5); /* takes the link's place */
	cgm_places_close(p);
	p = open_here();
	assert_int_equal(find(p, 1), 5);
	cgm_places_close(p);
	assert_int_equal(unlink(real), 0);
	/* a FIFO is not waited for */
	assert_int_equal(unlink(file), 0);
	assert_int_equal(mkfifo(file, 0600), 0);
	p = open_here();
	assert_int_equal(find(p, 1), 0);
	cgm_places_close(p);
	/* a directory in which others may write */
	write_here(text, 0600);
	assert_int_equal(chmod(dir, 0770), 0);
	p = open_here();
	assert_int_equal(find(p, 1), 0);
	assert_int_equal(unlink(file), 0);
	put(p, 1, 1);
	cgm_places_close(p);
	assert_int_equal(access(file, F_OK), -1);
	if (geteuid() == 0) {
		write_here(text, 0600);
		assert_int_equal(chmod(dir, 0700), 0);
		assert_int_equal(chown(file, 1, 1), 0);
		p = open_here();
		assert_int_equal(find(p, 1), 0);
		cgm_places_close(p);
	}
}

static void nowhere_is_a_place_too(void **state)
{
	struct cgm_places *p = NULL;

	(void)state;
	assert_int_equal(cgm_places_open_in(NULL, &p), 0);
	put(p, 1, 7);
	assert_int_equal(find(p, 1), 7);
	cgm_places_close(p);
	assert_int_equal(cgm_places_open_in("/proc/cgmem/cannot/be", &p), 0);
	put(p, 1, 7);
	cgm_places_close(p);
	cgm_places_close(NULL);
}

static void the_directory_is_the_users(void **state)
{
	struct cgm_places *p = NULL;
	const uid_t was = geteuid();
	char path[160], cache[128];

	(void)state;
	if (was == 0) { /* root's is /var/cache, which is not a test's to write in */
		assert_int_equal(chown(base, 65534, 65534), 0);
		assert_int_equal(seteuid(65534), 0);
	}
	(void)snprintf(cache, sizeof cache, "%s", base);
	assert_int_equal(setenv("XDG_CACHE_HOME", cache, 1), 0);
	assert_int_equal(cgm_places_open(&p), 0);
	put(p, 1, 8);
	cgm_places_close(p);
	(void)snprintf(path, sizeof path, "%s/cgmem/places", base);
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(setenv("XDG_CACHE_HOME", "relative", 1), 0);
	assert_int_equal(unsetenv("HOME"), 0);
	assert_int_equal(cgm_places_open(&p), 0);
	put(p, 1, 8);
	cgm_places_close(p);
	assert_int_equal(access("relative", F_OK), -1);
	(void)snprintf(path, sizeof path, "%s/cgmem", base);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(seteuid(was), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(what_is_put_is_there_next_time, empty),
		cmocka_unit_test_teardown(the_parent_directory_is_made_too, empty),
		cmocka_unit_test_teardown(it_is_written_only_when_something_changed, empty),
		cmocka_unit_test_teardown(the_least_recently_used_go, empty),
		cmocka_unit_test_teardown(damaged_lines_are_passed_over, empty),
		cmocka_unit_test_teardown(what_was_seen_again_outweighs, empty),
		cmocka_unit_test_teardown(what_was_unknown_is_added, empty),
		cmocka_unit_test_teardown(new_ones_are_limited, empty),
		cmocka_unit_test_teardown(what_is_used_stays, empty),
		cmocka_unit_test(a_key_is_of_the_file),
		cmocka_unit_test_teardown(a_file_of_others_is_left_alone, empty),
		cmocka_unit_test_teardown(nowhere_is_a_place_too, empty),
		cmocka_unit_test_teardown(the_directory_is_the_users, empty),
	};

	return cmocka_run_group_tests(tests, make_base, drop_base);
}
