/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/pinned.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/parse.h"
#include "base/readfile.h"
#include "sys/keyed.h"
#include "sys/process.h"

#include "base/banned.h"

#define FILE_BYTES    256
#define FDS_MAX	      (1u << 20)	 /* of all processes together */
#define FDINFO_CAP    ((size_t)64 << 20) /* 800,000 epoll watches */
#define SQE_BYTES     64
#define INDEX_BYTES   4
#define CQE_BYTES     16
#define RING_MASK_MAX 0xffffff

/* What a descriptor pins beside its struct file, by the beginning of its link. */
static const struct {
	const char *link;
	uint64_t bytes;
} links[] = {{"socket:[", 1792}, {"pipe:[", 256}};

/* A line of an fdinfo that stands for so many bytes of slab. */
static const struct {
	const char *kind, *line;
	uint64_t bytes;
} lines[] = {{"[eventpoll]", "tfd:", 200}, {"inotify", "inotify wd:", 96}};

static bool begins(struct cgm_span line, const char *with)
{
	size_t n = strlen(with);

	return line.len >= n && memcmp(line.s, with, n) == 0;
}

/* "SqMask:\t0x7fff" -> 0x8000 entries; 0 where the line is another. */
static uint64_t ring_entries(struct cgm_span key, struct cgm_span value, const char *name)
{
	uint64_t mask;

	if (!cgm_span_is(key, name) || value.len < 3 || memcmp(value.s, "0x", 2) != 0 ||
	    cgm_parse_hex(value.s + 2, value.len - 2, &mask) < 0 || mask > RING_MASK_MAX)
		return 0;
	return mask + 1;
}

static void parse_other(const char *kind, struct cgm_span line, struct cgm_pinned *p)
{
	struct cgm_span key, value;
	uint64_t bytes;

	if (!cgm_keyed_split(line, &key, &value))
		return;
	if (strcmp(kind, "[io_uring]") == 0) {
		p->other_bytes += ring_entries(key, value, "SqMask") * (SQE_BYTES + INDEX_BYTES);
		p->other_bytes += ring_entries(key, value, "CqMask") * CQE_BYTES;
	} else if (strcmp(kind, "bpf-map") == 0 && cgm_span_is(key, "memlock") &&
		   cgm_parse_u64(value.s, value.len, &bytes) == 0 && bytes <= UINT64_C(1) << 40) {
		p->other_bytes += bytes;
	}
}

void cgm_pinned_parse(const char *kind, const char *text, size_t len, struct cgm_pinned *p)
{
	struct cgm_span all = {text, len}, line;

	while (cgm_span_line(&all, &line)) {
		for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
			if (strcmp(kind, lines[i].kind) == 0 && begins(line, lines[i].line))
				p->slab_bytes += lines[i].bytes;
		parse_other(kind, line, p);
	}
}

static bool has_fdinfo(const char *kind)
{
	return strcmp(kind, "[eventpoll]") == 0 || strcmp(kind, "inotify") == 0 ||
	       strcmp(kind, "[io_uring]") == 0 || strcmp(kind, "bpf-map") == 0;
}

static void add_fd(int proc, const char *number, const char *link, struct cgm_buf *b,
		   struct cgm_pinned *p)
{
	static const char anon[] = "anon_inode:";
	const char *kind = strncmp(link, anon, sizeof anon - 1) == 0 ? link + sizeof anon - 1 : "";
	char path[48];

	p->slab_bytes += FILE_BYTES;
	for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
		if (strncmp(link, links[i].link, strlen(links[i].link)) == 0)
			p->slab_bytes += links[i].bytes;
	if (!has_fdinfo(kind))
		return;
	(void)snprintf(path, sizeof path, "fdinfo/%.16s", number);
	if (cgm_readat(proc, path, b, FDINFO_CAP) == 0)
		cgm_pinned_parse(kind, b->data, b->len, p);
	else
		p->complete = false;
}

/* Adds the descriptors of one process; @left is how many may still be looked at. */
static void add_process(const struct cgm_root *root, pid_t pid, struct cgm_buf *b, unsigned *left,
			struct cgm_pinned *p)
{
	CGM_AUTO_CLOSE int proc = cgm_proc_open(root, pid);
	int fd = proc < 0 ? -1 : openat(proc, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CGM_AUTO_DIR DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir) {
		p->complete = p->complete && (proc == -ENOENT || (proc >= 0 && errno == ENOENT));
		if (fd >= 0)
			(void)close(fd);
		return;
	}
	for (struct dirent *e; *left && (e = readdir(dir));) {
		char link[64];
		ssize_t len =
			e->d_name[0] == '.' ? -1 : readlinkat(fd, e->d_name, link, sizeof link - 1);

		if (len <= 0)
			continue;
		link[len] = '\0';
		add_fd(proc, e->d_name, link, b, p);
		--*left;
	}
	if (!*left)
		p->complete = false;
}

void cgm_pinned_find(const struct cgm_root *root, const struct cgm_process *procs, size_t n,
		     struct cgm_pinned *ret)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	struct cgm_pinned p = {.complete = true};
	unsigned left = FDS_MAX;

	for (size_t i = 0; i < n; i++)
		add_process(root, procs[i].pid, &b, &left, &p);
	*ret = p;
}
