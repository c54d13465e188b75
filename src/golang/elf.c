/* SPDX-License-Identifier: Apache-2.0 */
#include "golang/elf.h"

#include <errno.h>
#include <gelf.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/dl.h"
#include "base/cleanup.h"
#include "base/banned.h"

#define SECTIONS_MAX 65535
#define NAMES_MAX    ((size_t)1 << 20)
#define PIECE	     ((size_t)256 << 10)

static struct {
	unsigned (*version)(unsigned);
	Elf *(*begin)(int, Elf_Cmd, Elf *);
	int (*end)(Elf *);
	Elf_Kind (*kind)(Elf *);
	GElf_Ehdr *(*getehdr)(Elf *, GElf_Ehdr *);
	GElf_Phdr *(*getphdr)(Elf *, int, GElf_Phdr *);
	GElf_Shdr *(*getshdr)(Elf_Scn *, GElf_Shdr *);
	Elf_Scn *(*getscn)(Elf *, size_t);
	Elf_Scn *(*nextscn)(Elf *, Elf_Scn *);
} elf;
static bool loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static const struct cgm_dl_symbol symbols[] = {
	{"elf_version", &elf.version},	{"elf_begin", &elf.begin},
	{"elf_end", &elf.end},		{"elf_kind", &elf.kind},
	{"gelf_getehdr", &elf.getehdr}, {"gelf_getphdr", &elf.getphdr},
	{"gelf_getshdr", &elf.getshdr}, {"elf_getscn", &elf.getscn},
	{"elf_nextscn", &elf.nextscn},
};

/* In Go's own position independent link the table of functions is a part of the relro data. */
static const struct {
	const char *name;
	enum cgm_elf_section_id id;
} wanted[] = {
	{".go.buildinfo", CGM_ELF_BUILDINFO},
	{".gopclntab", CGM_ELF_PCLNTAB},
	{".data.rel.ro.gopclntab", CGM_ELF_PCLNTAB},
	{".go.module", CGM_ELF_MODULE},
	{".text", CGM_ELF_TEXT},
	{".bss", CGM_ELF_BSS},
	{".noptrbss", CGM_ELF_NOPTRBSS},
	{".noptrdata", CGM_ELF_NOPTRDATA},
	{".note.gnu.build-id", CGM_ELF_GNU_ID},
};

static void load(void)
{
	static const char *const sonames[] = {"libelf.so.1", NULL};

	loaded = cgm_dl_load(sonames, symbols, sizeof symbols / sizeof *symbols, NULL) == 0 &&
		 elf.version(EV_CURRENT) != EV_NONE;
	if (loaded)
		cgm_dl_bind(sonames);
}

int cgm_elf_prepare(struct cgm_err *err)
{
	if (pthread_once(&once, load) || !loaded)
		return cgm_err_set(err, ENOSYS, "libelf.so.1 is not there");
	return 0;
}

