/* SPDX-License-Identifier: Apache-2.0 */
/* The file of places: whose it is, and what is done with one that is damaged. */
#include <fcntl.h>
#include <sys/stat.h>

#include "places_case.h"

#define GOOD KEY_1 " 1 1 2 3 4\n"

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
		cmocka_unit_test_teardown(the_parent_directory_is_made_too, empty),
		cmocka_unit_test_teardown(it_is_written_only_when_something_changed, empty),
		cmocka_unit_test_teardown(damaged_lines_are_passed_over, empty),
		cmocka_unit_test_teardown(a_file_of_others_is_left_alone, empty),
		cmocka_unit_test_teardown(nowhere_is_a_place_too, empty),
		cmocka_unit_test_teardown(the_directory_is_the_users, empty),
	};

	return cmocka_run_group_tests(tests, make_base, drop_base);
}
