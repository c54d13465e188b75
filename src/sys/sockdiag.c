/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/sockdiag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "sys/netns.h"

#include "base/banned.h"

/* A dump ends after this many messages, whatever the kernel goes on sending. */
#define DUMP_MESSAGES_MAX 4096
#define ANSWER_SECONDS	  2

/* What an answer is added to. */
struct sum {
	const struct cgm_open_fds *sockets; /* NULL: all */
	uint64_t bytes;
	struct cgm_listeners *listeners;
};

typedef void add_fn(struct nlmsghdr *h, struct sum *s);

/* A netlink socket of the network namespace of @pid, or -errno. */
static int diag_socket(const struct cgm_root *root, pid_t pid)
{
	const struct timeval limit = {.tv_sec = ANSWER_SECONDS};
	int fd, back, r, saved = cgm_netns_enter(root, pid, &back);

	if (saved < 0)
		return saved;
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	saved = fd < 0 ? -errno : 0;
	r = cgm_netns_leave(back);
	if (r < 0 && !saved) {
		saved = r;
		(void)close(fd);
	}
	if (saved)
		return saved;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	return fd;
}

/* One datagram of the answer. 1: there is more; 0: it was the last. */
static int take_messages(void *buf, size_t len, add_fn *add, struct sum *s)
{
	for (struct nlmsghdr *h = buf; NLMSG_OK(h, len); h = NLMSG_NEXT(h, len)) {
		const struct nlmsgerr *e = NLMSG_DATA(h);

		if (h->nlmsg_type == NLMSG_DONE)
			return 0;
		if (h->nlmsg_type == NLMSG_ERROR)
			return h->nlmsg_len < NLMSG_LENGTH(sizeof *e) || !e->error ? -EPROTO
										   : e->error;
		add(h, s);
	}
	return 1;
}

static int dump(int fd, const void *request, size_t size, add_fn *add, struct sum *s)
{
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	_Alignas(struct nlmsghdr) char buf[32768];

	if (sendto(fd, request, size, 0, (const struct sockaddr *)&kernel, sizeof kernel) < 0)
		return -errno;
	for (int i = 0; i < DUMP_MESSAGES_MAX; i++) {
		ssize_t len = recv(fd, buf, sizeof buf, 0);
		int r;

		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return -errno;
		r = take_messages(buf, (size_t)len, add, s);
		if (r <= 0)
			return r;
	}
	return -E2BIG;
}

/* Attribute @type of at least @size bytes behind @skip bytes of payload; NULL: not there. */
static const void *attribute(struct nlmsghdr *h, size_t skip, unsigned short type, size_t size)
{
	size_t left;
	struct rtattr *a;

	if (h->nlmsg_len < NLMSG_LENGTH(skip))
		return NULL;
	left = h->nlmsg_len - NLMSG_LENGTH(skip);
	a = (struct rtattr *)(void *)((char *)NLMSG_DATA(h) + NLMSG_ALIGN(skip));
	for (; RTA_OK(a, left); a = RTA_NEXT(a, left))
		if (a->rta_type == type && RTA_PAYLOAD(a) >= size)
			return RTA_DATA(a);
	return NULL;
}

/* The SK_MEMINFO_* words up to that of the send queue. */
static const uint32_t *meminfo(struct nlmsghdr *h, size_t skip, unsigned short type)
{
	return attribute(h, skip, type, (SK_MEMINFO_WMEM_QUEUED + 1) * sizeof(uint32_t));
}

static void add_inet(struct nlmsghdr *h, struct sum *s)
{
	const uint32_t *m = meminfo(h, sizeof(struct inet_diag_msg), INET_DIAG_SKMEMINFO);

	if (m)
		s->bytes += (uint64_t)m[SK_MEMINFO_RMEM_ALLOC] + m[SK_MEMINFO_WMEM_QUEUED];
}

static void add_unix(struct nlmsghdr *h, struct sum *s)
{
	const struct unix_diag_msg *msg = NLMSG_DATA(h);
	const uint32_t *m = meminfo(h, sizeof *msg, UNIX_DIAG_MEMINFO);

	if (m && cgm_open_fds_has(s->sockets, msg->udiag_ino))
		s->bytes += m[SK_MEMINFO_WMEM_ALLOC];
}

