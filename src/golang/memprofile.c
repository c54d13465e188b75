/* SPDX-License-Identifier: Apache-2.0 */
#include "golang/memprofile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "golang/elf.h"
#include "golang/names.h"
#include "golang/sites.h"
#include "base/banned.h"

/* type bucket: next, allnext, typ, hash, size, nstk, then the stack, then the record. */
#define HEAD	     48
#define ALLNEXT	     8
#define TYPE	     16
#define SIZE	     32
#define NSTK	     40
#define TYPE_MEM     1
#define CYCLES	     4 /* active and three of the future */
#define WORDS	     4 /* allocs, frees, alloc_bytes, free_bytes */
#define WORDS_127    2 /* allocs, frees: bytes follow from the object's size */
#define DEFAULT_RATE (UINT64_C(512) << 10)
#define USER_END     (UINT64_C(1) << 56)
#define BLOCK	     ((size_t)16 << 10)
#define BLOCKS	     32
#define LOOK_AT	     8
#define BUCKET_MAX   (HEAD + 8 * (CGM_MEMPROFILE_STACK_MAX + CYCLES * WORDS))

uint64_t cgm_memprofile_rate(const struct cgm_go_process *p)
{
	uint8_t b[8];

	/* a constant that only tests and few programs change; without symbols it has no mark */
	if (!p->image->mem_profile_rate ||
	    p->mem.read(p->mem.ctx, p->image->mem_profile_rate + p->bias, b, sizeof b))
		return DEFAULT_RATE;
	return cgm_le64(b) <= INT64_MAX ? cgm_le64(b) : 0;
}

/*
 * Buckets stand behind one another in chunks, one for each processor, between which the list goes
 * to and fro: blocks of them are kept. A block is read with what follows, so that a bucket is in
 * one.
 */
struct block {
	uint64_t number; /* of the block plus 1; 0: none */
	uint8_t b[BLOCK + BUCKET_MAX];
};

struct reader {
	const struct cgm_go_process *p;
	struct block *blocks; /* BLOCKS of them, by number */
	uint8_t one[BUCKET_MAX];
	size_t words;
};

/* @len bytes at @addr, at most BUCKET_MAX; NULL unreadable. */
static const uint8_t *bytes_at(struct reader *r, uint64_t addr, size_t len)
{
	uint64_t number = addr / BLOCK;
	struct block *k = &r->blocks[number % BLOCKS];

	if (k->number != number + 1) {
		k->number = 0;
		if (!r->p->mem.read(r->p->mem.ctx, number * BLOCK, k->b, sizeof k->b))
			k->number = number + 1;
		else if (r->p->mem.read(r->p->mem.ctx, addr, r->one, len))
			return NULL;
		else
			return r->one;
	}
	return k->b + addr % BLOCK;
}

static bool in_text(const struct cgm_go_process *p, uint64_t pc)
{
	/* return addresses; the segment is wider than the section */
	return pc > p->bias + p->image->text.start &&
	       pc <= p->bias + p->image->text.start + p->image->text.len;
}

/* Head of the bucket at @addr: how long its stack is. False: that is no bucket of this kind. */
static bool read_head(struct reader *r, uint64_t addr, uint64_t *allnext, uint64_t *size,
		      size_t *nstk)
{
	const uint8_t *b;

	if (addr < 4096 || addr >= USER_END || addr % 8)
		return false;
	b = bytes_at(r, addr, HEAD);
	if (!b || cgm_le64(b + TYPE) != TYPE_MEM || cgm_le64(b + NSTK) > CGM_MEMPROFILE_STACK_MAX)
		return false;
	*allnext = cgm_le64(b + ALLNEXT);
	*size = cgm_le64(b + SIZE);
	*nstk = (size_t)cgm_le64(b + NSTK);
	return true;
}

static size_t words_of(const struct cgm_go_image *m)
{
	return m->minor >= 27 ? WORDS_127 : WORDS;
}

bool cgm_memprofile_plausible(const struct cgm_go_process *p, uint64_t head)
{
	uint8_t b[HEAD + 8 * LOOK_AT];

	for (unsigned i = 0; head && i < LOOK_AT; i++) {
		size_t nstk;

		if (head < 4096 || head >= USER_END || head % 8 ||
		    p->mem.read(p->mem.ctx, head, b, HEAD) || cgm_le64(b + TYPE) != TYPE_MEM ||
		    !cgm_le64(b + NSTK) || cgm_le64(b + NSTK) > CGM_MEMPROFILE_STACK_MAX)
			return false;
		nstk = cgm_le64(b + NSTK) < LOOK_AT ? (size_t)cgm_le64(b + NSTK) : LOOK_AT;
		if (p->mem.read(p->mem.ctx, head + HEAD, b + HEAD, 8 * nstk))
			return false;
		for (size_t j = 0; j < nstk; j++)
			if (!in_text(p, cgm_le64(b + HEAD + 8 * j)))
				return false;
		head = cgm_le64(b + ALLNEXT);
	}
	return true;
}

struct cycle {
	uint64_t v[WORDS];
};

static struct cycle read_cycle(const uint8_t *b, size_t words, uint64_t size)
{
	struct cycle c = {0};

