/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "go_pclntab.h"
#include "golang/functab.h"

static int open_table(const struct elf_file *f, const struct cgm_go_process *p, int *fd,
		      struct cgm_functab **ret)
{
	struct cgm_go_image m;
	int r;

	*fd = elf_open(f, sizeof f->b);
	r = cgm_go_image_read(*fd, &m);
	if (r)
		return r;
	if (p)
		m = *p->image;
	return cgm_functab_open(*fd, &m, p, ret);
}

static void check_lines(struct cgm_functab *t, unsigned minor, uint64_t bias)
{
	struct cgm_func_line v[CGM_INLINE_MAX];

	assert_int_equal(cgm_functab_lines(t, AT(F_OUTER, 0) + bias, v), 1);
	assert_string_equal(v[0].function, "main.outer");
	assert_string_equal(v[0].file, "/src/main.go");
	assert_int_equal(v[0].line, 10);
	assert_int_equal(v[0].entry, AT(F_OUTER, 0) + bias);
	assert_int_equal(v[0].start_line, minor < 20 ? 0 : 100);
	assert_int_equal(cgm_functab_lines(t, AT(F_OUTER, 0xf) + bias, v), 1);
	/* the first and the last byte of what was inlined */
	for (unsigned at = 0x10; at < 0x18; at += 7) {
		assert_int_equal(cgm_functab_lines(t, AT(F_OUTER, at) + bias, v), 2);
		assert_string_equal(v[0].function, "main.inner");
		assert_int_equal(v[0].line, 50);
		assert_int_equal(v[0].pc, AT(F_OUTER, at) + bias);
		assert_int_equal(v[0].start_line, minor < 20 ? 0 : 77);
		assert_string_equal(v[1].function, "main.outer");
		assert_int_equal(v[1].line, 10);
		assert_int_equal(v[1].pc, AT(F_OUTER, 4) + bias);
		assert_int_equal(v[1].entry, v[0].entry);
	}
	assert_int_equal(cgm_functab_lines(t, AT(F_OUTER, 0x18) + bias, v), 1);
	assert_int_equal(v[0].line, 11);
	assert_false(v[0].wrapper);
	assert_int_equal(cgm_functab_lines(t, AT(F_WRAP, 0) + bias, v), 1);
	assert_true(v[0].wrapper);
	assert_string_equal(cgm_functab_name(t, AT(F_MAIN, 0x3f) + bias), "runtime.main");
	assert_string_equal(cgm_functab_name(t, AT(F_GOEXIT, 0x3f) + bias), "runtime.goexit");
	assert_ptr_equal(cgm_functab_name(t, AT(F_MAIN, 0) + bias),
			 cgm_functab_name(t, AT(F_MAIN, 1) + bias));
	assert_null(cgm_functab_name(t, AT(F_COUNT, 0) + bias));
	assert_null(cgm_functab_name(t, AT(0, 0) - 1 + bias));
	assert_null(cgm_functab_name(t, 0));
	assert_null(cgm_functab_name(t, UINT64_MAX));
}

static void check_has(struct cgm_functab *t)
{
	assert_true(cgm_functab_has(t, "main.inner"));
	assert_true(cgm_functab_has(t, "main.outer"));
	assert_false(cgm_functab_has(t, "main.oute"));
	assert_false(cgm_functab_has(t, "ain.outer"));
	assert_false(cgm_functab_has(t, "net/http/pprof.Index"));
}

static void test_formats(void **state)
{
	static const unsigned minors[] = {17, 18, 19, 20, 22, 26, 27};

	(void)state;
	for (size_t i = 0; i < sizeof minors / sizeof *minors; i++) {
		struct elf_file f;
		struct cgm_functab *t = NULL;
		int fd;

		elf_new(&f);
		pcln_new(&f, minors[i], 0);
		assert_int_equal(open_table(&f, NULL, &fd, &t), 0);
		check_lines(t, minors[i], 0);
		check_has(t);
		cgm_functab_free(t);
		(void)close(fd);
	}
}

/* The file as it is in memory, moved by a bias. */
struct moved {
	struct elf_file f;
	uint64_t bias;
};

static int read_moved(void *ctx, uint64_t addr, void *buf, size_t len)
{
	const struct moved *m = ctx;
	uint64_t at = addr - m->bias - ELF_BASE;

	if (at >= sizeof m->f.b || len > sizeof m->f.b - at)
		return -EFAULT;
	memcpy(buf, m->f.b + at, len);
	return 0;
}

