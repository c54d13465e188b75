/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Container id <-> cgroup path, by the patterns of the engines that exist. Pure.
 *   /docker/ID                          Docker, cgroupfs driver (or another parent)
 *   .../docker-ID.scope                 Docker, systemd driver
 *   .../libpod-ID.scope, .../libpod-ID  Podman; libpod-conmon-ID.scope is its monitor, not the
 * container
 *   .../nerdctl-ID.scope, /NAMESPACE/ID nerdctl
 *   .../cri-containerd-ID.scope, .../crio-ID.scope, kubepods/.../podUID/ID  Kubernetes
 *   lxc.payload.NAME                    LXC
 * The outermost match is the container: what is below belongs to it (docker in docker, systemd
 * inside).
 */
#ifndef CGMEM_ENGINE_LOCATE_H
#define CGMEM_ENGINE_LOCATE_H

#include <stdbool.h>
#include <stddef.h>

struct cgm_located {
	char id[65];	    /* the container's id, or LXC's name cut to 64 */
	const char *engine; /* "docker", "podman", "containerd", "cri-o", "nerdctl", "lxc" */
	char pod[48];	    /* kubernetes pod uid, "" otherwise */
	size_t path_len;    /* the container's own group is this prefix of the path */
};

/* True when @path lies in a container's group. */
bool cgm_locate_path(const char *path, struct cgm_located *ret);
/* True when the last part of @path alone names a container's group (a walk's question). */
bool cgm_locate_is_container(const char *path, struct cgm_located *ret);

#endif
