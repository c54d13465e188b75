/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/inspect_fields.h"

#include <errno.h>
#include <string.h>

#include "base/path.h"
#include "collect/inspect_wire.h"

#include "base/banned.h"

#define BYTES_MAX ((uint64_t)1 << 60) /* no count and no size is larger */
#define ERRNO_MAX 4095		      /* include/linux/err.h MAX_ERRNO */

/* How a field travels. */
enum form {
	WORD,	   /* uint64_t of any value */
	BYTES,	   /* uint64_t up to BYTES_MAX */
	NUMBER,	   /* uint32_t or an enum, below @limit */
	FLAG,	   /* bool */
	OPT_WORD,  /* struct cgm_opt */
	OPT_BYTES, /* the same, its number up to BYTES_MAX */
	TEXT,	   /* char[@limit], NUL-terminated, escaped by the reader */
};

struct field {
	enum form form;
	size_t offset;
	uint32_t limit;
	size_t count; /* of an array of them */
};

/* A member that is new in one of these needs a row here, or it does not travel. */
#define SIZE_IS(type, size) \
	_Static_assert(sizeof(void *) != 8 || sizeof(struct type) == (size), "a row is missing")
SIZE_IS(cgm_go, 768);
SIZE_IS(cgm_go_resident, 80);
SIZE_IS(cgm_anon_by_kind, 184);
SIZE_IS(cgm_go_group, 328);
SIZE_IS(cgm_go_site, 152);

#define ONE(form, type, member, limit)                 \
	{                                              \
		form, offsetof(type, member), limit, 1 \
	}
#define MANY(form, type, member, count)                \
	{                                              \
		form, offsetof(type, member), 0, count \
	}
#define CHARS(form, type, member)                                            \
	{                                                                    \
		form, offsetof(type, member), sizeof(((type *)0)->member), 1 \
	}

static const struct field process_fields[] = {
	ONE(NUMBER, struct cgm_wire_process, index, CGM_INSPECT_PROCS_MAX),
	ONE(FLAG, struct cgm_wire_process, go_known, 0),
	ONE(FLAG, struct cgm_wire_process, go, 0),
};

#define K(form, member) ONE(form, struct cgm_wire_kinds, kinds.member, 0)
static const struct field kinds_fields[] = {
	ONE(NUMBER, struct cgm_wire_kinds, index, CGM_INSPECT_PROCS_MAX),
	K(FLAG, known),
	MANY(BYTES, struct cgm_wire_kinds, kinds.bytes, CGM_ANON_KIND_COUNT),
	K(BYTES, largest_named),
	CHARS(TEXT, struct cgm_wire_kinds, kinds.largest_name),
	K(OPT_BYTES, jvm_heap_used),
	K(OPT_BYTES, jvm_heap_capacity),
	K(OPT_BYTES, jvm_metaspace_used),
};

#define G(form, member) ONE(form, struct cgm_wire_go, go.member, 0)
static const struct field go_fields[] = {
	ONE(NUMBER, struct cgm_wire_go, index, CGM_INSPECT_PROCS_MAX),
	CHARS(TEXT, struct cgm_wire_go, go.version),
	ONE(NUMBER, struct cgm_wire_go, go.source, CGM_GO_FROM_ENDPOINT + 1),
	MANY(OPT_BYTES, struct cgm_wire_go, go.stat, CGM_GO_NEXT_GC),
	G(OPT_WORD, stat[CGM_GO_NEXT_GC]), /* 2^64-1 with the GC off */
	G(OPT_WORD, stat[CGM_GO_LAST_GC]),
	G(OPT_BYTES, stat[CGM_GO_NUM_GC]),
	G(OPT_WORD, gogc),
	G(OPT_WORD, gomemlimit),
	G(OPT_BYTES, heap_marked),
	G(BYTES, bound),
	G(BYTES, span_buffers),
	G(FLAG, cgo),
	G(FLAG, heap_profile),
	G(OPT_BYTES, goroutines),
	G(OPT_BYTES, inuse_space),
	G(OPT_BYTES, alloc_space),
	G(FLAG, resident.known),
	G(FLAG, resident.arenas_exact),
	G(BYTES, resident.arenas),
	G(BYTES, resident.arenas_lazyfree),
	G(BYTES, resident.arenas_huge),
	G(BYTES, resident.arenas_swap),
	G(BYTES, resident.runtime),
	G(BYTES, resident.off_heap),
	G(BYTES, resident.program),
	G(BYTES, resident.off_heap_lazyfree),
	G(BYTES, resident.huge),
};

