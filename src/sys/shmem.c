/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/shmem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/parse.h"
#include "sys/keyed.h"
#include "sys/process.h"
#include "sys/shmem_set.h"
#include "sys/shmem_tmpfs.h"
#include "sys/smaps.h"
#include "base/banned.h"

#define NAMESPACES_MAX 64
#define LINK_MAX       320 /* "/memfd:" and 249 bytes, fs/memfd.c MFD_NAME_MAX_LEN, " (deleted)" */

struct search {
	struct cgm_shmem_set set;
	size_t process; /* index of the one that is looked at */
	const struct cgm_process *procs;
	int dirfd; /* its directory in /proc */
	bool live;
	uint64_t shmem_dev; /* of the kernel's own tmpfs, on which all but mounts are; 0: unknown */
	uint64_t ipc_ns;
	bool sizes; /* the text that is read has Rss: no blocks are to be had */
	bool want_sizes;
	unsigned looks; /* descriptors and mappings so far */
	uint64_t seen_ns[NAMESPACES_MAX];
	size_t n_seen_ns;
};

static bool cut_prefix(struct cgm_span *s, const char *prefix)
{
	size_t n = strlen(prefix);

	if (s->len < n || memcmp(s->s, prefix, n) != 0)
		return false;
	s->s += n;
	s->len -= n;
	return true;
}

static void cut_suffix(struct cgm_span *s, const char *suffix)
{
	size_t n = strlen(suffix);

	if (s->len >= n && !memcmp(s->s + s->len - n, suffix, n))
		s->len -= n;
}

/* What a mapping or a descriptor of that name is; @name becomes the part to show. */
static bool classify(struct cgm_span *name, enum cgm_holder_kind *ret)
{
	cut_suffix(name, " (deleted)");
	if (cut_prefix(name, "/memfd:")) {
		*ret = CGM_HOLD_MEMFD;
	} else if (cut_prefix(name, "/SYSV")) {
		*ret = CGM_HOLD_SYSV;
	} else if (cut_prefix(name, "[anon_shmem:")) {
		cut_suffix(name, "]");
		*ret = CGM_HOLD_SHARED_ANON;
	} else if (cgm_span_is(*name, "/dev/zero")) {
		name->len = 0;
		*ret = CGM_HOLD_SHARED_ANON;
	} else {
		return false;
	}
	return true;
}

/* The item of @key, made when it is new; NULL in *@ret when the set is full. */
static int want_item(struct search *s, const struct cgm_shmem_key *key, struct cgm_span name,
		     struct cgm_shmem_item **ret)
{
	char shown[2 + LINK_MAX];

	*ret = cgm_shmem_set_find(&s->set, key);
	if (*ret)
		return 0;
	if (name.len > LINK_MAX)
		name.len = LINK_MAX;
	if (key->kind == CGM_HOLD_SYSV) { /* as ipcs shows a key */
		memcpy(shown, "0x", 2);
		memcpy(shown + 2, name.s, name.len);
		name = (struct cgm_span){shown, name.len + 2};
	}
	return cgm_shmem_set_add(&s->set, key, name.s, name.len, s->process, ret);
}

/* Asks no file system that would have to ask somebody else. */
static int look_at(int dirfd, const char *link, uint64_t *ret_dev, uint64_t *ret_ino,
		   uint64_t *ret_bytes)
{
	struct statx st;

	if (statx(dirfd, link, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_INO | STATX_BLOCKS,
		  &st) < 0)
		return -errno;
	*ret_dev = makedev(st.stx_dev_major, st.stx_dev_minor);
	*ret_ino = st.stx_ino;
	*ret_bytes = st.stx_blocks * 512;
	return 0;
}

/* All memfds, segments and shared anonymous mappings live on one tmpfs that is nowhere mounted. */
static uint64_t find_shmem_dev(void)
{
	CGM_AUTO_CLOSE int fd = memfd_create("cgmem", MFD_CLOEXEC);
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 ? st.st_dev : 0;
}

static int add_fd(struct search *s, int fdsfd, const char *number)
{
	struct cgm_shmem_key key = {0};
	struct cgm_shmem_item *item;
	char link[LINK_MAX];
	ssize_t n = readlinkat(fdsfd, number, link, sizeof link);
	struct cgm_span name = {link, n > 0 ? (size_t)n : 0};
	uint64_t bytes;
	int r;

	if (!classify(&name, &key.kind) || key.kind != CGM_HOLD_MEMFD ||
	    look_at(fdsfd, number, &key.dev, &key.inode, &bytes) < 0 || key.dev != s->shmem_dev)
		return 0;
	r = want_item(s, &key, name, &item);
	if (r < 0 || !item)
		return r;
	item->bytes = bytes;
	item->exact = true;
	return 0;
}

