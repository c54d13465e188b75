/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "cgroup/manage.h"

/* Nothing outside /cgmem is made, filled or removed; libcgroup is not even asked. */
static void test_paths(void **state)
{
	static const char *const others[] = {"",
					     "/",
					     "/cgmem",
					     "/cgmem/",
					     "cgmem/run",
					     "/cgmemory/run",
					     "/other/run",
					     "/cgmem/../x",
					     "/cgmem/a/../../x",
					     "/docker/cgmem/x"};
	struct cgm_err err;

	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		err.code = 0;
		assert_int_equal(cgm_manage_create(others[i], 0, &err), -EINVAL);
		assert_int_equal(err.code, EINVAL);
		assert_int_equal(cgm_manage_attach(others[i], getpid(), NULL), -EINVAL);
		assert_int_equal(cgm_manage_remove(others[i], NULL), -EINVAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
