/* SPDX-License-Identifier: Apache-2.0 */
/* For the tests of JSON: a document is parsed, and its members found. */
#ifndef TESTS_JSON_CASE_H
#define TESTS_JSON_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>

#include <errno.h>
#include <jansson.h>

#include "output/json.h"
#include "output_fixture.h"

static inline json_t *parse(const struct cgm_json *j)
{
	CGM_AUTO_FREE char *text = CAPTURE(cgm_json_write(j, out));
	json_error_t e;
	json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &e);

	if (!root)
		fail_msg("%s: %s", e.text, text);
	assert_int_equal(text[strlen(text) - 1], '\n');
	return root;
}

/* @path: keys and array indexes, "results.0.docker.bytes". */
static inline json_t *at(json_t *v, const char *path)
{
	char word[32];

	for (const char *p = path; v && *p;) {
		size_t n = strcspn(p, ".");

		(void)snprintf(word, sizeof word, "%.*s", (int)n, p);
		v = json_is_array(v) ? json_array_get(v, (size_t)(word[0] - '0'))
				     : json_object_get(v, word);
		p += n + (p[n] == '.');
	}
	if (!v)
		fail_msg("no %s", path);
	return v;
}

static inline char *keys(json_t *object)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	const char *key;
	json_t *v;

	json_object_foreach(object, key, v) cgm_buf_addf(&b, "%s%s", b.len ? " " : "", key);
	return strdup(cgm_buf_str(&b));
}

static inline void check_keys(json_t *root, const char *path, const char *want)
{
	CGM_AUTO_FREE char *got = keys(at(root, path));

	assert_string_equal(got, want);
}

static inline struct cgm_json *document(void)
{
	struct cgm_json *j = NULL;

	assert_int_equal(cgm_json_new(1795316564, &j), 0);
	return j;
}

static inline json_t *explained(struct fixture_explanation *f)
{
	CGM_CLEANUP(cgm_json_free_p) struct cgm_json *j = document();

	assert_int_equal(cgm_json_add_explanation(j, &f->e), 0);
	return parse(j);
}

#endif
