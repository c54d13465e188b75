/* SPDX-License-Identifier: Apache-2.0 */
/* One kind of memory each, as it shows in memory.stat and in the processes, on v1 and on v2. */
#ifndef TESTS_MODEL_PLANT_H
#define TESTS_MODEL_PLANT_H

#include "model_case.h"

/* How one kind of memory shows, and the cause that must come first, on v1 and on v2. */
typedef void plant_fn(struct model_case *c, uint64_t bytes);

static inline void anon(struct model_case *c, uint64_t n)
{
	plant(c, CGM_ANON, CGM_ACTIVE_ANON, n);
	add_proc(c, 100, 1, "web", n + MIB);
}

static inline void forked(struct model_case *c, uint64_t n)
{
	plant(c, CGM_ANON, CGM_ACTIVE_ANON, n);
	add_proc(c, 100, 1, "scenario", 128 * KIB);
	for (int i = 1; i <= 4; i++)
		add_proc(c, 100 + i, 100, "scenario", i == 3 ? n : 64 * KIB);
}

static inline void forked_under_shell(struct model_case *c, uint64_t n)
{
	plant(c, CGM_ANON, CGM_ACTIVE_ANON, n);
	add_proc(c, 90, 1, "sh", 128 * KIB);
	add_proc(c, 100, 90, "scenario", 128 * KIB);
	for (int i = 1; i <= 4; i++)
		add_proc(c, 100 + i, 100, "scenario", i == 3 ? n : 64 * KIB);
}

static inline void execed(struct model_case *c, uint64_t n)
{
	plant(c, CGM_ANON, CGM_ACTIVE_ANON, n);
	add_proc(c, 100, 1, "web", MIB);
	add_proc(c, 200, 50, "sh", 128 * KIB)->foreign = true;
	add_proc(c, 201, 200, "dump", n)->foreign = true;
}

/* Children by design: it is the workload's own memory. */
static inline void under_tini(struct model_case *c, uint64_t n)
{
	plant(c, CGM_ANON, CGM_ACTIVE_ANON, n);
	add_proc(c, 100, 1, "tini", 64 * KIB);
	add_proc(c, 101, 100, "web", n);
}

static inline void under_entrypoint(struct model_case *c, uint64_t n)
{
	plant(c, CGM_ANON, CGM_ACTIVE_ANON, n);
	add_proc(c, 100, 1, "entrypoint.sh", 256 * KIB);
	add_proc(c, 101, 100, "web", n);
}

static inline void postgres(struct model_case *c, uint64_t n)
{
	plant(c, CGM_ANON, CGM_ACTIVE_ANON, n);
	add_proc(c, 100, 1, "postgres", 512 * KIB);
	add_proc(c, 101, 100, "postgres", 256 * KIB);
	add_proc(c, 102, 100, "postgres", n);
}

static inline void nginx(struct model_case *c, uint64_t n)
{
	plant(c, CGM_ANON, CGM_ACTIVE_ANON, n);
	add_proc(c, 100, 1, "nginx", 512 * KIB);
	add_proc(c, 101, 100, "nginx", n / 2);
	add_proc(c, 102, 100, "nginx", n / 2);
}

static inline void php_fpm(struct model_case *c, uint64_t n)
{
	plant(c, CGM_ANON, CGM_ACTIVE_ANON, n);
	add_proc(c, 100, 1, "php-fpm8.2", 512 * KIB);
	add_proc(c, 101, 100, "php-fpm8.2", n);
}

/* Filled before the fork: each process shows all of it in RSS, and its share in PSS. */
static inline void preforked(struct model_case *c, uint64_t n)
{
	plant(c, CGM_ANON, CGM_ACTIVE_ANON, n);
	for (int i = 0; i < 5; i++) {
		struct cgm_process *p = add_proc(c, 100 + i, i ? 100 : 1, "app", n);

		p->pss_anon = opt(n / 5);
	}
}

static inline void inactive(struct model_case *c, uint64_t n)
{
	add_proc(c, 100, 1, "web", MIB);
	plant(c, CGM_FILE_CACHE, CGM_INACTIVE_FILE, n);
}

static inline void active(struct model_case *c, uint64_t n)
{
	add_proc(c, 100, 1, "web", MIB);
	plant(c, CGM_FILE_CACHE, CGM_ACTIVE_FILE, n);
	plus(c, CGM_FILE_MAPPED, n / 20);
}

static inline void mapped(struct model_case *c, uint64_t n)
{
	add_proc(c, 100, 1, "web", MIB)->pss_file = opt(n);
	plant(c, CGM_FILE_CACHE, CGM_INACTIVE_FILE, n);
	plus(c, CGM_FILE_MAPPED, n);
}

