/* SPDX-License-Identifier: Apache-2.0 */
/* Command lines by tables: parsing (getopt_long), --help, and the words for setters. */
#ifndef CGMEM_CMD_OPTIONS_H
#define CGMEM_CMD_OPTIONS_H

#include <stdio.h>

#include "cmd/command.h"

/* A table and the struct that its setters fill. */
struct cgm_option_table {
	const struct cgm_option *options; /* NULL: empty */
	void *opts;
};

/*
 * Parses argv[1..]; operands are moved to its end and *ret_first is the index of the first.
 * @in_order: stop at the first operand. -EINVAL with words, naming the near options.
 */
int cgm_options_parse(const struct cgm_option_table *tables, size_t n, int argc, char **argv,
		      bool in_order, int *ret_first, struct cgm_err *err);
/* Usage, summary, options, global options. @c NULL: the program itself, with its commands. */
void cgm_help_write(FILE *out, const struct cgm_command *c);
/* "auto" of "auto always never" -> 0. -EINVAL with words. */
int cgm_option_word(const char *words, const char *arg, unsigned *ret_index, struct cgm_err *err);

#endif
