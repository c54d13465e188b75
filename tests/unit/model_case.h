/* SPDX-License-Identifier: Apache-2.0 */
/* Groups as the tests of the model plant them: one builder, values in MiB unless said otherwise. */
#ifndef TESTS_MODEL_CASE_H
#define TESTS_MODEL_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/findings.h"

#define KIB (UINT64_C(1) << 10)
#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

struct model_case {
	struct cgm_snapshot s;
	struct cgm_breakdown b;
	struct cgm_findings *f;
	struct cgm_process procs[16];
	struct cgm_level levels[4];
	struct cgm_holder holders[4];
};

static inline struct cgm_opt opt(uint64_t v)
{
	return (struct cgm_opt){v, true};
}

/* An idle container: 1 MiB of heap, half a MiB of kernel memory, no limit, a machine of 8 GiB. */
static inline void case_start(struct model_case *c, int version)
{
	struct cgm_sample *s = &c->s.now;

	memset(c, 0, sizeof *c);
	c->s.version = version;
	c->s.path = (char *)(uintptr_t) "/docker/0123456789ab";
	c->s.target.kind = CGM_TARGET_CONTAINER;
	c->s.target.name = (char *)(uintptr_t) "web";
	c->s.target.engine = (char *)(uintptr_t) "docker";
	c->s.target.pid = 100;
	c->s.host = (struct cgm_host){.ncpu = 2,
				      .kernel_major = 6,
				      .kernel_minor = 1,
				      .page_size = 4096,
				      .mem_total = {8 * GIB, true}};
	c->s.procs_complete = true;
	c->s.pipe_bytes = c->s.unix_queue_bytes = (struct cgm_opt){0, true};
	c->s.pinned_slab = c->s.pinned_other = (struct cgm_opt){0, true};
	s->version = (uint8_t)version;
	static const enum cgm_value_id zero[] = {
		CGM_FILE_CACHE,	   CGM_SHMEM,	      CGM_INACTIVE_ANON, CGM_ACTIVE_ANON,
		CGM_INACTIVE_FILE, CGM_ACTIVE_FILE,   CGM_UNEVICTABLE,	 CGM_FILE_MAPPED,
		CGM_FILE_DIRTY,	   CGM_FILE_WRITEBACK};
	for (size_t i = 0; i < sizeof zero / sizeof *zero; i++)
		cgm_set(s, zero[i], 0);
	if (version == 2) {
		static const enum cgm_value_id v2[] = {
			CGM_KERNEL_STACK, CGM_PAGETABLES,	CGM_PERCPU, CGM_VMALLOC,
			CGM_SOCK,	  CGM_SLAB_RECLAIMABLE, CGM_ZSWAP};
		for (size_t i = 0; i < sizeof v2 / sizeof *v2; i++)
			cgm_set(s, v2[i], 0);
		cgm_set(s, CGM_SLAB_UNRECLAIMABLE, 512 * KIB);
	}
	cgm_set(s, CGM_KERNEL, 512 * KIB);
	cgm_set(s, CGM_ANON, MIB);
	cgm_set(s, CGM_INACTIVE_ANON, MIB);
	cgm_set(s, CGM_CHARGED, MIB + 512 * KIB);
	c->s.procs_complete = true;
}

static inline void plus(struct model_case *c, enum cgm_value_id id, uint64_t bytes)
{
	cgm_set(&c->s.now, id, cgm_get(&c->s.now, id) + bytes);
}

/* Memory in one place of memory.stat and on one list, charged. */
static inline void plant(struct model_case *c, enum cgm_value_id where, enum cgm_value_id list,
			 uint64_t bytes)
{
	plus(c, where, bytes);
	plus(c, list, bytes);
	plus(c, CGM_CHARGED, bytes);
}

static inline void plant_shmem(struct model_case *c, uint64_t bytes)
{
	plant(c, CGM_FILE_CACHE, CGM_INACTIVE_ANON, bytes);
	plus(c, CGM_SHMEM, bytes);
}

static inline void plant_kernel(struct model_case *c, enum cgm_value_id line, uint64_t bytes)
{
	plus(c, CGM_KERNEL, bytes);
	plus(c, CGM_CHARGED, bytes);
	if (c->s.version == 2 && line != CGM_KERNEL)
		plus(c, line, bytes);
}

