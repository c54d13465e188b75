/* SPDX-License-Identifier: Apache-2.0 */
#include "golang/proto.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "base/path.h"
#include "golang/gzip.h"
#include "base/banned.h"

#define NAME_MAX_ 4096

/* Field numbers. */
enum {
	PROFILE_SAMPLE_TYPE = 1,
	PROFILE_SAMPLE,
	PROFILE_MAPPING,
	PROFILE_LOCATION,
	PROFILE_FUNCTION,
	PROFILE_STRING,
	PROFILE_TIME = 9,
	PROFILE_PERIOD_TYPE = 11,
	PROFILE_PERIOD,
	PROFILE_DEFAULT_TYPE = 14,
};

struct cgm_proto {
	struct cgm_buf out, sub, sub2, text;
	struct cgm_hash locations, functions, strings; /* ids, from 1 on */
	struct cgm_buf table;			       /* the strings themselves, as fields */
	bool failed;
};

/* 0: no memory. */
static uint64_t take_id(struct cgm_proto *p, struct cgm_hash *ids, uint64_t key)
{
	uint64_t id = ids->n + 1;

	if (!cgm_hash_add(ids, key, id))
		return id;
	p->failed = true;
	return 0;
}

static void add_varint(struct cgm_buf *b, uint64_t v)
{
	uint8_t bytes[10];
	size_t n = 0;

	do {
		bytes[n++] = (uint8_t)(v >= 0x80 ? (v & 0x7f) | 0x80 : v);
		v >>= 7;
	} while (v);
	cgm_buf_add(b, bytes, n);
}

static void add_number(struct cgm_buf *b, unsigned field, uint64_t v)
{
	if (!v)
		return;
	add_varint(b, (uint64_t)field << 3);
	add_varint(b, v);
}

static void add_bytes(struct cgm_buf *b, unsigned field, const void *data, size_t len)
{
	add_varint(b, (uint64_t)field << 3 | 2);
	add_varint(b, len);
	cgm_buf_add(b, data, len);
}

static void add_message(struct cgm_buf *b, unsigned field, const struct cgm_buf *m)
{
	add_bytes(b, field, cgm_buf_str(m), m->len);
}

static void add_packed(struct cgm_buf *b, struct cgm_buf *scratch, unsigned field,
		       const uint64_t *v, size_t n)
{
	cgm_buf_reset(scratch);
	for (size_t i = 0; i < n; i++)
		add_varint(scratch, v[i]);
	if (n)
		add_message(b, field, scratch);
}

/* 64 bits of a text, of which there are too few here to collide. */
static uint64_t hash_text(const char *s, size_t len)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)s[i]) * UINT64_C(0x100000001b3);
	return h;
}

/* Index of a string; "" is 0. What a terminal would act on is escaped. */
static uint64_t string_of(struct cgm_proto *p, const char *s)
{
	uint64_t key, id;

	if (!s || !*s)
		return 0;
	cgm_buf_reset(&p->text);
	cgm_escape_name(&p->text, s, strnlen(s, NAME_MAX_), false);
	key = hash_text(cgm_buf_str(&p->text), p->text.len);
	if (p->text.failed)
		p->failed = true;
	id = cgm_hash_get(&p->strings, key, NULL, NULL);
	if (id)
		return id;
	id = take_id(p, &p->strings, key);
	add_message(&p->table, PROFILE_STRING, &p->text);
	return id;
}

int cgm_proto_new(struct cgm_proto **ret)
{
	struct cgm_proto *p = calloc(1, sizeof *p);

	if (!p)
		return -ENOMEM;
	add_bytes(&p->table, PROFILE_STRING, "", 0); /* the first must be empty */
	*ret = p;
	return 0;
}

void cgm_proto_free(struct cgm_proto *p)
{
	if (!p)
		return;
	cgm_buf_free(&p->out);
	cgm_buf_free(&p->sub);
	cgm_buf_free(&p->sub2);
	cgm_buf_free(&p->text);
	cgm_buf_free(&p->table);
	cgm_hash_clear(&p->locations);
	cgm_hash_clear(&p->functions);
	cgm_hash_clear(&p->strings);
	free(p);
}

int cgm_proto_prepare(void)
{
	return cgm_gzip_prepare();
}

static void add_value_type(struct cgm_proto *p, unsigned field, const char *type, const char *unit)
{
	cgm_buf_reset(&p->sub);
	add_number(&p->sub, 1, string_of(p, type));
	add_number(&p->sub, 2, string_of(p, unit));
	add_message(&p->out, field, &p->sub);
}

