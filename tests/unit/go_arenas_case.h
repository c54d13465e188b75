/* SPDX-License-Identifier: Apache-2.0 */
/* For the tests of arenas: mappings made by hand, and what the runtime says of them. */
#ifndef TESTS_GO_ARENAS_CASE_H
#define TESTS_GO_ARENAS_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <elf.h>
#include <errno.h>
#include <string.h>

#include "golang/arenas.h"
#include "golang/runtime.h"

#define KB   UINT64_C(1024)
#define MB   (1024 * KB)
#define BASE UINT64_C(0xc000000000)
#define LIBS UINT64_C(0x7f2000000000)

static struct cgm_go_mappings *all;
static struct cgm_go go;
static struct cgm_go_image image;

static inline int setup(void **state)
{
	(void)state;
	memset(&go, 0, sizeof go);
	image = (struct cgm_go_image){.minor = 24, .machine = EM_X86_64};
	return cgm_go_mappings_new(&all);
}

static inline int teardown(void **state)
{
	(void)state;
	cgm_go_mappings_free(all);
	return 0;
}

static inline struct cgm_mapping mapping(uint64_t start, uint64_t len, const char *perms,
					 const char *name, uint64_t anonymous)
{
	struct cgm_mapping m = {.start = start,
				.end = start + len,
				.name = name,
				.anonymous = anonymous,
				.rss = anonymous};

	memcpy(m.perms, perms, 4);
	m.inode = name[0] == '/' ? 12 : 0;
	return m;
}

static inline void add(uint64_t start, uint64_t len, const char *perms, const char *name,
		       uint64_t anonymous)
{
	struct cgm_mapping m = mapping(start, len, perms, name, anonymous);

	assert_int_equal(cgm_go_mappings_add(&m, all), 0);
}

/* A runtime that maps so much for the heap and for itself. */
static inline void runtime(uint64_t heap, uint64_t metadata)
{
	go.stat[CGM_GO_HEAP_SYS] = (struct cgm_opt){heap - 384 * KB, true};
	go.stat[CGM_GO_STACK_INUSE] = (struct cgm_opt){288 * KB, true};
	go.span_buffers = 96 * KB;
	go.stat[CGM_GO_MSPAN_SYS] = (struct cgm_opt){128 * KB, true};
	go.stat[CGM_GO_MCACHE_SYS] = (struct cgm_opt){15600, true};
	go.stat[CGM_GO_BUCK_HASH_SYS] = (struct cgm_opt){0, true};
	go.stat[CGM_GO_GC_SYS] = (struct cgm_opt){metadata - 128 * KB - 15600 + 96 * KB, true};
	go.stat[CGM_GO_OTHER_SYS] = (struct cgm_opt){0, true};
}

static inline const struct cgm_go_resident *make(void)
{
	cgm_go_resident_make(all, &image, &go);
	assert_true(go.resident.known);
	return &go.resident;
}

/* The mappings of a program without C code: binary, heap, index and metadata, stack. */
static inline void add_program(uint64_t heap)
{
	add(0x400000, 600 * KB, "r-xp", "/bin/x", 0);
	add(0x496000, 100 * KB, "rw-p", "/bin/x", 60 * KB);
	add(0x496000 + 100 * KB, 212 * KB, "rw-p", "", 40 * KB);
	add(BASE, heap, "rw-p", "", heap - MB);
	add(BASE + heap, 64 * MB - heap, "---p", "", 0);
	add(LIBS, 34 * MB, "rw-p", "", 900 * KB);
	add(LIBS + 34 * MB, 260 * MB, "---p", "", 0);
	add(LIBS + 294 * MB, 4 * KB, "rw-p", "", 4 * KB);
	add(LIBS + 295 * MB, 2 * MB - 4 * KB, "rw-p", "", 300 * KB);
	add(0x7ffc00000000, 132 * KB, "rw-p", "[stack]", 20 * KB);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
