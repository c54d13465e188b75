# SPDX-License-Identifier: Apache-2.0
load common

commands="ps explain go procs run doctor help"

@test "version on stdout" {
	cgmem --version
	status_is 0
	[[ $output =~ ^cgmem\ [0-9]+\.[0-9]+\.[0-9]+$ ]] || fail version
	[ -z "$stderr" ]
}

@test "--help lists every command, and each has its own" {
	cgmem --help
	status_is 0
	for c in $commands; do
		out_has "  $c "
	done
	for c in $commands; do
		cgmem "$c" --help
		status_is 0
		out_has "Usage: cgmem $c"
		out_has "Global options:"
	done
}

@test "no line of help is wider than a terminal" {
	for c in "" $commands; do
		# shellcheck disable=SC2086
		cgmem $c --help
		[ "$(printf '%s\n' "$output" | wc -L)" -le 79 ] || fail "$c"
	done
}

@test "help COMMAND shows the command" {
	cgmem help explain
	status_is 0
	out_has explain
}

@test "nothing at all is a usage error, with the commands on stderr" {
	cgmem
	status_is 2
	[ -z "$output" ]
	err_has "Commands:"
}

@test "an unknown command is named" {
	cgmem explian
	status_is 2
	err_has "explian"
	err_has "did you mean explain?"
}

@test "an unknown option is named with a near one" {
	cgmem ps --colums NAME
	status_is 2
	err_has "--colums"
	err_has "--columns"
}

@test "an unknown short option" {
	cgmem ps -Z
	status_is 2
	err_has "-Z"
}

@test "a missing argument is told" {
	cgmem ps --sort
	status_is 2
	err_has "COLUMN"
}

@test "an unknown column is named with near ones" {
	cgmem --root "$FIXTURES/v2-nested" ps -o NAME,CAHCE
	status_is 2
	err_has "CAHCE"
	err_has "CACHE"
}

@test "an unknown sort column, filter, grouping, section, engine, time, size" {
	for words in "ps --sort NOPE" "ps --filter nope=1" "ps --group-by nope" "explain self --only nope" "ps --engine nope" \
		"explain self --for nope" "explain self --what-if nope" "ps --interval 0" "run --memory x -- true" \
		"explain self --go nope" "explain self --go-url nope" "explain self --go off --go-url http://[::1]/" \
		"go self --go off" "go self --go-url ftp://x/" "go self --go memory --go-url http://x/" "go self --lines x" \
		"go self -n 99999" "go self --profile-kind heap" "go self --profile-kind nope" "go self pid:1 --profile /dev/null" \
		"go self --json --profile /dev/null" "go self --profile="; do
		# shellcheck disable=SC2086
		cgmem $words
		status_is 2
		err_lines 2
		[ -z "$output" ] || fail "$words"
	done
}

@test "templates: an unknown placeholder lists those that exist, an unmeasured one says so" {
	cgmem --root "$FIXTURES/v2-docker" ps --format '{{.Nope}}'
	status_is 2
	err_has ".Nope"
	err_has ".MemUsage"
	cgmem --root "$FIXTURES/v2-docker" ps --format '{{.CPUPerc}}'
	status_is 2
	err_has "CPUPerc"
	err_has ".MemPerc"
}

@test "no target: exit 3 for an unknown one, 2 for none" {
	cgmem --root "$FIXTURES/v2-docker" explain nosuch
	status_is 3
	err_has nosuch
	cgmem explain
	status_is 2
	cgmem procs
	status_is 2
	cgmem go
	status_is 2
}

@test "some targets done, some failed: 64" {
	cgmem --root "$FIXTURES/v2-docker" explain anon nosuch --only verdict
	status_is 64
	out_has anon
	err_has nosuch
}

@test "a closed pipe ends it quietly, a full disk does not" {
	run bash -o pipefail -c '"$0" --root "$1" ps -a | true' "$CGMEM" "$FIXTURES/v2-docker"
	[[ $output != *cannot* ]] || fail noisy
	run bash -c '"$0" --root "$1" ps -a >/dev/full' "$CGMEM" "$FIXTURES/v2-docker"
	status_is 1
	out_has "No space left"
}

@test "no colour unless asked for, NO_COLOR obeyed, --color wins" {
	cgmem --root "$FIXTURES/v2-docker" explain anon
	out_lacks $'\e['
	NO_COLOR=1 cgmem --root "$FIXTURES/v2-docker" --color always explain anon
	out_has $'\e['
}

@test "completions are valid and name every command and long option" {
	bash -n "$COMPLETIONS/cgmem.bash"
	for c in $commands; do
		grep -q "$c" "$COMPLETIONS/cgmem.bash"
		while read -r option; do
			for file in cgmem.bash _cgmem; do
				grep -q -- "$option" "$COMPLETIONS/$file" || fail "$file lacks $option"
			done
			grep -q -- "-l ${option#--}\b" "$COMPLETIONS/cgmem.fish" || fail "fish lacks $option"
		done < <("$CGMEM" "$c" --help | grep -o -- '--[a-z-]*' | sort -u)
	done
}
