/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The version that built a program. Build info: src/debug/buildinfo/buildinfo.go; at a multiple of
 * 16 bytes in the data: 14 bytes of magic, the size of a pointer, flags; from Go 1.18 on the text
 * itself 32 bytes on, before that the address of a string's header.
 */
#include <ctype.h>
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "golang/image_parts.h"
#include "base/banned.h"

#define MAGIC	     "\xff Go buildinf:"
#define MAGIC_LEN    14
#define INFO_ALIGN   16
#define INFO_MIN     32
#define FLAG_BIG     1
#define FLAG_INLINE  2
#define SEARCH_MAX   ((uint64_t)64 << 20)
#define WINDOW	     ((size_t)64 << 10)
#define WINDOWS_MAX  64
#define READINGS_MAX 65536
#define VERSION_SIZE sizeof((struct cgm_go_image){0}.version)

static void set_version(struct cgm_go_image *image, const uint8_t *text, size_t len)
{
	size_t n = 0;

	while (n < len && n < VERSION_SIZE - 1 && text[n] > 0x20 && text[n] < 0x7f)
		n++;
	memcpy(image->version, text, n);
	image->version[n] = '\0';
	image->minor = 0;
	if (n < 5 || memcmp(text, "go1.", 4) != 0)
		return;
	for (size_t i = 4; i < n && isdigit(text[i]) && i < 7; i++)
		image->minor = image->minor * 10 + (unsigned)(text[i] - '0');
}

static uint64_t pointer_at(const uint8_t *p, size_t size)
{
	return size == 8 ? cgm_le64(p) : cgm_le32(p);
}

/* A Go string: address and length, both of a pointer's size. */
static int read_string(const struct cgm_elf *e, uint64_t header, size_t size,
		       uint8_t text[VERSION_SIZE], size_t *ret)
{
	uint8_t h[16];
	uint64_t len;
	int r = cgm_elf_read_addr(e, header, h, 2 * size);

	if (r)
		return r;
	len = pointer_at(h + size, size);
	if (!len || len > 256)
		return -EBADMSG;
	*ret = len < VERSION_SIZE ? (size_t)len : VERSION_SIZE;
	return cgm_elf_read_addr(e, pointer_at(h, size), text, *ret);
}

/* Takes the version of the build info at @offset of the file. */
static int take_info(const struct cgm_elf *e, uint64_t offset, struct cgm_go_image *image)
{
	uint8_t b[INFO_MIN + 2 + VERSION_SIZE] = {0}, text[VERSION_SIZE];
	size_t size, len = 0, skip = 1;
	int r = cgm_elf_read(e->fd, offset, b, INFO_MIN);

	if (r)
		return r;
	if (memcmp(b, MAGIC, MAGIC_LEN) != 0 || b[15] & FLAG_BIG)
		return -EBADMSG;
	size = b[14];
	if (b[15] & FLAG_INLINE) {
		if (cgm_elf_read(e->fd, offset, b, sizeof b) &&
		    cgm_elf_read(e->fd, offset, b, INFO_MIN + 16))
			return -EBADMSG;
		len = b[INFO_MIN] & 0x7f;
		if (b[INFO_MIN] & 0x80) { /* a varint; two bytes hold any that makes sense */
			len |= (size_t)(b[INFO_MIN + 1] & 0x7f) << 7;
			skip = 2;
		}
		set_version(image, b + INFO_MIN + skip, len < VERSION_SIZE ? len : VERSION_SIZE);
		return 0;
	}
	if (size != 4 && size != 8)
		return -EBADMSG;
	/* position independent programs have it relocated: nothing in the file, no version */
	if (!read_string(e, pointer_at(b + 16, size), size, text, &len))
		set_version(image, text, len);
	return 0;
}

struct info_search {
	const struct cgm_elf *e;
	struct cgm_go_image *image;
	uint64_t start; /* of the segment in the file; the alignment counts from its address */
	uint64_t addr;
};

static int see_info(const uint8_t *piece, size_t len, uint64_t at, void *arg)
{
	struct info_search *s = arg;
	const uint8_t *p = piece, *end = piece + len;

	while ((p = memmem(p, (size_t)(end - p), MAGIC, MAGIC_LEN))) {
		uint64_t offset = at + (uint64_t)(p - piece);

		if ((s->addr + (offset - s->start)) % INFO_ALIGN == 0 &&
		    !take_info(s->e, offset, s->image))
			return 1;
		p++;
	}
	return 0;
}

