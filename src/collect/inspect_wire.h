/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the worker answers to an inspection: records of fixed size, each with a tag and its length.
 * The side that reads believes none of it: sizes, order, enums, flags, numbers and how many there
 * are of each are checked, names are escaped anew. Processes go by their place in the list that was
 * asked for, never by pid, and no words come from the worker: trouble is a step and an errno.
 */
#ifndef CGMEM_COLLECT_INSPECT_WIRE_H
#define CGMEM_COLLECT_INSPECT_WIRE_H

#include "base/buf.h"
#include "collect/places.h"
#include "sample/go.h"

#define CGM_INSPECT_PROCS_MAX 8192

/* Where something went wrong. */
enum cgm_inspect_step {
	CGM_STEP_EXE,	 /* opening the program's file */
	CGM_STEP_HSPERF, /* finding the figures of a JVM */
	CGM_STEP_SMAPS,	 /* opening or reading the mappings */
	CGM_STEP_MEM,	 /* opening the memory */
	CGM_STEP_IMAGE,	 /* reading the file */
	CGM_STEP_LOCATE,
	CGM_STEP_FIGURES,
	CGM_STEP_FUNCTAB,
	CGM_STEP_GOROUTINES,
	CGM_STEP_SITES,
	CGM_STEP_PROFILE,
	CGM_STEP_COUNT
};

/* Of each process that was looked at; the first records. */
struct cgm_wire_process {
	uint32_t index;
	bool go_known, go;
};

struct cgm_wire_kinds {
	uint32_t index;
	struct cgm_anon_by_kind kinds;
};

/* comm, pid and why of @go do not travel; groups and sites follow as records of their own. */
struct cgm_wire_go {
	uint32_t index;
	struct cgm_go go;
};

struct cgm_wire_place {
	struct cgm_place_key key;
	struct cgm_go_place place;
};

struct cgm_wire_trouble {
	uint32_t index, step, code; /* @code: positive errno */
};

/* ---- in the worker: each appends to @b, whose failed flag says whether there was memory ---- */

void cgm_wire_put_process(struct cgm_buf *b, const struct cgm_wire_process *p);
void cgm_wire_put_kinds(struct cgm_buf *b, const struct cgm_wire_kinds *k);
void cgm_wire_put_go(struct cgm_buf *b, const struct cgm_wire_go *g);
void cgm_wire_put_place(struct cgm_buf *b, const struct cgm_wire_place *p);
void cgm_wire_put_trouble(struct cgm_buf *b, const struct cgm_wire_trouble *t);
void cgm_wire_put_profile(struct cgm_buf *b, const void *data, size_t len);
/* Nothing comes after it. */
void cgm_wire_put_done(struct cgm_buf *b);

/* ---- in the parent ---- */

struct cgm_wire_answer {
	struct cgm_wire_process *procs;
	size_t n_procs;
	struct cgm_wire_kinds *kinds;
	size_t n_kinds;
	struct cgm_wire_go *go;
	size_t n_go;
	struct cgm_wire_place *places;
	size_t n_places;
	struct cgm_wire_trouble *troubles;
	size_t n_troubles;
	struct cgm_buf profile;
	bool done; /* false: the worker ended before it had said all */
};

/*
 * Reads an answer about @n_asked processes. One that ends in the middle of a record (its worker was
 * ended) counts up to there. A number that no machine can have, which a program may have in its
 * memory, costs what it belongs to and no more. 0, -ENOMEM, or -EBADMSG: no such worker writes
 * this, and nothing of it is handed out.
 */
int cgm_wire_read(const void *data, size_t len, size_t n_asked, struct cgm_wire_answer *ret);
void cgm_wire_answer_clear(struct cgm_wire_answer *a);

#endif