	for (size_t i = 0; i < words; i++)
		c.v[i] = cgm_le64(b + 8 * i);
	if (words == WORDS_127) {
		c.v[2] = c.v[0] * size;
		c.v[3] = c.v[1] * size;
	}
	return c;
}

struct walk {
	struct reader r;
	uint64_t head;
	uint64_t *pcs;
	bool future; /* the cycles of the future are added: no collection has ended yet */
	bool any;    /* some active record is not zero */
	int (*see)(const struct cgm_mem_record *m, void *arg);
	void *arg;
};

static int see_bucket(struct walk *w, const uint8_t *b, uint64_t size, size_t nstk)
{
	size_t stride = 8 * w->r.words;
	const uint8_t *cycles = b + HEAD + 8 * nstk;
	struct cycle sum = read_cycle(cycles, w->r.words, size);
	struct cgm_mem_record m = {.size = size, .pcs = w->pcs, .n_pcs = nstk};

	if (sum.v[0] || sum.v[1])
		w->any = true;
	if (!w->see)
		return 0;
	for (size_t i = 1; w->future && i < CYCLES; i++) {
		struct cycle c = read_cycle(cycles + i * stride, w->r.words, size);

		for (size_t j = 0; j < WORDS; j++)
			sum.v[j] += c.v[j];
	}
	m.allocs = sum.v[0];
	m.frees = sum.v[1];
	m.alloc_bytes = sum.v[2];
	m.free_bytes = sum.v[3];
	for (size_t i = 0; i < nstk; i++)
		w->pcs[i] = cgm_le64(b + HEAD + 8 * i);
	return w->see(&m, w->arg);
}

static int walk(struct walk *w)
{
	uint64_t at = w->head;

	for (unsigned n = 0; at; n++) {
		uint64_t next, size;
		size_t nstk;
		const uint8_t *b;
		int r;

		if (n >= CGM_BUCKETS_MAX)
			return -E2BIG; /* so many, or a ring */
		if (!read_head(&w->r, at, &next, &size, &nstk))
			return -EBADMSG;
		b = bytes_at(&w->r, at, HEAD + 8 * (nstk + CYCLES * w->r.words));
		if (!b)
			return -EFAULT;
		r = see_bucket(w, b, size, nstk);
		if (r)
			return r;
		at = next;
	}
	return 0;
}

int cgm_memprofile_each(const struct cgm_go_process *p, const struct cgm_go_place *place,
			int (*see)(const struct cgm_mem_record *m, void *arg), void *arg)
{
	CGM_AUTO_FREE struct block *blocks = calloc(BLOCKS, sizeof *blocks);
	CGM_AUTO_FREE uint64_t *pcs = calloc(CGM_MEMPROFILE_STACK_MAX, sizeof *pcs);
	struct walk w = {.r = {.p = p, .blocks = blocks, .words = words_of(p->image)},
			 .pcs = pcs,
			 .arg = arg};
	uint8_t b[8];
	int r;

	if (!blocks || !pcs)
		return -ENOMEM;
	if (!place->mbuckets)
		return -ENOENT;
	r = p->mem.read(p->mem.ctx, place->mbuckets + p->bias, b, sizeof b);
	if (r)
		return r;
	w.head = cgm_le64(b);
	/* as runtime.MemProfile: all of the future where there is no past (mprof.go) */
	r = walk(&w);
	w.future = !w.any;
	w.see = see;
	return r ? r : walk(&w);
}

/*
 * e to the power of -@x, as exact as a double holds. The C library's is in a library of its own,
 * which every start of the program would have to load.
 */
static double exp_minus(double x)
{
	const long double ln2 = 0.693147180559945309417232121458176568L;
	long double r, term = 1, sum = 1;
	int halves;

	if (!(x < 745)) /* below the least double */
		return 0;
	halves = (int)(x / (double)ln2 + 0.5);
	r = halves * ln2 - (long double)x;
	for (int i = 1; i < 30; i++) {
		term *= r / i;
		sum += term;
	}
	while (halves-- > 0)
		sum /= 2;
	return (double)sum;
}

void cgm_memprofile_scale(uint64_t count, uint64_t bytes, uint64_t rate, uint64_t *ret_count,
			  uint64_t *ret_bytes)
{
	double scale;

	*ret_count = *ret_bytes = 0;
	if (!count || !bytes || count > INT64_MAX || bytes > INT64_MAX)
		return;
	if (rate <= 1) {
		*ret_count = count;
		*ret_bytes = bytes;
		return;
	}
	scale = 1 / (1 - exp_minus((double)bytes / (double)count / (double)rate));
	if ((double)bytes * scale > (double)(INT64_MAX / 2) ||
	    (double)count * scale > (double)(INT64_MAX / 2))
		return; /* no such heap */
	*ret_count = (uint64_t)((double)count * scale);
	*ret_bytes = (uint64_t)((double)bytes * scale);
}

size_t cgm_memprofile_hidden(struct cgm_functab *t, const struct cgm_mem_record *m)
{
	for (size_t i = 0; i < m->n_pcs; i++) {
		/* runtime.FuncForPC(addr): the address itself, not the call before it */
		const char *name = cgm_functab_innermost(t, m->pcs[i]);

		if (!name || !cgm_go_name_hidden(name))
			return i;
	}
	return 0;
}
