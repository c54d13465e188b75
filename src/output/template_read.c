/* SPDX-License-Identifier: Apache-2.0 */
/* Words, values and blanks of a template. */
#include "output/template_read.h"

#include <ctype.h>
#include <string.h>

#include "base/near.h"
#include "base/parse.h"
#include "base/banned.h"

int cgm_template_fail(const struct cgm_template_reader *r, const char *what)
{
	return cgm_err_set(r->err, EINVAL, "template, character %zu: %s",
			   (size_t)(r->p - r->text) + 1, what);
}

int cgm_template_no_memory(const struct cgm_template_reader *r)
{
	return cgm_err_set(r->err, ENOMEM, "out of memory");
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

bool cgm_template_word(struct cgm_template_reader *r, char word[64])
{
	size_t len = 0;

	while (is_word(r->p[len]))
		len++;
	if (len >= 64)
		return false;
	memcpy(word, r->p, len);
	word[len] = '\0';
	r->p += len;
	return true;
}

void cgm_template_skip(struct cgm_template_reader *r)
{
	r->p += strspn(r->p, " \t\r\n");
}

static int unknown_field(const struct cgm_template_reader *r, const char *name)
{
	static const char *const unmeasured[] = {"CPUPerc", "NetIO", "BlockIO"};
	CGM_AUTO_BUF struct cgm_buf near = {0};
	const char *names[128];
	size_t n = 0;
	bool other = false;

	for (size_t i = 0; i < sizeof unmeasured / sizeof unmeasured[0]; i++)
		other |= strcmp(name, unmeasured[i]) == 0;
	for (size_t i = 0; i < CGM_FIELD_COLUMN; i++)
		names[n++] = cgm_docker_fields[i].name;
	for (const struct cgm_column *c = cgm_columns; c->token && n < 128; c++)
		names[n++] = c->placeholder;
	if (!other)
		cgm_near_add(&near, name, names, n);
	return cgm_err_set(r->err, EINVAL,
			   "%s .%.40s%s%s%s; there are .Container .ID .Name .MemUsage .MemPerc "
			   ".PIDs, and one for each column",
			   other ? "cgmem does not measure" : "unknown placeholder", name,
			   near.len ? " (near: " : "", cgm_buf_str(&near), near.len ? ")" : "");
}

static int take_field(struct cgm_template_reader *r, struct cgm_arg *ret)
{
	const char *start = r->p++;
	char name[64];

	if (!is_word(*r->p)) {
		ret->type = CGM_ARG_DOT;
		return 0;
	}
	if (!cgm_template_word(r, name))
		return cgm_template_fail(r, "too long a placeholder");
	if (*r->p == '.') {
		r->p = start;
		return cgm_template_fail(r, "a placeholder has no parts");
	}
	if (!cgm_field_find(name, &ret->field))
		return unknown_field(r, name);
	ret->type = CGM_ARG_FIELD;
	return 0;
}

/* An escape of a Go string, after its backslash. -1: there is none such. */
static int escape(char c)
{
	static const char from[] = "abfnrtv\\\"'", to[] = "\a\b\f\n\r\t\v\\\"'";
	const char *at = c ? strchr(from, c) : NULL;

	return at ? to[at - from] : -1;
}

static int take_string(struct cgm_template_reader *r, struct cgm_arg *ret)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	char quote = *r->p++;

	for (; *r->p != quote; r->p++) {
		char c = *r->p;

		if (c == '\0' || (c == '\n' && quote == '"'))
			return cgm_template_fail(r, "a string without its end");
		if (c == '\\' && quote == '"') {
			int e = escape(*++r->p);

			if (e < 0)
				return cgm_template_fail(r, "no such escape in a string");
			c = (char)e;
		}
		cgm_buf_add(&b, &c, 1);
	}
	r->p++;
	ret->text = b.failed ? NULL : strdup(cgm_buf_str(&b));
	ret->type = CGM_ARG_STRING;
	return ret->text ? 0 : cgm_template_no_memory(r);
}

static int take_int(struct cgm_template_reader *r, struct cgm_arg *ret)
{
	bool negative = *r->p == '-';
	size_t len;
	uint64_t v;

	if (*r->p == '-' || *r->p == '+')
		r->p++;
	len = strspn(r->p, "0123456789");
	if (is_word(r->p[len]) || cgm_parse_max(r->p, len, INT32_MAX, &v) < 0)
		return cgm_template_fail(r, "not a number");
	r->p += len;
	ret->type = CGM_ARG_INT;
	ret->number = negative ? -(int64_t)v : (int64_t)v;
	return 0;
}

int cgm_template_arg(struct cgm_template_reader *r, struct cgm_arg *ret)
{
	char c = *r->p;

	if (c == '.')
		return take_field(r, ret);
	if (c == '"' || c == '`')
		return take_string(r, ret);
	if (isdigit((unsigned char)c) ||
	    ((c == '-' || c == '+') && isdigit((unsigned char)r->p[1])))
		return take_int(r, ret);
	return cgm_template_fail(r, "wanted a placeholder, a string or a number");
}
