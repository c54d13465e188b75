/* SPDX-License-Identifier: Apache-2.0 */
/* The structure of a template: text, pipelines, functions and their arguments. */
#include "output/template_read.h"

#include <ctype.h>
#include <string.h>

#include "base/banned.h"

static const struct {
	const char *name;
	enum cgm_func func;
	size_t n_args;
	const char *usage;
} funcs[] = {
	{"upper", CGM_FUNC_UPPER, 1, "upper STRING"},
	{"lower", CGM_FUNC_LOWER, 1, "lower STRING"},
	{"json", CGM_FUNC_JSON, 1, "json VALUE"},
	{"truncate", CGM_FUNC_TRUNCATE, 2, "truncate STRING LENGTH"},
	{"pad", CGM_FUNC_PAD, 3, "pad STRING BEFORE AFTER"},
};
#define N_FUNCS (sizeof funcs / sizeof funcs[0])

static int take_func(struct cgm_template_reader *r, struct cgm_stage *s)
{
	const char *start = r->p;
	char name[64];

	if (!cgm_template_word(r, name))
		return cgm_template_fail(r, "too long a word");
	for (size_t i = 0; i < N_FUNCS; i++) {
		if (strcmp(funcs[i].name, name) == 0) {
			s->func = funcs[i].func;
			return 0;
		}
	}
	r->p = start;
	return cgm_err_set(r->err, EINVAL,
			   "template, character %zu: no function %.40s; there are upper lower json "
			   "truncate pad",
			   (size_t)(r->p - r->text) + 1, name);
}

/* True at "}}" and at " -}}", which trims. */
static bool at_end(const struct cgm_template_reader *r)
{
	return strncmp(r->p, "}}", 2) == 0 || strncmp(r->p, "-}}", 3) == 0;
}

static bool is_string(const struct cgm_arg *a)
{
	return a->type == CGM_ARG_STRING || a->type == CGM_ARG_FIELD || a->type == CGM_ARG_PIPED;
}

static bool is_int(const struct cgm_arg *a, int64_t max)
{
	return a->type == CGM_ARG_INT && a->number >= 0 && a->number <= max;
}

static bool fits(const struct cgm_stage *s)
{
	const struct cgm_arg *a = s->args;

	switch (s->func) {
	case CGM_FUNC_NONE:
		return s->n_args == 1 && a[0].type != CGM_ARG_DOT;
	case CGM_FUNC_UPPER:
	case CGM_FUNC_LOWER:
		return s->n_args == 1 && is_string(&a[0]);
	case CGM_FUNC_JSON: /* a table's heading for a whole row is none that docker has */
		return s->n_args == 1;
	case CGM_FUNC_TRUNCATE:
		return s->n_args == 2 && is_string(&a[0]) && is_int(&a[1], INT32_MAX);
	case CGM_FUNC_PAD:
		return s->n_args == 3 && is_string(&a[0]) && is_int(&a[1], CGM_PAD_MAX) &&
		       is_int(&a[2], CGM_PAD_MAX);
	}
	return false;
}

static int check(const struct cgm_template_reader *r, const struct cgm_stage *s)
{
	const char *usage = "a placeholder ({{json .}} shows all of docker's)";

	if (fits(s)) {
		if (r->t->table && s->func == CGM_FUNC_JSON && s->args[0].type == CGM_ARG_DOT)
			return cgm_template_fail(r, "{{json .}} has no heading for a table");
		return 0;
	}
	for (size_t i = 0; i < N_FUNCS; i++)
		if (funcs[i].func == s->func)
			usage = funcs[i].usage;
	return cgm_err_set(r->err, EINVAL, "template, character %zu: wanted %s",
			   (size_t)(r->p - r->text) + 1, usage);
}

static void stage_clear(struct cgm_stage *s)
{
	for (size_t i = 0; i < s->n_args; i++)
		free(s->args[i].text);
	*s = (struct cgm_stage){0};
}

/* One command: a value, or a function and its arguments, up to a '|' or the end. */
static int take_stage(struct cgm_template_reader *r, struct cgm_stage *s)
{
	int e;

	if (isalpha((unsigned char)*r->p)) {
		e = take_func(r, s);
		if (e < 0)
			return e;
		cgm_template_skip(r);
	}
	while (*r->p != '|' && !at_end(r)) {
		if (s->n_args == CGM_ARGS_MAX)
			return cgm_template_fail(r, "too many arguments");
		e = cgm_template_arg(r, &s->args[s->n_args]);
		if (e < 0)
			return e;
		s->n_args++;
		if (!strchr(" \t\r\n|}", *r->p) || *r->p == '\0')
			return cgm_template_fail(r, *r->p ? "a blank is missing" : "}} is missing");
		cgm_template_skip(r);
	}
	return 0;
}

