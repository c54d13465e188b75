/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of an ELF file that the readers of Go programs use: headers by libelf, which is loaded
 * with dlopen, contents by pread(2) with limits. Nothing is mapped, since who owns the file may cut
 * it short at any time. Private to src/golang. Plain data; @fd is borrowed.
 */
#ifndef CGMEM_GOLANG_ELF_H
#define CGMEM_GOLANG_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Sections that are looked for by name. */
enum cgm_elf_section_id {
	CGM_ELF_BUILDINFO,
	CGM_ELF_PCLNTAB,
	CGM_ELF_MODULE, /* .go.module, from Go 1.26 on */
	CGM_ELF_TEXT,
	CGM_ELF_BSS,
	CGM_ELF_NOPTRBSS,
	CGM_ELF_NOPTRDATA,
	CGM_ELF_GNU_ID,
	CGM_ELF_SYMTAB, /* by type */
	CGM_ELF_STRTAB, /* that of the symbols */
	CGM_ELF_SECTION_COUNT
};

struct cgm_elf_section {
	uint64_t addr, offset, size; /* size 0: there is none, or it has no bytes */
};

struct cgm_elf_segment {
	uint32_t type, flags; /* PT_LOAD, PF_W */
	uint64_t addr, offset, filesz, memsz;
};

#define CGM_ELF_SEGMENTS_MAX 48

struct cgm_elf {
	int fd;
	bool is64, has_sections, needs_libraries;
	uint16_t type, machine;
	uint64_t entry;
	struct cgm_elf_segment segments[CGM_ELF_SEGMENTS_MAX];
	size_t n_segments;
	struct cgm_elf_section sections[CGM_ELF_SECTION_COUNT];
};

/* 0 or -ENOSYS with words. */
int cgm_elf_prepare(struct cgm_err *err);
/* 0; -ENOEXEC: no ELF program of little-endian; -EBADMSG; -ENOSYS; -errno. */
int cgm_elf_open(int fd, struct cgm_elf *ret);
/* Reads all of @len bytes at @offset of the file. 0; -EBADMSG: it ends before; -errno. */
int cgm_elf_read(int fd, uint64_t offset, void *buf, size_t len);
/* The segment with the link addresses @addr and the @len bytes after it in the file, NULL none. */
const struct cgm_elf_segment *cgm_elf_at(const struct cgm_elf *e, uint64_t addr, uint64_t len);
/* Reads what the file has at a link address. As cgm_elf_read(); -EFAULT: no such address. */
int cgm_elf_read_addr(const struct cgm_elf *e, uint64_t addr, void *buf, size_t len);

/*
 * Hands the file's bytes [offset, offset + len) to @see in pieces, each beginning with the last
 * @overlap bytes of the one before; @at is the piece's offset. @see returns 0 to go on, another
 * value to end with it. What the file lacks at its end is left out.
 */
int cgm_elf_scan(int fd, uint64_t offset, uint64_t len, size_t overlap,
		 int (*see)(const uint8_t *piece, size_t len, uint64_t at, void *arg), void *arg);

static inline bool cgm_range_holds(uint64_t start, uint64_t size, uint64_t at, uint64_t len)
{
	return at >= start && len <= size && at - start <= size - len;
}

/* Little-endian words of untrusted bytes. */
static inline uint16_t cgm_le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t cgm_le32(const uint8_t *p)
{
	return (uint32_t)cgm_le16(p) | (uint32_t)cgm_le16(p + 2) << 16;
}

static inline uint64_t cgm_le64(const uint8_t *p)
{
	return (uint64_t)cgm_le32(p) | (uint64_t)cgm_le32(p + 4) << 32;
}

#endif
