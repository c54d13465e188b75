/* SPDX-License-Identifier: Apache-2.0 */
#include "output/columns.h"

#include <string.h>
#include <strings.h>

#include "base/near.h"
#include "output/cells.h"
#include "base/banned.h"

#define WIDE	    100 /* from here on the default table has three columns more */
#define COLUMNS_MAX 128 /* a list that is longer is a mistake */

static const char *const narrow_tokens[] = {"ANON", "CACHE", "WHY", NULL};
static const char *const wide_tokens[] = {"ANON", "CACHE", "TMPFS", "KERNEL", "SWAP", "WHY", NULL};

static const struct cgm_column *find(const char *token, size_t len)
{
	for (const struct cgm_column *c = cgm_columns; c->token; c++)
		if (strlen(c->token) == len && strncasecmp(c->token, token, len) == 0)
			return c;
	return NULL;
}

static int unknown_column(const char *token, struct cgm_err *err)
{
	CGM_AUTO_BUF struct cgm_buf near = {0};
	const char *tokens[COLUMNS_MAX];
	size_t n = 0;

	for (const struct cgm_column *c = cgm_columns; c->token && n < COLUMNS_MAX; c++)
		tokens[n++] = c->token;
	cgm_near_add(&near, token, tokens, n);
	return cgm_err_set(err, EINVAL, "unknown column %.60s%s%s%s", token,
			   near.len ? " (near: " : "", cgm_buf_str(&near),
			   near.len ? "); --list-columns lists all" : "; --list-columns lists all");
}

const struct cgm_column *cgm_column_find(const char *token, struct cgm_err *err)
{
	const struct cgm_column *c = find(token, strlen(token));

	if (!c)
		(void)unknown_column(token, err);
	return c;
}

static int push(struct cgm_column_set *s, const struct cgm_column *c)
{
	const struct cgm_column **v;

	if (s->n == COLUMNS_MAX)
		return -E2BIG;
	v = reallocarray(s->v, s->n + 1, sizeof *v);
	if (!v)
		return -ENOMEM;
	s->v = v;
	s->v[s->n++] = c;
	return 0;
}

static int push_defaults(struct cgm_column_set *s, unsigned width)
{
	const char *const *t = width == 0 || width >= WIDE ? wide_tokens : narrow_tokens;
	int r = push(s, find("NAME", 4));

	if (r == 0)
		r = push(s, &cgm_column_mem_usage);
	if (r == 0)
		r = push(s, &cgm_column_mem_percent);
	for (; r == 0 && *t; t++)
		r = push(s, find(*t, strlen(*t)));
	return r;
}

static int push_list(struct cgm_column_set *s, const char *list, struct cgm_err *err)
{
	for (;;) {
		size_t len = strcspn(list, ",");
		const struct cgm_column *c = find(list, len);
		int r;

		if (!c) {
			char word[64];

			(void)snprintf(word, sizeof word, "%.*s", (int)(len < 60 ? len : 60), list);
			return len ? unknown_column(word, err)
				   : cgm_err_set(err, EINVAL, "an empty column name");
		}
		r = push(s, c);
		if (r == -E2BIG)
			return cgm_err_set(err, EINVAL, "more than %d columns", COLUMNS_MAX);
		if (r < 0)
			return cgm_err_set(err, -r, "out of memory");
		list += len;
		if (*list++ == '\0')
			return 0;
	}
}

int cgm_column_set_parse(const char *list, unsigned width, struct cgm_column_set *ret,
			 struct cgm_err *err)
{
	struct cgm_column_set s = {0};
	int r = 0;

	if (!list || *list == '+')
		r = push_defaults(&s, width);
	if (r < 0)
		r = cgm_err_set(err, -r, "out of memory");
	else if (list)
		r = push_list(&s, *list == '+' ? list + 1 : list, err);
	if (r < 0)
		cgm_column_set_clear(&s);
	else
		*ret = s;
	return r;
}

void cgm_column_set_clear(struct cgm_column_set *s)
{
	free(s->v);
	*s = (struct cgm_column_set){0};
}

uint32_t cgm_column_set_files(const struct cgm_column_set *s, int version)
{
	uint32_t files = 0;

	for (size_t i = 0; i < s->n; i++)
		files |= cgm_files_for(s->v[i]->needs, s->v[i]->n_needs, version);
	return files;
}

unsigned cgm_column_set_flags(const struct cgm_column_set *s)
{
	unsigned flags = 0;

	for (size_t i = 0; i < s->n; i++)
		flags |= s->v[i]->flags;
	return flags;
}
