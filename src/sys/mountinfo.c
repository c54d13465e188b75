/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/mountinfo.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "sys/keyed.h"
#include "base/banned.h"

#define TEXT_CAP ((size_t)16 << 20) /* CGM_MOUNTS_MAX lines of 800 bytes */

/* Undoes the kernel's \040 (fs/seq_file.c mangle_path) while copying; returns the new length. */
static size_t copy_unescaped(char *to, struct cgm_span from)
{
	size_t n = 0;

	for (size_t i = 0; i < from.len; i++) {
		const char *s = from.s + i;
		char c = *s;

		if (c == '\\' && from.len - i >= 4 && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' &&
		    s[2] <= '7' && s[3] >= '0' && s[3] <= '7') {
			c = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			i += 3;
		}
		if (c)
			to[n++] = c;
	}
	to[n] = '\0';
	return n;
}

static int parse_device(struct cgm_span dev, struct cgm_mount *m)
{
	struct cgm_span major = cgm_span_part(&dev, ':');
	uint64_t a, b;

	if (cgm_parse_max(major.s, major.len, UINT_MAX, &a) < 0 ||
	    cgm_parse_max(dev.s, dev.len, UINT_MAX, &b) < 0)
		return -EBADMSG;
	m->major = (unsigned)a;
	m->minor = (unsigned)b;
	return 0;
}

/* Skips the optional fields up to the lone "-" that ends them. */
static bool skip_optional(struct cgm_span *line)
{
	while (line->len) {
		struct cgm_span part = cgm_span_part(line, ' ');

		if (cgm_span_is(part, "-"))
			return true;
	}
	return false;
}

/* All strings of a mount share one allocation, which @root begins. */
static int store(struct cgm_mount *m, const struct cgm_span part[5])
{
	char **to[5] = {&m->root, &m->point, &m->fstype, &m->source, &m->super};
	size_t size = 0;
	char *p;

	for (int i = 0; i < 5; i++)
		size += part[i].len + 1;
	p = malloc(size);
	if (!p)
		return -ENOMEM;
	for (int i = 0; i < 5; i++) {
		*to[i] = p;
		p += copy_unescaped(p, part[i]) + 1;
	}
	return 0;
}

/* 0, -ENOMEM, or -EBADMSG for a line of another form. */
static int parse_line(struct cgm_span line, struct cgm_mount *ret)
{
	struct cgm_mount m = {0};
	struct cgm_span part[5], dev;
	int r;

	if (memchr(line.s, '\0', line.len)) /* not the kernel's */
		return -EBADMSG;
	cgm_span_part(&line, ' '); /* mount id */
	cgm_span_part(&line, ' '); /* parent's id */
	dev = cgm_span_part(&line, ' ');
	part[0] = cgm_span_part(&line, ' ');
	part[1] = cgm_span_part(&line, ' ');
	cgm_span_part(&line, ' '); /* mount options */
	if (parse_device(dev, &m) < 0 || !part[0].len || !part[1].len || !skip_optional(&line))
		return -EBADMSG;
	part[2] = cgm_span_part(&line, ' ');
	part[3] = cgm_span_part(&line, ' '); /* may be empty */
	part[4] = line;
	if (!part[2].len)
		return -EBADMSG;
	r = store(&m, part);
	if (r == 0)
		*ret = m;
	return r;
}

static int append(struct cgm_mounts *all, const struct cgm_mount *m)
{
	if ((all->n & (all->n - 1)) == 0) { /* at 0, 1, 2, 4, ...: full */
		size_t cap = all->n ? 2 * all->n : 1;
		struct cgm_mount *v = reallocarray(all->v, cap, sizeof *v);

		if (!v)
			return -ENOMEM;
		all->v = v;
	}
	all->v[all->n++] = *m;
	return 0;
}

int cgm_mounts_parse(const char *text, size_t len, struct cgm_mounts *ret)
{
	struct cgm_span all = {text, len}, line;
	struct cgm_mounts mounts = {0};
	int r = 0;

	while (r == 0 && cgm_span_line(&all, &line)) {
		struct cgm_mount m;

		r = parse_line(line, &m);
		if (r == -EBADMSG) {
			r = 0;
			continue;
		}
		if (r == 0 && mounts.n == CGM_MOUNTS_MAX) {
			free(m.root);
			r = -E2BIG;
		} else if (r == 0) {
			r = append(&mounts, &m);
			if (r < 0)
				free(m.root);
		}
	}
	if (r < 0)
		cgm_mounts_clear(&mounts);
	else
		*ret = mounts;
	return r;
}

int cgm_mounts_read(const struct cgm_root *root, int pid, struct cgm_mounts *ret)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	char path[48];
	int r;

	if (pid)
		(void)snprintf(path, sizeof path, "proc/%d/mountinfo", pid);
	else
		(void)snprintf(path, sizeof path, "proc/self/mountinfo");
	r = cgm_root_read(root, path, &b, TEXT_CAP);
	return r < 0 ? r : cgm_mounts_parse(cgm_buf_str(&b), b.len, ret);
}

void cgm_mounts_clear(struct cgm_mounts *m)
{
	for (size_t i = 0; i < m->n; i++)
		free(m->v[i].root);
	free(m->v);
	*m = (struct cgm_mounts){0};
}

bool cgm_mount_has_option(const char *options, const char *name)
{
	struct cgm_span left = {options, strlen(options)};

	while (left.len) {
		if (cgm_span_is(cgm_span_part(&left, ','), name))
			return true;
	}
	return false;
}
