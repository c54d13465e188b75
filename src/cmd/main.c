/* SPDX-License-Identifier: Apache-2.0 */
/* The program: global options, then the command of that name. */
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/near.h"
#include "cmd/global.h"
#include "cmd/options.h"

#include "base/banned.h"

static int usage_error(const struct cgm_command *c, const struct cgm_err *err)
{
	cgm_warn("%s", err->msg);
	if (c)
		(void)fprintf(stderr, "Try 'cgmem %s --help'.\n", c->name);
	else
		(void)fprintf(stderr, "Try 'cgmem --help'.\n");
	return CGM_EXIT_USAGE;
}

static int run_command(const struct cgm_command *c, struct cgm_global *g, int argc, char **argv)
{
	CGM_AUTO_FREE void *opts = calloc(1, c->options_size ? c->options_size : 1);
	const struct cgm_option_table tables[] = {{c->options, opts}, {cgm_global_options, g}};
	struct cgm_err err = {0};
	int first = 0, r;

	if (!opts) {
		cgm_warn("out of memory");
		return CGM_EXIT_FAILED;
	}
	r = cgm_options_parse(tables, 2, argc, argv, c->stops_at_operand, &first, &err);
	if (r < 0)
		r = usage_error(c, &err);
	else if (g->help)
		cgm_help_write(stdout, c);
	else if (g->version)
		(void)puts("cgmem " CGMEM_VERSION);
	else if (c->operands == CGM_ARG_NONE && first < argc) {
		(void)cgm_err_set(&err, EINVAL, "%.80s: takes no operands", c->name);
		r = usage_error(c, &err);
	} else {
		cgm_log_set_verbose(g->verbose);
		r = c->run(g, opts, argc - first, argv + first);
	}
	if (c->clear)
		c->clear(opts);
	return r;
}

/* Everything that stdout was given must have arrived: a full disk is an error, a closed pipe is
 * not. */
static int close_stdout(int status)
{
	int failed = ferror(stdout);

	if (fclose(stdout) == 0 && !failed)
		return status;
	if (errno == EPIPE)
		return status;
	cgm_warn("cannot write the result: %s", strerror(errno));
	return CGM_EXIT_FAILED;
}

static int main_without_command(const struct cgm_global *g)
{
	if (g->version) {
		(void)puts("cgmem " CGMEM_VERSION);
		return CGM_EXIT_OK;
	}
	cgm_help_write(g->help ? stdout : stderr, NULL);
	return g->help ? CGM_EXIT_OK : CGM_EXIT_USAGE;
}

static int unknown_command(const char *name)
{
	const char *names[32], *near;
	size_t n = 0;

	while (n < sizeof names / sizeof names[0] && cgm_commands[n]) {
		names[n] = cgm_commands[n]->name;
		n++;
	}
	near = cgm_near(name, names, n);
	cgm_warn("unknown command %s%s%s%s", name, near ? "; did you mean " : "", near ? near : "",
		 near ? "?" : "");
	(void)fprintf(stderr, "Try 'cgmem --help'.\n");
	return CGM_EXIT_USAGE;
}

int main(int argc, char **argv)
{
	struct cgm_global g = {0};
	const struct cgm_option_table globals = {cgm_global_options, &g};
	const struct cgm_command *c;
	struct cgm_err err = {0};
	int first = 1;

	(void)setlocale(LC_CTYPE, ""); /* numbers stay in the C locale: they must equal docker's */
	if (cgm_options_parse(&globals, 1, argc, argv, true, &first, &err) < 0)
		return usage_error(NULL, &err);
	if (first >= argc || g.help || g.version)
		return close_stdout(main_without_command(&g));
	c = cgm_command_find(argv[first]);
	if (!c)
		return unknown_command(argv[first]);
	return close_stdout(run_command(c, &g, argc - first, argv + first));
}
