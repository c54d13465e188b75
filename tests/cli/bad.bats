# SPDX-License-Identifier: Apache-2.0
# Bad input: one clear line, no crash, no hang, nothing lost.
load common

teardown() { engine_end; }


@test "an engine that answers is asked, and the list is its own" {
	engine serve -d "$FIXTURES/v2-docker/docker"
	cgmem -H "unix://$socket" ps --format '{{.Name}}'
	status_is 0
	[ "$(printf '%s\n' "$output" | sort | head -n 1)" = anon ] || fail names
}

@test "engine trouble falls back to cgroup paths within seconds, and says so" {
	for mode in hang garbage nojson endless endless-headers big slow deep cut broken close; do
		engine "$mode" -d "$FIXTURES/v2-docker/docker"
		SECONDS=0
		cgmem -H "unix://$socket" ps
		[ $SECONDS -le 20 ] || fail "$mode: $SECONDS s"
		status_is 0
		err_has "cgroup paths"
		engine_end
	done
}

@test "a name that only the engine knows, and no engine: 4" {
	cgmem -H unix:///nonexistent/engine.sock explain web
	status_is 4
	err_has "/nonexistent/engine.sock"
	err_lines 2
}

@test "a prefix that fits two containers lists them" {
	copy v2-docker
	sed -i -E 's/"Id":"[0-9a-f]{6}/"Id":"abcabc/g' "$tree/docker/containers.json"
	cgmem --root "$tree" explain abcabc
	status_is 3
	err_has "anon"
	err_has "cache"
}

@test "hostile names are shown escaped" {
	copy v2-docker
	sed -i 's/"demo:1"/"evil\\u001b[31m\\u0000x"/g' "$tree/docker/containers.json"
	mkdir -p "$tree/sys/fs/cgroup/bad"$'\e[2J\nname\xff'
	cp "$tree"/sys/fs/cgroup/docker/*/memory.* "$tree/sys/fs/cgroup/bad"$'\e[2J\nname\xff/' 2>/dev/null || true
	cgmem --root "$tree" ps -o NAME,IMAGE
	status_is 0
	out_lacks $'\e'
	cgmem --root "$tree" ps -g slice -o NAME,PATH
	out_lacks $'\e'
	cgmem --root "$tree" --engine none explain "/bad"$'\e[2J\nname\xff'
	status_is 0
	out_lacks $'\e'
	out_has '\x1b[2J\x0aname\xff'
	cgmem --root "$tree" --json --engine none explain "/bad"$'\e[2J\nname\xff'
	status_is 0
	adds_up 1
}

@test "a container that has gone is a row that says so" {
	copy v2-docker
	id=$(jq -r '.[] | select(.Names[0] == "/anon").Id' "$tree/docker/containers.json")
	rm -r "$tree/sys/fs/cgroup/docker/$id/"memory.*
	cgmem --root "$tree" ps -o NAME,DOCKER,WHY
	status_is 0
	out_has cache
	[[ $output =~ anon ]]
}

@test "a stat file that lies: overflow, negative, cut, binary, empty" {
	copy v2-docker
	id=$(jq -r '.[] | select(.Names[0] == "/cache").Id' "$tree/docker/containers.json")
	stat=$tree/sys/fs/cgroup/docker/$id/memory.stat
	for text in 'anon 99999999999999999999999\nfile 5\n' 'anon -5\nfile 7\n' 'anon 5' '\0\1\2\3\n\n\n' '' \
		'anon 18446744073709551615\nfile 18446744073709551615\nshmem 18446744073709551615\nkernel 18446744073709551615\n'; do
		printf "$text" >"$stat"
		cgmem --root "$tree" explain cache
		[ "$status" -le 1 ] || fail "$text"
		cgmem --root "$tree" --json ps
		status_is 0
		printf '%s' "$output" | jq . >/dev/null || fail "not JSON: $text"
	done
}

@test "limits of 0, 2^63-4096 and max" {
	copy v2-docker
	id=$(jq -r '.[] | select(.Names[0] == "/cache").Id' "$tree/docker/containers.json")
	for limit in 0 9223372036854771712 max; do
		echo $limit >"$tree/sys/fs/cgroup/docker/$id/memory.max"
		cgmem --root "$tree" explain cache
		status_is 0
		cgmem --root "$tree" ps --format '{{.MemPerc}}'
		status_is 0
		out_lacks inf
		out_lacks nan
	done
}

@test "a tree with links that lead out of it is not followed" {
	copy v2-docker
	id=$(jq -r '.[] | select(.Names[0] == "/cache").Id' "$tree/docker/containers.json")
	echo "anon 424242424242" >"$BATS_TEST_TMPDIR/outside"
	rm "$tree/sys/fs/cgroup/docker/$id/memory.stat"
	ln -s "$BATS_TEST_TMPDIR/outside" "$tree/sys/fs/cgroup/docker/$id/memory.stat"
	cgmem --root "$tree" --bytes ps -o NAME,ANON
	out_lacks 424242424242
	cgmem --root "$tree" --json explain cache
	out_lacks 424242424242
	rm -r "$tree/proc/self"
	ln -s /proc/self "$tree/proc/self"
	cgmem --root "$tree" ps
	[ "$status" -le 1 ] || fail status
	cgmem --root /nonexistent ps
	status_is 1
	err_has /nonexistent
}

@test "an ordinary user is told what cannot be read, and gets the rest" {
	[ "$(id -u)" = 0 ] || skip "needs root, to become an ordinary user"
	copy v2-docker
	chmod -R a+rX "$BATS_TEST_TMPDIR" "$tree"
	dir=$BATS_TEST_TMPDIR
	while [ "$dir" != / ]; do
		chmod a+x "$dir"
		dir=$(dirname "$dir")
	done
	id=$(jq -r '.[] | select(.Names[0] == "/cache").Id' "$tree/docker/containers.json")
	chmod 000 "$tree"/proc/*/smaps_rollup "$tree/sys/fs/cgroup/docker/$id/memory.peak"
	cp "$CGMEM" "$BATS_TEST_TMPDIR/cgmem"
	run --separate-stderr setpriv --reuid 65534 --regid 65534 --clear-groups "$BATS_TEST_TMPDIR/cgmem" --root "$tree" explain cache
	status_is 0
	out_has "page cache"
	out_has "permission denied"
	out_has "root"
	out_has "memory.peak"
}
