#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check.sh: holds the man pages against the program. TAP lines on stdout; fails when one of them is "not ok".
#
#   tests/man/check.sh          from the top of the tree; $CGMEM: the program (build/default/cgmem),
#                               $FIXTURES: the saved trees (fixtures), $CC
set -u
cd "$(dirname "$0")/../.." || exit 1
CGMEM=${CGMEM:-$PWD/build/default/cgmem}
FIXTURES=${FIXTURES:-$PWD/fixtures}
here=tests/man
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
# shellcheck source=tests/man/verdict.sh
. "$here/verdict.sh"

# same WHAT FILE-OF-THE-PROGRAM FILE-OF-THE-PAGE: the same words stand in both, and there are some.
same() {
	sort -u "$2" >"$tmp/left"
	sort -u "$3" >"$tmp/right"
	{
		[ -s "$tmp/left" ] || echo "nothing was found in the program"
		comm -23 "$tmp/left" "$tmp/right" | sed 's/^/missing in the page: /'
		comm -13 "$tmp/left" "$tmp/right" | sed 's/^/only in the page: /'
	} | verdict "$1"
}

# The part of a page between ".Sh NAME" and the next one.
section() {
	awk -v want=".Sh $2" '/^\.Sh / { on = ($0 == want) } on' "$1"
}

# "letter name arg|flag" of each option in --help's text, under the heading given.
help_options() {
	awk -v want="$2:" '/^[A-Z].*:$/ { on = ($0 == want) } on && /^ +(-.,  *)?--/' "$1" |
		sed -En 's/^ +(-(.), )? *--([a-z-]+)( [^ a-z][^ ]*)?( .*)?$/\2 \3 \4/p' |
		awk '{ print /^ / ? "-" : $1, /^ / ? $1 : $2, $NF ~ /^[a-z-]*$/ ? "flag" : "arg" }'
}

# The same of a page's OPTIONS section.
page_options() {
	section "$1" OPTIONS | sed -En 's/^\.It Fl (([A-Za-z0-9]) , )?-([a-z-]+)(.*)$/\2 \3\4/p' |
		awk '{ print /^ / ? "-" : $1, /^ / ? $1 : $2, / (Ar|Cm) / ? "arg" : "flag" }'
}

