/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A subcommand: its name, options and what runs it. The option tables are the one source of
 * parsing, of --help and of the shell completions; the man pages are held against them by a test.
 */
#ifndef CGMEM_CMD_COMMAND_H
#define CGMEM_CMD_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* Exit statuses, as in cgmem(1). */
enum {
	CGM_EXIT_OK = 0,
	CGM_EXIT_FAILED = 1,
	CGM_EXIT_USAGE = 2,
	CGM_EXIT_NO_TARGET = 3,
	CGM_EXIT_NO_ENGINE = 4,
	CGM_EXIT_CONDITION = 5,
	CGM_EXIT_SOME = 64,
};

/* What an argument is, for completion. */
enum cgm_arg_kind {
	CGM_ARG_NONE,
	CGM_ARG_TEXT,
	CGM_ARG_FILE,
	CGM_ARG_DIR,
	CGM_ARG_COLUMNS,
	CGM_ARG_WORDS,
	CGM_ARG_SIZE,
	CGM_ARG_DURATION,
	CGM_ARG_TARGET,
	CGM_ARG_COMMAND,
};

struct cgm_option {
	const char *name; /* long name without dashes */
	char letter;	  /* 0: none */
	enum cgm_arg_kind arg;
	const char *arg_name; /* "LIST" in --help */
	const char *words;    /* of CGM_ARG_WORDS: "auto always never" */
	const char *help;     /* one line */
	/* Stores the argument (NULL for a flag) in the command's own options. 0 or -EINVAL with
	 * words. */
	int (*set)(void *opts, const char *arg, struct cgm_err *err);
};

struct cgm_global; /* cmd/global.h */

struct cgm_command {
	const char *name;
	const char *summary;		  /* one line, as in cgmem(1) */
	const char *usage;		  /* "[OPTION]... [TARGET...]" */
	const struct cgm_option *options; /* ended by a NULL name; NULL: none */
	enum cgm_arg_kind operands;	  /* CGM_ARG_TARGET, CGM_ARG_COMMAND, CGM_ARG_NONE */
	bool stops_at_operand;		  /* run: what follows the first operand is not ours */
	size_t options_size;	   /* of the command's own options struct, zeroed before parsing */
	void (*clear)(void *opts); /* frees what the setters made; NULL: nothing */
	/* Returns the exit status. */
	int (*run)(const struct cgm_global *g, void *opts, int argc, char **argv);
};

extern const struct cgm_command *const cgm_commands[]; /* NULL-terminated */
extern const struct cgm_option cgm_global_options[];

const struct cgm_command *cgm_command_find(const char *name);

#endif
