# SPDX-License-Identifier: Apache-2.0
# cgmem go, and the Go parts of the other commands, on saved trees: there is no memory of processes in them.
load common

tree=$FIXTURES/v2-docker

@test "go on a saved tree: one line says why there is nothing" {
	cgmem --root "$tree" go anon
	status_is 1
	[ -z "$output" ]
	err_has "saved tree"
	err_lines 1
	cgmem --root "$tree" go nosuch
	status_is 3
	err_has nosuch
	cgmem --root "$tree" --json go anon
	status_is 1
	[ "$(json '.results | length')" = 0 ] || fail results
	[ "$(json '.errors[0].target')" = anon ] || fail errors
	[ "$(json '.errors[0].status')" = 1 ] || fail status
}

@test "no profile is written where there is none" {
	cgmem --root "$tree" go --profile "$BATS_TEST_TMPDIR/profile" anon
	status_is 1
	[ ! -e "$BATS_TEST_TMPDIR/profile" ] || fail "a file was made"
}

@test "explain --go: all of its words, and nothing of Go on a saved tree" {
	for from in auto endpoint memory off; do
		cgmem --root "$tree" explain --go "$from" --json anon
		status_is 0
		[ "$(json '.results[0].go | length')" = 0 ] || fail "$from: go"
		[ "$(json '[.results[0].processes[] | .go, .anon_kinds, .jvm] | unique | tostring')" = '[null]' ] || fail "$from: processes"
		adds_up 1
	done
	cgmem --root "$tree" explain --go-url http://127.0.0.1:1/ anon
	status_is 0
	out_lacks "BY PROCESS"
}

@test "ps: Go columns are there, and unknown on a saved tree" {
	cgmem --root "$tree" --json ps -o +GO_HEAP,GO_RETAINED,GO_SYS,GOROUTINES
	status_is 0
	[ "$(json '[.results[] | .go_heap, .go_retained, .go_sys, .goroutines] | unique | tostring')" = '[null]' ] || fail values
	cgmem --root "$tree" ps --raw --no-headings -o NAME,GOROUTINES -s -GO_HEAP
	status_is 0
	out_has "anon -"
	cgmem --root "$tree" ps -q -f 'goroutines>0'
	status_is 0
	[ -z "$output" ] || fail "what is unknown fits no condition"
	cgmem --root "$tree" ps --format '{{.GoHeap}} {{.GoRetained}} {{.GoSys}} {{.Goroutines}}'
	status_is 0
	cgmem ps --list-columns
	out_lacks "not measured"
}

@test "procs: no column of which nothing is known" {
	cgmem --root "$tree" procs anon
	status_is 0
	out_lacks "GO"
	cgmem --root "$tree" --json procs anon
	[ "$(json '.results[0] | has("go") and has("anon_kinds") and has("jvm")')" = true ] || fail keys
}

@test "doctor tells of the sandbox, of libelf, and that a saved tree has no memory" {
	cgmem --root "$tree" --json doctor
	status_is 0
	[ "$(json '[.results[].check] | map(select(. == "sandbox" or . == "go programs" or . == "process memory")) | length')" = 3 ] || fail checks
	[ "$(json '.results[] | select(.check == "process memory").status')" = less ] || fail memory
	cgmem --root "$tree" doctor
	[ "$(printf '%s\n' "$output" | grep -c '^ok.* sandbox')" = 1 ] || fail sandbox
}
