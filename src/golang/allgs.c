/* SPDX-License-Identifier: Apache-2.0 */
#include "golang/allgs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "golang/elf.h"
#include "golang/goroutines.h"
#include "base/banned.h"

#define TRIES	  5
#define BLOCK	  ((size_t)256 << 10)
#define GAP_MAX	  8192		      /* it is cheaper to read that much than to ask once more */
#define STACK_MAX (UINT64_C(1) << 30) /* src/runtime/proc.go, main: maxstacksize */
#define G_MAX	  512		      /* bytes of a goroutine that are read */
#define USER_END  (UINT64_C(1) << 56)

/* Places in struct g that are the same in all versions, until gobuf lost a word in Go 1.25. */
#define SCHED_SP       56
#define SCHED_PC       64
#define SCHED_LR       96
#define SCHED_LR_125   88
#define SYSCALL_SP     112
#define SYSCALL_SP_125 104

bool cgm_g_alive(unsigned status)
{
	return status != CGM_G_IDLE && status != CGM_G_DEAD && status < CGM_G_DEAD_EXTRA;
}

void cgm_allgs_clear(struct cgm_allgs *a)
{
	free(a->v);
	*a = (struct cgm_allgs){0};
}

struct slice {
	uint64_t ptr, len, cap;
};

static struct slice slice_at(const uint8_t *b)
{
	return (struct slice){cgm_le64(b), cgm_le64(b + 8), cgm_le64(b + 16)};
}

static bool slice_plausible(const struct slice *s)
{
	return s->len && s->len <= s->cap && s->cap <= UINT64_C(4) * CGM_GOROUTINES_MAX &&
	       s->ptr >= 4096 && s->ptr < USER_END && s->ptr % 8 == 0;
}

static int read_slice(const struct cgm_go_process *p, uint64_t addr, struct slice *ret)
{
	uint8_t b[24];
	int r = p->mem.read(p->mem.ctx, addr + p->bias, b, sizeof b);

	if (r)
		return r;
	*ret = slice_at(b);
	return slice_plausible(ret) ? 0 : -EBADMSG;
}

bool cgm_allgs_plausible(const struct cgm_go_process *p, const uint8_t *b, bool first,
			 uint64_t *ret_len)
{
	const struct cgm_go_layout *l = cgm_go_layout_of(p->image);
	struct slice s = slice_at(b);
	uint8_t ptr[8], g[G_MAX];
	uint64_t lo, hi;

	if (!l || l->g->len > sizeof g || !slice_plausible(&s) ||
	    p->mem.read(p->mem.ctx, s.ptr, ptr, sizeof ptr) || cgm_le64(ptr) < 4096 ||
	    cgm_le64(ptr) >= USER_END || cgm_le64(ptr) % 8 ||
	    p->mem.read(p->mem.ctx, cgm_le64(ptr), g, l->g->len))
		return false;
	lo = cgm_le64(g + l->g->stack_lo);
	hi = cgm_le64(g + l->g->stack_hi);
	*ret_len = s.len;
	/* a dead goroutine has no stack, perhaps */
	return lo <= hi && hi - lo <= STACK_MAX &&
	       (cgm_le32(g + l->g->status) & ~CGM_G_SCAN) < CGM_G_STATUS_COUNT &&
	       (!first || (lo < hi && cgm_le64(g + l->g->goid) == 1));
}

