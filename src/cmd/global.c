/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/global.h"

#include <errno.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include "base/log.h"
#include "base/parse.h"
#include "cmd/options.h"
#include "sys/host.h"

#include "base/banned.h"

extern const struct cgm_command cgm_cmd_ps, cgm_cmd_explain, cgm_cmd_go, cgm_cmd_procs, cgm_cmd_run,
	cgm_cmd_record, cgm_cmd_trend, cgm_cmd_report, cgm_cmd_diff, cgm_cmd_doctor, cgm_cmd_help,
	cgm_cmd_top;

const struct cgm_command *const cgm_commands[] = {
	&cgm_cmd_ps,	 &cgm_cmd_explain, &cgm_cmd_go,	   &cgm_cmd_procs,  &cgm_cmd_top,
	&cgm_cmd_run,	 &cgm_cmd_record,  &cgm_cmd_trend, &cgm_cmd_report, &cgm_cmd_diff,
	&cgm_cmd_doctor, &cgm_cmd_help,	   NULL,
};

const struct cgm_command *cgm_command_find(const char *name)
{
	for (size_t i = 0; cgm_commands[i]; i++)
		if (strcmp(cgm_commands[i]->name, name) == 0)
			return cgm_commands[i];
	return NULL;
}

#define ENGINE_WORDS "auto docker podman none"
#define COLOR_WORDS  "auto always never"

static int set_host(void *opts, const char *arg, struct cgm_err *err)
{
	struct cgm_global *g = opts;

	(void)err;
	g->session.host = arg;
	return 0;
}

static int set_engine(void *opts, const char *arg, struct cgm_err *err)
{
	struct cgm_global *g = opts;
	unsigned i;
	int r = cgm_option_word(ENGINE_WORDS, arg, &i, err);

	if (r == 0)
		g->session.engine = (enum cgm_engine_kind)i;
	return r;
}

static int set_root(void *opts, const char *arg, struct cgm_err *err)
{
	struct cgm_global *g = opts;

	(void)err;
	g->session.root = arg;
	return 0;
}

static int set_color(void *opts, const char *arg, struct cgm_err *err)
{
	struct cgm_global *g = opts;
	unsigned i;
	int r = cgm_option_word(COLOR_WORDS, arg, &i, err);

	if (r == 0)
		g->color = (enum cgm_color)i;
	return r;
}

#define FLAG_SETTER(field)                                                       \
	static int set_##field(void *opts, const char *arg, struct cgm_err *err) \
	{                                                                        \
		struct cgm_global *g = opts;                                     \
		(void)arg;                                                       \
		(void)err;                                                       \
		g->field = true;                                                 \
		return 0;                                                        \
	}
FLAG_SETTER(raw_bytes)
FLAG_SETTER(json)
FLAG_SETTER(verbose)
FLAG_SETTER(help)
FLAG_SETTER(version)

const struct cgm_option cgm_global_options[] = {
	{"host", 'H', CGM_ARG_TEXT, "URL", NULL, "engine to ask: unix://, tcp://, https://, ssh://",
	 set_host},
	{"engine", 0, CGM_ARG_WORDS, "KIND", ENGINE_WORDS, "auto, docker, podman or none",
	 set_engine},
	{"root", 0, CGM_ARG_DIR, "DIR", NULL, "read a mounted host or a saved tree instead",
	 set_root},
	{"color", 0, CGM_ARG_WORDS, "WHEN", COLOR_WORDS, "auto, always or never", set_color},
	{"bytes", 0, CGM_ARG_NONE, NULL, NULL, "sizes in plain bytes", set_raw_bytes},
	{"json", 0, CGM_ARG_NONE, NULL, NULL, "the result as JSON, see cgmem-json(5)", set_json},
	{"verbose", 'v', CGM_ARG_NONE, NULL, NULL, "notices too", set_verbose},
	{"help", 'h', CGM_ARG_NONE, NULL, NULL, "this text", set_help},
	{"version", 'V', CGM_ARG_NONE, NULL, NULL, "the version", set_version},
	{0},
};

int cgm_open_session(const struct cgm_global *g, struct cgm_session **ret)
{
	struct cgm_err err = {0};

	if (cgm_session_open(&g->session, ret, &err) == 0)
		return 0;
	cgm_warn("%s", err.msg);
	return CGM_EXIT_FAILED;
}

void cgm_warn_no_engine(const struct cgm_session *s)
{
	if (s->options.engine == CGM_ENGINE_NONE)
		cgm_warn("no engine is asked; containers are found by their cgroup paths");
	else if (s->engine_state == CGM_ENGINE_FAILED)
		cgm_warn("%s; containers are found by their cgroup paths", s->engine_err.msg);
	else
		cgm_warn("no container engine was found; containers are found by their cgroup "
			 "paths");
}

int cgm_exit_status(int r)
{
	static const struct {
		int code, status;
	} table[] = {
		{-ESRCH, CGM_EXIT_NO_TARGET},
		{-ENOTUNIQ, CGM_EXIT_NO_TARGET},
		{-EHOSTDOWN, CGM_EXIT_NO_ENGINE},
		{-EINVAL, CGM_EXIT_USAGE},
	};

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (table[i].code == r)
			return table[i].status;
	return CGM_EXIT_FAILED;
}

void cgm_outcome_fail(struct cgm_outcome *o, const char *target, int r, const struct cgm_err *err)
{
	int status = cgm_exit_status(r);

	if (!o->failed++)
		o->first_status = status;
	if (o->json)
		(void)cgm_json_add_error(o->json, target, err->msg, status);
	cgm_warn("%s", err->msg);
}

int cgm_outcome_status(const struct cgm_outcome *o)
{
	if (!o->failed)
		return CGM_EXIT_OK;
	return o->done ? CGM_EXIT_SOME : o->first_status;
}

unsigned cgm_terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize w;
	uint64_t n;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col)
		return w.ws_col;
	if (columns && cgm_parse_max(columns, strlen(columns), 10000, &n) == 0)
		return (unsigned)n;
	return 0;
}

bool cgm_stdout_is_terminal(void)
{
	return isatty(STDOUT_FILENO);
}

/* https://no-color.org: set and not empty means no colour, unless the command line says otherwise.
 */
bool cgm_use_color(const struct cgm_global *g, int fd)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (g->color != CGM_COLOR_AUTO)
		return g->color == CGM_COLOR_ALWAYS;
	return isatty(fd) && !(no_color && *no_color) && !(term && strcmp(term, "dumb") == 0);
}

bool cgm_locale_is_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

struct cgm_text_options cgm_text_options(const struct cgm_global *g, int fd)
{
	return (struct cgm_text_options){
		.width = cgm_terminal_width(),
		.color = cgm_use_color(g, fd),
		.utf8 = cgm_locale_is_utf8(),
		.raw_bytes = g->raw_bytes,
		.verbose = g->verbose,
		.sections = CGM_SHOW_ALL,
	};
}

int cgm_finish_json(struct cgm_json *json, int status)
{
	if (cgm_json_write(json, stdout) == 0)
		return status;
	cgm_warn("cannot write the result: %s", strerror(errno));
	return CGM_EXIT_FAILED;
}

int64_t cgm_clock(const struct cgm_session *s)
{
	struct cgm_host host = {0};

	if (cgm_session_is_live(s) || cgm_host_read(s->root, &host) < 0 || host.clock <= 0)
		return time(NULL);
	return host.clock;
}
