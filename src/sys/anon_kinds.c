/* SPDX-License-Identifier: Apache-2.0 */
/* Mapping after mapping: what its own line tells of its kind, and what is kept of it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "sys/anon_parts.h"
#include "base/banned.h"

/*
 * Mappings that are kept to be seen with their neighbours; vm.max_map_count is 65,530 unless it is
 * raised. Those above are taken by their own line.
 */
#define SHAPES_MAX ((size_t)1 << 18)
/* M_MMAP_THRESHOLD's default (glibc malloc/malloc.c): malloc(3) maps what is larger. */
#define LARGE_MIN ((uint64_t)128 << 10)

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
static struct cgm_anon_named *name_place(struct cgm_anon_kinds *k, const char *name, size_t len)
{
	struct cgm_anon_named *least = k->names;

	for (size_t i = 0; i < k->n_names; i++) {
		struct cgm_anon_named *n = &k->names[i];

		if (strncmp(n->name, name, len) == 0 && !n->name[len])
			return n;
		if (n->bytes < least->bytes)
			least = n;
	}
	if (k->n_names < CGM_ANON_NAMES_MAX)
		least = &k->names[k->n_names++];
	*least = (struct cgm_anon_named){0};
	memcpy(least->name, name, len);
	return least;
}

/* @name: what follows "[anon:". */
static void add_name(struct cgm_anon_kinds *k, const char *name, uint64_t bytes)
{
	struct cgm_anon_named *n;

	if (!bytes)
		return;
	if (begins(name, " Go: ")) /* from Go 1.25 on, runtime/set_vma_name_linux.go */
		k->go_named = cgm_add_sat(k->go_named, bytes);
	name += *name == ' ';
	n = name_place(k, name, cgm_min_u64(strcspn(name, "]"), CGM_ANON_NAME_LEN - 1));
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
