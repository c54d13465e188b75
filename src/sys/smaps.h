/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /proc/PID/smaps, one mapping after another, for what smaps_rollup does not tell apart: which
 * mapping holds shared memory (a tmpfs file, a memfd, a SysV segment, shared anonymous memory).
 * The names in it are the container's: bounded, escaped before they are shown. Parser is pure.
 */
#ifndef CGMEM_SYS_SMAPS_H
#define CGMEM_SYS_SMAPS_H

#include <stddef.h>
#include <stdint.h>

struct cgm_mapping {
	uint64_t start, end, inode;
	unsigned major, minor;
	char perms[5];
	const char *name; /* NUL-terminated while the callback runs; "" for anonymous */
	uint64_t rss, pss, anonymous, lazyfree, anon_huge, swap, locked, shmem_pmd, hugetlb, shared,
		private_;
};

/* Called for each mapping; a negative return ends the walk and is returned. */
typedef int cgm_mapping_fn(const struct cgm_mapping *m, void *arg);
/* Parses @len bytes of smaps text (changed in place). 0, the callback's error, or -EBADMSG. */
int cgm_smaps_parse(char *text, size_t len, cgm_mapping_fn *fn, void *arg);

#endif
