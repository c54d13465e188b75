/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the memory of another process without stopping or disturbing it: pread(2) on an open
 * /proc/PID/mem. Reading a page that is not present would fault it in (and a page that is swapped
 * out would come back), so pagemap is asked first. A table of functions, so that tests read from an
 * array. One owner, one thread.
 */
#ifndef CGMEM_GOLANG_MEM_H
#define CGMEM_GOLANG_MEM_H

#include <stddef.h>
#include <stdint.h>

struct cgm_go_mem {
	/*
	 * Reads all of @len bytes at @addr. Pages that were never touched read as zero bytes: ask
	 * only for memory that is anonymous. 0; -ENODATA: a page is swapped out; -EFAULT: not
	 * mapped; -errno.
	 */
	int (*read)(void *ctx, uint64_t addr, void *buf, size_t len);
	void *ctx;
};

struct cgm_go_procmem {
	int mem_fd, pagemap_fd; /* borrowed; pagemap_fd < 0: pages are read unasked */
	uint64_t page_size;
};

/* @p must live as long as the result is used. */
struct cgm_go_mem cgm_go_procmem(struct cgm_go_procmem *p);

#endif