void cgm_proto_period(struct cgm_proto *p, const char *type, const char *unit, uint64_t period)
{
	add_value_type(p, PROFILE_PERIOD_TYPE, type, unit);
	add_number(&p->out, PROFILE_PERIOD, period);
}

void cgm_proto_sample_type(struct cgm_proto *p, const char *type, const char *unit)
{
	add_value_type(p, PROFILE_SAMPLE_TYPE, type, unit);
}

void cgm_proto_default_type(struct cgm_proto *p, const char *type)
{
	add_number(&p->out, PROFILE_DEFAULT_TYPE, string_of(p, type));
}

void cgm_proto_time(struct cgm_proto *p, uint64_t unix_ns)
{
	add_number(&p->out, PROFILE_TIME, unix_ns);
}

void cgm_proto_mapping(struct cgm_proto *p, const struct cgm_proto_mapping *m)
{
	cgm_buf_reset(&p->sub);
	add_number(&p->sub, 1, 1);
	add_number(&p->sub, 2, m->start);
	add_number(&p->sub, 3, m->limit);
	add_number(&p->sub, 4, m->offset);
	add_number(&p->sub, 5, string_of(p, m->file));
	add_number(&p->sub, 6, string_of(p, m->build_id));
	for (unsigned i = 7; i <= 10; i++) /* has functions, files, lines, inlined calls */
		add_number(&p->sub, i, 1);
	add_message(&p->out, PROFILE_MAPPING, &p->sub);
}

/* As runtime/pprof, by name alone. */
static uint64_t function_of(struct cgm_proto *p, const struct cgm_proto_line *l)
{
	uint64_t name = string_of(p, l->function), file = string_of(p, l->file);
	uint64_t id = cgm_hash_get(&p->functions, name, NULL, NULL);

	if (id)
		return id;
	id = take_id(p, &p->functions, name);
	cgm_buf_reset(&p->sub2);
	add_number(&p->sub2, 1, id);
	add_number(&p->sub2, 2, name);
	add_number(&p->sub2, 3, name);
	add_number(&p->sub2, 4, file);
	add_number(&p->sub2, 5, l->start_line);
	add_message(&p->out, PROFILE_FUNCTION, &p->sub2);
	return id;
}

uint64_t cgm_proto_find(struct cgm_proto *p, uint64_t address)
{
	return cgm_hash_get(&p->locations, address, NULL, NULL);
}

uint64_t cgm_proto_location(struct cgm_proto *p, uint64_t address,
			    const struct cgm_proto_line *lines, size_t n)
{
	uint64_t id = take_id(p, &p->locations, address);

	cgm_buf_reset(&p->sub);
	add_number(&p->sub, 1, id);
	add_number(&p->sub, 2, 1); /* the mapping */
	add_number(&p->sub, 3, address);
	for (size_t i = 0; i < n; i++) {
		uint64_t function = function_of(p, &lines[i]);

		cgm_buf_reset(&p->sub2);
		add_number(&p->sub2, 1, function);
		add_number(&p->sub2, 2, lines[i].line);
		add_message(&p->sub, 4, &p->sub2);
	}
	add_message(&p->out, PROFILE_LOCATION, &p->sub);
	return id;
}

void cgm_proto_sample(struct cgm_proto *p, const uint64_t *locations, size_t n_locations,
		      const uint64_t *values, size_t n_values, const struct cgm_proto_label *labels,
		      size_t n_labels)
{
	cgm_buf_reset(&p->sub);
	add_packed(&p->sub, &p->sub2, 1, locations, n_locations);
	add_packed(&p->sub, &p->sub2, 2, values, n_values);
	for (size_t i = 0; i < n_labels; i++) {
		cgm_buf_reset(&p->sub2);
		add_number(&p->sub2, 1, string_of(p, labels[i].key));
		add_number(&p->sub2, 2, string_of(p, labels[i].str));
		add_number(&p->sub2, 3, labels[i].num);
		add_message(&p->sub, 3, &p->sub2);
	}
	add_message(&p->out, PROFILE_SAMPLE, &p->sub);
}

size_t cgm_proto_size(const struct cgm_proto *p)
{
	return p->out.len + p->table.len;
}

int cgm_proto_finish(struct cgm_proto *p, struct cgm_buf *ret)
{
	cgm_buf_add(&p->out, cgm_buf_str(&p->table), p->table.len);
	if (p->failed || p->out.failed || p->sub.failed || p->sub2.failed || p->table.failed)
		return -ENOMEM;
	return cgm_gzip(p->out.data, p->out.len, ret);
}
