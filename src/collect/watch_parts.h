/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the watch share; private to src/collect/watch*.c. A member is one container or
 * group that is watched: its names, its descriptors, its last figures, and how far its life has
 * been told. Members have fixed addresses, as events borrow their targets.
 */
#ifndef CGMEM_COLLECT_WATCH_PARTS_H
#define CGMEM_COLLECT_WATCH_PARTS_H

#include "collect/containers.h"
#include "collect/inspect.h"
#include "collect/watch.h"
#include "engine/events.h"
#include "sys/oomwatch.h"

#define CGM_WATCH_EVENTS_MAX 4096 /* of one round: more are dropped */

/* What of a container's life has been told, and how far its group is ahead of that. Moments are of
 * the wall clock, ms since the epoch. */
enum cgm_told { CGM_TOLD_NOTHING, CGM_TOLD_START, CGM_TOLD_STOP };
struct cgm_watch_life {
	uint64_t id; /* digest of the container's id, or of the group's path; 0: none */
	uint64_t name;
	enum cgm_told told;
	bool ran;	      /* has stopped before: its next start is a restart */
	unsigned owed;	      /* turns that its group has taken and nobody told of: at most 2 */
	int64_t from_ms;      /* its run was first seen; while it has no group: the last one */
	int64_t started_ms;   /* the start that was told last: by the engine, or when it was seen */
	int64_t stopped_ms;   /* the stop that was told last */
	int64_t ended_ms;     /* its group was seen to be gone */
	struct cgm_opt limit; /* the effective one, as it was told last */
	bool has_limit;
	uint64_t kills;		 /* told of before it was a member: its counter has them too */
	struct cgm_signals sent; /* by the engine, and when the last of them was */
	int64_t sent_ms;
};

struct cgm_member {
	struct cgm_container c;
	uint64_t key;			/* digest of id or path */
	uint64_t marked;		/* the last listing that had it */
	struct cgm_group *often, *stat; /* small files, each round; memory.stat, when it moved */
	int events_wd;			/* of inotify; -1 none */
	struct cgm_sample sample;	/* put together of both */
	uint64_t stat_at_ms, levels_at_ms;
	bool has_stat, has_levels, changed;
	struct cgm_breakdown breakdown;
	const char *why;
	struct cgm_effective_limit effective;
	struct cgm_opt headroom;
	char *effective_from;
	struct cgm_watch_life life;
	bool ended;	     /* it has no group now */
	bool lives;	     /* somebody else than runc was seen in it, in this run */
	bool is_made;	     /* nobody else as yet: its limit may not be set */
	unsigned asked;	     /* how often the engine answered since something is owed */
	uint64_t owed_at_ms; /* since when, CLOCK_MONOTONIC */
	/* kills: see watch_kills.c */
	struct cgm_opt kills; /* the counter as it was told of; unknown: not read in this run */
	bool kills_from_zero; /* the run began while it was watched: all are news */
	uint64_t log_kills, kills_ahead;
	uint64_t ahead_until_ms; /* CLOCK_MONOTONIC */
	/* the Go runtime, and its processes as they were then */
	uint64_t go_at_ms, go_digest;
	uint64_t no_go, no_go_ms;   /* digest of processes none of which is one, and when; 0 none */
	uint64_t go_run, go_run_ms; /* the run that they are of, and when it was first read */
	bool go_looked, go_now;
	struct cgm_go_sums go;
	pid_t main_pid;
	uint64_t main_start;
	char main_comm[64];
};

/* A kill that the kernel's log tells of. */
struct cgm_watch_kill {
	char *group;
	char victim[64];
	int64_t time_ms;
};

/* Kills that were told of lately, oldest overwritten. */
#define CGM_WATCH_RING 64
/* How long a kill that the log tells of, or the engine, may wait until it is counted. */
#define CGM_KILL_LATE_MS 60000
struct cgm_watch_ring {
	struct {
		uint64_t id; /* digest */
		int64_t from_ms, to_ms;
		uint64_t unanswered; /* kills that the engine has not told of */
	} v[CGM_WATCH_RING];
	unsigned next;
};

/* Containers without a group whose life is remembered; the oldest are forgotten. */
#define CGM_WATCH_LIVES 256

struct cgm_watch {
	struct cgm_session *s;
	struct cgm_watch_request q;
	struct cgm_host host;
	uint32_t often_files;
	bool in_stat[CGM_VALUE_COUNT];
	struct cgm_member **v, **dead; /* dead ones are borrowed from until the next round */
	size_t n, n_dead;
	struct cgm_watch_item *items;
	size_t items_cap;
	struct cgm_watch_event *events;
	size_t n_events;
	uint64_t listing; /* number of the last one */
	uint64_t listed_at_ms, asked_at_ms, round_at_ns, round_n;
	int64_t round_ms, before_ms; /* wall clock of this round and the one before */
	bool list_due, ask_due, ask_failed, in_round, from_engine, had_engine;
	/* the engine's events: heard and not yet told, told of in this round */
	struct cgm_engine_events heard, told;
	int64_t heard_from_ns, heard_until_ns; /* of interest; asked for so far */
	uint64_t *seen;			       /* digests of events near heard_until_ns */
	size_t n_seen;
	struct cgm_watch_ring killed;
	struct cgm_watch_life past[CGM_WATCH_LIVES]; /* of those who are no members */
	unsigned next_past;
	/* what wakes */
	int inotify;
	struct cgm_oomwatch *log;
	struct cgm_watch_kill *log_kills; /* since the last round */
	size_t n_log_kills;
	bool kill_seen;
	uint64_t quiet_until_ns;
	/* the Go runtime */
	struct cgm_member **looked; /* asked for, in this round */
	size_t n_looked;
	uint64_t go_round_ms;
	size_t go_next; /* whose turn it is */
};

