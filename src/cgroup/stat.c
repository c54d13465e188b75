/* SPDX-License-Identifier: Apache-2.0 */
#include "cgroup/stat.h"

#include <errno.h>
#include <string.h>

#include "base/parse.h"

#include "base/banned.h"

/*
 * What v1 prints for "no limit" is PAGE_COUNTER_MAX pages in bytes (include/linux/page_counter.h,
 * Linux 6.18): LONG_MAX / PAGE_SIZE pages on 64 bits, so 0x7FFFFFFFFFFFF000 with pages of 4 KiB and
 * 0x7FFFFFFFFFFF0000 with pages of 64 KiB; LONG_MAX pages on 32 bits. Kernels before 3.19 printed
 * 2^63-1 or 2^64-1.
 */
#define UNLIMITED_64 UINT64_C(0x7FFFFFFFFFFF0000)
#define UNLIMITED_32 UINT64_C(0x7FFFFFFF000)

static bool is_limit(enum cgm_value_id id)
{
	return id == CGM_LIMIT || id == CGM_HIGH || id == CGM_SWAP_LIMIT ||
	       id == CGM_HIERARCHICAL_LIMIT;
}

static void set_state(struct cgm_sample *s, enum cgm_value_id id, enum cgm_state state)
{
	s->v[id] = 0;
	s->state[id] = (uint8_t)state;
}

static void set_number(struct cgm_sample *s, enum cgm_value_id id, const char *text, size_t len)
{
	uint64_t v;

	if (cgm_parse_u64(text, len, &v) < 0)
		set_state(s, id, CGM_BAD);
	else if (is_limit(id) && (v >= UNLIMITED_64 || v == UNLIMITED_32))
		set_state(s, id, CGM_UNLIMITED);
	else
		cgm_set(s, id, v);
}

void cgm_single_parse(enum cgm_value_id id, const char *text, size_t len, struct cgm_sample *ret)
{
	if (len && text[len - 1] == '\n')
		len--;
	if (is_limit(id) && len == 3 && memcmp(text, "max", 3) == 0)
		set_state(ret, id, CGM_UNLIMITED);
	else
		set_number(ret, id, text, len);
}

static bool same(const char *key, const char *text, size_t len)
{
	return key && strlen(key) == len && memcmp(key, text, len) == 0;
}

static enum cgm_value_id find_key(enum cgm_file file, int version, const char *key, size_t len)
{
	for (unsigned i = 0; i < CGM_VALUE_COUNT; i++) {
		const struct cgm_place *p = cgm_value_place((enum cgm_value_id)i, version);

		if (p->file == file && (same(p->key, key, len) || same(p->old_key, key, len)))
			return (enum cgm_value_id)i;
	}
	return CGM_VALUE_COUNT;
}

static void remember(struct cgm_stat_layout *l, unsigned line, const char *key, size_t len,
		     enum cgm_value_id id)
{
	if (line >= CGM_STAT_LINES_MAX)
		return;
	for (; l->n <= line; l->n++)
		l->line[l->n].len = 0;
	if (len > sizeof l->line[line].key) { /* none of ours is that long */
		l->line[line].len = 0;
		return;
	}
	memcpy(l->line[line].key, key, len);
	l->line[line].len = (uint8_t)len;
	l->line[line].id = (uint8_t)id;
}

/* The line at @p begins with the key that stood there last time. */
static bool predicted(const struct cgm_stat_layout *l, unsigned line, const char *p,
		      const char *end)
{
	size_t len;

	if (line >= l->n)
		return false;
	len = l->line[line].len;
	return len && (size_t)(end - p) > len && p[len] == ' ' &&
	       memcmp(p, l->line[line].key, len) == 0;
}

/* The newline that ends the line at @p, @end when none does. Most lines end where digits do. */
static const char *line_end(const char *p, const char *end)
{
	const char *nl;

	while (p < end && *p >= '0' && *p <= '9')
		p++;
	if (p < end && *p == '\n')
		return p;
	nl = memchr(p, '\n', (size_t)(end - p));
	return nl ? nl : end;
}

/* True when the file is made of such lines, whoever's they are. */
static bool has_keyed_line(const char *p, const char *end)
{
	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p)), *space;
		uint64_t v;

		if (!nl)
			return false;
		space = memchr(p, ' ', (size_t)(nl - p));
		if (space > p && cgm_parse_u64(space + 1, (size_t)(nl - space - 1), &v) == 0)
			return true;
		p = nl + 1;
	}
	return false;
}

/* The key of an unexpected line: where its value stands, or NULL when it has none. */
static const char *learn_key(struct cgm_stat_layout *layout, unsigned line, enum cgm_file file,
			     int version, const char *p, const char *stop,
			     enum cgm_value_id *ret_id)
{
	const char *space = memchr(p, ' ', (size_t)(stop - p));

	if (!space)
		return NULL;
	*ret_id = find_key(file, version, p, (size_t)(space - p));
	remember(layout, line, p, (size_t)(space - p), *ret_id);
	return space + 1;
}

int cgm_stat_parse(struct cgm_stat_layout *layout, enum cgm_file file, int version,
		   const char *text, size_t len, struct cgm_sample *ret)
{
	const char *end = text + len, *stop, *value;
	enum cgm_value_id id = CGM_VALUE_COUNT;
	unsigned known = 0, line = 0;

	for (const char *p = text; p < end; p = stop + 1, line++) {
		if (predicted(layout, line, p, end)) {
			value = p + layout->line[line].len + 1;
			stop = line_end(value, end);
			id = layout->line[line].id;
		} else {
			stop = line_end(p, end);
			value = learn_key(layout, line, file, version, p, stop, &id);
		}
		if (!value || id == CGM_VALUE_COUNT)
			continue;
		known++;
		if (stop < end)
			set_number(ret, id, value, (size_t)(stop - value));
		else /* cut: the number may have had more digits */
			set_state(ret, id, CGM_BAD);
	}
	return known || has_keyed_line(text, end) ? 0 : -EBADMSG;
}

int cgm_stat_get(const char *text, size_t len, const char *key, uint64_t *ret)
{
	const char *end = text + len, *nl;
	size_t n = strlen(key);

	for (const char *p = text; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (!nl)
			break;
		if ((size_t)(nl - p) > n && p[n] == ' ' && memcmp(p, key, n) == 0)
			return cgm_parse_u64(p + n + 1, (size_t)(nl - p) - n - 1, ret);
	}
	return -ENOENT;
}