int cgm_elf_read(int fd, uint64_t offset, void *buf, size_t len)
{
	char *p = buf;

	if (offset > INT64_MAX - len)
		return -EBADMSG;
	while (len) {
		ssize_t n = pread(fd, p, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			return -EBADMSG;
		p += n;
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

const struct cgm_elf_segment *cgm_elf_at(const struct cgm_elf *e, uint64_t addr, uint64_t len)
{
	for (size_t i = 0; i < e->n_segments; i++) {
		const struct cgm_elf_segment *s = &e->segments[i];

		if (s->type == PT_LOAD && cgm_range_holds(s->addr, s->filesz, addr, len))
			return s;
	}
	return NULL;
}

int cgm_elf_read_addr(const struct cgm_elf *e, uint64_t addr, void *buf, size_t len)
{
	const struct cgm_elf_segment *s = cgm_elf_at(e, addr, len);

	return s ? cgm_elf_read(e->fd, s->offset + (addr - s->addr), buf, len) : -EFAULT;
}

int cgm_elf_scan(int fd, uint64_t offset, uint64_t len, size_t overlap,
		 int (*see)(const uint8_t *piece, size_t len, uint64_t at, void *arg), void *arg)
{
	CGM_AUTO_FREE uint8_t *buf = malloc(PIECE);
	size_t kept = 0;

	if (!buf)
		return -ENOMEM;
	if (offset > INT64_MAX || len > INT64_MAX - offset)
		return -EBADMSG;
	while (len) {
		size_t want = len < PIECE - kept ? (size_t)len : PIECE - kept;
		ssize_t n = pread(fd, buf + kept, want, (off_t)offset);
		int r;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			return 0;
		r = see(buf, kept + (size_t)n, offset - kept, arg);
		if (r)
			return r;
		offset += (uint64_t)n;
		len -= (uint64_t)n;
		want = kept + (size_t)n;
		kept = want < overlap ? want : overlap;
		memmove(buf, buf + want - kept, kept);
	}
	return 0;
}

/*
 * What libelf must not be asked to believe: it allocates for as many sections and segments as the
 * file claims, also where the count stands in the first section (elf_begin.c, get_shnum, elfutils
 * 0.188).
 */
static int check_header(int fd)
{
	uint8_t h[sizeof(Elf64_Ehdr)] = {0};
	bool is64;
	int r = cgm_elf_read(fd, 0, h, sizeof(Elf32_Ehdr));

	if (r)
		return r == -EBADMSG || r == -EISDIR ? -ENOEXEC : r;
	if (memcmp(h, ELFMAG, SELFMAG) != 0 || h[EI_DATA] != ELFDATA2LSB)
		return -ENOEXEC;
	is64 = h[EI_CLASS] == ELFCLASS64;
	if (!is64 && h[EI_CLASS] != ELFCLASS32)
		return -ENOEXEC;
	if (is64 && cgm_elf_read(fd, 0, h, sizeof h))
		return -ENOEXEC;
	if (is64 ? cgm_le64(h + offsetof(Elf64_Ehdr, e_shoff)) &&
			    !cgm_le16(h + offsetof(Elf64_Ehdr, e_shnum))
		 : cgm_le32(h + offsetof(Elf32_Ehdr, e_shoff)) &&
			    !cgm_le16(h + offsetof(Elf32_Ehdr, e_shnum))) {
		/* the count is in the first section, or somebody took the sections away */
		uint64_t at = is64 ? cgm_le64(h + offsetof(Elf64_Ehdr, e_shoff))
				   : cgm_le32(h + offsetof(Elf32_Ehdr, e_shoff));
		uint8_t size[8] = {0};

		r = cgm_elf_read(
			fd,
			at + (is64 ? offsetof(Elf64_Shdr, sh_size) : offsetof(Elf32_Shdr, sh_size)),
			size, is64 ? 8 : 4);
		if (!r && cgm_le64(size) > SECTIONS_MAX)
			return -EBADMSG;
	}
	r = is64 ? cgm_le16(h + offsetof(Elf64_Ehdr, e_phnum))
		 : cgm_le16(h + offsetof(Elf32_Ehdr, e_phnum));
	return r == PN_XNUM ? -EBADMSG : 0;
}

static bool names_a_library(int fd, const GElf_Phdr *p, bool is64)
{
	uint8_t d[1024] = {0};
	size_t step = is64 ? 16 : 8, n = p->p_filesz < sizeof d ? (size_t)p->p_filesz : sizeof d;

	if (cgm_elf_read(fd, p->p_offset, d, n))
		return false;
	for (size_t i = 0; i + step <= n; i += step)
		if ((is64 ? cgm_le64(d + i) : cgm_le32(d + i)) == DT_NEEDED)
			return true;
	return false;
}

static void take_segments(Elf *lib, size_t n, struct cgm_elf *e)
{
	GElf_Phdr p;

	for (size_t i = 0; i < n && e->n_segments < CGM_ELF_SEGMENTS_MAX; i++) {
		if (!elf.getphdr(lib, (int)i, &p))
			return;
		if (p.p_vaddr > UINT64_MAX - p.p_memsz || p.p_offset > INT64_MAX - p.p_filesz ||
		    p.p_filesz > INT64_MAX || (p.p_type == PT_LOAD && p.p_filesz > p.p_memsz))
			continue; /* no such memory, no such file */
		if (p.p_type == PT_DYNAMIC)
			e->needs_libraries = names_a_library(e->fd, &p, e->is64);
		e->segments[e->n_segments++] = (struct cgm_elf_segment){
			.type = p.p_type,
			.flags = p.p_flags,
			.addr = p.p_vaddr,
			.offset = p.p_offset,
			.filesz = p.p_filesz,
			.memsz = p.p_memsz,
		};
	}
}

static void take_section(const GElf_Shdr *sh, enum cgm_elf_section_id id, struct cgm_elf *e)
{
	if (e->sections[id].size || sh->sh_addr > UINT64_MAX - sh->sh_size ||
	    sh->sh_size > INT64_MAX || sh->sh_offset > INT64_MAX - sh->sh_size)
		return;
	e->sections[id] = (struct cgm_elf_section){
		.addr = sh->sh_addr, .offset = sh->sh_offset, .size = sh->sh_size};
}

static void take_sections(Elf *lib, size_t names_index, struct cgm_elf *e)
{
	CGM_AUTO_FREE char *names = NULL;
	Elf_Scn *s = elf.getscn(lib, names_index);
	GElf_Shdr sh;
	size_t len;

	if (!names_index || !s || !elf.getshdr(s, &sh) || !sh.sh_size || sh.sh_size > NAMES_MAX)
		return;
	len = (size_t)sh.sh_size;
	names = malloc(len);
	if (!names || cgm_elf_read(e->fd, sh.sh_offset, names, len) || names[len - 1])
		return;
	e->has_sections = true;
	for (s = elf.nextscn(lib, NULL); s; s = elf.nextscn(lib, s)) {
		GElf_Shdr link;

		if (!elf.getshdr(s, &sh))
			return;
		if (sh.sh_type == SHT_SYMTAB) {
			Elf_Scn *strings = elf.getscn(lib, sh.sh_link);

			take_section(&sh, CGM_ELF_SYMTAB, e);
			if (strings && elf.getshdr(strings, &link))
				take_section(&link, CGM_ELF_STRTAB, e);
		}
		for (size_t i = 0; sh.sh_name < len && i < sizeof wanted / sizeof *wanted; i++)
			if (!strcmp(names + sh.sh_name, wanted[i].name))
				take_section(&sh, wanted[i].id, e);
	}
}

int cgm_elf_open(int fd, struct cgm_elf *ret)
{
	struct cgm_elf e = {.fd = fd};
	GElf_Ehdr h;
	Elf *lib;
	int r = cgm_elf_prepare(NULL);

	if (!r)
		r = check_header(fd);
	if (r)
		return r;
	lib = elf.begin(fd, ELF_C_READ, NULL); /* not mmap: a cut file would be a SIGBUS */
	if (!lib)
		return -ENOEXEC;
	if (elf.kind(lib) != ELF_K_ELF || !elf.getehdr(lib, &h) ||
	    (h.e_type != ET_EXEC && h.e_type != ET_DYN)) {
		(void)elf.end(lib);
		return -ENOEXEC;
	}
	e.is64 = h.e_ident[EI_CLASS] == ELFCLASS64;
	e.type = h.e_type;
	e.machine = h.e_machine;
	e.entry = h.e_entry;
	take_segments(lib, h.e_phnum, &e);
	if (h.e_shnum)
		take_sections(lib, h.e_shstrndx, &e);
	(void)elf.end(lib);
	*ret = e;
	return 0;
}
