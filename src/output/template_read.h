/* SPDX-License-Identifier: Apache-2.0 */
/* The text of a template read piece by piece. Internal to output/template_*.c. */
#ifndef CGMEM_OUTPUT_TEMPLATE_READ_H
#define CGMEM_OUTPUT_TEMPLATE_READ_H

#include "output/template_tree.h"

/* A place in the text. */
struct cgm_template_reader {
	const char *text, *p;
	struct cgm_template *t;
	struct cgm_err *err;
};

/* What is wrong, and at which character. -EINVAL. */
int cgm_template_fail(const struct cgm_template_reader *r, const char *what);
/* -ENOMEM. */
int cgm_template_no_memory(const struct cgm_template_reader *r);
void cgm_template_skip(struct cgm_template_reader *r);
/* Takes a word into @word; false: too long for any name. */
bool cgm_template_word(struct cgm_template_reader *r, char word[64]);
/* A placeholder, a string or a number. 0 or a negative errno with words. */
int cgm_template_arg(struct cgm_template_reader *r, struct cgm_arg *ret);

#endif