static void add_listener(struct nlmsghdr *h, struct sum *s)
{
	const struct inet_diag_msg *msg = NLMSG_DATA(h);
	struct cgm_listener l = {0};
	const uint8_t *only;

	if (h->nlmsg_len < NLMSG_LENGTH(sizeof *msg) || msg->idiag_state != TCP_LISTEN ||
	    !cgm_open_fds_has(s->sockets, msg->idiag_inode))
		return;
	only = attribute(h, sizeof *msg, INET_DIAG_SKV6ONLY, sizeof *only);
	l.family = msg->idiag_family;
	l.port = ntohs(msg->id.idiag_sport);
	l.v6_only = only && *only;
	memcpy(l.address, msg->id.idiag_src, l.family == AF_INET6 ? 16 : 4);
	cgm_listeners_add(s->listeners, &l);
}

int cgm_tcp_listeners_diag(const struct cgm_root *root, pid_t pid,
			   const struct cgm_open_fds *sockets, struct cgm_listeners *ret)
{
	static const uint8_t families[] = {AF_INET, AF_INET6};
	CGM_AUTO_CLOSE int fd = diag_socket(root, pid);
	struct cgm_listeners found = {0};
	struct sum s = {.sockets = sockets, .listeners = &found};

	if (fd < 0)
		return fd;
	for (size_t i = 0; i < sizeof families; i++) {
		const struct {
			struct nlmsghdr h;
			struct inet_diag_req_v2 r;
		} request = {
			.h = {.nlmsg_len = sizeof request,
			      .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			      .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
			.r = {.sdiag_family = families[i],
			      .sdiag_protocol = IPPROTO_TCP,
			      .idiag_states = 1U << TCP_LISTEN},
		};
		int r = dump(fd, &request, sizeof request, add_listener, &s);

		if (r < 0)
			return r;
	}
	*ret = found;
	return 0;
}

int cgm_inet_queue_bytes(const struct cgm_root *root, pid_t pid, uint64_t *ret_bytes)
{
	static const struct {
		uint8_t family, protocol;
	} kinds[] = {{AF_INET, IPPROTO_TCP},
		     {AF_INET6, IPPROTO_TCP},
		     {AF_INET, IPPROTO_UDP},
		     {AF_INET6, IPPROTO_UDP}};
	CGM_AUTO_CLOSE int fd = diag_socket(root, pid);
	struct sum s = {0};

	if (fd < 0)
		return fd;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		const struct {
			struct nlmsghdr h;
			struct inet_diag_req_v2 r;
		} request = {
			.h = {.nlmsg_len = sizeof request,
			      .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			      .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
			.r = {.sdiag_family = kinds[i].family,
			      .sdiag_protocol = kinds[i].protocol,
			      .idiag_ext = 1 << (INET_DIAG_SKMEMINFO - 1),
			      .idiag_states = UINT32_MAX},
		};
		int r = dump(fd, &request, sizeof request, add_inet, &s);

		if (r < 0 && r != -ENOENT) /* no udp_diag module: that part stays out */
			return r;
	}
	*ret_bytes = s.bytes;
	return 0;
}

int cgm_unix_queue_bytes(const struct cgm_root *root, pid_t pid, const struct cgm_open_fds *sockets,
			 uint64_t *ret_bytes)
{
	CGM_AUTO_CLOSE int fd = diag_socket(root, pid);
	struct sum s = {.sockets = sockets};
	const struct {
		struct nlmsghdr h;
		struct unix_diag_req r;
	} request = {
		.h = {.nlmsg_len = sizeof request,
		      .nlmsg_type = SOCK_DIAG_BY_FAMILY,
		      .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.r = {.sdiag_family = AF_UNIX,
		      .udiag_states = UINT32_MAX,
		      .udiag_show = UDIAG_SHOW_MEMINFO},
	};
	int r;

	if (fd < 0)
		return fd;
	r = dump(fd, &request, sizeof request, add_unix, &s);
	if (r == 0)
		*ret_bytes = s.bytes;
	return r;
}
