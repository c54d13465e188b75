/* SPDX-License-Identifier: Apache-2.0 */
#include "output/template.h"

#include <ctype.h>
#include <string.h>

#include "base/path.h"
#include "base/units.h"
#include "output/cells.h"
#include "output/template_tree.h"
#include "base/banned.h"

#define NO_VALUE "--" /* docker's word for a container that went away */

/* What a template is applied to. */
struct subject {
	const struct cgm_row *row; /* NULL: the headings */
	bool no_trunc, raw_bytes;
};

static void add_id(const struct cgm_row *row, bool no_trunc, struct cgm_buf *b)
{
	const char *id = row->target ? row->target->id : NULL;
	size_t len = id ? strlen(id) : 0;

	cgm_escape_name(b, id ? id : "", no_trunc || len < CGM_SHORT_ID ? len : CGM_SHORT_ID,
			false);
}

static void docker_field(enum cgm_field_id id, const struct subject *s, struct cgm_buf *b)
{
	const struct cgm_row *row = s->row;
	char used[CGM_TEXT_MAX], limit[CGM_TEXT_MAX];
	uint64_t n = 0;
	struct cgm_cell name;

	(void)cgm_row_docker_bytes(row, &n);
	if (id == CGM_FIELD_CONTAINER && row->typed) {
		cgm_escape_name(b, row->typed, strlen(row->typed), false);
	} else if (id == CGM_FIELD_ID || id == CGM_FIELD_CONTAINER) {
		add_id(row, s->no_trunc && id == CGM_FIELD_ID, b);
	} else if (id == CGM_FIELD_NAME) {
		cgm_cell_get(cgm_column_find("NAME", NULL), row, &name);
		cgm_buf_adds(b, name.known ? "" : NO_VALUE);
		if (name.known)
			cgm_escape_name(b, name.text, strlen(name.text), false);
	} else if (row->gone) {
		cgm_buf_adds(b, id == CGM_FIELD_MEM_USAGE ? NO_VALUE " / " NO_VALUE : NO_VALUE);
	} else if (id == CGM_FIELD_MEM_USAGE) {
		cgm_buf_addf(b, "%s / %s", cgm_docker_bytes(used, n),
			     cgm_docker_bytes(limit, row->sample.version ? row->docker_limit : 0));
	} else if (id == CGM_FIELD_MEM_PERC) {
		cgm_buf_adds(b, cgm_docker_percent(used, n, row->docker_limit));
	} else {
		cgm_buf_addf(b, "%ju", (uintmax_t)cgm_get(&row->sample, CGM_PIDS));
	}
}

static void field_text(const struct cgm_field *f, const struct subject *s, struct cgm_buf *b)
{
	struct cgm_cell cell;

	if (!s->row) {
		cgm_buf_adds(b, f->heading);
	} else if (f->id != CGM_FIELD_COLUMN) {
		docker_field(f->id, s, b);
	} else {
		cgm_cell_get(f->column, s->row, &cell);
		cgm_cell_text(&cell, s->raw_bytes, b);
	}
}

/*
 * A JSON string as Go's encoding/json writes it. @html: <, > and & escaped, which json.Marshal does
 * and docker's function json does not; so {{json .}} has them escaped and {{json .Name}} has not.
 */
static void json_text(const char *s, bool html, struct cgm_buf *b)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";

	cgm_buf_adds(b, "\"");
	for (; *s; s++) {
		const char *at = strchr(from, *s);

		if (at)
			cgm_buf_addf(b, "\\%c", to[at - from]);
		else if ((unsigned char)*s < 0x20 || (html && strchr("<>&", *s)))
			cgm_buf_addf(b, "\\u%04x", (unsigned)(unsigned char)*s);
		else if (strncmp(s, "\u2028", 3) == 0 || strncmp(s, "\u2029", 3) == 0)
			cgm_buf_addf(b, "\\u202%c", s[2] == '\xa8' ? '8' : '9');
		else
			cgm_buf_add(b, s, 1);
		if (strncmp(s, "\u2028", 3) == 0 || strncmp(s, "\u2029", 3) == 0)
			s += 2;
	}
	cgm_buf_adds(b, "\"");
}

static void json_row(const struct subject *s, struct cgm_buf *b)
{
	CGM_AUTO_BUF struct cgm_buf t = {0};

	cgm_buf_adds(b, "{");
	for (size_t i = 0; i < CGM_FIELD_COLUMN; i++) {
		cgm_buf_reset(&t);
		docker_field(cgm_docker_fields[i].id, s, &t);
		cgm_buf_addf(b, "%s\"%s\":", i ? "," : "", cgm_docker_fields[i].name);
		json_text(cgm_buf_str(&t), true, b);
	}
	cgm_buf_adds(b, "}");
	b->failed |= t.failed;
}

