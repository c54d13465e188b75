/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"

#include <errno.h>
#include <stdlib.h>

#include "base/banned.h"

#define ROOM_MIN 64 /* a power of two, as all are */
#define GOLDEN	 UINT64_C(0x9e3779b97f4a7c15)

/* What is in any of the key's bits comes into those above 32 of the product. */
static size_t place_of(const struct cgm_hash *h, uint64_t key)
{
	return (size_t)((key ^ key >> 32) * GOLDEN >> 32) & (h->room - 1);
}

static void put(struct cgm_hash *h, struct cgm_hash_slot slot)
{
	size_t i = place_of(h, slot.key);

	while (h->v[i].value)
		i = (i + 1) & (h->room - 1);
	h->v[i] = slot;
}

static int grow(struct cgm_hash *h)
{
	struct cgm_hash old = *h;

	h->room = old.room ? old.room * 2 : ROOM_MIN;
	h->v = calloc(h->room, sizeof *h->v);
	if (!h->v) {
		*h = old;
		return -ENOMEM;
	}
	for (size_t i = 0; i < old.room; i++)
		if (old.v[i].value)
			put(h, old.v[i]);
	free(old.v);
	return 0;
}

uint64_t cgm_hash_get(const struct cgm_hash *h, uint64_t key, cgm_hash_same_fn *same,
		      const void *arg)
{
	if (!h->n)
		return 0;
	for (size_t i = place_of(h, key); h->v[i].value; i = (i + 1) & (h->room - 1))
		if (h->v[i].key == key && (!same || same(h->v[i].value, arg)))
			return h->v[i].value;
	return 0;
}

int cgm_hash_add(struct cgm_hash *h, uint64_t key, uint64_t value)
{
	if (2 * (h->n + 1) > h->room && grow(h))
		return -ENOMEM;
	put(h, (struct cgm_hash_slot){key, value});
	h->n++;
	return 0;
}

void cgm_hash_clear(struct cgm_hash *h)
{
	free(h->v);
	*h = (struct cgm_hash){0};
}

uint64_t cgm_hash_mix(uint64_t hash, uint64_t v)
{
	uint64_t h = (hash ^ v) * GOLDEN;

	return h ^ h >> 29;
}
