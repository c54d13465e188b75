/* SPDX-License-Identifier: Apache-2.0 */
/* The public interface, on top of the modules that the program itself is made of. */
#include "cgmem/cgmem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/path.h"
#include "cgroup/group.h"
#include "cgroup/limits.h"
#include "model/findings.h"
#include "sys/host.h"

#include "base/banned.h"

struct cgmem {
	struct cgm_root *root;
	struct cgm_hierarchy *hierarchy;
	struct cgm_reader *reader;
	struct cgm_host host;
	struct cgm_err err;
};

struct cgmem_sample {
	struct cgm_snapshot snapshot;
	struct cgm_breakdown breakdown;
	struct cgm_findings *findings;
};

CGM_DEFINE_CLEANUP(struct cgmem *, cgmem_close)
CGM_DEFINE_CLEANUP(struct cgmem_sample *, cgmem_sample_free)

int cgmem_open(const char *root, struct cgmem **ret)
{
	CGM_CLEANUP(cgmem_close_p) struct cgmem *m = calloc(1, sizeof *m);
	int r;

	if (!m)
		return -ENOMEM;
	r = cgm_root_open(root, &m->root, NULL);
	if (r < 0)
		return r;
	r = cgm_hierarchy_open(m->root, &m->hierarchy, NULL);
	if (r < 0)
		return r;
	r = cgm_reader_new(m->hierarchy, &m->reader);
	if (r < 0)
		return r;
	r = cgm_host_read(m->root, &m->host);
	if (r < 0)
		return r;
	*ret = CGM_TAKE(m);
	return 0;
}

void cgmem_close(struct cgmem *m)
{
	if (!m)
		return;
	cgm_reader_free(m->reader);
	cgm_hierarchy_free(m->hierarchy);
	cgm_root_free(m->root);
	free(m);
}

int cgmem_version(const struct cgmem *m)
{
	return m->hierarchy->version;
}

const char *cgmem_strerror(const struct cgmem *m)
{
	return m->err.msg;
}

/* What the findings need to know of the group beside its numbers. */
static int describe(const struct cgmem *m, const char *path, struct cgm_snapshot *s)
{
	s->host = m->host;
	s->version = m->hierarchy->version;
	s->now = s->levels[0].sample;
	s->is_root = strcmp(path, "/") == 0;
	s->target.kind = CGM_TARGET_CGROUP;
	s->path = strdup(path);
	s->target.name = strdup(cgm_path_base(path));
	return s->path && s->target.name ? 0 : -ENOMEM;
}

static int sample_make(struct cgmem *m, const char *path, struct cgmem_sample *s)
{
	int r = cgm_levels_read(m->reader, path, CGM_FILES_ALL, CGM_FILES_ALL, &s->snapshot.levels,
				&s->snapshot.n_levels);

	if (r < 0)
		return cgm_err_set(&m->err, -r, "%.200s: %s", path, strerror(-r));
	r = describe(m, path, &s->snapshot);
	if (r < 0)
		return cgm_err_set(&m->err, -r, "%s", strerror(-r));
	cgm_breakdown_make(&s->snapshot.now, &m->host, NULL, 0, &s->breakdown);
	r = cgm_findings_make(&s->snapshot, &s->breakdown, &s->findings);
	return r < 0 ? cgm_err_set(&m->err, -r, "%s", strerror(-r)) : 0;
}

int cgmem_sample(struct cgmem *m, const char *path, struct cgmem_sample **ret)
{
	CGM_CLEANUP(cgmem_sample_free_p) struct cgmem_sample *s = calloc(1, sizeof *s);
	int r;

	if (!s)
		return cgm_err_set(&m->err, ENOMEM, "%s", strerror(ENOMEM));
	r = sample_make(m, path, s);
	if (r == 0)
		*ret = CGM_TAKE(s);
	return r;
}

void cgmem_sample_free(struct cgmem_sample *s)
{
	if (!s)
		return;
	cgm_snapshot_clear(&s->snapshot);
	free(s->findings);
	free(s);
}

int cgmem_value(const struct cgmem_sample *s, const char *name, uint64_t *ret)
{
	const struct cgm_sample *now = &s->snapshot.now;

	for (unsigned i = 0; i < CGM_VALUE_COUNT; i++) {
		if (strcmp(cgm_values[i].name, name) != 0)
			continue;
		if (!cgm_has(now, cgm_values[i].id))
			return -ENODATA;
		*ret = now->v[i];
		return 0;
	}
	return -ENOENT;
}

static int part_find(const char *id, size_t len)
{
	for (int i = 0; i < CGM_PART_COUNT; i++)
		if (strlen(cgm_part_infos[i].id) == len &&
		    memcmp(cgm_part_infos[i].id, id, len) == 0)
			return i;
	return -ENOENT;
}

static int child_find(int part, const char *id)
{
	for (int i = 0; i < CGM_CHILD_COUNT; i++)
		if ((int)cgm_child_infos[i].parent == part && !strcmp(cgm_child_infos[i].id, id))
			return i;
	return -ENOENT;
}

int cgmem_component(const struct cgmem_sample *s, const char *id, uint64_t *ret_bytes)
{
	const struct cgm_breakdown *b = &s->breakdown;
	size_t len = strcspn(id, ".");
	int part = part_find(id, len), child;
	bool present;

	if (part < 0)
		return part;
	if (id[len] == '.') {
		child = child_find(part, id + len + 1);
		if (child < 0)
			return child;
		present = b->child[child].present;
	} else {
		child = -1;
		present = b->part[part].present;
	}
	if (!b->known || !present)
		return -ENODATA;
	*ret_bytes = child < 0 ? b->part[part].bytes : b->child[child].bytes;
	return 0;
}

int64_t cgmem_unattributed(const struct cgmem_sample *s)
{
	return s->breakdown.unattributed;
}

uint64_t cgmem_docker_bytes(const struct cgmem_sample *s)
{
	return s->breakdown.docker_bytes;
}

size_t cgmem_findings(const struct cgmem_sample *s)
{
	return s->findings->n;
}

const char *cgmem_finding_id(const struct cgmem_sample *s, size_t i)
{
	return s->findings->v[i].id;
}

const char *cgmem_finding_summary(const struct cgmem_sample *s, size_t i)
{
	return s->findings->v[i].summary;
}

const char *cgmem_finding_severity(const struct cgmem_sample *s, size_t i)
{
	return cgm_severity_name(s->findings->v[i].severity);
}
