/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How Go is told: pieces of sentences that causes, risks and the verdict share. All write the
 * buffer that they are given and return it. Pure, internal.
 */
#ifndef CGMEM_MODEL_GO_WORDS_H
#define CGMEM_MODEL_GO_WORDS_H

#include "model/go_split.h"
#include "model/rules.h"

/* "go1.21.6" is 21 and 6; 0 and 0: not understood. */
struct cgm_go_version {
	unsigned minor, patch;
};
struct cgm_go_version cgm_go_version(const struct cgm_go *g);

#define CGM_GO_TEXT 320

/* "web (pid 12, go1.22.5)" */
const char *cgm_go_process_text(char buf[CGM_GO_TEXT], const struct cgm_go *g);
/* "9,998"; from a million on "1.2 million" */
const char *cgm_go_count(char buf[CGM_TEXT_MAX], uint64_t n);
/* A function without the path of its package, as it may be printed. */
const char *cgm_go_function(char buf[CGM_NAME_TEXT], const char *name);

/* The largest group of the program's own goroutines, NULL none known. */
const struct cgm_go_group *cgm_go_largest_group(const struct cgm_go *g);
/* So many that they are worth a word: 100, and half of all. */
bool cgm_go_group_is_large(const struct cgm_go *g, const struct cgm_go_group *group);
/*
 * "9,998 goroutines wait in chan receive in main.one, created by main.main, the longest for
 * 41 min", without a full stop.
 */
const char *cgm_go_group_text(char buf[CGM_GO_TEXT], const struct cgm_go_group *group);
/*
 * "Most of it, 40.0 MiB, was allocated in main.load.", by the heap profiles of all Go programs; of
 * several with the name of the program. "" where they tell of less than a tenth of @live.
 */
const char *cgm_go_site_text(char buf[CGM_GO_TEXT], const struct cgm_snapshot *s, uint64_t live);
/* When this version of the runtime gives memory back: a sentence. */
const char *cgm_go_gives_back(const struct cgm_go *g);
/* What keeps this version's heap out of huge pages: a phrase. */
const char *cgm_go_no_huge_pages(const struct cgm_go *g);
/* When garbage is collected next: a sentence; "" when nothing is known. */
const char *cgm_go_next_gc(char buf[CGM_GO_TEXT], const struct cgm_go *g);
/* "the last one was 3 min ago"; "" unknown, or there was none */
const char *cgm_go_last_gc(char buf[CGM_GO_TEXT], const struct cgm_snapshot *s,
			   const struct cgm_go *g);

/* The Go program that has most of @child, and how many have some of it; NULL none. */
const struct cgm_go *cgm_go_largest(const struct cgm_snapshot *s, enum cgm_child_id child,
				    uint64_t *ret_bytes, size_t *ret_n);

/* What the runtime's figures tell apart of the program's memory; 0: they are not known. */
uint64_t cgm_go_told_apart(const struct cgm_snapshot *s, const struct cgm_go *g);
/* The one whose runtime gave most back; NULL: there is no Go program. */
const struct cgm_go *cgm_go_most_released(const struct cgm_snapshot *s);

