/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/units.h"
#include "golang/mem.h"

#include "base/banned.h"

/* Documentation/admin-guide/mm/pagemap.rst */
#define PAGE_PRESENT (UINT64_C(1) << 63)
#define PAGE_SWAPPED (UINT64_C(1) << 62)

#define PAGES_AT_ONCE 512

static int pread_all(int fd, uint64_t addr, void *buf, size_t len)
{
	char *at = buf;

	while (len) {
		ssize_t n;

		if (addr > (uint64_t)INT64_MAX)
			return -EFAULT;
		n = pread(fd, at, len, (off_t)addr);
		if (n < 0) {
			int e = errno;

			if (e == EINTR)
				continue;
			return e == EIO ? -EFAULT : -e; /* EIO: mem_rw() found nothing mapped */
		}
		if (n == 0)
			return -ESRCH; /* mem_rw(): the process has no memory any more */
		at += n;
		addr += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

/* One entry each of the @n pages from @page on. */
static int read_pagemap(int fd, uint64_t page, uint64_t *entries, size_t n)
{
	int r = pread_all(fd, page * sizeof *entries, entries, n * sizeof *entries);

	return r == -ESRCH ? -EFAULT : r; /* the map ends where user addresses end */
}

/* @len bytes of at most PAGES_AT_ONCE pages: present ones are read, run by run. */
static int read_pages(const struct cgm_go_procmem *p, uint64_t addr, char *buf, size_t len)
{
	uint64_t entries[PAGES_AT_ONCE], first = addr / p->page_size, end = addr + len;
	size_t n = (size_t)((end - 1) / p->page_size - first + 1);
	int r = read_pagemap(p->pagemap_fd, first, entries, n);

	for (size_t i = 0; r == 0 && i < n;) {
		uint64_t is = entries[i] & PAGE_PRESENT, from, to;
		size_t j = i;

		while (j < n && (entries[j] & PAGE_PRESENT) == is) {
			if (!is && (entries[j] & PAGE_SWAPPED))
				return -ENODATA;
			j++;
		}
		from = cgm_max_u64(addr, (first + i) * p->page_size);
		to = cgm_min_u64(end, (first + j) * p->page_size);
		if (is)
			r = pread_all(p->mem_fd, from, buf + (from - addr), (size_t)(to - from));
		else
			memset(buf + (from - addr), 0, (size_t)(to - from));
		i = j;
	}
	return r;
}

static int procmem_read(void *ctx, uint64_t addr, void *buf, size_t len)
{
	const struct cgm_go_procmem *p = ctx;
	uint64_t step = (PAGES_AT_ONCE - 1) * p->page_size;
	char *at = buf;

	if (addr + len < addr || addr + len > (uint64_t)INT64_MAX || !p->page_size)
		return -EFAULT;
	if (p->pagemap_fd < 0)
		return pread_all(p->mem_fd, addr, buf, len);
	while (len) {
		size_t n = (size_t)cgm_min_u64(len, step);
		int r = read_pages(p, addr, at, n);

		if (r < 0)
			return r;
		at += n;
		addr += n;
		len -= n;
	}
	return 0;
}

struct cgm_go_mem cgm_go_procmem(struct cgm_go_procmem *p)
{
	return (struct cgm_go_mem){.read = procmem_read, .ctx = p};
}
