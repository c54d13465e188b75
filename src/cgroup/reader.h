/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What group.c and reader.c share; private to this folder. A source is one file to read of a group;
 * the sources of a reader follow from cgm_files[], and for a sum (hugetlb) from the names that the
 * first group has.
 */
#ifndef CGMEM_CGROUP_READER_H
#define CGMEM_CGROUP_READER_H

#include <sys/resource.h>

#include "cgroup/group.h"
#include "cgroup/stat.h"

#define CGM_SUM_FILES_MAX 8 /* huge page sizes: four at most on any machine (HUGE_MAX_HSTATE) */
#define CGM_SOURCES_MAX	  (CGM_FILE_COUNT + CGM_SUM_FILES_MAX)

/* On v1 each controller may have a hierarchy of its own. */
enum cgm_side { CGM_SIDE_MEMORY, CGM_SIDE_PIDS, CGM_SIDE_HUGETLB, CGM_SIDE_COUNT };

/* Where the directory of one group is, in each hierarchy; dirfd -1: it has none there. */
struct cgm_where {
	struct {
		int dirfd;
		const char *rel; /* "." for dirfd itself */
	} in[CGM_SIDE_COUNT];
};

struct cgm_source {
	enum cgm_file file;
	enum cgm_side side;
	enum cgm_layout layout;
	enum cgm_value_id id; /* the one value of a single file and of a sum */
	char name[56];
	struct cgm_stat_layout *keys; /* of a keyed file */
};

struct cgm_reader {
	const struct cgm_hierarchy *h;
	struct cgm_source source[CGM_SOURCES_MAX];
	unsigned n;
	uint32_t sums; /* files that are sums, and whose parts are not known yet */
	uint32_t
		seen; /* sources that some group had: where one is missing, the group may be gone */
	rlim_t keep_below; /* descriptors from this number on are not kept */
	char *buf;
	size_t cap;
};

/* Learns which files a sum is made of from the group at @w, unless they are known. 0, -ENOMEM. */
int cgm_reader_learn(struct cgm_reader *r, const struct cgm_where *w, uint32_t files);
/* Path of @source's file below its directory into @buf, of PATH_MAX bytes. */
int cgm_source_path(const struct cgm_source *s, const char *rel, char *buf);
/* Reads @fd from its start and takes the values of @source into @s. 0 or -errno of the reading. */
int cgm_source_read(struct cgm_reader *r, const struct cgm_source *source, int fd,
		    struct cgm_sample *s);
/* Notes in the values of @source that it could not be read because of @error (negative errno). */
void cgm_source_failed(const struct cgm_reader *r, const struct cgm_source *source, int error,
		       struct cgm_sample *s);

#endif
