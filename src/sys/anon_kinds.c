/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/anon_kinds.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/path.h"
#include "base/units.h"
#include "sys/anon_shapes.h"
#include "sys/hsperf.h"
#include "base/banned.h"

/*
 * Mappings that are kept to be seen with their neighbours; vm.max_map_count is 65,530 unless it is
 * raised. Those above are taken by their own line.
 */
#define SHAPES_MAX ((size_t)1 << 18)
/* M_MMAP_THRESHOLD's default (glibc malloc/malloc.c): malloc(3) maps what is larger. */
#define LARGE_MIN ((uint64_t)128 << 10)
#define PAGE	  ((uint64_t)4096)
/* What the kernel may have merged with a heap: a thread's stack below it, a small mapping. */
#define MERGED_MAX ((uint64_t)16 << 20)
/* ANON_VMA_NAME_MAX_LEN (include/linux/mm.h, 5.17) with its NUL. */
#define NAME_MAX_LEN 80
#define NAMES_MAX    64

struct named {
	char name[NAME_MAX_LEN];
	uint64_t bytes;
};

struct cgm_anon_kinds {
	struct cgm_shapes shapes;
	size_t cap;
	uint64_t unkept[CGM_ANON_KIND_COUNT];
	struct named names[NAMES_MAX];
	size_t n_names;
	uint64_t go_named; /* of CGM_ANON_NAMED: named by the Go runtime */
	struct {
		uint64_t inode;
		unsigned major, minor;
		bool known;
	} exe;
	struct cgm_hsperf jvm;
};

int cgm_anon_kinds_new(struct cgm_anon_kinds **ret)
{
	struct cgm_anon_kinds *k = calloc(1, sizeof *k);

	if (!k)
		return -ENOMEM;
	k->shapes.main_stack = SIZE_MAX;
	*ret = k;
	return 0;
}

void cgm_anon_kinds_free(struct cgm_anon_kinds *k)
{
	if (!k)
		return;
	free(k->shapes.v);
	free(k);
}

static bool begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

/* MAP_PRIVATE of /dev/zero is anonymous memory (drivers/char/mem.c mmap_zero()). */
static bool is_file(const struct cgm_mapping *m)
{
	return m->inode != 0 && strcmp(m->name, "/dev/zero") != 0;
}

/*
 * Names by which the C libraries tell what they map: glibc 2.39 with the tunable
 * glibc.mem.decorate_maps (malloc/arena.c, malloc/malloc.c, nptl/allocatestack.c, elf/dl-minimal.c)
 * and bionic (libc/bionic/pthread_create.cpp); [stack:TID] is the kernel's, 3.4 to 4.4. LARGE: by
 * the mapping's length.
 */
static const struct {
	const char *prefix;
	enum cgm_anon_kind kind;
	bool by_length;
} known_names[] = {
	{"[heap]", CGM_ANON_MAIN_HEAP, false},
	{"[stack]", CGM_ANON_STACK, false},
	{"[stack:", CGM_ANON_THREAD_STACKS, false},
	{"[anon: glibc: malloc arena]", CGM_ANON_MALLOC_ARENAS, false},
	{"[anon: glibc: malloc]", CGM_ANON_MMAP, true},
	{"[anon: glibc: loader malloc]", CGM_ANON_MMAP, true},
	{"[anon: glibc: pthread stack:", CGM_ANON_THREAD_STACKS, false},
	{"[anon: glibc: pthread user stack:", CGM_ANON_THREAD_STACKS, false},
	{"[anon: glibc: unused stack", CGM_ANON_THREAD_STACKS, false},
	{"[anon:stack_and_tls:", CGM_ANON_THREAD_STACKS, false},
	{"[anon:.bss]", CGM_ANON_PROGRAM, false},
	{"[anon:", CGM_ANON_NAMED, false},
};

/* What the line itself tells. */
static enum cgm_anon_kind own_kind(const struct cgm_mapping *m)
{
	enum cgm_anon_kind by_length =
		m->end - m->start < LARGE_MIN ? CGM_ANON_SMALL : CGM_ANON_MMAP;

	if (is_file(m))
		return CGM_ANON_PROGRAM;
	for (size_t i = 0; i < sizeof known_names / sizeof *known_names; i++) {
		if (begins(m->name, known_names[i].prefix))
			return known_names[i].by_length ? by_length : known_names[i].kind;
	}
	return by_length;
}

