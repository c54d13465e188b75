/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/options.h"

struct opts {
	unsigned all, count;
	const char *format, *color;
};

struct globals {
	unsigned verbose;
	const char *host;
};

static int set_all(void *opts, const char *arg, struct cgm_err *err)
{
	(void)err;
	assert_null(arg);
	((struct opts *)opts)->all++;
	return 0;
}

static int set_format(void *opts, const char *arg, struct cgm_err *err)
{
	(void)err;
	((struct opts *)opts)->format = arg;
	return 0;
}

static int set_color(void *opts, const char *arg, struct cgm_err *err)
{
	unsigned i;
	int r = cgm_option_word("auto always never", arg, &i, err);

	if (r == 0)
		((struct opts *)opts)->color = arg;
	return r;
}

static int set_verbose(void *opts, const char *arg, struct cgm_err *err)
{
	(void)err;
	assert_null(arg);
	((struct globals *)opts)->verbose++;
	return 0;
}

static int set_host(void *opts, const char *arg, struct cgm_err *err)
{
	(void)err;
	((struct globals *)opts)->host = arg;
	return 0;
}

static const struct cgm_option command_options[] = {
	{"all", 'a', CGM_ARG_NONE, NULL, NULL, "all of them", set_all},
	{"format", 'f', CGM_ARG_TEXT, "TEMPLATE", NULL, "how", set_format},
	{"color", 0, CGM_ARG_WORDS, "WHEN", "auto always never", "when", set_color},
	{NULL, 0, CGM_ARG_NONE, NULL, NULL, NULL, NULL},
};
static const struct cgm_option global_options[] = {
	{"verbose", 'v', CGM_ARG_NONE, NULL, NULL, "more", set_verbose},
	{"host", 'H', CGM_ARG_TEXT, "URL", NULL, "whom to ask", set_host},
	{NULL, 0, CGM_ARG_NONE, NULL, NULL, NULL, NULL},
};

/* What one command line came to. */
static struct {
	struct opts o;
	struct globals g;
	struct cgm_err err;
	char words[128], *argv[16];
	int argc, first;
} got;

/* Parses the words of @line behind the program's name; returns what the parser did. */
static int parse_in(const char *line, bool in_order)
{
	const struct cgm_option_table tables[] = {
		{command_options, &got.o}, {NULL, NULL}, {global_options, &got.g}};
	static char program[] = "cgmem";

	memset(&got, 0, sizeof got);
	assert_true(strlen(line) < sizeof got.words);
	memcpy(got.words, line, strlen(line) + 1);
	got.argv[got.argc++] = program;
	for (char *save, *w = strtok_r(got.words, " ", &save); w; w = strtok_r(NULL, " ", &save))
		got.argv[got.argc++] = w;
	got.first = -1;
	return cgm_options_parse(tables, 3, got.argc, got.argv, in_order, &got.first, &got.err);
}

static void assert_parsed(const char *line, int operands)
{
	assert_int_equal(parse_in(line, false), 0);
	assert_int_equal(got.argc - got.first, operands);
	assert_int_equal(got.err.code, 0);
}

static void assert_refused(const char *line, const char *words)
{
	assert_int_equal(parse_in(line, false), -EINVAL);
	assert_int_equal(got.err.code, EINVAL);
	assert_string_equal(got.err.msg, words);
	assert_int_equal(got.first, -1);
}

static void test_forms(void **state)
{
	(void)state;
	assert_parsed("", 0);
	assert_int_equal(got.o.all + got.g.verbose, 0);
	assert_null(got.o.format);
	assert_parsed("--all --format=a=b --host unix:///x", 0);
	assert_int_equal(got.o.all, 1);
	assert_string_equal(got.o.format, "a=b");
	assert_string_equal(got.g.host, "unix:///x");
	assert_parsed("-a -f x -Hy -v", 0);
	assert_int_equal(got.o.all, 1);
	assert_string_equal(got.o.format, "x");
	assert_string_equal(got.g.host, "y");
	assert_int_equal(got.g.verbose, 1);
	assert_parsed("-avvfx", 0);
	assert_int_equal(got.g.verbose, 2);
	assert_string_equal(got.o.format, "x");
	assert_parsed("--format= --format -a", 0); /* an argument may look like an option */
	assert_string_equal(got.o.format, "-a");
	assert_int_equal(got.o.all, 0);
	assert_parsed("--form x --verb", 0); /* beginnings of names */
	assert_string_equal(got.o.format, "x");
	assert_int_equal(got.g.verbose, 1);
}

