/* SPDX-License-Identifier: Apache-2.0 */
/* Private to src/sys/kmsg*.c: spans of a record, and the figures of a group in a report. */
#ifndef CGMEM_SYS_KMSG_PARTS_H
#define CGMEM_SYS_KMSG_PARTS_H

#include "sys/keyed.h"
#include "sys/kmsg.h"

/* The first @what, and the last. NULL: there is none. */
const char *cgm_span_find(struct cgm_span s, const char *what);
const char *cgm_span_last(struct cgm_span s, const char *what);
/* What is behind the @skip bytes at @at. */
struct cgm_span cgm_span_after(struct cgm_span s, const char *at, size_t skip);
bool cgm_span_starts(struct cgm_span s, const char *prefix);
/* "anon-rss:32512kB" -> bytes of what stands behind @name. */
struct cgm_opt cgm_kmsg_kb(struct cgm_span text, const char *name);

/* kernel/printk/printk.c CONSOLE_EXT_LOG_MAX; a shorter read is EINVAL */
#define CGM_KMSG_RECORD_MAX 8192

/* The log has non-printable bytes and backslashes as \xNN (printk.c msg_add_ext_text). */
size_t cgm_kmsg_unescape(char to[CGM_KMSG_RECORD_MAX], struct cgm_span from);
/*
 * Takes the head off a line "6,339,5140900,-;text". Lines of a record's dictionary begin with a
 * blank. Priority 0 to 7 is the kernel's facility: what programs write there gets another.
 */
bool cgm_kmsg_head(struct cgm_span *line, uint64_t *ret_usec);

#define CGM_KMSG_KILL "oom-kill:constraint="

/* What a line "oom-kill:constraint=..." says. */
struct cgm_kmsg_kill {
	struct cgm_span oom_group, task_group, comm;
	uint64_t pid, usec;
};

/* Of the text alone, unescaped: the spans are in @line, usec stays 0. False: not to be believed. */
bool cgm_kmsg_kill_text(struct cgm_span line, struct cgm_kmsg_kill *ret);
/* True where @line is such a record of the kernel's own; the spans are then in @text. */
bool cgm_kmsg_kill_parse(struct cgm_span line, char text[CGM_KMSG_RECORD_MAX],
			 struct cgm_kmsg_kill *ret);

/* A report in the making: zero-initialised, its buffer freed by cgm_oom_figures_clear(). */
struct cgm_figures_scan {
	struct cgm_oom_figures f;
	bool in_stat;
};

/* Whether the record's text may be a part of a report's figures, so that it is worth unescaping. */
bool cgm_figures_may_be(const struct cgm_figures_scan *s, struct cgm_span text);
/* Takes what is in the record's text, unescaped. */
void cgm_figures_see(struct cgm_figures_scan *s, struct cgm_span text);

#endif
