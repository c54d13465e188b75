/* SPDX-License-Identifier: Apache-2.0 */
#include "base/near.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/banned.h"

#define WORD_MAX 48 /* longer than any option, column or finding */
#define NEAR_MAX 3
#define FAR	 UINT32_MAX

static unsigned least(unsigned a, unsigned b, unsigned c)
{
	unsigned ab = a < b ? a : b;

	return ab < c ? ab : c;
}

static bool same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Optimal string alignment: three rows of the matrix are enough to see a swap. */
static unsigned distance(const char *a, size_t na, const char *b, size_t nb)
{
	unsigned rows[3][WORD_MAX + 1];
	unsigned *older = rows[0], *old = rows[1], *cur = rows[2];

	for (size_t j = 0; j <= nb; j++)
		old[j] = (unsigned)j;
	for (size_t i = 1; i <= na; i++) {
		unsigned *t = older;

		cur[0] = (unsigned)i;
		for (size_t j = 1; j <= nb; j++) {
			cur[j] = least(old[j] + 1, cur[j - 1] + 1,
				       old[j - 1] + !same(a[i - 1], b[j - 1]));
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) &&
			    same(a[i - 2], b[j - 1]) && older[j - 2] + 1 < cur[j])
				cur[j] = older[j - 2] + 1;
		}
		older = old;
		old = cur;
		cur = t;
	}
	return old[nb];
}

/* How far @cand is from @word; FAR when it is no likely meaning. */
static unsigned rate(const char *word, const char *cand)
{
	size_t nw = strlen(word), nc = strlen(cand);
	unsigned d, bound;

	if (nw == 0 || nw > WORD_MAX || nc == 0 || nc > WORD_MAX)
		return FAR;
	if (nw >= 2 && strncasecmp(word, cand, nw) == 0)
		return nw < nc;
	bound = nw <= 4 ? 1 : nw <= 8 ? 2 : 3;
	d = distance(word, nw, cand, nc);
	return d <= bound ? d : FAR;
}

/* Two lists may have the same word in two spellings: "name" and "NAME". */
static bool is_taken(const char *word, const char *const *found, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(word, found[i]) == 0)
			return true;
	return false;
}

static size_t nearest(const char *word, const char *const *words, size_t n,
		      const char *ret[NEAR_MAX])
{
	unsigned best[NEAR_MAX] = {FAR, FAR, FAR};
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned d = words[i] ? rate(word, words[i]) : FAR;
		size_t at = found;

		while (at > 0 && d < best[at - 1])
			at--;
		if (d == FAR || at == NEAR_MAX || is_taken(words[i], ret, found))
			continue;
		for (size_t k = NEAR_MAX - 1; k > at; k--) {
			best[k] = best[k - 1];
			ret[k] = ret[k - 1];
		}
		best[at] = d;
		ret[at] = words[i];
		found += found < NEAR_MAX;
	}
	return found;
}

const char *cgm_near(const char *word, const char *const *words, size_t n)
{
	const char *found[NEAR_MAX] = {NULL};

	return nearest(word, words, n, found) ? found[0] : NULL;
}

void cgm_near_add(struct cgm_buf *b, const char *word, const char *const *words, size_t n)
{
	const char *found[NEAR_MAX] = {NULL};
	size_t k = nearest(word, words, n, found);

	for (size_t i = 0; i < k; i++) {
		if (i)
			cgm_buf_adds(b, ", ");
		cgm_buf_adds(b, found[i]);
	}
}
