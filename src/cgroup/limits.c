/* SPDX-License-Identifier: Apache-2.0 */
#include "cgroup/limits.h"

#include "base/path.h"

#include "base/banned.h"

/* Levels from @path, which begins with the mount's root, up to that root. */
static size_t count_levels(const char *mount_root, const char *path)
{
	const char *rest = cgm_path_rest(path, mount_root);
	size_t n = 1;

	for (; *rest; rest++)
		n += *rest == '/' && rest[1] != '\0' && rest[1] != '/';
	return n;
}

static char *parent_of(const char *path)
{
	size_t n = cgm_path_parent_len(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	return strndup(path, n);
}

int cgm_levels_read(struct cgm_reader *r, const char *path, uint32_t files, uint32_t files_up,
		    struct cgm_level **ret, size_t *ret_n)
{
	const struct cgm_hierarchy *h = cgm_reader_hierarchy(r);
	struct cgm_level *v;
	char *at = cgm_hierarchy_full_path(h, path);
	size_t n, i;
	int e = 0;

	if (!at)
		return -ENODEV;
	n = count_levels(h->mount_root, at);
	v = calloc(n, sizeof *v);
	if (!v) {
		free(at);
		return -ENOMEM;
	}
	for (i = 0; i < n; i++) {
		v[i].path = at;
		e = cgm_read_group(r, at, i ? files_up : files, &v[i].sample);
		if (e < 0 || i + 1 == n)
			break;
		at = parent_of(at);
		if (!at) {
			e = -ENOMEM;
			break;
		}
	}
	if (e < 0) {
		cgm_levels_free(v, n);
		return e;
	}
	*ret = v;
	*ret_n = n;
	return 0;
}

void cgm_levels_free(struct cgm_level *levels, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(levels[i].path);
	free(levels);
}
