/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A metrics page, in Prometheus's text format or OpenMetrics. github.com/prometheus/client_golang
 * writes go_memstats_* by default (prometheus/go_collector.go), and where a program asked for it,
 * go_memory_classes_* and go_gc_* of runtime/metrics under names of the rule "go_", the path with _
 * for / and -, "_" and the unit (prometheus/internal/go_runtime_metrics.go). A page may also repeat
 * the figures of other programs, under labels: where a name comes twice, none of it is believed.
 */
#include <errno.h>

#include "golang/endpoint.h"
#include "golang/text.h"

#include "base/banned.h"

/* What is kept beside the stats, which stand first. */
enum metric {
	M_GOROUTINES = CGM_GO_STAT_COUNT,
	M_GOGC,
	M_GOMEMLIMIT,
	M_LIVE,
	M_OBJECTS,
	M_UNUSED,
	M_FREE,
	M_RELEASED,
	M_STACKS,
	M_OS_STACKS,
	M_MSPAN_INUSE,
	M_MSPAN_FREE,
	M_MCACHE_INUSE,
	M_MCACHE_FREE,
	M_METADATA_OTHER,
	M_BUCKETS,
	M_OTHER,
	M_TOTAL,
	M_ALLOCS,
	M_GOAL,
	M_CYCLES,
	M_SCHED_GOROUTINES,
	M_COUNT
};

/* Names behind "go_". */
static const struct {
	const char *name;
	unsigned metric;
	int power; /* of ten: what one is in our unit */
} names[] = {
	{"memstats_heap_alloc_bytes", CGM_GO_HEAP_ALLOC, 0},
	{"memstats_alloc_bytes_total", CGM_GO_TOTAL_ALLOC, 0},
	{"memstats_heap_sys_bytes", CGM_GO_HEAP_SYS, 0},
	{"memstats_heap_idle_bytes", CGM_GO_HEAP_IDLE, 0},
	{"memstats_heap_inuse_bytes", CGM_GO_HEAP_INUSE, 0},
	{"memstats_heap_released_bytes", CGM_GO_HEAP_RELEASED, 0},
	{"memstats_stack_inuse_bytes", CGM_GO_STACK_INUSE, 0},
	{"memstats_stack_sys_bytes", CGM_GO_STACK_SYS, 0},
	{"memstats_mspan_sys_bytes", CGM_GO_MSPAN_SYS, 0},
	{"memstats_mcache_sys_bytes", CGM_GO_MCACHE_SYS, 0},
	{"memstats_buck_hash_sys_bytes", CGM_GO_BUCK_HASH_SYS, 0},
	{"memstats_gc_sys_bytes", CGM_GO_GC_SYS, 0},
	{"memstats_other_sys_bytes", CGM_GO_OTHER_SYS, 0},
	{"memstats_sys_bytes", CGM_GO_SYS, 0},
	{"memstats_next_gc_bytes", CGM_GO_NEXT_GC, 0},
	{"memstats_last_gc_time_seconds", CGM_GO_LAST_GC, 9},
	{"gc_duration_seconds_count", CGM_GO_NUM_GC, 0},
	{"goroutines", M_GOROUTINES, 0},
	{"gc_gogc_percent", M_GOGC, 0},
	{"gc_gomemlimit_bytes", M_GOMEMLIMIT, 0},
	{"gc_heap_live_bytes", M_LIVE, 0},
	{"memory_classes_heap_objects_bytes", M_OBJECTS, 0},
	{"memory_classes_heap_unused_bytes", M_UNUSED, 0},
	{"memory_classes_heap_free_bytes", M_FREE, 0},
	{"memory_classes_heap_released_bytes", M_RELEASED, 0},
	{"memory_classes_heap_stacks_bytes", M_STACKS, 0},
	{"memory_classes_os_stacks_bytes", M_OS_STACKS, 0},
	{"memory_classes_metadata_mspan_inuse_bytes", M_MSPAN_INUSE, 0},
	{"memory_classes_metadata_mspan_free_bytes", M_MSPAN_FREE, 0},
	{"memory_classes_metadata_mcache_inuse_bytes", M_MCACHE_INUSE, 0},
	{"memory_classes_metadata_mcache_free_bytes", M_MCACHE_FREE, 0},
	{"memory_classes_metadata_other_bytes", M_METADATA_OTHER, 0},
	{"memory_classes_profiling_buckets_bytes", M_BUCKETS, 0},
	{"memory_classes_other_bytes", M_OTHER, 0},
	{"memory_classes_total_bytes", M_TOTAL, 0},
	{"gc_heap_allocs_bytes_total", M_ALLOCS, 0},
	{"gc_heap_goal_bytes", M_GOAL, 0},
	{"gc_cycles_total_gc_cycles_total", M_CYCLES, 0},
	{"sched_goroutines_goroutines", M_SCHED_GOROUTINES, 0},
};

