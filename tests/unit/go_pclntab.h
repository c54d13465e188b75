/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Go program's function table, in each of the formats, put into the file of go_elf.h: five
 * functions of 0x40 bytes, one behind the other from TEXT_ADDR on, each with a frame of FRAME
 * bytes. In the first 8 bytes from 0x10 on in main.outer are of main.inner, inlined.
 */
#ifndef CGMEM_TESTS_GO_PCLNTAB_H
#define CGMEM_TESTS_GO_PCLNTAB_H

#include "go_elf.h"
#include "golang/image.h"
#include "golang/image_parts.h"

#define TEXT_ADDR (ELF_BASE + ELF_TEXT + 0x40)
#define FUNC_LEN  0x40u
#define FRAME	  0x18u

enum { F_OUTER, F_WRAP, F_MAIN, F_WORKER, F_GOEXIT, F_COUNT };

#define AT(f, offset) (TEXT_ADDR + FUNC_LEN * (f) + (offset))

static const char *const pcln_names[] = {
	"main.outer",	  "main.outer.gowrap1", "runtime.main",	     "runtime.gcBgMarkWorker",
	"runtime.goexit", "main.inner",		"runtime.MemProfile"};

#define MODULE	  (ELF_DATA + 0x100u)
#define GOFUNC	  (ELF_RODATA + 0xf00u)
#define T_NAMES	  0x60u /* offsets in the table */
#define T_CU	  0x100u
#define T_FILES	  0x120u
#define T_PCTAB	  0x160u
#define T_PCLN	  0x200u
#define T_FUNCS	  0x300u
#define FUNC_ROOM 0x60u

static inline uint32_t pcln_name(struct elf_file *f, size_t i)
{
	uint32_t at = 1;

	for (size_t j = 0; j < i; j++)
		at += (uint32_t)strlen(pcln_names[j]) + 1;
	memcpy(f->b + ELF_PCLNTAB + T_NAMES + at, pcln_names[i], strlen(pcln_names[i]) + 1);
	return at;
}

/* Appends ranges of @len bytes with @value each, until value -2; returns where that is. */
static inline uint32_t pcln_values(struct elf_file *f, uint32_t *used, const int *values,
				   const unsigned *lens)
{
	uint8_t *p = f->b + ELF_PCLNTAB + T_PCTAB + *used;
	uint32_t start = *used;
	int last = -1;

	for (size_t i = 0; values[i] != -2; i++) {
		int d = values[i] - last;

		*p++ = (uint8_t)(d < 0 ? -2 * d - 1 : 2 * d); /* all small: one byte */
		*p++ = (uint8_t)lens[i];
		last = values[i];
	}
	*p++ = 0;
	*used = (uint32_t)(p - (f->b + ELF_PCLNTAB + T_PCTAB));
	return start;
}

struct pcln_tables {
	uint32_t sp, file, line, index;
};

static inline void pcln_func(struct elf_file *f, uint32_t magic, unsigned i, unsigned wrapper,
			     const struct pcln_tables *t)
{
	bool old = magic == CGM_PCLNTAB_116;
	uint8_t *table = f->b + ELF_PCLNTAB, *b = table + T_FUNCS + FUNC_ROOM * i;
	uint32_t at = T_FUNCS - T_PCLN + FUNC_ROOM * i;

	if (old) {
		put64(table + T_PCLN + 16 * i, AT(i, 0));
		put64(table + T_PCLN + 16 * i + 8, at);
		put64(b, AT(i, 0));
		b += 8;
	} else {
		put32(table + T_PCLN + 8 * i, FUNC_LEN * i);
		put32(table + T_PCLN + 8 * i + 4, at);
		put32(b, FUNC_LEN * i);
		b += 4;
	}
	put32(b, pcln_name(f, i));
	put32(b + 12, t->sp);
	put32(b + 16, t->file);
	put32(b + 20, t->line);
	put32(b + 24, 3);
	put32(b + 28, 1); /* its files begin at the second word of the list */
	b += 32;
	if (magic == CGM_PCLNTAB_120) {
		put32(b, 100 + i);
		b += 4;
	}
	b[0] = (uint8_t)(i == F_WRAP ? wrapper : 0);
	b[1] = i == F_GOEXIT;
	b[3] = 4;
	b += 4;
	put32(b + 8, i == F_OUTER ? t->index : 0);
	b += 12;
	for (unsigned j = 0; j < 3 && !old; j++)
		put32(b + 4 * j, UINT32_MAX);
	if (!old)
		put32(b + 12, i == F_OUTER ? 0x20 : UINT32_MAX);
	else if (i == F_OUTER) /* behind 4 bytes of padding */
		put64(table + ((size_t)(b - table + 7) & ~(size_t)7) + 24,
		      ELF_BASE + GOFUNC + 0x20);
}

