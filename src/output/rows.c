/* SPDX-License-Identifier: Apache-2.0 */
#include "output/filter.h"

#include <string.h>

#include "base/path.h"
#include "output/cells.h"
#include "base/banned.h"

struct sort_key {
	struct cgm_cell cell;
	size_t index;
	int sign;
};

static int by_cell(const void *pa, const void *pb)
{
	const struct sort_key *a = pa, *b = pb;
	int d = a->sign * cgm_cell_compare(&a->cell, &b->cell);

	if (a->cell.known != b->cell.known) /* last, whichever way */
		return a->cell.known ? -1 : 1;
	return d ? d : (a->index > b->index) - (a->index < b->index);
}

/* Moves rows[order[i]] to i for all i, along the cycles: rows are large, one is kept aside. */
static void permute(struct cgm_row *rows, struct sort_key *order, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct cgm_row kept = rows[i];
		size_t to = i, from;

		while ((from = order[to].index) != i) {
			rows[to] = rows[from];
			order[to].index = to;
			to = from;
		}
		rows[to] = kept;
		order[to].index = to;
	}
}

int cgm_rows_sort(struct cgm_row *rows, size_t n, const struct cgm_column *by, bool descending)
{
	CGM_AUTO_FREE struct sort_key *keys = calloc(n ? n : 1, sizeof *keys);

	if (!keys)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		cgm_cell_get(by, &rows[i], &keys[i].cell);
		keys[i].index = i;
		keys[i].sign = descending ? -1 : 1;
	}
	qsort(keys, n, sizeof *keys, by_cell);
	permute(rows, keys, n);
	return 0;
}

static const struct {
	const char *name;
	enum cgm_group_by by;
} groupings[] = {
	{"compose", CGM_GROUP_COMPOSE},
	{"image", CGM_GROUP_IMAGE},
	{"slice", CGM_GROUP_SLICE},
	{"pod", CGM_GROUP_POD},
};

int cgm_grouping_parse(const char *text, struct cgm_grouping *ret, struct cgm_err *err)
{
	struct cgm_grouping g = {.by = CGM_GROUP_NONE, .label = NULL};

	for (size_t i = 0; i < sizeof groupings / sizeof groupings[0]; i++)
		if (strcmp(text, groupings[i].name) == 0)
			g.by = groupings[i].by;
	if (strncmp(text, "label:", 6) == 0 && text[6]) {
		g.by = CGM_GROUP_LABEL;
		g.label = text + 6;
	}
	if (g.by == CGM_GROUP_NONE)
		return cgm_err_set(err, EINVAL,
				   "no grouping %.60s; there are compose, image, label:KEY, slice, "
				   "pod",
				   text);
	*ret = g;
	return 0;
}

static const char *label(const struct cgm_row *row, const char *key)
{
	const struct cgm_target *t = row->target;

	for (size_t i = 0; t && i < t->n_labels; i++)
		if (strcmp(t->labels[i].key, key) == 0)
			return t->labels[i].value;
	return NULL;
}

/* The innermost part of @path that ends in ".slice"; without one the group's parent. */
static void add_slice(struct cgm_buf *b, const char *path)
{
	const char *slice = NULL;
	size_t len = 0;

	for (const char *p = path; *p;) {
		size_t n;

		p += strspn(p, "/");
		n = strcspn(p, "/");
		if (n > 6 && strncmp(p + n - 6, ".slice", 6) == 0) {
			slice = p;
			len = n;
		}
		p += n;
	}
	if (slice)
		cgm_buf_add(b, slice, len);
	else
		cgm_buf_add(b, path, cgm_path_parent_len(path));
}

/*
 * Kubernetes: "pod" and a uid, in a part of its own (cgroupfs driver) or at the end of a slice's
 * name (systemd driver, with '_' for '-').
 */
static void add_pod_uid(struct cgm_buf *b, const char *path)
{
	const char *kube = strstr(path, "kubepods"), *p;
	size_t n, from = b->len;

	for (p = kube; p && (p = strstr(p, "pod")); p += 3) {
		n = strspn(p + 3, "0123456789abcdef-_");
		if (n < 32 || (p[-1] != '/' && p[-1] != '-'))
			continue;
		cgm_buf_add(b, p + 3, n);
		break;
	}
	for (size_t i = from; i < b->len; i++)
		if (b->data[i] == '_')
			b->data[i] = '-';
}

static void add_pod(struct cgm_buf *b, const struct cgm_row *row)
{
	const char *space = label(row, "io.kubernetes.pod.namespace");
	const char *name = label(row, "io.kubernetes.pod.name");

	if (name)
		cgm_buf_addf(b, "%s%s%s", space ? space : "", space ? "/" : "", name);
	else if (row->path)
		add_pod_uid(b, row->path);
}

