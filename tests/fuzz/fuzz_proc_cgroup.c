/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/PID/cgroup. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "sys/process.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cgm_proc_cgroups c;
	const char *path;

	if (cgm_proc_cgroups_parse((const char *)data, size, &c) < 0)
		return 0;
	for (size_t i = 0; i < c.n; i++) {
		if (*c.v[i].path != '/')
			abort();
	}
	path = cgm_proc_cgroups_find(&c, "memory");
	if (path && *path != '/')
		abort();
	(void)cgm_proc_cgroups_find(&c, NULL);
	cgm_proc_cgroups_clear(&c);
	return 0;
}
