/* SPDX-License-Identifier: Apache-2.0 */
#include "golang/groups.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "base/units.h"
#include "golang/names.h"
#include "base/banned.h"

#define RAW_MAX	   65536 /* more kinds than any program has; the rest is counted as one */
#define STACK_MAX  (UINT64_C(1) << 30)
#define UNWRAP_MAX 4096
#define NS_PER_S   UINT64_C(1000000000)

/* Alike by number. */
struct raw {
	uint64_t startpc, gopc;
	unsigned status, reason;
	uint64_t count, stack_bytes, oldest; /* oldest: least waitsince that is known, 0 none */
	struct cgm_g any; /* one of them whose stack can be read; status CGM_G_DEAD: none */
	/* set at the end */
	const char *state, *start, *creator;
	bool system, wrapper;
};

struct cgm_g_groups {
	struct raw *v;
	size_t n, room;
	struct cgm_hash places; /* in @v, plus 1 */
};

int cgm_g_groups_new(struct cgm_g_groups **ret)
{
	*ret = calloc(1, sizeof **ret);
	return *ret ? 0 : -ENOMEM;
}

void cgm_g_groups_free(struct cgm_g_groups *s)
{
	if (!s)
		return;
	free(s->v);
	cgm_hash_clear(&s->places);
	free(s);
}

static uint64_t hash_of(const struct raw *k)
{
	uint64_t h = cgm_hash_mix(k->startpc, k->gopc);

	return cgm_hash_mix(h, (uint64_t)k->status << 32 | k->reason);
}

struct wanted {
	const struct cgm_g_groups *s;
	const struct raw *key;
};

static bool is_wanted(uint64_t place, const void *arg)
{
	const struct wanted *w = arg;
	const struct raw *a = &w->s->v[place - 1], *b = w->key;

	return a->startpc == b->startpc && a->gopc == b->gopc && a->status == b->status &&
	       a->reason == b->reason;
}

/* NULL: it is not there. */
static struct raw *find(const struct cgm_g_groups *s, const struct raw *key)
{
	struct wanted w = {s, key};
	uint64_t place = cgm_hash_get(&s->places, hash_of(key), is_wanted, &w);

	return place ? &s->v[place - 1] : NULL;
}

/* NULL: no memory. */
static struct raw *add_new(struct cgm_g_groups *s, const struct raw *key)
{
	if (s->n == s->room) {
		size_t room = s->room ? s->room * 2 : 64;
		struct raw *v = realloc(s->v, room * sizeof *v);

		if (!v)
			return NULL;
		s->v = v;
		s->room = room;
	}
	if (cgm_hash_add(&s->places, hash_of(key), s->n + 1))
		return NULL;
	s->v[s->n] = *key;
	s->v[s->n].any.status = CGM_G_DEAD;
	return &s->v[s->n++];
}

int cgm_g_groups_add(struct cgm_g_groups *s, const struct cgm_g *g)
{
	const struct raw unknown = {.status = CGM_G_STATUS_COUNT};
	struct raw key = unknown, *k;

	if (g)
		key = (struct raw){.startpc = g->startpc,
				   .gopc = g->gopc,
				   .status = g->status,
				   .reason = g->status == CGM_G_WAITING || g->status == CGM_G_LEAKED
						     ? g->reason
						     : 0};
	k = find(s, &key);
	if (!k && s->n >= RAW_MAX) {
		key = unknown;
		k = find(s, &key);
	}
	if (!k)
		k = add_new(s, &key);
	if (!k)
		return -ENOMEM;
	k->count++;
	if (!g)
		return 0;
	if (k->any.status == CGM_G_DEAD && cgm_stack_readable(g))
		k->any = *g;
	if (g->stack_hi > g->stack_lo && g->stack_hi - g->stack_lo <= STACK_MAX)
		k->stack_bytes += g->stack_hi - g->stack_lo;
	if ((g->status == CGM_G_WAITING || g->status == CGM_G_SYSCALL ||
	     g->status == CGM_G_LEAKED) &&
	    g->waitsince && (!k->oldest || g->waitsince < k->oldest))
		k->oldest = g->waitsince;
	return 0;
}

bool cgm_g_is_system(const char *start)
{
	static const char *const users[] = {
		"runtime.main",
		"runtime.handleAsyncEvent",
		"runtime.corostart",
	};

	for (size_t i = 0; i < sizeof users / sizeof *users; i++)
		if (!strcmp(start, users[i]))
			return false;
	return !strncmp(start, "runtime.", 8);
}

/* src/runtime/traceback.go, gStatusStrings and goroutineheader. */
const char *cgm_g_state(const struct cgm_go_layout *l, unsigned status, unsigned reason)
{
	static const char *const names[CGM_G_STATUS_COUNT] = {
		[CGM_G_IDLE] = "idle",	     [CGM_G_RUNNABLE] = "runnable",
		[CGM_G_RUNNING] = "running", [CGM_G_SYSCALL] = "syscall",
		[CGM_G_WAITING] = "waiting", [CGM_G_COPYSTACK] = "copystack",
		[CGM_G_LEAKED] = "leaked",   [CGM_G_PREEMPTED] = "preempted",
	};
	const char *s = NULL;

	if (status == CGM_G_WAITING || status == CGM_G_LEAKED)
		s = cgm_go_wait_reason(l, reason);
	if ((!s || !*s) && status < CGM_G_STATUS_COUNT)
		s = names[status];
	return s ? s : "";
}

