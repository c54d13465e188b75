/* SPDX-License-Identifier: Apache-2.0 */
/* Why a machine shows no memory controller, in words that say what to do. */
#include <fcntl.h>

#include "base/parse.h"
#include "cgroup/dir.h"

#include "base/banned.h"

#define CMDLINE_CAP ((size_t)64 << 10)

enum reason { NO_MOUNT, SWITCHED_OFF, NOT_DELEGATED };

static const char *const words[] = {
	[NO_MOUNT] = ("no cgroup file system with the memory controller is mounted here "
		      "(in a container: add -v /sys/fs/cgroup:/sys/fs/cgroup:ro; "
		      "else: mount -t cgroup2 none /sys/fs/cgroup)"),
	[SWITCHED_OFF] = ("the kernel's memory controller is switched off: add "
			  "\"cgroup_enable=memory\" to the kernel command line (Raspberry Pi: "
			  "cmdline.txt), take \"cgroup_disable=memory\" out, and reboot"),
	[NOT_DELEGATED] = ("the memory controller is not delegated to this part of the cgroup "
			   "tree: it is not in cgroup.controllers here (systemd: "
			   "Delegate=memory)"),
};

/*
 * The last of cgroup_disable= and cgroup_enable= that names memory holds. The former is of the
 * kernel (kernel/cgroup/cgroup.c cgroup_disable()), the latter of the Raspberry Pi's.
 */
static bool disabled_by_cmdline(const struct cgm_root *root)
{
	static const char off[] = "cgroup_disable=", on[] = "cgroup_enable=";
	CGM_AUTO_BUF struct cgm_buf b = {0};
	bool disabled = false;

	if (cgm_root_read(root, "proc/cmdline", &b, CMDLINE_CAP) < 0 || !b.data)
		return false;
	for (char *p = b.data, *word; (word = strsep(&p, " \n"));) {
		bool is_off = strncmp(word, off, sizeof off - 1) == 0;
		char *list = word + (is_off ? sizeof off : sizeof on) - 1, *name;

		if (!is_off && strncmp(word, on, sizeof on - 1) != 0)
			continue;
		while ((name = strsep(&list, ",")))
			if (strcmp(name, "memory") == 0)
				disabled = is_off;
	}
	return disabled;
}

/*
 * Memory's row of /proc/cgroups ("memory 4 16 1": hierarchy, groups, enabled). False when there is
 * none: off, or a kernel from 6.14 without CONFIG_MEMCG_V1, which lists v1 controllers only.
 */
static bool read_row(const struct cgm_root *root, uint64_t ret[3])
{
	CGM_AUTO_BUF struct cgm_buf b = {0};

	if (cgm_root_read(root, "proc/cgroups", &b, CMDLINE_CAP) < 0 || !b.data)
		return false;
	for (char *p = b.data, *line; (line = strsep(&p, "\n"));) {
		char *name = strsep(&line, "\t "), *field;
		unsigned n = 0;

		if (strcmp(name, "memory") != 0)
			continue;
		while (n < 3 && (field = strsep(&line, "\t ")))
			if (cgm_parse_u64_str(field, &ret[n]) == 0)
				n++;
		return n == 3;
	}
	return false;
}

static enum reason find_reason(const struct cgm_root *root, int v2_fd)
{
	uint64_t row[3] = {0};
	bool listed = read_row(root, row);

	if (disabled_by_cmdline(root) || (listed && row[2] == 0))
		return SWITCHED_OFF;
	if (v2_fd < 0 || (listed && row[0] != 0)) /* it is v1's, whose mount is not to be seen */
		return NO_MOUNT;
	/* cgroup.type is in every group but the hierarchy's root (cgroup-v2.rst) */
	return faccessat(v2_fd, "cgroup.type", F_OK, 0) == 0 ? NOT_DELEGATED : SWITCHED_OFF;
}

int cgm_no_memory(const struct cgm_root *root, int v2_fd, struct cgm_err *err)
{
	return cgm_err_set(err, ENODEV, "%s", words[find_reason(root, v2_fd)]);
}
