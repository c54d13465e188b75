/* SPDX-License-Identifier: Apache-2.0 */
#include "output/columns.h"

#include "output/cells.h"
#include "base/banned.h"

static void put_text(struct cgm_cell *c, const char *text)
{
	c->known = text != NULL;
	c->text = text;
}

/* A row that went away has no number at all: what was read before is half of a picture. */
static void put_number(struct cgm_cell *c, const struct cgm_row *row, bool known, uint64_t n)
{
	c->known = known && !row->gone;
	c->number = n;
}

static void put_value(struct cgm_cell *c, const struct cgm_row *row, enum cgm_value_id id)
{
	put_number(c, row, cgm_has(&row->sample, id), cgm_get(&row->sample, id));
}

static void put_part(struct cgm_cell *c, const struct cgm_row *row, enum cgm_part_id id)
{
	const struct cgm_part *p = &row->breakdown.part[id];

	put_number(c, row, row->breakdown.known && p->present, p->bytes);
}

static void put_child(struct cgm_cell *c, const struct cgm_row *row, enum cgm_child_id id)
{
	const struct cgm_child *p = &row->breakdown.child[id];

	put_number(c, row, row->breakdown.known && p->present, p->bytes);
}

static void get_name(const struct cgm_row *row, struct cgm_cell *c)
{
	const struct cgm_target *t = row->target;

	if (row->subtotal)
		put_text(c, row->subtotal);
	else if (t && t->name)
		put_text(c, t->name);
	else
		put_text(c, t && t->id ? t->id : row->path);
}

#define TARGET_TEXT(fn, field)                                                          \
	static void fn(const struct cgm_row *row, struct cgm_cell *c)                   \
	{                                                                               \
		put_text(c, row->target && !row->subtotal ? row->target->field : NULL); \
	}

TARGET_TEXT(get_id, id)
TARGET_TEXT(get_image, image)
TARGET_TEXT(get_project, project)
TARGET_TEXT(get_service, service)

static void get_state(const struct cgm_row *row, struct cgm_cell *c)
{
	if (row->subtotal)
		put_text(c, NULL);
	else if (row->gone)
		put_text(c, "gone");
	else
		put_text(c, row->target ? row->target->state : NULL);
}

static void get_docker(const struct cgm_row *row, struct cgm_cell *c)
{
	uint64_t n = 0;
	bool known = cgm_row_docker_bytes(row, &n);

	put_number(c, row, known, n);
}

static void get_percent(const struct cgm_row *row, struct cgm_cell *c)
{
	uint64_t used = 0;
	bool known = cgm_row_docker_bytes(row, &used);

	put_number(c, row, known && row->docker_limit > 0, 0);
	if (c->known)
		c->percent = (double)used / (double)row->docker_limit * 100.0;
}

static void get_effective(const struct cgm_row *row, struct cgm_cell *c)
{
	put_number(c, row, row->effective.bytes.known, row->effective.bytes.v);
}

static void get_limit_from(const struct cgm_row *row, struct cgm_cell *c)
{
	put_text(c, row->gone ? NULL : row->effective_from);
}

static void get_headroom(const struct cgm_row *row, struct cgm_cell *c)
{
	put_number(c, row, row->headroom.known, row->headroom.v);
}

/* Kubernetes' figure: max(0, usage - inactive_file) (cAdvisor setMemoryStats). */
static void get_working_set(const struct cgm_row *row, struct cgm_cell *c)
{
	const struct cgm_sample *s = &row->sample;
	uint64_t charged = cgm_get(s, CGM_CHARGED), inactive = cgm_get(s, CGM_INACTIVE_FILE);

	put_number(c, row, cgm_has(s, CGM_CHARGED) && cgm_has(s, CGM_INACTIVE_FILE),
		   charged > inactive ? charged - inactive : 0);
}

static void get_slab(const struct cgm_row *row, struct cgm_cell *c)
{
	const struct cgm_sample *s = &row->sample;

	put_number(c, row, cgm_has(s, CGM_SLAB_RECLAIMABLE) && cgm_has(s, CGM_SLAB_UNRECLAIMABLE),
		   cgm_get(s, CGM_SLAB_RECLAIMABLE) + cgm_get(s, CGM_SLAB_UNRECLAIMABLE));
}