uint64_t cgm_watch_mono_ns(void);
int64_t cgm_watch_wall_ms(void);

/* watch.c: notes an event of @target; @detail is escaped and cut. 0 or -ENOMEM. */
int cgm_watch_tell(struct cgm_watch *w, const struct cgm_target *target, enum cgm_event_kind kind,
		   int64_t time_ms, struct cgm_opt value, const char *detail);

/* watch_list.c */
void cgm_member_free(struct cgm_member *m);
/* Brings the members up to date: new ones are added, those that are no more are marked. 0 or -errno
 * with words; with an engine that was there before and does not answer: 0, and all stays. */
int cgm_watch_list(struct cgm_watch *w, struct cgm_err *err);
struct cgm_member *cgm_watch_find_id(const struct cgm_watch *w, const char *id);
/* Ended ones whose end was told leave the list. */
void cgm_watch_bury(struct cgm_watch *w);

/* watch_sample.c: 0 also when it has no group at the moment; -ENOMEM. */
int cgm_member_sample(struct cgm_watch *w, struct cgm_member *m, uint64_t now_ms);

/* watch_life.c. Of one that is no member: valid until the next call. */
struct cgm_watch_life *cgm_life_of_stranger(struct cgm_watch *w, uint64_t id);
/* For a new member, and when a member leaves. */
struct cgm_watch_life cgm_life_take(struct cgm_watch *w, uint64_t id);
void cgm_life_keep(struct cgm_watch *w, const struct cgm_watch_life *l);
/* By its name it may have a limit from before. */
void cgm_life_name(struct cgm_watch *w, struct cgm_watch_life *l, const char *name);
/* Its group was seen to be gone, or to be there (again). */
void cgm_life_ended(struct cgm_watch_life *l, int64_t now_ms);
void cgm_life_began(struct cgm_watch_life *l, int64_t now_ms);
/* It is told by its group. */
void cgm_life_tell_stop(struct cgm_watch_life *l, int64_t ms);
void cgm_life_tell_start(struct cgm_watch_life *l, int64_t ms);
/* The engine says so: true when that is news, and is told. */
bool cgm_life_hear_stop(struct cgm_watch_life *l, int64_t ms);
bool cgm_life_hear_start(struct cgm_watch_life *l, int64_t ms);
/* The engine sent it a signal; and what it sent shortly before a stop at @ms. */
void cgm_life_hear_signal(struct cgm_watch_life *l, uint64_t signal, int64_t ms);
struct cgm_signals cgm_life_signals(const struct cgm_watch_life *l, int64_t ms);
/* Takes note of it: true when another one was told before. */
bool cgm_life_limit(struct cgm_watch_life *l, struct cgm_opt limit);

/* watch_events.c */
uint64_t cgm_watch_digest(const char *id);
bool cgm_watch_ask_is_due(const struct cgm_watch *w, uint64_t now_ms);
/* A container that is no member may be told of all the same. */
bool cgm_watch_wants(const struct cgm_watch *w, const struct cgm_target *t);
/* From now on it is waited for what the engine says of a turn that its group has taken. */
void cgm_watch_owe(const struct cgm_watch *w, struct cgm_member *m);
/* Asks the engine for what happened since it was last asked. */
int cgm_watch_ask(struct cgm_watch *w);
/* Tells of what was heard. */
int cgm_watch_tell_heard(struct cgm_watch *w);
/* Tells of starts and ends that the engine did not tell of. */
int cgm_watch_tell_unheard(struct cgm_watch *w);

/* watch_kills.c: tells of OOM kills that the kernel's log and counters have. */
int cgm_watch_tell_kills(struct cgm_watch *w);
/* The engine's word on one: told of where the kernel did not. @m NULL: no member. */
int cgm_watch_tell_engine_oom(struct cgm_watch *w, const struct cgm_member *m,
			      const struct cgm_engine_event *e);
/* Whether the counter of @m rose since the last round. */
bool cgm_watch_kill_waits(struct cgm_watch *w, const struct cgm_member *m);

/* watch_wake.c */
void cgm_wake_open(struct cgm_watch *w);
void cgm_wake_close(struct cgm_watch *w);
void cgm_wake_follow(struct cgm_watch *w, struct cgm_member *m);
void cgm_wake_unfollow(struct cgm_watch *w, struct cgm_member *m);
/* Takes what has come in without waiting. */
void cgm_wake_drain(struct cgm_watch *w);

/* watch_go.c: figures of the members whose turn it is, in two halves of a round. */
uint64_t cgm_watch_go_interval(const struct cgm_member *m, uint64_t every_ms, uint64_t now_ms);
int cgm_watch_go_ask(struct cgm_watch *w, uint64_t now_ms);
int cgm_watch_go_answer(struct cgm_watch *w, uint64_t now_ms);

/* watch_procs.c. Notes whether a container is still being made; for a short time of each run. 0 or
 * -ENOMEM. */
int cgm_member_see_life(struct cgm_watch *w, struct cgm_member *m);
/* Tells of a restart within; *@ret: a digest of its processes, 0: too many. */
int cgm_member_procs(struct cgm_watch *w, struct cgm_member *m, uint64_t *ret_digest);

#endif
