/* SPDX-License-Identifier: Apache-2.0 */
/* Filters by the input's lines, on a row; the same text as a column list and as a grouping. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "output/filter.h"

#define LINES_MAX 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CGM_CLEANUP(cgm_filter_free_p) struct cgm_filter *f = NULL;
	CGM_AUTO_FREE char *text = strndup((const char *)data, size), *copy = NULL;
	const char *lines[LINES_MAX];
	struct cgm_column_set set;
	struct cgm_grouping g;
	struct cgm_err err = {0};
	size_t n = 0;

	copy = text ? strdup(text) : NULL;
	if (!copy)
		return 0;
	for (char *p = copy, *line; n < LINES_MAX && (line = strsep(&p, "\n"));)
		lines[n++] = line;
	if (cgm_filter_parse(lines, n, &f, &err) == 0) {
		struct cgm_target t = {.name = copy, .id = copy, .image = copy};
		struct cgm_row row = {.target = &t, .why = "anon"};
		const char *const names[] = {"bridge"};
		struct cgm_filter_subject s = {&row, names, 1, names, 1, "sha256:00ff"};

		(void)cgm_filter_match(f, &s);
		(void)cgm_filter_files(f, 1);
	}
	if (cgm_column_set_parse(text, 80, &set, &err) == 0)
		cgm_column_set_clear(&set);
	(void)cgm_grouping_parse(text, &g, &err);
	return 0;
}