static inline void dirty(struct model_case *c, uint64_t n)
{
	add_proc(c, 100, 1, "web", MIB);
	plant(c, CGM_FILE_CACHE, CGM_INACTIVE_FILE, n);
	plus(c, CGM_FILE_DIRTY, n / 2);
	plus(c, CGM_FILE_WRITEBACK, n - n / 2);
}

static inline void tmpfs(struct model_case *c, uint64_t n)
{
	add_proc(c, 100, 1, "web", MIB);
	plant_shmem(c, n);
}

/* A mapped segment is in file_mapped too: it is no mapped file. */
static inline void shm_mapped(struct model_case *c, uint64_t n)
{
	struct cgm_process *p = add_proc(c, 100, 1, "web", MIB);

	p->pss_shmem = p->rss_shmem = opt(n);
	plant_shmem(c, n);
	plus(c, CGM_FILE_MAPPED, n);
}

static inline void dentries(struct model_case *c, uint64_t n)
{
	add_proc(c, 100, 1, "web", MIB);
	plant_kernel(c, CGM_SLAB_RECLAIMABLE, n);
	c->s.host.slab_reclaimable = opt(n + 50 * MIB);
	c->s.host.slab_unreclaimable = opt(60 * MIB);
	c->s.pipe_bytes = opt(0);
	c->s.unix_queue_bytes = opt(0);
}

static inline void pipes(struct model_case *c, uint64_t n)
{
	add_proc(c, 100, 1, "web", MIB);
	plant_kernel(c, CGM_KERNEL, n);
	c->s.pipe_bytes = opt(n);
	c->s.unix_queue_bytes = opt(0);
	c->s.host.slab_reclaimable = opt(500 * MIB);
}

static inline void unix_sockets(struct model_case *c, uint64_t n)
{
	add_proc(c, 100, 1, "web", MIB);
	plant_kernel(c, CGM_SLAB_UNRECLAIMABLE, n / 4 * 3);
	plant_kernel(c, CGM_KERNEL, n - n / 4 * 3);
	c->s.pipe_bytes = opt(0);
	c->s.unix_queue_bytes = opt(n);
	c->s.host.slab_reclaimable = opt(500 * MIB);
}

static inline void page_tables(struct model_case *c, uint64_t n)
{
	add_proc(c, 100, 1, "web", MIB)->page_tables = opt(n);
	plant_kernel(c, CGM_PAGETABLES, n);
	c->s.host.slab_reclaimable = opt(500 * MIB);
}

static inline void threads(struct model_case *c, uint64_t n)
{
	uint64_t count = n / (16 * KIB);

	add_proc(c, 100, 1, "web", MIB)->threads = opt(count);
	plant_kernel(c, CGM_KERNEL_STACK, count * 16 * KIB);
	plant_kernel(c, CGM_SLAB_UNRECLAIMABLE, count * 8700);
	c->s.host.slab_reclaimable = opt(500 * MIB);
}

static inline void split_huge(struct model_case *c, uint64_t n)
{
	add_proc(c, 100, 1, "web", MIB);
	plus(c, CGM_INACTIVE_ANON, n);
	plus(c, CGM_CHARGED, n);
	cgm_set(&c->s.now, CGM_SWAPCACHED, 0);
}

static inline void sparse_huge(struct model_case *c, uint64_t n)
{
	struct cgm_process *p = add_proc(c, 100, 1, "web", n);

	plant(c, CGM_ANON, CGM_ACTIVE_ANON, n);
	p->thp = opt(n);
	p->thp_zero = opt(n / 512 * 511);
	cgm_set(&c->s.now, CGM_ANON_THP, n);
}

static inline void lazyfree(struct model_case *c, uint64_t n)
{
	add_proc(c, 100, 1, "web", n + MIB)->lazyfree = opt(n);
	plant(c, CGM_ANON, CGM_INACTIVE_FILE, n);
}

static inline void locked(struct model_case *c, uint64_t n)
{
	add_proc(c, 100, 1, "web", n + MIB)->locked = opt(n);
	plant(c, CGM_ANON, CGM_UNEVICTABLE, n);
}

static inline void locked_file(struct model_case *c, uint64_t n)
{
	add_proc(c, 100, 1, "web", MIB)->locked = opt(n);
	plant(c, CGM_FILE_CACHE, CGM_UNEVICTABLE, n);
	plus(c, CGM_FILE_MAPPED, n);
}

/* SHM_LOCK: unevictable, and shared memory all the same. */
static inline void locked_shm(struct model_case *c, uint64_t n)
{
	add_proc(c, 100, 1, "web", MIB);
	plant(c, CGM_FILE_CACHE, CGM_UNEVICTABLE, n);
	plus(c, CGM_SHMEM, n);
}

static inline void sockets(struct model_case *c, uint64_t n)
{
	add_proc(c, 100, 1, "web", MIB);
	plus(c, CGM_SOCK, n);
	plus(c, CGM_CHARGED, n);
}

#endif