static int add_fds(struct search *s)
{
	CGM_AUTO_CLOSE int fd = openat(s->dirfd, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CGM_AUTO_DIR DIR *dir = NULL;
	const struct dirent *e;
	int fdsfd;

	if (fd < 0)
		return -errno;
	dir = fdopendir(fd);
	if (!dir)
		return -errno;
	fdsfd = cgm_take_fd(&fd); /* the stream's now */
	for (unsigned n = 0; n < CGM_SHMEM_FDS_MAX && s->looks < CGM_SHMEM_LOOKS_MAX; n++) {
		int r;

		e = readdir(dir);
		if (!e)
			break;
		s->looks++;
		r = *e->d_name == '.' ? 0 : add_fd(s, fdsfd, e->d_name);
		if (r < 0)
			return r;
	}
	return 0;
}

/* The inode's blocks, by the mapping's link; else its Rss, if the text that is read has it. */
static void measure_mapping(struct search *s, const struct cgm_mapping *m,
			    struct cgm_shmem_item *item)
{
	char link[64];
	uint64_t dev, ino, bytes;

	if (item->exact)
		return;
	(void)snprintf(link, sizeof link, "map_files/%llx-%llx", (unsigned long long)m->start,
		       (unsigned long long)m->end);
	if (s->live && look_at(s->dirfd, link, &dev, &ino, &bytes) == 0 && dev == item->key.dev &&
	    ino == item->key.inode) {
		item->bytes = bytes;
		item->exact = true;
		return;
	}
	if (!s->sizes) {
		s->want_sizes = true;
		return;
	}
	if (item->process != s->process)
		item->of_process = 0;
	item->process = s->process;
	item->of_process += m->rss;
	if (item->bytes < item->of_process)
		item->bytes = item->of_process;
}

static int add_mapping(const struct cgm_mapping *m, void *arg)
{
	struct search *s = arg;
	struct cgm_span name = {m->name, strlen(m->name)};
	struct cgm_shmem_key key = {.dev = makedev(m->major, m->minor), .inode = m->inode};
	struct cgm_shmem_item *item;
	int r;

	if (s->looks++ >= CGM_SHMEM_LOOKS_MAX)
		return -ECANCELED;
	if (!classify(&name, &key.kind) || (s->live && key.dev != s->shmem_dev))
		return 0;
	if (key.kind == CGM_HOLD_SYSV)
		key.ns = s->ipc_ns;
	r = want_item(s, &key, name, &item);
	if (r == 0 && item)
		measure_mapping(s, m, item);
	return r;
}

static int read_mappings(struct search *s, const char *file)
{
	CGM_AUTO_CLOSE int fd = -1;
	int r;

	fd = openat(s->dirfd, file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -errno;
	s->sizes = !strcmp(file, "smaps");
	r = cgm_smaps_read(fd, add_mapping, s);
	return r == -ECANCELED ? 0 : r;
}

/* maps first: smaps walks over every page of the process. */
static int add_mappings(struct search *s)
{
	int r;

	s->want_sizes = false;
	r = read_mappings(s, "maps");
	if (r == 0 && !s->want_sizes)
		return 0;
	return r == 0 || r == -ENOENT ? read_mappings(s, "smaps") : r;
}

/* The number of "mnt:[4026531841]", 0 when it cannot be had. */
static uint64_t namespace_id(int dirfd, const char *link)
{
	char text[64];
	ssize_t n = readlinkat(dirfd, link, text, sizeof text);
	struct cgm_span s = {text, n > 0 ? (size_t)n : 0};
	uint64_t id;

	cgm_span_part(&s, '[');
	s = cgm_span_part(&s, ']');
	return cgm_parse_u64(s.s, s.len, &id) == 0 ? id : 0;
}

/* Once for each mount namespace, by the first process that lets us. */
static int add_mounts(struct search *s)
{
	uint64_t id = namespace_id(s->dirfd, "ns/mnt");
	int r;

	for (size_t i = 0; i < s->n_seen_ns; i++) {
		if (s->seen_ns[i] == id)
			return 0;
	}
	if (!id || s->n_seen_ns == NAMESPACES_MAX)
		return 0;
	r = cgm_shmem_add_tmpfs(&s->set, s->dirfd, s->process);
	if (r == 0)
		s->seen_ns[s->n_seen_ns++] = id;
	return r;
}

/* 0, -ENOMEM, or what kept us from looking. */
static int add_process(struct search *s)
{
	int r;

	if (s->live) {
		s->ipc_ns = namespace_id(s->dirfd, "ns/ipc");
		r = add_mounts(s);
		if (r != -ENOMEM)
			r = add_fds(s);
		if (r == -ENOMEM)
			return r;
	}
	return add_mappings(s);
}

static int add_all(struct search *s, const struct cgm_root *root, size_t n)
{
	size_t denied = 0, looked = 0;

	for (size_t i = 0; i < n && i < CGM_SHMEM_PROCS_MAX; i++) {
		CGM_AUTO_CLOSE int fd = -1;
		int r;

		if (s->procs[i].kernel_thread)
			continue;
		fd = cgm_proc_open(root, s->procs[i].pid);
		s->dirfd = fd;
		s->process = i;
		r = fd < 0 ? fd : add_process(s);
		if (r == -ENOMEM)
			return r;
		denied += r == -EACCES || r == -EPERM;
		looked += r == 0;
	}
	return denied && !looked ? -EACCES : 0;
}

int cgm_shmem_find(const struct cgm_root *root, const struct cgm_process *procs, size_t n,
		   struct cgm_holder **ret, size_t *ret_n)
{
	struct search s = {.procs = procs, .live = cgm_root_is_live(root)};
	int r = cgm_shmem_set_init(&s.set);

	if (r < 0)
		return r;
	if (s.live)
		s.shmem_dev = find_shmem_dev();
	r = add_all(&s, root, n);
	if (r == 0)
		r = cgm_shmem_set_take(&s.set, procs, ret, ret_n);
	cgm_shmem_set_clear(&s.set);
	return r;
}
