/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A name for an open descriptor of this process, for calls that take only a path: connect(2) to a
 * socket that was found beneath a root, or whose own path exceeds sun_path.
 */
#ifndef CGMEM_SYS_FDPATH_H
#define CGMEM_SYS_FDPATH_H

#include <stdio.h>

#define CGM_FD_PATH_MAX 32

static inline const char *cgm_fd_path(char buf[CGM_FD_PATH_MAX], int fd)
{
	(void)snprintf(buf, CGM_FD_PATH_MAX, "/proc/self/fd/%d", fd);
	return buf;
}

#endif
