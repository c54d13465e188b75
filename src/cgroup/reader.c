/* SPDX-License-Identifier: Apache-2.0 */
#include "cgroup/reader.h"

#include <fcntl.h>
#include <limits.h>

#include "base/units.h"
#include "cgroup/dir.h"

#include "base/banned.h"

#define BUF_START ((size_t)16 << 10) /* memory.stat is 1 to 2 KiB */
#define BUF_MAX	  ((size_t)256 << 10)
/* Left for everything else: sockets, /proc, libraries, a walk (two for each level). */
#define FD_RESERVE 256

static enum cgm_layout layout_of(enum cgm_file f, int version, const char **ret_name)
{
	const struct cgm_file_info *i = &cgm_files[f];

	*ret_name = version == 1 ? i->v1.name : i->v2.name;
	if (!*ret_name)
		return CGM_LAYOUT_NONE;
	return version == 1 ? i->v1.layout : i->v2.layout;
}

static enum cgm_side side_of(enum cgm_file f, int version)
{
	if (version == 1 && f == CGM_FILE_PIDS)
		return CGM_SIDE_PIDS;
	if (version == 1 && f == CGM_FILE_HUGETLB)
		return CGM_SIDE_HUGETLB;
	return CGM_SIDE_MEMORY;
}

static enum cgm_value_id only_value(enum cgm_file f, int version)
{
	for (unsigned i = 0; i < CGM_VALUE_COUNT; i++) {
		const struct cgm_place *p = cgm_value_place((enum cgm_value_id)i, version);

		if (p->file == f && !p->key)
			return (enum cgm_value_id)i;
	}
	return CGM_VALUE_COUNT;
}

static int add_source(struct cgm_reader *r, enum cgm_file f, enum cgm_layout layout,
		      const char *name)
{
	struct cgm_source *s = &r->source[r->n];
	size_t len = strlen(name);

	if (r->n == CGM_SOURCES_MAX || len >= sizeof s->name)
		return 0;
	s->file = f;
	s->side = side_of(f, r->h->version);
	s->layout = layout;
	s->id = only_value(f, r->h->version);
	memcpy(s->name, name, len + 1);
	if (layout == CGM_LAYOUT_KEYED) {
		s->keys = calloc(1, sizeof *s->keys);
		if (!s->keys)
			return -ENOMEM;
	}
	r->n++;
	return 0;
}

static int add_sources(struct cgm_reader *r)
{
	for (unsigned f = 0; f < CGM_FILE_COUNT; f++) {
		const char *name;
		enum cgm_layout layout = layout_of((enum cgm_file)f, r->h->version, &name);
		int e = 0;

		if (layout == CGM_LAYOUT_SUM)
			r->sums |= CGM_FILE_BIT(f);
		else if (layout != CGM_LAYOUT_NONE)
			e = add_source(r, (enum cgm_file)f, layout, name);
		if (e < 0)
			return e;
	}
	return 0;
}

static rlim_t highest_to_keep(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) < 0 || l.rlim_cur <= FD_RESERVE)
		return 0;
	return l.rlim_cur - FD_RESERVE;
}

int cgm_reader_new(const struct cgm_hierarchy *h, struct cgm_reader **ret)
{
	CGM_CLEANUP(cgm_reader_free_p) struct cgm_reader *r = calloc(1, sizeof *r);

	if (!r)
		return -ENOMEM;
	r->h = h;
	r->keep_below = highest_to_keep();
	r->cap = BUF_START;
	r->buf = malloc(r->cap);
	if (!r->buf || add_sources(r) < 0)
		return -ENOMEM;
	*ret = CGM_TAKE(r);
	return 0;
}

void cgm_reader_free(struct cgm_reader *r)
{
	if (!r)
		return;
	for (unsigned i = 0; i < r->n; i++)
		free(r->source[i].keys);
	free(r->buf);
	free(r);
}

const struct cgm_hierarchy *cgm_reader_hierarchy(const struct cgm_reader *r)
{
	return r->h;
}

/* @pattern has one '*': one or more characters, none of them a point. */
static bool fits(const char *pattern, const char *name)
{
	size_t head = strcspn(pattern, "*"), tail, star;

	if (strncmp(name, pattern, head) != 0)
		return false;
	name += head;
	star = strcspn(name, ".");
	tail = strlen(pattern + head);
	return star > 0 && tail > 0 && strcmp(name + star, pattern + head + 1) == 0;
}

static int learn_sum(struct cgm_reader *r, enum cgm_file f, const char *pattern, int dirfd,
		     const char *rel)
{
	CGM_AUTO_CLOSE int fd = cgm_dir_openat(r->h, dirfd, rel, O_RDONLY | O_DIRECTORY);
	CGM_AUTO_DIR DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	int err = 0;

	if (!dir)
		return 0; /* gone or denied: another group may tell */
	(void)cgm_take_fd(&fd);
	while (err == 0 && (e = readdir(dir))) {
		if (!fits(pattern, e->d_name))
			continue;
		r->sums &= ~CGM_FILE_BIT(f);
		err = add_source(r, f, CGM_LAYOUT_SUM, e->d_name);
	}
	return err;
}

