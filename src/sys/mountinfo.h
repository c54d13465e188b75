/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /proc/PID/mountinfo, parsed (proc(5), Documentation/filesystems/proc.rst 3.5). Octal escapes are
 * undone. The strings of a mount share one allocation. Pure but for cgm_mounts_read(). Lines that
 * are not of the form are left out.
 */
#ifndef CGMEM_SYS_MOUNTINFO_H
#define CGMEM_SYS_MOUNTINFO_H

#include "sys/root.h"

struct cgm_mount {
	unsigned major, minor;
	char *root;   /* field 4: what of the file system is mounted here */
	char *point;  /* field 5 */
	char *fstype; /* cgroup, cgroup2, tmpfs, ... */
	char *source;
	char *super; /* super block options, with the controllers of a v1 hierarchy */
};

struct cgm_mounts {
	struct cgm_mount *v;
	size_t n;
};

#define CGM_MOUNTS_MAX 20000

/* 0, -ENOMEM, or -E2BIG for more than CGM_MOUNTS_MAX mounts. */
int cgm_mounts_parse(const char *text, size_t len, struct cgm_mounts *ret);
/* Of process @pid ("self" when 0) beneath @root. 0 or -errno. */
int cgm_mounts_read(const struct cgm_root *root, int pid, struct cgm_mounts *ret);
void cgm_mounts_clear(struct cgm_mounts *m);
/* True when comma-separated @options has the word @name. */
bool cgm_mount_has_option(const char *options, const char *name);

#endif
