/* SPDX-License-Identifier: Apache-2.0 */
#include "golang/text.h"

#include <string.h>

#include "base/parse.h"
#include "golang/names.h"

#include "base/banned.h"

#define NAME_CAP 4096 /* longer names are cut before they are shortened */

bool cgm_text_skip(struct cgm_span *s, const char *literal)
{
	size_t n = strlen(literal);

	if (s->len < n || memcmp(s->s, literal, n) != 0)
		return false;
	s->s += n;
	s->len -= n;
	return true;
}

static size_t digits(const struct cgm_span *s)
{
	size_t n = 0;

	while (n < s->len && s->s[n] >= '0' && s->s[n] <= '9')
		n++;
	return n;
}

bool cgm_text_number(struct cgm_span *s, uint64_t *ret)
{
	size_t n = digits(s);

	if (cgm_parse_u64(s->s, n, ret) < 0)
		return false;
	s->s += n;
	s->len -= n;
	return true;
}

/* The significant digits of a number and where its point is: v * 10^exp, or somewhat more. */
struct real {
	uint64_t v;
	int64_t exp;
	bool full; /* further digits count by their place only */
};

static void real_digit(struct real *r, char c, bool fraction)
{
	uint64_t v;

	r->full = r->full || __builtin_mul_overflow(r->v, 10, &v) ||
		  __builtin_add_overflow(v, (uint64_t)(c - '0'), &v);
	if (r->full) {
		r->exp += !fraction;
		return;
	}
	r->v = v;
	r->exp -= fraction;
}

static bool real_exponent(struct cgm_span *s, struct real *r)
{
	bool minus = false;
	uint64_t e;

	if (!cgm_text_skip(s, "e") && !cgm_text_skip(s, "E"))
		return true;
	if (cgm_text_skip(s, "-"))
		minus = true;
	else
		(void)cgm_text_skip(s, "+");
	if (!cgm_text_number(s, &e) || e > 1000)
		return false;
	r->exp += minus ? -(int64_t)e : (int64_t)e;
	return true;
}

/* Cut to a whole number, or UINT64_MAX. */
static uint64_t real_whole(const struct real *r)
{
	uint64_t v = r->v;

	for (int64_t e = r->exp; e < 0 && v; e++)
		v /= 10;
	for (int64_t e = r->exp; e > 0 && v; e--)
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, r->full ? 9 : 0, &v))
			return UINT64_MAX;
	return v;
}

bool cgm_text_real(const struct cgm_span *s, int power, uint64_t *ret)
{
	struct cgm_span left = *s;
	struct real r = {0};
	bool fraction = false, any = false;

	if (left.len > 400)
		return false;
	for (; left.len; left.s++, left.len--) {
		char c = *left.s;

		if (c == '.' && !fraction)
			fraction = true;
		else if (c >= '0' && c <= '9')
			real_digit(&r, c, fraction);
		else
			break;
		any = any || c != '.';
	}
	if (!any || !real_exponent(&left, &r) || left.len)
		return false;
	r.exp += power;
	*ret = real_whole(&r);
	return true;
}

void cgm_text_name(char ret[CGM_GO_FUNCTION_MAX], const struct cgm_span *name)
{
	char text[NAME_CAP];
	size_t n = name->len < sizeof text ? name->len : sizeof text - 1;

	memcpy(text, name->s, n);
	text[n] = '\0';
	cgm_go_name(ret, text);
}

bool cgm_text_hex(struct cgm_span *s, uint64_t *ret)
{
	size_t n = 2;

	if (s->len < n || memcmp(s->s, "0x", n) != 0)
		return false;
	while (n < s->len &&
	       ((s->s[n] >= '0' && s->s[n] <= '9') || (s->s[n] >= 'a' && s->s[n] <= 'f')))
		n++;
	if (cgm_parse_hex(s->s + 2, n - 2, ret) < 0)
		return false;
	s->s += n;
	s->len -= n;
	return true;
}

bool cgm_frame_parse(struct cgm_span line, struct cgm_frame *ret)
{
	struct cgm_frame f = {0};
	const char *tab, *plus;

	if (!cgm_text_skip(&line, "#\t") || !cgm_text_hex(&line, &f.pc))
		return false;
	*ret = f;
	if (!cgm_text_skip(&line, "\t"))
		return line.len == 0;
	while (cgm_text_skip(&line, "\t"))
		; /* text/tabwriter fills columns up with tabs */
	tab = memchr(line.s, '\t', line.len);
	if (!tab)
		return false;
	f.function.s = line.s;
	f.function.len = (size_t)(tab - line.s);
	plus = memrchr(line.s, '+', f.function.len);
	if (!plus)
		return false;
	f.function.len = (size_t)(plus - line.s);
	*ret = f;
	return true;
}

bool cgm_frame_is_runtime(const struct cgm_span *function)
{
	char text[32]; /* what is told by is at the front */
	size_t n = function->len < sizeof text ? function->len : sizeof text - 1;

	memcpy(text, function->s, n);
	text[n] = '\0';
	return cgm_go_name_hidden(text);
}

bool cgm_go_adds_up(const struct cgm_opt stat[CGM_GO_STAT_COUNT])
{
	/* the first is the sum of the others */
	static const enum cgm_go_stat sums[][8] = {
		{CGM_GO_SYS, CGM_GO_HEAP_SYS, CGM_GO_STACK_SYS, CGM_GO_MSPAN_SYS, CGM_GO_MCACHE_SYS,
		 CGM_GO_BUCK_HASH_SYS, CGM_GO_GC_SYS, CGM_GO_OTHER_SYS},
		{CGM_GO_HEAP_SYS, CGM_GO_HEAP_IDLE, CGM_GO_HEAP_INUSE, CGM_GO_STAT_COUNT},
	};
	static const enum cgm_go_stat at_most[][2] = {
		{CGM_GO_HEAP_RELEASED, CGM_GO_HEAP_IDLE},
		{CGM_GO_STACK_INUSE, CGM_GO_STACK_SYS},
		{CGM_GO_HEAP_ALLOC, CGM_GO_HEAP_SYS},
		{CGM_GO_HEAP_ALLOC, CGM_GO_TOTAL_ALLOC},
	};

	for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
		bool known = stat[sums[i][0]].known, over = false;
		uint64_t sum = 0;

		for (size_t k = 1; k < 8 && sums[i][k] != CGM_GO_STAT_COUNT; k++) {
			known = known && stat[sums[i][k]].known;
			over = __builtin_add_overflow(sum, stat[sums[i][k]].v, &sum) || over;
		}
		if (known && (over || sum != stat[sums[i][0]].v))
			return false;
	}
	for (size_t i = 0; i < sizeof at_most / sizeof *at_most; i++) {
		const struct cgm_opt *a = &stat[at_most[i][0]], *b = &stat[at_most[i][1]];

		if (a->known && b->known && a->v > b->v)
			return false;
	}
	return true;
}

void cgm_go_take_stats(struct cgm_go *g, const struct cgm_opt from[CGM_GO_STAT_COUNT])
{
	for (size_t i = 0; i < CGM_GO_STAT_COUNT; i++)
		if (from[i].known)
			g->stat[i] = from[i];
}
