/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The set of objects that cgm_shmem_find() gathers, each once. Bounded; what comes after
 * CGM_SHMEM_ITEMS_MAX is left out. One owner, no threads.
 */
#ifndef CGMEM_SYS_SHMEM_SET_H
#define CGMEM_SYS_SHMEM_SET_H

#include "sys/shmem.h"

/* Inode numbers of SysV segments are their ids, which each IPC namespace gives anew. */
struct cgm_shmem_key {
	enum cgm_holder_kind kind;
	uint64_t ns, dev, inode;
};

struct cgm_shmem_item {
	struct cgm_shmem_key key;
	uint64_t bytes;	     /* exact, or the most that one process has resident */
	uint64_t of_process; /* sum over the mappings of @process so far */
	struct cgm_opt limit;
	bool exact;
	size_t process; /* index of the last process that was added */
	size_t finder;	/* index of the first */
	char *name;	/* escaped */
};

struct cgm_shmem_set {
	struct cgm_shmem_item *items;
	uint32_t *slots; /* index into items plus one, 0: free */
	size_t n, cap;
};

int cgm_shmem_set_init(struct cgm_shmem_set *s);
void cgm_shmem_set_clear(struct cgm_shmem_set *s);
/* The item of @key, or NULL. Valid until the next cgm_shmem_set_add(). */
struct cgm_shmem_item *cgm_shmem_set_find(const struct cgm_shmem_set *s,
					  const struct cgm_shmem_key *key);
/*
 * A new item with @len bytes of @name, escaped; @key must not be in the set. NULL in *@ret when the
 * set is full. 0 or -ENOMEM.
 */
int cgm_shmem_set_add(struct cgm_shmem_set *s, const struct cgm_shmem_key *key, const char *name,
		      size_t len, size_t process, struct cgm_shmem_item **ret);
/* Moves the names of the CGM_HOLDERS_MAX largest into a new array. 0 or -ENOMEM. */
int cgm_shmem_set_take(struct cgm_shmem_set *s, const struct cgm_process *procs,
		       struct cgm_holder **ret, size_t *ret_n);

#endif
