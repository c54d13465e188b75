/* SPDX-License-Identifier: Apache-2.0 */
#include "go_image_case.h"

static void test_sections(void **state)
{
	struct elf_file f;
	struct cgm_go_image m;

	(void)state;
	elf_new(&f);
	elf_build_info(&f, ELF_DATA, "go1.22.5");
	pclntab_header(&f, ELF_PCLNTAB, CGM_PCLNTAB_120);
	elf_sections_begin(&f);
	elf_section(&f, ".text", SHT_PROGBITS, ELF_TEXT + 0x40, 0x800, 0);
	elf_section(&f, ".gopclntab", SHT_PROGBITS, ELF_PCLNTAB, ELF_PCLN_LEN, 0);
	elf_section(&f, ".go.buildinfo", SHT_PROGBITS, ELF_DATA, 64, 0);
	elf_section(&f, ".bss", SHT_NOBITS, ELF_DATA + ELF_DATA_LEN, 0x1000, 0);
	elf_section(&f, ".noptrbss", SHT_NOBITS, ELF_DATA + ELF_DATA_LEN + 0x1000, 0x1000, 0);
	elf_sections_end(&f);
	assert_int_equal(read_image(&f, sizeof f.b, &m), 0);
	assert_string_equal(m.version, "go1.22.5");
	assert_int_equal(m.minor, 22);
	assert_int_equal(m.machine, EM_X86_64);
	assert_false(m.pie);
	assert_false(m.cgo);
	assert_int_equal(m.entry, ELF_BASE + ELF_TEXT + 0x40);
	assert_int_equal(m.text.start, ELF_BASE + ELF_TEXT + 0x40);
	assert_int_equal(m.text.len, 0x800);
	assert_int_equal(m.zero.start, ELF_BASE + ELF_DATA + ELF_DATA_LEN);
	assert_int_equal(m.zero.len, ELF_BSS_LEN);
	assert_int_equal(m.data.start, ELF_BASE + ELF_DATA);
	assert_int_equal(m.data.len, ELF_DATA_LEN);
	assert_int_equal(m.bss.start, ELF_BASE + ELF_DATA + ELF_DATA_LEN);
	assert_int_equal(m.bss.len, 0x1000);
	assert_int_equal(m.noptrbss.start, ELF_BASE + ELF_DATA + ELF_DATA_LEN + 0x1000);
	assert_int_equal(m.pclntab_offset, ELF_PCLNTAB);
	assert_int_equal(m.pclntab.start, ELF_BASE + ELF_PCLNTAB);
	assert_int_equal(m.pclntab.len, ELF_PCLN_LEN);
	assert_int_equal(m.gc_controller, 0);
	assert_int_equal(m.build_id_len, 16);
	assert_false(m.build_id_gnu);
}

/* Sections taken away: the build info is at a multiple of 16 in the data, and only there. */
static void test_without_sections(void **state)
{
	struct elf_file f;
	struct cgm_go_image m;

	(void)state;
	elf_new(&f);
	elf_build_info(&f, ELF_DATA + 0x120, "go1.19.8");
	assert_int_equal(read_image(&f, sizeof f.b, &m), 0);
	assert_string_equal(m.version, "go1.19.8");
	assert_int_equal(m.pclntab.len, 0);
	assert_int_equal(m.text.start, ELF_BASE + ELF_TEXT);
	elf_new(&f);
	elf_build_info(&f, ELF_DATA + 0x128, "go1.19.8");
	assert_int_equal(read_image(&f, sizeof f.b, &m), -ENOEXEC);
	elf_new(&f);
	elf_build_info(&f, ELF_RODATA + 0x120, "go1.19.8");
	assert_int_equal(read_image(&f, sizeof f.b, &m), -ENOEXEC);
}

/* With sections a file without build info and function table is no Go program, whatever is in it.
 */
static void test_other_program(void **state)
{
	struct elf_file f;
	struct cgm_go_image m;

	(void)state;
	elf_new(&f);
	elf_build_info(&f, ELF_DATA + 0x120, "go1.19.8");
	elf_sections_begin(&f);
	elf_section(&f, ".text", SHT_PROGBITS, ELF_TEXT, 0x800, 0);
	elf_sections_end(&f);
	assert_int_equal(read_image(&f, sizeof f.b, &m), -ENOEXEC);
}

