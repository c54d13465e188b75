/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcgmem: read a control group's memory, split it, and say what it is. No engine, no fork, no
 * output; functions return 0 or a negative errno. Handles are opaque and serve one thread at a
 * time. The stable interface for scripts is `cgmem --json` (cgmem-json(5)); this one is for C
 * programs that want the numbers without a process. Documented in libcgmem(3).
 */
#ifndef CGMEM_H
#define CGMEM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cgmem;	     /* a machine, or a saved tree */
struct cgmem_sample; /* one group at one moment, split and judged */

/* @root NULL: this machine. */
int cgmem_open(const char *root, struct cgmem **ret);
void cgmem_close(struct cgmem *m);
/* 1 or 2. */
int cgmem_version(const struct cgmem *m);
/* Text of the last failure of a call on @m; "" when none. */
const char *cgmem_strerror(const struct cgmem *m);

/* @path as in /proc/PID/cgroup, e.g. "/docker/ID". -ENOENT: no such group. */
int cgmem_sample(struct cgmem *m, const char *path, struct cgmem_sample **ret);
void cgmem_sample_free(struct cgmem_sample *s);

/* Raw value by its JSON name ("charged", "anon", "inactive_file", ...). -ENODATA: unknown here. */
int cgmem_value(const struct cgmem_sample *s, const char *name, uint64_t *ret);
/* Bytes of a component by its id ("anon", "cache", "cache.inactive", ...). -ENODATA, -ENOENT. */
int cgmem_component(const struct cgmem_sample *s, const char *id, uint64_t *ret_bytes);
/* charged minus the components. */
int64_t cgmem_unattributed(const struct cgmem_sample *s);
/* The figure of docker stats since 20.10. */
uint64_t cgmem_docker_bytes(const struct cgmem_sample *s);

/* Findings, most important first. */
size_t cgmem_findings(const struct cgmem_sample *s);
const char *cgmem_finding_id(const struct cgmem_sample *s, size_t i);
const char *cgmem_finding_summary(const struct cgmem_sample *s, size_t i);
const char *cgmem_finding_severity(const struct cgmem_sample *s, size_t i);

#ifdef __cplusplus
}
#endif
#endif