static inline void pcln_header(struct elf_file *f, uint32_t magic)
{
	static const uint32_t offsets[] = {T_NAMES, T_CU, T_FILES, T_PCTAB, T_PCLN};
	uint8_t *h = f->b + ELF_PCLNTAB;

	put32(h, magic);
	h[6] = 1;
	h[7] = 8;
	put64(h + 8, F_COUNT);
	put64(h + 16, 1);
	for (size_t i = 0; i < 5; i++)
		put64(h + (magic == CGM_PCLNTAB_116 ? 24 : 32) + 8 * i, offsets[i]);
}

static inline void pcln_module(struct elf_file *f, uint32_t magic, unsigned minor, uint64_t bias)
{
	uint8_t *m = f->b + MODULE;
	size_t gofunc = magic == CGM_PCLNTAB_118 ? 304 : minor >= 27 ? 344 : 320;

	put64(m, ELF_BASE + ELF_PCLNTAB + bias);
	put64(m + 8, ELF_BASE + ELF_PCLNTAB + T_NAMES + bias);
	put64(m + 136, F_COUNT + 1);
	put64(m + 176, TEXT_ADDR + bias);
	put64(m + 184, TEXT_ADDR + bias + FUNC_LEN * F_COUNT);
	put64(m + gofunc, ELF_BASE + GOFUNC + bias);
}

/* The table of Go 1.@minor; the file gets build info of that version too. */
static inline void pcln_new(struct elf_file *f, unsigned minor, uint64_t bias)
{
	static const int sp[] = {FRAME, -2}, file[] = {0, -2}, line[] = {10, 50, 11, -2},
			 index[] = {-1, 0, -1, -2};
	static const unsigned all[] = {FUNC_LEN}, parts[] = {0x10, 8, 0x28};
	uint32_t magic = minor < 18   ? CGM_PCLNTAB_116
			 : minor < 20 ? CGM_PCLNTAB_118
				      : CGM_PCLNTAB_120,
		 used = 1;
	unsigned wrapper = minor >= 25 ? 23 : minor >= 22 || minor == 17 ? 22 : 21;
	uint8_t *table = f->b + ELF_PCLNTAB, *call = f->b + GOFUNC + 0x20;
	struct pcln_tables t = {
		.sp = pcln_values(f, &used, sp, all),
		.file = pcln_values(f, &used, file, all),
		.line = pcln_values(f, &used, line, parts),
		.index = pcln_values(f, &used, index, parts),
	};
	char version[] = "go1.00";

	version[4] = (char)('0' + minor / 10);
	version[5] = (char)('0' + minor % 10);
	elf_build_info(f, ELF_DATA, version);
	pcln_header(f, magic);
	put32(table + T_CU, UINT32_MAX);
	put32(table + T_CU + 4, 1);
	memcpy(table + T_FILES + 1, "/src/main.go", 13);
	for (unsigned i = 0; i < F_COUNT; i++)
		pcln_func(f, magic, i, wrapper, &t);
	if (magic == CGM_PCLNTAB_116)
		put64(table + T_PCLN + 16 * F_COUNT, AT(F_COUNT, 0));
	else
		put32(table + T_PCLN + 8 * F_COUNT, FUNC_LEN * F_COUNT);
	put32(call + (minor < 20 ? 12 : 4), pcln_name(f, 5));
	put32(call + (minor < 20 ? 16 : 8), 4); /* called from main.outer+4 */
	if (minor >= 20)
		put32(call + 12, 77);
	(void)pcln_name(f, 6); /* or the program would keep no heap profile */
	pcln_module(f, magic, minor, bias);
}

#endif