/* Addresses are in memory only; in the file, zeros stand for them. */
static void test_position_independent(void **state)
{
	static const unsigned minors[] = {17, 19, 22, 27};

	(void)state;
	for (size_t i = 0; i < sizeof minors / sizeof *minors; i++) {
		struct moved mem = {.bias = 0x550000000000};
		struct elf_file file;
		struct cgm_go_image m;
		struct cgm_go_process p = {
			.mem = {read_moved, &mem}, .image = &m, .bias = mem.bias};
		struct cgm_functab *t = NULL;
		int fd;

		elf_new(&mem.f);
		put16(mem.f.b + offsetof(Elf64_Ehdr, e_type), ET_DYN);
		pcln_new(&mem.f, minors[i], 0);
		file = mem.f;
		memset(file.b + MODULE, 0, 0x200);
		pcln_module(&mem.f, minors[i] < 20 ? CGM_PCLNTAB_118 : CGM_PCLNTAB_120, minors[i],
			    mem.bias);
		if (minors[i] == 17) {
			for (unsigned k = 0; k <= F_COUNT; k++) {
				size_t at = ELF_PCLNTAB + T_PCLN + 16 * k;

				put64(file.b + at, 0);
				put64(mem.f.b + at, AT(k, 0) + mem.bias);
			}
			/* the tree of main.outer: its record is 8 + 36 + 12 bytes long */
			put64(mem.f.b + ELF_PCLNTAB + T_FUNCS + 56 + 24,
			      ELF_BASE + GOFUNC + 0x20 + mem.bias);
			put64(file.b + ELF_PCLNTAB + T_FUNCS + 56 + 24, 0);
		}
		fd = elf_open(&file, sizeof file.b);
		assert_int_equal(cgm_go_image_read(fd, &m), 0);
		assert_true(m.pie);
		assert_int_equal(cgm_functab_open(fd, &m, &p, &t), 0);
		check_lines(t, minors[i], mem.bias);
		cgm_functab_free(t);
		/* without the process names are there, addresses are not */
		assert_int_equal(cgm_functab_open(fd, &m, NULL, &t), 0);
		check_has(t);
		assert_null(cgm_functab_name(t, AT(F_MAIN, 0)));
		cgm_functab_free(t);
		(void)close(fd);
	}
}

/* The module's data taken away: names and lines by the text's start, inlined calls unknown. */
static void test_without_module(void **state)
{
	struct elf_file f;
	struct cgm_functab *t = NULL;
	struct cgm_func_line v[CGM_INLINE_MAX];
	int fd;

	(void)state;
	elf_new(&f);
	pcln_new(&f, 22, 0);
	memset(f.b + MODULE, 0, 0x200);
	put64(f.b + ELF_PCLNTAB + 24, TEXT_ADDR);
	assert_int_equal(open_table(&f, NULL, &fd, &t), 0);
	assert_int_equal(cgm_functab_lines(t, AT(F_OUTER, 0x10), v), 1);
	assert_string_equal(v[0].function, "main.outer");
	assert_int_equal(v[0].line, 50);
	cgm_functab_free(t);
	(void)close(fd);
}

static void set_offset(struct elf_file *f, unsigned i, uint64_t v)
{
	put64(f->b + ELF_PCLNTAB + 32 + 8 * i, v);
}

static void test_damaged(void **state)
{
	struct elf_file f;
	struct cgm_functab *t = NULL;
	struct cgm_func_line v[CGM_INLINE_MAX];
	int fd;

	(void)state;
	/* offsets that fall, lists that are longer than the table: no such table is found */
	for (unsigned i = 0; i < 3; i++) {
		elf_new(&f);
		pcln_new(&f, 22, 0);
		if (i == 0)
			set_offset(&f, 1, T_NAMES - 1);
		else if (i == 1)
			set_offset(&f, 4, 0x1000);
		else
			put64(f.b + ELF_PCLNTAB + 8, UINT64_C(1) << 24);
		assert_int_equal(open_table(&f, NULL, &fd, &t), -ENOENT);
		(void)close(fd);
	}
	elf_new(&f);
	pcln_new(&f, 22, 0);
	put64(f.b + ELF_PCLNTAB + 8, 0x4000);
	assert_int_equal(open_table(&f, NULL, &fd, &t), -EBADMSG);
	(void)close(fd);
	/* a call that was inlined into itself */
	elf_new(&f);
	pcln_new(&f, 22, 0);
	put32(f.b + GOFUNC + 0x20 + 8, 0x10);
	assert_int_equal(open_table(&f, NULL, &fd, &t), 0);
	assert_int_equal(cgm_functab_lines(t, AT(F_OUTER, 0x10), v), CGM_INLINE_MAX);
	cgm_functab_free(t);
	(void)close(fd);
	/* names and files that are nowhere */
	put32(f.b + ELF_PCLNTAB + T_FUNCS + FUNC_ROOM * F_MAIN + 4, UINT32_MAX);
	put32(f.b + ELF_PCLNTAB + T_CU + 4, 0xfffffff0);
	assert_int_equal(open_table(&f, NULL, &fd, &t), 0);
	assert_null(cgm_functab_name(t, AT(F_MAIN, 0)));
	assert_int_equal(cgm_functab_lines(t, AT(F_MAIN, 0), v), 1);
	assert_string_equal(v[0].function, "?");
	assert_string_equal(v[0].file, "?");
	assert_int_equal(v[0].line, 0);
	cgm_functab_free(t);
	(void)close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_position_independent),
		cmocka_unit_test(test_without_module),
		cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