/* The program is the first file that is mapped to be executed: libraries lie above it. */
static unsigned file_flags(struct cgm_anon_kinds *k, const struct cgm_mapping *m)
{
	if (!k->exe.known && m->perms[2] == 'x') {
		k->exe.inode = m->inode;
		k->exe.major = m->major;
		k->exe.minor = m->minor;
		k->exe.known = true;
	}
	return CGM_SHAPE_FILE |
	       (k->exe.known && k->exe.inode == m->inode && k->exe.major == m->major &&
				k->exe.minor == m->minor
			? CGM_SHAPE_EXE
			: 0);
}

static unsigned flags_of(struct cgm_anon_kinds *k, const struct cgm_mapping *m)
{
	unsigned flags =
		(m->noreserve ? CGM_SHAPE_NORESERVE : 0) | (m->nohuge ? CGM_SHAPE_NOHUGE : 0);

	if (m->perms[3] != 'p')
		return 0;
	if (begins(m->perms, "rw-"))
		flags |= CGM_SHAPE_RW;
	else if (begins(m->perms, "---"))
		flags |= CGM_SHAPE_NONE;
	if (is_file(m))
		flags |= file_flags(k, m);
	else if (!*m->name || m->inode)
		flags |= CGM_SHAPE_ANON;
	else if (begins(m->name, "[anon: glibc: malloc arena]"))
		flags |= CGM_SHAPE_ARENA_NAME;
	return flags;
}

/* The name's place; the one with least makes way where there is none: the most is what is asked. */
static struct named *name_place(struct cgm_anon_kinds *k, const char *name, size_t len)
{
	struct named *least = k->names;

	for (size_t i = 0; i < k->n_names; i++) {
		struct named *n = &k->names[i];

		if (strncmp(n->name, name, len) == 0 && !n->name[len])
			return n;
		if (n->bytes < least->bytes)
			least = n;
	}
	if (k->n_names < NAMES_MAX)
		least = &k->names[k->n_names++];
	*least = (struct named){0};
	memcpy(least->name, name, len);
	return least;
}

/* @name: what follows "[anon:". */
static void add_name(struct cgm_anon_kinds *k, const char *name, uint64_t bytes)
{
	struct named *n;

	if (!bytes)
		return;
	if (begins(name, " Go: ")) /* from Go 1.25 on, runtime/set_vma_name_linux.go */
		k->go_named = cgm_add_sat(k->go_named, bytes);
	name += *name == ' ';
	n = name_place(k, name, cgm_min_u64(strcspn(name, "]"), NAME_MAX_LEN - 1));
	n->bytes = cgm_add_sat(n->bytes, bytes);
}

static int reserve(struct cgm_anon_kinds *k)
{
	size_t cap = k->cap ? 2 * k->cap : 256;
	struct cgm_shape *v;

	if (k->shapes.n < k->cap)
		return 0;
	v = reallocarray(k->shapes.v, cap, sizeof *v);
	if (!v)
		return -ENOMEM;
	k->shapes.v = v;
	k->cap = cap;
	return 0;
}

/* Empty ones are in no smaps, and addresses of the upper half are the kernel's ([vsyscall]). */
static bool worth_keeping(const struct cgm_anon_kinds *k, const struct cgm_mapping *m)
{
	return m->start < m->end && m->end <= INT64_MAX && k->shapes.n < SHAPES_MAX;
}

int cgm_anon_kinds_add(const struct cgm_mapping *m, void *kinds)
{
	struct cgm_anon_kinds *k = kinds;
	struct cgm_shapes *s = &k->shapes;
	struct cgm_shape shape = {
		.start = m->start,
		.end = m->end,
		.bytes = cgm_sub_sat(m->anonymous, m->lazyfree),
		.touched = cgm_add_sat(m->anonymous, m->swap),
		.flags = (uint8_t)flags_of(k, m),
		.kind = (uint8_t)own_kind(m),
	};

	if (shape.kind == CGM_ANON_NAMED)
		add_name(k, m->name + strlen("[anon:"), shape.bytes);
	if (!worth_keeping(k, m)) {
		k->unkept[shape.kind] = cgm_add_sat(k->unkept[shape.kind], shape.bytes);
		return 0;
	}
	if (reserve(k) < 0)
		return -ENOMEM;
	if (shape.kind == CGM_ANON_STACK && s->main_stack == SIZE_MAX)
		s->main_stack = s->n;
	s->noreserve = s->noreserve || m->noreserve;
	s->v[s->n++] = shape;
	return 0;
}

int cgm_anon_kinds_hsperf(struct cgm_anon_kinds *k, const void *data, size_t len)
{
	return cgm_hsperf_parse(data, len, &k->jvm);
}

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
	const struct named *most = NULL;

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
