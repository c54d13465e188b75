/* SPDX-License-Identifier: Apache-2.0 */
/* Any path: what is found is a prefix that ends with a part, and is found again by itself. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/locate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *path = malloc(size + 1);
	struct cgm_located l, again;

	if (!path)
		return 0;
	memcpy(path, data, size);
	path[size] = '\0';
	if (cgm_locate_path(path, &l)) {
		if (!l.id[0] || !l.path_len || l.path_len > strlen(path) ||
		    (path[l.path_len] && path[l.path_len] != '/'))
			__builtin_trap();
		path[l.path_len] = '\0';
		if (!cgm_locate_is_container(path, &again) || strcmp(l.id, again.id) ||
		    strcmp(l.pod, again.pod))
			__builtin_trap();
	}
	free(path);
	return 0;
}
