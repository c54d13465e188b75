/* SPDX-License-Identifier: Apache-2.0 */
/* Which processes of procs are Go programs. */
#include "go_explain_case.h"

static void test_procs(void **state)
{
	struct go_case c;
	CGM_AUTO_FREE char *wide = NULL, *narrow = NULL, *none = NULL, *unknown = NULL;

	(void)state;
	make(&c);
	wide = procs(&c, 200);
	assert_has(wide, "THREADS  GO\n");
	assert_has(wide, "-  yes\n"); /* of the Go program no number of threads is known */
	assert_has(wide, "1  no\n");
	assert_has(wide, "-  -\n"); /* nobody could look */
	narrow = procs(&c, 80);
	assert_has(narrow, "GO\n");
	c.f.procs[0].go = false;
	none = procs(&c, 70);
	assert_lacks(none, "GO\n");
	c.f.procs[0].go_known = c.f.procs[1].go_known = false;
	unknown = procs(&c, 0);
	assert_lacks(unknown, "GO");
}

static const struct cgm_column *column(const char *token)
{
	return cgm_column_find(token, NULL);
}

/* Processes are looked into only for a column that says so. */
static void test_columns(void **state)
{
	struct cgm_target t = fixture_target("web", "3f2a");
	struct cgm_row row = fixture_row(&t);
	struct cgm_column_set set = {0};
	struct cgm_cell cell;

	(void)state;
	for (const struct cgm_column *c = cgm_columns; c->token; c++)
		assert_int_equal((c->flags & CGM_COL_GO) != 0, strncmp(c->token, "GO", 2) == 0);
	assert_int_equal(column("GO_HEAP")->flags & CGM_COL_GOROUTINES, 0);
	assert_int_not_equal(column("GOROUTINES")->flags & CGM_COL_GOROUTINES, 0);
	assert_int_equal(cgm_column_set_parse("+GO_SYS", 80, &set, NULL), 0);
	assert_int_equal(cgm_column_set_flags(&set), CGM_COL_GO | CGM_COL_SHOW);
	cgm_column_set_clear(&set);
	assert_int_equal(cgm_column_set_parse(NULL, 200, &set, NULL), 0);
	assert_int_equal(cgm_column_set_flags(&set) & CGM_COL_GO, 0);
	cgm_column_set_clear(&set);
	cgm_cell_get(column("GO_HEAP"), &row, &cell);
	assert_false(cell.known);
	row.go_heap = go_known(1 * MIB);
	row.go_retained = go_known(2 * MIB);
	row.go_sys = go_known(3 * MIB);
	row.goroutines = go_known(4);
	for (size_t i = 0; i < 4; i++) {
		static const char *const tokens[] = {"GO_HEAP", "GO_RETAINED", "GO_SYS",
						     "GOROUTINES"};

		cgm_cell_get(column(tokens[i]), &row, &cell);
		assert_true(cell.known);
		assert_int_equal(cell.number, i < 3 ? (i + 1) * MIB : 4);
		assert_int_equal(cell.type, i < 3 ? CGM_CELL_BYTES : CGM_CELL_COUNT);
	}
	row.gone = true;
	cgm_cell_get(column("GO_SYS"), &row, &cell);
	assert_false(cell.known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_procs),
		cmocka_unit_test(test_columns),
	};

	(void)setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