/* A stat is the sum of these (src/runtime/metrics.go; client_golang's memStatsFromRM). */
static const struct {
	unsigned to;
	unsigned parts[4]; /* ended by M_COUNT */
} derived[] = {
	{CGM_GO_HEAP_ALLOC, {M_OBJECTS, M_COUNT}},
	{CGM_GO_TOTAL_ALLOC, {M_ALLOCS, M_COUNT}},
	{CGM_GO_HEAP_SYS, {M_OBJECTS, M_UNUSED, M_FREE, M_RELEASED}},
	{CGM_GO_HEAP_IDLE, {M_FREE, M_RELEASED, M_COUNT}},
	{CGM_GO_HEAP_INUSE, {M_OBJECTS, M_UNUSED, M_COUNT}},
	{CGM_GO_HEAP_RELEASED, {M_RELEASED, M_COUNT}},
	{CGM_GO_STACK_INUSE, {M_STACKS, M_COUNT}},
	{CGM_GO_STACK_SYS, {M_STACKS, M_OS_STACKS, M_COUNT}},
	{CGM_GO_MSPAN_SYS, {M_MSPAN_INUSE, M_MSPAN_FREE, M_COUNT}},
	{CGM_GO_MCACHE_SYS, {M_MCACHE_INUSE, M_MCACHE_FREE, M_COUNT}},
	{CGM_GO_BUCK_HASH_SYS, {M_BUCKETS, M_COUNT}},
	{CGM_GO_GC_SYS, {M_METADATA_OTHER, M_COUNT}},
	{CGM_GO_OTHER_SYS, {M_OTHER, M_COUNT}},
	{CGM_GO_SYS, {M_TOTAL, M_COUNT}},
	{CGM_GO_NEXT_GC, {M_GOAL, M_COUNT}},
	{CGM_GO_NUM_GC, {M_CYCLES, M_COUNT}},
	{M_GOROUTINES, {M_SCHED_GOROUTINES, M_COUNT}},
};

