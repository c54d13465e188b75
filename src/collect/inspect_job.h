/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inspection's part in the worker: opening, and then reading without privileges. Whoever starts
 * the worker fills the job and has nothing of it back but the answer (inspect_wire.h).
 */
#ifndef CGMEM_COLLECT_INSPECT_JOB_H
#define CGMEM_COLLECT_INSPECT_JOB_H

#include <stdatomic.h>

#include "collect/inspect_wire.h"
#include "collect/places.h"
#include "golang/endpoint.h"
#include "golang/profile.h"
#include "sample/snapshot.h"
#include "sys/worker.h"

#define CGM_INSPECT_MEMORY_PROCS 64 /* whose memory and mappings are read: those with most */
/* A worker takes 4 MiB for 400,000 goroutines; this is for what its own limits let through. */
#define CGM_INSPECT_MEMORY_CAP ((size_t)256 << 20)
#define CGM_INSPECT_ANSWER_CAP ((size_t)32 << 20)

struct cgm_inspect_target {
	pid_t pid, ns_pid;
	uint64_t start_ticks; /* 0: unknown; else another's means that the pid was used again */
	bool memory;	      /* it is read if it is a Go program */
	bool mappings;
	bool avoid; /* its memory did not answer before: nothing of it is opened but its program */
};

/* What the worker is at. */
enum cgm_inspect_stage {
	CGM_AT_FILE,  /* opening a file, or looking one up in a directory */
	CGM_AT_IMAGE, /* reading a program's file */
	CGM_AT_PROC,  /* opening or reading the process's own files in /proc */
};

/*
 * The same, in memory that the worker shares with its parent, so that it is known who holds it up
 * in an open(2) that never returns. The parent believes none of it.
 */
struct cgm_inspect_progress {
	_Atomic uint32_t beat;	/* counts up with each; 0: it has not begun */
	_Atomic uint32_t index; /* of the target */
	_Atomic uint32_t stage;
	_Atomic uint64_t dev, ino; /* of the file or directory */
};

/* A file that did not answer, or a whole file system. */
struct cgm_inspect_avoid {
	uint64_t dev, ino; /* @ino 0: all of it */
};

#define CGM_INSPECT_AVOID_MAX 4

/* A program's file; the processes that run it share it. */
struct cgm_inspect_exe {
	uint64_t dev, ino;
	uint32_t target; /* the first that runs it */
	int fd;
	int result; /* of reading it; 0: a Go program */
	struct cgm_go_image image;
};

/* What is open of a process; negative errno where it is not, -ENOENT where it was not wanted. */
struct cgm_inspect_files {
	int exe; /* its place in the list of programs */
	int stat, mem, pagemap, smaps, auxv;
	int hsperf; /* -ETIMEDOUT: it is where nobody answers */
	bool gone, other_clock;
};

struct cgm_inspect_job {
	const struct cgm_inspect_target *targets; /* those with most memory first */
	size_t n;
	unsigned want;		     /* CGM_INSPECT_* */
	enum cgm_go_profile profile; /* of the first Go program */
	const struct cgm_places *places;
	uint64_t listed_ticks; /* who started later is none of the targets; 0: not known */
	struct cgm_inspect_progress *progress; /* NULL: nobody wants to know */
	struct cgm_inspect_avoid avoid[CGM_INSPECT_AVOID_MAX];
	size_t n_avoid;
	bool cut; /* targets from @cut_at on are left out */
	size_t cut_at;
	/* the worker's own */
	struct cgm_inspect_exe *exes;
	size_t n_exes;
	struct cgm_inspect_files *files; /* by target */
};

/*
 * The parent's: places in the snapshot's list, most anonymous memory first; and those processes in
 * this order, with what is read of each. Allocated; NULL: no memory.
 */
size_t *cgm_inspect_order(const struct cgm_snapshot *s);
struct cgm_inspect_target *cgm_inspect_choose(const struct cgm_snapshot *s, const size_t *order,
					      unsigned want);
/* The parent's: whose files and memory a worker looks at, as it wants to know it. */
uint64_t cgm_inspect_about(const struct cgm_snapshot *s);
/* Steps of struct cgm_worker, with a job as their argument. */
int cgm_inspect_open(void *job);
int cgm_inspect_look(void *job, struct cgm_worker_answer *to);
/* Says where it is; @dev and @ino 0: at no file. */
void cgm_inspect_at(const struct cgm_inspect_job *j, enum cgm_inspect_stage stage, size_t index,
		    uint64_t dev, uint64_t ino);
/* The parent's: takes a piece of memory for it, NULL none; and gives it back. */
struct cgm_inspect_progress *cgm_inspect_progress_new(void);
void cgm_inspect_progress_free(struct cgm_inspect_progress *p);
CGM_DEFINE_CLEANUP(struct cgm_inspect_progress *, cgm_inspect_progress_free)
/*
 * The parent's, after a worker did not get on (@stalled) or had no time left: what the next one is
 * to avoid. False: nothing is known that would help.
 */
bool cgm_inspect_learn(struct cgm_inspect_job *j, struct cgm_inspect_target *targets, bool stalled);

/* The same for a program's endpoint; answers as if for a list of one process. */
struct cgm_endpoint_job {
	struct cgm_go_endpoint_options options;
	uint64_t start_ticks;		  /* of options.pid; 0: unknown */
	struct cgm_go_endpoint *endpoint; /* the worker's own */
};

int cgm_inspect_open_endpoint(void *job);
int cgm_inspect_ask_endpoint(void *job, struct cgm_worker_answer *to);
/*
 * The parent's: asks the endpoint of the first Go program of @snap at @url or, where that is NULL,
 * those of all where they listen, and puts what they tell in place of what memory told. About
 * @time_ms for all of them; trouble is a line in @snap. 0 or -ENOMEM.
 */
int cgm_inspect_endpoints(const char *url, struct cgm_snapshot *snap, unsigned time_ms);

#endif