static void get_unattributed(const struct cgm_row *row, struct cgm_cell *c)
{
	int64_t v = row->breakdown.unattributed;

	put_number(c, row, row->breakdown.known, v < 0 ? UINT64_C(0) - (uint64_t)v : (uint64_t)v);
	c->negative = v < 0;
}

static void get_restarts(const struct cgm_row *row, struct cgm_cell *c)
{
	bool known = row->target && !row->subtotal && row->target->restarts.known;

	put_number(c, row, known, known ? row->target->restarts.v : 0);
}

static void get_psi(const struct cgm_row *row, struct cgm_cell *c)
{
	put_value(c, row, CGM_PSI_SOME_AVG10);
	c->percent = (double)c->number / 100.0;
}

static void get_why(const struct cgm_row *row, struct cgm_cell *c)
{
	bool known = row->why && !(row->why[0] == '-' && row->why[1] == '\0');

	put_text(c, row->gone ? "gone" : known ? row->why : NULL);
}

static void get_path(const struct cgm_row *row, struct cgm_cell *c)
{
	put_text(c, row->subtotal ? NULL : row->path);
}

#define GO_SUM(fn, field)                                             \
	static void fn(const struct cgm_row *row, struct cgm_cell *c) \
	{                                                             \
		put_number(c, row, row->field.known, row->field.v);   \
	}
GO_SUM(get_go_heap, go_heap)
GO_SUM(get_go_retained, go_retained)
GO_SUM(get_go_sys, go_sys)
GO_SUM(get_goroutines, goroutines)

#define VALUE(fn, id)                                                 \
	static void fn(const struct cgm_row *row, struct cgm_cell *c) \
	{                                                             \
		put_value(c, row, id);                                \
	}
#define PART(fn, id)                                                  \
	static void fn(const struct cgm_row *row, struct cgm_cell *c) \
	{                                                             \
		put_part(c, row, id);                                 \
	}
#define CHILD(fn, id)                                                 \
	static void fn(const struct cgm_row *row, struct cgm_cell *c) \
	{                                                             \
		put_child(c, row, id);                                \
	}

VALUE(get_pids, CGM_PIDS)
VALUE(get_charged, CGM_CHARGED)
VALUE(get_limit, CGM_LIMIT)
PART(get_anon, CGM_PART_ANON)
PART(get_anon_unmapped, CGM_PART_ANON_UNMAPPED)
PART(get_cache, CGM_PART_CACHE)
CHILD(get_inactive, CGM_CHILD_INACTIVE)
CHILD(get_active, CGM_CHILD_ACTIVE)
VALUE(get_dirty, CGM_FILE_DIRTY)
VALUE(get_mapped, CGM_FILE_MAPPED)
PART(get_tmpfs, CGM_PART_TMPFS)
PART(get_kernel, CGM_PART_KERNEL)
VALUE(get_slab_reclaimable, CGM_SLAB_RECLAIMABLE)
CHILD(get_stacks, CGM_CHILD_STACKS)
CHILD(get_pagetables, CGM_CHILD_PAGE_TABLES)
VALUE(get_percpu, CGM_PERCPU)
PART(get_sock, CGM_PART_SOCK)
VALUE(get_swap, CGM_SWAP)
VALUE(get_zswap, CGM_ZSWAP)
CHILD(get_lazyfree, CGM_CHILD_LAZYFREE)
VALUE(get_thp, CGM_ANON_THP)
VALUE(get_peak, CGM_PEAK)
VALUE(get_oom_kills, CGM_OOM_KILLS)

#define NEEDS(...)                                         \
	.needs = (const enum cgm_value_id[]){__VA_ARGS__}, \
	.n_needs = sizeof((const enum cgm_value_id[]){__VA_ARGS__}) / sizeof(enum cgm_value_id)
#define DOCKER_VALUES CGM_CHARGED, CGM_INACTIVE_FILE, CGM_LOCAL_INACTIVE_FILE
/* The breakdown stands on these; the kernel's part lies in a file of its own on v1. */
#define PARTS CGM_CHARGED, CGM_ANON, CGM_FILE_CACHE

