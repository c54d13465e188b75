/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Go process in arrays: the program of go_pclntab.h with its zero-filled data, a heap with
 * goroutines and their stacks, and the runtime's own memory.
 */
#ifndef CGMEM_TESTS_GO_PROGRAM_H
#define CGMEM_TESTS_GO_PROGRAM_H

#include <errno.h>

#include "go_pclntab.h"
#include "golang/functab.h"
#include "golang/layout.h"
#include "golang/runtime.h"

#define ZERO_ADDR  (ELF_BASE + ELF_DATA + ELF_DATA_LEN)
#define HEAP_ADDR  UINT64_C(0xc000000000)
#define HEAP_LEN   0x20000u
#define OWN_ADDR   UINT64_C(0x7f0000000000)
#define OWN_LEN	   0x8000u
#define ALLGS_ADDR (HEAP_ADDR + 0x100)
#define G_ADDR(i)  (HEAP_ADDR + 0x4000 + 0x200 * (uint64_t)(i))
#define STACK(i)   (HEAP_ADDR + 0x10000 + 0x400 * (uint64_t)(i))
#define STACK_LEN  0x400u

struct go_program {
	struct elf_file f;
	uint8_t zero[ELF_BSS_LEN], heap[HEAP_LEN], own[OWN_LEN];
	uint64_t swapped; /* a page that cannot be read, 0 none */
	unsigned reads;
	unsigned grow_from, grow_to; /* by number of the readings before which allgs moves */
	int fd;
	struct cgm_go_image image;
	struct cgm_go_process p;
	struct cgm_functab *t;
	const struct cgm_go_layout *l;
	unsigned n_gs;
};

static inline uint8_t *program_at(struct go_program *g, uint64_t addr, size_t len)
{
	struct {
		uint64_t start;
		uint8_t *b;
		size_t len;
	} r[] = {{ZERO_ADDR, g->zero, sizeof g->zero},
		 {ELF_BASE, g->f.b, ELF_DATA + ELF_DATA_LEN},
		 {HEAP_ADDR, g->heap, sizeof g->heap},
		 {OWN_ADDR, g->own, sizeof g->own}};

	for (size_t i = 0; i < sizeof r / sizeof *r; i++)
		if (addr >= r[i].start && addr - r[i].start < r[i].len &&
		    len <= r[i].len - (addr - r[i].start))
			return r[i].b + (addr - r[i].start);
	return NULL;
}

static inline int program_read(void *ctx, uint64_t addr, void *buf, size_t len)
{
	struct go_program *g = ctx;
	const uint8_t *b = program_at(g, addr, len);

	if (++g->reads >= g->grow_from && g->reads < g->grow_to) {
		uint64_t ptr;
		uint8_t *slice = program_at(g, ZERO_ADDR + 0x208, 8);

		memcpy(&ptr, slice, sizeof ptr);
		memcpy(program_at(g, ptr + 0x100, 0x100), program_at(g, ptr, 0x100), 0x100);
		for (unsigned i = 0; i < 0x20; i++) /* the old array is somebody else's now */
			put64(program_at(g, ptr + 8 * i, 8), G_ADDR(0));
		put64(slice, ptr + 0x100);
	}
	if (!b)
		return -EFAULT;
	if (g->swapped && addr < g->swapped + 4096 && addr + len > g->swapped)
		return -ENODATA;
	memcpy(buf, b, len);
	return 0;
}

static inline void program_new(struct go_program *g, unsigned minor)
{
	memset(g, 0, sizeof *g);
	elf_new(&g->f);
	pcln_new(&g->f, minor, 0);
	g->fd = elf_open(&g->f, sizeof g->f.b);
	if (cgm_go_image_read(g->fd, &g->image))
		abort();
	g->p = (struct cgm_go_process){.mem = {program_read, g}, .image = &g->image};
	if (cgm_functab_open(g->fd, &g->image, &g->p, &g->t))
		abort();
	g->l = cgm_go_layout_of(&g->image);
}

static inline void program_free(struct go_program *g)
{
	cgm_functab_free(g->t);
	(void)close(g->fd);
}

static inline void word(struct go_program *g, uint64_t addr, uint64_t v)
{
	put64(program_at(g, addr, 8), v);
}

/* allgs at @at of the zero-filled data. */
static inline void program_allgs(struct go_program *g, unsigned at, uint64_t len, uint64_t cap)
{
	word(g, ZERO_ADDR + at, ALLGS_ADDR);
	word(g, ZERO_ADDR + at + 8, len);
	word(g, ZERO_ADDR + at + 16, cap);
}

struct new_g {
	unsigned status, reason;
	unsigned start, creator; /* functions */
	uint64_t waitsince;
};

/* A goroutine that stands in @start. */
static inline void program_g(struct go_program *g, const struct new_g *n)
{
	unsigned i = g->n_gs++;
	uint64_t at = G_ADDR(i);

	word(g, ALLGS_ADDR + 8 * i, at);
	word(g, at + g->l->g->stack_lo, STACK(i));
	word(g, at + g->l->g->stack_hi, STACK(i) + STACK_LEN);
	put32(program_at(g, at + g->l->g->status, 4), n->status);
	word(g, at + g->l->g->goid, i + 1);
	word(g, at + g->l->g->waitsince, n->waitsince);
	*program_at(g, at + g->l->g->waitreason, 1) = (uint8_t)n->reason;
	word(g, at + g->l->g->gopc, AT(n->creator, 0x20));
	word(g, at + g->l->g->startpc, AT(n->start, 0));
}

/*
 * Puts the calls @pcs on goroutine @i's stack, the innermost first, and runtime.goexit under them.
 */
static inline void program_stack(struct go_program *g, unsigned i, const uint64_t *pcs, size_t n)
{
	uint64_t sp = STACK(i) + STACK_LEN - 8 - (n + 1) * (FRAME + 8);

	word(g, G_ADDR(i) + 56, sp);
	word(g, G_ADDR(i) + 64, pcs[0]);
	for (size_t k = 1; k <= n; k++) {
		sp += FRAME;
		word(g, sp, k < n ? pcs[k] : AT(F_GOEXIT, 1));
		sp += 8;
	}
}

#endif
