/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything that explaining one target needs, gathered by collect/, judged by model/, shown by
 * output/. Plain data: whoever makes a snapshot owns it and frees it with cgm_snapshot_clear(); all
 * strings and arrays in it belong to it and were made with malloc.
 */
#ifndef CGMEM_SAMPLE_SNAPSHOT_H
#define CGMEM_SAMPLE_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "sample/go.h"
#include "sample/history.h"
#include "sample/opt.h"
#include "sample/sample.h"

enum cgm_target_kind {
	CGM_TARGET_CONTAINER,
	CGM_TARGET_CGROUP,
	CGM_TARGET_PID,
	CGM_TARGET_SELF,
	CGM_TARGET_HOST
};

struct cgm_label {
	char *key, *value;
};

/* What an engine knows of a container; for other targets most of it is NULL or unknown. */
struct cgm_target {
	enum cgm_target_kind kind;
	char *id;   /* full id, NULL when there is none */
	char *name; /* without docker's leading slash; the path's last part for a cgroup */
	char *image;
	char *engine;			/* "docker", "podman"; NULL: found by its path */
	char *state;			/* running, exited, ...; NULL unknown */
	char *project, *service;	/* compose; NULL */
	char *started_at, *finished_at; /* RFC 3339 as the engine gives it */
	char *cgroup_parent;
	struct cgm_label *labels;
	size_t n_labels;
	struct cgm_opt restarts, exit_code;
	struct cgm_opt memory_limit, memory_swap; /* as the engine was asked for them */
	bool oom_killed, oom_killed_known;
	pid_t pid;	 /* of its init; 0 unknown */
	pid_t asked_pid; /* that it was named by; 0: by something else */
};

/* The machine, as far as figures and bounds depend on it. */
struct cgm_host {
	unsigned ncpu;			     /* online */
	unsigned kernel_major, kernel_minor; /* 0: unknown */
	char kernel[72];		     /* uname release */
	uint64_t page_size;
	struct cgm_opt mem_total, mem_free, mem_available, buffers, cached, shmem, slab_reclaimable,
		slab_unreclaimable, kernel_stack, page_tables, anon, swap_total, swap_free, percpu,
		vmalloc_used, hugetlb, sec_page_tables, zswap, dirty, mapped, unevictable,
		swap_cached;
	struct cgm_opt sockets;			/* /proc/net/sockstat: TCP and UDP mem, bytes */
	bool nokmem, nosocket, memory_disabled; /* kernel command line */
	bool mglru;				/* /sys/kernel/mm/lru_gen/enabled bit 0 */
	char thp[12];				/* always, madvise, never, "" */
	int64_t clock;				/* seconds since the epoch when it was read */
	uint64_t boot_time;			/* /proc/stat btime, 0 unknown */
};

/* The group itself (index 0) and its ancestors up to the hierarchy's root. */
struct cgm_level {
	char *path; /* as /proc/PID/cgroup names it, "/" for the root */
	struct cgm_sample sample;
};

struct cgm_process {
	pid_t pid, ppid;
	pid_t ns_pid;	      /* its pid in its own pid namespace (NSpid, 4.1); 0: unknown */
	char comm[64];	      /* escaped */
	uint64_t start_ticks; /* /proc/PID/stat field 22: tells reuse of a pid */
	bool foreign; /* entered from outside: not a descendant of the container's init (exec) */
	bool kernel_thread;
	/* /proc/PID/status */
	struct cgm_opt rss, vsz, rss_anon, rss_file, rss_shmem, swap, page_tables, locked, hugetlb,
		threads, hwm;
	/* /proc/PID/smaps_rollup (4.14; its Pss_* since 5.4) */
	struct cgm_opt pss, pss_anon, pss_file, pss_shmem, lazyfree, thp, swap_pss;
	/* Of thp: small pages that were never written (all zero), from a sample of its huge pages.
	 */
	struct cgm_opt thp_zero;
	struct cgm_anon_by_kind kinds; /* not known: it was not looked at, see unreadable */
	bool go, go_known;	       /* a Go program; go_known: its file was looked at */
	char *subgroup; /* path below the target's group, NULL for the group itself */
};