/* Name of @row's group; "" when it has none. */
static void group_of(const struct cgm_row *row, const struct cgm_grouping *g, struct cgm_buf *b)
{
	const char *text = NULL;

	if (g->by == CGM_GROUP_COMPOSE)
		text = row->target ? row->target->project : NULL;
	else if (g->by == CGM_GROUP_IMAGE)
		text = row->target ? row->target->image : NULL;
	else if (g->by == CGM_GROUP_LABEL)
		text = label(row, g->label);
	else if (g->by == CGM_GROUP_SLICE && row->path)
		add_slice(b, row->path);
	else if (g->by == CGM_GROUP_POD)
		add_pod(b, row);
	if (text)
		cgm_buf_adds(b, text);
}

/* Groups in the order of their first row, so that a sort by size puts the largest ones first. */
struct grouped {
	char **keys; /* one a group */
	size_t n_keys;
	size_t *group; /* one a row: its group */
};

static int assign(const struct cgm_row *row, const struct cgm_grouping *g, struct grouped *a,
		  size_t i)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	size_t k = 0;

	group_of(row, g, &b);
	if (b.failed)
		return -ENOMEM;
	while (k < a->n_keys && strcmp(a->keys[k], cgm_buf_str(&b)) != 0)
		k++;
	if (k == a->n_keys) {
		a->keys[k] = strdup(cgm_buf_str(&b));
		if (!a->keys[k])
			return -ENOMEM;
		a->n_keys++;
	}
	a->group[i] = k;
	return 0;
}

static void grouped_clear(struct grouped *a)
{
	for (size_t i = 0; i < a->n_keys; i++)
		free(a->keys[i]);
	free(a->keys);
	free(a->group);
}

/* What cgm_rows_group() makes. */
struct result {
	struct cgm_row *rows;
	size_t n;
	char **names;
	size_t n_names;
};

static int add_subtotal(struct result *r, const struct cgm_row *sum, const char *key,
			unsigned members)
{
	char *name = NULL;

	if (asprintf(&name, "%s (%u)", *key ? key : "(none)", members) < 0)
		return -ENOMEM;
	r->names[r->n_names++] = name;
	r->rows[r->n] = *sum;
	r->rows[r->n].subtotal = name;
	r->rows[r->n].n_members = members;
	r->n++;
	return 0;
}

static int add_group(struct result *r, const struct cgm_row *rows, size_t n,
		     const struct grouped *a, size_t k)
{
	struct cgm_row sum = {.subtotal = ""};
	unsigned members = 0;

	for (size_t i = 0; i < n; i++) {
		if (a->group[i] != k)
			continue;
		r->rows[r->n++] = rows[i];
		cgm_row_add(&sum, &rows[i]);
		members++;
	}
	return add_subtotal(r, &sum, a->keys[k], members);
}

static int add_groups(struct result *r, const struct cgm_row *rows, size_t n,
		      const struct cgm_grouping *g)
{
	struct grouped a = {.keys = calloc(n + 1, sizeof *a.keys),
			    .group = calloc(n + 1, sizeof *a.group)};
	int e = a.keys && a.group ? 0 : -ENOMEM;
	size_t none = SIZE_MAX;

	for (size_t i = 0; e == 0 && i < n; i++)
		e = assign(&rows[i], g, &a, i);
	for (size_t k = 0; e == 0 && k < a.n_keys; k++) {
		if (a.keys[k][0] == '\0')
			none = k; /* those without a group come last */
		else
			e = add_group(r, rows, n, &a, k);
	}
	if (e == 0 && none != SIZE_MAX)
		e = add_group(r, rows, n, &a, none);
	grouped_clear(&a);
	return e;
}

static int add_total(struct result *r, const struct cgm_row *rows, size_t n)
{
	struct cgm_row sum = {.subtotal = ""};

	for (size_t i = 0; i < n; i++)
		cgm_row_add(&sum, &rows[i]);
	return add_subtotal(r, &sum, "total", (unsigned)n);
}

int cgm_rows_group(const struct cgm_row *rows, size_t n, const struct cgm_grouping *g, bool total,
		   struct cgm_row **ret, size_t *ret_n, char ***names, size_t *n_names)
{
	struct result r = {.rows = calloc(2 * n + 1, sizeof *r.rows),
			   .names = calloc(n + 1, sizeof *r.names)};
	int e = r.rows && r.names ? 0 : -ENOMEM;

	if (e == 0 && g->by != CGM_GROUP_NONE) {
		e = add_groups(&r, rows, n, g);
	} else if (e == 0) {
		if (n)
			memcpy(r.rows, rows, n * sizeof *rows);
		r.n = n;
	}
	if (e == 0 && total)
		e = add_total(&r, rows, n);
	if (e < 0) {
		for (size_t i = 0; r.names && i < r.n_names; i++)
			free(r.names[i]);
		free(r.rows);
		free(r.names);
		return e;
	}
	*ret = r.rows;
	*ret_n = r.n;
	*names = r.names;
	*n_names = r.n_names;
	return 0;
}
