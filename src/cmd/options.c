/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/near.h"

#include "base/banned.h"

#define OPTIONS_MAX 48
#define FIRST_CODE  256 /* getopt's code of the first option; letters are below */

/* All tables as getopt_long(3) wants them; flat[i] belongs to long_options[i]. */
struct parser {
	struct option long_options[OPTIONS_MAX + 1];
	char letters[2 * OPTIONS_MAX + 3];
	struct {
		const struct cgm_option *option;
		void *opts;
	} flat[OPTIONS_MAX];
	size_t n, n_letters;
};

static void add_letter(struct parser *p, const struct cgm_option *o)
{
	p->letters[p->n_letters++] = o->letter;
	if (o->arg != CGM_ARG_NONE)
		p->letters[p->n_letters++] = ':';
}

static void add_table(struct parser *p, const struct cgm_option_table *t)
{
	for (const struct cgm_option *o = t->options; o && o->name && p->n < OPTIONS_MAX; o++) {
		p->long_options[p->n] = (struct option){
			.name = o->name,
			.has_arg = o->arg == CGM_ARG_NONE ? no_argument : required_argument,
			.val = FIRST_CODE + (int)p->n,
		};
		p->flat[p->n].option = o;
		p->flat[p->n].opts = t->opts;
		if (o->letter)
			add_letter(p, o);
		p->n++;
	}
}

static size_t index_of(const struct parser *p, int code)
{
	if (code >= FIRST_CODE)
		return (size_t)(code - FIRST_CODE);
	for (size_t i = 0; i < p->n; i++)
		if (p->flat[i].option->letter == code)
			return i;
	return p->n;
}

static int unknown_option(const struct parser *p, const char *word, struct cgm_err *err)
{
	const char *names[OPTIONS_MAX], *near;
	char name[64];
	size_t len;

	if (optopt) /* a letter; @word is not its own where more letters follow it */
		return cgm_err_set(err, EINVAL, "unknown option -%c", optopt);
	for (size_t i = 0; i < p->n; i++)
		names[i] = p->long_options[i].name;
	len = strcspn(word + 2, "=");
	(void)snprintf(name, sizeof name, "%.*s", (int)(len < 60 ? len : 60), word + 2);
	near = cgm_near(name, names, p->n);
	return cgm_err_set(err, EINVAL, "unknown option --%s%s%s%s", name,
			   near ? "; did you mean --" : "", near ? near : "", near ? "?" : "");
}

static int bad_option(const struct parser *p, int code, const char *word, struct cgm_err *err)
{
	size_t i = index_of(p, optopt);

	if (code == ':' && i < p->n)
		return cgm_err_set(err, EINVAL, "option --%s needs %s", p->flat[i].option->name,
				   p->flat[i].option->arg_name);
	if (optopt >= FIRST_CODE && i < p->n)
		return cgm_err_set(err, EINVAL, "option --%s takes no value",
				   p->flat[i].option->name);
	return unknown_option(p, word, err);
}

int cgm_options_parse(const struct cgm_option_table *tables, size_t n, int argc, char **argv,
		      bool in_order, int *ret_first, struct cgm_err *err)
{
	struct parser p = {0};
	int code;

	if (in_order)
		p.letters[p.n_letters++] = '+';
	p.letters[p.n_letters++] = ':';
	for (size_t i = 0; i < n; i++)
		add_table(&p, &tables[i]);
	opterr = 0;
	optind = 0; /* glibc: starts anew, with a fresh look at '+' */
	while ((code = getopt_long(argc, argv, p.letters, p.long_options, NULL)) != -1) {
		struct cgm_err why = {0};
		size_t i;
		int r;

		if (code == '?' || code == ':')
			return bad_option(&p, code, argv[optind - 1], err);
		i = index_of(&p, code);
		r = p.flat[i].option->set(p.flat[i].opts, optarg, &why);
		if (r < 0)
			return cgm_err_set(err, -r, "--%s: %s", p.flat[i].option->name, why.msg);
	}
	*ret_first = optind;
	return 0;
}

int cgm_option_word(const char *words, const char *arg, unsigned *ret_index, struct cgm_err *err)
{
	size_t len = strlen(arg);
	unsigned i = 0;

	for (const char *w = words; *w; i++) {
		size_t n = strcspn(w, " ");

		if (n == len && strncmp(w, arg, n) == 0) {
			*ret_index = i;
			return 0;
		}
		w += n;
		w += strspn(w, " ");
	}
	return cgm_err_set(err, EINVAL, "%.60s: not one of %s", arg, words);
}

static void write_option(FILE *out, const struct cgm_option *o)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	if (o->letter)
		cgm_buf_addf(&b, "-%c, --%s", o->letter, o->name);
	else
		cgm_buf_addf(&b, "    --%s", o->name);
	if (o->arg != CGM_ARG_NONE)
		cgm_buf_addf(&b, " %s", o->arg_name);
	if (b.len > 26)
		(void)fprintf(out, "  %s\n  %-26s %s\n", cgm_buf_str(&b), "", o->help);
	else
		(void)fprintf(out, "  %-26s %s\n", cgm_buf_str(&b), o->help);
}

static void write_options(FILE *out, const char *title, const struct cgm_option *o)
{
	if (!o || !o->name)
		return;
	(void)fprintf(out, "\n%s:\n", title);
	for (; o->name; o++)
		write_option(out, o);
}

void cgm_help_write(FILE *out, const struct cgm_command *c)
{
	if (c) {
		(void)fprintf(out, "Usage: cgmem %s %s\n\n%s\n", c->name, c->usage, c->summary);
		write_options(out, "Options", c->options);
	} else {
		(void)fputs("Usage: cgmem COMMAND [OPTION]... [TARGET...]\n\n"
			    "Explains the memory numbers of containers.\n\nCommands:\n",
			    out);
		for (size_t i = 0; cgm_commands[i]; i++)
			(void)fprintf(out, "  %-10s %s\n", cgm_commands[i]->name,
				      cgm_commands[i]->summary);
		(void)fputs("\nTARGET is a container's name, id or id prefix, PROJECT/SERVICE of "
			    "compose, a\n"
			    "cgroup path, pid:N, self, or host.\n",
			    out);
	}
	write_options(out, "Global options", cgm_global_options);
	if (c)
		(void)fprintf(out, "\nMore in cgmem-%s(1).\n", c->name);
	else
		(void)fputs(
			"\nStart with: cgmem ps, then: cgmem explain NAME.  More in cgmem(1).\n",
			out);
}
