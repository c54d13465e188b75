/* SPDX-License-Identifier: Apache-2.0 */
#include "store/known.h"

#include "base/banned.h"

static int compare(const struct cgm_known *k, const char *kind, const char *name)
{
	int r = strcmp(k->name, name);

	return r ? r : strcmp(k->kind, kind);
}

/* Where it is, or where it belongs. */
static size_t place(const struct cgm_known_targets *all, const char *kind, const char *name)
{
	size_t low = 0, high = all->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare(all->v[mid], kind, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct cgm_known *cgm_known_find(struct cgm_known_targets *all, const char *kind, const char *name)
{
	size_t i = place(all, kind, name);

	if (i == all->n || compare(all->v[i], kind, name) != 0)
		return NULL;
	all->hint = i;
	return all->v[i];
}

/* A writer asks for a target by its name and then adds to it: it is the one before. */
struct cgm_known *cgm_known_by_id(struct cgm_known_targets *all, int64_t id)
{
	for (size_t i = 0; i < all->n; i++) {
		size_t at = (all->hint + i) % all->n;

		if (all->v[at]->id == id) {
			all->hint = at;
			return all->v[at];
		}
	}
	return NULL;
}

static void known_free(struct cgm_known *k)
{
	free(k->kind);
	free(k->name);
	for (size_t i = 0; i < sizeof k->about / sizeof *k->about; i++)
		free(k->about[i]);
	free(k);
}

struct cgm_known *cgm_known_add(struct cgm_known_targets *all, const char *kind, const char *name)
{
	size_t i = place(all, kind, name);
	struct cgm_known *k = calloc(1, sizeof *k);
	struct cgm_known **v = reallocarray(all->v, all->n + 1, sizeof *v);

	if (v)
		all->v = v;
	if (k) {
		k->kind = strdup(kind);
		k->name = strdup(name);
	}
	if (!v || !k || !k->kind || !k->name) {
		if (k)
			known_free(k);
		return NULL;
	}
	memmove(v + i + 1, v + i, (all->n - i) * sizeof *v);
	all->n++;
	all->hint = i;
	return v[i] = k;
}

int cgm_known_about(struct cgm_known *k, const struct cgm_history_target *t)
{
	const char *const now[] = {t->project, t->service, t->image, t->container_id, t->path};

	for (size_t i = 0; i < sizeof now / sizeof *now; i++) {
		char *copy = NULL;

		if (now[i] == k->about[i] ||
		    (now[i] && k->about[i] && strcmp(now[i], k->about[i]) == 0))
			continue;
		if (now[i]) {
			copy = strdup(now[i]);
			if (!copy)
				return -ENOMEM;
		}
		free(k->about[i]);
		k->about[i] = copy;
		k->told = false;
	}
	return 0;
}

void cgm_known_sweep(struct cgm_known_targets *all, int64_t round)
{
	size_t kept = 0;

	for (size_t i = 0; i < all->n; i++) {
		struct cgm_known *k = all->v[i];

		if (k->seen_round >= round || k->present || k->minute.any || k->done.any)
			all->v[kept++] = k;
		else
			known_free(k);
	}
	all->n = kept;
	all->hint = 0;
}

void cgm_known_drop(struct cgm_known_targets *all, struct cgm_known *k)
{
	size_t i = 0;

	while (i < all->n && all->v[i] != k)
		i++;
	if (i == all->n)
		return;
	memmove(all->v + i, all->v + i + 1, (--all->n - i) * sizeof *all->v);
	all->hint = 0;
	known_free(k);
}

void cgm_known_clear(struct cgm_known_targets *all)
{
	for (size_t i = 0; i < all->n; i++)
		known_free(all->v[i]);
	free(all->v);
	*all = (struct cgm_known_targets){0};
}
