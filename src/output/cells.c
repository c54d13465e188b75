/* SPDX-License-Identifier: Apache-2.0 */
#include "output/cells.h"

#include <langinfo.h>
#include <string.h>
#include <wchar.h>

#include "base/path.h"
#include "base/units.h"
#include "base/banned.h"

size_t cgm_plain_len(const char *s)
{
	size_t n = 0;

	while (s[n] >= ' ' && s[n] <= '~')
		n++;
	return s[n] == '\0' ? n : SIZE_MAX;
}

void cgm_cell_get(const struct cgm_column *c, const struct cgm_row *row, struct cgm_cell *ret)
{
	*ret = (struct cgm_cell){.type = c->type};
	c->get(row, ret);
	ret->type = c->type;
}

bool cgm_row_docker_bytes(const struct cgm_row *row, uint64_t *ret)
{
	if (row->gone)
		return false;
	if (row->breakdown.known)
		*ret = row->breakdown.docker_bytes;
	else if (cgm_has(&row->sample, CGM_CHARGED) && cgm_has(&row->sample, CGM_INACTIVE_FILE))
		*ret = cgm_docker_bytes_used(&row->sample);
	else
		return false;
	return true;
}

void cgm_row_usage_text(const struct cgm_row *row, bool raw_bytes, struct cgm_buf *b)
{
	char used[CGM_TEXT_MAX], limit[CGM_TEXT_MAX];
	uint64_t n;

	if (!cgm_row_docker_bytes(row, &n)) {
		cgm_buf_adds(b, "-");
	} else if (raw_bytes) {
		cgm_buf_addf(b, "%ju / %ju", (uintmax_t)n, (uintmax_t)row->docker_limit);
	} else if (row->subtotal && row->docker_limit == 0) {
		cgm_buf_adds(b, cgm_docker_bytes(used, n));
	} else {
		cgm_buf_adds(b, cgm_docker_bytes(used, n));
		cgm_buf_adds(b, " / ");
		cgm_buf_adds(b, cgm_docker_bytes(limit, row->docker_limit));
	}
}

/* Most names are plain, and then there is nothing to look for in them. */
static void add_name(struct cgm_buf *b, const char *s)
{
	size_t plain = cgm_plain_len(s);

	if (plain != SIZE_MAX)
		cgm_buf_add(b, s, plain);
	else
		cgm_escape_name(b, s, strlen(s), false);
}

static void number_text(const struct cgm_cell *c, bool raw_bytes, struct cgm_buf *b)
{
	char text[CGM_TEXT_MAX];

	if (c->negative && c->number)
		cgm_buf_adds(b, "-");
	if (c->type == CGM_CELL_BYTES && !raw_bytes)
		cgm_buf_adds(b, cgm_docker_bytes(text, c->number));
	else
		cgm_buf_addf(b, "%ju", (uintmax_t)c->number);
}

/* "%.2f" as docker prints it; printf() may write another decimal point in this locale. */
static void percent_text(double percent, struct cgm_buf *b)
{
	char text[CGM_TEXT_MAX];
	size_t whole;

	if (!(percent >= 0 && percent < 1e18)) {
		cgm_buf_adds(b, "-");
		return;
	}
	(void)snprintf(text, sizeof text, "%.2f", percent);
	whole = strspn(text, "0123456789");
	cgm_buf_add(b, text, whole);
	cgm_buf_adds(b, ".");
	cgm_buf_adds(b, text + strlen(text) - 2);
}

void cgm_cell_text(const struct cgm_cell *c, bool raw_bytes, struct cgm_buf *b)
{
	if (!c->known) {
		cgm_buf_adds(b, "-");
	} else if (c->type == CGM_CELL_TEXT) {
		add_name(b, c->text);
	} else if (c->type == CGM_CELL_PERCENT) {
		percent_text(c->percent, b);
		if (!raw_bytes)
			cgm_buf_adds(b, "%");
	} else {
		number_text(c, raw_bytes, b);
	}
}

void cgm_row_text(const struct cgm_column *c, const struct cgm_row *row, bool raw_bytes,
		  bool short_ids, struct cgm_buf *b)
{
	struct cgm_cell cell;
	size_t from = b->len;

	cgm_cell_get(c, row, &cell);
	if (c == &cgm_column_mem_usage) {
		cgm_row_usage_text(row, raw_bytes, b);
	} else {
		cgm_cell_text(&cell, raw_bytes, b);
		if (short_ids && strcmp(c->token, "ID") == 0 && b->len - from > CGM_SHORT_ID) {
			b->len = from + CGM_SHORT_ID;
			b->data[b->len] = '\0';
		}
	}
}

static int compare_numbers(const struct cgm_cell *a, const struct cgm_cell *b)
{
	bool na = a->negative && a->number, nb = b->negative && b->number;
	int sign = na ? -1 : 1;

	if (a->type == CGM_CELL_PERCENT)
		return (a->percent > b->percent) - (a->percent < b->percent);
	if (na != nb)
		return nb - na;
	return sign * ((a->number > b->number) - (a->number < b->number));
}

int cgm_cell_compare(const struct cgm_cell *a, const struct cgm_cell *b)
{
	if (!a->known || !b->known)
		return a->known - b->known;
	return a->type == CGM_CELL_TEXT ? strcmp(a->text, b->text) : compare_numbers(a, b);
}

bool cgm_locale_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

void cgm_safe_text(struct cgm_buf *b, const char *s, bool utf8)
{
	CGM_AUTO_BUF struct cgm_buf t = {0};

	if (utf8 || cgm_plain_len(s) != SIZE_MAX) {
		add_name(b, s);
		return;
	}
	cgm_escape_name(&t, s, strlen(s), false);
	for (const char *p = cgm_buf_str(&t); *p; p++)
		if ((unsigned char)*p >= 0x80)
			cgm_buf_addf(b, "\\x%02x", (unsigned)(unsigned char)*p);
		else
			cgm_buf_add(b, p, 1);
	b->failed |= t.failed;
}

/* One character of @s: its bytes, and the columns it takes. Never zero bytes but at the end. */
static size_t step(const char *s, size_t *ret_width)
{
	mbstate_t state = {0};
	wchar_t wc;
	size_t n = mbrtowc(&wc, s, MB_CUR_MAX, &state);
	int w;

	*ret_width = 1;
	if (n == 0)
		return 0;
	if (n == (size_t)-1 || n == (size_t)-2)
		return 1;
	w = wcwidth(wc);
	*ret_width = w < 0 ? 1 : (size_t)w;
	return n;
}

size_t cgm_text_width(const char *s)
{
	size_t width = cgm_plain_len(s), w, n;

	if (width != SIZE_MAX)
		return width;
	for (width = 0; (n = step(s, &w)) > 0; s += n)
		width += w;
	return width;
}

void cgm_add_fitted(struct cgm_buf *b, const char *s, size_t width, bool utf8)
{
	const char *dots = utf8 ? "\u2026" : "...";
	size_t room, used = 0, w, n, dots_width = utf8 ? 1 : 3;

	if (cgm_text_width(s) <= width) {
		cgm_buf_adds(b, s);
		return;
	}
	room = width > dots_width ? width - dots_width : 0;
	for (; (n = step(s, &w)) > 0 && used + w <= room; s += n, used += w)
		cgm_buf_add(b, s, n);
	if (width >= dots_width)
		cgm_buf_adds(b, dots);
}
