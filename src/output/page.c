/* SPDX-License-Identifier: Apache-2.0 */
#include "output/page.h"

#include <string.h>

#include "output/cells.h"
#include "base/banned.h"

#define DEFAULT_WIDTH 80
#define WIDTH_MIN     40
#define WIDTH_MAX     400
#define LABEL_WIDTH   14

void cgm_page_init(struct cgm_page *p, const struct cgm_text_options *o)
{
	*p = (struct cgm_page){.o = o, .width = o->width ? o->width : DEFAULT_WIDTH};
	if (p->width < WIDTH_MIN)
		p->width = WIDTH_MIN;
	if (p->width > WIDTH_MAX)
		p->width = WIDTH_MAX;
}

void cgm_page_clear(struct cgm_page *p)
{
	cgm_buf_free(&p->b);
}

int cgm_page_write(const struct cgm_page *p, FILE *out)
{
	if (p->b.failed)
		return -ENOMEM;
	errno = 0;
	if (fwrite(cgm_buf_str(&p->b), 1, p->b.len, out) != p->b.len)
		return errno ? -errno : -EIO;
	return 0;
}

size_t cgm_page_lines(const struct cgm_page *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->b.len; i++)
		n += p->b.data[i] == '\n';
	return n;
}

void cgm_page_style(struct cgm_page *p, enum cgm_style s)
{
	static const char *const codes[] = {
		[CGM_PLAIN] = "\033[0m",   [CGM_BOLD] = "\033[1m", [CGM_DIM] = "\033[2m",
		[CGM_YELLOW] = "\033[33m", [CGM_RED] = "\033[31m", [CGM_BLUE] = "\033[36m",
	};

	if (p->o->color)
		cgm_buf_adds(&p->b, codes[s]);
}

void cgm_page_text(struct cgm_page *p, const char *s)
{
	cgm_safe_text(&p->b, s, p->o->utf8);
}

void cgm_page_blanks(struct cgm_page *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		cgm_buf_adds(&p->b, " ");
}

void cgm_page_newline(struct cgm_page *p)
{
	cgm_buf_adds(&p->b, "\n");
}

void cgm_page_field(struct cgm_page *p, const char *s, size_t width, bool right)
{
	CGM_AUTO_BUF struct cgm_buf safe = {0}, cut = {0};
	size_t used;

	cgm_safe_text(&safe, s, p->o->utf8);
	cgm_add_fitted(&cut, cgm_buf_str(&safe), width, p->o->utf8);
	used = cgm_text_width(cgm_buf_str(&cut));
	if (right)
		cgm_page_blanks(p, width - used);
	cgm_buf_adds(&p->b, cgm_buf_str(&cut));
	if (!right)
		cgm_page_blanks(p, width - used);
	p->b.failed |= safe.failed | cut.failed;
}

/* A word that is longer than a line is cut with an ellipsis: nothing may pass the width. */
static size_t put_word(struct cgm_page *p, const char *word, size_t len, size_t room)
{
	CGM_AUTO_BUF struct cgm_buf w = {0}, cut = {0};

	cgm_buf_add(&w, word, len);
	cgm_add_fitted(&cut, cgm_buf_str(&w), room, p->o->utf8);
	cgm_buf_adds(&p->b, cgm_buf_str(&cut));
	p->b.failed |= w.failed | cut.failed;
	return cgm_text_width(cgm_buf_str(&cut));
}

static size_t word_width(const char *word, size_t len)
{
	CGM_AUTO_BUF struct cgm_buf w = {0};

	cgm_buf_add(&w, word, len);
	return cgm_text_width(cgm_buf_str(&w));
}

/* Length of the word at @s; a number and its unit are one: "83.1 MiB" is not to be torn apart. */
static size_t word_length(const char *s)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	size_t len = strcspn(s, " ");

	if (len == 0 || s[len] == '\0' || s[len - 1] < '0' || s[len - 1] > '9')
		return len;
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		size_t n = strlen(units[i]);

		if (strncmp(s + len + 1, units[i], n) == 0 &&
		    strspn(s + len + 1 + n, " ,;:.)/") > 0)
			return len + 1 + strcspn(s + len + 1, " ");
		if (strcmp(s + len + 1, units[i]) == 0)
			return len + 1 + n;
	}
	return len;
}

void cgm_page_wrap(struct cgm_page *p, const char *s, size_t at, size_t indent, size_t max_lines)
{
	CGM_AUTO_BUF struct cgm_buf safe = {0};
	const char *dots = p->o->utf8 ? "\u2026" : "...";
	size_t lines = 1, begin = at, keep;
	const char *w;

	cgm_safe_text(&safe, s, p->o->utf8);
	for (w = cgm_buf_str(&safe); *(w += strspn(w, " ")); w += word_length(w)) {
		size_t len = word_length(w), width = word_width(w, len);

		keep = lines == max_lines && w[len] ? 4 : 0; /* for an ellipsis */
		if (at > begin && at + 1 + width + keep > p->width) {
			if (lines == max_lines)
				break;
			cgm_page_newline(p);
			cgm_page_blanks(p, indent);
			at = begin = indent;
			lines++;
		}
		if (at > begin) {
			cgm_buf_adds(&p->b, " ");
			at++;
		}
		at += put_word(p, w, len, p->width > at + keep ? p->width - at - keep : 1);
	}
	if (*w)
		cgm_buf_addf(&p->b, " %s", dots);
	cgm_page_newline(p);
	p->b.failed |= safe.failed;
}

void cgm_page_labelled(struct cgm_page *p, const char *label, const char *s, size_t max_lines)
{
	cgm_page_style(p, CGM_DIM);
	cgm_page_field(p, label, LABEL_WIDTH, false);
	cgm_page_style(p, CGM_PLAIN);
	cgm_page_wrap(p, s, LABEL_WIDTH, LABEL_WIDTH, max_lines);
}

void cgm_page_heading(struct cgm_page *p, const char *s)
{
	if (p->b.len)
		cgm_page_newline(p);
	cgm_page_style(p, CGM_BOLD);
	cgm_page_text(p, s);
	cgm_page_style(p, CGM_PLAIN);
	cgm_page_newline(p);
}

const char *cgm_page_bytes(const struct cgm_page *p, char buf[CGM_TEXT_MAX], uint64_t v)
{
	if (!p->o->raw_bytes)
		return cgm_human_bytes(buf, v);
	(void)snprintf(buf, CGM_TEXT_MAX, "%ju", (uintmax_t)v);
	return buf;
}

const char *cgm_page_signed(const struct cgm_page *p, char buf[CGM_TEXT_MAX], int64_t v)
{
	if (!p->o->raw_bytes)
		return cgm_human_signed(buf, v);
	(void)snprintf(buf, CGM_TEXT_MAX, v ? "%+jd" : "%jd", (intmax_t)v);
	return buf;
}
