/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a program counter to files, lines and inlined calls: pc-value tables (src/runtime/symtab.go,
 * pcvalue and step) and the tree of inlined calls (FUNCDATA_InlTree; symtab.go until Go 1.20,
 * symtabinl.go from 1.21 on).
 */
#include "golang/functab_parts.h"
#include "base/banned.h"

#define PCDATA_INLTREE	 2
#define FUNCDATA_INLTREE 3
#define STEPS_MAX	 (1u << 20)
#define TREE_MAX	 (1u << 20)

/* A varint of at most 32 bits; 0 bytes: cut short. */
static size_t read_varint(const uint8_t *p, size_t avail, uint32_t *ret)
{
	uint32_t v = 0;

	for (size_t i = 0; i < avail && i < 5; i++) {
		v |= (uint32_t)(p[i] & 0x7f) << (7 * i);
		if (!(p[i] & 0x80)) {
			*ret = v;
			return i + 1;
		}
	}
	return 0;
}

int32_t cgm_functab_value(struct cgm_functab *t, const struct cgm_func *f, uint32_t off,
			  uint64_t pc)
{
	uint64_t at = t->pctab + off, here = f->entry;
	uint32_t value = UINT32_MAX;
	const uint8_t *p = NULL;
	size_t avail = 0;

	if (!off)
		return -1;
	for (unsigned steps = 0; steps < STEPS_MAX; steps++) {
		uint32_t dv, dpc;
		size_t n, m;

		if (avail < 10) { /* two of the longest varints */
			p = cgm_pieces_at(&t->table, at, &avail);
			if (!p)
				return -1;
		}
		n = read_varint(p, avail, &dv);
		if (!n || (!dv && steps))
			return -1;
		m = read_varint(p + n, avail - n, &dpc);
		if (!m)
			return -1;
		value += (0 - (dv & 1)) ^ (dv >> 1);
		here += (uint64_t)dpc * t->quantum;
		if (pc < here)
			return (int32_t)value;
		p += n + m;
		at += n + m;
		avail -= n + m;
	}
	return -1;
}

static const uint8_t *table_word(struct cgm_functab *t, uint64_t at)
{
	return cgm_pieces_record(&t->table, at, 4);
}

static void set_file_line(struct cgm_functab *t, const struct cgm_func *f, struct cgm_func_line *l)
{
	int32_t file = cgm_functab_value(t, f, f->pcfile, l->pc),
		line = cgm_functab_value(t, f, f->pcln, l->pc);
	const uint8_t *w;
	const char *name;

	l->file = "?";
	l->line = 0;
	if (file < 0 || line < 0)
		return;
	w = table_word(t, t->cu + 4 * ((uint64_t)f->cu + (uint64_t)file));
	if (!w || cgm_le32(w) == UINT32_MAX)
		return;
	name = cgm_functab_string(t, t->filetab, cgm_le32(w));
	if (!name)
		return;
	l->file = name;
	l->line = (unsigned)line;
}

/* Link address of the function's tree of inlined calls. 0: it has none. */
static uint64_t tree_of(struct cgm_functab *t, const struct cgm_func *f)
{
	uint64_t at = f->pcdata + 4 * (uint64_t)f->npcdata;
	const uint8_t *w;

	if (f->nfuncdata <= FUNCDATA_INLTREE || f->npcdata <= PCDATA_INLTREE)
		return 0;
	if (t->magic == CGM_PCLNTAB_116) { /* addresses */
		at = ((at + 7) & ~UINT64_C(7)) + 8 * FUNCDATA_INLTREE;
		w = cgm_functab_record(t, at, 8);
		return w && cgm_le64(w) ? cgm_le64(w) - (t->funcs_apart ? t->bias : 0) : 0;
	}
	cgm_functab_read_module(t);
	w = cgm_functab_record(t, at + 4 * FUNCDATA_INLTREE, 4);
	return w && t->gofunc && cgm_le32(w) != UINT32_MAX ? t->gofunc + cgm_le32(w) : 0;
}

struct inlined_call {
	int32_t name, parent_pc;
	uint32_t start_line;
	uint8_t id;
};

