/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Formats: src/runtime/symtab.go and runtime2.go (type _func) of Go 1.17, 1.19, 1.20 and 1.27,
 * src/cmd/link/internal/ld/pcln.go.
 */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "golang/functab_parts.h"
#include "base/banned.h"

#define KEPT_MAX    ((size_t)64 << 20) /* of each range */
#define STRING_MAX  ((size_t)64 << 10)
#define STRINGS_MAX 262144

void cgm_functab_free(struct cgm_functab *t)
{
	if (!t)
		return;
	cgm_pieces_clear(&t->table);
	cgm_pieces_clear(&t->funcs);
	for (size_t i = 0; i < t->strings.room; i++)
		free((char *)(uintptr_t)t->strings.v[i].value);
	cgm_hash_clear(&t->strings);
	free(t);
}
CGM_DEFINE_CLEANUP(struct cgm_functab *, cgm_functab_free)

static int set_header(struct cgm_functab *t)
{
	const uint8_t *h = cgm_pieces_record(&t->table, 0, 72);
	size_t first;

	if (!h || !cgm_go_pclntab_plausible(h, 72, t->table.len))
		return -EBADMSG;
	t->magic = cgm_le32(h);
	t->quantum = h[6];
	t->nfunc = cgm_le64(h + 8);
	first = t->magic == CGM_PCLNTAB_116 ? 24 : 32;
	t->funcname = cgm_le64(h + first);
	t->cu = cgm_le64(h + first + 8);
	t->filetab = cgm_le64(h + first + 16);
	t->pctab = cgm_le64(h + first + 24);
	t->pcln = cgm_le64(h + first + 32);
	return 0;
}

/* Size of an entry of the list of functions: a pair of words, from Go 1.18 on of half words. */
static uint64_t entry_size(const struct cgm_functab *t)
{
	return t->magic == CGM_PCLNTAB_116 ? 16 : 8;
}

static int check_list(struct cgm_functab *t)
{
	uint64_t bytes = (t->nfunc + 1) * entry_size(t); /* nfunc is bounded */

	return t->pcln < t->table.len && bytes <= t->table.len - t->pcln ? 0 : -EBADMSG;
}

/*
 * The header's own word for the text's start, which is the moduledata's (cmd/link, pcheader): 0 or
 * gone from Go 1.26 on, relocated in what is independent.
 */
static uint64_t text_of_header(struct cgm_functab *t)
{
	const uint8_t *h = cgm_pieces_record(&t->table, 24, 8);
	uint8_t b[8];

	if (!t->image.pie)
		return h ? cgm_le64(h) : 0;
	if (t->in_process && !t->mem.read(t->mem.ctx, t->image.pclntab.start + t->bias + 24, b, 8))
		return cgm_le64(b);
	return 0;
}

static void set_text(struct cgm_functab *t)
{
	t->text = text_of_header(t);
	if (!t->text)
		cgm_functab_read_module(t);
	if (!t->text && !t->image.pie)
		t->text = t->image.text.start;
}

static int open_ranges(struct cgm_functab *t)
{
	const struct cgm_go_image *image = &t->image;
	int r;

	t->table.fd = t->elf.fd;
	t->table.start = image->pclntab_offset;
	r = cgm_pieces_init(&t->table, image->pclntab.len, KEPT_MAX);
	if (!r)
		r = set_header(t);
	if (!r)
		r = check_list(t);
	if (r)
		return r;
	if (t->magic == CGM_PCLNTAB_116) {
		t->funcs_apart = image->pie && t->in_process;
		t->funcs.mem = &t->mem;
		t->funcs.start = image->pclntab.start + t->bias + t->pcln;
		if (t->funcs_apart)
			r = cgm_pieces_init(&t->funcs, t->table.len - t->pcln, KEPT_MAX);
		if (image->pie && !t->in_process)
			t->nfunc = 0; /* names are there, addresses are not */
		return r;
	}
	set_text(t);
	return 0;
}

/* src/runtime/symtab.go, from Go 1.21 on src/internal/abi/symtab.go: FuncIDWrapper is the last. */
static unsigned wrapper_id(unsigned minor)
{
	if (minor >= 25)
		return 23;
	return minor >= 22 || minor == 17 ? 22 : 21;
}

int cgm_functab_open(int exe_fd, const struct cgm_go_image *image, const struct cgm_go_process *p,
		     struct cgm_functab **ret)
{
	CGM_CLEANUP(cgm_functab_free_p) struct cgm_functab *t = calloc(1, sizeof *t);
	int r;

	if (!t)
		return -ENOMEM;
	t->table.fd = t->funcs.fd = -1;
	r = cgm_elf_open(exe_fd, &t->elf);
	if (r)
		return r;
	if (!t->elf.is64 || (image->machine != EM_X86_64 && image->machine != EM_AARCH64))
		return -ENOENT;
	t->wrapper_id = wrapper_id(image->minor);
	t->image = *image;
	if (p) {
		t->in_process = true;
		t->mem = p->mem;
		t->bias = p->bias;
	}
	if (!t->image.pclntab.len) {
		r = cgm_go_pclntab_search(&t->elf, &t->image);
		if (r)
			return r;
	}
	r = open_ranges(t);
	if (r)
		return r;
	*ret = CGM_TAKE(t);
	return 0;
}