static const struct field group_fields[] = {
	ONE(BYTES, struct cgm_go_group, count, 0),
	CHARS(TEXT, struct cgm_go_group, state),
	CHARS(TEXT, struct cgm_go_group, function),
	CHARS(TEXT, struct cgm_go_group, created_by),
	ONE(OPT_BYTES, struct cgm_go_group, longest_s, 0),
	ONE(BYTES, struct cgm_go_group, stack_bytes, 0),
	ONE(FLAG, struct cgm_go_group, system, 0),
};

static const struct field site_fields[] = {
	CHARS(TEXT, struct cgm_go_site, function),
	ONE(BYTES, struct cgm_go_site, inuse_bytes, 0),
	ONE(BYTES, struct cgm_go_site, inuse_objects, 0),
	ONE(BYTES, struct cgm_go_site, alloc_bytes, 0),
};

static const struct field place_fields[] = {
	MANY(WORD, struct cgm_wire_place, key.v, 2),
	ONE(WORD, struct cgm_wire_place, place.gc_controller, 0),
	ONE(WORD, struct cgm_wire_place, place.memstats, 0),
	ONE(WORD, struct cgm_wire_place, place.allgs, 0),
	ONE(WORD, struct cgm_wire_place, place.mbuckets, 0),
};

static const struct field trouble_fields[] = {
	ONE(NUMBER, struct cgm_wire_trouble, index, CGM_INSPECT_PROCS_MAX),
	ONE(NUMBER, struct cgm_wire_trouble, step, CGM_STEP_COUNT),
	ONE(NUMBER, struct cgm_wire_trouble, code, ERRNO_MAX + 1),
};

#define RECORD(fields)                                    \
	{                                                 \
		fields, sizeof(fields) / sizeof *(fields) \
	}
static const struct {
	const struct field *fields;
	size_t n;
} records[CGM_WIRE_DONE + 1] = {
	[CGM_WIRE_PROCESS] = RECORD(process_fields), [CGM_WIRE_KINDS] = RECORD(kinds_fields),
	[CGM_WIRE_GO] = RECORD(go_fields),	     [CGM_WIRE_GROUP] = RECORD(group_fields),
	[CGM_WIRE_SITE] = RECORD(site_fields),	     [CGM_WIRE_PLACE] = RECORD(place_fields),
	[CGM_WIRE_TROUBLE] = RECORD(trouble_fields),
};

static size_t wire_size(const struct field *f)
{
	static const size_t sizes[] = {
		[WORD] = 8, [BYTES] = 8, [NUMBER] = 4, [FLAG] = 1, [OPT_WORD] = 9, [OPT_BYTES] = 9};

	return f->form == TEXT ? f->limit : sizes[f->form] * f->count;
}

size_t cgm_wire_size(enum cgm_wire_tag tag)
{
	size_t sum = 0;

	for (size_t i = 0; i < records[tag].n; i++)
		sum += wire_size(&records[tag].fields[i]);
	return sum;
}

/* ---- writing ---- */

static void put_opt(struct cgm_buf *b, const struct cgm_opt *o)
{
	const uint8_t known = o->known;

	cgm_buf_add(b, &o->v, sizeof o->v);
	cgm_buf_add(b, &known, 1);
}

