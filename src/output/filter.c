/* SPDX-License-Identifier: Apache-2.0 */
#include "output/filter.h"

#include <string.h>
#include <strings.h>

#include "base/near.h"
#include "base/parse.h"
#include "model/findings.h"
#include "output/cells.h"
#include "output/filter_docker.h"
#include "base/banned.h"

#define WORDS_MAX 128

enum op { OP_EQ, OP_NE, OP_GT, OP_GE, OP_LT, OP_LE };

/* A condition on a column: all of them must hold. */
struct condition {
	const struct cgm_column *column;
	enum op op;
	char *text;
	uint64_t number;
	double percent;
};

struct cgm_filter {
	struct condition *conditions;
	size_t n_conditions;
	struct cgm_docker_filter *docker;
	size_t n_docker;
};

/* Longer ones first. */
static const struct {
	const char *text;
	enum op op;
} ops[] = {{"!=", OP_NE}, {">=", OP_GE}, {"<=", OP_LE}, {"=", OP_EQ}, {">", OP_GT}, {"<", OP_LT}};

static size_t find_op(const char *s, enum op *ret)
{
	for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++) {
		if (strncmp(s, ops[i].text, strlen(ops[i].text)) == 0) {
			*ret = ops[i].op;
			return strlen(ops[i].text);
		}
	}
	return 0;
}

static int unknown_key(const char *key, struct cgm_err *err)
{
	CGM_AUTO_BUF struct cgm_buf near = {0};
	const char *words[WORDS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < CGM_DOCKER_KEYS; i++)
		words[n++] = cgm_docker_keys[i].name;
	for (const struct cgm_column *c = cgm_columns; c->token && n < WORDS_MAX; c++)
		words[n++] = c->token;
	cgm_near_add(&near, key, words, n);
	return cgm_err_set(err, EINVAL,
			   "unknown filter %.40s%s%s%s; there are id, name, label, ancestor, "
			   "status, network, volume, and conditions on columns (--list-columns)",
			   key, near.len ? " (near: " : "", cgm_buf_str(&near),
			   near.len ? ")" : "");
}

static bool in_list(const char *word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

/* A misspelt cause would silently match nothing. */
static int check_why(const char *value, struct cgm_err *err)
{
	CGM_AUTO_BUF struct cgm_buf near = {0};
	const char *words[WORDS_MAX];
	size_t n = 0;

	for (const struct cgm_finding_info *f = cgm_finding_infos; f->id && n < WORDS_MAX; f++)
		if (f->kind == CGM_KIND_CAUSE)
			words[n++] = f->id;
	if (strcmp(value, "gone") == 0 || in_list(value, words, n))
		return 0;
	cgm_near_add(&near, value, words, n);
	return cgm_err_set(err, EINVAL, "why=%.40s: no such cause%s%s%s", value,
			   near.len ? " (near: " : "", cgm_buf_str(&near), near.len ? ")" : "");
}

static int parse_percent(const char *value, double *ret)
{
	size_t len = strlen(value);

	if (len && value[len - 1] == '%')
		len--;
	return cgm_parse_decimal(value, len, ret);
}

static int parse_value(struct condition *c, const char *value, struct cgm_err *err)
{
	static const char *const wanted[] = {
		[CGM_CELL_BYTES] = "a size such as 100M",
		[CGM_CELL_COUNT] = "a number",
		[CGM_CELL_PERCENT] = "a percentage such as 80",
	};
	int r = 0;

	if (c->column->type == CGM_CELL_TEXT && c->op != OP_EQ && c->op != OP_NE)
		return cgm_err_set(err, EINVAL, "%s is text: only = and != apply",
				   c->column->token);
	if (c->column->type == CGM_CELL_TEXT)
		return strcmp(c->column->token, "WHY") == 0 ? check_why(value, err) : 0;
	if (c->column->type == CGM_CELL_BYTES)
		r = cgm_parse_size(value, &c->number);
	else if (c->column->type == CGM_CELL_COUNT)
		r = cgm_parse_u64_str(value, &c->number);
	else
		r = parse_percent(value, &c->percent);
	return r == 0 ? 0
		      : cgm_err_set(err, EINVAL, "%s: %.40s is not %s", c->column->token, value,
				    wanted[c->column->type]);
}

static int add_condition(struct cgm_filter *f, const char *key, enum op op, const char *value,
			 struct cgm_err *err)
{
	struct condition c = {.column = cgm_column_find(key, NULL), .op = op};
	struct condition *v;
	int r;

	if (!c.column)
		return unknown_key(key, err);
	r = parse_value(&c, value, err);
	if (r < 0)
		return r;
	v = reallocarray(f->conditions, f->n_conditions + 1, sizeof *v);
	if (v)
		f->conditions = v;
	c.text = strdup(value);
	if (!v || !c.text) {
		free(c.text);
		return cgm_err_set(err, ENOMEM, "out of memory");
	}
	v[f->n_conditions++] = c;
	return 0;
}

static int add_docker(struct cgm_filter *f, const struct cgm_docker_key *key, const char *value,
		      struct cgm_err *err)
{
	struct cgm_docker_filter *v;

	if (!*value)
		return cgm_err_set(err, EINVAL, "filter %s= needs a value", key->name);
	v = reallocarray(f->docker, f->n_docker + 1, sizeof *v);
	if (!v)
		return cgm_err_set(err, ENOMEM, "out of memory");
	f->docker = v;
	v += f->n_docker;
	*v = (struct cgm_docker_filter){.key = key, .value = strdup(value)};
	if (!v->value)
		return cgm_err_set(err, ENOMEM, "out of memory");
	f->n_docker++;
	return key->check ? key->check(v, err) : 0;
}

static int add(struct cgm_filter *f, const char *text, struct cgm_err *err)
{
	const struct cgm_docker_key *docker;
	size_t len = strcspn(text, "=!<>"), op_len;
	char key[64];
	enum op op;

	op_len = find_op(text + len, &op);
	if (len == 0 || op_len == 0)
		return cgm_err_set(err, EINVAL,
				   "filter %.60s: wanted KEY=VALUE, or a condition such as "
				   "anon>100M",
				   text);
	(void)snprintf(key, sizeof key, "%.*s", (int)(len < 60 ? len : 60), text);
	docker = op == OP_EQ ? cgm_docker_key_find(key) : NULL;
	return docker ? add_docker(f, docker, text + len + op_len, err)
		      : add_condition(f, key, op, text + len + op_len, err);
}

int cgm_filter_parse(const char *const *texts, size_t n, struct cgm_filter **ret,
		     struct cgm_err *err)
{
	CGM_CLEANUP(cgm_filter_free_p) struct cgm_filter *f = calloc(1, sizeof *f);

	if (!f)
		return cgm_err_set(err, ENOMEM, "out of memory");
	for (size_t i = 0; i < n; i++) {
		int r = add(f, texts[i], err);

		if (r < 0)
			return r;
	}
	*ret = CGM_TAKE(f);
	return 0;
}

void cgm_filter_free(struct cgm_filter *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->n_conditions; i++)
		free(f->conditions[i].text);
	for (size_t i = 0; i < f->n_docker; i++) {
		if (f->docker[i].has_regex)
			regfree(&f->docker[i].regex);
		free(f->docker[i].value);
	}
	free(f->conditions);
	free(f->docker);
	free(f);
}