static inline struct cgm_process *add_proc(struct model_case *c, int pid, int ppid,
					   const char *comm, uint64_t anon)
{
	struct cgm_process *p = &c->procs[c->s.n_procs++];

	c->s.procs = c->procs;
	*p = (struct cgm_process){.pid = pid, .ppid = ppid};
	(void)snprintf(p->comm, sizeof p->comm, "%s", comm);
	p->rss = opt(anon + MIB);
	p->vsz = opt(anon + 4 * MIB);
	p->rss_anon = p->pss_anon = opt(anon);
	p->pss = opt(anon + MIB);
	p->rss_file = p->pss_file = opt(0);
	p->rss_shmem = p->pss_shmem = opt(0);
	p->lazyfree = p->locked = p->hugetlb = p->swap = opt(0);
	p->threads = opt(1);
	p->page_tables = opt(64 * KIB);
	return p;
}

static inline void case_explain(struct model_case *c)
{
	free(c->f);
	c->f = NULL;
	if (!c->s.n_levels) {
		c->s.levels = c->levels;
		c->s.n_levels = 1;
		c->levels[0].path = c->s.path;
	}
	c->levels[0].sample = c->s.now;
	if (!cgm_has(&c->s.now, CGM_LIMIT))
		c->levels[0].sample.state[CGM_LIMIT] = CGM_UNLIMITED;
	cgm_breakdown_snapshot(&c->s, &c->b);
	assert_int_equal(cgm_findings_make(&c->s, &c->b, &c->f), 0);
}

static inline void case_end(struct model_case *c)
{
	free(c->f);
	c->f = NULL;
}

static inline const struct cgm_finding *find(const struct model_case *c, const char *id)
{
	for (size_t i = 0; i < c->f->n; i++)
		if (!strcmp(c->f->v[i].id, id))
			return &c->f->v[i];
	return NULL;
}

static inline const char *first_cause(struct model_case *c)
{
	case_explain(c);
	return c->f->n && c->f->v[0].kind == CGM_KIND_CAUSE ? c->f->v[0].id : "-";
}

/* All sums that must hold, whatever the group said. */
static inline void check_sums(const struct cgm_breakdown *b)
{
	int64_t parts = b->unattributed, docker = b->unattributed_in_docker;
	uint64_t children[CGM_PART_COUNT] = {0};

	for (int i = 0; i < CGM_CHILD_COUNT; i++) {
		if (!b->child[i].present)
			assert_int_equal(b->child[i].bytes, 0);
		children[cgm_child_infos[i].parent] += b->child[i].bytes;
	}
	for (int i = 0; i < CGM_PART_COUNT; i++) {
		const struct cgm_part *p = &b->part[i];

		parts += (int64_t)p->bytes;
		docker += (int64_t)p->in_docker;
		assert_true(p->in_docker <= p->bytes);
		assert_true(p->reclaimable <= p->bytes);
		if (i == CGM_PART_ANON || i == CGM_PART_CACHE || i == CGM_PART_KERNEL)
			assert_int_equal(children[i], p->bytes);
	}
	assert_int_equal(parts, (int64_t)b->charged);
	assert_int_equal(docker, (int64_t)b->docker_bytes);
	assert_int_equal(b->charged - b->inactive_file, b->docker_bytes);
}

/* xorshift64*: the same on every machine for a seed. */
static inline uint64_t next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}

/* $CGMEM_SEED, or a fixed one; always printed. */
static inline uint64_t test_seed(void)
{
	const char *env = getenv("CGMEM_SEED");
	uint64_t seed = 20261122;

	if (env && *env) {
		seed = 0;
		for (; *env >= '0' && *env <= '9'; env++)
			seed = seed * 10 + (uint64_t)(*env - '0');
	}
	print_message("seed %ju\n", (uintmax_t)seed);
	return seed ? seed : 1;
}

/* Every value random: small, large, absent, or a lie. */
static inline void random_sample(struct cgm_sample *s, uint64_t *rnd, int version)
{
	memset(s, 0, sizeof *s);
	s->version = (uint8_t)version;
	for (int i = 0; i < CGM_VALUE_COUNT; i++) {
		uint64_t r = next_random(rnd), kind = next_random(rnd) % 16;

		if (kind == 0)
			continue;
		s->state[i] = CGM_OK;
		s->v[i] = kind == 1 ? r : kind < 6 ? r % (64 * KIB) : r % (256 * MIB);
	}
	if (next_random(rnd) % 8) {
		s->v[CGM_CHARGED] = next_random(rnd) % GIB;
		s->state[CGM_CHARGED] = s->state[CGM_ANON] = s->state[CGM_FILE_CACHE] = CGM_OK;
	}
}

#endif
