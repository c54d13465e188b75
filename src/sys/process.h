/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What /proc says of one process. A held descriptor of its directory guards against a pid that is
 * used again: once the process is gone every read through it fails with -ESRCH. Parsers are pure.
 */
#ifndef CGMEM_SYS_PROCESS_H
#define CGMEM_SYS_PROCESS_H

#include "sample/snapshot.h"
#include "sys/root.h"

/* One line of /proc/PID/cgroup: "4:memory:/docker/ID" or "0::/path". */
struct cgm_proc_cgroup {
	unsigned hierarchy;
	char *controllers; /* "" for v2, "name=systemd", "cpu,cpuacct" */
	char *path; /* may hold "/../" (reader in a cgroup namespace); " (deleted)" is cut off */
	bool deleted;
};

struct cgm_proc_cgroups {
	struct cgm_proc_cgroup *v;
	size_t n;
};

int cgm_proc_cgroups_parse(const char *text, size_t len, struct cgm_proc_cgroups *ret);
void cgm_proc_cgroups_clear(struct cgm_proc_cgroups *c);
/* Path of the v1 controller @name, or of v2 for @name NULL; NULL when it has none. Borrowed. */
const char *cgm_proc_cgroups_find(const struct cgm_proc_cgroups *c, const char *name);
int cgm_proc_cgroups_read(const struct cgm_root *root, int pid, struct cgm_proc_cgroups *ret);

/* Descriptor of /proc/PID ("self" when 0), or -errno. */
int cgm_proc_open(const struct cgm_root *root, int pid);
/*
 * Opens what the magic link @name ("exe", "root") of a process leads to: something in its own mount
 * namespace, on a file system of its choice. Opening may take for ever: in a worker only, but where
 * the link leads to no file ("ns/net"). A descriptor or -errno; -ENOENT: it has none.
 */
int cgm_proc_open_link(int dirfd, const char *name, int flags);
/*
 * Whether its monotonic clock is another one than this process's (time_namespaces(7)). False where
 * that is not to be seen, as before Linux 5.6.
 */
bool cgm_proc_has_other_clock(int dirfd);
/*
 * Fills pid, ppid, ns_pid, comm, start_ticks, kernel_thread and the status fields; the rest becomes
 * unknown. @dirfd from cgm_proc_open(). 0, -ESRCH once it is gone, -EBADMSG, or -errno.
 */
int cgm_proc_read_status(int dirfd, struct cgm_process *ret);
/*
 * Adds the fields of smaps_rollup; costs about 15-23 us a resident MiB. 0 (also for a zombie and a
 * kernel thread, which have no memory: the fields stay unknown), -ENOENT on a kernel before 4.14,
 * -ESRCH once it is gone, -EACCES, or -errno.
 */
int cgm_proc_read_rollup(int dirfd, struct cgm_process *p);
/*
 * Pure halves of the two. Unknown lines are passed over; what is missing stays unknown. -EBADMSG
 * without a Pid line, for a stat line of another form, without a Pss line.
 */
int cgm_proc_parse_status(const char *text, size_t len, struct cgm_process *p);
int cgm_proc_parse_stat(const char *text, size_t len, struct cgm_process *p);
int cgm_proc_parse_rollup(const char *text, size_t len, struct cgm_process *p);
/*
 * What runc calls its own processes in a container that it makes ("runc:[2:INIT]": runc
 * libcontainer/nsenter/nsexec.c): Go programs, and none of the container's. A program in it may
 * take such a name.
 */
bool cgm_comm_is_runc(const char *comm);
/* So it is called, and started within the last ten seconds: later nothing is made any more. */
bool cgm_proc_is_runc(const struct cgm_process *p, uint64_t now_ticks);
/* The clock of start_ticks, as it is now. */
uint64_t cgm_proc_now_ticks(void);
/* Escapes @len bytes of a process's name into @ret; cut between characters where it is too long. */
void cgm_comm_set(char ret[64], const char *raw, size_t len);
/*
 * Marks the processes that are not descendants of @init_pid: they came in by exec. Orphans are
 * adopted by init and stay its descendants; a process whose parent is 0 or not in the list is none.
 * @init_pid 0: of the processes whose parent is not in the list the earliest that is pid 1 of its
 * namespace (without NSpid, before 4.1: the earliest). A list with no such process is no
 * container's but a service's, a session's or a slice's: its orphans have a parent outside of it,
 * as has what was started in it, so none is marked. Neither is a kernel thread. Where an engine
 * names an init that shares another's pid namespace (--pid=host), its orphans look like exec's:
 * marked.
 */
void cgm_procs_mark_foreign(struct cgm_process *procs, size_t n, pid_t init_pid);

#endif
