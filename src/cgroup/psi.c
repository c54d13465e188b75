/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "base/parse.h"
#include "cgroup/stat.h"

#include "base/banned.h"

static const enum cgm_value_id ours[] = {
	CGM_PSI_SOME_AVG10,
	CGM_PSI_FULL_AVG10,
	CGM_PSI_SOME_TOTAL,
};

/* "12.34" -> 1234. The kernel prints two digits after the point (kernel/sched/psi.c, Linux 6.18).
 */
static int parse_hundredths(const char *text, size_t len, uint64_t *ret)
{
	uint64_t whole, part;
	int r;

	if (len < 4 || text[len - 3] != '.')
		return -EBADMSG;
	r = cgm_parse_max(text, len - 3, UINT64_MAX / 100 - 1, &whole);
	if (r < 0)
		return r;
	r = cgm_parse_u64(text + len - 2, 2, &part);
	if (r < 0)
		return r;
	*ret = whole * 100 + part;
	return 0;
}

/* Index in ours[] of the key "some avg10" given as its two words, or -1. */
static int find_field(const char *kind, size_t nkind, const char *name, size_t nname)
{
	for (unsigned i = 0; i < sizeof ours / sizeof ours[0]; i++) {
		const char *key = cgm_value_place(ours[i], 2)->key;

		if (strlen(key) == nkind + 1 + nname && memcmp(key, kind, nkind) == 0 &&
		    key[nkind] == ' ' && memcmp(key + nkind + 1, name, nname) == 0)
			return (int)i;
	}
	return -1;
}

/* @field to @stop: "avg10=0.00"; @whole: something follows it, so that it cannot have been cut. */
static void parse_field(const char *kind, size_t nkind, const char *field, const char *stop,
			bool whole, struct cgm_sample *ret)
{
	const char *equals = memchr(field, '=', (size_t)(stop - field));
	enum cgm_value_id id;
	uint64_t v;
	size_t n;
	int i, r;

	if (!equals)
		return;
	i = find_field(kind, nkind, field, (size_t)(equals - field));
	if (i < 0)
		return;
	id = ours[i];
	n = (size_t)(stop - equals - 1);
	r = cgm_values[id].unit == CGM_CENTIPERCENT ? parse_hundredths(equals + 1, n, &v)
						    : cgm_parse_u64(equals + 1, n, &v);
	if (r == 0 && whole)
		cgm_set(ret, id, v);
}

static void parse_line(const char *p, const char *stop, bool whole, struct cgm_sample *ret)
{
	const char *kind = p, *space = memchr(p, ' ', (size_t)(stop - p));
	size_t nkind;

	if (!space)
		return;
	nkind = (size_t)(space - p);
	while (space) {
		p = space + 1;
		space = memchr(p, ' ', (size_t)(stop - p));
		parse_field(kind, nkind, p, space ? space : stop, space || whole, ret);
	}
}

void cgm_psi_parse(const char *text, size_t len, struct cgm_sample *ret)
{
	const char *end = text + len, *stop;

	for (unsigned i = 0; i < sizeof ours / sizeof ours[0]; i++) {
		ret->v[ours[i]] = 0;
		ret->state[ours[i]] = CGM_BAD; /* until it is found */
	}
	for (const char *p = text; p < end; p = stop + 1) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));

		stop = nl ? nl : end;
		parse_line(p, stop, nl != NULL, ret);
	}
}