#define TEXT(tok, ph, fn, h, ...)                                                                  \
	{                                                                                          \
		.token = tok, .heading = tok, .placeholder = ph, .type = CGM_CELL_TEXT, .help = h, \
		.get = fn, __VA_ARGS__                                                             \
	}
#define NUMBER(tok, ph, kind, fn, h, ...)                                                 \
	{                                                                                 \
		.token = tok, .heading = tok, .placeholder = ph, .type = kind, .help = h, \
		.get = fn, __VA_ARGS__                                                    \
	}
#define BYTES(tok, ph, fn, h, ...) NUMBER(tok, ph, CGM_CELL_BYTES, fn, h, __VA_ARGS__)
#define COUNT(tok, ph, fn, h, ...) NUMBER(tok, ph, CGM_CELL_COUNT, fn, h, __VA_ARGS__)

/* clang-format off */
const struct cgm_column cgm_columns[] = {
	TEXT("NAME", "Name", get_name, "container name", .flags = 0),
	TEXT("ID", "ID", get_id, "container id", .flags = 0),
	TEXT("IMAGE", "Image", get_image, "image name", .flags = 0),
	TEXT("PROJECT", "Project", get_project, "compose project", .flags = 0),
	TEXT("SERVICE", "Service", get_service, "compose service", .flags = 0),
	TEXT("STATE", "State", get_state, "running, exited, paused, gone", .flags = 0),
	COUNT("PIDS", "PIDs", get_pids, "processes and threads", NEEDS(CGM_PIDS)),
	BYTES("CHARGED", "Charged", get_charged, "the kernel's own total", NEEDS(CGM_CHARGED)),
	BYTES("DOCKER", "Docker", get_docker, "docker stats' figure: charged less inactive page cache",
	      NEEDS(DOCKER_VALUES)),
	NUMBER("PERCENT", "Percent", CGM_CELL_PERCENT, get_percent,
	       "docker's figure in percent of the limit that docker shows",
	       NEEDS(DOCKER_VALUES, CGM_LIMIT)),
	BYTES("LIMIT", "Limit", get_limit, "the group's own limit", NEEDS(CGM_LIMIT)),
	BYTES("EFFECTIVE_LIMIT", "EffectiveLimit", get_effective,
	      "the lowest limit of the group, its ancestors and the machine",
	      NEEDS(CGM_LIMIT), .flags = CGM_COL_LEVELS),
	TEXT("LIMIT_FROM", "LimitFrom", get_limit_from, "the group that sets it, or host",
	     NEEDS(CGM_LIMIT), .flags = CGM_COL_LEVELS),
	BYTES("HEADROOM", "Headroom", get_headroom,
	      "what can still be allocated before a limit is met, reclaim included",
	      NEEDS(CGM_LIMIT, CGM_CHARGED, CGM_INACTIVE_FILE), .flags = CGM_COL_LEVELS),
	BYTES("WORKING_SET", "WorkingSet", get_working_set, "what kubectl top and crictl show",
	      NEEDS(CGM_CHARGED, CGM_INACTIVE_FILE)),
	BYTES("ANON", "Anon", get_anon, "anonymous memory: heap, stacks", NEEDS(PARTS)),
	BYTES("ANON_UNMAPPED", "AnonUnmapped", get_anon_unmapped,
	      "anonymous memory that no process maps: swap cache, partly unmapped huge pages",
	      NEEDS(PARTS)),
	BYTES("CACHE", "Cache", get_cache, "page cache of files, without tmpfs", NEEDS(PARTS)),
	BYTES("INACTIVE", "Inactive", get_inactive, "inactive page cache: docker leaves it out",
	      NEEDS(PARTS)),
	BYTES("ACTIVE", "Active", get_active, "active page cache: in docker's figure", NEEDS(PARTS)),
	BYTES("DIRTY", "Dirty", get_dirty, "page cache that is to be written", NEEDS(CGM_FILE_DIRTY)),
	BYTES("MAPPED", "Mapped", get_mapped, "files mapped by processes", NEEDS(CGM_FILE_MAPPED)),
	BYTES("TMPFS", "Tmpfs", get_tmpfs, "tmpfs, /dev/shm, memfd and shared memory", NEEDS(PARTS)),
	BYTES("KERNEL", "Kernel", get_kernel, "kernel memory", NEEDS(PARTS, CGM_KERNEL)),
	BYTES("SLAB", "Slab", get_slab, "kernel objects", NEEDS(CGM_SLAB_RECLAIMABLE)),
	BYTES("SLAB_RECL", "SlabRecl", get_slab_reclaimable, "of them reclaimable: dentries, inodes",
	      NEEDS(CGM_SLAB_RECLAIMABLE)),
	BYTES("STACKS", "Stacks", get_stacks, "kernel stacks of threads", NEEDS(PARTS, CGM_KERNEL)),
	BYTES("PAGETABLES", "Pagetables", get_pagetables, "page tables", NEEDS(PARTS, CGM_KERNEL)),
	BYTES("PERCPU", "Percpu", get_percpu, "per-CPU kernel memory", NEEDS(CGM_PERCPU)),
	BYTES("SOCK", "Sock", get_sock, "socket buffers (cgroup v2)", NEEDS(PARTS, CGM_SOCK)),
	BYTES("SWAP", "Swap", get_swap, "swapped out; not in the charged memory", NEEDS(CGM_SWAP)),
	BYTES("ZSWAP", "Zswap", get_zswap, "compressed swap that is kept in memory", NEEDS(CGM_ZSWAP)),
	BYTES("LAZYFREE", "Lazyfree", get_lazyfree, "freed with MADV_FREE, not yet taken back",
	      NEEDS(PARTS)),
	BYTES("THP", "Thp", get_thp, "anonymous memory in huge pages", NEEDS(CGM_ANON_THP)),
	BYTES("UNATTRIBUTED", "Unattributed", get_unattributed, "charged less all parts; has a sign",
	      NEEDS(PARTS, CGM_KERNEL, CGM_HUGETLB_CURRENT)),
	BYTES("PEAK", "Peak", get_peak, "highest charged memory so far, page cache included",
	      NEEDS(CGM_PEAK)),
	COUNT("OOM_KILLS", "OomKills", get_oom_kills, "processes killed for lack of memory",
	      NEEDS(CGM_OOM_KILLS)),
	COUNT("RESTARTS", "Restarts", get_restarts, "restarts by the engine", .flags = CGM_COL_INSPECT),
	NUMBER("PSI", "Psi", CGM_CELL_PERCENT, get_psi,
	       "time in which some task waited for memory, of the last 10 s",
	       NEEDS(CGM_PSI_SOME_AVG10)),
	TEXT("WHY", "Why", get_why, "the first cause, by memory.stat alone",
	     NEEDS(PARTS, CGM_INACTIVE_FILE, CGM_KERNEL, CGM_HUGETLB_CURRENT)),
	BYTES("GO_HEAP", "GoHeap", get_go_heap, "Go: HeapAlloc, live objects and garbage",
	      .flags = CGM_COL_GO),
	BYTES("GO_RETAINED", "GoRetained", get_go_retained,
	      "Go: HeapIdle - HeapReleased, free but kept", .flags = CGM_COL_GO),
	BYTES("GO_SYS", "GoSys", get_go_sys, "Go: Sys, all that the runtime has mapped",
	      .flags = CGM_COL_GO),
	COUNT("GOROUTINES", "Goroutines", get_goroutines, "Go: number of goroutines",
	      .flags = CGM_COL_GO | CGM_COL_GOROUTINES),
	TEXT("PATH", "Path", get_path, "cgroup path", .flags = 0),
	{.token = NULL},
};

const struct cgm_column cgm_column_mem_usage = {
	.token = "MEM_USAGE", .heading = "MEM USAGE / LIMIT", .placeholder = "MemUsage",
	.type = CGM_CELL_BYTES, .help = "docker's figure and limit", .get = get_docker,
	.flags = CGM_COL_SHOW, NEEDS(DOCKER_VALUES, CGM_LIMIT),
};
const struct cgm_column cgm_column_mem_percent = {
	.token = "MEM_PERCENT", .heading = "MEM %", .placeholder = "MemPerc",
	.type = CGM_CELL_PERCENT, .help = "docker's percentage", .get = get_percent,
	.flags = CGM_COL_SHOW, NEEDS(DOCKER_VALUES, CGM_LIMIT),
};
/* clang-format on */
