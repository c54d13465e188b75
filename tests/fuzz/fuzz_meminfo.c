/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/meminfo and the other files of the machine, all of the same text. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "sys/host.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cgm_host h = {.page_size = 4096};
	const char *text = (const char *)data;

	cgm_meminfo_parse(text, size, &h);
	if (h.mem_total.known && h.mem_total.v % 1024)
		abort();
	cgm_cmdline_parse(text, size, &h);
	cgm_sockstat_parse(text, size, &h);
	if (h.sockets.known && h.sockets.v % 4096)
		abort();
	if (cgm_cpulist_count(text, size) > 65536)
		abort();
	return 0;
}
