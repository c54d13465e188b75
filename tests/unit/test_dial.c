/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP through a program's input and output, as with ssh://. */
#include "http_case.h"

static struct cgm_http *dial(const char *script)
{
	const char *const argv[] = {"sh", "-c", script, NULL};
	struct cgm_http_options o = options(NULL);
	struct cgm_http *h = NULL;

	o.dial = argv;
	assert_int_equal(cgm_http_new(&o, &h, NULL), 0);
	return h;
}

/* Answers each request with the number of its process and that of the request. */
static const char dialled[] =
	"n=0; cr=$(printf '\\r'); while read -r line; do [ \"$line\" = \"$cr\" ] || continue; "
	"n=$((n + 1)); b=\"$$ $n\"; "
	"printf 'HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n%s' ${#b} \"$b\"; done";

static void test_dial(void **state)
{
	struct cgm_http *h = dial(dialled);
	struct cgm_http_answer a = {0};
	long pid;

	(void)state;
	assert_int_equal(cgm_http_get(h, "/", &a, NULL), 0);
	pid = strtol(cgm_buf_str(&a.body), NULL, 10);
	assert_true(pid > 1);
	assert_string_equal(strchr(cgm_buf_str(&a.body), ' '), " 1");
	/* one program for all requests */
	assert_int_equal(cgm_http_get(h, "/", &a, NULL), 0);
	assert_int_equal(strtol(cgm_buf_str(&a.body), NULL, 10), pid);
	assert_string_equal(strchr(cgm_buf_str(&a.body), ' '), " 2");
	cgm_http_answer_clear(&a);
	cgm_http_free(h);
	/* ended and waited for */
	assert_int_equal(kill((pid_t)pid, 0), -1);
	assert_int_equal(errno, ESRCH);
}

static void test_dial_failures(void **state)
{
	const char *const none[] = {"cgmem-no-such-program", NULL};
	struct cgm_http_options o = options(NULL);
	struct cgm_http_answer a = {0};
	struct cgm_err err = {0};
	struct cgm_http *h =
		dial("echo first >&2; printf 'Host key\\tunknown.\\n\\n' >&2; exit 255");

	(void)state;
	assert_int_equal(cgm_http_get(h, "/", &a, &err), -ECONNREFUSED);
	assert_string_equal(err.msg, "sh: Host key unknown.");
	cgm_http_free(h);

	/* a failed exec is only seen where vfork is one: valgrind makes a fork of it */
	if (!strstr(getenv("LD_PRELOAD") ? getenv("LD_PRELOAD") : "", "vgpreload")) {
		o.dial = none;
		assert_int_equal(cgm_http_new(&o, &h, NULL), 0);
		assert_int_equal(cgm_http_get(h, "/", &a, &err), -ENOENT);
		cgm_http_free(h);
	}

	o = options(NULL);
	o.timeout_ms = 200;
	o.dial = (const char *const[]){"sleep", "1000", NULL};
	assert_int_equal(cgm_http_new(&o, &h, NULL), 0);
	assert_int_equal(cgm_http_get(h, "/", &a, &err), -ETIMEDOUT);
	cgm_http_answer_clear(&a);
	cgm_http_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dial),
		cmocka_unit_test(test_dial_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
