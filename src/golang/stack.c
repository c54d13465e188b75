/* SPDX-License-Identifier: Apache-2.0 */
#include "golang/stack.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "golang/functab_parts.h"
#include "base/banned.h"

#define DEPTH_MAX 16384
#define TOP_FRAME 1 /* funcFlag_TOPFRAME: runtime.goexit, runtime.mstart */
#define SP_WRITE  2 /* funcFlag_SPWRITE: writes the stack pointer, its table cannot tell */
#define WORD	  8
#define RECENT	  1024 /* a power of two */

bool cgm_stack_readable(const struct cgm_g *g)
{
	return g->status == CGM_G_WAITING || g->status == CGM_G_RUNNABLE ||
	       g->status == CGM_G_SYSCALL || g->status == CGM_G_PREEMPTED ||
	       g->status == CGM_G_LEAKED;
}

/* What the function table says of a place. Many goroutines stand at the same ones. */
struct cgm_stack_frame {
	uint64_t pc, entry;
	int32_t delta;
	uint8_t flag;
	bool goexit, trap, unknown;
};

int cgm_stack_reader_init(struct cgm_stack_reader *r, const struct cgm_go_process *p,
			  struct cgm_functab *t)
{
	*r = (struct cgm_stack_reader){.p = p, .t = t};
	r->buf = malloc(CGM_STACK_BYTES_MAX);
	r->recent = calloc(RECENT, sizeof *r->recent);
	return r->buf && r->recent ? 0 : -ENOMEM;
}

void cgm_stack_reader_clear(struct cgm_stack_reader *r)
{
	free(r->buf);
	free(r->recent);
	*r = (struct cgm_stack_reader){0};
}

static struct cgm_stack_frame look_up(struct cgm_functab *t, uint64_t pc)
{
	struct cgm_func f;
	const char *name;

	if (!cgm_functab_find(t, pc, &f))
		return (struct cgm_stack_frame){.pc = pc, .unknown = true};
	name = cgm_functab_name(t, pc);
	return (struct cgm_stack_frame){
		.pc = pc,
		.entry = f.entry,
		.delta = cgm_functab_value(t, &f, f.pcsp, pc),
		.flag = f.flag,
		.goexit = name && !strcmp(name, "runtime.goexit"),
		.trap = name && (!strcmp(name, "runtime.sigpanic") ||
				 !strcmp(name, "runtime.asyncPreempt")),
	};
}

static const struct cgm_stack_frame *frame_at(const struct cgm_stack_reader *r, uint64_t pc)
{
	struct cgm_stack_frame *f =
		&r->recent[(pc * UINT64_C(0x9e3779b97f4a7c15)) >> 40 & (RECENT - 1)];

	if (f->pc != pc || !pc)
		*f = look_up(r->t, pc);
	return f;
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
static bool step(struct walk *w, const struct cgm_stack_frame *f)
{
	uint64_t fp = w->sp + (uint64_t)(int64_t)f->delta, pc;

	if (f->delta < 0 || f->flag & TOP_FRAME || (f->flag & SP_WRITE && !w->first))
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
		const struct cgm_stack_frame *f = frame_at(r, w.pc);

		if (f->unknown || f->goexit || (n == max && !last))
			break;
		if (n == max)
			memmove(pcs, pcs + 1, --n * sizeof *pcs);
		/* the call, not the instruction behind it (unwinder.symPC) */
		pcs[n++] = w.pc > f->entry && !w.trapped ? w.pc - 1 : w.pc;
		w.trapped = f->trap;
		if ((w.trapped && !w.on_stack) || !step(&w, f))
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