static void put_field(struct cgm_buf *b, const struct field *f, const void *object)
{
	const char *at = (const char *)object + f->offset;

	switch (f->form) {
	case OPT_WORD:
	case OPT_BYTES:
		for (size_t i = 0; i < f->count; i++)
			put_opt(b, (const struct cgm_opt *)(const void *)at + i);
		return;
	default:
		cgm_buf_add(b, at, wire_size(f));
	}
}

void cgm_wire_put_fields(struct cgm_buf *b, enum cgm_wire_tag tag, const void *object)
{
	for (size_t i = 0; i < records[tag].n; i++)
		put_field(b, &records[tag].fields[i], object);
}

/* ---- reading ---- */

static int get_flag(const uint8_t *from, void *to)
{
	const bool v = *from == 1;

	if (*from > 1)
		return -EBADMSG;
	memcpy(to, &v, sizeof v);
	return 0;
}

/* 0, or -ERANGE: more than @max. */
static int get_word(const uint8_t *from, uint64_t max, uint64_t *to)
{
	uint64_t v;

	memcpy(&v, from, sizeof v);
	*to = v > max ? 0 : v;
	return v > max ? -ERANGE : 0;
}

static int get_words(const struct field *f, const uint8_t *from, char *to)
{
	uint64_t *v = (uint64_t *)(void *)to;
	int r = 0;

	for (size_t i = 0; i < f->count; i++)
		if (get_word(from + 8 * i, f->form == BYTES ? BYTES_MAX : UINT64_MAX, &v[i]) < 0)
			r = -ERANGE;
	return r;
}

/* One that is too large is unknown: that is all. */
static int get_opts(const struct field *f, const uint8_t *from, char *to)
{
	struct cgm_opt *o = (struct cgm_opt *)(void *)to;
	const uint64_t max = f->form == OPT_BYTES ? BYTES_MAX : UINT64_MAX;
	int r = 0;

	for (size_t i = 0; i < f->count && r == 0; i++, from += 9) {
		r = get_flag(from + 8, &o[i].known);
		if (get_word(from, max, &o[i].v) < 0)
			o[i].known = false;
	}
	return r;
}

/* Escaped, and cut where that makes it too long: of the raw text, so that no \xNN is cut in two. */
static int get_text(const uint8_t *from, size_t size, char *to)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	const uint8_t *end = memchr(from, 0, size);

	if (!end)
		return -EBADMSG;
	for (size_t n = (size_t)(end - from);; n--) {
		cgm_buf_reset(&b);
		cgm_escape_name(&b, (const char *)from, n, false);
		if (b.failed)
			return -ENOMEM;
		if (b.len < size)
			break;
	}
	memcpy(to, cgm_buf_str(&b), b.len);
	to[b.len] = '\0';
	return 0;
}

static int get_field(const struct field *f, const uint8_t *from, void *object)
{
	char *to = (char *)object + f->offset;
	uint32_t number;

	switch (f->form) {
	case WORD:
	case BYTES:
		return get_words(f, from, to);
	case NUMBER:
		memcpy(&number, from, sizeof number);
		if (number >= f->limit)
			return -EBADMSG;
		memcpy(to, &number, sizeof number);
		return 0;
	case FLAG:
		return get_flag(from, to);
	case OPT_WORD:
	case OPT_BYTES:
		return get_opts(f, from, to);
	case TEXT:
		return get_text(from, f->limit, to);
	}
	return -EBADMSG;
}

int cgm_wire_get_fields(const uint8_t *from, enum cgm_wire_tag tag, void *object)
{
	bool odd = false;

	for (size_t i = 0; i < records[tag].n; i++) {
		const struct field *f = &records[tag].fields[i];
		int r = get_field(f, from, object);

		if (r < 0 && r != -ERANGE)
			return r;
		odd = odd || r < 0;
		from += wire_size(f);
	}
	return odd ? -ERANGE : 0;
}
