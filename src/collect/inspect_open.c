/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In the worker, with privileges: opens and reads nothing, but the names in a JVM's directory of
 * figures. What is opened here may be on a file system of the container's own that never answers.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "collect/inspect.h"
#include "collect/inspect_job.h"
#include "sys/fdpath.h"
#include "sys/process.h"

#include "base/banned.h"

#define EXES_MAX    256
#define HSPERF_CAP  ((off_t)64 << 10)
#define ENTRIES_MAX 4096 /* names of a directory that are looked at */
#define HSPERF	    "hsperfdata_"

static int open_in(int dir, const char *name, int flags)
{
	int fd = openat(dir, name, flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* One target while its files are opened. */
struct opening {
	struct cgm_inspect_job *job;
	const struct cgm_inspect_target *target;
	uint32_t index;
	int proc;
};

static bool is_avoided(const struct cgm_inspect_job *j, uint64_t dev, uint64_t ino)
{
	for (size_t i = 0; i < j->n_avoid; i++)
		if (j->avoid[i].dev == dev && (!j->avoid[i].ino || j->avoid[i].ino == ino))
			return true;
	return false;
}

/*
 * Says that the file behind @fd (O_PATH) is next, with what the kernel knows of it: no field is
 * wanted, so no server is asked (fs/fuse/dir.c, fuse_update_get_attr; device, inode and type come
 * all the same, fs/stat.c, generic_fillattr). 0, -errno, or -ETIMEDOUT: it did not answer before.
 */
static int approach(const struct opening *o, int fd, struct statx *ret)
{
	uint64_t dev;

	if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, 0, ret) < 0)
		return -errno;
	dev = makedev(ret->stx_dev_major, ret->stx_dev_minor);
	cgm_inspect_at(o->job, CGM_AT_FILE, o->index, dev, ret->stx_ino);
	return is_avoided(o->job, dev, ret->stx_ino) ? -ETIMEDOUT : 0;
}

