# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A real docker engine of the tests' own: own folders, own socket, nothing of the machine's touched. To be sourced.
#
#   dockerd_start [OPTION ...]  starts it and waits until it answers; exports DOCKER_HOST; dockerd_dir, dockerd_pid are set
#   dockerd_image PROGRAM ...   makes the image "lab" of busybox and these static programs (in /)
#   dockerd_run NAME OPTIONS -- COMMAND ...   starts a container of that image without a network, detached
#   dockerd_ready NAME          waits until its log says "ready"
#   dockerd_stop                ends it with all its containers, and removes its folders; call it in a trap
#
# The folders are below ${CGMEM_LAB_DIR:-/var/tmp}: a file system that overlayfs can lie on.

dockerd_dir='' dockerd_pid=''

dockerd_start() {
  local try
  dockerd_dir=$(mktemp -d "${CGMEM_LAB_DIR:-/var/tmp}/cgmem-docker.XXXXXX") || return 1
  chmod 755 "$dockerd_dir"
  # A file of its own: what /etc/docker/daemon.json says is not for this engine.
  echo '{}' >"$dockerd_dir/daemon.json"
  mkdir -p "$dockerd_dir/config"
  export DOCKER_HOST=unix://$dockerd_dir/sock DOCKER_CONFIG=$dockerd_dir/config
  unset DOCKER_CONTEXT DOCKER_TLS_VERIFY DOCKER_CERT_PATH DOCKER_API_VERSION
  PATH=$PATH:/usr/sbin:/sbin dockerd --config-file "$dockerd_dir/daemon.json" --data-root "$dockerd_dir/data" \
    --exec-root "$dockerd_dir/exec" --pidfile "$dockerd_dir/pid" -H "$DOCKER_HOST" --bridge=none --iptables=false "$@" \
    >"$dockerd_dir/log" 2>&1 </dev/null &
  dockerd_pid=$!
  for ((try = 0; try < 600; try++)); do
    docker version >/dev/null 2>&1 && return 0
    kill -0 "$dockerd_pid" 2>/dev/null || break
    sleep 0.2
  done
  echo "dockerd did not start:" >&2
  tail -n 5 "$dockerd_dir/log" >&2
  return 1
}

dockerd_image() {
  local tree=$dockerd_dir/image
  mkdir -p "$tree/bin" "$tree/tmp" "$tree/etc"
  cp "$(command -v busybox)" "$tree/bin/busybox"
  ln -sf busybox "$tree/bin/sh"
  echo 'root:x:0:0:root:/:/bin/sh' >"$tree/etc/passwd"
  cp "$@" "$tree/"
  tar -C "$tree" -c . | docker import - lab:1 >/dev/null
  rm -rf "$tree"
}

dockerd_run() {
  local name=$1 options=()
  shift
  while [[ $1 != -- ]]; do options+=("$1"); shift; done
  shift
  docker run -d --name "$name" --net none "${options[@]}" lab:1 "$@" >/dev/null
}

dockerd_ready() {
  local try
  for ((try = 0; try < 300; try++)); do
    docker logs "$1" 2>&1 | grep -q '^ready' && return 0
    sleep 0.2
  done
  echo "$1 is not ready: $(docker logs "$1" 2>&1 | tail -n 1)" >&2
  return 1
}

dockerd_stop() {
  local ids at
  [[ $dockerd_dir ]] || return 0
  if [[ $dockerd_pid ]] && kill -CONT "$dockerd_pid" 2>/dev/null; then
    ids=$(timeout 20 docker ps -aq 2>/dev/null)
    # shellcheck disable=SC2086  # ids are words
    [[ ! $ids ]] || timeout 60 docker rm -f $ids >/dev/null 2>&1
    kill -TERM "$dockerd_pid" 2>/dev/null
    wait "$dockerd_pid" 2>/dev/null
  fi
  # What a dockerd that was killed leaves: mounts below its own folders only.
  while read -r _ at _; do
    [[ $at != "$dockerd_dir"/* ]] || umount -l "$at" 2>/dev/null
  done < <(tac /proc/mounts)
  rm -rf "$dockerd_dir"
  dockerd_dir='' dockerd_pid=''
}
