/* SPDX-License-Identifier: Apache-2.0 */
/* Where runtime.pclntab is in a file whose sections do not tell. */
#include <elf.h>
#include <errno.h>

#include "golang/image_parts.h"
#include "base/banned.h"

#define SEARCH_MAX ((uint64_t)128 << 20)
#define HEADER	   72
#define FUNCS_MAX  (UINT64_C(1) << 23)
#define ALIGN	   8

/*
 * src/internal/abi/symtab.go and debug/gosym/pclntab.go: magic by version, two zero bytes, the size
 * of an instruction's unit, that of a pointer, counts, then offsets that rise.
 */
bool cgm_go_pclntab_plausible(const uint8_t *h, size_t len, uint64_t room)
{
	uint32_t magic = cgm_le32(h);
	size_t first = magic == CGM_PCLNTAB_116 ? 24 : 32;
	uint64_t last = 0;

	if (len < HEADER ||
	    (magic != CGM_PCLNTAB_116 && magic != CGM_PCLNTAB_118 && magic != CGM_PCLNTAB_120))
		return false;
	if (h[4] || h[5] || (h[6] != 1 && h[6] != 2 && h[6] != 4) || h[7] != 8)
		return false;
	if (!cgm_le64(h + 8) || cgm_le64(h + 8) > FUNCS_MAX || cgm_le64(h + 16) > FUNCS_MAX)
		return false;
	for (size_t i = 0; i < 5; i++) {
		uint64_t offset = cgm_le64(h + first + 8 * i);

		if (offset < last || offset < 64 || offset >= room)
			return false;
		last = offset;
	}
	return true;
}

struct search {
	const struct cgm_elf_segment *s;
	uint64_t found;
};

static int see(const uint8_t *piece, size_t len, uint64_t at, void *arg)
{
	struct search *a = arg;
	uint64_t addr = a->s->addr + (at - a->s->offset);

	for (size_t i = (size_t)((0 - addr) % ALIGN); i + HEADER <= len; i += ALIGN) {
		uint64_t offset = at + i;

		if (piece[i + 1] != 0xff || piece[i + 2] != 0xff || piece[i + 3] != 0xff ||
		    !cgm_go_pclntab_plausible(piece + i, HEADER,
					      a->s->filesz - (offset - a->s->offset)))
			continue;
		a->found = offset;
		return 1;
	}
	return 0;
}

static int search_segment(const struct cgm_elf *e, const struct cgm_elf_segment *s,
			  struct cgm_go_image *image)
{
	struct search a = {.s = s};
	int r = cgm_elf_scan(e->fd, s->offset, s->filesz < SEARCH_MAX ? s->filesz : SEARCH_MAX,
			     HEADER - 1, see, &a);

	if (r <= 0)
		return r ? r : -ENOENT;
	image->pclntab_offset = a.found;
	image->pclntab = (struct cgm_go_range){
		.start = s->addr + (a.found - s->offset),
		.len = s->filesz - (a.found - s->offset),
	};
	return 0;
}

int cgm_go_pclntab_search(const struct cgm_elf *e, struct cgm_go_image *image)
{
	/*
	 * A C linker puts it into data that is read-only after relocation when the program is
	 * position independent, else among the constants, which old linkers keep with the code.
	 */
	const uint32_t pie[] = {PF_R | PF_W, PF_R, PF_R | PF_X},
		       fixed[] = {PF_R, PF_R | PF_X, PF_R | PF_W};
	const uint32_t *order = image->pie ? pie : fixed;

	for (size_t i = 0; i < 3; i++)
		for (size_t j = 0; j < e->n_segments; j++) {
			const struct cgm_elf_segment *s = &e->segments[j];
			int r;

			if (s->type != PT_LOAD || s->flags != order[i])
				continue;
			r = search_segment(e, s, image);
			if (r != -ENOENT)
				return r;
		}
	return -ENOENT;
}