/* All Go programs of the group together. */
struct cgm_go_sums {
	size_t n;	/* whose memory is told apart */
	uint64_t bytes; /* that they have by the runtime's figures */
	uint64_t idle;	/* of it: free heap */
	uint64_t held;	/* of that: released by the runtime, and resident in huge pages */
	const struct cgm_go *largest; /* NULL: none */
	uint64_t largest_bytes;
	bool none_large; /* four or more, none of which has a third */
};
void cgm_go_sums_make(const struct cgm_snapshot *s, struct cgm_go_sums *ret);
/* A figure of all whose runtime was read; unknown where one does not tell it. */
typedef struct cgm_opt cgm_go_figure_fn(const struct cgm_go *g, int id);
struct cgm_opt cgm_go_sum(const struct cgm_snapshot *s, cgm_go_figure_fn *figure, int id);
/* Of @bytes of free heap: what was released and huge pages hold; 0 below a fourth. */
uint64_t cgm_go_idle_held(const struct cgm_snapshot *s, uint64_t bytes);
/* Of @bytes of a Go cause: what mlock holds, at most; 0 below a fourth. */
uint64_t cgm_go_locked(const struct cgm_snapshot *s, uint64_t bytes);
/* Nothing was collected yet. */
bool cgm_go_is_first_run(const struct cgm_go *g);
/* It keeps a heap profile; else why there is none: a sentence. */
bool cgm_go_has_profile(const struct cgm_go *g);
const char *cgm_go_no_profile(const struct cgm_go *g);
/* "In web (pid 12): " where there are several Go programs, else "" */
const char *cgm_go_among(char buf[CGM_GO_TEXT], const struct cgm_snapshot *s,
			 const struct cgm_go *g);
/* The runtime's tables are as large as they are because of huge pages. */
bool cgm_go_runtime_is_huge(const struct cgm_snapshot *s, const struct cgm_go *g);

/* A soft memory limit that fits the group's limit. */
struct cgm_go_fit {
	bool limited;	 /* a limit is set that binds */
	uint64_t limit;	 /* the one that counts */
	uint64_t used;	 /* what stands against it and cannot be freed without swap */
	uint64_t go;	 /* of the group: what a GOMEMLIMIT rules, resident */
	uint64_t others; /* of @used: what no GOMEMLIMIT rules */
	uint64_t bytes;	 /* that fits: nine tenths of the limit less @others, round; 0: none does */
};
void cgm_go_fit_make(const struct cgm_snapshot *s, const struct cgm_breakdown *b,
		     struct cgm_go_fit *ret);
/* GOMEMLIMIT is known and does not keep the program below @limit: off, above it, or not there. */
bool cgm_go_is_unbounded(const struct cgm_go *g, uint64_t limit);
/* " GOMEMLIMIT=210MiB fits the limit of 256 MiB." where that would help, else "" */
const char *cgm_go_fit_text(char buf[CGM_GO_TEXT], const struct cgm_rules *r,
			    const struct cgm_go *g);

/* Huge pages given back in part, as a cause of @bytes, are Go heap: see cgm_go_left_huge_pages().
 */
bool cgm_go_is_split_huge(const struct cgm_snapshot *s, const struct cgm_breakdown *b,
			  uint64_t bytes);
/* verdict: what @cause is, in place of the @usual words. */
const char *cgm_go_what(char buf[CGM_GO_TEXT], const struct cgm_snapshot *s,
			const struct cgm_finding *cause, const char *usual);
/* verdict: what @cause means here, from the figures of the Go program; false: nothing special. */
bool cgm_go_means(char buf[CGM_GO_TEXT], const struct cgm_snapshot *s,
		  const struct cgm_breakdown *b, const struct cgm_finding *cause);
/* verdict: what to do; false: nothing special. */
bool cgm_go_todo(char buf[CGM_GO_TEXT], const struct cgm_snapshot *s,
		 const struct cgm_finding *cause);
/* verdict: what a Go programmer sees beside docker's number, a clause; "" nothing known. */
const char *cgm_go_beside(char buf[CGM_GO_TEXT], const struct cgm_snapshot *s,
			  const struct cgm_breakdown *b, const struct cgm_finding *cause);

/* "70.0 MiB in malloc's main heap, 8.0 MiB in thread stacks": the kinds with most; "" unknown. */
const char *cgm_kinds_text(char buf[CGM_GO_TEXT], const struct cgm_process *p);
/* What to look at, by the kind with most: one or two sentences. */
const char *cgm_kinds_advice(char buf[CGM_GO_TEXT], const struct cgm_process *p);
/* The kinds with most as evidence, at most @n. */
void cgm_kinds_evidence(struct cgm_finding *f, const struct cgm_process *p, size_t n);

#endif