static void put_note(uint8_t *p, const char *name, uint32_t type, const uint8_t *id, uint32_t len)
{
	put32(p, 4);
	put32(p + 4, len);
	put32(p + 8, type);
	memcpy(p + 12, name, 4);
	memcpy(p + 16, id, len);
}

static void test_build_id(void **state)
{
	struct elf_file f;
	struct cgm_go_image m, other;
	uint8_t id[83];

	(void)state;
	for (size_t i = 0; i < sizeof id; i++)
		id[i] = (uint8_t)('a' + i % 20);
	elf_new(&f);
	f.b[offsetof(Elf64_Ehdr, e_phnum)] = 4;
	elf_build_info(&f, ELF_DATA, "go1.22.5");
	elf_segment(&f, 3, PT_NOTE, PF_R, ELF_RODATA + 0x400, 16 + 84, 16 + 84);
	/* Go's own: longer than what is kept, and each byte of it counts */
	put_note(f.b + ELF_RODATA + 0x400, "Go\0", 4, id, 83);
	assert_int_equal(read_image(&f, sizeof f.b, &m), 0);
	assert_int_equal(m.build_id_len, 64);
	assert_false(m.build_id_gnu);
	assert_memory_equal(m.build_id + 8, id + 83 - 56, 56);
	f.b[ELF_RODATA + 0x400 + 16] ^= 1;
	assert_int_equal(read_image(&f, sizeof f.b, &other), 0);
	assert_memory_not_equal(m.build_id, other.build_id, 64);
	/* GNU's is the id itself */
	put_note(f.b + ELF_RODATA + 0x400, "GNU", NT_GNU_BUILD_ID, id, 20);
	assert_int_equal(read_image(&f, sizeof f.b, &m), 0);
	assert_int_equal(m.build_id_len, 20);
	assert_true(m.build_id_gnu);
	assert_memory_equal(m.build_id, id, 20);
	/* a note that is longer than its segment is none: the headers' digest */
	put32(f.b + ELF_RODATA + 0x404, 101);
	assert_int_equal(read_image(&f, sizeof f.b, &m), 0);
	assert_int_equal(m.build_id_len, 16);
	f.b[offsetof(Elf64_Ehdr, e_entry)] ^= 1;
	assert_int_equal(read_image(&f, sizeof f.b, &other), 0);
	assert_memory_not_equal(m.build_id, other.build_id, 16);
}

#define SYMBOLS 0x2a00u
#define STRINGS 0x2c00u

static void put_symbol(struct elf_file *f, unsigned i, uint32_t name, uint8_t type, uint64_t value)
{
	Elf64_Sym s = {.st_name = name, .st_info = type, .st_value = value};

	memcpy(f->b + SYMBOLS + i * sizeof s, &s, sizeof s);
}

static void test_symbols(void **state)
{
	static const char names[] = "\0runtime.gcControllerX\0runtime.gcController\0"
				    "Yruntime.memstats\0runtime.memstats\0runtime.allgs\0";
	struct elf_file f;
	struct cgm_go_image m;

	(void)state;
	elf_new(&f);
	elf_build_info(&f, ELF_DATA, "go1.22.5");
	memcpy(f.b + STRINGS, names, sizeof names);
	put_symbol(&f, 1, 1, STT_OBJECT, 0x11);
	put_symbol(&f, 2, 23, STT_OBJECT, 0x1234560);
	put_symbol(&f, 3, 44, STT_OBJECT, 0x22);
	put_symbol(&f, 4, 62, STT_OBJECT, 0x1234568);
	put_symbol(&f, 5, 79, STT_FUNC, 0x33); /* a function of that name */
	elf_sections_begin(&f);
	elf_section(&f, ".go.buildinfo", SHT_PROGBITS, ELF_DATA, 64, 0);
	elf_section(&f, ".symtab", SHT_SYMTAB, SYMBOLS, 6 * sizeof(Elf64_Sym), 3);
	elf_section(&f, ".strtab", SHT_STRTAB, STRINGS, sizeof names, 0);
	elf_sections_end(&f);
	assert_int_equal(read_image(&f, sizeof f.b, &m), 0);
	assert_int_equal(m.gc_controller, 0x1234560);
	assert_int_equal(m.memstats, 0x1234568);
	assert_int_equal(m.allgs, 0);
	assert_int_equal(m.mbuckets, 0);
}

