/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When all mappings are known: what their neighbours, a JVM and the Go runtime tell of their kinds,
 * and the sums by kind.
 */
#include <string.h>

#include "base/buf.h"
#include "base/path.h"
#include "base/units.h"
#include "sys/anon_parts.h"
#include "base/banned.h"

#define PAGE ((uint64_t)4096)
/* What the kernel may have merged with a heap: a thread's stack below it, a small mapping. */
#define MERGED_MAX ((uint64_t)16 << 20)

struct jvm_parts {
	struct cgm_shape_range heap, classes;
};

/* HotSpot rounds counters up by an object's header; reservations are whole pages. */
static void find_reserved(const struct cgm_shapes *s, struct cgm_opt length, uint64_t slack,
			  const struct cgm_shape_range *without, struct cgm_shape_range *best)
{
	if (length.known)
		cgm_shapes_reservation(s, length.v / PAGE * PAGE, slack, without, best);
}

/*
 * What is not about as much touched and as much committed as the JVM says of its heap only happens
 * to have its size: ZGC's heap is a memfd.
 */
static bool find_heap(const struct cgm_anon_kinds *k, uint64_t slack, struct cgm_shape_range *ret)
{
	const struct cgm_shape_range none = {0};
	struct cgm_shape_range best = {0};

	find_reserved(&k->shapes, k->jvm.heap_max_sum, slack, &none, &best);
	find_reserved(&k->shapes, k->jvm.heap_max_largest, slack, &none, &best);
	if (!best.to || best.touched < k->jvm.heap_used.v / 2 ||
	    best.writable < k->jvm.heap_capacity.v / 2)
		return false;
	*ret = best;
	return true;
}

static void find_jvm(const struct cgm_anon_kinds *k, struct jvm_parts *p)
{
	if (!find_heap(k, 0, &p->heap))
		(void)find_heap(k, MERGED_MAX, &p->heap);
	find_reserved(&k->shapes, k->jvm.class_max, 0, &p->heap, &p->classes);
}

static bool within(const struct cgm_shape_range *r, size_t i)
{
	return i >= r->from && i < r->to;
}

/* What is found by its neighbours goes before what the line itself tells. */
static enum cgm_anon_kind kind_of(const struct cgm_shapes *s, const struct jvm_parts *p, size_t i)
{
	if (within(&p->heap, i))
		return CGM_ANON_JVM_HEAP;
	if (within(&p->classes, i))
		return CGM_ANON_JVM_METASPACE;
	if (cgm_shapes_thread_stack(s, i))
		return CGM_ANON_THREAD_STACKS;
	return cgm_shapes_bss(s, i) ? CGM_ANON_PROGRAM : s->v[i].kind;
}

static void sum_kinds(const struct cgm_anon_kinds *k, const struct jvm_parts *p, uint64_t *bytes)
{
	const struct cgm_shapes *s = &k->shapes;
	size_t area = cgm_shapes_mmap_area(s), asked = 0;
	bool arenas = false;

	for (size_t i = 0; i < s->n; i++) {
		enum cgm_anon_kind kind = kind_of(s, p, i);

		if (i >= area && i >= asked)
			arenas = cgm_shapes_arenas(s, i, &asked);
		if (arenas && kind != CGM_ANON_JVM_HEAP && kind != CGM_ANON_JVM_METASPACE)
			kind = CGM_ANON_MALLOC_ARENAS;
		bytes[kind] = cgm_add_sat(bytes[kind], s->v[i].bytes);
	}
}

/* Moves up to @most bytes from one kind to another; returns what was not there. */
static uint64_t move(uint64_t *bytes, enum cgm_anon_kind from, enum cgm_anon_kind to, uint64_t most)
{
	uint64_t n = cgm_min_u64(bytes[from], most);

	bytes[from] -= n;
	bytes[to] = cgm_add_sat(bytes[to], n);
	return most - n;
}

/*
 * Chunks of metaspace beside the class space cannot be told from other mappings: at most what is
 * committed of them.
 */
static void move_metaspace(const struct cgm_anon_kinds *k, const struct jvm_parts *p,
			   uint64_t *bytes)
{
	uint64_t class_bytes = p->classes.to ? k->jvm.class_capacity.v : 0;
	uint64_t left = cgm_sub_sat(k->jvm.metaspace_capacity.v, class_bytes);

	left = move(bytes, CGM_ANON_MMAP, CGM_ANON_JVM_METASPACE, left);
	(void)move(bytes, CGM_ANON_SMALL, CGM_ANON_JVM_METASPACE, left);
}

/* Arenas lie where mappings are large; a kernel with names for mappings tells Go's. */
static void move_go(const struct cgm_anon_kinds *k, uint64_t go_arenas, uint64_t *bytes)
{
	uint64_t named = cgm_min_u64(k->go_named, go_arenas), left = go_arenas - named;

	left += move(bytes, CGM_ANON_NAMED, CGM_ANON_GO_ARENAS, named);
	left = move(bytes, CGM_ANON_MMAP, CGM_ANON_GO_ARENAS, left);
	(void)move(bytes, CGM_ANON_SMALL, CGM_ANON_GO_ARENAS, left);
}

static void set_largest(const struct cgm_anon_kinds *k, struct cgm_anon_by_kind *ret)
{
	const struct cgm_anon_named *most = NULL;

	for (size_t i = 0; i < k->n_names; i++) {
		if (!most || k->names[i].bytes > most->bytes)
			most = &k->names[i];
	}
	if (!most)
		return;
	ret->largest_named = most->bytes;
	/* Cut before it is escaped, so that no \xNN and no character is cut in two. */
	for (size_t n = strlen(most->name); n; n--) {
		CGM_AUTO_BUF struct cgm_buf b = {0};

		cgm_escape_name(&b, most->name, n, false);
		if (b.failed || b.len >= sizeof ret->largest_name)
			continue;
		memcpy(ret->largest_name, cgm_buf_str(&b), b.len + 1);
		return;
	}
}

void cgm_anon_kinds_make(const struct cgm_anon_kinds *k, uint64_t go_arenas,
			 struct cgm_anon_by_kind *ret)
{
	struct cgm_anon_by_kind r = {.known = true};
	struct jvm_parts p = {0};

	memcpy(r.bytes, k->unkept, sizeof r.bytes);
	find_jvm(k, &p);
	sum_kinds(k, &p, r.bytes);
	move_go(k, go_arenas, r.bytes);
	move_metaspace(k, &p, r.bytes);
	set_largest(k, &r);
	r.jvm_heap_used = k->jvm.heap_used;
	r.jvm_heap_capacity = k->jvm.heap_capacity;
	r.jvm_metaspace_used = k->jvm.metaspace_used;
	*ret = r;
}
