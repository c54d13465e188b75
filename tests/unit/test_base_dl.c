/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>

#include "base/dl.h"

static double (*the_cos)(double);
static int (*nothing)(void);

static const struct cgm_dl_symbol symbols[] = {
	{"cos", &the_cos},
	{"cgm_no_such_function", &nothing},
};

static void test_first_that_is_there(void **state)
{
	static const char *const names[] = {"libcgm-none.so.9", "libm.so.6", NULL};

	(void)state;
	the_cos = NULL;
	assert_int_equal(cgm_dl_load(names, symbols, 1, NULL), 0);
	assert_true(the_cos(0.0) > 0.999);
}

static void test_none(void **state)
{
	static const char *const names[] = {"libcgm-none.so.9", NULL};
	const char *missing = "untouched";

	(void)state;
	assert_int_equal(cgm_dl_load(names, symbols, 1, &missing), -ENOENT);
	assert_string_equal(missing, "untouched");
}

static void test_lacks_a_function(void **state)
{
	static const char *const names[] = {"libm.so.6", "libcgm-none.so.9", NULL};
	const char *missing = NULL;

	(void)state;
	assert_int_equal(cgm_dl_load(names, symbols, 2, &missing), -ENOSYS);
	assert_string_equal(missing, "cgm_no_such_function");
	assert_int_equal(cgm_dl_load(names, symbols, 2, NULL), -ENOSYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_that_is_there),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_lacks_a_function),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
