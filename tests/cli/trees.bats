# SPDX-License-Identifier: Apache-2.0
# Every saved tree: each group is explained, and everything that is printed adds up.
load common

@test "ps adds up on every tree" {
	for f in $(fixtures); do
		cgmem --root "$FIXTURES/$f" --json ps -a
		case $f in
		*-off)
			status_is 1
			[ "$(json '.errors[0].message')" = "${stderr#cgmem: }" ] || fail "$f: errors"
			;;
		*) status_is 0 ;;
		esac
		[ "$(json .schema)" = 1 ] || fail "$f: schema"
		adds_up 0
	done
}

# The groups of a tree, as /proc/PID/cgroup would name them.
groups_of() {
	local mount
	for mount in sys/fs/cgroup/memory sys/fs/cgroup; do
		[ ! -f "$FIXTURES/$1/$mount/memory.stat" ] || break
	done
	(cd "$FIXTURES/$1/$mount" && find . -name memory.stat -printf '%h\n' | sed 's|^\./|/|;s|^\.$|/|')
}

@test "explain adds up on every group of every tree" {
	local n=0
	for f in $(fixtures); do
		case $f in *-off | *-inside) continue ;; esac
		while read -r group; do
			cgmem --root "$FIXTURES/$f" --json --engine none explain "$group"
			status_is 0
			adds_up 1
			[ "$(json '.results[0].findings | map(select(.kind == "cause")) | length')" -ge 1 ] || fail "$f $group: no cause"
			n=$((n + 1))
		done < <(groups_of "$f")
	done
	[ "$n" -ge 20 ] || fail "only $n groups"
}

@test "what docker stats said at the moment of saving is what ps says, to the letter" {
	for f in v1-docker v2-docker v2-systemd; do
		[ "$(sort "$FIXTURES/$f/docker/stats.txt" | grep -c '')" = 4 ] || fail "$f: stats.txt"
		cgmem --root "$FIXTURES/$f" ps --format '{{.Name}} {{.MemUsage}} {{.MemPerc}} {{.PIDs}}'
		status_is 0
		[ "$(printf '%s\n' "$output" | sort)" = "$(sort "$FIXTURES/$f/docker/stats.txt")" ] || fail "$f: $(cat "$FIXTURES/$f/docker/stats.txt")"
	done
}

@test "the charged bytes and the kernel's own lines, to the byte" {
	for f in v2-docker v2-systemd v2-nested v2-5.10 v2-6.12; do
		while read -r group; do
			[ "$group" != / ] || continue
			dir=$FIXTURES/$f/sys/fs/cgroup$group
			cgmem --root "$FIXTURES/$f" --json --engine none explain "$group"
			[ "$(json '.results[0].charged')" = "$(cat "$dir/memory.current")" ] || fail "$f $group: charged"
			[ "$(json '.results[0].breakdown[] | select(.id == "anon").bytes')" = "$(sed -n 's/^anon //p' "$dir/memory.stat")" ] ||
				fail "$f $group: anon"
			[ "$(json '.results[0].breakdown[] | select(.id == "tmpfs").bytes')" = "$(sed -n 's/^shmem //p' "$dir/memory.stat")" ] ||
				fail "$f $group: shmem"
		done < <(groups_of "$f")
	done
}

@test "an ancestor's lower limit is found and named" {
	cgmem --root "$FIXTURES/v2-nested" --json explain /outer/middle/inner
	[ "$(json '.results[0].cgroup.limit')" = 67108864 ]
	[ "$(json '.results[0].cgroup.effective_limit.bytes')" = 50331648 ]
	[ "$(json '.results[0].cgroup.effective_limit.from')" = /outer ]
	json '.results[0].findings[].id' | grep -qx parent-limit || fail "no parent-limit"
}

@test "kubernetes containers are found by their paths" {
	cgmem --root "$FIXTURES/v2-kubepods" --engine none ps -q
	status_is 0
	[ "$(printf '%s\n' "$output" | sort | tr '\n' ' ')" = "121212121212 cdcdcdcdcdcd efefefefefef " ] || fail ids
	err_has "cgroup paths"
}

@test "podman's containers, by its compatible API" {
	cgmem --root "$FIXTURES/v2-podman" --json explain cache
	status_is 0
	[ "$(json '.results[0].target.engine')" = podman ] || fail engine
	[ "$(json '.results[0].findings[0].id')" = cache-inactive ] || fail cause
	cgmem --root "$FIXTURES/v2-podman" ps --format '{{.Name}}'
	[ "$(printf '%s\n' "$output" | sort | tr '\n' ' ')" = "anon cache " ] || fail names
}

@test "a compose service names its container" {
	cgmem --root "$FIXTURES/v2-docker" --json explain shop/web
	status_is 0
	[ "$(json '.results[0].target.name')" = shop-web-1 ]
}

@test "by name, id, prefix, and path: the same container" {
	id=$(jq -r '.[] | select(.Names[0] == "/anon").Id' "$FIXTURES/v2-docker/docker/containers.json")
	for target in anon "$id" "${id:0:6}" "/docker/$id" "/sys/fs/cgroup/docker/$id"; do
		cgmem --root "$FIXTURES/v2-docker" --json explain "$target"
		status_is 0
		[ "$(json '.results[0].target.name')" = anon ] || fail "$target"
	done
}

@test "a killed container is explained from its end" {
	cgmem --root "$FIXTURES/v2-docker" explain killed
	status_is 0
	out_has "137"
	out_has "oom-killed"
	out_has "It is not running, so it has no memory now."
	out_has "16.0 MiB"
	cgmem --root "$FIXTURES/v2-docker" procs killed
	out_has "It is not running"
}

@test "no memory controller: says why, and how to get it" {
	for f in v1-off v2-off; do
		cgmem --root "$FIXTURES/$f" explain self
		[ "$status" -ne 0 ] || fail "$f"
		err_has "cgroup_disable=memory"
		cgmem --root "$FIXTURES/$f" doctor
		status_is 1
		out_has "cgroup_disable=memory"
	done
}

@test "inside a private cgroup namespace: self is the root that can be seen" {
	cgmem --root "$FIXTURES/v2-inside" --json explain self
	status_is 0
	adds_up 1
	[ "$(json '.results[0].cgroup.path')" = / ]
	[ "$(json '.results[0].cgroup.limit')" = 67108864 ]
}
