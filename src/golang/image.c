/* SPDX-License-Identifier: Apache-2.0 */
#include "golang/image.h"

#include <elf.h>
#include <errno.h>
#include <string.h>

#include "golang/image_parts.h"
#include "base/banned.h"

int cgm_go_image_prepare(struct cgm_err *err)
{
	return cgm_elf_prepare(err);
}

static struct cgm_go_range section_range(const struct cgm_elf *e, enum cgm_elf_section_id id)
{
	const struct cgm_elf_section *s = &e->sections[id];

	return (struct cgm_go_range){s->addr, s->size};
}

static void set_ranges(const struct cgm_elf *e, struct cgm_go_image *image)
{
	image->bss = section_range(e, CGM_ELF_BSS);
	image->noptrbss = section_range(e, CGM_ELF_NOPTRBSS);
	image->text = section_range(e, CGM_ELF_TEXT);
	for (size_t i = 0; i < e->n_segments; i++) {
		const struct cgm_elf_segment *s = &e->segments[i];

		if (s->type != PT_LOAD)
			continue;
		if (s->flags & PF_X && !image->text.len)
			image->text = (struct cgm_go_range){s->addr, s->memsz};
		if (s->flags & PF_W && s->memsz - s->filesz > image->zero.len) {
			image->zero =
				(struct cgm_go_range){s->addr + s->filesz, s->memsz - s->filesz};
			image->data = (struct cgm_go_range){s->addr, s->filesz};
		}
	}
}

static void set_pclntab(const struct cgm_elf *e, struct cgm_go_image *image)
{
	const struct cgm_elf_section *s = &e->sections[CGM_ELF_PCLNTAB];
	uint8_t h[72];

	if (s->size < sizeof h || cgm_elf_read(e->fd, s->offset, h, sizeof h) ||
	    !cgm_go_pclntab_plausible(h, sizeof h, s->size))
		return;
	image->pclntab_offset = s->offset;
	image->pclntab = (struct cgm_go_range){s->addr, s->size};
}

/*
 * Linked by a C linker, for which Go always links runtime/cgo (src/cmd/link/internal/ld/lib.go,
 * loadlib), or by Go's own with libraries. Only C linkers write unwinding tables, property notes,
 * and thread-local storage with contents.
 */
static bool has_c(const struct cgm_elf *e)
{
	if (e->needs_libraries)
		return true;
	for (size_t i = 0; i < e->n_segments; i++) {
		const struct cgm_elf_segment *s = &e->segments[i];

		if (s->type == PT_GNU_EH_FRAME || s->type == PT_GNU_PROPERTY ||
		    (s->type == PT_TLS && s->filesz))
			return true;
	}
	return false;
}

int cgm_go_image_read(int exe_fd, struct cgm_go_image *ret)
{
	struct cgm_go_image image = {0};
	struct cgm_elf e;
	bool is_go;
	int r = cgm_elf_open(exe_fd, &e);

	if (r)
		return r;
	image.machine = e.machine;
	image.pie = e.type == ET_DYN;
	image.entry = e.entry;
	if (e.is64)
		set_pclntab(&e, &image);
	is_go = image.pclntab.len > 0;
	r = cgm_go_version_read(&e, is_go, &image);
	if (r == -ENOENT && !e.has_sections && e.is64) {
		/* neither sections nor build info: nothing but the function table can tell */
		r = cgm_go_pclntab_search(&e, &image);
		if (!r)
			r = cgm_go_version_read(&e, true, &image);
	}
	if (r)
		return r == -ENOENT ? -ENOEXEC : r;
	image.cgo = has_c(&e);
	set_ranges(&e, &image);
	cgm_go_build_id_read(&e, &image);
	cgm_go_symbols_read(&e, &image);
	*ret = image;
	return 0;
}

bool cgm_go_machine_known(const struct cgm_go_image *image)
{
	return image->machine == EM_X86_64 || image->machine == EM_AARCH64;
}

int cgm_go_bias(const struct cgm_go_image *image, const void *auxv, size_t len, uint64_t *ret)
{
	const uint8_t *p = auxv;

	if (!cgm_go_machine_known(image))
		return -EOPNOTSUPP; /* words of another size */
	for (size_t i = 0; i + 16 <= len; i += 16) {
		uint64_t bias;

		if (cgm_le64(p + i) != AT_ENTRY)
			continue;
		bias = cgm_le64(p + i + 8) - image->entry;
		if (bias % 4096 || (bias && !image->pie))
			return -EBADMSG;
		*ret = bias;
		return 0;
	}
	return -EBADMSG;
}