static int push_stage(struct cgm_template_reader *r, struct cgm_node *n, struct cgm_stage *s)
{
	struct cgm_stage *v;
	int e = check(r, s);

	if (e < 0)
		return e;
	v = reallocarray(n->stages, n->n_stages + 1, sizeof *v);
	if (!v)
		return cgm_template_no_memory(r);
	n->stages = v;
	n->stages[n->n_stages++] = *s;
	*s = (struct cgm_stage){0};
	return 0;
}

/* A value before a '|' is put straight into the function after it, as its last argument. */
static int pipe_into(struct cgm_template_reader *r, struct cgm_stage *s, struct cgm_arg *piped)
{
	if (s->func == CGM_FUNC_NONE)
		return cgm_template_fail(r, "wanted a function after |");
	if (s->n_args == CGM_ARGS_MAX)
		return cgm_template_fail(r, "too many arguments");
	s->args[s->n_args++] = *piped;
	*piped = (struct cgm_arg){0};
	return 0;
}

static int take_pipeline(struct cgm_template_reader *r, struct cgm_node *n)
{
	struct cgm_arg piped = {0};
	bool is_piped = false;

	for (;;) {
		struct cgm_stage s = {0};
		int e;

		cgm_template_skip(r);
		e = take_stage(r, &s);
		if (e == 0 && is_piped)
			e = pipe_into(r, &s, &piped);
		is_piped = true;
		if (e == 0 && s.func == CGM_FUNC_NONE && s.n_args == 1 && *r->p == '|') {
			piped = s.args[0];
			s.n_args = 0;
		} else if (e == 0) {
			e = push_stage(r, n, &s);
			piped = (struct cgm_arg){.type = CGM_ARG_PIPED};
		}
		stage_clear(&s);
		if (e < 0)
			free(piped.text);
		if (e < 0 || *r->p != '|')
			return e;
		r->p++;
	}
}

static int push_node(struct cgm_template_reader *r, struct cgm_node **ret)
{
	struct cgm_node *v = reallocarray(r->t->nodes, r->t->n_nodes + 1, sizeof *v);

	if (!v)
		return cgm_template_no_memory(r);
	r->t->nodes = v;
	*ret = &v[r->t->n_nodes++];
	**ret = (struct cgm_node){0};
	return 0;
}

static int push_text(struct cgm_template_reader *r, const char *text, size_t len)
{
	struct cgm_node *n;
	int e = len ? push_node(r, &n) : 0;

	if (len == 0 || e < 0)
		return e;
	n->text = strndup(text, len);
	return n->text ? 0 : cgm_template_no_memory(r);
}

/* After "{{": to after "}}". *@ret_trim: what follows loses its leading blanks. */
static int take_action(struct cgm_template_reader *r, bool *ret_trim)
{
	struct cgm_node *n;
	const char *end;
	int e;

	if (strncmp(r->p, "/*", 2) == 0) {
		end = strstr(r->p + 2, "*/");
		if (!end)
			return cgm_template_fail(r, "a comment without its end");
		r->p = end + 2;
		cgm_template_skip(r);
	} else {
		e = push_node(r, &n);
		if (e == 0)
			e = take_pipeline(r, n);
		if (e < 0)
			return e;
	}
	*ret_trim = *r->p == '-';
	r->p += *ret_trim;
	if (strncmp(r->p, "}}", 2) != 0)
		return cgm_template_fail(r, "}} is missing");
	r->p += 2;
	return 0;
}

int cgm_template_parse(const char *text, struct cgm_template *t, struct cgm_err *err)
{
	struct cgm_template_reader r = {.text = text, .p = text, .t = t, .err = err};
	bool trim = false;

	for (;;) {
		const char *open, *end;
		int e;

		if (trim)
			cgm_template_skip(&r);
		open = strstr(r.p, "{{");
		end = open ? open : r.p + strlen(r.p);
		/* "{{- " takes the blanks before it away (Go text/template) */
		if (open && open[2] == '-' && open[3] && strchr(" \t\r\n", open[3]))
			while (end > r.p && strchr(" \t\r\n", end[-1]))
				end--;
		e = push_text(&r, r.p, (size_t)(end - r.p));
		if (e < 0 || !open)
			return e;
		r.p = open + 2;
		r.p += end != open || (r.p[0] == '-' && r.p[1] && strchr(" \t\r\n", r.p[1]));
		cgm_template_skip(&r);
		e = take_action(&r, &trim);
		if (e < 0)
			return e;
	}
}