enum cgm_holder_kind { CGM_HOLD_TMPFS, CGM_HOLD_MEMFD, CGM_HOLD_SYSV, CGM_HOLD_SHARED_ANON };

/* What holds shared memory: a tmpfs mount, a memfd, a SysV segment, a shared anonymous mapping. */
struct cgm_holder {
	enum cgm_holder_kind kind;
	char *name; /* mount point, memfd's name, segment's key; escaped */
	uint64_t bytes;
	struct cgm_opt limit; /* tmpfs size= */
	pid_t pid;	      /* one process that holds it; 0: none in particular */
	char comm[64];
};

/* The kernel's record of an OOM kill, from /dev/kmsg. */
struct cgm_oom_report {
	bool looked; /* the log was read: not known then means that it tells of none */
	bool known;
	uint64_t seconds_ago;
	char victim[64];
	pid_t pid;
	struct cgm_opt anon_rss, file_rss, shmem_rss;
	/* The figures of the group that ran out, as it printed them; version 0: none found. */
	struct cgm_sample figures;
	bool of_ancestor; /* and that was a group above the target, whose limit was reached */
	bool of_machine;  /* no limit: the machine itself ran out */
};

struct cgm_unreadable {
	char *what, *why, *remedy;
};

struct cgm_snapshot {
	struct cgm_target target;
	struct cgm_host host;
	int version;   /* cgroup version, 0: no memory controller */
	char *path;    /* of the group in its hierarchy; NULL: there is none (stopped) */
	bool is_root;  /* the hierarchy's root group */
	bool recorded; /* a moment of history: nobody can be asked about it any more */
	struct cgm_sample now;
	struct cgm_sample before; /* version 0: no window was watched */
	uint64_t window_ms;
	struct cgm_track track;	  /* watched for --for, or recorded; n 0: none */
	struct cgm_level *levels; /* [0] is the group itself */
	size_t n_levels;
	uint64_t children_charged; /* sum over the direct children, for dying groups */
	size_t n_children;
	struct cgm_process *procs;
	size_t n_procs;
	bool procs_complete; /* false: some could not be read, or there were too many */
	struct cgm_go *go;   /* the Go programs among the processes, most anonymous memory first */
	size_t n_go;
	struct cgm_holder *holders;
	size_t n_holders;
	struct cgm_opt sockets_netns; /* v1: TCP and UDP queues in the target's network namespace */
	/*
	 * What tells v1's kernel memory apart, which has no lines of its own. pipe_bytes: bytes
	 * that wait in the pipes of the target's processes (each pipe once, rounded up to pages).
	 * unix_queue_bytes: sum of SK_MEMINFO_WMEM_ALLOC of their unix sockets (sock_diag,
	 * UDIAG_SHOW_MEMINFO): queued datagrams are charged to their sender with their overhead.
	 */
	struct cgm_opt pipe_bytes, unix_queue_bytes;
	/*
	 * What descriptors pin (sys/pinned.h), an upper bound: slab (files, sockets, epoll and
	 * inotify watches), and other kernel memory (BPF maps, io_uring).
	 */
	struct cgm_opt pinned_slab, pinned_other;
	/* Of the machine (CGM_TARGET_HOST): its containers, and docker's figure of all of them. */
	size_t n_containers;
	struct cgm_opt containers_docker;
	struct cgm_oom_report oom;
	struct cgm_event end; /* a stop, as the engine still remembers it; time_ms 0: it does not */
	struct cgm_unreadable *unreadable;
	size_t n_unreadable;
};

/* Frees what is in @s, not @s itself; @s is zeroed. */
void cgm_snapshot_clear(struct cgm_snapshot *s);
void cgm_target_clear(struct cgm_target *t);
/* It ran and does not run now: what docker calls exited or dead, and podman stopped. */
bool cgm_target_ended(const struct cgm_target *t);
/* Appends a line to @s->unreadable; text is copied. 0 or -ENOMEM. */
int cgm_unreadable_add(struct cgm_snapshot *s, const char *what, const char *why,
		       const char *remedy);

#endif
