/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What tells builds apart: the GNU build id (from Go 1.24 on always there; before, where a C linker
 * linked), else Go's own note, which is longer than what is kept, else a digest of the headers.
 */
#include <elf.h>
#include <string.h>

#include "golang/image_parts.h"
#include "base/banned.h"

#define NOTES_MAX 4096
#define NOTE_GO	  4 /* "Go\0\0": src/cmd/link/internal/ld/elf.go, ELF_NOTE_GOBUILDID_TAG */

static uint64_t fnv1a(uint64_t h, const void *data, size_t len)
{
	const uint8_t *p = data;

	for (size_t i = 0; i < len; i++)
		h = (h ^ p[i]) * UINT64_C(0x100000001b3);
	return h;
}
#define FNV_BASIS UINT64_C(0xcbf29ce484222325)

/* Text longer than fits: its end, where the hash of the content is, and a digest of the whole. */
static void set_id(struct cgm_go_image *image, const uint8_t *id, size_t len, bool gnu)
{
	uint64_t digest;

	image->build_id_gnu = gnu && len <= CGM_GO_BUILD_ID_MAX;
	image->build_id_len = len < CGM_GO_BUILD_ID_MAX ? len : CGM_GO_BUILD_ID_MAX;
	if (len <= CGM_GO_BUILD_ID_MAX) {
		memcpy(image->build_id, id, len);
		return;
	}
	digest = fnv1a(FNV_BASIS, id, len);
	memcpy(image->build_id, &digest, sizeof digest);
	memcpy(image->build_id + sizeof digest, id + len - (CGM_GO_BUILD_ID_MAX - sizeof digest),
	       CGM_GO_BUILD_ID_MAX - sizeof digest);
}

static size_t padded(uint32_t n)
{
	return ((size_t)n + 3) & ~(size_t)3;
}

/* True when the GNU id was found, after which nothing better comes. */
static bool take_notes(const uint8_t *p, size_t len, struct cgm_go_image *image)
{
	for (size_t at = 0; at + 12 <= len;) {
		uint32_t namesz = cgm_le32(p + at), descsz = cgm_le32(p + at + 4),
			 type = cgm_le32(p + at + 8);
		size_t name = at + 12, desc = name + padded(namesz);

		if (namesz > NOTES_MAX || descsz > NOTES_MAX || desc > len || descsz > len - desc)
			return false;
		if (descsz && namesz == 4 && type == NT_GNU_BUILD_ID &&
		    !memcmp(p + name, "GNU", 4)) {
			set_id(image, p + desc, descsz, true);
			return true;
		}
		if (descsz && namesz == 4 && type == NOTE_GO && !memcmp(p + name, "Go\0", 4))
			set_id(image, p + desc, descsz, false);
		at = desc + padded(descsz);
	}
	return false;
}

static bool read_notes(const struct cgm_elf *e, uint64_t offset, uint64_t size,
		       struct cgm_go_image *image)
{
	uint8_t buf[NOTES_MAX];
	size_t n = size < sizeof buf ? (size_t)size : sizeof buf;

	return n && !cgm_elf_read(e->fd, offset, buf, n) && take_notes(buf, n, image);
}

/* The first page holds both headers' beginning; sizes and addresses of all parts differ by build.
 */
static void digest_headers(const struct cgm_elf *e, struct cgm_go_image *image)
{
	uint64_t d[2] = {FNV_BASIS, FNV_BASIS ^ UINT64_MAX};

	for (size_t i = 0; i < 2; i++) {
		d[i] = fnv1a(d[i], image->version, strlen(image->version));
		d[i] = fnv1a(d[i], &e->entry, sizeof e->entry);
		for (size_t j = 0; j < e->n_segments; j++) {
			const struct cgm_elf_segment *s = &e->segments[j];
			uint64_t v[] = {s->type, s->flags, s->addr, s->offset, s->filesz, s->memsz};

			d[i] = fnv1a(d[i], v, sizeof v);
		}
	}
	memcpy(image->build_id, d, sizeof d);
	image->build_id_len = sizeof d;
}

void cgm_go_build_id_read(const struct cgm_elf *e, struct cgm_go_image *image)
{
	const struct cgm_elf_section *gnu = &e->sections[CGM_ELF_GNU_ID];
	bool done = read_notes(e, gnu->offset, gnu->size, image);

	for (size_t i = 0; !done && i < e->n_segments; i++)
		if (e->segments[i].type == PT_NOTE)
			done = read_notes(e, e->segments[i].offset, e->segments[i].filesz, image);
	if (!image->build_id_len)
		digest_headers(e, image);
}
