/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/listeners.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/parse.h"
#include "base/readfile.h"
#include "sys/keyed.h"
#include "sys/process.h"
#include "sys/sockdiag.h"

#include "base/banned.h"

#define TABLE_CAP    ((size_t)32 << 20)
#define STATE_LISTEN "0A"
#define FIELDS	     10 /* "sl" to "inode" */

void cgm_listeners_add(struct cgm_listeners *l, const struct cgm_listener *one)
{
	if (l->n == CGM_LISTENERS_MAX)
		return;
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].family == one->family && l->v[i].port == one->port &&
		    !memcmp(l->v[i].address, one->address, sizeof one->address))
			return;
	l->v[l->n++] = *one;
}

/* "0100007F:1F90": words of the address in the machine's byte order, then the port. */
static bool parse_address(const char *s, size_t len, struct cgm_listener *ret)
{
	size_t words = ret->family == AF_INET6 ? 4 : 1;
	uint64_t v;

	if (len != words * 8 + 5 || s[words * 8] != ':' ||
	    cgm_parse_hex(s + words * 8 + 1, 4, &v) < 0)
		return false;
	ret->port = (uint16_t)v;
	for (size_t i = 0; i < words; i++) {
		uint32_t word;

		if (cgm_parse_hex(s + i * 8, 8, &v) < 0)
			return false;
		word = (uint32_t)v;
		memcpy(ret->address + i * 4, &word, sizeof word);
	}
	return true;
}

static size_t split(struct cgm_span line, struct cgm_span v[FIELDS])
{
	size_t n = 0;

	while (n < FIELDS && line.len) {
		v[n] = cgm_span_part(&line, ' ');
		n += v[n].len > 0;
	}
	return n;
}

static int parse_line(struct cgm_span line, int family, const struct cgm_open_fds *sockets,
		      struct cgm_listeners *l)
{
	struct cgm_listener one = {.family = family};
	struct cgm_span f[FIELDS];
	uint64_t inode;

	if (!line.len)
		return 0;
	if (split(line, f) < FIELDS)
		return -EBADMSG;
	if (!cgm_span_is(f[3], STATE_LISTEN))
		return 0;
	if (!parse_address(f[1].s, f[1].len, &one) || cgm_parse_u64(f[9].s, f[9].len, &inode) < 0)
		return -EBADMSG;
	if (cgm_open_fds_has(sockets, inode))
		cgm_listeners_add(l, &one);
	return 0;
}

int cgm_tcp_table_parse(const char *text, size_t len, int family,
			const struct cgm_open_fds *sockets, struct cgm_listeners *l)
{
	struct cgm_span all = {text, len}, line;
	int r = 0;

	/* the kernel writes whole lines, the first of them headings */
	if (!len || text[len - 1] != '\n')
		return -EBADMSG;
	(void)cgm_span_line(&all, &line);
	while (r == 0 && cgm_span_line(&all, &line))
		r = parse_line(line, family, sockets, l);
	return r;
}

static int listeners_proc(const struct cgm_root *root, pid_t pid,
			  const struct cgm_open_fds *sockets, struct cgm_listeners *ret)
{
	static const struct {
		const char *file;
		int family;
	} tables[] = {{"net/tcp", AF_INET}, {"net/tcp6", AF_INET6}};
	CGM_AUTO_CLOSE int proc = cgm_proc_open(root, pid);
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_listeners found = {0};

	if (proc < 0)
		return proc;
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		int r = cgm_readat(proc, tables[i].file, &b, TABLE_CAP);

		if (r == -ENOENT && tables[i].family == AF_INET6)
			continue; /* ipv6.disable=1 */
		if (r == 0)
			r = cgm_tcp_table_parse(b.data, b.len, tables[i].family, sockets, &found);
		if (r < 0)
			return r;
	}
	*ret = found;
	return 0;
}

int cgm_tcp_listeners(const struct cgm_root *root, pid_t pid, struct cgm_listeners *ret)
{
	const struct cgm_process p = {.pid = pid};
	struct cgm_open_fds sockets = {0};
	int r = cgm_open_fds_find(root, &p, 1, "socket", &sockets);

	if (r < 0)
		return r;
	if (!sockets.n && !sockets.complete) {
		cgm_open_fds_clear(&sockets);
		return -EACCES;
	}
	r = cgm_tcp_listeners_diag(root, pid, &sockets, ret);
	if (r < 0 && r != -EPERM)
		r = listeners_proc(root, pid, &sockets, ret);
	cgm_open_fds_clear(&sockets);
	return r;
}