static void name_one(struct raw *k, const struct cgm_go_layout *l, struct cgm_functab *t)
{
	struct cgm_func_line v[CGM_INLINE_MAX];
	size_t n = k->startpc ? cgm_functab_lines(t, k->startpc, v) : 0;
	/* gopc is where the call returns to */
	const char *creator = k->gopc ? cgm_functab_name(t, k->gopc - 1) : NULL;

	k->state = cgm_g_state(l, k->status, k->reason);
	k->start = n ? v[n - 1].function : "";
	k->wrapper = n && v[n - 1].wrapper;
	k->creator = creator ? creator : "";
	k->system = cgm_g_is_system(k->start);
	if (!strcmp(k->start, "runtime.main")) { /* which calls main.main */
		k->start = "main.main";
		k->creator = "";
	}
}

/* What wrappers stand for is on the stacks; where one runs, others of the same may wait. */
static void unwrap(struct cgm_g_groups *s, const struct cgm_stack_reader *r)
{
	for (size_t i = 0; i < s->n; i++) {
		struct raw *k = &s->v[i];
		const char *start = k->wrapper && !k->system && k->any.status != CGM_G_DEAD
					    ? cgm_stack_start(r, &k->any)
					    : NULL;

		if (!start)
			continue;
		k->start = start;
		k->wrapper = false;
	}
	for (size_t i = 0; i < s->n; i++)
		for (size_t j = 0; s->v[i].wrapper && j < s->n && s->n <= UNWRAP_MAX; j++)
			if (s->v[j].startpc == s->v[i].startpc && !s->v[j].wrapper)
				s->v[i].start = s->v[j].start;
}

static int compare_kind(const void *va, const void *vb)
{
	const struct raw *a = va, *b = vb;
	int r = a->system - b->system;

	if (!r)
		r = strcmp(a->start, b->start);
	if (!r)
		r = strcmp(a->creator, b->creator);
	if (!r)
		r = strcmp(a->state, b->state);
	return r;
}

static void add_raw(struct raw *to, const struct raw *k)
{
	to->count += k->count;
	to->stack_bytes += k->stack_bytes;
	if (k->oldest && (!to->oldest || k->oldest < to->oldest))
		to->oldest = k->oldest;
}

static int compare_count(const void *va, const void *vb)
{
	const struct raw *a = va, *b = vb;

	if (a->system != b->system)
		return a->system - b->system;
	if (a->count != b->count)
		return a->count < b->count ? 1 : -1;
	return compare_kind(va, vb);
}

/* Puts together what is alike by name; what is more than can be shown becomes one. */
static size_t merge(struct raw *v, size_t n)
{
	size_t kept = 0;

	if (!n)
		return 0;
	qsort(v, n, sizeof *v, compare_kind);
	for (size_t i = 1; i < n; i++) {
		if (!compare_kind(&v[kept], &v[i]))
			add_raw(&v[kept], &v[i]);
		else
			v[++kept] = v[i];
	}
	n = kept + 1;
	qsort(v, n, sizeof *v, compare_count);
	if (n <= CGM_GO_GROUPS_MAX)
		return n;
	kept = CGM_GO_GROUPS_MAX - 1;
	v[kept].state = v[kept].start = v[kept].creator = "";
	for (size_t i = kept + 1; i < n && v[i].system == v[kept].system; i++)
		add_raw(&v[kept], &v[i]);
	return CGM_GO_GROUPS_MAX;
}

static void set_group(struct cgm_go_group *to, const struct raw *k, uint64_t now_ns)
{
	(void)snprintf(to->state, sizeof to->state, "%s%s", k->state,
		       k->status == CGM_G_LEAKED && *k->state ? " (leaked)" : "");
	cgm_go_name(to->function, k->start);
	cgm_go_name(to->created_by, k->creator);
	to->count = k->count;
	to->stack_bytes = k->stack_bytes;
	to->system = k->system;
	if (k->oldest && k->oldest <= now_ns)
		to->longest_s = (struct cgm_opt){(now_ns - k->oldest) / NS_PER_S, true};
}

/* The name of the first function is enough to count: files, lines and creators stay unread. */
static uint64_t count_users(const struct cgm_g_groups *s, struct cgm_functab *t)
{
	uint64_t users = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct raw *k = &s->v[i];
		const char *start = k->startpc ? cgm_functab_name(t, k->startpc) : NULL;

		if (!start || !cgm_g_is_system(start))
			users += k->count;
	}
	return users;
}

int cgm_g_groups_finish(struct cgm_g_groups *s, const struct cgm_stack_reader *r, uint64_t now_ns,
			bool groups, struct cgm_go *ret)
{
	const struct cgm_go_layout *l = cgm_go_layout_of(r->p->image);
	struct cgm_go_group *v;
	size_t n;

	ret->goroutines = (struct cgm_opt){count_users(s, r->t), true};
	if (!groups)
		return 0;
	for (size_t i = 0; i < s->n; i++)
		name_one(&s->v[i], l, r->t);
	unwrap(s, r);
	v = calloc(s->n + 1, sizeof *v);
	if (!v)
		return -ENOMEM;
	n = merge(s->v, s->n);
	for (size_t i = 0; i < n; i++)
		set_group(&v[i], &s->v[i], now_ns);
	free(ret->groups);
	ret->groups = v;
	ret->n_groups = n;
	return 0;
}
