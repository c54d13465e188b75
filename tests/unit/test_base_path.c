/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/log.h"
#include "base/path.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static void below_and_rest(void **state)
{
	static const struct {
		const char *path, *dir, *rest;
	} cases[] = {
		{"/a/b", "/a", "/b"},	  {"/a", "/a", "/"},	   {"/", "/", "/"},
		{"/a/b", "/", "/a/b"},	  {"/ab", "/a", NULL},	   {"/a", "/a/b", NULL},
		{"/", "/a", NULL},	  {"/b/a", "/a", NULL},	   {"/a//b", "/a", "//b"},
		{"/a/b/c", "/a/b", "/c"}, {"relative", "/", NULL},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		const char *rest = cgm_path_rest(cases[i].path, cases[i].dir);

		assert_int_equal(cgm_path_below(cases[i].path, cases[i].dir),
				 cases[i].rest != NULL);
		if (cases[i].rest)
			assert_string_equal(rest, cases[i].rest);
		else
			assert_null(rest);
	}
}

static void base_and_parent(void **state)
{
	(void)state;
	assert_string_equal(cgm_path_base("/a/bc"), "bc");
	assert_string_equal(cgm_path_base("/a"), "a");
	assert_string_equal(cgm_path_base("a"), "a");
	assert_string_equal(cgm_path_base("/"), "/");
	assert_string_equal(cgm_path_base(""), "");
	assert_int_equal(cgm_path_parent_len("/a/bc"), 2);
	assert_int_equal(cgm_path_parent_len("/a/b/c"), 4);
	assert_int_equal(cgm_path_parent_len("/a"), 1);
	assert_int_equal(cgm_path_parent_len("/"), 0);
	assert_int_equal(cgm_path_parent_len(""), 0);
}

static void join(void **state)
{
	static const struct {
		const char *a, *b, *joined;
	} cases[] = {
		{"/a", "/b", "/a/b"}, {"/a", "b", "/a/b"},     {"/a/", "/b", "/a/b"},
		{"/", "/b", "/b"},    {"/", "b", "/b"},	       {"/a", "/", "/a"},
		{"/a", "", "/a"},     {"/", "/", "/"},	       {"/", "", "/"},
		{"", "/b", "/b"},     {"", "b", "b"},	       {"", "", ""},
		{"", "/", "/"},	      {"a", "b/c/", "a/b/c/"}, {"a//", "//b", "a/b"},
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		CGM_AUTO_FREE char *s = cgm_path_join(cases[i].a, cases[i].b);

		assert_non_null(s);
		assert_string_equal(s, cases[i].joined);
	}
}

static void escape(void **state)
{
	static const struct {
		const char *raw, *shown;
	} cases[] = {
		{"", ""},
		{"plain ~", "plain ~"},
		{"a\033[31mb", "a\\x1b[31mb"},
		{"tab\tnl\ncr\r", "tab\\x09nl\\x0acr\\x0d"},
		{"del\x7f", "del\\x7f"},
		{"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
		{"\xe2\x82\xac", "\xe2\x82\xac"},
		{"\xf0\x9f\x90\xb3", "\xf0\x9f\x90\xb3"},
		{"csi \xc2\x9b!", "csi \\xc2\\x9b!"}, /* U+009B */
		{"\xc2\xa0", "\xc2\xa0"},
		{"\xc0\xaf", "\\xc0\\xaf"},		      /* overlong */
		{"\xc1\x81", "\\xc1\\x81"},		      /* overlong */
		{"\xe0\x80\x80", "\\xe0\\x80\\x80"},	      /* overlong */
		{"\xe0\x9f\xbf", "\\xe0\\x9f\\xbf"},	      /* overlong */
		{"\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf"}, /* overlong */
		{"\xed\x9f\xbf", "\xed\x9f\xbf"},	      /* U+D7FF */
		{"\xed\xa0\x80", "\\xed\\xa0\\x80"},	      /* surrogate */
		{"\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"},     /* U+10FFFF */
		{"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"}, /* above */
		{"\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80"}, /* above */
		{"\xc3", "\\xc3"},			      /* cut off */
		{"\xe2\x82", "\\xe2\\x82"},		      /* cut off */
		{"\xf0\x9f\x90", "\\xf0\\x9f\\x90"},	      /* cut off */
		{"\xe2\x82z", "\\xe2\\x82z"},
		{"\xf0\x9f\x90z", "\\xf0\\x9f\\x90z"},
		{"\x80", "\\x80"},
		{"back\\slash", "back\\slash"},
	};
	CGM_AUTO_BUF struct cgm_buf b = {0};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		cgm_buf_reset(&b);
		cgm_escape_name(&b, cases[i].raw, strlen(cases[i].raw), false);
		assert_string_equal(cgm_buf_str(&b), cases[i].shown);
	}
	cgm_buf_reset(&b);
	cgm_escape_name(&b, "a\0\\b", 4, true);
	assert_string_equal(cgm_buf_str(&b), "a\\x00\\\\b");
}

/* What goes to stderr while @say runs; caller frees. */
static char *caught(void (*say)(void))
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size), *saved = stderr;

	assert_non_null(f);
	stderr = f;
	say();
	stderr = saved;
	assert_int_equal(fclose(f), 0);
	return text;
}

static void say_all(void)
{
	cgm_warn("%s: %d", "name\n\033[2J", 7);
	cgm_note("quiet");
	cgm_log_set_verbose(true);
	cgm_note("loud %s", "\xff");
	cgm_log_set_verbose(false);
	cgm_note("quiet again");
}

static void log_is_one_safe_line_each(void **state)
{
	CGM_AUTO_FREE char *text = caught(say_all);

	(void)state;
	assert_string_equal(text, "cgmem: name\\x0a\\x1b[2J: 7\ncgmem: loud \\xff\n");
}

static void say_long(void)
{
	char name[5000];

	memset(name, 'n', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	cgm_warn("%s", name);
}

static void log_is_bounded(void **state)
{
	CGM_AUTO_FREE char *text = caught(say_long);
	size_t len = strlen(text);

	(void)state;
	assert_int_equal(len, strlen("cgmem: ") + 1023 + 1);
	assert_int_equal(text[len - 1], '\n');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(below_and_rest),
		cmocka_unit_test(base_and_parent),
		cmocka_unit_test(join),
		cmocka_unit_test(escape),
		cmocka_unit_test(log_is_one_safe_line_each),
		cmocka_unit_test(log_is_bounded),
	};

	return cmocka_run_group_tests_name("base_path", tests, NULL, NULL);
}
