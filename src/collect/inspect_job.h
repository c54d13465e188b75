/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inspection's part in the worker: opening, and then reading without privileges. Whoever starts
 * the worker fills the job and has nothing of it back but the answer (inspect_wire.h).
 */
#ifndef CGMEM_COLLECT_INSPECT_JOB_H
#define CGMEM_COLLECT_INSPECT_JOB_H

#include "collect/inspect_wire.h"
#include "collect/places.h"
#include "golang/endpoint.h"
#include "golang/profile.h"
#include "sys/worker.h"

struct cgm_inspect_target {
	pid_t pid, ns_pid;
	uint64_t start_ticks; /* 0: unknown; else another's means that the pid was used again */
	bool memory;	      /* it is read if it is a Go program */
	bool mappings;
};

/* A program's file; the processes that run it share it. */
struct cgm_inspect_exe {
	dev_t dev;
	ino_t ino;
	int fd;
	int result; /* of reading it; 0: a Go program */
	struct cgm_go_image image;
};

/* What is open of a process; negative errno where it is not, -ENOENT where it was not wanted. */
struct cgm_inspect_files {
	int exe; /* its place in the list of programs */
	int stat, mem, pagemap, smaps, auxv, hsperf;
	bool gone;
};

struct cgm_inspect_job {
	const struct cgm_inspect_target *targets; /* those with most memory first */
	size_t n;
	unsigned want;		     /* CGM_INSPECT_* */
	enum cgm_go_profile profile; /* of the first Go program */
	const struct cgm_places *places;
	/* the worker's own */
	struct cgm_inspect_exe *exes;
	size_t n_exes;
	struct cgm_inspect_files *files; /* by target */
};

/* Steps of struct cgm_worker, with a job as their argument. */
int cgm_inspect_open(void *job);
int cgm_inspect_look(void *job, struct cgm_worker_answer *to);

/* The same for a program's endpoint; answers as if for a list of one process. */
struct cgm_endpoint_job {
	struct cgm_go_endpoint_options options;
	struct cgm_go_endpoint *endpoint; /* the worker's own */
};

int cgm_inspect_open_endpoint(void *job);
int cgm_inspect_ask_endpoint(void *job, struct cgm_worker_answer *to);

#endif
