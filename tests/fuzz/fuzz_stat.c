/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's cgroup files: keyed, single, PSI. Prediction must not change what is read. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cgroup/stat.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
	if (!ok)
		abort();
}

static void check_states(const struct cgm_sample *s)
{
	for (unsigned i = 0; i < CGM_VALUE_COUNT; i++) {
		check(s->state[i] == CGM_ABSENT || s->state[i] == CGM_OK ||
		      s->state[i] == CGM_BAD || s->state[i] == CGM_UNLIMITED);
		check(s->state[i] == CGM_OK || s->v[i] == 0);
	}
}

static void parse_keyed(struct cgm_stat_layout *layout, enum cgm_file file, int version,
			const char *text, size_t len, struct cgm_sample *ret)
{
	memset(ret, 0, sizeof *ret);
	(void)cgm_stat_parse(layout, file, version, text, len, ret);
	check_states(ret);
}

/* The text is in two halves: the first is what the second's prediction is learnt from. */
static void fuzz_keyed(enum cgm_file file, int version, const char *text, size_t len)
{
	static struct cgm_stat_layout learnt, fresh;
	struct cgm_sample a, b;
	const char *cut = memchr(text, '\0', len);
	size_t half = cut ? (size_t)(cut - text) + 1 : 0;

	memset(&learnt, 0, sizeof learnt);
	memset(&fresh, 0, sizeof fresh);
	parse_keyed(&learnt, file, version, text, half, &a);
	parse_keyed(&learnt, file, version, text + half, len - half, &a);
	parse_keyed(&fresh, file, version, text + half, len - half, &b);
	check(memcmp(&a, &b, sizeof a) == 0);
	parse_keyed(&learnt, file, version, text + half, len - half, &a);
	check(memcmp(&a, &b, sizeof a) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum cgm_file files[] = {CGM_FILE_STAT, CGM_FILE_EVENTS, CGM_FILE_CGROUP_STAT,
					      CGM_FILE_EVENTS_LOCAL};
	struct cgm_sample s = {0};
	const char *text;
	uint64_t v;

	if (size < 1)
		return 0;
	text = (const char *)data + 1;
	size--;
	fuzz_keyed(files[data[0] & 3], data[0] & 4 ? 1 : 2, text, size);
	cgm_single_parse(data[0] & 8 ? CGM_LIMIT : CGM_CHARGED, text, size, &s);
	cgm_psi_parse(text, size, &s);
	check_states(&s);
	(void)cgm_stat_get(text, size, "anon", &v);
	return 0;
}