int cgm_reader_learn(struct cgm_reader *r, const struct cgm_where *w, uint32_t files)
{
	uint32_t wanted = files & r->sums;

	for (unsigned f = 0; wanted >> f; f++) {
		enum cgm_side side = side_of((enum cgm_file)f, r->h->version);
		const char *name;
		int e;

		if (!(wanted & CGM_FILE_BIT(f)) || w->in[side].dirfd < 0)
			continue;
		(void)layout_of((enum cgm_file)f, r->h->version, &name);
		e = learn_sum(r, (enum cgm_file)f, name, w->in[side].dirfd, w->in[side].rel);
		if (e < 0)
			return e;
	}
	return 0;
}

int cgm_source_path(const struct cgm_source *s, const char *rel, char *buf)
{
	size_t n = strcmp(rel, ".") == 0 ? 0 : strlen(rel), len = strlen(s->name);

	if (n + len + 2 > PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(buf, rel, n);
	if (n)
		buf[n++] = '/';
	memcpy(buf + n, s->name, len + 1);
	return 0;
}

static int grow(struct cgm_reader *r)
{
	char *p;

	if (r->cap >= BUF_MAX)
		return -EFBIG;
	p = realloc(r->buf, r->cap * 2);
	if (!p)
		return -ENOMEM;
	r->buf = p;
	r->cap *= 2;
	return 0;
}

/*
 * All of @fd, in most cases by one call. Each of the kernel's files that are read here is one
 * record of a seq_file, and fs/seq_file.c seq_read_iter() (Linux 6.18) renders a record whole
 * before it hands any of it out: its buffer grows until the record fits. So one call gives all of
 * it when it gives less than was asked for, and a record ends with a newline. Where either does not
 * hold (the buffer is full; a file of a saved tree on who knows what) we read on until there is no
 * more; the kernel then goes on with the rest of the same record, as the offset is where it
 * stopped.
 */
static int read_text(struct cgm_reader *r, int fd, size_t *ret_len)
{
	size_t len = 0;
	ssize_t n;
	int e;

	for (;;) {
		n = pread(fd, r->buf + len, r->cap - len, (off_t)len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		len += (size_t)n;
		if (n == 0 || (len < r->cap && r->buf[len - 1] == '\n'))
			break;
		if (len < r->cap)
			continue;
		e = grow(r);
		if (e < 0)
			return e;
	}
	*ret_len = len;
	return 0;
}

static void add_to_sum(enum cgm_value_id id, const char *text, size_t len, struct cgm_sample *s)
{
	uint64_t before = cgm_get(s, id);
	enum cgm_state state = s->state[id];

	cgm_single_parse(id, text, len, s);
	if (state == CGM_BAD || state == CGM_DENIED) { /* a part is missing, so there is no sum */
		s->v[id] = 0;
		s->state[id] = (uint8_t)state;
	} else if (s->state[id] == CGM_OK) {
		s->v[id] = cgm_add_sat(before, s->v[id]);
	}
}

static void set_states(const struct cgm_reader *r, enum cgm_file f, enum cgm_state state,
		       struct cgm_sample *s)
{
	for (unsigned i = 0; i < CGM_VALUE_COUNT; i++) {
		if (cgm_value_place((enum cgm_value_id)i, r->h->version)->file != f)
			continue;
		s->v[i] = 0;
		s->state[i] = (uint8_t)state;
	}
}

int cgm_source_read(struct cgm_reader *r, const struct cgm_source *source, int fd,
		    struct cgm_sample *s)
{
	size_t len = 0;
	int e = read_text(r, fd, &len);

	if (e < 0)
		return e;
	switch (source->layout) {
	case CGM_LAYOUT_KEYED:
		e = cgm_stat_parse(source->keys, source->file, r->h->version, r->buf, len, s);
		if (e < 0)
			set_states(r, source->file, CGM_BAD, s);
		break;
	case CGM_LAYOUT_PSI:
		cgm_psi_parse(r->buf, len, s);
		break;
	case CGM_LAYOUT_SUM:
		add_to_sum(source->id, r->buf, len, s);
		break;
	case CGM_LAYOUT_SINGLE:
	case CGM_LAYOUT_NONE:
		cgm_single_parse(source->id, r->buf, len, s);
	}
	return 0;
}

void cgm_source_failed(const struct cgm_reader *r, const struct cgm_source *source, int error,
		       struct cgm_sample *s)
{
	static const struct {
		int error;
		enum cgm_state state;
	} states[] = {
		{-ENOENT, CGM_ABSENT}, {-ENOTDIR, CGM_ABSENT}, {-EOPNOTSUPP, CGM_ABSENT},
		{-EINVAL, CGM_ABSENT}, {-ENODATA, CGM_ABSENT}, {-EACCES, CGM_DENIED},
		{-EPERM, CGM_DENIED},
	};
	enum cgm_state state = CGM_BAD;

	for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
		if (states[i].error == error)
			state = states[i].state;
	if (state !=
	    CGM_ABSENT) /* absent is what a sample begins with; a sum keeps its other parts */
		set_states(r, source->file, state, s);
}