check_commands() {
	"$CGMEM" --help >"$tmp/help" || echo "--help failed" | verdict "cgmem --help"
	awk '/^Commands:$/ { on = 1; next } /^[^ ]|^$/ { on = 0 } on { print $1 }' "$tmp/help" >"$tmp/commands"
	section man/cgmem.1 DESCRIPTION | sed '/^\.Ss/,$d' | sed -n 's/^\.It Ic //p' >"$tmp/page"
	same "cgmem(1) names the commands" "$tmp/commands" "$tmp/page"
	for page in man/cgmem-*.1; do
		page=${page#man/cgmem-}
		echo "${page%.1}"
	done >"$tmp/page"
	same "each command has a page" "$tmp/commands" "$tmp/page"
}

check_options() {
	help_options "$tmp/help" "Global options" >"$tmp/program"
	page_options man/cgmem.1 >"$tmp/page"
	same "cgmem(1) has the global options" "$tmp/program" "$tmp/page"
	while read -r command; do
		"$CGMEM" "$command" --help >"$tmp/command" 2>&1
		"$CGMEM" help "$command" 2>&1 | cmp -s - "$tmp/command" ||
			echo "differs from $command --help" | verdict "cgmem help $command"
		help_options "$tmp/command" Options | sort -u >"$tmp/program"
		page_options "man/cgmem-$command.1" | sort -u >"$tmp/page"
		comm -3 "$tmp/program" "$tmp/page" | sed 's/^/differs: /' |
			verdict "cgmem-$command(1) has the options of cgmem $command"
	done <"$tmp/commands"
}

check_columns() {
	"$CGMEM" ps --list-columns | awk '{ print $1 }' >"$tmp/columns"
	sed -n '/^\.Ss Columns$/,/^\.S[hs] [^C]/s/^\.It Li //p' man/cgmem-ps.1 | sed 's/ , /\n/g' >"$tmp/page"
	same "cgmem-ps(1) has the columns" "$tmp/columns" "$tmp/page"
}

# The ids stand in the tables of src/model, each with its kind.
check_findings() {
	sh "$here/finding-ids.sh" >"$tmp/program"
	sed -n '/^\.Sh CAUSES$/,/^\.Sh SEE ALSO$/s/^\.Ss //p' man/cgmem-findings.7 >"$tmp/page"
	same "cgmem-findings(7) has the findings" "$tmp/program" "$tmp/page"
	sed -n '/^\.Sh WHICH/,/^\.Sh BEFORE/s/^\.Sx \([^ ]*\).*/\1/p' man/cgmem-findings.7 | sort -u >"$tmp/linked"
	sed -n 's/^\.Sx \([^ ]*\).*/\1/p' man/cgmem-findings.7 | sort -u | comm -23 - "$tmp/right" |
		sed 's/^/leads nowhere: /' | verdict "cgmem-findings(7): references"
	comm -23 "$tmp/right" "$tmp/linked" | sed 's/^/no symptom leads to: /' |
		verdict "cgmem-findings(7): the table of symptoms"
}

check_exit_status() {
	sed -n 's/^\tCGM_EXIT_[A-Z_]* = \([0-9]*\),$/\1/p' src/cmd/command.h >"$tmp/program"
	section man/cgmem.1 "EXIT STATUS" | sed -n 's/^\.It //p' >"$tmp/page"
	same "cgmem(1) has the exit statuses" "$tmp/program" "$tmp/page"
}

check_library() {
	grep -oE 'cgmem_[a-z_]+\(' include/cgmem/cgmem.h | tr -d '(' >"$tmp/program"
	sed -n 's/^\.Fn \(cgmem_[a-z_]*\) .*/\1/p' man/libcgmem.3 >"$tmp/page"
	same "libcgmem(3) has the functions" "$tmp/program" "$tmp/page"
	section man/libcgmem.3 EXAMPLES | sed '1,/^\.Bd/d; /^\.Ed/,$d; s/\\e/\\/g' >"$tmp/example.c"
	${CC:-cc} -std=c17 -Wall -Wextra -Werror -Iinclude -fsyntax-only "$tmp/example.c" 2>&1 |
		verdict "libcgmem(3): the example compiles"
}

# The commands to confirm a finding by hand: the shell, awk and grep understand them. P and G are this shell's and an
# empty folder, so that they find nothing; neither the engine nor cgmem is asked, and nobody waits.
check_by_hand() {
	awk '/^\.Sh / { on = /CAUSES|GROWTH|RISKS|NOTICES/ } /^\.Ed/ { block = 0 }
		on && block { sub(/^\\&/, ""); gsub(/\\e/, "\\"); print }
		/^\.Bd -literal/ { block = 1 }' man/cgmem-findings.7 | grep -vE '^(docker|cgmem) ' >"$tmp/by-hand"
	[ "$(wc -l <"$tmp/by-hand")" -gt 60 ] || echo "few commands were found" >"$tmp/complaints"
	mkdir -p "$tmp/group"
	sed -i '1i sleep() { :; }' "$tmp/by-hand"
	P=$$ G=$tmp/group PIDS=$$ timeout 60 sh "$tmp/by-hand" 2>&1 >/dev/null |
		grep -iE 'syntax|unterminated|unmatched|invalid|unknown|unrecogni|usage:|expression' >>"$tmp/complaints"
	verdict "cgmem-findings(7): commands by hand" <"$tmp/complaints"
}

check_commands
check_options
check_columns
check_findings
check_exit_status
check_library
check_by_hand
CGMEM=$CGMEM FIXTURES=$FIXTURES sh "$here/examples.sh" "$tmp"
[ ! -e "$tmp/failed" ]
