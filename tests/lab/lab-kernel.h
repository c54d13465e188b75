/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios that hold kernel memory: dentries, inodes, pipes, sockets, page tables, threads. */
#ifndef LAB_KERNEL_H
#define LAB_KERNEL_H

#include <arpa/inet.h>
#include <linux/bpf.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "lab.h"
#include "lab-cache.h"

/*
 * The kernel charges an object with its size and one pointer (obj_full_size(), mm/memcontrol.c):
 * 192 + 8 bytes a dentry with a short name (fs/dcache.c).
 */
#define DENTRY_BYTES UINT64_C(200)
/* An ext4 inode, a dentry, a buffer head and the like: what 10,000 files were seen to add. */
#define SMALL_FILE_BYTES UINT64_C(1480)
/* A struct epitem of 128 bytes and a struct eppoll_entry of 64 (fs/eventpoll.c), as above. */
#define WATCH_BYTES UINT64_C(208)
/* CONFIG_VMAP_STACK on x86-64: THREAD_SIZE is 16 KiB (arch/x86/include/asm/page_64_types.h). */
#define STACK_BYTES (16 * KIB)

static inline void many_files_limit(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0) {
		r.rlim_cur = r.rlim_max;
		setrlimit(RLIMIT_NOFILE, &r);
	}
}

static inline uint64_t plant_dentries(struct plan *p)
{
	uint64_t n = p->bytes / DENTRY_BYTES;
	char path[PATH_MAX];
	struct stat st;

	for (uint64_t i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/no-%llu", p->dir, (unsigned long long)i);
		if (stat(path, &st) == 0 || errno != ENOENT)
			die("%s is there", path);
	}
	return n * DENTRY_BYTES;
}

/* A name of its own for each file, all in one folder that the runner removes. */
static inline uint64_t plant_small_files(struct plan *p)
{
	uint64_t n = p->bytes / SMALL_FILE_BYTES;
	char path[PATH_MAX];

	for (uint64_t i = 0; i < n; i++) {
		int fd;

		snprintf(path, sizeof(path), "%s/small-%llu", p->dir, (unsigned long long)i);
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd < 0 || write(fd, path, sizeof(path)) != sizeof(path))
			die("%s", path);
		if (i + 1 == n && syncfs(fd))
			die("syncfs");
		close(fd);
	}
	return n * SMALL_FILE_BYTES;
}

/* A pipe's buffer holds whole pages, charged to whoever wrote them (fs/pipe.c). */
static inline uint64_t plant_pipes(struct plan *p)
{
	static char block[256 * KIB];
	uint64_t done = 0;

	many_files_limit();
	memset(block, 'p', sizeof(block));
	while (done + sizeof(block) <= p->bytes) {
		int fd[2];

		if (pipe(fd) || fcntl(fd[1], F_SETPIPE_SZ, (int)sizeof(block)) < 0)
			die("pipe");
		if (write(fd[1], block, sizeof(block)) != sizeof(block))
			die("filling a pipe");
		done += sizeof(block);
	}
	return done;
}

/*
 * The same descriptors are watched by many instances, so that few files are open. No process shows
 * the watches but in /proc/PID/fdinfo.
 */
static inline uint64_t plant_epoll(struct plan *p)
{
	uint64_t n = p->bytes / WATCH_BYTES;
	int watched[1024], ep = -1;
	const size_t each = sizeof(watched) / sizeof(watched[0]);

	many_files_limit();
	for (size_t i = 0; i < each; i++) {
		watched[i] = eventfd(0, EFD_CLOEXEC);
		if (watched[i] < 0)
			die("eventfd");
	}
	for (uint64_t i = 0; i < n; i++) {
		struct epoll_event event = {.events = EPOLLIN};

		if (i % each == 0)
			ep = epoll_create1(EPOLL_CLOEXEC);
		if (ep < 0 || epoll_ctl(ep, EPOLL_CTL_ADD, watched[i % each], &event))
			die("epoll watch %llu", (unsigned long long)i);
	}
	return n * WATCH_BYTES;
}

/* Charged since Linux 5.11 (kernel/bpf/syscall.c, bpf_map_area_alloc()); needs CAP_BPF. */
static inline uint64_t plant_bpf(struct plan *p)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_ARRAY;
	attr.key_size = sizeof(uint32_t);
	attr.value_size = KIB;
	attr.max_entries = (uint32_t)(p->bytes / KIB);
	if (syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr)) < 0)
		die("making a BPF map");
	return attr.max_entries * KIB;
}

/* What the kernel holds for this socket's queues and has reserved for them. */
static inline uint64_t sock_bytes(int fd)
{
	uint32_t info[SK_MEMINFO_VARS] = {0};
	socklen_t len = sizeof(info);

	if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &len))
		die("SO_MEMINFO");
	return (uint64_t)info[SK_MEMINFO_RMEM_ALLOC] + info[SK_MEMINFO_WMEM_QUEUED] +
	       info[SK_MEMINFO_FWD_ALLOC];
}

