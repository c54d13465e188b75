/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /proc/PID/smaps, one mapping after another, for what smaps_rollup does not tell apart: which
 * mapping holds shared memory (a tmpfs file, a memfd, a SysV segment, shared anonymous memory).
 * The names in it are the container's: bounded, escaped before they are shown. Parser is pure.
 * /proc/PID/maps has the same first lines and no others, so that the same functions read it: it
 * costs no walk over the pages.
 */
#ifndef CGMEM_SYS_SMAPS_H
#define CGMEM_SYS_SMAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cgm_mapping {
	uint64_t start, end, inode;
	unsigned major, minor;
	char perms[5];
	const char *name; /* NUL-terminated while the callback runs; "" for anonymous */
	/* bytes; shared and private_ are clean and dirty together */
	uint64_t rss, pss, anonymous, lazyfree, anon_huge, swap, locked, shmem_pmd, hugetlb, shared,
		private_;
	bool noreserve, nohuge; /* VmFlags nr and nh; in smaps since Linux 3.8, not in maps */
};

/* Called for each mapping; a negative return ends the walk and is returned. */
typedef int cgm_mapping_fn(const struct cgm_mapping *m, void *arg);
/* Parses @len bytes of smaps text (changed in place). 0, the callback's error, or -EBADMSG. */
int cgm_smaps_parse(char *text, size_t len, cgm_mapping_fn *fn, void *arg);
/*
 * The same for all that can be read from @fd, which need not fit in memory. 0, the callback's
 * error, -EBADMSG, -EFBIG for a single mapping of more than 1 MiB of text, or read(2)'s error.
 */
int cgm_smaps_read(int fd, cgm_mapping_fn *fn, void *arg);

#endif
