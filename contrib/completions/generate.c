/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes the shell completions from the same tables as --help: generate bash|zsh|fish.
 * Container names come from `cgmem ps` at the time of completion.
 */
#include <stdio.h>
#include <string.h>

#include "cmd/command.h"
#include "output/columns.h"

#define NAMES "cgmem ps -a --raw --no-headings -o NAME 2>/dev/null"

/* The words that may follow an option or stand as an operand; "" for free text. */
static void words_of(const struct cgm_option *o, FILE *out)
{
	if (o->words)
		(void)fputs(o->words, out);
	if (o->arg != CGM_ARG_COLUMNS)
		return;
	for (const struct cgm_column *c = cgm_columns; c->token; c++)
		if (!(c->flags & CGM_COL_SHOW))
			(void)fprintf(out, "%s ", c->token);
}

static void bash_options(const struct cgm_option *o)
{
	for (; o && o->name; o++) {
		if (o->letter)
			(void)printf("-%c ", o->letter);
		(void)printf("--%s ", o->name);
	}
}

static void bash_values(const struct cgm_option *o)
{
	for (; o && o->name; o++) {
		if (o->arg == CGM_ARG_NONE)
			continue;
		(void)printf("\t--%s", o->name);
		if (o->letter)
			(void)printf(" | -%c", o->letter);
		(void)fputs(") ", stdout);
		if (o->arg == CGM_ARG_DIR || o->arg == CGM_ARG_FILE)
			(void)printf("mapfile -t COMPREPLY < <(compgen -%c -- \"$cur\")",
				     o->arg == CGM_ARG_DIR ? 'd' : 'f');
		else {
			(void)fputs("mapfile -t COMPREPLY < <(compgen -W \"", stdout);
			words_of(o, stdout);
			(void)fputs("\" -- \"$cur\")", stdout);
		}
		(void)fputs("; return ;;\n", stdout);
	}
}

static void write_bash(void)
{
	(void)fputs("# bash completion for cgmem, made from the program's option tables\n"
		    "_cgmem() {\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} "
		    "prev=${COMP_WORDS[COMP_CWORD-1]} command= word\n"
		    "\tlocal opts='",
		    stdout);
	bash_options(cgm_global_options);
	(void)fputs("' commands='", stdout);
	for (size_t i = 0; cgm_commands[i]; i++)
		(void)printf("%s ", cgm_commands[i]->name);
	(void)fputs(
		"'\n\tfor word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
		"\t\tcase \" $commands \" in *\" $word \"*) command=$word; break ;; esac\n\tdone\n"
		"\tcase $prev in\n",
		stdout);
	bash_values(cgm_global_options);
	for (size_t i = 0; cgm_commands[i]; i++)
		bash_values(cgm_commands[i]->options);
	(void)fputs("\tesac\n\tlocal words=$commands\n\tcase $command in\n", stdout);
	for (size_t i = 0; cgm_commands[i]; i++) {
		const struct cgm_command *c = cgm_commands[i];

		(void)printf("\t%s) opts=\"$opts", c->name);
		bash_options(c->options);
		(void)printf("\" words=%s ;;\n", c->operands == CGM_ARG_TARGET ? "\"$(" NAMES
										 ") self host\""
						 : c->operands == CGM_ARG_COMMAND ? "$commands"
										  : "");
	}
	(void)fputs("\tesac\n\t[[ $cur == -* ]] && words=$opts\n"
		    "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n}\ncomplete -F "
		    "_cgmem cgmem\n",
		    stdout);
}

/* Text inside single quotes of zsh and fish. */
static void quote(const char *s)
{
	for (; *s; s++) {
		if (*s == '\'')
			(void)fputs("'\\''", stdout);
		else if (*s == '[' || *s == ']' || *s == ':')
			(void)printf("\\%c", *s);
		else
			(void)putchar(*s);
	}
}