const uint8_t *cgm_functab_record(struct cgm_functab *t, uint64_t at, size_t len)
{
	if (!t->funcs_apart)
		return cgm_pieces_record(&t->table, at, len);
	return at < t->pcln ? NULL : cgm_pieces_record(&t->funcs, at - t->pcln, len);
}

static bool read_entry(struct cgm_functab *t, uint64_t i, uint64_t *entry, uint64_t *at)
{
	uint64_t size = entry_size(t);
	const uint8_t *b = cgm_functab_record(t, t->pcln + i * size, (size_t)size);

	if (!b)
		return false;
	if (size == 8) {
		*entry = t->text + cgm_le32(b);
		*at = t->pcln + cgm_le32(b + 4);
	} else {
		*entry = cgm_le64(b);
		*at = cgm_le64(b + 8);
		if (*at > t->table.len)
			return false;
		*at += t->pcln;
	}
	return true;
}

/* The last entry that is not behind @pc. Entries rise in what a linker wrote; else some is found.
 */
static bool search_entry(struct cgm_functab *t, uint64_t pc, struct cgm_func *f)
{
	uint64_t lo = 0, hi = t->nfunc, entry, at;

	while (hi - lo > 1) {
		uint64_t mid = lo + (hi - lo) / 2;

		if (!read_entry(t, mid, &entry, &at))
			return false;
		if (entry <= pc)
			lo = mid;
		else
			hi = mid;
	}
	return read_entry(t, lo, &f->entry, &f->at) && read_entry(t, lo + 1, &f->end, &at) &&
	       f->entry <= pc && pc < f->end;
}

bool cgm_functab_find(struct cgm_functab *t, uint64_t pc, struct cgm_func *ret)
{
	struct cgm_func f = {0};
	size_t head = t->magic == CGM_PCLNTAB_116 ? 8 : 4, /* the entry */
		tail = t->magic == CGM_PCLNTAB_120 ? 36 : 32;
	const uint8_t *b;

	if (!t->nfunc || (t->magic != CGM_PCLNTAB_116 && !t->text) || !search_entry(t, pc, &f))
		return false;
	b = cgm_functab_record(t, f.at, head + tail + 4);
	if (!b)
		return false;
	b += head;
	f.name = (int32_t)cgm_le32(b);
	f.pcsp = cgm_le32(b + 12);
	f.pcfile = cgm_le32(b + 16);
	f.pcln = cgm_le32(b + 20);
	f.npcdata = cgm_le32(b + 24);
	f.cu = cgm_le32(b + 28);
	if (t->magic == CGM_PCLNTAB_120)
		f.start_line = cgm_le32(b + 32);
	b += tail;
	f.id = b[0];
	f.flag = b[1];
	f.nfuncdata = b[3];
	f.pcdata = f.at + head + tail + 4;
	*ret = f;
	return true;
}

/* A copy of the text at @at, which may go on from one piece to the next. */
static char *copy_text(struct cgm_functab *t, uint64_t at)
{
	size_t len = 0, avail = 0;
	CGM_AUTO_FREE char *copy = NULL;

	for (;;) {
		const uint8_t *b = cgm_pieces_at(&t->table, at + len, &avail), *end;
		char *more;

		if (!b)
			return NULL;
		end = memchr(b, 0, avail);
		if (end)
			avail = (size_t)(end - b);
		if (avail > STRING_MAX - len)
			return NULL;
		more = realloc(copy, len + avail + 1);
		if (!more)
			return NULL;
		copy = more;
		memcpy(copy + len, b, avail);
		len += avail;
		copy[len] = '\0';
		if (end)
			return CGM_TAKE(copy);
	}
}

const char *cgm_functab_string(struct cgm_functab *t, uint64_t base, uint64_t offset)
{
	uint64_t key = base + offset;
	char *text;

	if (offset >= t->table.len || key >= t->table.len)
		return NULL;
	text = (char *)(uintptr_t)cgm_hash_get(&t->strings, key, NULL, NULL);
	if (text || t->strings.n >= STRINGS_MAX)
		return text;
	text = copy_text(t, key);
	if (text && !cgm_hash_add(&t->strings, key, (uintptr_t)text))
		return text;
	free(text);
	return NULL;
}

struct name_search {
	const char *name; /* with the zero bytes before and behind */
	size_t len;
};

static int see_names(const uint8_t *piece, size_t len, uint64_t at, void *arg)
{
	const struct name_search *s = arg;

	(void)at;
	return memmem(piece, len, s->name, s->len) != NULL;
}

bool cgm_functab_has(struct cgm_functab *t, const char *name)
{
	size_t len = strlen(name);
	CGM_AUTO_FREE char *with = calloc(1, len + 2);
	struct name_search s = {with, len + 2};

	/* names stand behind one another, the first of them is empty or go.buildid's */
	if (!with || t->cu < t->funcname)
		return false;
	memcpy(with + 1, name, len);
	return cgm_elf_scan(t->table.fd, t->table.start + t->funcname, t->cu - t->funcname, len + 1,
			    see_names, &s) > 0;
}
