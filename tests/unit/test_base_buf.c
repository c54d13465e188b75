/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"

static void empty_is_a_string(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	(void)state;
	assert_string_equal(cgm_buf_str(&b), "");
	cgm_buf_reset(&b);
	assert_string_equal(cgm_buf_str(&b), "");
	cgm_buf_add(&b, "", 0);
	assert_false(b.failed);
	assert_string_equal(cgm_buf_str(&b), "");
}

static void grows_and_stays_terminated(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		cgm_buf_addf(&b, "%u", i % 10);
		assert_int_equal(b.len, i + 1);
		assert_int_equal(b.data[i], '0' + i % 10);
		assert_int_equal(b.data[b.len], '\0');
		assert_true(b.cap > b.len);
	}
}

static void appends(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	char long_text[1000];

	(void)state;
	cgm_buf_adds(&b, "a");
	cgm_buf_add(&b, "bcd", 2);
	cgm_buf_addf(&b, "%s-%d", "x", 7);
	cgm_buf_addf(&b, "%s", "");
	assert_string_equal(cgm_buf_str(&b), "abcx-7");
	memset(long_text, 'y', sizeof long_text - 1);
	long_text[sizeof long_text - 1] = '\0';
	cgm_buf_addf(&b, "%s", long_text);
	assert_int_equal(b.len, 6 + 999);
	assert_memory_equal(b.data + 6, long_text, 1000);
}

static void reset_keeps_memory(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	char *data;
	size_t cap;

	(void)state;
	cgm_buf_adds(&b, "some text");
	data = b.data;
	cap = b.cap;
	cgm_buf_reset(&b);
	assert_int_equal(b.len, 0);
	assert_string_equal(cgm_buf_str(&b), "");
	cgm_buf_adds(&b, "new");
	assert_ptr_equal(b.data, data);
	assert_int_equal(b.cap, cap);
	assert_string_equal(cgm_buf_str(&b), "new");
}

static void reserve_holds_what_it_says(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	(void)state;
	for (size_t n = 0; n < 5000; n += 255) {
		char *data;

		assert_int_equal(cgm_buf_reserve(&b, n), 0);
		assert_true(b.cap - b.len > n);
		data = b.data;
		assert_int_equal(cgm_buf_reserve(&b, b.cap - b.len - 1), 0);
		assert_ptr_equal(b.data, data);
	}
}

/* One failure is remembered until the buffer is emptied, and keeps what was there. */
static void failure_is_sticky(void **state)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	(void)state;
	cgm_buf_adds(&b, "kept");
	assert_int_equal(cgm_buf_reserve(&b, SIZE_MAX), -ENOMEM);
	assert_true(b.failed);
	cgm_buf_adds(&b, "lost");
	cgm_buf_addf(&b, "%d", 1);
	assert_int_equal(cgm_buf_reserve(&b, 1), -ENOMEM);
	assert_string_equal(cgm_buf_str(&b), "kept");
	cgm_buf_reset(&b);
	assert_false(b.failed);
	assert_int_equal(cgm_buf_reserve(&b, SIZE_MAX / 2), -ENOMEM);
	cgm_buf_reset(&b);
	cgm_buf_adds(&b, "again");
	assert_string_equal(cgm_buf_str(&b), "again");
}

static void error_text(void **state)
{
	struct cgm_err err = {0};
	char long_text[600];

	(void)state;
	assert_int_equal(cgm_err_set(NULL, ENOENT, "%s", "x"), -ENOENT);
	assert_int_equal(cgm_err_set(&err, EACCES, "%s: %d", "x", 5), -EACCES);
	assert_int_equal(err.code, EACCES);
	assert_string_equal(err.msg, "x: 5");
	memset(long_text, 'z', sizeof long_text - 1);
	long_text[sizeof long_text - 1] = '\0';
	assert_int_equal(cgm_err_set(&err, EIO, "%s", long_text), -EIO);
	assert_int_equal(strlen(err.msg), sizeof err.msg - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_is_a_string),
		cmocka_unit_test(grows_and_stays_terminated),
		cmocka_unit_test(appends),
		cmocka_unit_test(reset_keeps_memory),
		cmocka_unit_test(reserve_holds_what_it_says),
		cmocka_unit_test(failure_is_sticky),
		cmocka_unit_test(error_text),
	};

	return cmocka_run_group_tests_name("base_buf", tests, NULL, NULL);
}
