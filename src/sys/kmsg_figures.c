/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/kmsg_parts.h"

#include <ctype.h>
#include <string.h>

#include "base/parse.h"

#include "base/banned.h"

#define STAT_MAX ((size_t)16 << 10) /* memory.stat has under 4 KiB */

static const char stat_mark[] = "Memory cgroup stats for ";

/* mm/memcontrol.c mem_cgroup_print_oom_meminfo(); "memory" comes first in v1 and v2. */
static const struct {
	const char *prefix;
	size_t offset;
} totals[] = {
	{"memory: usage ", offsetof(struct cgm_oom_figures, usage)},
	{"swap: usage ", offsetof(struct cgm_oom_figures, swap)},
	{"kmem: usage ", offsetof(struct cgm_oom_figures, kmem)},
};

static void start_anew(struct cgm_figures_scan *s)
{
	cgm_buf_reset(&s->f.stat);
	s->f = (struct cgm_oom_figures){.stat = s->f.stat};
	s->in_stat = false;
}

static bool see_total(struct cgm_figures_scan *s, struct cgm_span text)
{
	for (size_t i = 0; i < sizeof totals / sizeof *totals; i++) {
		if (!cgm_span_starts(text, totals[i].prefix))
			continue;
		if (i == 0) {
			start_anew(s);
			s->f.limit = cgm_kmsg_kb(text, "limit ");
		}
		*(struct cgm_opt *)((char *)&s->f + totals[i].offset) = cgm_kmsg_kb(text, "usage ");
		return true;
	}
	return false;
}

/* "inactive_anon 62603264" and nothing else. */
static bool is_stat_line(struct cgm_span line)
{
	struct cgm_span key = cgm_span_part(&line, ' ');
	uint64_t v;

	for (size_t i = 0; i < key.len; i++)
		if (!islower((unsigned char)key.s[i]) && !isdigit((unsigned char)key.s[i]) &&
		    key.s[i] != '_')
			return false;
	return key.len && cgm_parse_u64(line.s, line.len, &v) == 0;
}

bool cgm_figures_may_be(const struct cgm_figures_scan *s, struct cgm_span text)
{
	return s->in_stat || cgm_span_find(text, ": usage ") || cgm_span_starts(text, stat_mark);
}

/* From 6.5 on a record is a line (seq_buf_do_printk), before it is the text, as far as it fits. */
void cgm_figures_see(struct cgm_figures_scan *s, struct cgm_span text)
{
	struct cgm_span line;
	bool several;

	if (see_total(s, text))
		return;
	if (cgm_span_starts(text, stat_mark)) {
		cgm_buf_reset(&s->f.stat);
		s->in_stat = true;
		return;
	}
	if (cgm_span_starts(text, "Tasks state ")) {
		s->in_stat = false;
		return;
	}
	several = text.len && memchr(text.s, '\n', text.len);
	while (s->in_stat && cgm_span_line(&text, &line)) {
		if (several && !text.len)
			return; /* the record's last line may be cut in the middle of its number */
		if (!is_stat_line(line) || s->f.stat.len + line.len >= STAT_MAX)
			continue;
		cgm_buf_add(&s->f.stat, line.s, line.len);
		cgm_buf_adds(&s->f.stat, "\n");
	}
}

void cgm_oom_figures_clear(struct cgm_oom_figures *f)
{
	cgm_buf_free(&f->stat);
	*f = (struct cgm_oom_figures){0};
}
