/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/shmem_set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

#define SLOTS (2 * CGM_SHMEM_ITEMS_MAX) /* a power of two, never more than half full */

int cgm_shmem_set_init(struct cgm_shmem_set *s)
{
	*s = (struct cgm_shmem_set){.slots = calloc(SLOTS, sizeof *s->slots)};
	return s->slots ? 0 : -ENOMEM;
}

void cgm_shmem_set_clear(struct cgm_shmem_set *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->items[i].name);
	free(s->items);
	free(s->slots);
	*s = (struct cgm_shmem_set){0};
}

static bool same(const struct cgm_shmem_key *a, const struct cgm_shmem_key *b)
{
	return a->inode == b->inode && a->dev == b->dev && a->ns == b->ns && a->kind == b->kind;
}

/* The slot where @key is or belongs (splitmix64's finisher spreads the bits). */
static size_t slot_of(const struct cgm_shmem_set *s, const struct cgm_shmem_key *key)
{
	uint64_t h = key->inode ^ (key->dev << 40) ^ (key->ns << 20) ^ (uint64_t)key->kind << 62;
	size_t i;

	h = (h ^ (h >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	h = (h ^ (h >> 27)) * UINT64_C(0x94d049bb133111eb);
	for (i = (size_t)(h ^ (h >> 31)) % SLOTS; s->slots[i]; i = (i + 1) % SLOTS) {
		if (same(&s->items[s->slots[i] - 1].key, key))
			break;
	}
	return i;
}

struct cgm_shmem_item *cgm_shmem_set_find(const struct cgm_shmem_set *s,
					  const struct cgm_shmem_key *key)
{
	uint32_t at = s->slots[slot_of(s, key)];

	return at ? &s->items[at - 1] : NULL;
}

static int grow(struct cgm_shmem_set *s)
{
	size_t cap = s->cap ? 2 * s->cap : 16;
	struct cgm_shmem_item *items = reallocarray(s->items, cap, sizeof *items);

	if (!items)
		return -ENOMEM;
	s->items = items;
	s->cap = cap;
	return 0;
}

int cgm_shmem_set_add(struct cgm_shmem_set *s, const struct cgm_shmem_key *key, const char *name,
		      size_t len, size_t process, struct cgm_shmem_item **ret)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_shmem_item *item;
	char *copy;

	if (s->n == CGM_SHMEM_ITEMS_MAX) {
		*ret = NULL;
		return 0;
	}
	if (s->n == s->cap && grow(s) < 0)
		return -ENOMEM;
	cgm_escape_name(&b, name, len, false);
	copy = b.failed ? NULL : strdup(cgm_buf_str(&b));
	if (!copy)
		return -ENOMEM;
	item = &s->items[s->n];
	*item = (struct cgm_shmem_item){
		.key = *key, .process = process, .finder = process, .name = copy};
	s->slots[slot_of(s, key)] = (uint32_t)++s->n;
	*ret = item;
	return 0;
}

/* Largest first; equal ones in an order that is the same each time. */
static int compare_items(const void *a, const void *b)
{
	const struct cgm_shmem_item *x = a, *y = b;

	if (x->bytes != y->bytes)
		return x->bytes < y->bytes ? 1 : -1;
	if (x->key.kind != y->key.kind)
		return x->key.kind < y->key.kind ? -1 : 1;
	return (x->key.inode > y->key.inode) - (x->key.inode < y->key.inode);
}

int cgm_shmem_set_take(struct cgm_shmem_set *s, const struct cgm_process *procs,
		       struct cgm_holder **ret, size_t *ret_n)
{
	struct cgm_holder *v;
	size_t n = 0;

	if (s->n)
		qsort(s->items, s->n, sizeof *s->items, compare_items);
	memset(s->slots, 0, SLOTS * sizeof *s->slots); /* they point elsewhere now */
	while (n < s->n && n < CGM_HOLDERS_MAX && s->items[n].bytes)
		n++;
	v = n ? calloc(n, sizeof *v) : NULL;
	if (n && !v)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		struct cgm_shmem_item *item = &s->items[i];

		v[i].kind = item->key.kind;
		v[i].name = item->name;
		item->name = NULL; /* moved */
		v[i].bytes = item->bytes;
		v[i].limit = item->limit;
		if (v[i].kind == CGM_HOLD_TMPFS)
			continue;
		v[i].pid = procs[item->finder].pid;
		memcpy(v[i].comm, procs[item->finder].comm, sizeof v[i].comm);
	}
	*ret = v;
	*ret_n = n;
	return 0;
}
