# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Control groups of the tests, made by mkdir. To be sourced.
#
#   groups_find         finds the memory controller: group_version (1 or 2), group_root[], group_current (the file of the charged bytes)
#   group_make NAME     makes /cgmem-test.PID/NAME/box: group_path (in its hierarchy), group_dirs[] (directories, memory's first)
#   groups_remove       removes all of them, after killing what still runs in them

group_top=cgmem-test.$$
# shellcheck disable=SC2034  # for whoever sources this
group_version='' group_current='' group_path=''
group_root=() group_dirs=()

# shellcheck disable=SC2034
groups_find() {
  local type at options root
  while read -r _ at type options _; do
    if [[ $type = cgroup && ",$options," == *,memory,* ]]; then
      group_version=1
      group_root=("$at" "${group_root[@]}")
    elif [[ $type = cgroup && ",$options," == *,pids,* ]]; then
      group_root+=("$at")
    elif [[ $type = cgroup2 && ! $group_version ]] && read -r root <"$at/cgroup.controllers" && [[ " $root " == *\ memory\ * ]]; then
      group_version=2
      group_root=("$at")
    fi
  done </proc/mounts
  case $group_version in
    1) group_current=memory.usage_in_bytes ;;
    2) group_current=memory.current ;;
    *) echo "groups: this machine has no memory controller" >&2; return 1 ;;
  esac
}

group_make() {
  local root top
  group_path=/$group_top/$1/box group_dirs=()
  for root in "${group_root[@]}"; do
    top=$root/$group_top
    mkdir -p "$root$group_path"
    if [[ $group_version = 2 ]]; then
      echo '+memory +pids' >"$root/cgroup.subtree_control"
      echo '+memory +pids' >"$top/cgroup.subtree_control"
      echo '+memory +pids' >"$top/$1/cgroup.subtree_control"
    fi
    group_dirs+=("$root$group_path")
  done
}

groups_remove() {
  local root pid try
  for root in "${group_root[@]}"; do
    for ((try = 0; try < 50; try++)); do
      [[ -d $root/$group_top ]] || break
      while read -r pid; do
        kill -KILL "$pid" 2>/dev/null || true
      done < <(cat "$root/$group_top"/*/*/cgroup.procs 2>/dev/null)
      rmdir "$root/$group_top"/*/* "$root/$group_top"/* "$root/$group_top" 2>/dev/null && break
      # Deeper ones; slower.
      ((try < 3)) || find "$root/$group_top" -depth -type d -exec rmdir {} + 2>/dev/null || true
      sleep 0.1
    done
  done
}
