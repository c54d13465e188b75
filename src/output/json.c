/* SPDX-License-Identifier: Apache-2.0 */
#include "output/json.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

#include "base/path.h"
#include "output/cells.h"
#include "output/json_util.h"
#include "base/banned.h"

#define PRECISION 9 /* digits of a real number: a percentage is not known better */

json_t *cgm_json_text(const char *s)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	if (!s)
		return json_null();
	cgm_escape_name(&b, s, strlen(s), false);
	return b.failed ? NULL : json_string(cgm_buf_str(&b));
}

json_t *cgm_json_u64(uint64_t v)
{
	return v > INT64_MAX ? json_null() : json_integer((json_int_t)v);
}

json_t *cgm_json_known(bool known, uint64_t v)
{
	return known ? cgm_json_u64(v) : json_null();
}

json_t *cgm_json_opt(struct cgm_opt v)
{
	return cgm_json_known(v.known, v.v);
}

json_t *cgm_json_value(const struct cgm_sample *s, enum cgm_value_id id)
{
	return cgm_json_known(cgm_has(s, id), cgm_get(s, id));
}

int cgm_json_put(json_t *object, const char *key, json_t *value)
{
	return json_object_set_new(object, key, value) == 0 ? 0 : -ENOMEM;
}

int cgm_json_push(json_t *array, json_t *value)
{
	return json_array_append_new(array, value) == 0 ? 0 : -ENOMEM;
}

/* RFC 3339 in UTC. */
static json_t *time_text(int64_t clock)
{
	time_t t = (time_t)clock;
	struct tm tm;
	char text[64];

	if (!gmtime_r(&t, &tm) || strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		return json_null();
	return json_string(text);
}

int cgm_json_new(int64_t clock, struct cgm_json **ret)
{
	CGM_CLEANUP(cgm_json_free_p) struct cgm_json *j = calloc(1, sizeof *j);
	int r;

	if (!j)
		return -ENOMEM;
	j->root = json_object();
	j->results = json_array();
	j->errors = json_array();
	r = cgm_json_put(j->root, "schema", json_integer(1));
	if (r == 0)
		r = cgm_json_put(j->root, "time", time_text(clock));
	if (json_object_set_new(j->root, "results", j->results) != 0)
		r = -ENOMEM;
	if (json_object_set_new(j->root, "errors", j->errors) != 0)
		r = -ENOMEM;
	if (r == 0)
		*ret = CGM_TAKE(j);
	return r;
}

void cgm_json_free(struct cgm_json *j)
{
	if (!j)
		return;
	json_decref(j->root);
	free(j);
}

static json_t *signed_number(const struct cgm_cell *c)
{
	if (c->negative && c->number <= INT64_MAX)
		return json_integer(-(json_int_t)c->number);
	return cgm_json_u64(c->number);
}

static json_t *cell_value(const struct cgm_cell *c)
{
	if (!c->known)
		return json_null();
	if (c->type == CGM_CELL_TEXT)
		return cgm_json_text(c->text);
	return c->type == CGM_CELL_PERCENT ? json_real(c->percent) : signed_number(c);
}

int cgm_json_add_row(struct cgm_json *j, const struct cgm_row *row)
{
	json_t *o = json_object();
	int r = o ? 0 : -ENOMEM;

	for (const struct cgm_column *c = cgm_columns; r == 0 && c->token; c++) {
		struct cgm_cell cell;
		char key[32];
		size_t i;

		for (i = 0; c->token[i] && i + 1 < sizeof key; i++)
			key[i] = (char)tolower((unsigned char)c->token[i]);
		key[i] = '\0';
		cgm_cell_get(c, row, &cell);
		r = cgm_json_put(o, key, cell_value(&cell));
	}
	if (r == 0)
		return cgm_json_push(j->results, o);
	json_decref(o);
	return r;
}

/* The process' figures by their keys. */
static const struct {
	const char *key;
	size_t offset;
} process_keys[] = {
	{"rss", offsetof(struct cgm_process, rss)},
	{"vsz", offsetof(struct cgm_process, vsz)},
	{"pss", offsetof(struct cgm_process, pss)},
	{"pss_anon", offsetof(struct cgm_process, pss_anon)},
	{"pss_file", offsetof(struct cgm_process, pss_file)},
	{"pss_shmem", offsetof(struct cgm_process, pss_shmem)},
	{"swap", offsetof(struct cgm_process, swap)},
	{"lazyfree", offsetof(struct cgm_process, lazyfree)},
	{"thp", offsetof(struct cgm_process, thp)},
	{"threads", offsetof(struct cgm_process, threads)},
};

static json_t *process(const struct cgm_process *p)
{
	json_t *o = json_object();
	int r = cgm_json_put(o, "pid", json_integer(p->pid));

	if (r == 0)
		r = cgm_json_put(o, "comm", cgm_json_text(p->comm));
	for (size_t i = 0; r == 0 && i < sizeof process_keys / sizeof process_keys[0]; i++) {
		struct cgm_opt v;

		memcpy(&v, (const char *)p + process_keys[i].offset, sizeof v);
		r = cgm_json_put(o, process_keys[i].key, cgm_json_opt(v));
	}
	if (r == 0)
		r = cgm_json_put(o, "go", p->go_known ? json_boolean(p->go) : json_null());
	if (r == 0)
		r = cgm_json_put(o, "anon_kinds", cgm_json_kinds(&p->kinds));
	if (r == 0)
		r = cgm_json_put(o, "jvm", cgm_json_jvm(&p->kinds));
	if (r == 0)
		return o;
	json_decref(o);
	return NULL;
}

json_t *cgm_json_processes(const struct cgm_snapshot *s)
{
	json_t *a = json_array();
	int r = a ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < s->n_procs; i++)
		r = cgm_json_push(a, process(&s->procs[i]));
	if (r == 0)
		return a;
	json_decref(a);
	return NULL;
}

