/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smaps text, behind a NUL a JVM's hsperfdata file, and in the last four bytes the MiB of Go's
 * arenas: every byte has one kind, whatever the mappings are.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "sys/anon_kinds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	struct cgm_anon_kinds *k;
	uint64_t bytes;
	bool overflow;
};

static void check(bool ok)
{
	if (!ok)
		abort();
}

static int see(const struct cgm_mapping *m, void *arg)
{
	struct seen *s = arg;
	uint64_t bytes = cgm_sub_sat(m->anonymous, m->lazyfree);

	s->overflow = s->overflow || bytes > UINT64_MAX - s->bytes;
	s->bytes = cgm_add_sat(s->bytes, bytes);
	return cgm_anon_kinds_add(m, s->k);
}

static void check_kinds(const struct seen *s, uint64_t go)
{
	struct cgm_anon_by_kind r = {0};
	uint64_t sum = 0;

	cgm_anon_kinds_make(s->k, go, &r);
	check(r.known);
	for (int i = 0; i < CGM_ANON_KIND_COUNT; i++)
		sum = cgm_add_sat(sum, r.bytes[i]);
	check(s->overflow || sum == s->bytes);
	check(r.bytes[CGM_ANON_GO_ARENAS] <= go);
	check(strnlen(r.largest_name, sizeof r.largest_name) < sizeof r.largest_name);
	for (const char *c = r.largest_name; *c; c++)
		check((unsigned char)*c >= 0x20 && *c != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen s = {0};
	const uint8_t *nul;
	size_t text;
	uint32_t go;
	char *copy;

	if (size < sizeof go)
		return 0;
	size -= sizeof go;
	memcpy(&go, data + size, sizeof go);
	nul = size ? memchr(data, '\0', size) : NULL;
	text = nul ? (size_t)(nul - data) : size;
	copy = malloc(text + !text);
	if (!copy || cgm_anon_kinds_new(&s.k) < 0)
		abort();
	memcpy(copy, data, text);
	(void)cgm_smaps_parse(copy, text, see, &s);
	if (nul)
		(void)cgm_anon_kinds_hsperf(s.k, nul + 1, size - text - 1);
	check_kinds(&s, 0);
	check_kinds(&s, (uint64_t)go << 20);
	cgm_anon_kinds_free(s.k);
	free(copy);
	return 0;
}
