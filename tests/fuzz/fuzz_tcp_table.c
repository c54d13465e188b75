/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/PID/net/tcp and tcp6; every number up to 255 is a socket of the process. */
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

#include "sys/listeners.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cgm_open_fd v[256] = {{0}};
	const struct cgm_open_fds sockets = {.v = v, .n = 256};

	for (size_t i = 0; i < 256; i++)
		v[i].inode = i;
	for (int i = 0; i < 2; i++) {
		struct cgm_listeners l = {0};

		(void)cgm_tcp_table_parse((const char *)data, size, i ? AF_INET6 : AF_INET,
					  &sockets, &l);
		if (l.n > CGM_LISTENERS_MAX)
			__builtin_trap();
	}
	return 0;
}