int cgm_json_add_processes(struct cgm_json *j, const struct cgm_snapshot *s)
{
	json_t *a = cgm_json_processes(s);
	int r;

	if (!a)
		return -ENOMEM;
	r = json_array_extend(j->results, a) == 0 ? 0 : -ENOMEM;
	json_decref(a);
	return r;
}

int cgm_json_add_check(struct cgm_json *j, const char *check, const char *status,
		       const char *detail, const char *remedy)
{
	json_t *o = json_object();
	int r = cgm_json_put(o, "check", cgm_json_text(check));

	if (r == 0)
		r = cgm_json_put(o, "status", cgm_json_text(status));
	if (r == 0)
		r = cgm_json_put(o, "detail", cgm_json_text(detail));
	if (r == 0)
		r = cgm_json_put(o, "remedy", cgm_json_text(remedy));
	if (r == 0)
		return cgm_json_push(j->results, o);
	json_decref(o);
	return r;
}

int cgm_json_add_error(struct cgm_json *j, const char *target, const char *message, int status)
{
	json_t *o = json_object();
	int r = cgm_json_put(o, "target", cgm_json_text(target));

	if (r == 0)
		r = cgm_json_put(o, "message", cgm_json_text(message));
	if (r == 0)
		r = cgm_json_put(o, "status", json_integer(status));
	if (r == 0)
		return cgm_json_push(j->errors, o);
	json_decref(o);
	return r;
}

static int write_some(const char *text, size_t len, void *out)
{
	return fwrite(text, 1, len, out) == len ? 0 : -1;
}

int cgm_json_write(const struct cgm_json *j, FILE *out)
{
	size_t flags = JSON_INDENT(2) | JSON_REAL_PRECISION(PRECISION);

	errno = 0;
	if (json_dump_callback(j->root, write_some, out, flags) != 0 || fputc('\n', out) == EOF)
		return errno ? -errno : -EIO;
	return 0;
}
