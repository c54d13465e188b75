/* SPDX-License-Identifier: Apache-2.0 */
#include "sample/history.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"

#include "base/banned.h"

const struct cgm_series_info cgm_series[CGM_SERIES_COUNT] = {
	{CGM_SERIES_CHARGED, "charged", "charged memory", CGM_BYTES, false},
	{CGM_SERIES_DOCKER, "docker", "docker's figure", CGM_BYTES, false},
	{CGM_SERIES_ANON, "anon", "anonymous memory", CGM_BYTES, false},
	{CGM_SERIES_ANON_UNMAPPED, "anon_unmapped", "unmapped anonymous", CGM_BYTES, false},
	{CGM_SERIES_CACHE, "cache", "page cache", CGM_BYTES, false},
	{CGM_SERIES_TMPFS, "tmpfs", "tmpfs and shared memory", CGM_BYTES, false},
	{CGM_SERIES_KERNEL, "kernel", "kernel memory", CGM_BYTES, false},
	{CGM_SERIES_SOCK, "sock", "socket buffers", CGM_BYTES, false},
	{CGM_SERIES_HUGETLB, "hugetlb", "hugetlb pages", CGM_BYTES, false},
	{CGM_SERIES_CACHE_INACTIVE, "cache_inactive", "inactive page cache", CGM_BYTES, false},
	{CGM_SERIES_SLAB_RECLAIMABLE, "slab_reclaimable", "reclaimable slab", CGM_BYTES, false},
	{CGM_SERIES_NEEDED, "needed", "not reclaimable", CGM_BYTES, false},
	{CGM_SERIES_SWAP, "swap", "swap", CGM_BYTES, false},
	{CGM_SERIES_LIMIT, "limit", "effective limit", CGM_BYTES, false},
	{CGM_SERIES_PIDS, "pids", "processes and threads", CGM_COUNT, false},
	{CGM_SERIES_OOM_KILLS, "oom_kills", "OOM kills", CGM_COUNT, false},
	{CGM_SERIES_PSI, "psi", "memory pressure", CGM_CENTIPERCENT, false},
	{CGM_SERIES_GO_HEAP, "go_heap", "Go heap", CGM_BYTES, true},
	{CGM_SERIES_GO_LIVE, "go_live", "live Go heap after the last GC", CGM_BYTES, true},
	{CGM_SERIES_GO_SYS, "go_sys", "held by the Go runtime", CGM_BYTES, true},
	{CGM_SERIES_GO_RELEASED, "go_released", "given back by the Go runtime", CGM_BYTES, true},
	{CGM_SERIES_GO_RETAINED, "go_retained", "idle, kept by the Go runtime", CGM_BYTES, true},
	{CGM_SERIES_GO_STACKS, "go_stacks", "goroutine stacks", CGM_BYTES, true},
	{CGM_SERIES_GOROUTINES, "goroutines", "goroutines", CGM_COUNT, true},
};

const char *const cgm_event_names[CGM_EVENT_KIND_COUNT] = {"start", "stop", "restart", "oom-kill",
							   "limit", "gap",  "clock"};

#define BY_SIGKILL 137 /* 128 + 9, as docker and a shell tell it */
#define SIGKILL_NO 9

const char *cgm_signals_detail(char buf[CGM_SIGNALS_TEXT], struct cgm_signals s)
{
	int n = snprintf(buf, CGM_SIGNALS_TEXT, "signal %u", (unsigned)s.first);

	if (s.last != s.first && n > 0)
		(void)snprintf(buf + n, CGM_SIGNALS_TEXT - (size_t)n, ", %u", (unsigned)s.last);
	return buf;
}

static bool is_signal(const char *s, size_t len, uint64_t *ret)
{
	return cgm_parse_max(s, len, CGM_SIGNAL_LAST, ret) == 0 && *ret > 0;
}

struct cgm_signals cgm_event_signals(const struct cgm_event *stop)
{
	static const char head[] = "signal ";
	const char *first = stop->detail + sizeof head - 1, *comma;
	struct cgm_signals s = {0};

	if (strncmp(stop->detail, head, sizeof head - 1) != 0)
		return s;
	comma = strstr(first, ", ");
	if (!is_signal(first, comma ? (size_t)(comma - first) : strlen(first), &s.first))
		return (struct cgm_signals){0};
	s.last = s.first;
	if (comma && !is_signal(comma + 2, strlen(comma + 2), &s.last))
		return (struct cgm_signals){0};
	if (stop->value.known && stop->value.v == BY_SIGKILL && s.last != SIGKILL_NO)
		return (struct cgm_signals){0};
	return s;
}

/* signal(7), of x86 and Arm: those that an engine is told to send. */
static const char *const signal_names[CGM_SIGNAL_LAST + 1] = {
	[1] = "SIGHUP",	  [2] = "SIGINT",   [3] = "SIGQUIT",  [6] = "SIGABRT",	 [9] = "SIGKILL",
	[10] = "SIGUSR1", [12] = "SIGUSR2", [15] = "SIGTERM", [28] = "SIGWINCH",
};

static const char *signal_text(char buf[16], uint64_t n)
{
	if (n <= CGM_SIGNAL_LAST && signal_names[n])
		return signal_names[n];
	(void)snprintf(buf, 16, "signal %u", (unsigned)n);
	return buf;
}

const char *cgm_signals_text(char buf[CGM_SIGNALS_TEXT], struct cgm_signals s)
{
	char first[16], last[16];

	(void)snprintf(buf, CGM_SIGNALS_TEXT, "%s%s%s", signal_text(first, s.first),
		       s.last == s.first ? "" : ", then ",
		       s.last == s.first ? "" : signal_text(last, s.last));
	return buf;
}

/* A capacity is not kept: arrays grow when their length is a power of two. */
static void *grown(void *v, size_t n, size_t size)
{
	return n & (n - 1) ? v : reallocarray(v, n ? 2 * n : 1, size);
}

int cgm_track_add(struct cgm_track *t, const struct cgm_point *p)
{
	struct cgm_point *v = grown(t->points, t->n, sizeof *v);

	if (!v)
		return -ENOMEM;
	t->points = v;
	v[t->n++] = *p;
	return 0;
}

int cgm_track_add_event(struct cgm_track *t, const struct cgm_event *e)
{
	struct cgm_event *v = grown(t->events, t->n_events, sizeof *v);

	if (!v)
		return -ENOMEM;
	t->events = v;
	v[t->n_events++] = *e;
	return 0;
}

const struct cgm_point *cgm_track_at(const struct cgm_track *t, enum cgm_series_id id,
				     int64_t time_ms)
{
	for (size_t i = t->n; i-- > 0;)
		if (t->points[i].time_ms <= time_ms && cgm_point_has(&t->points[i], id))
			return &t->points[i];
	return NULL;
}

void cgm_track_clear(struct cgm_track *t)
{
	free(t->points);
	free(t->events);
	*t = (struct cgm_track){0};
}
