/* SPDX-License-Identifier: Apache-2.0 */
/* Which Go version built an image, where the linker wrote it in other forms than today. */
#include "go_image_case.h"

static void write_string(struct elf_file *f, size_t header, size_t at, const char *s, uint64_t len)
{
	put64(f->b + header, ELF_BASE + at);
	put64(f->b + header + 8, len);
	memcpy(f->b + at, s, strlen(s));
}

/* Before Go 1.18: the address of a string. */
static void test_pointer_build_info(void **state)
{
	struct elf_file f;
	struct cgm_go_image m;

	(void)state;
	elf_new(&f);
	elf_build_info(&f, ELF_DATA, "");
	f.b[ELF_DATA + 15] = 0;
	put64(f.b + ELF_DATA + 16, ELF_BASE + ELF_DATA + 0x80);
	write_string(&f, ELF_DATA + 0x80, ELF_RODATA + 0x50, "go1.17.13", 9);
	assert_int_equal(read_image(&f, sizeof f.b, &m), 0);
	assert_string_equal(m.version, "go1.17.13");
	assert_int_equal(m.minor, 17);
	/* an address outside: still a Go program, of an unknown version */
	put64(f.b + ELF_DATA + 16, UINT64_MAX - 8);
	assert_int_equal(read_image(&f, sizeof f.b, &m), 0);
	assert_string_equal(m.version, "");
	assert_int_equal(m.minor, 0);
}

/* Build info taken away: the function table tells what it is, runtime.buildVersion the version. */
static void test_version_variable(void **state)
{
	struct elf_file f;
	struct cgm_go_image m;

	(void)state;
	elf_new(&f);
	pclntab_header(&f, ELF_PCLNTAB, CGM_PCLNTAB_120);
	write_string(&f, ELF_DATA + 0x80, ELF_RODATA + 0x50, "go1.xyz go1.26.5", 7);
	write_string(&f, ELF_DATA + 0x90, ELF_RODATA + 0x50, "go1.xyz go1.26.5", 16);
	put64(f.b + ELF_DATA + 0xa0, ELF_BASE + ELF_RODATA + 0x58);
	put64(f.b + ELF_DATA + 0xa8, 8);
	assert_int_equal(read_image(&f, sizeof f.b, &m), 0);
	assert_string_equal(m.version, "go1.26.5");
	assert_int_equal(m.minor, 26);
	assert_int_equal(m.pclntab.start, ELF_BASE + ELF_PCLNTAB);
	assert_int_equal(m.pclntab_offset, ELF_PCLNTAB);
	/* nothing that reads like a version */
	put64(f.b + ELF_DATA + 0xa8, 9);
	assert_int_equal(read_image(&f, sizeof f.b, &m), 0);
	assert_string_equal(m.version, "");
	/* and no function table */
	f.b[ELF_PCLNTAB + 4] = 1;
	assert_int_equal(read_image(&f, sizeof f.b, &m), -ENOEXEC);
}

static void test_versions(void **state)
{
	static const struct {
		const char *text, *version;
		unsigned minor;
	} cases[] = {
		{"go1.9", "go1.9", 9},
		{"go1.23rc1", "go1.23rc1", 23},
		{"go1.24.4 X:nocoverageredesign", "go1.24.4", 24},
		{"go1.21.0-fips", "go1.21.0-fips", 21},
		{"devel go1.25-abc", "devel", 0},
		{"go1.", "go1.", 0},
		{"go2.1", "go2.1", 0},
		{"go1.22.5\x1b[31m", "go1.22.5", 22},
		{"go1.22.5-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "go1.22.5-aaaaaaaaaaaaaaaaaaaaaa",
		 22},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct elf_file f;
		struct cgm_go_image m;

		elf_new(&f);
		elf_build_info(&f, ELF_DATA, cases[i].text);
		assert_int_equal(read_image(&f, sizeof f.b, &m), 0);
		assert_string_equal(m.version, cases[i].version);
		assert_int_equal(m.minor, cases[i].minor);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pointer_build_info),
		cmocka_unit_test(test_version_variable),
		cmocka_unit_test(test_versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