/* A network of its own where that is allowed, as a container has; "lo" is switched on in it. */
static inline void own_network(void)
{
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
	int fd;

	if (unshare(CLONE_NEWNET))
		return;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo))
		die("switching lo on");
	close(fd);
}

static inline int bound_socket(int type, struct sockaddr_in *at)
{
	socklen_t len = sizeof(*at);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	*at = (struct sockaddr_in){.sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	if (fd < 0 || bind(fd, (struct sockaddr *)at, sizeof(*at)) ||
	    getsockname(fd, (struct sockaddr *)at, &len))
		die("a socket on loopback");
	return fd;
}

/* Sends until the peer's receive queue and the own send queue are full; nobody reads. */
static inline uint64_t fill_connection(int listener, const struct sockaddr_in *at)
{
	static char block[64 * KIB];
	int out = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), in;

	if (out < 0 || connect(out, (const struct sockaddr *)at, sizeof(*at)))
		die("connect");
	in = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (in < 0 || fcntl(out, F_SETFL, O_NONBLOCK))
		die("accept");
	for (int quiet = 0; quiet < 3;) {
		if (send(out, block, sizeof(block), MSG_NOSIGNAL) > 0) {
			quiet = 0;
			continue;
		}
		quiet++;
		usleep(10000); /* the queue moves to the receiver meanwhile */
	}
	return sock_bytes(in) + sock_bytes(out);
}

static inline uint64_t plant_tcp(struct plan *p)
{
	struct sockaddr_in at;
	uint64_t done = 0;
	int listener;

	many_files_limit();
	own_network();
	listener = bound_socket(SOCK_STREAM, &at);
	if (listen(listener, 16))
		die("listen");
	while (done < p->bytes)
		done += fill_connection(listener, &at);
	return done;
}

static inline uint64_t plant_udp(struct plan *p)
{
	static char block[8 * KIB];
	uint64_t done = 0;

	many_files_limit();
	own_network();
	while (done < p->bytes) {
		struct sockaddr_in at;
		int fd = bound_socket(SOCK_DGRAM, &at);
		uint64_t before;

		do {
			before = sock_bytes(fd);
			if (sendto(fd, block, sizeof(block), 0, (struct sockaddr *)&at,
				   sizeof(at)) < 0)
				die("sendto");
		} while (sock_bytes(fd) > before);
		done += before;
	}
	return done;
}

/*
 * Datagrams of @size bytes that nobody reads. They are charged to the sender with the overhead that
 * the kernel calls their true size (net/core/sock.c, skb_set_owner_w()).
 */
static inline uint64_t plant_unix(struct plan *p, size_t size)
{
	char *block = calloc(1, size);
	uint64_t done = 0;

	many_files_limit();
	while (done < p->bytes) {
		uint32_t info[SK_MEMINFO_VARS] = {0};
		socklen_t len = sizeof(info);
		int fd[2];

		if (!block || socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fd))
			die("socketpair");
		while (send(fd[0], block, size, MSG_NOSIGNAL) > 0)
			;
		if (getsockopt(fd[0], SOL_SOCKET, SO_MEMINFO, info, &len))
			die("SO_MEMINFO");
		done += info[SK_MEMINFO_WMEM_ALLOC];
	}
	free(block);
	return done;
}

/* So small that they are slab objects. */
static inline uint64_t plant_unix_small(struct plan *p)
{
	return plant_unix(p, 1600);
}

/* What is beyond the 16,064 bytes of SKB_MAX_ALLOC comes from whole pages (net/unix/af_unix.c). */
static inline uint64_t plant_unix_large(struct plan *p)
{
	return plant_unix(p, 80 * KIB);
}

/* Reading maps the zero page, which is nobody's: one page of page tables each 2 MiB is all. */
static inline uint64_t plant_page_tables(struct plan *p)
{
	uint64_t n = p->bytes / PAGE, span = n * HUGE_PAGE;
	volatile const char *at =
		mmap(NULL, span, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (at == MAP_FAILED)
		die("mmap of %llu bytes", (unsigned long long)span);
	if (madvise((void *)(uintptr_t)at, span, MADV_NOHUGEPAGE))
		die("madvise(MADV_NOHUGEPAGE)");
	for (uint64_t i = 0; i < n; i++)
		(void)at[i * HUGE_PAGE];
	return n * PAGE;
}

static inline void *thread_waits(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static inline uint64_t plant_threads(struct plan *p)
{
	uint64_t n = p->bytes / STACK_BYTES;
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, PTHREAD_STACK_MIN);
	for (uint64_t i = 1; i < n; i++) {
		pthread_t t;
		int err = pthread_create(&t, &attr, thread_waits, NULL);

		if (err) {
			errno = err;
			die("thread %llu", (unsigned long long)i);
		}
	}
	pthread_attr_destroy(&attr);
	return n * STACK_BYTES;
}

#endif