/* docker's own are strings; a column is what it is in `cgmem ps --json`. */
static void json_field(const struct cgm_field *f, const struct subject *s, struct cgm_buf *b)
{
	CGM_AUTO_BUF struct cgm_buf t = {0};
	struct cgm_cell cell = {.known = true};

	if (f->id == CGM_FIELD_COLUMN)
		cgm_cell_get(f->column, s->row, &cell);
	if (!cell.known) {
		cgm_buf_adds(b, "null");
	} else if (f->id == CGM_FIELD_COLUMN && cell.type != CGM_CELL_TEXT) {
		cgm_cell_text(&cell, true, b);
	} else {
		field_text(f, s, &t);
		json_text(cgm_buf_str(&t), false, b);
	}
	b->failed |= t.failed;
}

static void arg_text(const struct cgm_arg *a, const struct subject *s, const char *piped,
		     struct cgm_buf *b)
{
	if (a->type == CGM_ARG_FIELD)
		field_text(&a->field, s, b);
	else if (a->type == CGM_ARG_STRING)
		cgm_buf_adds(b, a->text);
	else if (a->type == CGM_ARG_INT)
		cgm_buf_addf(b, "%jd", (intmax_t)a->number);
	else
		cgm_buf_adds(b, piped);
}

static void put_json(const struct cgm_stage *st, const struct subject *s, const char *text,
		     struct cgm_buf *b)
{
	const struct cgm_arg *a = &st->args[0];

	if (a->type == CGM_ARG_DOT)
		json_row(s, b);
	else if (a->type == CGM_ARG_FIELD)
		json_field(&a->field, s, b);
	else if (a->type == CGM_ARG_INT)
		cgm_buf_adds(b, text);
	else
		json_text(text, false, b);
}

static void put_case(const char *text, int (*fold)(int), struct cgm_buf *b)
{
	for (; *text; text++) {
		unsigned char u = (unsigned char)*text;
		char c = u < 0x80 ? (char)fold(u) : *text;

		cgm_buf_add(b, &c, 1);
	}
}

/* At most @max bytes, never half a character. */
static void put_cut(const char *text, int64_t max, struct cgm_buf *b)
{
	size_t len = strlen(text);

	if (len > (uint64_t)max) {
		len = (size_t)max;
		while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
			len--;
	}
	cgm_buf_add(b, text, len);
}

static void put_padded(const char *text, int64_t before, int64_t after, struct cgm_buf *b)
{
	if (*text)
		cgm_buf_addf(b, "%*s%s%*s", (int)before, "", text, (int)after, "");
}

/* Of the functions only pad touches a heading (docker/cli templates.go HeaderFunctions). */
static void run_stage(const struct cgm_stage *st, const struct subject *s, const char *piped,
		      struct cgm_buf *b)
{
	CGM_AUTO_BUF struct cgm_buf t = {0};
	const char *text;

	arg_text(&st->args[0], s, piped, &t);
	text = cgm_buf_str(&t);
	if (st->func == CGM_FUNC_PAD)
		put_padded(text, st->args[1].number, st->args[2].number, b);
	else if (st->func == CGM_FUNC_NONE || !s->row)
		cgm_buf_adds(b, text);
	else if (st->func == CGM_FUNC_JSON)
		put_json(st, s, text, b);
	else if (st->func == CGM_FUNC_TRUNCATE)
		put_cut(text, st->args[1].number, b);
	else
		put_case(text, st->func == CGM_FUNC_UPPER ? toupper : tolower, b);
	b->failed |= t.failed;
}

static void run_pipeline(const struct cgm_node *n, const struct subject *s, struct cgm_buf *b)
{
	CGM_AUTO_BUF struct cgm_buf in = {0}, out = {0};

	for (size_t i = 0; i < n->n_stages; i++) {
		struct cgm_buf t = in;

		cgm_buf_reset(&out);
		run_stage(&n->stages[i], s, cgm_buf_str(&in), &out);
		in = out;
		out = t;
	}
	cgm_buf_adds(b, cgm_buf_str(&in));
	b->failed |= in.failed | out.failed;
}

static void run(const struct cgm_template *t, const struct subject *s, struct cgm_buf *b)
{
	for (size_t i = 0; i < t->n_nodes; i++) {
		if (t->nodes[i].text)
			cgm_buf_adds(b, t->nodes[i].text);
		else
			run_pipeline(&t->nodes[i], s, b);
	}
	cgm_buf_adds(b, "\n");
}

static int put(FILE *out, const struct cgm_buf *b)
{
	if (b->failed)
		return -ENOMEM;
	errno = 0;
	if (fwrite(cgm_buf_str(b), 1, b->len, out) != b->len)
		return errno ? -errno : -EIO;
	return 0;
}

int cgm_template_write(const struct cgm_template *t, FILE *out, const struct cgm_row *rows,
		       size_t n, bool no_trunc)
{
	CGM_AUTO_BUF struct cgm_buf b = {0}, aligned = {0};
	struct subject s = {.no_trunc = no_trunc, .raw_bytes = t->raw_bytes};

	if (t->table)
		run(t, &s, &b);
	for (size_t i = 0; i < n; i++) {
		s.row = &rows[i];
		run(t, &s, &b);
	}
	if (!t->table || b.failed)
		return put(out, &b);
	cgm_tabwriter(cgm_buf_str(&b), &aligned);
	return put(out, &aligned);
}
