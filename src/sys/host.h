/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The machine: /proc/meminfo, /proc/cmdline, /proc/stat, /proc/net/sockstat, osrelease, online
 * CPUs, transparent huge pages, multi-gen LRU. All beneath the root, so that a saved tree speaks of
 * the machine that it was taken from. What is missing stays unknown.
 */
#ifndef CGMEM_SYS_HOST_H
#define CGMEM_SYS_HOST_H

#include "sample/snapshot.h"
#include "sys/root.h"

int cgm_host_read(const struct cgm_root *root, struct cgm_host *ret);
/* MemTotal alone, for a table of containers. -errno. */
int cgm_host_mem_total(const struct cgm_root *root, uint64_t *ret_bytes);
/* Pure parts. */
void cgm_meminfo_parse(const char *text, size_t len, struct cgm_host *h);
/* Number of CPUs in a list such as "0-3,8". 0 when it is none. */
unsigned cgm_cpulist_count(const char *text, size_t len);

#endif
