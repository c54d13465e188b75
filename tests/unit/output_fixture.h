/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the output share: rows and an explanation made by hand, and captured text. */
#ifndef CGMEM_TESTS_OUTPUT_FIXTURE_H
#define CGMEM_TESTS_OUTPUT_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output/explain.h"

#define KIB ((uint64_t)1024)
#define MIB ((uint64_t)1024 * 1024)
#define GIB ((uint64_t)1024 * 1024 * 1024)

/* Runs @call, which writes to a FILE *out, and yields its text, to be freed. */
#define CAPTURE(call)                                       \
	__extension__({                                     \
		char *text_ = NULL;                         \
		size_t size_ = 0;                           \
		FILE *out = open_memstream(&text_, &size_); \
		assert_non_null(out);                       \
		assert_int_equal(call, 0);                  \
		assert_int_equal(fclose(out), 0);           \
		text_;                                      \
	})

static struct cgm_label fixture_labels[] = {{(char *)(uintptr_t) "tier", (char *)(uintptr_t) "db"},
					    {(char *)(uintptr_t) "x", (char *)(uintptr_t) ""}};

static inline struct cgm_target fixture_target(const char *name, const char *id)
{
	return (struct cgm_target){
		.name = (char *)(uintptr_t)name,
		.id = (char *)(uintptr_t)id,
		.image = (char *)(uintptr_t) "redis:7",
		.engine = (char *)(uintptr_t) "docker",
		.state = (char *)(uintptr_t) "running",
		.labels = fixture_labels,
		.n_labels = 2,
	};
}

static inline void fixture_part(struct cgm_breakdown *b, enum cgm_part_id id, uint64_t bytes,
				uint64_t in_docker, uint64_t reclaimable)
{
	b->part[id] = (struct cgm_part){bytes, in_docker, reclaimable, true};
}

static inline void fixture_child(struct cgm_breakdown *b, enum cgm_child_id id, uint64_t bytes)
{
	b->child[id] = (struct cgm_child){bytes, true, false};
}

/* 83.1 MiB charged, of which 63.4 MiB are inactive page cache: docker shows 19.7 MiB. */
static inline struct cgm_breakdown fixture_breakdown(void)
{
	struct cgm_breakdown b = {.known = true,
				  .charged = 87136666,
				  .inactive_file = 66447770,
				  .docker_bytes = 87136666 - 66447770,
				  .docker_subtracts = true,
				  .slack = 1 * MIB};

	fixture_part(&b, CGM_PART_ANON, 12 * MIB, 12 * MIB, 0);
	fixture_part(&b, CGM_PART_ANON_UNMAPPED, 0, 0, 0);
	fixture_part(&b, CGM_PART_CACHE, 66447770 + 2 * MIB, 2 * MIB, 66447770 + 2 * MIB);
	fixture_part(&b, CGM_PART_TMPFS, 1 * MIB, 1 * MIB, 0);
	fixture_part(&b, CGM_PART_KERNEL, 4 * MIB, 4 * MIB, 3 * MIB);
	fixture_child(&b, CGM_CHILD_LAZYFREE, 0);
	fixture_child(&b, CGM_CHILD_ANON_OTHER, 12 * MIB);
	fixture_child(&b, CGM_CHILD_INACTIVE, 66447770);
	fixture_child(&b, CGM_CHILD_ACTIVE, 2 * MIB);
	fixture_child(&b, CGM_CHILD_CACHE_OTHER, 0);
	fixture_child(&b, CGM_CHILD_SLAB_RECLAIMABLE, 3 * MIB);
	fixture_child(&b, CGM_CHILD_STACKS, 256 * KIB);
	b.child[CGM_CHILD_STACKS].estimated = true;
	fixture_child(&b, CGM_CHILD_KERNEL_OTHER, 768 * KIB);
	b.unattributed = (int64_t)(b.charged - (66447770 + 19 * MIB));
	b.unattributed_in_docker = b.unattributed;
	return b;
}

static inline struct cgm_sample fixture_sample(void)
{
	struct cgm_sample s = {.version = 2};

	cgm_set(&s, CGM_CHARGED, 87136666);
	cgm_set(&s, CGM_INACTIVE_FILE, 66447770);
	cgm_set(&s, CGM_ACTIVE_FILE, 2 * MIB);
	cgm_set(&s, CGM_FILE_CACHE, 66447770 + 3 * MIB);
	cgm_set(&s, CGM_SHMEM, 1 * MIB);
	cgm_set(&s, CGM_ANON, 12 * MIB);
	cgm_set(&s, CGM_SLAB_RECLAIMABLE, 3 * MIB);
	cgm_set(&s, CGM_PIDS, 7);
	cgm_set(&s, CGM_SWAP, 0);
	cgm_set(&s, CGM_PEAK, 90 * MIB);
	cgm_set(&s, CGM_OOM_KILLS, 0);
	s.state[CGM_LIMIT] = CGM_UNLIMITED;
	return s;
}

