/* SPDX-License-Identifier: Apache-2.0 */
#include "output/template.h"

#include <string.h>

#include "output/cells.h"
#include "output/template_tree.h"
#include "base/banned.h"

/* Headings: docker/cli cli/command/container/formatter_stats.go. */
const struct cgm_field cgm_docker_fields[CGM_FIELD_COLUMN] = {
	{CGM_FIELD_CONTAINER, "Container", "CONTAINER", NULL},
	{CGM_FIELD_ID, "ID", "CONTAINER ID", NULL},
	{CGM_FIELD_MEM_PERC, "MemPerc", "MEM %", &cgm_column_mem_percent},
	{CGM_FIELD_MEM_USAGE, "MemUsage", "MEM USAGE / LIMIT", &cgm_column_mem_usage},
	{CGM_FIELD_NAME, "Name", "NAME", NULL},
	{CGM_FIELD_PIDS, "PIDs", "PIDS", NULL},
};

#define DEFAULT_TABLE "{{.ID}}\t{{.Name}}\t{{.MemUsage}}\t{{.MemPerc}}\t{{.PIDs}}"

bool cgm_field_find(const char *name, struct cgm_field *ret)
{
	for (size_t i = 0; i < CGM_FIELD_COLUMN; i++) {
		if (strcmp(cgm_docker_fields[i].name, name) == 0) {
			*ret = cgm_docker_fields[i];
			if (i == CGM_FIELD_PIDS)
				ret->column = cgm_column_find("PIDS", NULL);
			return true;
		}
	}
	for (const struct cgm_column *c = cgm_columns; c->token; c++) {
		if (strcmp(c->placeholder, name) == 0) {
			*ret = (struct cgm_field){CGM_FIELD_COLUMN, c->placeholder, c->heading, c};
			return true;
		}
	}
	return false;
}

void cgm_template_placeholders(struct cgm_buf *b)
{
	struct cgm_field f;

	for (size_t i = 0; i < CGM_FIELD_COLUMN; i++)
		cgm_buf_addf(b, "%s.%s", i ? " " : "", cgm_docker_fields[i].name);
	for (const struct cgm_column *c = cgm_columns; c->token; c++)
		if (cgm_field_find(c->placeholder, &f) && f.id == CGM_FIELD_COLUMN)
			cgm_buf_addf(b, " .%s", c->placeholder);
}

/* What docker takes off and puts in before it parses: "table", blanks, \t and \n. */
static char *prepare(const char *text, bool table)
{
	size_t len, n = 0;
	char *s;

	text += table ? 5 : 0;
	text += strspn(text, " ");
	len = strlen(text);
	while (len && text[len - 1] == ' ')
		len--;
	s = malloc(len + 1);
	for (size_t i = 0; s && i < len; i++) {
		char c = i + 1 < len && text[i] == '\\' ? text[i + 1] : '\0';

		s[n++] = c == 't' ? '\t' : c == 'n' ? '\n' : text[i];
		i += c == 't' || c == 'n';
	}
	if (s)
		s[n] = '\0';
	return s;
}

int cgm_template_compile(const char *text, struct cgm_template **ret, struct cgm_err *err)
{
	CGM_CLEANUP(cgm_template_free_p) struct cgm_template *t = calloc(1, sizeof *t);
	CGM_AUTO_FREE char *body = NULL;
	int r;

	if (strlen(text) > CGM_TEMPLATE_MAX)
		return cgm_err_set(err, EINVAL, "a template of more than %zu bytes",
				   CGM_TEMPLATE_MAX);
	if (strcmp(text, "json") == 0)
		text = "{{json .}}";
	if (strcmp(text, "table") == 0)
		text = "table " DEFAULT_TABLE;
	if (t) {
		t->table = strncmp(text, "table", 5) == 0;
		body = prepare(text, t->table);
	}
	if (!body)
		return cgm_err_set(err, ENOMEM, "out of memory");
	r = cgm_template_parse(body, t, err);
	if (r == 0)
		*ret = CGM_TAKE(t);
	return r;
}

void cgm_template_free(struct cgm_template *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n_nodes; i++) {
		struct cgm_node *n = &t->nodes[i];

		for (size_t k = 0; k < n->n_stages; k++)
			for (size_t a = 0; a < n->stages[k].n_args; a++)
				free(n->stages[k].args[a].text);
		free(n->stages);
		free(n->text);
	}
	free(t->nodes);
	free(t);
}

void cgm_template_set_raw(struct cgm_template *t, bool raw_bytes)
{
	t->raw_bytes = raw_bytes;
}

typedef void (*arg_visitor)(const struct cgm_column *c, int version, uint32_t *into);

static void add_files(const struct cgm_column *c, int version, uint32_t *into)
{
	*into |= cgm_files_for(c->needs, c->n_needs, version);
}

static void add_flags(const struct cgm_column *c, int version, uint32_t *into)
{
	(void)version;
	*into |= c->flags & ~(unsigned)CGM_COL_SHOW;
}

/* {{json .}} needs what docker's six need. */
static void visit_arg(const struct cgm_arg *a, arg_visitor visit, int version, uint32_t *into)
{
	struct cgm_field f;

	if (a->type == CGM_ARG_FIELD && a->field.column)
		visit(a->field.column, version, into);
	for (size_t i = 0; a->type == CGM_ARG_DOT && i < CGM_FIELD_COLUMN; i++)
		if (cgm_field_find(cgm_docker_fields[i].name, &f) && f.column)
			visit(f.column, version, into);
}

static uint32_t visit_all(const struct cgm_template *t, arg_visitor visit, int version)
{
	uint32_t into = 0;

	for (size_t i = 0; i < t->n_nodes; i++)
		for (size_t k = 0; k < t->nodes[i].n_stages; k++)
			for (size_t a = 0; a < t->nodes[i].stages[k].n_args; a++)
				visit_arg(&t->nodes[i].stages[k].args[a], visit, version, &into);
	return into;
}

uint32_t cgm_template_files(const struct cgm_template *t, int version)
{
	return visit_all(t, add_files, version);
}

unsigned cgm_template_flags(const struct cgm_template *t)
{
	return visit_all(t, add_flags, 0);
}
