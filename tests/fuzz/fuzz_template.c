/* SPDX-License-Identifier: Apache-2.0 */
/* A template by the input, over rows whose name is taken from the input, too. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CGM_CLEANUP(cgm_template_free_p) struct cgm_template *t = NULL;
	CGM_AUTO_FREE char *text = strndup((const char *)data, size);
	CGM_AUTO_FREE char *written = NULL;
	struct cgm_err err = {0};
	size_t len = 0;
	FILE *out;

	if (!text || cgm_template_compile(text, &t, &err) < 0)
		return 0;
	(void)cgm_template_files(t, 2);
	(void)cgm_template_flags(t);
	out = open_memstream(&written, &len);
	if (!out)
		return 0;
	{
		struct cgm_target target = {.name = text, .id = text};
		struct cgm_row rows[2] = {{.target = &target}, {.target = &target, .gone = true}};

		(void)cgm_template_write(t, out, rows, 2, size % 2);
	}
	(void)fclose(out);
	return 0;
}
