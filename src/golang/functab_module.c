/* SPDX-License-Identifier: Apache-2.0 */
/*
 * runtime.firstmoduledata (src/runtime/symtab.go): it begins with the address of the function
 * table, then that of the names, and tells where the text and the trees of inlined calls are. In a
 * position independent program its addresses are right in memory only.
 */
#include <elf.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "golang/functab_parts.h"
#include "base/banned.h"

#define MODULE_MIN 352
#define PIECE	   ((size_t)64 << 10)
#define SEARCH_MAX ((uint64_t)64 << 20)
#define FTAB_LEN   136
#define TEXT	   176
#define ETEXT	   184
#define GOFUNC_118 304
#define GOFUNC_120 320 /* covctrs, ecovctrs came */
#define GOFUNC_127 344 /* typedesclen, itaboffset, itabsize came */

struct module_search {
	struct cgm_functab *t;
	uint64_t bias; /* of the words: 0 where the file is read */
};

static int read_words(const struct module_search *s, uint64_t addr, void *buf, size_t len)
{
	if (s->t->image.pie)
		return s->t->mem.read(s->t->mem.ctx, addr + s->bias, buf, len);
	return cgm_elf_read_addr(&s->t->elf, addr, buf, len);
}

static bool take_module(const struct module_search *s, uint64_t addr)
{
	struct cgm_functab *t = s->t;
	uint8_t b[MODULE_MIN];
	unsigned gofunc = t->magic == CGM_PCLNTAB_118 ? GOFUNC_118
			  : t->image.minor >= 27      ? GOFUNC_127
						      : GOFUNC_120;
	uint64_t text, end;

	if (read_words(s, addr, b, sizeof b) || cgm_le64(b + FTAB_LEN) != t->nfunc + 1)
		return false;
	text = cgm_le64(b + TEXT);
	end = cgm_le64(b + ETEXT);
	if (!text || text >= end)
		return false;
	t->text = text - s->bias + t->bias;
	t->gofunc = cgm_le64(b + gofunc) - s->bias;
	return true;
}

/* Backwards: it stands behind the data that is relocated, which may be large. */
static bool search(const struct module_search *s, uint64_t addr, uint64_t len)
{
	CGM_AUTO_FREE uint8_t *buf = malloc(PIECE + 16);
	uint64_t table = s->t->image.pclntab.start + s->bias, names = table + s->t->funcname,
		 start = (addr + 7) & ~UINT64_C(7), end = addr + len, low;

	if (!buf || end < start)
		return false;
	low = end - start > SEARCH_MAX ? end - SEARCH_MAX : start;
	low = (low + 7) & ~UINT64_C(7);
	end &= ~UINT64_C(7);
	while (end >= low + MODULE_MIN) {
		uint64_t from = end - low > PIECE ? end - PIECE : low;
		size_t n = (size_t)(end - from);

		if (read_words(s, from, buf, n))
			return false;
		for (size_t i = 0; i + 16 <= n; i += 8)
			if (cgm_le64(buf + i) == table && cgm_le64(buf + i + 8) == names &&
			    take_module(s, from + i))
				return true;
		end = from == low ? low : from + 8; /* a pair may be in two pieces */
	}
	return false;
}

void cgm_functab_read_module(struct cgm_functab *t)
{
	struct module_search s = {t, t->image.pie ? t->bias : 0};
	static const enum cgm_elf_section_id likely[] = {CGM_ELF_MODULE, CGM_ELF_NOPTRDATA};

	if (t->module_read || (t->image.pie && !t->in_process))
		return;
	t->module_read = true;
	for (size_t i = 0; i < sizeof likely / sizeof *likely; i++) {
		const struct cgm_elf_section *sec = &t->elf.sections[likely[i]];

		if (sec->size && search(&s, sec->addr, sec->size))
			return;
	}
	for (size_t i = t->elf.n_segments; i-- > 0;) {
		const struct cgm_elf_segment *seg = &t->elf.segments[i];

		if (seg->type == PT_LOAD && seg->flags & PF_W && seg->filesz &&
		    search(&s, seg->addr, seg->filesz))
			return;
	}
}
