/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run of the program works with: the root, the memory hierarchy (or the reason why there is
 * none), a reader, and the engine, which is connected to at the first need. Serves one thread.
 */
#ifndef CGMEM_COLLECT_SESSION_H
#define CGMEM_COLLECT_SESSION_H

#include "cgroup/group.h"
#include "collect/places.h"
#include "engine/engine.h"

struct cgm_session_options {
	const char *root;	     /* --root; NULL: this machine */
	const char *host;	     /* -H; NULL: from the environment */
	enum cgm_engine_kind engine; /* --engine */
};

enum cgm_engine_state {
	CGM_ENGINE_UNTRIED,
	CGM_ENGINE_CONNECTED,
	CGM_ENGINE_ABSENT, /* no socket is there, or --engine none: nothing is wrong */
	CGM_ENGINE_FAILED, /* one is there and does not answer, or may not be asked */
};

struct cgm_starter;

struct cgm_session {
	struct cgm_session_options options;
	struct cgm_root *root;
	struct cgm_hierarchy *hierarchy; /* NULL: none, see no_memory */
	struct cgm_err no_memory;
	struct cgm_reader *reader;
	struct cgm_engine *engine; /* by cgm_session_engine() alone */
	enum cgm_engine_state engine_state;
	struct cgm_err engine_err;
	struct cgm_opt mem_total;
	struct cgm_places *places;   /* opened by the first inspection; NULL: not yet */
	struct cgm_starter *starter; /* by the first listing that needs one; NULL: not yet */
};

/* Fails only when the root cannot be opened or memory is short; a missing hierarchy is a state. */
int cgm_session_open(const struct cgm_session_options *o, struct cgm_session **ret,
		     struct cgm_err *err);
void cgm_session_free(struct cgm_session *s);
CGM_DEFINE_CLEANUP(struct cgm_session *, cgm_session_free)

/* The engine, connected to once; NULL: see engine_state and engine_err. */
struct cgm_engine *cgm_session_engine(struct cgm_session *s);
/* 0, or -ENODEV with the reason why this machine has no memory controller. */
int cgm_session_need_memory(const struct cgm_session *s, struct cgm_err *err);
/* /proc and sockets are this machine's own, so that processes may be looked at. */
bool cgm_session_is_live(const struct cgm_session *s);

#endif
