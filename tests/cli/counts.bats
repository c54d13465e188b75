# SPDX-License-Identifier: Apache-2.0
# What a command costs, counted in system calls, so that no noise of the machine is in it.
load common

teardown() { engine_end; }

setup() {
	command -v strace >/dev/null || skip "strace is not installed"
	export ASAN_OPTIONS=detect_leaks=0 # LeakSanitizer does not work under ptrace
	strace -o /dev/null true 2>/dev/null || skip "strace may not trace here"
}

# traced ARG...: the system calls of cgmem ARG..., one a line, in $calls; without those of the allocator, of which a sanitizer
# makes more.
traced() {
	calls=$BATS_TEST_TMPDIR/calls
	strace -f -e trace='!mmap,munmap,mremap,mprotect,madvise,brk' -o "$calls" "$CGMEM" "$@" >/dev/null 2>&1 || fail "cgmem $*: failed under strace"
}

count() { grep -c -e "$1" "$calls" || true; }

# at_most WHAT NUMBER LIMIT
at_most() { [ "$2" -le "$3" ] || fail "$1: $2 system calls, at most $3 are allowed"; }

# more_groups FROM TO: groups in the parent "docker" of $tree, with the files of a real one.
more_groups() {
	local i dir=${tree:?}/sys/fs/cgroup
	mkdir -p "$dir/docker"
	for ((i = $1; i < $2; i++)); do
		cp -r "$(find "$dir" -type d -name 'docker-*.scope' -o -type d -path '*/docker/*' | head -n 1)" \
			"$dir/docker/$(printf '%064x' "$i")"
	done
}

@test "ps asks little of each group, however many there are" {
	local few many
	copy v2-docker
	more_groups 0 20
	traced --root "$tree" --engine none ps
	few=$(wc -l <"$calls")
	more_groups 20 120
	traced --root "$tree" --engine none ps
	many=$(wc -l <"$calls")
	[ "$(count "$(printf '%064x' 119)")" -gt 0 ] || fail "the last group was not read"
	# four files in a saved tree: two steps down to each, then open, read, close
	at_most "a group" "$(((many - few) / 100))" 28
}

@test "the files of huge pages are read where there are huge pages" {
	copy v2-docker
	more_groups 0 1
	traced --root "$tree" --engine none ps
	[ "$(count '"hugetlb\.')" = 0 ] || fail "a file of huge pages was opened"
	sed -i 's/^Hugetlb: .*/Hugetlb:  2048 kB/' "$tree/proc/meminfo"
	traced --root "$tree" --engine none ps
	[ "$(count '"hugetlb\.2MB\.current')" -gt 0 ] || fail "the file of huge pages was not opened"
}

@test "a tree that is only passed by is not entered" {
	copy v2-docker
	more_groups 0 1
	mkdir "$tree/sys/fs/cgroup/docker/$(printf '%064x' 0)/inner"
	traced --root "$tree" --engine none ps
	[ "$(count '"inner"')" = 0 ] || fail "a group in a container was opened"
}

@test "without an engine neither libcurl nor libcgroup is loaded" {
	traced --root "$FIXTURES/v2-docker" --engine none ps
	[ "$(count 'libcurl\|libcgroup')" = 0 ] || fail "a library that is not needed was loaded"
}

@test "explain reads each thing once" {
	local group
	group=$(cd "$FIXTURES/v2-docker/sys/fs/cgroup" && find . -name memory.stat -path '*docker*' -printf '/%P\n' | head -n 1)
	traced --root "$FIXTURES/v2-docker" --engine none explain "${group%/memory.stat}"
	at_most "explain" "$(wc -l <"$calls")" 450 # 311; AddressSanitizer adds 84
	[ "$(count '"smaps_rollup"')" -le "$(find "$FIXTURES/v2-docker/proc" -name smaps_rollup | wc -l)" ] || fail "smaps_rollup"
	[ "$(count 'dev/kmsg')" = 0 ] || fail "the kernel's log was read, and there was no OOM kill"
}

@test "explain asks the engine for its container, not for a list of all" {
	local name
	engine serve -d "$FIXTURES/v2-docker/docker" -l "$BATS_TEST_TMPDIR/requests"
	name=$(jq -r '.[0].Names[0] | ltrimstr("/")' "$FIXTURES/v2-docker/docker/containers.json")
	cgmem -H "unix://$socket" --root / explain "$name"
	engine_end
	grep -q "/containers/$name/json" "$BATS_TEST_TMPDIR/requests" || fail "the container was not asked for"
	! grep -q '/containers/json' "$BATS_TEST_TMPDIR/requests" || fail "the list was asked for"
}
