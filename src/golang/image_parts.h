/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of cgm_go_image_read(), each in a file of its own. Private to src/golang. */
#ifndef CGMEM_GOLANG_IMAGE_PARTS_H
#define CGMEM_GOLANG_IMAGE_PARTS_H

#include "golang/elf.h"
#include "golang/image.h"

/*
 * Sets the version from the build info that Go's linker leaves, or, where somebody took that away,
 * from the runtime's own variable. @is_go: something else already tells that it is a Go program.
 * 0, also when the version stays ""; -ENOENT: neither is there; -errno.
 */
int cgm_go_version_read(const struct cgm_elf *e, bool is_go, struct cgm_go_image *image);
/* Sets build_id, build_id_len and build_id_gnu; a damaged note is no note. */
void cgm_go_build_id_read(const struct cgm_elf *e, struct cgm_go_image *image);
/* Sets the addresses of the runtime's variables, where the symbol table is there. */
void cgm_go_symbols_read(const struct cgm_elf *e, struct cgm_go_image *image);

/* Magics of the function table by the first Go version that has it. */
#define CGM_PCLNTAB_116 UINT32_C(0xfffffffa)
#define CGM_PCLNTAB_118 UINT32_C(0xfffffff0)
#define CGM_PCLNTAB_120 UINT32_C(0xfffffff1)
/* Whether the @len bytes at @header may begin a function table of at most @room bytes. */
bool cgm_go_pclntab_plausible(const uint8_t *header, size_t len, uint64_t room);
/* Sets pclntab_offset and pclntab by a search through the file. 0, -ENOENT, -errno. */
int cgm_go_pclntab_search(const struct cgm_elf *e, struct cgm_go_image *image);

#endif