/* What claims more than there is. */
static void test_damaged(void **state)
{
	struct elf_file f;
	struct cgm_go_image m;

	(void)state;
	elf_new(&f);
	elf_build_info(&f, ELF_DATA, "go1.22.5");
	/* a count of sections that stands in the first of them */
	put64(f.b + offsetof(Elf64_Ehdr, e_shoff), 0x3a00);
	put64(f.b + 0x3a00 + offsetof(Elf64_Shdr, sh_size), UINT32_MAX);
	assert_int_equal(read_image(&f, sizeof f.b, &m), -EBADMSG);
	put64(f.b + 0x3a00 + offsetof(Elf64_Shdr, sh_size), 0);
	assert_int_equal(read_image(&f, sizeof f.b, &m), 0);
	put16(f.b + offsetof(Elf64_Ehdr, e_phnum), PN_XNUM);
	assert_int_equal(read_image(&f, sizeof f.b, &m), -EBADMSG);
	/* segments that go round */
	elf_new(&f);
	elf_build_info(&f, ELF_DATA, "go1.22.5");
	put64(f.b + 64 + 2 * sizeof(Elf64_Phdr) + offsetof(Elf64_Phdr, p_vaddr), UINT64_MAX - 8);
	assert_int_equal(read_image(&f, sizeof f.b, &m), -ENOEXEC);
	elf_new(&f);
	f.b[EI_DATA] = ELFDATA2MSB;
	assert_int_equal(read_image(&f, sizeof f.b, &m), -ENOEXEC);
	elf_new(&f);
	f.b[offsetof(Elf64_Ehdr, e_type)] = ET_CORE;
	assert_int_equal(read_image(&f, sizeof f.b, &m), -ENOEXEC);
	for (size_t len = 0; len < 64; len += 7)
		assert_int_equal(read_image(&f, len, &m), -ENOEXEC);
}

/* Every prefix of a good file is answered, and never with what is not in it. */
static void test_cut_short(void **state)
{
	struct elf_file f;
	struct cgm_go_image m;

	(void)state;
	elf_new(&f);
	elf_build_info(&f, ELF_DATA + 0x40, "go1.22.5");
	for (size_t len = 0; len < sizeof f.b; len += 61) {
		int r = read_image(&f, len, &m);

		if (len < ELF_DATA + 0x40 + 41)
			assert_true(r < 0);
		else if (r == 0)
			assert_string_equal(m.version, "go1.22.5");
	}
}

static void test_bias(void **state)
{
	struct cgm_go_image m = {.machine = EM_X86_64, .pie = true, .entry = 0x1040};
	uint8_t auxv[48] = {0};
	uint64_t bias = 0;

	(void)state;
	put64(auxv, AT_PAGESZ);
	put64(auxv + 8, 4096);
	put64(auxv + 16, AT_ENTRY);
	put64(auxv + 24, 0x555500001040);
	assert_int_equal(cgm_go_bias(&m, auxv, sizeof auxv, &bias), 0);
	assert_int_equal(bias, 0x555500000000);
	assert_int_equal(cgm_go_bias(&m, auxv, 31, &bias), -EBADMSG);
	m.pie = false;
	assert_int_equal(cgm_go_bias(&m, auxv, sizeof auxv, &bias), -EBADMSG);
	m.entry = 0x555500001040;
	assert_int_equal(cgm_go_bias(&m, auxv, sizeof auxv, &bias), 0);
	assert_int_equal(bias, 0);
	m.pie = true;
	m.entry = 0x1041;
	assert_int_equal(cgm_go_bias(&m, auxv, sizeof auxv, &bias), -EBADMSG);
	m.machine = EM_386;
	assert_int_equal(cgm_go_bias(&m, auxv, sizeof auxv, &bias), -EOPNOTSUPP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sections),      cmocka_unit_test(test_without_sections),
		cmocka_unit_test(test_other_program), cmocka_unit_test(test_build_id),
		cmocka_unit_test(test_symbols),	      cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_cut_short),     cmocka_unit_test(test_bias),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
