/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "base/readfile.h"
#include "sys/keyed.h"
#include "sys/process.h"
#include "base/banned.h"

#define LINES_MAX 256 /* controllers and named hierarchies; a machine has about 13 */
#define DELETED	  " (deleted)"

static int parse_line(struct cgm_span line, struct cgm_proc_cgroup *ret)
{
	struct cgm_span number = cgm_span_part(&line, ':');
	struct cgm_span controllers = cgm_span_part(&line, ':');
	const size_t tail = strlen(DELETED);
	struct cgm_proc_cgroup c = {0};
	uint64_t v;

	if (cgm_parse_max(number.s, number.len, UINT_MAX, &v) < 0 || !line.len || *line.s != '/')
		return -EBADMSG;
	c.hierarchy = (unsigned)v;
	c.deleted = line.len > tail && !memcmp(line.s + line.len - tail, DELETED, tail);
	if (c.deleted)
		line.len -= tail;
	c.controllers = strndup(controllers.s, controllers.len);
	c.path = strndup(line.s, line.len);
	if (!c.controllers || !c.path) {
		free(c.controllers);
		free(c.path);
		return -ENOMEM;
	}
	*ret = c;
	return 0;
}

int cgm_proc_cgroups_parse(const char *text, size_t len, struct cgm_proc_cgroups *ret)
{
	struct cgm_span all = {text, len}, line;
	struct cgm_proc_cgroups c = {0};
	int r = 0;

	c.v = calloc(LINES_MAX, sizeof *c.v);
	if (!c.v)
		return -ENOMEM;
	while (r != -ENOMEM && c.n < LINES_MAX && cgm_span_line(&all, &line)) {
		r = parse_line(line, &c.v[c.n]);
		if (r == 0)
			c.n++;
	}
	if (r == -ENOMEM) {
		cgm_proc_cgroups_clear(&c);
		return r;
	}
	*ret = c;
	return 0;
}

void cgm_proc_cgroups_clear(struct cgm_proc_cgroups *c)
{
	for (size_t i = 0; i < c->n; i++) {
		free(c->v[i].controllers);
		free(c->v[i].path);
	}
	free(c->v);
	*c = (struct cgm_proc_cgroups){0};
}

static bool has_controller(const char *list, const char *name)
{
	struct cgm_span left = {list, strlen(list)};

	while (left.len) {
		if (cgm_span_is(cgm_span_part(&left, ','), name))
			return true;
	}
	return false;
}

const char *cgm_proc_cgroups_find(const struct cgm_proc_cgroups *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct cgm_proc_cgroup *g = &c->v[i];

		if (name ? has_controller(g->controllers, name) : !g->hierarchy && !*g->controllers)
			return g->path;
	}
	return NULL;
}

int cgm_proc_cgroups_read(const struct cgm_root *root, int pid, struct cgm_proc_cgroups *ret)
{
	CGM_AUTO_BUF struct cgm_buf b = {0};
	char path[48];
	int r;

	if (pid)
		(void)snprintf(path, sizeof path, "proc/%d/cgroup", pid);
	else
		(void)snprintf(path, sizeof path, "proc/self/cgroup");
	r = cgm_root_read(root, path, &b, CGM_READ_CAP);
	return r < 0 ? r : cgm_proc_cgroups_parse(cgm_buf_str(&b), b.len, ret);
}
