/* SPDX-License-Identifier: Apache-2.0 */
/* Go programs as the tests of the model plant them: one builder, then what each scenario adds. */
#ifndef TESTS_MODEL_GO_H
#define TESTS_MODEL_GO_H

#include "model_plant.h"

#define GO_MAX 4

struct go_case {
	struct model_case c;
	struct cgm_go go[GO_MAX];
	struct cgm_go_group groups[4];
	struct cgm_go_site sites[4];
};

static inline struct cgm_opt known(uint64_t v)
{
	return (struct cgm_opt){v, true};
}

static inline void go_set(struct cgm_go *g, enum cgm_go_stat id, uint64_t v)
{
	g->stat[id] = known(v);
}

static inline void go_add(struct cgm_go *g, enum cgm_go_stat id, uint64_t v)
{
	go_set(g, id, g->stat[id].v + v);
}

/* Anonymous memory of the process and of the group. */
static inline void go_charge(struct go_case *c, struct cgm_process *p, uint64_t bytes)
{
	plant(&c->c, CGM_ANON, CGM_ACTIVE_ANON, bytes);
	p->pss_anon.v += bytes;
	p->rss_anon.v += bytes;
	p->rss.v += bytes;
	p->pss.v += bytes;
}

/*
 * An idle server as it was measured (Go 1.19, net/http): 3 MiB of heap of which 2 are live, half a
 * MiB of it never touched, 2 MiB of tables, 512 KiB of written data.
 */
static inline struct cgm_go *go_start(struct go_case *c, int version, const char *comm)
{
	struct cgm_process *p;
	struct cgm_go *g;

	if (!c->c.s.n_go) {
		case_start(&c->c, version);
		c->c.s.go = c->go;
		c->c.s.host.clock = 1700000000;
	}
	g = &c->go[c->c.s.n_go++];
	*g = (struct cgm_go){.pid = 100 + (int)c->c.s.n_procs, .source = CGM_GO_FROM_MEMORY};
	p = add_proc(&c->c, g->pid, 1, comm, 0);
	p->go = p->go_known = true;
	p->thp = known(0);
	(void)snprintf(g->comm, sizeof g->comm, "%s", comm);
	(void)snprintf(g->version, sizeof g->version, "go1.19.8");
	go_set(g, CGM_GO_HEAP_ALLOC, 2 * MIB + 256 * KIB);
	go_set(g, CGM_GO_HEAP_INUSE, 3 * MIB);
	go_set(g, CGM_GO_HEAP_IDLE, 4 * MIB + 512 * KIB);
	go_set(g, CGM_GO_HEAP_RELEASED, 4 * MIB);
	go_set(g, CGM_GO_HEAP_SYS, 7 * MIB + 512 * KIB);
	go_set(g, CGM_GO_STACK_INUSE, 512 * KIB);
	go_set(g, CGM_GO_STACK_SYS, 512 * KIB);
	go_set(g, CGM_GO_GC_SYS, 4 * MIB);
	go_set(g, CGM_GO_SYS, 14 * MIB);
	go_set(g, CGM_GO_NEXT_GC, 4 * MIB);
	go_set(g, CGM_GO_NUM_GC, 3);
	go_set(g, CGM_GO_LAST_GC, UINT64_C(1699999820) * 1000000000);
	g->heap_marked = known(2 * MIB);
	g->gogc = known(100);
	g->gomemlimit = known(CGM_GO_LIMIT_OFF);
	g->resident = (struct cgm_go_resident){
		.known = true,
		.arenas_exact = true,
		.arenas = 3 * MIB + 512 * KIB,
		.runtime = 2 * MIB,
		.program = 512 * KIB,
	};
	go_charge(c, p, 6 * MIB);
	return g;
}

static inline struct cgm_process *go_proc(struct go_case *c, const struct cgm_go *g)
{
	for (size_t i = 0; i < c->c.s.n_procs; i++)
		if (c->c.procs[i].pid == g->pid)
			return &c->c.procs[i];
	return NULL;
}

/* Heap in use that is resident. */
static inline void go_inuse(struct go_case *c, struct cgm_go *g, uint64_t n)
{
	go_add(g, CGM_GO_HEAP_INUSE, n);
	go_add(g, CGM_GO_HEAP_SYS, n);
	go_add(g, CGM_GO_SYS, n);
	g->resident.arenas += n;
	go_charge(c, go_proc(c, g), n);
}

static inline void go_live(struct go_case *c, struct cgm_go *g, uint64_t n)
{
	go_inuse(c, g, n);
	go_add(g, CGM_GO_HEAP_ALLOC, n);
	go_add(g, CGM_GO_NEXT_GC, 2 * n);
	g->heap_marked.v += n;
}

static inline void go_fresh(struct go_case *c, struct cgm_go *g, uint64_t n)
{
	go_inuse(c, g, n);
	go_add(g, CGM_GO_HEAP_ALLOC, n);
}

static inline void go_idle(struct go_case *c, struct cgm_go *g, uint64_t n)
{
	go_inuse(c, g, n);
	g->stat[CGM_GO_HEAP_INUSE].v -= n;
	go_add(g, CGM_GO_HEAP_IDLE, n);
}

static inline void go_stack(struct go_case *c, struct cgm_go *g, uint64_t n)
{
	go_add(g, CGM_GO_STACK_INUSE, n);
	go_add(g, CGM_GO_STACK_SYS, n);
	go_add(g, CGM_GO_SYS, n);
	g->resident.arenas += n;
	go_charge(c, go_proc(c, g), n);
}

static inline void go_off_heap(struct go_case *c, struct cgm_go *g, uint64_t n)
{
	g->resident.off_heap += n;
	g->cgo = true;
	go_charge(c, go_proc(c, g), n);
}

/* The textbook leak: @count goroutines wait for ever. */
static inline void go_blocked(struct go_case *c, struct cgm_go *g, uint64_t count, uint64_t stack)
{
	struct cgm_go_group *group = &c->groups[0];

	*group = (struct cgm_go_group){
		.count = count,
		.state = "chan receive",
		.function = "main.one",
		.created_by = "main.main",
		.longest_s = known(41 * 60),
		.stack_bytes = count * stack,
	};
	c->groups[1] =
		(struct cgm_go_group){.count = 1, .state = "running", .function = "main.main"};
	c->groups[2] =
		(struct cgm_go_group){.count = 5, .state = "GC worker (idle)", .system = true};
	g->groups = c->groups;
	g->n_groups = 3;
	g->goroutines = known(count + 1);
	go_stack(c, g, count * stack);
}

static inline uint64_t child(const struct go_case *c, enum cgm_child_id id)
{
	return c->c.b.child[id].bytes;
}

#endif