/* Percentages are equal when they are shown equal. */
static int compare(const struct condition *c, const struct cgm_cell *cell)
{
	struct cgm_cell wanted = {.type = cell->type,
				  .known = true,
				  .number = c->number,
				  .percent = c->percent,
				  .text = c->text};
	double off = cell->percent - c->percent;

	if (cell->type == CGM_CELL_PERCENT && (c->op == OP_EQ || c->op == OP_NE) && off > -0.005 &&
	    off < 0.005)
		return 0;
	return cgm_cell_compare(cell, &wanted);
}

static bool holds(const struct condition *c, const struct cgm_row *row)
{
	struct cgm_cell cell;
	int d;

	cgm_cell_get(c->column, row, &cell);
	if (!cell.known)
		return false;
	d = compare(c, &cell);
	switch (c->op) {
	case OP_EQ:
		return d == 0;
	case OP_NE:
		return d != 0;
	case OP_GT:
		return d > 0;
	case OP_GE:
		return d >= 0;
	case OP_LT:
		return d < 0;
	case OP_LE:
		return d <= 0;
	}
	return false;
}

/* All filters of one key together. */
static bool key_holds(const struct cgm_filter *f, const struct cgm_docker_key *key,
		      const struct cgm_filter_subject *s)
{
	bool given = false, any = false, all = true;

	for (size_t i = 0; i < f->n_docker; i++) {
		bool match;

		if (f->docker[i].key != key)
			continue;
		match = key->match(&f->docker[i], s);
		given = true;
		any |= match;
		all &= match;
	}
	return !given || (key->all ? all : any);
}

bool cgm_filter_match(const struct cgm_filter *f, const struct cgm_filter_subject *s)
{
	for (size_t i = 0; i < CGM_DOCKER_KEYS; i++)
		if (!key_holds(f, &cgm_docker_keys[i], s))
			return false;
	for (size_t i = 0; i < f->n_conditions; i++)
		if (!holds(&f->conditions[i], s->row))
			return false;
	return true;
}

uint32_t cgm_filter_files(const struct cgm_filter *f, int version)
{
	uint32_t files = 0;

	for (size_t i = 0; i < f->n_conditions; i++) {
		const struct cgm_column *c = f->conditions[i].column;

		files |= cgm_files_for(c->needs, c->n_needs, version);
	}
	return files;
}

unsigned cgm_filter_flags(const struct cgm_filter *f)
{
	unsigned flags = 0;

	for (size_t i = 0; i < f->n_conditions; i++)
		flags |= f->conditions[i].column->flags;
	return flags;
}

bool cgm_filter_wants_all(const struct cgm_filter *f)
{
	for (size_t i = 0; i < f->n_docker; i++)
		if (strcmp(f->docker[i].key->name, "status") == 0)
			return true;
	return false;
}
