/* SPDX-License-Identifier: Apache-2.0 */
#include "golang/stack.h"

#include <elf.h>
#include <string.h>

#include "golang/functab_parts.h"
#include "base/banned.h"

#define DEPTH_MAX 16384
#define TOP_FRAME 1 /* funcFlag_TOPFRAME: runtime.goexit, runtime.mstart */
#define SP_WRITE  2 /* funcFlag_SPWRITE: writes the stack pointer, its table cannot tell */
#define WORD	  8

bool cgm_stack_readable(const struct cgm_g *g)
{
	return g->status == CGM_G_WAITING || g->status == CGM_G_RUNNABLE ||
	       g->status == CGM_G_SYSCALL || g->status == CGM_G_PREEMPTED ||
	       g->status == CGM_G_LEAKED;
}

struct walk {
	const struct cgm_stack_reader *r;
	uint64_t base, pc, sp, lr;
	size_t len;    /* bytes of the stack that were read, from @base on */
	bool on_stack; /* return addresses are there, as amd64 has them */
	bool trapped;  /* @pc is where a signal came, not behind a call */
	bool first;
};

static bool word_at(const struct walk *w, uint64_t addr, uint64_t *ret)
{
	if (!cgm_range_holds(w->base, w->len, addr, WORD))
		return false;
	*ret = cgm_le64(w->r->buf + (addr - w->base));
	return true;
}

/* Goes to the caller of @f, in which w->pc is. False: that was the last one that can be told. */
static bool step(struct walk *w, const struct cgm_func *f)
{
	int32_t delta = cgm_functab_value(w->r->t, f, f->pcsp, w->pc);
	uint64_t fp = w->sp + (uint64_t)(int64_t)delta, pc;

	if (delta < 0 || f->flag & TOP_FRAME || (f->flag & SP_WRITE && !w->first))
		return false;
	if (w->on_stack) {
		if (!word_at(w, fp, &pc))
			return false;
		fp += WORD;
	} else if (fp == w->sp) {
		pc = w->lr; /* a leaf, only as the innermost one */
		if (!w->first)
			return false;
	} else if (!word_at(w, w->sp, &pc)) {
		return false;
	}
	w->pc = pc;
	w->sp = fp;
	w->first = false;
	return true;
}

static bool is_trap(const char *name)
{
	return name && (!strcmp(name, "runtime.sigpanic") || !strcmp(name, "runtime.asyncPreempt"));
}

/* The stack between where the goroutine is and its end. */
static bool read_stack(struct walk *w, const struct cgm_g *g)
{
	uint64_t len;

	if (g->sp < g->stack_lo || g->sp >= g->stack_hi || g->sp % WORD)
		return false;
	len = g->stack_hi - g->sp;
	w->base = g->sp;
	w->len = len < CGM_STACK_BYTES_MAX ? (size_t)len : CGM_STACK_BYTES_MAX;
	return !w->r->p->mem.read(w->r->p->mem.ctx, w->base, w->r->buf, w->len);
}

size_t cgm_stack_walk(const struct cgm_stack_reader *r, const struct cgm_g *g, uint64_t *pcs,
		      size_t max, bool last)
{
	struct walk w = {.r = r,
			 .pc = g->pc,
			 .sp = g->sp,
			 .lr = g->lr,
			 .on_stack = r->p->image->machine == EM_X86_64,
			 .first = true};
	size_t n = 0;

	if (!cgm_stack_readable(g) || !read_stack(&w, g))
		return 0;
	for (unsigned depth = 0; depth < DEPTH_MAX; depth++) {
		struct cgm_func f;
		const char *name;

		if (!cgm_functab_find(r->t, w.pc, &f))
			break;
		name = cgm_functab_name(r->t, w.pc);
		if (name && !strcmp(name, "runtime.goexit"))
			break;
		if (n == max && !last)
			break;
		if (n == max)
			memmove(pcs, pcs + 1, --n * sizeof *pcs);
		/* the call, not the instruction behind it (unwinder.symPC) */
		pcs[n++] = w.pc > f.entry && !w.trapped ? w.pc - 1 : w.pc;
		w.trapped = is_trap(name);
		if ((w.trapped && !w.on_stack) || !step(&w, &f))
			break;
	}
	return n;
}

const char *cgm_stack_start(const struct cgm_stack_reader *r, const struct cgm_g *g)
{
	uint64_t pcs[8];
	size_t n = cgm_stack_walk(r, g, pcs, sizeof pcs / sizeof *pcs, true);

	while (n-- > 0) {
		struct cgm_func_line v[CGM_INLINE_MAX];

		for (size_t i = cgm_functab_lines(r->t, pcs[n], v); i-- > 0;)
			if (!v[i].wrapper)
				return v[i].function;
	}
	return NULL;
}

bool cgm_stack_elides(const struct cgm_func_line *wrapper, const char *callee)
{
	return wrapper->wrapper && strcmp(callee, "runtime.gopanic") != 0 &&
	       strcmp(callee, "runtime.sigpanic") != 0 && strcmp(callee, "runtime.panicwrap") != 0;
}
