# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# For all command-line tests: $CGMEM, $TOOLS, $FIXTURES and $TOP come from the Makefile.
bats_require_minimum_version 1.5.0

# What the caller's terminal and engine are must not matter.
unset COLUMNS DOCKER_HOST DOCKER_CONTEXT NO_COLOR XDG_RUNTIME_DIR
export LC_ALL=C.UTF-8 DOCKER_CONFIG=/nonexistent TERM=xterm

# cgmem ARG...: sets $output (stdout), $stderr, $status.
cgmem() { run --separate-stderr "$CGMEM" "$@"; }

# Fails, and shows what was there.
fail() {
	printf '%s\n' "$*" "status ${status-}" "stdout: ${output-}" "stderr: ${stderr-}" >&2
	return 1
}

status_is() { [ "$status" -eq "$1" ] || fail "expected status $1"; }
# A sentence may be broken at any blank of it: where depends on how long the times in it are.
out_has() { [[ $output == *"$1"* || $(unbroken) == *"$1"* ]] || fail "stdout lacks: $1"; }
out_lacks() { [[ $output != *"$1"* && $(unbroken) != *"$1"* ]] || fail "stdout has: $1"; }

# $output with its lines joined by one blank.
unbroken() { printf '%s' "$output" | sed 's/^ *//' | tr '\n' ' '; }
err_has() { [[ $stderr == *"$1"* ]] || fail "stderr lacks: $1"; }
err_lines() { [ "$(printf '%s' "$stderr" | grep -c '')" -le "$1" ] || fail "more than $1 lines on stderr"; }

# The sums of all JSON in $output; $1: how many trees or rows there must be at least.
adds_up() {
	local said
	said=$(printf '%s' "$output" | jq -nr -f "$TOP/tests/tools/check_tree.jq") || fail "sums: $said"
	[ "${said%% *}" -ge "${1:-1}" ] || fail "only $said, expected $1"
}

# A value of the JSON in $output.
json() { printf '%s' "$output" | jq -r "$1"; }

# about VALUE WANTED: within a percent.
about() { jq -en --argjson v "$1" --argjson w "$2" '($v - $w) | fabs <= 0.01 * ($w | fabs)' >/dev/null || fail "$1 is not about $2"; }

# Every fixture's name.
fixtures() { (cd "$FIXTURES" && printf '%s\n' */ | tr -d /); }

# copy NAME: a copy of a fixture that a test may change, in $tree.
copy() {
	tree=$BATS_TEST_TMPDIR/$1
	cp -r "$FIXTURES/$1" "$tree"
}

# engine MODE [OPTION...]: a fake engine in $socket, ended by engine_end (call it in teardown).
engine() {
	socket=$BATS_TEST_TMPDIR/engine.sock
	"$TOOLS/fake_engine" -m "$@" "$socket" </dev/null >"$BATS_TEST_TMPDIR/engine.log" 2>&1 3>&- &
	engine_pid=$!
	local i
	for ((i = 0; i < 200; i++)); do
		[ ! -S "$socket" ] || return 0
		sleep 0.05
	done
	fail "the fake engine did not start"
}

engine_end() {
	[ -z "${engine_pid-}" ] || kill "$engine_pid" 2>/dev/null || true
	engine_pid=
}
