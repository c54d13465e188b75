/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios that hold page cache or shared memory. */
#ifndef LAB_CACHE_H
#define LAB_CACHE_H

#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/socket.h>

#include "lab.h"

#define IO_SIZE (256 * KIB)

/* The path of the scenario's file in @dir, remembered for removal. */
static inline void lab_file(struct plan *p, const char *dir)
{
	snprintf(p->file, sizeof(p->file), "%s/lab-%d", dir, (int)getpid());
	snprintf(lab_remove[lab_n_remove++], PATH_MAX, "%s", p->file);
}

/* Writes whole pages once each, so that none of them counts as used twice. */
static inline void write_all(struct plan *p, int fd, uint64_t bytes)
{
	static uint64_t block[IO_SIZE / sizeof(uint64_t)];

	for (uint64_t at = 0; at < bytes;) {
		uint64_t n = bytes - at < IO_SIZE ? bytes - at : IO_SIZE;
		ssize_t done;

		lab_fill(p, block, n);
		done = write(fd, block, n);
		if (done <= 0)
			die("writing %s", p->file);
		at += (uint64_t)done;
	}
}

static inline int file_make(struct plan *p, uint64_t bytes)
{
	int fd;

	fd = open(p->file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		die("%s", p->file);
	write_all(p, fd, bytes);
	return fd;
}

static inline void file_read(const char *path)
{
	static char block[IO_SIZE];
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die("%s", path);
	while ((n = read(fd, block, sizeof(block))) > 0)
		;
	if (n < 0)
		die("reading %s", path);
	close(fd);
}

/* A file of @bytes that is on disk and not in memory: made before the group is joined. */
static inline void prepare_bytes(struct plan *p, uint64_t bytes)
{
	int fd;

	lab_file(p, p->dir);
	fd = file_make(p, bytes);
	if (fsync(fd) || posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED))
		die("dropping %s", p->file);
	close(fd);
}

static inline void prepare_file(struct plan *p)
{
	p->bytes = round_down(p->bytes, PAGE);
	prepare_bytes(p, p->bytes);
}

static inline uint64_t plant_cache_written(struct plan *p)
{
	uint64_t n = round_down(p->bytes, PAGE);
	int fd;

	lab_file(p, p->dir);
	fd = file_make(p, n);
	if (fsync(fd))
		die("fsync");
	return n;
}

static inline uint64_t plant_cache_dirty(struct plan *p)
{
	uint64_t n = round_down(p->bytes, PAGE);

	lab_file(p, p->dir);
	(void)file_make(p, n);
	return n;
}

static inline uint64_t plant_cache_deleted(struct plan *p)
{
	uint64_t n = plant_cache_written(p);

	if (unlink(p->file))
		die("unlink");
	return n;
}

static inline uint64_t plant_cache_read(struct plan *p)
{
	file_read(p->file);
	return p->bytes;
}

static inline uint64_t plant_cache_reread(struct plan *p)
{
	for (int i = 0; i < 4; i++)
		file_read(p->file);
	return p->bytes;
}

static inline uint64_t plant_cache_mapped(struct plan *p)
{
	int fd = open(p->file, O_RDONLY | O_CLOEXEC);
	volatile const char *at;

	if (fd < 0)
		die("%s", p->file);
	at = mmap(NULL, p->bytes, PROT_READ, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		die("mmap of %s", p->file);
	for (uint64_t i = 0; i < p->bytes; i += PAGE)
		(void)at[i];
	return p->bytes;
}

static inline uint64_t plant_tmpfs(struct plan *p)
{
	uint64_t n = round_down(p->bytes, PAGE);

	lab_file(p, p->shm);
	(void)file_make(p, n);
	return n;
}

static inline uint64_t plant_memfd(struct plan *p)
{
	uint64_t n = round_down(p->bytes, PAGE);
	int fd = memfd_create("lab-memfd", MFD_CLOEXEC);

	if (fd < 0)
		die("memfd_create");
	write_all(p, fd, n);
	return n;
}

/* A memfd that no process holds: its only descriptor is in a message that nobody reads. */
static inline uint64_t plant_memfd_flight(struct plan *p)
{
	uint64_t n = round_down(p->bytes, PAGE);
	char byte = 'm';
	struct iovec io = {.iov_base = &byte, .iov_len = 1};
	union {
		char room[CMSG_SPACE(sizeof(int))];
		struct cmsghdr head;
	} control = {.head = {.cmsg_len = CMSG_LEN(sizeof(int)),
			      .cmsg_level = SOL_SOCKET,
			      .cmsg_type = SCM_RIGHTS}};
	struct msghdr msg = {.msg_iov = &io,
			     .msg_iovlen = 1,
			     .msg_control = &control,
			     .msg_controllen = CMSG_SPACE(sizeof(int))};
	int pair[2], fd = memfd_create("lab-flight", MFD_CLOEXEC);

	if (fd < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		die("memfd_create and socketpair");
	write_all(p, fd, n);
	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	if (sendmsg(pair[0], &msg, MSG_NOSIGNAL) != 1)
		die("sending a descriptor");
	close(fd);
	return n;
}

static inline uint64_t plant_sysv(struct plan *p)
{
	uint64_t n = round_down(p->bytes, PAGE);
	int id = shmget(IPC_PRIVATE, n, IPC_CREAT | 0600);
	void *at;

	if (id < 0)
		die("shmget");
	at = shmat(id, NULL, 0);
	/* Removed at once: it lives as long as it is attached, and nothing is left behind. */
	if (shmctl(id, IPC_RMID, NULL) || at == (void *)-1)
		die("shmat");
	lab_fill(p, at, n);
	return n;
}

static inline uint64_t plant_shared_anon(struct plan *p)
{
	uint64_t n = round_down(p->bytes, PAGE);

	lab_fill(p, lab_map(n, MAP_SHARED | MAP_ANONYMOUS), n);
	return n;
}

#endif
