/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/PID/mountinfo, as a container with mounts of its own may have it. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sys/mountinfo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cgm_mounts m = {0};
	size_t bytes = 0;

	if (cgm_mounts_parse((const char *)data, size, &m) < 0)
		return 0;
	for (size_t i = 0; i < m.n; i++) {
		const struct cgm_mount *v = &m.v[i];

		if (!*v->root && !*v->point && !*v->fstype)
			abort();
		bytes += strlen(v->root) + strlen(v->point) + strlen(v->fstype) +
			 strlen(v->source) + strlen(v->super);
		(void)cgm_mount_has_option(v->super, "memory");
	}
	if (bytes > size)
		abort();
	cgm_mounts_clear(&m);
	return 0;
}