/* What opening a device does nobody knows; a regular file alone is opened, and it is this one. */
static int reopen_regular(int fd, const struct statx *st)
{
	char path[CGM_FD_PATH_MAX];
	int r;

	if (!S_ISREG(st->stx_mode))
		return -ENOENT;
	r = open(cgm_fd_path(path, fd), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return r < 0 ? -errno : r;
}

/* The program's place in the list, or -errno: many processes run few programs. */
static int open_exe(const struct opening *o)
{
	struct cgm_inspect_job *j = o->job;
	CGM_AUTO_CLOSE int fd = cgm_proc_open_link(o->proc, "exe", O_PATH);
	struct cgm_inspect_exe *e;
	struct statx st;
	uint64_t dev;
	int r = fd < 0 ? fd : approach(o, fd, &st);

	if (r < 0)
		return r;
	dev = makedev(st.stx_dev_major, st.stx_dev_minor);
	for (size_t i = 0; i < j->n_exes; i++)
		if (j->exes[i].dev == dev && j->exes[i].ino == st.stx_ino)
			return (int)i;
	if (j->n_exes == EXES_MAX)
		return -EMFILE;
	e = reallocarray(j->exes, j->n_exes + 1, sizeof *e);
	if (!e)
		return -ENOMEM;
	j->exes = e;
	r = reopen_regular(fd, &st);
	if (r < 0)
		return r;
	e[j->n_exes] = (struct cgm_inspect_exe){
		.dev = dev, .ino = st.stx_ino, .target = o->index, .fd = r};
	return (int)j->n_exes++;
}

/* HotSpot's file NAME/NSPID below one of the hsperfdata_USER directories in @tmp. */
static int open_hsperf_of(const struct opening *o, int tmp, const char *user, const char *pid)
{
	CGM_AUTO_CLOSE int dir = open_in(tmp, user, O_PATH | O_DIRECTORY);
	CGM_AUTO_CLOSE int fd = -1;
	struct statx st;
	struct stat now;
	int r = dir < 0 ? dir : approach(o, dir, &st);

	if (r < 0)
		return r;
	fd = open_in(dir, pid, O_PATH);
	r = fd < 0 ? fd : approach(o, fd, &st);
	if (r == 0)
		r = reopen_regular(fd, &st);
	if (r < 0)
		return r;
	if (fstat(r, &now) < 0 || now.st_size > HSPERF_CAP) {
		(void)close(r);
		return -ENOENT;
	}
	return r;
}

/* The process's own /tmp as a stream of names, or NULL with the error. */
static DIR *open_tmp(const struct opening *o, int *ret_error)
{
	CGM_AUTO_CLOSE int root = cgm_proc_open_link(o->proc, "root", O_PATH | O_DIRECTORY);
	CGM_AUTO_CLOSE int tmp = -1;
	CGM_AUTO_CLOSE int fd = -1;
	struct statx st;
	DIR *names;
	int r = root < 0 ? root : approach(o, root, &st);

	if (r == 0) {
		tmp = open_in(root, "tmp", O_PATH | O_DIRECTORY);
		r = tmp < 0 ? tmp : approach(o, tmp, &st);
	}
	*ret_error = r;
	if (r < 0)
		return NULL;
	fd = open_in(tmp, ".", O_RDONLY | O_DIRECTORY);
	names = fd < 0 ? NULL : fdopendir(fd);
	*ret_error = -ENOENT;
	if (names)
		fd = -1; /* the stream's */
	return names;
}

/*
 * A JVM's figures: /tmp/hsperfdata_USER/PID with the pid that it has in its own namespace
 * (HotSpot's perfMemory_posix.cpp). No link is followed on the way.
 */
static int open_hsperf(const struct opening *o)
{
	int r;
	CGM_AUTO_DIR DIR *names = open_tmp(o, &r);
	const struct dirent *e;
	char pid[16];

	if (!names)
		return r;
	(void)snprintf(pid, sizeof pid, "%d", (int)o->target->ns_pid);
	for (int i = 0; i < ENTRIES_MAX && (e = readdir(names)); i++) {
		if (strncmp(e->d_name, HSPERF, sizeof HSPERF - 1) != 0)
			continue;
		r = open_hsperf_of(o, dirfd(names), e->d_name, pid);
		if (r >= 0 || r == -ETIMEDOUT)
			return r;
	}
	return -ENOENT;
}

/* Its files in /proc; that they are opened can be held up by the process (exec_update_lock). */
static void open_own(const struct opening *o, struct cgm_inspect_files *f)
{
	const struct cgm_inspect_target *t = o->target;

	cgm_inspect_at(o->job, CGM_AT_PROC, o->index, 0, 0);
	if (t->start_ticks || o->job->listed_ticks)
		f->stat = open_in(o->proc, "stat", O_RDONLY);
	if (t->avoid)
		return;
	if (t->memory && f->exe >= 0) {
		f->mem = open_in(o->proc, "mem", O_RDONLY);
		f->pagemap = open_in(o->proc, "pagemap", O_RDONLY);
		f->auxv = open_in(o->proc, "auxv", O_RDONLY);
		if (o->job->want & CGM_INSPECT_GROUPS)
			f->other_clock = cgm_proc_has_other_clock(o->proc);
	}
	if (t->mappings)
		f->smaps = open_in(o->proc, "smaps", O_RDONLY);
}

static void open_target(struct cgm_inspect_job *j, const struct cgm_root *root, size_t i)
{
	const struct cgm_inspect_target *t = &j->targets[i];
	struct cgm_inspect_files *f = &j->files[i];
	CGM_AUTO_CLOSE int proc = cgm_proc_open(root, t->pid);
	const struct opening o = {j, t, (uint32_t)i, proc};

	*f = (struct cgm_inspect_files){-ENOENT, -ENOENT, -ENOENT, -ENOENT,
					-ENOENT, -ENOENT, -ENOENT, .gone = proc < 0};
	if (f->gone)
		return;
	if (j->cut && i >= j->cut_at) {
		f->exe = f->smaps = -ETIMEDOUT;
		return;
	}
	f->exe = open_exe(&o);
	open_own(&o, f);
	if (t->mappings && !t->avoid && t->ns_pid && (j->want & CGM_INSPECT_KINDS))
		f->hsperf = open_hsperf(&o);
}

int cgm_inspect_open(void *job)
{
	struct cgm_inspect_job *j = job;
	CGM_CLEANUP(cgm_root_free_p) struct cgm_root *root = NULL;
	int r = cgm_root_open(NULL, &root, NULL); /* the live machine's alone is inspected */

	if (r < 0)
		return r;
	j->files = calloc(j->n ? j->n : 1, sizeof *j->files);
	if (!j->files)
		return -ENOMEM;
	for (size_t i = 0; i < j->n; i++)
		open_target(j, root, i);
	return 0;
}
