/* SPDX-License-Identifier: Apache-2.0 */
/* For the tests of images: one is read, and how its function table begins. */
#ifndef TESTS_GO_IMAGE_CASE_H
#define TESTS_GO_IMAGE_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "go_elf.h"
#include "golang/image.h"
#include "golang/image_parts.h"

static inline int read_image(const struct elf_file *f, size_t len, struct cgm_go_image *ret)
{
	int fd = elf_open(f, len), r = cgm_go_image_read(fd, ret);

	(void)close(fd);
	return r;
}

static inline void pclntab_header(struct elf_file *f, size_t at, uint32_t magic)
{
	size_t first = magic == CGM_PCLNTAB_116 ? 24 : 32;

	put32(f->b + at, magic);
	f->b[at + 6] = 1;
	f->b[at + 7] = 8;
	put64(f->b + at + 8, 2);
	put64(f->b + at + 16, 1);
	for (size_t i = 0; i < 5; i++)
		put64(f->b + at + first + 8 * i, 96 + 64 * i);
}

#endif
