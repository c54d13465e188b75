/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/locate.h"

#include <string.h>

#include "base/banned.h"

#define ID_LEN 64

/* One part of a path: not NUL-terminated. */
struct part {
	const char *s;
	size_t len;
};

/* What has been seen on the way down from the root. */
struct descent {
	struct part parent;
	char pod[sizeof((struct cgm_located *)0)->pod];
	bool kubepods;
};

/*
 * Names with the id in them. docker: daemon/oci_linux.go withCgroups; libpod: podman
 * libpod/container.go cGroupPath, "payload" for split groups; nerdctl, containerd CRI, CRI-O
 * (which has the plain form with the cgroupfs driver). Monitors (libpod-conmon-ID,
 * crio-conmon-ID) do not match: "conmon-..." is no id.
 */
static const struct {
	const char *before, *after, *engine;
} named[] = {
	{"docker-", ".scope", "docker"},   {"libpod-", ".scope", "podman"},
	{"libpod-", "", "podman"},	   {"libpod-payload-", "", "podman"},
	{"nerdctl-", ".scope", "nerdctl"}, {"cri-containerd-", ".scope", "containerd"},
	{"crio-", ".scope", "cri-o"},	   {"crio-", "", "cri-o"},
};

/* Parents below which a bare id is a container's group. */
static const struct {
	const char *parent, *engine;
} parents[] = {
	{"docker", "docker"},
	{"default", "nerdctl"},	  /* nerdctl's namespace unless told otherwise */
	{"k8s.io", "containerd"}, /* the namespace of containerd's CRI plugin */
};

static bool is(struct part p, const char *name)
{
	return strlen(name) == p.len && !memcmp(p.s, name, p.len);
}

static bool starts(struct part p, const char *with)
{
	size_t n = strlen(with);

	return p.len >= n && !memcmp(p.s, with, n);
}

static bool ends(struct part p, const char *with)
{
	size_t n = strlen(with);

	return p.len >= n && !memcmp(p.s + p.len - n, with, n);
}

static bool is_id(struct part p)
{
	if (p.len != ID_LEN)
		return false;
	for (size_t i = 0; i < p.len; i++)
		if (!((p.s[i] >= '0' && p.s[i] <= '9') || (p.s[i] >= 'a' && p.s[i] <= 'f')))
			return false;
	return true;
}

static struct part strip(struct part p, const char *before, const char *after)
{
	size_t b = strlen(before), a = strlen(after);

	return p.len < a + b ? (struct part){p.s, 0} : (struct part){p.s + b, p.len - a - b};
}

static bool match_named(struct part p, struct part *id, const char **engine)
{
	for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
		if (!starts(p, named[i].before) || !ends(p, named[i].after))
			continue;
		*id = strip(p, named[i].before, named[i].after);
		if (is_id(*id)) {
			*engine = named[i].engine;
			return true;
		}
	}
	return false;
}

/* LXC 4 and later name the group lxc.payload.NAME, 3 lxc.payload/NAME, older ones lxc/NAME. */
static bool match_lxc(struct part p, struct part parent, struct part *id)
{
	if (starts(p, "lxc.payload.") && p.len > strlen("lxc.payload.")) {
		*id = strip(p, "lxc.payload.", "");
		return true;
	}
	if (!is(parent, "lxc") && !is(parent, "lxc.payload"))
		return false;
	*id = p;
	return true;
}

static bool match_bare(struct part p, const struct descent *d, const char **engine)
{
	if (!is_id(p))
		return false;
	if (d->kubepods && d->pod[0]) {
		*engine = "containerd";
		return true;
	}
	for (size_t i = 0; i < sizeof parents / sizeof *parents; i++)
		if (is(d->parent, parents[i].parent)) {
			*engine = parents[i].engine;
			return true;
		}
	return false;
}

/* A uid is hexadecimal with dashes; systemd's unit names have "_" for them. */
static void take_pod(struct part uid, char *pod, size_t cap)
{
	if (!uid.len || uid.len >= cap)
		return;
	for (size_t i = 0; i < uid.len; i++) {
		char c = uid.s[i] == '_' ? '-' : uid.s[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-')) {
			pod[0] = '\0';
			return;
		}
		pod[i] = c;
	}
	pod[uid.len] = '\0';
}

/*
 * kubelet pkg/kubelet/cm: kubepods/[QOS/]podUID with cgroupfs,
 * kubepods-[QOS-]podUID.slice with systemd; kind puts "kubelet-" before it.
 */
static void look_for_pod(struct part p, struct descent *d)
{
	static const char *const forms[] = {
		"kubepods-pod",
		"kubepods-burstable-pod",
		"kubepods-besteffort-pod",
		"kubelet-kubepods-pod",
		"kubelet-kubepods-burstable-pod",
		"kubelet-kubepods-besteffort-pod",
	};

	if (is(p, "kubepods") || is(p, "kubepods.slice") || is(p, "kubelet-kubepods.slice"))
		d->kubepods = true;
	else if (d->kubepods && starts(p, "pod"))
		take_pod(strip(p, "pod", ""), d->pod, sizeof d->pod);
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (starts(p, forms[i]) && ends(p, ".slice")) {
			d->kubepods = true;
			take_pod(strip(p, forms[i], ".slice"), d->pod, sizeof d->pod);
		}
}

static void fill(struct cgm_located *l, struct part id, const char *engine, const char *pod,
		 size_t path_len)
{
	size_t n = id.len < sizeof l->id ? id.len : sizeof l->id - 1;

	*l = (struct cgm_located){.engine = engine, .path_len = path_len};
	memcpy(l->id, id.s, n);
	memcpy(l->pod, pod, strlen(pod) + 1);
}

static bool match(struct part p, const struct descent *d, struct part *id, const char **engine)
{
	if (match_named(p, id, engine))
		return true;
	if (match_bare(p, d, engine)) {
		*id = p;
		return true;
	}
	if (!match_lxc(p, d->parent, id))
		return false;
	*engine = "lxc";
	return true;
}

/*
 * The parts from the root on; the first that names a container wins. A bare id below a parent that
 * says nothing (--cgroup-parent) counts when it is the last part, or when a container lies in it.
 */
bool cgm_locate_path(const char *path, struct cgm_located *ret)
{
	struct cgm_located found = {.path_len = 0};
	struct descent d = {.kubepods = false};
	const char *s = path;
	bool known = false;

	if (*path != '/')
		return false;
	while (!known && *(s += strspn(s, "/"))) {
		struct part p = {s, strcspn(s, "/")}, id = p;
		const char *engine = "docker";

		s += p.len;
		known = match(p, &d, &id, &engine);
		if (!found.path_len && (known || is_id(p)))
			fill(&found, id, engine, d.pod, (size_t)(s - path));
		look_for_pod(p, &d);
		d.parent = p;
	}
	if (!found.path_len || (!known && path[found.path_len]))
		return false;
	*ret = found;
	return true;
}

bool cgm_locate_is_container(const char *path, struct cgm_located *ret)
{
	struct cgm_located l;

	if (!cgm_locate_path(path, &l) || path[l.path_len])
		return false;
	*ret = l;
	return true;
}
