/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/fail_if.h"

#include <errno.h>
#include <string.h>

#include "base/near.h"
#include "base/parse.h"

#include "base/banned.h"

#define HOUR_S 3600.0

static const struct {
	const char *name;
	double hours;
} units[] = {{"h", 1}, {"d", 24}, {"m", 1 / 60.0}, {"s", 1 / HOUR_S}};

/* @text without blanks, which nobody needs and many write. */
static int squeeze(const char *text, char to[CGM_FAIL_IF_MAX], struct cgm_err *err)
{
	size_t n = 0;

	for (; *text && n < CGM_FAIL_IF_MAX - 1; text++)
		if (*text != ' ')
			to[n++] = *text;
	to[n] = '\0';
	return *text ? cgm_err_set(err, EINVAL, "%.60s...: too long", to) : 0;
}

static int bad_form(const char *text, struct cgm_err *err)
{
	return cgm_err_set(err, EINVAL,
			   "%.60s: not a condition such as 'growth>10M/h', 'anon.growth>1G/d' or "
			   "'limit-in<6h'",
			   text);
}

static int find_component(const char *name, enum cgm_trend_id *ret, struct cgm_err *err)
{
	const char *names[CGM_TREND_COUNT];
	CGM_AUTO_BUF struct cgm_buf near = {0};

	for (int i = 0; i < CGM_TREND_COUNT; i++) {
		names[i] = cgm_trends[i].name;
		if (strcmp(names[i], name) == 0) {
			*ret = (enum cgm_trend_id)i;
			return 0;
		}
	}
	cgm_near_add(&near, name, names, CGM_TREND_COUNT);
	if (near.len)
		return cgm_err_set(err, EINVAL, "%.40s: no such component; near: %s", name,
				   cgm_buf_str(&near));
	for (int i = 0; i < CGM_TREND_COUNT; i++)
		cgm_buf_addf(&near, "%s%s", i ? " " : "", names[i]);
	return cgm_err_set(err, EINVAL, "%.40s: no such component; there are %s", name,
			   cgm_buf_str(&near));
}

static int find_unit(const char *name, double *ret_hours, struct cgm_err *err)
{
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (strcmp(units[i].name, name) == 0) {
			*ret_hours = units[i].hours;
			return 0;
		}
	return cgm_err_set(err, EINVAL, "%.40s: not one of s, m, h and d, as in 10M/h", name);
}

/* "10M/h"; @rate is changed. */
static int parse_rate(char *rate, struct cgm_fail_if *c, struct cgm_err *err)
{
	char *slash = strchr(rate, '/');
	double hours = 1, count;
	uint64_t bytes;
	int r;

	if (!slash)
		return cgm_err_set(err, EINVAL, "%.40s: no time that it is per, as in 10M/h", rate);
	*slash = '\0';
	r = find_unit(slash + 1, &hours, err);
	if (r < 0)
		return r;
	if (!cgm_trends[c->id].bytes) {
		if (cgm_parse_decimal(rate, strlen(rate), &count) < 0)
			return cgm_err_set(err, EINVAL, "%.40s: not a number such as 100", rate);
		c->per_hour = count / hours;
		return 0;
	}
	if (cgm_parse_size(rate, &bytes) < 0)
		return cgm_err_set(err, EINVAL, "%.40s: not a size such as 10M or 1.5GiB", rate);
	c->per_hour = (double)bytes / hours;
	return 0;
}

static int parse_limit_in(const char *span, struct cgm_fail_if *c, struct cgm_err *err)
{
	uint64_t ms;

	if (cgm_parse_duration(span, &ms) < 0)
		return cgm_err_set(err, EINVAL, "%.40s: not a time such as 90m, 6h or 2d", span);
	c->limit_in = true;
	c->seconds = (double)ms / 1000;
	return 0;
}

int cgm_fail_if_parse(const char *text, struct cgm_fail_if *ret, struct cgm_err *err)
{
	struct cgm_fail_if c = {.id = CGM_TREND_DOCKER};
	char copy[CGM_FAIL_IF_MAX], *op, *dot, *what = copy;
	int r = squeeze(text, c.text, err);

	if (r < 0)
		return r;
	memcpy(copy, c.text, sizeof copy);
	op = strpbrk(copy, "<>");
	if (!op)
		return bad_form(c.text, err);
	if (*op == '<') {
		*op = '\0';
		if (strcmp(what, "limit-in") != 0)
			return bad_form(c.text, err);
		r = parse_limit_in(op + 1, &c, err);
	} else {
		*op = '\0';
		dot = strrchr(copy, '.');
		if (dot) {
			*dot = '\0';
			what = dot + 1;
		}
		if (strcmp(what, "growth") != 0)
			return bad_form(c.text, err);
		r = dot ? find_component(copy, &c.id, err) : 0;
		if (r == 0)
			r = parse_rate(op + 1, &c, err);
	}
	if (r == 0)
		*ret = c;
	return r;
}

bool cgm_fail_if_holds(const struct cgm_fail_if *c, const struct cgm_trend *t)
{
	const struct cgm_trend_part *p = &t->part[c->id];

	if (c->limit_in)
		return t->limit_in_s.known && (double)t->limit_in_s.v < c->seconds;
	/* each run grew, too short to be judged: seen so often it is no chance */
	if (c->id == CGM_TREND_DOCKER && t->runs.n && t->runs.span_s > 0)
		return t->runs.rise / t->runs.span_s * HOUR_S > c->per_hour;
	return p->known && p->growth.significant && p->growth.verdict == CGM_GROWTH_GROWING &&
	       p->growth.rate * HOUR_S > c->per_hour;
}
