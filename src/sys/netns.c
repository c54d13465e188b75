/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/netns.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "sys/process.h"

#include "base/banned.h"

static int own_namespace(void)
{
	int fd = open("/proc/self/ns/net",
		      O_RDONLY | O_CLOEXEC); /* layer sys: the one live magic link needed here */

	return fd < 0 ? -errno : fd;
}

int cgm_netns_enter(const struct cgm_root *root, pid_t pid, int *ret_back)
{
	CGM_AUTO_CLOSE int proc = cgm_proc_open(root, pid);
	CGM_AUTO_CLOSE int own = own_namespace();
	CGM_AUTO_CLOSE int target = proc < 0 ? proc : openat(proc, "ns/net", O_RDONLY | O_CLOEXEC);
	struct stat a, b;

	if (target < 0)
		return proc < 0 ? proc : -errno;
	if (own < 0)
		return own;
	if (fstat(own, &a) < 0 || fstat(target, &b) < 0)
		return -errno;
	if (a.st_dev == b.st_dev && a.st_ino == b.st_ino) {
		*ret_back = -1;
		return 0;
	}
	if (setns(target, CLONE_NEWNET) < 0)
		return -errno;
	*ret_back = cgm_take_fd(&own);
	return 0;
}

int cgm_netns_leave(int back)
{
	int r;

	if (back < 0)
		return 0;
	r = setns(back, CLONE_NEWNET) < 0 ? -errno : 0;
	(void)close(back);
	return r;
}