/* Takes "{...}" off, if there is one. False: it does not end. */
static bool take_labels(struct cgm_span *s, struct cgm_span *ret)
{
	bool quoted = false;
	size_t i = 1;

	*ret = (struct cgm_span){s->s, 0};
	if (!s->len || *s->s != '{')
		return true;
	for (; i < s->len && (quoted || s->s[i] != '}'); i++) {
		if (quoted && s->s[i] == '\\')
			i++;
		else if (s->s[i] == '"')
			quoted = !quoted;
	}
	if (i >= s->len)
		return false;
	*ret = (struct cgm_span){s->s + 1, i - 1};
	s->s += i + 1;
	s->len -= i + 1;
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Takes the value; a time stamp or an exemplar behind it is passed over. */
static bool take_value(struct cgm_span *s, int power, uint64_t *ret)
{
	struct cgm_span v;

	while (s->len && is_blank(*s->s)) {
		s->s++;
		s->len--;
	}
	v = (struct cgm_span){s->s, 0};
	while (v.len < s->len && !is_blank(s->s[v.len]))
		v.len++;
	return cgm_text_real(&v, power, ret);
}

/* go_info{version="go1.22.5"} 1 */
static void take_version(const struct cgm_span *labels, struct cgm_go *ret)
{
	struct cgm_span s = *labels;
	const char *stop;
	size_t n;

	if (ret->version[0] || !cgm_text_skip(&s, "version=\"go"))
		return;
	stop = memchr(s.s, '"', s.len);
	n = stop ? (size_t)(stop - s.s) : 0;
	if (n == 0 || n + 2 >= sizeof ret->version)
		return;
	for (size_t i = 0; i < n; i++)
		if (s.s[i] < ' ' || s.s[i] > '~' || s.s[i] == '\\')
			return;
	memcpy(ret->version, s.s - 2, n + 2);
	ret->version[n + 2] = '\0';
}

/* Where the name ends and labels or the value begin. */
static size_t name_len(const struct cgm_span *line)
{
	size_t n = 0;

	while (n < line->len && line->s[n] != '{' && !is_blank(line->s[n]))
		n++;
	return n;
}

static int parse_line(struct cgm_span line, struct cgm_opt v[M_COUNT], struct cgm_span *info)
{
	struct cgm_span name, labels;

	if (!cgm_text_skip(&line, "go_"))
		return 0;
	name = (struct cgm_span){line.s, name_len(&line)};
	line.s += name.len;
	line.len -= name.len;
	if (!take_labels(&line, &labels))
		return -EBADMSG;
	if (cgm_span_is(name, "info"))
		*info = labels;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		uint64_t number;

		if (!cgm_span_is(name, names[i].name))
			continue;
		if (v[names[i].metric].known || !take_value(&line, names[i].power, &number))
			return -EBADMSG;
		v[names[i].metric] = (struct cgm_opt){number, true};
		return 0;
	}
	return 0;
}

/* Fills a stat that the page does not have itself from its parts, if all are there. */
static void derive(struct cgm_opt v[M_COUNT])
{
	for (size_t i = 0; i < sizeof derived / sizeof *derived; i++) {
		uint64_t sum = 0;
		bool known = !v[derived[i].to].known;

		for (size_t k = 0; known && k < 4 && derived[i].parts[k] != M_COUNT; k++)
			known = v[derived[i].parts[k]].known &&
				!__builtin_add_overflow(sum, v[derived[i].parts[k]].v, &sum);
		if (known)
			v[derived[i].to] = (struct cgm_opt){sum, true};
	}
}

static void take_settings(const struct cgm_opt v[M_COUNT], struct cgm_go *ret)
{
	if (v[M_GOROUTINES].known)
		ret->goroutines = v[M_GOROUTINES];
	/* off is -1, which runtime/metrics tells as 2^64-1, and so do we */
	if (v[M_GOGC].known)
		ret->gogc = v[M_GOGC];
	/* math.MaxInt64, which no float is equal to */
	if (v[M_GOMEMLIMIT].known)
		ret->gomemlimit = (struct cgm_opt){v[M_GOMEMLIMIT].v > CGM_GO_LIMIT_OFF - 1024
							   ? CGM_GO_LIMIT_OFF
							   : v[M_GOMEMLIMIT].v,
						   true};
	if (v[M_LIVE].known)
		ret->heap_marked = v[M_LIVE];
}

int cgm_go_parse_metrics(const char *text, size_t len, struct cgm_go *ret)
{
	struct cgm_span all = {text, len}, line, info = {"", 0};
	struct cgm_opt v[M_COUNT] = {0};
	int r = 0;

	while (r == 0 && cgm_span_line(&all, &line))
		r = parse_line(line, v, &info);
	if (r < 0)
		return r;
	derive(v);
	if (!v[CGM_GO_SYS].known && !v[CGM_GO_HEAP_ALLOC].known && !v[CGM_GO_HEAP_SYS].known)
		return -ENOENT;
	if (!cgm_go_adds_up(v))
		return -EBADMSG;
	cgm_go_take_stats(ret, v);
	take_settings(v, ret);
	take_version(&info, ret);
	return 0;
}