/* Without sections: it is in the writable data, in Go's own links at its very start. */
static int search_info(const struct cgm_elf *e, struct cgm_go_image *image)
{
	for (size_t i = 0; i < e->n_segments; i++) {
		const struct cgm_elf_segment *s = &e->segments[i];
		struct info_search a = {e, image, s->offset, s->addr};
		int r;

		if (s->type != PT_LOAD || !(s->flags & PF_W))
			continue;
		r = cgm_elf_scan(e->fd, s->offset, s->filesz < SEARCH_MAX ? s->filesz : SEARCH_MAX,
				 MAGIC_LEN - 1, see_info, &a);
		if (r)
			return r < 0 ? r : 0;
	}
	return -ENOENT;
}

/* "go1.26.5": a release's name and nothing behind it but what a vendor or an experiment adds. */
static bool is_release(const uint8_t *t, size_t len)
{
	size_t i = 4;

	if (len < 6 || memcmp(t, "go1.", 4) != 0 || !isdigit(t[4]) || !isdigit(t[5]))
		return false;
	while (i < len && (isalnum(t[i]) || (t[i] == '.' && i + 1 < len && isalnum(t[i + 1]))))
		i++;
	return i == len || t[i] == ' ' || t[i] == '-' || t[i] == '+';
}

/*
 * What strings point at is near what others point at (the linker sorts texts by length): it is read
 * in windows. A file that is made to jump about gets fewer and smaller readings, and then none.
 */
struct texts {
	const struct cgm_elf *e;
	uint8_t *window;
	uint64_t at;
	size_t len;
	unsigned readings;
};

static bool read_text(struct texts *t, uint64_t offset, uint64_t end, uint8_t *to, size_t n)
{
	uint64_t before = offset < WINDOW / 2 ? offset : WINDOW / 2;

	if (t->len && cgm_range_holds(t->at, t->len, offset, n)) {
		memcpy(to, t->window + (offset - t->at), n);
		return true;
	}
	if (t->readings == READINGS_MAX)
		return false;
	if (++t->readings > WINDOWS_MAX)
		return !cgm_elf_read(t->e->fd, offset, to, n);
	t->at = offset - before;
	t->len = end - t->at < WINDOW ? (size_t)(end - t->at) : WINDOW;
	if (cgm_elf_read(t->e->fd, t->at, t->window, t->len)) {
		t->len = 0;
		return !cgm_elf_read(t->e->fd, offset, to, n);
	}
	memcpy(to, t->window + before, n);
	return true;
}

struct variable_search {
	struct info_search info; /* first: both have the segment's place */
	struct texts texts;
};

/* runtime.buildVersion: a string's header in the data whose text is a release's name. */
static int see_data(const uint8_t *piece, size_t len, uint64_t at, void *arg)
{
	struct variable_search *v = arg;
	struct info_search *s = &v->info;
	size_t first = (size_t)((0 - (s->addr + (at - s->start))) & 7);

	for (size_t i = first; i + 16 <= len; i += 8) {
		uint64_t addr = cgm_le64(piece + i), n = cgm_le64(piece + i + 8);
		const struct cgm_elf_segment *seg;
		uint8_t t[VERSION_SIZE];

		if (n < 6 || n >= VERSION_SIZE)
			continue;
		seg = cgm_elf_at(s->e, addr, n);
		if (!seg || seg->flags & PF_W ||
		    !read_text(&v->texts, seg->offset + (addr - seg->addr),
			       seg->offset + seg->filesz, t, (size_t)n) ||
		    !is_release(t, (size_t)n))
			continue;
		set_version(s->image, t, (size_t)n);
		return 1;
	}
	return 0;
}

static void search_variable(const struct cgm_elf *e, struct cgm_go_image *image)
{
	CGM_AUTO_FREE uint8_t *window = malloc(WINDOW);
	struct variable_search a = {.texts = {.e = e, .window = window}};

	for (size_t i = 0; window && i < e->n_segments; i++) {
		const struct cgm_elf_segment *s = &e->segments[i];

		a.info = (struct info_search){e, image, s->offset, s->addr};
		if (s->type == PT_LOAD && s->flags & PF_W && s->memsz > s->filesz &&
		    cgm_elf_scan(e->fd, s->offset, s->filesz < SEARCH_MAX ? s->filesz : SEARCH_MAX,
				 15, see_data, &a))
			return;
	}
}

int cgm_go_version_read(const struct cgm_elf *e, bool is_go, struct cgm_go_image *image)
{
	const struct cgm_elf_section *s = &e->sections[CGM_ELF_BUILDINFO];
	int r = -ENOENT;

	if (s->size && !take_info(e, s->offset, image))
		return 0;
	if (!e->has_sections || s->size)
		r = search_info(e, image);
	if (r == -ENOENT && is_go && e->is64) {
		search_variable(e, image);
		r = 0;
	}
	return r;
}
