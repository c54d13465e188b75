/* SPDX-License-Identifier: Apache-2.0 */
/* ELF files as Go's linker writes them, small, put together in memory. */
#ifndef CGMEM_TESTS_GO_ELF_H
#define CGMEM_TESTS_GO_ELF_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define ELF_SIZE     0x4000u
#define ELF_BASE     UINT64_C(0x400000)
#define ELF_TEXT     0x1000u /* offsets of the segments; addresses are ELF_BASE and these */
#define ELF_RODATA   0x2000u
#define ELF_DATA     0x3000u
#define ELF_DATA_LEN 0x400u
#define ELF_BSS_LEN  0x2000u /* behind the data, in memory only */
#define ELF_PCLNTAB  (ELF_RODATA + 0x100u)
#define ELF_PCLN_LEN 0xe00u

struct elf_file {
	uint8_t b[ELF_SIZE];
	size_t sections; /* offset of the section headers */
	unsigned n_sections;
	uint32_t names; /* used of the names' section, at 0x3800 */
};

static inline void put16(uint8_t *p, uint16_t v)
{
	memcpy(p, &v, sizeof v);
}

static inline void put32(uint8_t *p, uint32_t v)
{
	memcpy(p, &v, sizeof v);
}

static inline void put64(uint8_t *p, uint64_t v)
{
	memcpy(p, &v, sizeof v);
}

static inline void elf_segment(struct elf_file *f, unsigned i, uint32_t type, uint32_t flags,
			       uint64_t offset, uint64_t filesz, uint64_t memsz)
{
	Elf64_Phdr p = {.p_type = type,
			.p_flags = flags,
			.p_offset = offset,
			.p_vaddr = ELF_BASE + offset,
			.p_filesz = filesz,
			.p_memsz = memsz,
			.p_align = 0x1000};

	memcpy(f->b + 64 + i * sizeof p, &p, sizeof p);
}

#define ELF_NAMES 0x3800u

static inline void elf_section(struct elf_file *f, const char *name, uint32_t type, uint64_t offset,
			       uint64_t size, uint32_t link)
{
	Elf64_Shdr s = {.sh_name = f->names,
			.sh_type = type,
			.sh_addr = ELF_BASE + offset,
			.sh_offset = offset,
			.sh_size = size,
			.sh_link = link};

	memcpy(f->b + f->sections + f->n_sections++ * sizeof s, &s, sizeof s);
	memcpy(f->b + ELF_NAMES + f->names, name, strlen(name) + 1);
	f->names += (uint32_t)strlen(name) + 1;
}

/* Header and three segments: text, constants, data with as much zero-filled behind it. */
static inline void elf_new(struct elf_file *f)
{
	Elf64_Ehdr h = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
			.e_type = ET_EXEC,
			.e_machine = EM_X86_64,
			.e_version = EV_CURRENT,
			.e_entry = ELF_BASE + ELF_TEXT + 0x40,
			.e_phoff = 64,
			.e_ehsize = sizeof h,
			.e_phentsize = sizeof(Elf64_Phdr),
			.e_phnum = 3,
			.e_shentsize = sizeof(Elf64_Shdr)};

	memset(f, 0, sizeof *f);
	memcpy(f->b, &h, sizeof h);
	elf_segment(f, 0, PT_LOAD, PF_R | PF_X, ELF_TEXT, 0x1000, 0x1000);
	elf_segment(f, 1, PT_LOAD, PF_R, ELF_RODATA, 0x1000, 0x1000);
	elf_segment(f, 2, PT_LOAD, PF_R | PF_W, ELF_DATA, ELF_DATA_LEN, ELF_DATA_LEN + ELF_BSS_LEN);
	f->sections = 0x3a00;
}

/* Begins the section headers with the null one; elf_sections_end() adds that of the names. */
static inline void elf_sections_begin(struct elf_file *f)
{
	f->names = 1;
	f->n_sections = 1;
}

static inline void elf_sections_end(struct elf_file *f)
{
	unsigned i = f->n_sections;

	elf_section(f, ".shstrtab", SHT_STRTAB, ELF_NAMES, f->names + sizeof ".shstrtab", 0);
	put64(f->b + offsetof(Elf64_Ehdr, e_shoff), f->sections);
	put16(f->b + offsetof(Elf64_Ehdr, e_shnum), (uint16_t)f->n_sections);
	put16(f->b + offsetof(Elf64_Ehdr, e_shstrndx), (uint16_t)i);
}

/* Build info as from Go 1.18 on, at @offset. */
static inline void elf_build_info(struct elf_file *f, size_t offset, const char *version)
{
	memcpy(f->b + offset, "\xff Go buildinf:", 14);
	f->b[offset + 14] = 8;
	f->b[offset + 15] = 2;
	f->b[offset + 32] = (uint8_t)strlen(version);
	memcpy(f->b + offset + 33, version, strlen(version));
}

/* A file of @len of the bytes; close it. */
static inline int elf_open(const struct elf_file *f, size_t len)
{
	int fd = memfd_create("elf", MFD_CLOEXEC);

	if (fd < 0 || write(fd, f->b, len) != (ssize_t)len)
		abort();
	return fd;
}

#endif