static int compare_u64(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int read_list(const struct cgm_go_process *p, const struct slice *s, struct cgm_allgs *ret)
{
	size_t n = (size_t)s->len, kept = 0;
	CGM_AUTO_FREE uint64_t *v = calloc(n, sizeof *v);
	int r;

	if (!v)
		return -ENOMEM;
	r = p->mem.read(p->mem.ctx, s->ptr, v, n * sizeof *v);
	if (r)
		return r;
	for (size_t i = 0; i < n; i++)
		v[i] = cgm_le64((const uint8_t *)&v[i]);
	qsort(v, n, sizeof *v, compare_u64);
	for (size_t i = 0; i < n; i++)
		if (v[i] && v[i] < USER_END && v[i] % 8 == 0 && (!kept || v[i] != v[kept - 1]))
			v[kept++] = v[i];
	ret->n = kept;
	ret->v = CGM_TAKE(v);
	return 0;
}

int cgm_allgs_read(const struct cgm_go_process *p, uint64_t addr, struct cgm_allgs *ret)
{
	struct slice before, after;
	int r = read_slice(p, addr, &before);

	for (int i = 0; r == 0 && i < TRIES; i++) {
		if (before.len > CGM_GOROUTINES_MAX)
			return -E2BIG;
		r = read_list(p, &before, ret);
		if (r)
			return r;
		/* an array that was outgrown is free memory */
		r = read_slice(p, addr, &after);
		if (r == 0 && after.ptr == before.ptr && ret->n)
			return 0;
		cgm_allgs_clear(ret);
		before = after;
	}
	return r ? r : -EAGAIN;
}

struct walk {
	const struct cgm_go_process *p;
	const struct cgm_go_g_layout *l;
	bool new_gobuf, has_lr;
	size_t len; /* of a goroutine */
	int (*see)(const struct cgm_g *g, void *arg);
	void *arg;
	uint8_t *buf;
};

static struct cgm_g take_g(const struct walk *w, const uint8_t *b)
{
	const struct cgm_go_g_layout *l = w->l;
	struct cgm_g g = {
		.status = cgm_le32(b + l->status) & ~CGM_G_SCAN,
		.reason = b[l->waitreason],
		.stack_lo = cgm_le64(b + l->stack_lo),
		.stack_hi = cgm_le64(b + l->stack_hi),
		.waitsince = cgm_le64(b + l->waitsince),
		.gopc = cgm_le64(b + l->gopc),
		.startpc = cgm_le64(b + l->startpc),
		.sp = cgm_le64(b + SCHED_SP),
		.pc = cgm_le64(b + SCHED_PC),
	};

	if (w->has_lr)
		g.lr = cgm_le64(b + (w->new_gobuf ? SCHED_LR_125 : SCHED_LR));
	if (g.status == CGM_G_SYSCALL) {
		unsigned at = w->new_gobuf ? SYSCALL_SP_125 : SYSCALL_SP;

		g.sp = cgm_le64(b + at);
		g.pc = cgm_le64(b + at + 8);
		g.lr = 0;
	}
	return g;
}

static int see_one(const struct walk *w, const uint8_t *b)
{
	struct cgm_g g;

	if (!b)
		return w->see(NULL, w->arg);
	g = take_g(w, b);
	return w->see(&g, w->arg);
}

/* @n goroutines that are near each other, in one reading; where that fails, one by one. */
static int see_block(const struct walk *w, const uint64_t *v, size_t n)
{
	size_t len = (size_t)(v[n - 1] - v[0]) + w->len;
	int r = w->p->mem.read(w->p->mem.ctx, v[0], w->buf, len);

	if (r == 0) {
		for (size_t i = 0; r == 0 && i < n; i++)
			r = see_one(w, w->buf + (v[i] - v[0]));
		return r;
	}
	r = 0;
	for (size_t i = 0; r == 0 && i < n; i++) {
		int e = w->p->mem.read(w->p->mem.ctx, v[i], w->buf, w->len);

		if (e && e != -ENODATA && e != -EFAULT)
			return e;
		r = see_one(w, e ? NULL : w->buf);
	}
	return r;
}

int cgm_allgs_each(const struct cgm_go_process *p, const struct cgm_allgs *a,
		   int (*see)(const struct cgm_g *g, void *arg), void *arg)
{
	const struct cgm_go_layout *l = cgm_go_layout_of(p->image);
	CGM_AUTO_FREE uint8_t *buf = malloc(BLOCK);
	struct walk w = {.p = p, .see = see, .arg = arg, .buf = buf};

	if (!l)
		return -EOPNOTSUPP;
	if (!buf)
		return -ENOMEM;
	w.l = l->g;
	w.new_gobuf = p->image->minor >= 25;
	w.has_lr = p->image->machine != 62; /* EM_X86_64 keeps it on the stack */
	w.len = l->g->len > SYSCALL_SP + 16 ? l->g->len : SYSCALL_SP + 16;
	if (w.len > G_MAX)
		return -EOPNOTSUPP;
	for (size_t i = 0, n; i < a->n; i += n) {
		int r;

		for (n = 1; i + n < a->n && a->v[i + n] - a->v[i + n - 1] <= GAP_MAX &&
			    a->v[i + n] - a->v[i] <= BLOCK - w.len;)
			n++;
		r = see_block(&w, a->v + i, n);
		if (r)
			return r;
	}
	return 0;
}