static void zsh_options(const struct cgm_option *o)
{
	for (; o && o->name; o++) {
		if (o->letter)
			(void)printf("\t\t'(-%c --%s)'{-%c,--%s}'[", o->letter, o->name, o->letter,
				     o->name);
		else
			(void)printf("\t\t'--%s[", o->name);
		quote(o->help);
		(void)putchar(']');
		if (o->arg == CGM_ARG_DIR || o->arg == CGM_ARG_FILE)
			(void)printf(":%s:_files", o->arg_name);
		else if (o->arg != CGM_ARG_NONE) {
			(void)printf(":%s:(", o->arg_name);
			words_of(o, stdout);
			(void)putchar(')');
		}
		(void)fputs("' \\\n", stdout);
	}
}

static void write_zsh(void)
{
	(void)fputs("#compdef cgmem\n# zsh completion for cgmem, made from the program's option "
		    "tables\n"
		    "local -a commands\ncommands=(\n",
		    stdout);
	for (size_t i = 0; cgm_commands[i]; i++) {
		(void)printf("\t'%s:", cgm_commands[i]->name);
		quote(cgm_commands[i]->summary);
		(void)fputs("'\n", stdout);
	}
	(void)fputs(")\n_cgmem_targets() { compadd -- ${(f)\"$(" NAMES ")\"} self host }\n"
		    "_cgmem_options() {\n\tcase $1 in\n",
		    stdout);
	for (size_t i = 0; cgm_commands[i]; i++) {
		const struct cgm_command *c = cgm_commands[i];

		(void)printf("\t%s) _arguments \\\n", c->name);
		zsh_options(c->options);
		zsh_options(cgm_global_options);
		(void)printf("\t\t%s ;;\n",
			     c->operands == CGM_ARG_TARGET    ? "'*:target:_cgmem_targets'"
			     : c->operands == CGM_ARG_COMMAND ? "'*::command:_normal'"
							      : "");
	}
	(void)fputs("\tesac\n}\nif (( CURRENT == 2 )); then\n\t_describe command commands\nelse\n"
		    "\tlocal command=$words[2]\n\tshift words\n\t(( CURRENT-- ))\n\t_cgmem_options "
		    "$command\nfi\n",
		    stdout);
}

static void fish_options(const struct cgm_option *o, const char *condition)
{
	for (; o && o->name; o++) {
		(void)printf("complete -c cgmem %s -l %s", condition, o->name);
		if (o->letter)
			(void)printf(" -s %c", o->letter);
		if (o->arg == CGM_ARG_DIR || o->arg == CGM_ARG_FILE)
			(void)fputs(" -rF", stdout);
		else if (o->arg != CGM_ARG_NONE) {
			(void)fputs(" -xa '", stdout);
			words_of(o, stdout);
			(void)putchar('\'');
		}
		(void)fputs(" -d '", stdout);
		for (const char *s = o->help; *s; s++)
			(void)printf(*s == '\'' ? "\\%c" : "%c", *s);
		(void)fputs("'\n", stdout);
	}
}

static void write_fish(void)
{
	(void)fputs("# fish completion for cgmem, made from the program's option tables\ncomplete "
		    "-c cgmem -f\n",
		    stdout);
	fish_options(cgm_global_options, "");
	for (size_t i = 0; cgm_commands[i]; i++) {
		const struct cgm_command *c = cgm_commands[i];
		char condition[96];

		(void)printf("complete -c cgmem -n __fish_use_subcommand -a %s -d '%s'\n", c->name,
			     c->name);
		(void)snprintf(condition, sizeof condition, "-n '__fish_seen_subcommand_from %s'",
			       c->name);
		fish_options(c->options, condition);
		if (c->operands == CGM_ARG_TARGET)
			(void)printf("complete -c cgmem %s -a '(" NAMES ") self host'\n",
				     condition);
	}
}

int main(int argc, char **argv)
{
	static const struct {
		const char *shell;
		void (*write)(void);
	} shells[] = {{"bash", write_bash}, {"zsh", write_zsh}, {"fish", write_fish}};

	for (size_t i = 0; argc == 2 && i < sizeof shells / sizeof shells[0]; i++) {
		if (strcmp(argv[1], shells[i].shell) == 0) {
			shells[i].write();
			return fflush(stdout) == 0 ? 0 : 1;
		}
	}
	(void)fprintf(stderr, "usage: generate bash|zsh|fish\n");
	return 2;
}
