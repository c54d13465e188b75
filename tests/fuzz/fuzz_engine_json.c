/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's list of containers and its inspect: both parsers see every input. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "engine/engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct cgm_container *c)
{
	if (!c->target.id || strlen(c->target.id) != 64 || !c->target.name)
		__builtin_trap();
	for (size_t i = 0; i < c->target.n_labels; i++)
		if (!c->target.labels[i].key || !c->target.labels[i].value)
			__builtin_trap();
	for (size_t i = 0; i < c->n_networks; i++)
		if (!c->networks[i])
			__builtin_trap();
	for (size_t i = 0; i < c->n_volumes; i++)
		if (!c->volumes[i])
			__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cgm_containers l = {0};
	struct cgm_container c = {0};
	const char *text = (const char *)data;

	if (!cgm_containers_parse(text, size, &l, NULL))
		for (size_t i = 0; i < l.n; i++)
			check(&l.v[i]);
	cgm_containers_clear(&l);
	if (!cgm_inspect_parse(text, size, &c, NULL))
		check(&c);
	cgm_container_clear(&c);
	return 0;
}
