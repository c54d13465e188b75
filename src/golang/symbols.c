/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses of the runtime's variables from .symtab, read piece by piece: first the names, to learn
 * where each of the few stands, then the symbols with one of those names.
 */
#include <elf.h>
#include <string.h>

#include "golang/image_parts.h"
#include "base/banned.h"

#define TABLE_MAX ((uint64_t)256 << 20)
#define COUNT	  5
#define NAME_MAX_ 32

static const char names[COUNT][NAME_MAX_] = {
	"\0runtime.gcController", "\0runtime.memstats",	      "\0runtime.allgs",
	"\0runtime.mbuckets",	  "\0runtime.MemProfileRate",
};

struct search {
	uint64_t start;
	uint32_t name[COUNT]; /* offset among the names, 0: not there */
	uint64_t *to[COUNT];
	size_t left;
};

static size_t name_len(size_t i)
{
	return 1 + strlen(names[i] + 1) + 1; /* with the zero bytes before and behind it */
}

static int see_names(const uint8_t *piece, size_t len, uint64_t at, void *arg)
{
	struct search *s = arg;

	for (size_t i = 0; i < COUNT; i++) {
		const uint8_t *p = s->name[i] ? NULL : memmem(piece, len, names[i], name_len(i));
		uint64_t offset;

		if (!p)
			continue;
		offset = at + (uint64_t)(p - piece) + 1 - s->start;
		if (offset > UINT32_MAX)
			continue;
		s->name[i] = (uint32_t)offset;
		s->left--;
	}
	return !s->left;
}

static int see_symbols(const uint8_t *piece, size_t len, uint64_t at, void *arg)
{
	struct search *s = arg;
	size_t size = sizeof(Elf64_Sym), i = (size - (at - s->start) % size) % size;

	for (; i + size <= len; i += size) {
		uint32_t name = cgm_le32(piece + i + offsetof(Elf64_Sym, st_name));

		for (size_t j = 0; name && j < COUNT; j++)
			if (name == s->name[j] &&
			    ELF64_ST_TYPE(piece[i + offsetof(Elf64_Sym, st_info)]) == STT_OBJECT)
				*s->to[j] = cgm_le64(piece + i + offsetof(Elf64_Sym, st_value));
	}
	return 0;
}

void cgm_go_symbols_read(const struct cgm_elf *e, struct cgm_go_image *image)
{
	const struct cgm_elf_section *sym = &e->sections[CGM_ELF_SYMTAB],
				     *str = &e->sections[CGM_ELF_STRTAB];
	struct search s = {.start = str->offset,
			   .to = {&image->gc_controller, &image->memstats, &image->allgs,
				  &image->mbuckets, &image->mem_profile_rate},
			   .left = COUNT};

	if (!e->is64 || !sym->size || !str->size || sym->size > TABLE_MAX || str->size > TABLE_MAX)
		return;
	if (cgm_elf_scan(e->fd, str->offset, str->size, NAME_MAX_, see_names, &s) < 0 ||
	    s.left == COUNT)
		return;
	s.start = sym->offset;
	(void)cgm_elf_scan(e->fd, sym->offset, sym->size, sizeof(Elf64_Sym) - 1, see_symbols, &s);
}
