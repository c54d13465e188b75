#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# examples.sh TMPDIR: the commands in the man pages and in README.md are understood by the program, do what they say on
# the saved trees, and cgmem-json(5) has the keys that are written there. Called by check.sh.
set -u
tmp=$1
# shellcheck source=tests/man/verdict.sh
. "$(dirname "$0")/verdict.sh"
name='' tree='' path=''

# Each command of a page as a user types it, one a line; what is indented goes on with the line before.
commands_in() {
	awk '
	function flush() { if (held != "") print held; held = "" }
	/^\.Bd -literal/ || /^```/ && !block { block = 1; next }
	/^\.Ed/ || /^```/ { flush(); block = 0; next }
	block && /^[ \t]/ { if (held != "") { sub(/^[ \t]+/, " "); held = held $0 } next }
	block { flush() }
	block && /^[$#] cgmem /	{ held = substr($0, 3); next }
	block && /^cgmem / { held = $0; next }
	/^\.Dl [$#] cgmem / { print substr($0, 7); next }
	/^\.Li "cgmem [^"]*"/ { split($0, part, "\""); print part[2] }
	' "$1" | sed -e 's/\\e/\\/g' -e 's/\\(dq/"/g' -e 's/ \\\( \|$\)/ /g' -e 's/  *# .*//'
}

# Words that stand for something become what the saved tree has.
fill_in() {
	sed -E -e 's/ SIZE/ 512M/; s/--for ([0-9]+[a-z]*|DURATION)/--for 100ms/' \
		-e "s#/system.slice/ssh.service#$path#; s/pid:4711/$name/" \
		-e "s/ (web|db|api|NAME)(@[^ ]*)?( |$)/ $name\2\3/" -e "s/ (web|db|api|NAME)(@[^ ]*)?( |$)/ $name\2\3/"
}

# The options alone: all of them are looked at before --help is answered.
check_options() {
	command=$(printf '%s\n' "$1" | fill_in | sed 's/ | .*//; s/ |$//')
	case $command in
	*" -- "*) command="${command%% -- *} --help -- ${command#* -- }" ;;
	*) command="$command --help" ;;
	esac
	eval "set -- $command"
	shift
	"$CGMEM" "$@" >/dev/null 2>"$tmp/err" || { echo "$command"; cat "$tmp/err"; }
}

# `cgmem go` reads memory, of which a saved tree has none: there it must say so. tests/go/run has it on programs that run.
check_go() {
	eval "set -- $(printf '%s\n' "$1" | fill_in | sed 's/ | .*//; s/ |$//')"
	shift
	"$CGMEM" --root "$tree" "$@" >/dev/null 2>"$tmp/err" </dev/null
	[ $? = 1 ] && grep -q 'is not in a saved tree' "$tmp/err" && return 0
	echo "cgmem $*: exit status 1 and a reason expected"
	cat "$tmp/err"
}

# All of it, on the saved tree.
check_whole() {
	case $1 in
	*" run "* | *" top "* | *" record "* | *" -w "* | *" --watch "* | *"--root "*) return 0 ;;
	esac
	[ -n "$tree" ] || return 0
	case $1 in
	*"cgmem go "*)
		check_go "$1"
		return 0
		;;
	esac
	printf '%s\n' "$1" | fill_in >"$tmp/command"
	(
		# shellcheck disable=SC2317 # called by what is evaluated
		cgmem() {
			case "$*" in
			trend* | diff* | *--at* | *--since*) set -- "$@" --file "$tmp/history.db" ;;
			esac
			"$CGMEM" --root "$tree" "$@"
		}
		cd "$tmp" || exit 1 # what they write goes away
		eval "$(cat "$tmp/command")"
	) >/dev/null 2>"$tmp/err" </dev/null && return 0
	cat "$tmp/command" "$tmp/err"
}

# What of a page was not run to its end is said.
go_is_not_run() {
	n=$(grep -c 'cgmem go ' "$tmp/examples") || return 0
	echo ", $n of them (cgmem go) as far as that goes without the memory of a process"
}

check_page() {
	commands_in "$1" >"$tmp/examples"
	[ -s "$tmp/examples" ] || return 0
	while IFS= read -r example; do
		check_options "$example"
		check_whole "$example"
	done <"$tmp/examples" | verdict "${1#man/}: $(wc -l <"$tmp/examples") commands work$(go_is_not_run)"
}

# on TREE COMMAND...: what the program says there, and nothing else.
on() {
	root=$1
	shift
	"$CGMEM" --root "$root" "$@" 2>/dev/null
}

