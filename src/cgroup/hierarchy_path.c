/* SPDX-License-Identifier: Apache-2.0 */
#include "cgroup/dir.h"

#include "base/path.h"

#include "base/banned.h"

#define UP "/.."

static bool goes_up(const char *path)
{
	size_t n = sizeof UP - 1;

	return strncmp(path, UP, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

/* How many "/.." @path begins with; *rest is what follows them. */
static unsigned count_ups(const char *path, const char **rest)
{
	unsigned n = 0;

	for (; goes_up(path); path += sizeof UP - 1)
		n++;
	*rest = path;
	return n;
}

static bool has_dotdot(const char *path)
{
	for (const char *p = strstr(path, UP); p; p = strstr(p + 1, UP))
		if (goes_up(p))
			return true;
	return false;
}

const char *cgm_rel_below(const char *mount_root, const char *path)
{
	const char *rest = cgm_path_rest(path, mount_root);

	if (!rest || has_dotdot(rest))
		return NULL;
	while (*rest == '/')
		rest++;
	return *rest ? rest : ".";
}

const char *cgm_hierarchy_rel(const struct cgm_hierarchy *h, const char *path)
{
	return cgm_rel_below(h->mount_root, path);
}

unsigned cgm_levels_above(const char *mount_root)
{
	const char *rest;
	unsigned n = count_ups(mount_root, &rest);

	return *rest ? 0 : n;
}

/* Length of the first @n parts of @path ("docker/ID"). */
static size_t parts_len(const char *path, unsigned n)
{
	const char *p = path;

	while (n--) {
		if (p != path)
			p++;
		p += strcspn(p, "/");
	}
	return (size_t)(p - path);
}

/* In place, without trailing slashes. */
static char *clean(char *path)
{
	size_t n = path ? strlen(path) : 0;

	while (n > 1 && path[n - 1] == '/')
		path[--n] = '\0';
	return path;
}

char *cgm_hierarchy_full_path(const struct cgm_hierarchy *h, const char *path)
{
	CGM_AUTO_FREE char *above = NULL, *head = NULL;
	unsigned up, top = cgm_levels_above(h->mount_root);
	const char *rest;

	if (cgm_hierarchy_rel(h, path))
		return clean(strdup(path));
	up = count_ups(path, &rest);
	if (up >= top || !h->ns_path || has_dotdot(rest))
		return NULL;
	above = strndup(h->ns_path, parts_len(h->ns_path, top - up));
	if (!above)
		return NULL;
	head = cgm_path_join(h->mount_root, above);
	return head ? clean(cgm_path_join(head, rest)) : NULL;
}

char *cgm_hierarchy_path_of_dir(const struct cgm_hierarchy *h, const char *dir)
{
	CGM_AUTO_FREE char *path = clean(strdup(dir));
	const char *rest;

	if (!path || dir[0] != '/' || has_dotdot(dir))
		return NULL;
	rest = cgm_path_rest(path, h->mount);
	return rest ? cgm_path_join(h->mount_root, rest) : NULL;
}
