/* SPDX-License-Identifier: Apache-2.0 */
#include "output/filter.h"

#include <regex.h>
#include <string.h>
#include <strings.h>

#include "base/near.h"
#include "base/parse.h"
#include "model/findings.h"
#include "output/cells.h"
#include "base/banned.h"

#define PATTERN_MAX 256 /* of a name; docker's names are at most 253 */
#define WORDS_MAX   128

enum op { OP_EQ, OP_NE, OP_GT, OP_GE, OP_LT, OP_LE };

/* A condition on a column: all of them must hold. */
struct condition {
	const struct cgm_column *column;
	enum op op;
	char *text;
	uint64_t number;
	double percent;
};

/* One of docker's keys with a value. */
struct docker_filter {
	const struct docker_key *key;
	char *value;
	regex_t regex;
	bool has_regex;
};

struct cgm_filter {
	struct condition *conditions;
	size_t n_conditions;
	struct docker_filter *docker;
	size_t n_docker;
};

struct docker_key {
	const char *name;
	bool all; /* given twice: both must hold (docker's labels); else either */
	bool (*match)(const struct docker_filter *f, const struct cgm_filter_subject *s);
	int (*check)(struct docker_filter *f, struct cgm_err *err);
};

/* docker's words (moby daemon/container state.go), and the one for a row that went away. */
static const char *const statuses[] = {"created", "restarting", "running", "removing",
				       "paused",  "exited",	"dead",	   "gone"};
#define N_STATUSES (sizeof statuses / sizeof statuses[0])

static bool match_id(const struct docker_filter *f, const struct cgm_filter_subject *s)
{
	const char *id = s->row->target ? s->row->target->id : NULL;

	return id && strncasecmp(id, f->value, strlen(f->value)) == 0;
}

static bool match_name(const struct docker_filter *f, const struct cgm_filter_subject *s)
{
	const char *name = s->row->target ? s->row->target->name : NULL;

	return name && regexec(&f->regex, name, 0, NULL, 0) == 0;
}

/* "key" or "key=value". */
static bool match_label(const struct docker_filter *f, const struct cgm_filter_subject *s)
{
	const struct cgm_target *t = s->row->target;
	size_t len = strcspn(f->value, "=");
	const char *value = f->value[len] ? f->value + len + 1 : NULL;

	for (size_t i = 0; t && i < t->n_labels; i++)
		if (strlen(t->labels[i].key) == len &&
		    strncmp(t->labels[i].key, f->value, len) == 0)
			return !value || strcmp(t->labels[i].value, value) == 0;
	return false;
}

static bool image_is(const char *image, const char *asked)
{
	size_t n = strlen(asked);
	const char *tag = strrchr(asked, '/');

	if (strcmp(image, asked) == 0)
		return true;
	tag = strchr(tag ? tag : asked, ':');
	/* docker reads a name without a tag as its "latest", on either side */
	if (!tag)
		return strncmp(image, asked, n) == 0 && strcmp(image + n, ":latest") == 0;
	n = (size_t)(tag - asked);
	return strcmp(tag, ":latest") == 0 && strlen(image) == n && strncmp(image, asked, n) == 0;
}

static const char *bare_digest(const char *s)
{
	return strncmp(s, "sha256:", 7) == 0 ? s + 7 : s;
}

static bool match_ancestor(const struct docker_filter *f, const struct cgm_filter_subject *s)
{
	const char *image = s->row->target ? s->row->target->image : NULL;
	const char *id = bare_digest(f->value);

	if (image && image_is(image, f->value))
		return true;
	return s->image_id && *id && strncmp(bare_digest(s->image_id), id, strlen(id)) == 0;
}

static bool match_status(const struct docker_filter *f, const struct cgm_filter_subject *s)
{
	struct cgm_cell c;

	cgm_cell_get(cgm_column_find("STATE", NULL), s->row, &c);
	return c.known && strcmp(c.text, f->value) == 0;
}