static inline struct cgm_row fixture_row(const struct cgm_target *t)
{
	return (struct cgm_row){
		.target = t,
		.path = "/docker/3f2a",
		.sample = fixture_sample(),
		.breakdown = fixture_breakdown(),
		.docker_limit = UINT64_C(33673838592),
		.effective = {.bytes = {UINT64_C(33673838592), true}, .from_host = true},
		.effective_from = "host",
		.headroom = {30 * GIB, true},
		.why = "cache-inactive",
	};
}

/* A snapshot with everything that explaining shows, and what is made from it. */
struct fixture_explanation {
	struct cgm_level levels[2];
	struct cgm_process procs[3];
	struct cgm_unreadable unreadable[1];
	struct cgm_snapshot snapshot;
	struct cgm_breakdown breakdown;
	struct cgm_figure figures[2];
	struct cgm_findings findings;
	struct cgm_explanation e;
};

static inline void fixture_findings(struct cgm_findings *f)
{
	f->n = 2;
	f->v[0] = (struct cgm_finding){
		.id = "cache-inactive",
		.kind = CGM_KIND_CAUSE,
		.severity = CGM_INFO,
		.bytes = {66447770, true},
		.summary = "The files that it read are kept in memory.",
		.advice = "Nothing has to be done.",
		.evidence = {{"inactive_file", 66447770, "bytes"}, {"refaults", 3, "per_second"}},
		.n_evidence = 2,
	};
	f->v[1] = (struct cgm_finding){
		.id = "small-remainder",
		.kind = CGM_KIND_NOTICE,
		.severity = CGM_INFO,
		.summary = "The remainder is small.",
	};
}

static inline void fixture_explain(struct fixture_explanation *f)
{
	*f = (struct fixture_explanation){
		.levels = {{.path = (char *)(uintptr_t) "/docker/3f2a"},
			   {.path = (char *)(uintptr_t) "/docker"}},
		.procs = {{.pid = 42,
			   .comm = "redis-server",
			   .rss = {20 * MIB, true},
			   .vsz = {200 * MIB, true},
			   .pss = {14 * MIB, true},
			   .pss_anon = {11 * MIB, true},
			   .pss_file = {3 * MIB, true},
			   .threads = {5, true}},
			  {.pid = 43,
			   .comm = "sh",
			   .rss = {1 * MIB, true},
			   .pss = {700 * KIB, true},
			   .pss_anon = {600 * KIB, true},
			   .threads = {1, true},
			   .foreign = true},
			  {.pid = 44, .comm = "denied"}},
		.unreadable = {{(char *)(uintptr_t) "/proc/44/smaps_rollup",
				(char *)(uintptr_t) "permission denied",
				(char *)(uintptr_t) "run it as root"}},
		.figures = {{.tool = "docker stats",
			     .versions = "20.10 and later",
			     .formula = "memory.current - inactive_file",
			     .bytes = {20688896, true},
			     .text = "19.73MiB",
			     .has_difference = true},
			    {.tool = "ctop", .versions = "all", .formula = "usage", .text = ""}},
	};
	f->snapshot = (struct cgm_snapshot){
		.target = fixture_target("redis", "3f2a9c1b7d4e3f2a"),
		.version = 2,
		.path = f->levels[0].path,
		.levels = f->levels,
		.n_levels = 2,
		.procs = f->procs,
		.n_procs = 3,
		.procs_complete = true,
		.host = {.mem_total = {UINT64_C(33673838592), true}, .ncpu = 2, .page_size = 4096},
		.now = fixture_sample(),
		.unreadable = f->unreadable,
		.n_unreadable = 1,
	};
	f->breakdown = fixture_breakdown();
	fixture_findings(&f->findings);
	f->e = (struct cgm_explanation){
		.snapshot = &f->snapshot,
		.breakdown = &f->breakdown,
		.figures = f->figures,
		.n_figures = 2,
		.findings = &f->findings,
		.effective = {.bytes = {512 * MIB, true}, .level = 1},
		.headroom = {448 * MIB, true},
		.verdict = "It is page cache. Nothing has to be done.",
	};
}

/* @n points, a second apart, of which anonymous memory rises by @step each. */
static inline void fixture_track(struct cgm_track *t, int n, uint64_t step)
{
	*t = (struct cgm_track){.step_ms = 1000};
	for (int i = 0; i < n; i++) {
		struct cgm_point p = {.time_ms = INT64_C(1795348800000) + i * INT64_C(1000)};

		cgm_point_set(&p, CGM_SERIES_CHARGED, 80 * MIB + (uint64_t)i * step);
		cgm_point_set(&p, CGM_SERIES_DOCKER, 20 * MIB + (uint64_t)i * step);
		cgm_point_set(&p, CGM_SERIES_ANON, 10 * MIB + (uint64_t)i * step);
		cgm_point_set(&p, CGM_SERIES_KERNEL, 10 * MIB);
		if (cgm_track_add(t, &p) < 0)
			abort();
	}
}

#endif