static void test_operands(void **state)
{
	(void)state;
	assert_parsed("web -a db --format x -", 3);
	assert_int_equal(got.o.all, 1);
	assert_string_equal(got.o.format, "x");
	assert_string_equal(got.argv[got.first], "web");
	assert_string_equal(got.argv[got.first + 1], "db");
	assert_string_equal(got.argv[got.first + 2], "-");
	assert_parsed("web -a -- -v --nope", 3);
	assert_int_equal(got.o.all, 1);
	assert_int_equal(got.g.verbose, 0);
	assert_string_equal(got.argv[got.first], "web");
	assert_string_equal(got.argv[got.first + 1], "-v");
	assert_string_equal(got.argv[got.first + 2], "--nope");
}

static void test_in_order(void **state)
{
	(void)state;
	assert_int_equal(parse_in("-a sh -v --nope", true), 0);
	assert_int_equal(got.first, 2);
	assert_int_equal(got.o.all, 1);
	assert_int_equal(got.g.verbose, 0);
	assert_int_equal(parse_in("-a -- -v sh", true), 0);
	assert_int_equal(got.first, 3);
	assert_int_equal(got.g.verbose, 0);
	assert_int_equal(parse_in("--nope sh", true), -EINVAL);
	/* the next command line is not in order again */
	assert_parsed("sh -v", 1);
	assert_int_equal(got.g.verbose, 1);
}

static void test_missing_argument(void **state)
{
	(void)state;
	assert_refused("--format", "option --format needs TEMPLATE");
	assert_refused("-a -f", "option --format needs TEMPLATE");
	assert_refused("-af", "option --format needs TEMPLATE");
	assert_refused("web --color", "option --color needs WHEN");
	assert_refused("-H", "option --host needs URL");
}

static void test_value_of_flag(void **state)
{
	(void)state;
	assert_refused("--all=yes", "option --all takes no value");
	assert_refused("--verbose=", "option --verbose takes no value");
}

static void test_unknown(void **state)
{
	(void)state;
	assert_refused("--formt x", "unknown option --formt; did you mean --format?");
	assert_refused("-a web --verbsoe=1", "unknown option --verbsoe; did you mean --verbose?");
	assert_refused("--zebra", "unknown option --zebra");
	assert_refused("-x", "unknown option -x");
	assert_refused("-ax", "unknown option -x");
	/* not the option before it, whatever comes behind it in the same word */
	assert_refused("--all -xa", "unknown option -x");
	assert_refused("--format -- -xa", "unknown option -x");
	assert_refused("-xa", "unknown option -x");
	assert_refused("-a -axv web", "unknown option -x");
	/* long words are cut */
	assert_refused("--0123456789012345678901234567890123456789012345678901234567890123456789",
		       "unknown option --"
		       "012345678901234567890123456789012345678901234567890123456789");
}

static void test_setter_refuses(void **state)
{
	(void)state;
	assert_refused("--color=blue", "--color: blue: not one of auto always never");
	assert_null(got.o.color);
	assert_parsed("--color=never", 0);
	assert_string_equal(got.o.color, "never");
}

static void test_word(void **state)
{
	static const char *const words[] = {"auto", "always", "never"};
	static const char *const none[] = {"", "aut", "autos", "Auto", "auto always", " ", "x"};
	struct cgm_err err = {0};
	unsigned found = 9;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(cgm_option_word("auto always never", words[i], &found, &err), 0);
		assert_int_equal(found, i);
	}
	assert_int_equal(err.code, 0);
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		found = 9;
		assert_int_equal(cgm_option_word("auto always never", none[i], &found, &err),
				 -EINVAL);
		assert_int_equal(found, 9);
		assert_int_equal(err.code, EINVAL);
	}
	assert_string_equal(err.msg, "x: not one of auto always never");
	assert_int_equal(cgm_option_word("one", "one", &found, NULL), 0);
	assert_int_equal(found, 0);
	assert_int_equal(cgm_option_word("", "one", &found, NULL), -EINVAL);
}

/* It would forbid operands before options. */
static int setup(void **state)
{
	(void)state;
	return unsetenv("POSIXLY_CORRECT");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),	       cmocka_unit_test(test_operands),
		cmocka_unit_test(test_in_order),       cmocka_unit_test(test_missing_argument),
		cmocka_unit_test(test_value_of_flag),  cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_setter_refuses), cmocka_unit_test(test_word),
	};

	return cmocka_run_group_tests_name("options", tests, setup, NULL);
}