static bool in_list(const char *word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

static bool match_network(const struct docker_filter *f, const struct cgm_filter_subject *s)
{
	return in_list(f->value, s->networks, s->n_networks);
}

static bool match_volume(const struct docker_filter *f, const struct cgm_filter_subject *s)
{
	return in_list(f->value, s->volumes, s->n_volumes);
}

/* docker matches a name as a regular expression, with or without its leading slash. */
static int check_name(struct docker_filter *f, struct cgm_err *err)
{
	char *anchored = strncmp(f->value, "^/", 2) == 0 ? f->value + 1 : f->value;
	char text[128];
	int r;

	if (anchored[0] == '/') { /* "^/web" -> "^web", "/web" -> "^web" */
		anchored[0] = '^';
		memmove(f->value, anchored, strlen(anchored) + 1);
	}
	if (strlen(f->value) > PATTERN_MAX)
		return cgm_err_set(err, EINVAL, "a name pattern of more than %d characters",
				   PATTERN_MAX);
	/* regcomp() expands a counted repetition to gigabytes, and follows nesting on its stack */
	if (strpbrk(f->value, "{\\"))
		return cgm_err_set(err, EINVAL, "name=%.60s: { and \\ are not for name patterns",
				   f->value);
	r = regcomp(&f->regex, f->value, REG_EXTENDED | REG_NOSUB);
	if (r != 0) {
		(void)regerror(r, &f->regex, text, sizeof text);
		return cgm_err_set(err, EINVAL, "name=%.60s: %s", f->value, text);
	}
	f->has_regex = true;
	return 0;
}

static int check_status(struct docker_filter *f, struct cgm_err *err)
{
	if (in_list(f->value, statuses, N_STATUSES))
		return 0;
	return cgm_err_set(err, EINVAL,
			   "status=%.40s: there are created, restarting, running, removing, "
			   "paused, exited, dead",
			   f->value);
}

static const struct docker_key docker_keys[] = {
	{"id", false, match_id, NULL},
	{"name", false, match_name, check_name},
	{"label", true, match_label, NULL},
	{"ancestor", false, match_ancestor, NULL},
	{"status", false, match_status, check_status},
	{"network", false, match_network, NULL},
	{"volume", false, match_volume, NULL},
};
#define N_DOCKER_KEYS (sizeof docker_keys / sizeof docker_keys[0])

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

	for (size_t i = 0; i < N_DOCKER_KEYS; i++)
		words[n++] = docker_keys[i].name;
	for (const struct cgm_column *c = cgm_columns; c->token && n < WORDS_MAX; c++)
		words[n++] = c->token;
	cgm_near_add(&near, key, words, n);
	return cgm_err_set(err, EINVAL,
			   "unknown filter %.40s%s%s%s; there are id, name, label, ancestor, "
			   "status, network, volume, and conditions on columns (--list-columns)",
			   key, near.len ? " (near: " : "", cgm_buf_str(&near),
			   near.len ? ")" : "");
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

static int add_docker(struct cgm_filter *f, const struct docker_key *key, const char *value,
		      struct cgm_err *err)
{
	struct docker_filter *v;

	if (!*value)
		return cgm_err_set(err, EINVAL, "filter %s= needs a value", key->name);
	v = reallocarray(f->docker, f->n_docker + 1, sizeof *v);
	if (!v)
		return cgm_err_set(err, ENOMEM, "out of memory");
	f->docker = v;
	v += f->n_docker;
	*v = (struct docker_filter){.key = key, .value = strdup(value)};
	if (!v->value)
		return cgm_err_set(err, ENOMEM, "out of memory");
	f->n_docker++;
	return key->check ? key->check(v, err) : 0;
}

static const struct docker_key *find_docker_key(const char *key)
{
	for (size_t i = 0; i < N_DOCKER_KEYS; i++)
		if (strcmp(docker_keys[i].name, key) == 0)
			return &docker_keys[i];
	return NULL;
}

static int add(struct cgm_filter *f, const char *text, struct cgm_err *err)
{
	const struct docker_key *docker;
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
	docker = op == OP_EQ ? find_docker_key(key) : NULL;
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
static bool key_holds(const struct cgm_filter *f, const struct docker_key *key,
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
	for (size_t i = 0; i < N_DOCKER_KEYS; i++)
		if (!key_holds(f, &docker_keys[i], s))
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
