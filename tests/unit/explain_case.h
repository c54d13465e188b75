/* SPDX-License-Identifier: Apache-2.0 */
/* For the tests of the explanation: its text. */
#ifndef TESTS_EXPLAIN_CASE_H
#define TESTS_EXPLAIN_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>

#include "base/parse.h"
#include "output/cells.h"
#include "output_fixture.h"

/* Inlined, gcc takes the text for a pointer into CAPTURE's block. */
static char *__attribute__((noinline, unused))
explain(const struct fixture_explanation *f, struct cgm_text_options o)
{
	if (!o.sections)
		o.sections = CGM_SHOW_ALL;
	return CAPTURE(cgm_explain_write(out, &f->e, &o));
}

static inline void measure(const char *text, size_t *ret_lines, size_t *ret_width)
{
	*ret_lines = *ret_width = 0;
	while (*text) {
		size_t len = strcspn(text, "\n");
		CGM_AUTO_FREE char *line = strndup(text, len);
		size_t w = cgm_text_width(line);

		*ret_width = w > *ret_width ? w : *ret_width;
		++*ret_lines;
		text += len + (text[len] == '\n');
	}
}

#endif
