#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# history.sh: cgmem-history(5) has the tables, views and series of a history file, and its examples work on one. TAP
# lines; $TOOLS has make_history, sqlite3 is needed.
set -u
cd "$(dirname "$0")/../.." || exit 1
page=man/cgmem-history.5
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
# shellcheck source=tests/man/verdict.sh
. tests/man/verdict.sh

db() { sqlite3 "file:$tmp/h.db?mode=ro" "$@"; }

# The words behind ".It Li" in a section of the page.
listed() {
	awk -v want=".Sh $1" '/^\.Sh / { on = ($0 == want) } on && sub(/^\.It Li /, "")' "$page" | sed 's/ , /\n/g' | sort
}

# same WHAT SECTION: what is on stdin is what that section lists.
same() {
	sort >"$tmp/file"
	listed "$2" >"$tmp/page"
	{
		[ -s "$tmp/file" ] || echo "the file has none"
		comm -23 "$tmp/file" "$tmp/page" | sed 's/^/missing in the page: /'
		comm -13 "$tmp/file" "$tmp/page" | sed 's/^/only in the page: /'
	} | verdict "cgmem-history(5) has the $1"
}

# Each block of the page that begins with SELECT, as one line.
queries() {
	awk '/^\.Ed/ && on { print q; on = 0 } on { q = q " " $0 } /^SELECT / { q = $0; on = 1 }' "$page"
}

"$TOOLS/make_history" -l 7200 "$tmp/h.db" web=oom db=steady >"$tmp/log" 2>&1 || verdict "a history file" <"$tmp/log"
db "SELECT name FROM sqlite_schema WHERE type = 'table'" | same tables TABLES
db "SELECT name FROM sqlite_schema WHERE type = 'view'" | same views VIEWS
db "SELECT name FROM pragma_table_info('samples_bytes') WHERE name NOT IN ('time', 'target') UNION
    SELECT name FROM pragma_table_info('go_samples_bytes') WHERE name NOT IN ('time', 'target')" | same series SERIES
sed -n '/cgm_event_names.*=/,/;/p' src/sample/history.c | grep -o '"[a-z-]*"' | tr -d '"' | same events EVENTS
queries >"$tmp/queries"
[ "$(wc -l <"$tmp/queries")" -ge 3 ] || echo "there are no three queries" | verdict "cgmem-history(5): queries"
n=0
while IFS= read -r query; do
	n=$((n + 1))
	db "$query" >"$tmp/rows" 2>"$tmp/err"
	{
		cat "$tmp/err"
		[ -s "$tmp/rows" ] || echo "no rows: $query"
	} | verdict "cgmem-history(5): query $n"
done <"$tmp/queries"
[ ! -e "$tmp/failed" ]
