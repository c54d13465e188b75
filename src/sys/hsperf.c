/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/hsperf.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/units.h"
#include "base/banned.h"

/* Offsets in struct PerfDataPrologue and struct PerfDataEntry. */
#define PROLOGUE_SIZE	  32
#define AT_BYTE_ORDER	  4
#define AT_MAJOR	  5
#define AT_ACCESSIBLE	  7
#define AT_USED		  8
#define AT_ENTRY_OFFSET	  24
#define AT_NUM_ENTRIES	  28
#define ENTRY_SIZE	  20
#define AT_NAME_OFFSET	  4
#define AT_VECTOR_LENGTH  8
#define AT_DATA_TYPE	  12
#define AT_DATA_OFFSET	  16
#define ORDER_BIG	  0
#define ORDER_LITTLE	  1
#define MAJOR		  2
#define VALUE_SIZE	  8
#define GENERATION_DIGITS 2
#define VALUE_MAX	  ((uint64_t)1 << 56) /* addresses of a process with 5-level paging */

struct file {
	const unsigned char *p;
	size_t len;
	bool little;
};

static uint64_t word(const struct file *f, size_t at, size_t size)
{
	uint64_t v = 0;

	for (size_t i = 0; i < size; i++)
		v = v << 8 | f->p[at + (f->little ? size - 1 - i : i)];
	return v;
}

static void add(struct cgm_opt *to, uint64_t v)
{
	to->v = cgm_min_u64(cgm_add_sat(to->v, v), VALUE_MAX);
	to->known = true;
}

static bool skip_text(const char **s, const char *text)
{
	size_t n = strlen(text);

	if (strncmp(*s, text, n) != 0)
		return false;
	*s += n;
	return true;
}

static bool skip_number(const char **s)
{
	size_t n = strspn(*s, "0123456789");

	*s += n;
	return n > 0 && n <= GENERATION_DIGITS;
}

/* @s is what follows "sun.gc.generation.". */
static void take_generation(const char *s, uint64_t v, struct cgm_hsperf *h)
{
	if (!skip_number(&s))
		return;
	if (strcmp(s, ".capacity") == 0) {
		add(&h->heap_capacity, v);
	} else if (strcmp(s, ".maxCapacity") == 0) {
		add(&h->heap_max_sum, v);
		h->heap_max_largest.v = cgm_max_u64(h->heap_max_largest.v, v);
		h->heap_max_largest.known = true;
	} else if (skip_text(&s, ".space.") && skip_number(&s) && strcmp(s, ".used") == 0) {
		add(&h->heap_used, v);
	}
}

static void take(const char *name, uint64_t v, struct cgm_hsperf *h)
{
	static const struct {
		const char *name;
		size_t offset;
	} plain[] = {
		{"metaspace.used", offsetof(struct cgm_hsperf, metaspace_used)},
		{"metaspace.capacity", offsetof(struct cgm_hsperf, metaspace_capacity)},
		{"compressedclassspace.capacity", offsetof(struct cgm_hsperf, class_capacity)},
		{"compressedclassspace.maxCapacity", offsetof(struct cgm_hsperf, class_max)},
	};

	if (!skip_text(&name, "sun.gc."))
		return;
	if (skip_text(&name, "generation.")) {
		take_generation(name, v, h);
		return;
	}
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
		if (strcmp(name, plain[i].name) == 0)
			*(struct cgm_opt *)(void *)((char *)h + plain[i].offset) =
				(struct cgm_opt){.v = v, .known = true};
	}
}

/* The entry of @size bytes at @at, all of which are in the file. */
static int read_entry(const struct file *f, size_t at, size_t size, struct cgm_hsperf *h)
{
	uint64_t name = word(f, at + AT_NAME_OFFSET, 4), data = word(f, at + AT_DATA_OFFSET, 4);
	const char *s = (const char *)f->p + at + name;
	uint64_t v;

	if (name < ENTRY_SIZE || name >= size || !memchr(s, '\0', size - name))
		return -EBADMSG;
	if (f->p[at + AT_DATA_TYPE] != 'J' || word(f, at + AT_VECTOR_LENGTH, 4) != 0)
		return 0;
	if (data < ENTRY_SIZE || data > size || size - data < VALUE_SIZE)
		return -EBADMSG;
	v = word(f, at + data, VALUE_SIZE);
	if (v <= VALUE_MAX)
		take(s, v, h);
	return 0;
}

static int read_prologue(struct file *f, uint64_t *ret_first, uint64_t *ret_count)
{
	static const unsigned char magic[4] = {0xca, 0xfe, 0xc0, 0xc0}; /* in both byte orders */

	if (f->len < PROLOGUE_SIZE || memcmp(f->p, magic, sizeof magic) != 0 ||
	    f->p[AT_BYTE_ORDER] > ORDER_LITTLE || f->p[AT_MAJOR] != MAJOR || !f->p[AT_ACCESSIBLE])
		return -EBADMSG;
	f->little = f->p[AT_BYTE_ORDER] == ORDER_LITTLE;
	f->len = cgm_min_u64(f->len, word(f, AT_USED, 4));
	*ret_first = word(f, AT_ENTRY_OFFSET, 4);
	*ret_count = word(f, AT_NUM_ENTRIES, 4);
	return *ret_first < PROLOGUE_SIZE ? -EBADMSG : 0;
}

int cgm_hsperf_parse(const void *data, size_t len, struct cgm_hsperf *ret)
{
	struct file f = {.p = data, .len = len};
	struct cgm_hsperf h = {0};
	uint64_t at, n;
	int r = read_prologue(&f, &at, &n);

	/* Each entry moves on by ENTRY_SIZE at least, so that the file's length bounds the loop. */
	for (; r == 0 && n; n--) {
		uint64_t size;

		if (at > f.len || f.len - at < ENTRY_SIZE)
			return -EBADMSG;
		size = word(&f, at, 4);
		if (size < ENTRY_SIZE || size > f.len - at)
			return -EBADMSG;
		r = read_entry(&f, at, size, &h);
		at += size;
	}
	if (r == 0)
		*ret = h;
	return r;
}