# The first tree with a container of which processes were saved too, and that container.
choose_tree() {
	for tree in "$FIXTURES"/*; do
		on "$tree" ps --raw --no-headings --no-trunc -o NAME,PATH >"$tmp/names"
		while read -r name path; do
			[ "$path" != - ] && on "$tree" procs --json "$name" | grep -q '"pid"' && return
		done <"$tmp/names"
	done
	name='' tree='' path=''
	echo "ok man: examples on a saved tree # SKIP there is none with a container and its processes"
}

# Paths of all values, as the page writes them: findings[].evidence[].name; what is a list has a line with [] too.
key_paths() {
	jq -r "$1"' | def name: map(if type == "number" then "[]" else "." + . end) | join("")[1:];
		(paths | name), (paths(type == "array") | name + "[]")' |
		sed -e 's/^\[\]\.//' -e 's/^\(target\.labels\|growth\.rates\)\..*/\1/' | sort -u
}

# same_keys WHAT SECTION: the keys on stdin are those of that section. What only holds others need not be told of.
same_keys() {
	cat >"$tmp/program"
	awk -v want=".Sh $2" '/^\.Sh / { on = ($0 == want) } on && sub(/^\.It Li /, "")' man/cgmem-json.5 |
		sort -u >"$tmp/page"
	{
		[ -s "$tmp/program" ] || echo "nothing was written"
		awk 'NR == FNR { page[$0]; next }
			{ for (p in page) if (p == $0 || index(p, $0 ".") == 1 || index(p, $0 "[]") == 1) next
			  print "missing in the page: " $0 }' "$tmp/page" "$tmp/program"
		comm -13 "$tmp/program" "$tmp/page" | sed 's/^/only in the page: /'
	} | verdict "cgmem-json(5) has the keys of $1"
}

check_json() {
	if [ -z "$tree" ] || ! command -v jq >/dev/null || ! command -v mandoc >/dev/null; then
		echo "ok man: cgmem-json(5) has the keys # SKIP no jq, no mandoc, or no saved tree"
		return
	fi
	"$CGMEM" ps --list-columns | awk '{ print tolower($1) }' | sort >"$tmp/columns"
	on "$tree" ps --json | jq -r '.results[0] | keys[]' | sort | comm -3 - "$tmp/columns" |
		sed 's/^/no column and key alike: /' | verdict "keys of ps are the columns"
	for t in "$FIXTURES"/*; do
		n=$(on "$t" ps --raw --no-headings -o NAME | head -n 1)
		on "$t" explain --json --for 100ms --what-if 1G "${n:-/}" no-such-target
		# a kernel that lacks some of it: what is unreadable has keys of its own
		[ ! -d "$t/sys/fs/cgroup/app" ] || on "$t" explain --json /app/cache
	done >"$tmp/explain.json"
	key_paths '{schema, time, results: [], errors}' <"$tmp/explain.json" | same_keys "the document" DOCUMENT
	key_paths '.results[] | .processes = []' <"$tmp/explain.json" | same_keys explain EXPLAIN
	mandoc -T ascii man/cgmem-numbers.7 | col -b | tr -s ' \n' '  ' >"$tmp/numbers"
	jq -r '.results[].numbers[].tool, (.results[].numbers[] | select(.versions | test("[0-9]")) | .versions)' \
		<"$tmp/explain.json" | sort -u | while IFS= read -r word; do
		grep -qF -e "$word" "$tmp/numbers" || echo "not there: $word"
	done | verdict "cgmem-numbers(7) has each tool and version"
	on "$tree" procs --json "$name" | key_paths '.results[]' | same_keys procs PROCS
	# GO: tests/unit/test_go_json.c
	on "$tree" trend --file "$tmp/history.db" --json | key_paths '.results[]' | same_keys trend TREND
	on "$tree" diff --file "$tmp/history.db" --json "$name@1h" "$name@now" | key_paths '.results[]' | same_keys diff DIFF
	on "$tree" doctor --json | key_paths '.results[]' | same_keys doctor DOCTOR
}

# A day of it, as recorded.
record_it() {
	[ -n "$tree" ] || return 0
	"$TOOLS/make_history" "$tmp/history.db" "$name=steady" gone=ended,project=p,service=s && return
	echo "make_history: exit status $?" | verdict "a history for the examples"
}

choose_tree
record_it
for page in man/*.[1-8] README.md; do
	check_page "$page"
done
check_json
[ ! -e "$tmp/failed" ]
