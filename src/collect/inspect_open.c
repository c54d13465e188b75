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

#include "collect/inspect.h"
#include "collect/inspect_job.h"
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

/* The program's place in the list, or -errno: many processes run few programs. */
static int open_exe(struct cgm_inspect_job *j, int proc)
{
	struct cgm_inspect_exe *e;
	struct stat st;

	if (fstatat(proc, "exe", &st, 0) < 0)
		return -errno;
	for (size_t i = 0; i < j->n_exes; i++)
		if (j->exes[i].dev == st.st_dev && j->exes[i].ino == st.st_ino)
			return (int)i;
	if (j->n_exes == EXES_MAX)
		return -EMFILE;
	e = &j->exes[j->n_exes];
	e->fd = cgm_proc_open_link(proc, "exe", O_RDONLY);
	if (e->fd < 0)
		return e->fd;
	e->dev = st.st_dev;
	e->ino = st.st_ino;
	return (int)j->n_exes++;
}

/* HotSpot's file NAME/NSPID below one of the hsperfdata_USER directories in @tmp. */
static int open_hsperf_of(int tmp, const char *user, const char *pid)
{
	CGM_AUTO_CLOSE int dir = open_in(tmp, user, O_PATH | O_DIRECTORY);
	CGM_AUTO_CLOSE int fd = dir < 0 ? dir : open_in(dir, pid, O_RDONLY);
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > HSPERF_CAP)
		return -ENOENT;
	return cgm_take_fd(&fd);
}

/*
 * A JVM's figures: /tmp/hsperfdata_USER/PID with the pid that it has in its own namespace
 * (HotSpot's perfMemory_posix.cpp). No link is followed on the way.
 */
static int open_hsperf(int proc, pid_t ns_pid)
{
	CGM_AUTO_CLOSE int root = cgm_proc_open_link(proc, "root", O_PATH | O_DIRECTORY);
	CGM_AUTO_CLOSE int tmp = root < 0 ? root : open_in(root, "tmp", O_RDONLY | O_DIRECTORY);
	CGM_AUTO_DIR DIR *names = tmp < 0 ? NULL : fdopendir(tmp);
	const struct dirent *e;
	char pid[16];

	if (!names)
		return -ENOENT;
	(void)snprintf(pid, sizeof pid, "%d", (int)ns_pid);
	for (int i = 0, fd; i < ENTRIES_MAX && (e = readdir(names)); i++) {
		if (strncmp(e->d_name, HSPERF, sizeof HSPERF - 1) != 0)
			continue;
		fd = open_hsperf_of(dirfd(names), e->d_name, pid);
		if (fd >= 0) {
			tmp = -1; /* the stream's */
			return fd;
		}
	}
	tmp = -1;
	return -ENOENT;
}

static void open_target(struct cgm_inspect_job *j, const struct cgm_root *root, size_t i)
{
	const struct cgm_inspect_target *t = &j->targets[i];
	struct cgm_inspect_files *f = &j->files[i];
	CGM_AUTO_CLOSE int proc = cgm_proc_open(root, t->pid);

	*f = (struct cgm_inspect_files){-ENOENT, -ENOENT, -ENOENT, -ENOENT,
					-ENOENT, -ENOENT, -ENOENT, proc < 0};
	if (f->gone)
		return;
	f->exe = open_exe(j, proc);
	if (t->start_ticks)
		f->stat = open_in(proc, "stat", O_RDONLY);
	if (t->memory && f->exe >= 0) {
		f->mem = open_in(proc, "mem", O_RDONLY);
		f->pagemap = open_in(proc, "pagemap", O_RDONLY);
		f->auxv = open_in(proc, "auxv", O_RDONLY);
	}
	if (!t->mappings)
		return;
	f->smaps = open_in(proc, "smaps", O_RDONLY);
	if (t->ns_pid && (j->want & CGM_INSPECT_KINDS))
		f->hsperf = open_hsperf(proc, t->ns_pid);
}

int cgm_inspect_open(void *job)
{
	struct cgm_inspect_job *j = job;
	CGM_CLEANUP(cgm_root_free_p) struct cgm_root *root = NULL;
	int r = cgm_root_open(NULL, &root, NULL); /* the live machine's alone is inspected */

	if (r < 0)
		return r;
	j->exes = calloc(EXES_MAX, sizeof *j->exes);
	j->files = calloc(j->n ? j->n : 1, sizeof *j->files);
	if (!j->exes || !j->files)
		return -ENOMEM;
	for (size_t i = 0; i < j->n; i++)
		open_target(j, root, i);
	return 0;
}
