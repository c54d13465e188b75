/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that are watched while kernel memory grows for them. */
#ifndef LAB_GROW_KERNEL_H
#define LAB_GROW_KERNEL_H

#include "lab-grow.h"
#include "lab-kernel.h"

static inline void grow_dentries(struct grower *g)
{
	char path[PATH_MAX];
	struct stat st;

	while (grow_is_due(g, DENTRY_BYTES)) {
		snprintf(path, sizeof(path), "%s/no-%llu", g->plan->dir,
			 (unsigned long long)(g->done / DENTRY_BYTES));
		if (stat(path, &st) == 0 || errno != ENOENT)
			die("%s is there", path);
	}
}

/* One file a message: its inode and dentry stay, and its page. */
static inline void grow_small_files(struct grower *g)
{
	char path[PATH_MAX];

	while (grow_is_due(g, SMALL_FILE_BYTES)) {
		int fd;

		snprintf(path, sizeof(path), "%s/small-%llu", g->plan->dir,
			 (unsigned long long)(g->done / SMALL_FILE_BYTES));
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd < 0 || write(fd, path, 100) != 100)
			die("%s", path);
		close(fd);
	}
}

/* Pipes that nobody reads, one after the other. */
static inline void grow_pipes(struct grower *g)
{
	static char block[64 * KIB];

	many_files_limit();
	while (grow_is_due(g, sizeof(block))) {
		int fd[2];

		if (pipe(fd) || write(fd[1], block, sizeof(block)) != sizeof(block))
			die("filling a pipe");
	}
}

static inline void grow_threads(struct grower *g)
{
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, PTHREAD_STACK_MIN);
	while (grow_is_due(g, STACK_BYTES)) {
		pthread_t t;
		int err = pthread_create(&t, &attr, thread_waits, NULL);

		if (err) {
			errno = err;
			die("a thread");
		}
	}
	pthread_attr_destroy(&attr);
}

/* The sending end of a connection to this process itself. */
static inline int connection(int listener, const struct sockaddr_in *at)
{
	int out = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (out < 0 || connect(out, (const struct sockaddr *)at, sizeof(*at)) ||
	    accept4(listener, NULL, NULL, SOCK_CLOEXEC) < 0 || fcntl(out, F_SETFL, O_NONBLOCK))
		die("a connection to oneself");
	return out;
}

/* A peer that sends faster than is read: the queues fill, and another connection is opened. */
static inline void grow_tcp(struct grower *g)
{
	static char block[16 * KIB];
	static struct sockaddr_in at;

	if (!g->n) {
		many_files_limit();
		own_network();
		g->n = (unsigned)bound_socket(SOCK_STREAM, &at);
		if (listen((int)g->n, 16))
			die("listen");
		g->fd = connection((int)g->n, &at);
	}
	while (g->done + sizeof(block) <= g->due) {
		ssize_t sent = send(g->fd, block, sizeof(block), MSG_NOSIGNAL);

		if (sent > 0)
			g->done += (uint64_t)sent;
		else
			g->fd = connection((int)g->n, &at);
	}
}

/* Datagrams to a daemon that does not read. */
static inline void grow_unix(struct grower *g)
{
	static char block[1600];

	many_files_limit();
	while (grow_is_due(g, sizeof(block))) {
		int fd[2];

		if (g->n && send(g->fd, block, sizeof(block), MSG_NOSIGNAL) > 0)
			continue;
		g->n = 1;
		if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fd))
			die("socketpair");
		g->fd = fd[0];
	}
}

#endif