/* type inlinedCall: 20 bytes until Go 1.19, 16 from 1.20 on. */
static bool read_call(const struct cgm_functab *t, uint64_t tree, int32_t index,
		      struct inlined_call *ret)
{
	bool old = t->magic != CGM_PCLNTAB_120;
	uint8_t b[20];

	if (index > (int32_t)TREE_MAX ||
	    cgm_elf_read_addr(&t->elf, tree + (uint64_t)index * (old ? 20 : 16), b, old ? 20 : 16))
		return false;
	*ret = (struct inlined_call){
		.name = (int32_t)cgm_le32(b + (old ? 12 : 4)),
		.parent_pc = (int32_t)cgm_le32(b + (old ? 16 : 8)),
		.start_line = old ? 0 : cgm_le32(b + 12),
		.id = b[old ? 2 : 0],
	};
	return true;
}

static const char *name_at(struct cgm_functab *t, int32_t offset)
{
	return offset >= 0 ? cgm_functab_string(t, t->funcname, (uint64_t)offset) : NULL;
}

/* Index at @pc in the tree of inlined calls, -1: it is the function's own code. */
static int32_t index_at(struct cgm_functab *t, const struct cgm_func *f, uint64_t pc)
{
	const uint8_t *w = cgm_functab_record(t, f->pcdata + 4 * PCDATA_INLTREE, 4);

	return w ? cgm_functab_value(t, f, cgm_le32(w), pc) : -1;
}

size_t cgm_functab_lines(struct cgm_functab *t, uint64_t pc, struct cgm_func_line v[CGM_INLINE_MAX])
{
	struct cgm_func f;
	size_t n = 0;
	uint64_t tree;

	if (!cgm_functab_find(t, pc, &f))
		return 0;
	tree = tree_of(t, &f);
	for (;;) {
		struct cgm_func_line *l = &v[n++];
		struct inlined_call call;
		int32_t index = tree ? index_at(t, &f, pc) : -1;
		bool inlined = index >= 0 && n < CGM_INLINE_MAX && read_call(t, tree, index, &call);
		const char *name = name_at(t, inlined ? call.name : f.name);

		*l = (struct cgm_func_line){
			.function = name ? name : "?",
			.entry = f.entry,
			.pc = pc,
			.start_line = inlined ? call.start_line : f.start_line,
			.wrapper = (inlined ? call.id : f.id) == t->wrapper_id,
		};
		set_file_line(t, &f, l);
		if (!inlined)
			return n;
		pc = f.entry + (uint64_t)(int64_t)call.parent_pc;
		if (pc < f.entry || pc >= f.end)
			return n; /* nonsense; the rest is not known */
	}
}

static const char *name_of_function(struct cgm_functab *t, uint64_t pc)
{
	struct cgm_func f;

	return cgm_functab_find(t, pc, &f) ? name_at(t, f.name) : NULL;
}

static const char *name_of_innermost(struct cgm_functab *t, uint64_t pc)
{
	struct cgm_func f;
	struct inlined_call call;
	uint64_t tree;
	int32_t index;

	if (!cgm_functab_find(t, pc, &f))
		return NULL;
	tree = tree_of(t, &f);
	index = tree ? index_at(t, &f, pc) : -1;
	return name_at(t, index >= 0 && read_call(t, tree, index, &call) ? call.name : f.name);
}

/* The same few places are asked for again and again. */
static const char *recent(struct cgm_functab *t, uint64_t pc, bool innermost)
{
	uint64_t key = pc << 1 | innermost;
	struct cgm_functab_recent *r =
		&t->recent[(key * UINT64_C(0x9e3779b97f4a7c15)) >> 40 & (CGM_FUNCTAB_RECENT - 1)];

	if (!pc || pc >> 63)
		return NULL;
	if (r->key != key) {
		r->name = innermost ? name_of_innermost(t, pc) : name_of_function(t, pc);
		r->key = key;
	}
	return r->name;
}

const char *cgm_functab_name(struct cgm_functab *t, uint64_t pc)
{
	return recent(t, pc, false);
}

const char *cgm_functab_innermost(struct cgm_functab *t, uint64_t pc)
{
	return recent(t, pc, true);
}
