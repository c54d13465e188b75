/* SPDX-License-Identifier: Apache-2.0 */
/* How often a member's Go figures are read. */
#include "collect/watch_parts.h"
#include "model_case.h"

static void test_interval(void **state)
{
	struct cgm_member m = {.go_run_ms = 1000000};

	(void)state;
	/* no Go program is read as often as is asked for */
	assert_int_equal(cgm_watch_go_interval(&m, 60000, 1000000), 60000);
	/* a new one for two and a half minutes more often */
	m.go.sys.known = true;
	assert_int_equal(cgm_watch_go_interval(&m, 60000, 1000000), 5000);
	assert_int_equal(cgm_watch_go_interval(&m, 60000, 1149999), 5000);
	assert_int_equal(cgm_watch_go_interval(&m, 60000, 1150000), 60000);
	/* and never less often than is asked for */
	assert_int_equal(cgm_watch_go_interval(&m, 4000, 1000000), 4000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_interval),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
