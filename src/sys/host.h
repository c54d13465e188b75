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

/*
 * 0 or -ENOMEM. The clock of a saved tree is its boot time plus its uptime; the page size is this
 * machine's. Of /proc/net/sockstat (net/ipv4/proc.c) "mem" is in pages and counts all network
 * namespaces.
 */
int cgm_host_read(const struct cgm_root *root, struct cgm_host *ret);
/* MemTotal alone, for a table of containers. 0, -ENODATA when it is not there, or -errno. */
int cgm_host_mem_total(const struct cgm_root *root, uint64_t *ret_bytes);
/* Pure parts. Kernel command line: cgroup.memory=nokmem,nosocket and cgroup_disable=memory. */
void cgm_cmdline_parse(const char *text, size_t len, struct cgm_host *h);
/* Sets the sockets' bytes from the text of sockstat; h->page_size must be set. */
void cgm_sockstat_parse(const char *text, size_t len, struct cgm_host *h);
void cgm_meminfo_parse(const char *text, size_t len, struct cgm_host *h);
/* Number of CPUs in a list such as "0-3,8". 0 when it is none. */
unsigned cgm_cpulist_count(const char *text, size_t len);

#endif
