# SPDX-License-Identifier: Apache-2.0
# cgmem report: one page or drawing, whole or not at all. What it looks like is tests/report's.
load common

setup() {
	export TZ=UTC0 XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
	history=$BATS_TEST_TMPDIR/history.db
	to=$BATS_TEST_TMPDIR/page.html
}

# recorded [OPTION]... NAME=KIND...: makes $history.
recorded() {
	local options=()
	while [[ $1 == -* ]]; do
		options+=("$1" "$2")
		shift 2
	done
	"$TOOLS/make_history" "${options[@]}" "$history" "$@"
}

# On a machine without an engine and without groups: what is told was recorded.
report() { cgmem --root "$FIXTURES/v2-off" report --file "$history" "$@"; }
# With containers that live.
live() { cgmem --root "$FIXTURES/v2-docker" report "$@"; }

# base64 of SHA-256 of $1, as a policy has it
digest() {
	local hex
	hex=$(printf '%s' "$1" | sha256sum | cut -d ' ' -f 1)
	# shellcheck disable=SC2059 # the format is made of the digits
	printf "$(printf '%s' "$hex" | sed 's/../\\x&/g')" | base64
}

@test "a page on stdout, or in a file" {
	recorded web=linear
	report web
	status_is 0
	[[ $output == '<!DOCTYPE html>'*'</html>' ]] || fail "no page"
	out_has "<h1><bdi>web</bdi></h1>"
	out_has "Over time."
	err_lines 0
	report web --to "$to"
	status_is 0
	[ -z "$output" ] || fail "something on stdout"
	grep -q '<h1><bdi>web</bdi></h1>' "$to"
}

@test "never to a terminal" {
	recorded web=linear
	run script -qec "'$CGMEM' --root '$FIXTURES/v2-off' report --file '$history' web" /dev/null
	status_is 2
	out_has "name a file with --to FILE"
	out_lacks "<html"
	run script -qec "'$CGMEM' --root '$FIXTURES/v2-off' report --file '$history' web --to /dev/tty" /dev/null
	[ "$status" -ne 0 ]
	out_lacks "<html"
}

@test "wrong usage" {
	report
	status_is 2
	err_has "needs one TARGET"
	report a b
	status_is 2
	report --json a
	status_is 2
	err_has "trend --json"
	report --since tomorrow a
	status_is 2
	report --to '' a
	status_is 2
}

@test "an existing file is replaced, and keeps its mode" {
	recorded web=linear
	echo "what was there" >"$to"
	chmod 640 "$to"
	report web --to "$to"
	status_is 0
	grep -q '</html>' "$to"
	run grep -c "what was there" "$to"
	status_is 1
	[ "$(stat -c %a "$to")" = 640 ] || fail "mode"
	(umask 027 && "$CGMEM" --root "$FIXTURES/v2-off" report --file "$history" web --to "$to.new")
	[ "$(stat -c %a "$to.new")" = 640 ] || fail "mode of a new one"
}

@test "a link is followed, a pipe is written as it is" {
	recorded web=linear
	echo old >"$BATS_TEST_TMPDIR/real"
	ln -s real "$to"
	report web --to "$to"
	status_is 0
	[ -L "$to" ] || fail "the link was replaced"
	grep -q '</html>' "$BATS_TEST_TMPDIR/real"
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	timeout 20 cat "$BATS_TEST_TMPDIR/pipe" >"$BATS_TEST_TMPDIR/copy" 3>&- &
	reader=$!
	report web --to "$BATS_TEST_TMPDIR/pipe"
	status_is 0
	wait "$reader"
	[ -p "$BATS_TEST_TMPDIR/pipe" ] || fail "the pipe was replaced"
	grep -q '</html>' "$BATS_TEST_TMPDIR/copy"
}

@test "whole or not at all" {
	recorded web=go-leak
	mkdir "$BATS_TEST_TMPDIR/only"
	page=$BATS_TEST_TMPDIR/only/page.html
	echo old >"$page"
	report nosuch --to "$page"
	[ "$status" -ne 0 ] || fail "nosuch"
	# the file may not grow as large as the page is: the writing itself fails
	run --separate-stderr bash -c "trap '' XFSZ; ulimit -f 48; '$CGMEM' --root '$FIXTURES/v2-off' report --file '$history' web --to '$page'"
	status_is 1
	err_has "cannot write"
	[ "$(cat "$page")" = old ] || fail "the old one is gone"
	[ "$(ls -A "$BATS_TEST_TMPDIR/only")" = page.html ] || fail "something is left behind"
	report web --to "$BATS_TEST_TMPDIR/only"
	status_is 1
	err_has "Is a directory"
	report web --to "$BATS_TEST_TMPDIR/nowhere/page.html"
	status_is 1
	err_has "No such file"
	report web --to /dev/full
	status_is 1
	err_has "No space left"
	[ -c /dev/full ] || fail "the device was replaced"
}

@test "a target that is gone is told of from its last day" {
	recorded -t 1790000000 -l 200000 web=linear,image=shop/web:1.4.2
	report web
	status_is 0
	out_has "shop/web:1.4.2"
	out_has "2026-09-20 14:13 to "
	out_has "2026-09-21 14:13 UTC"
	out_lacks "h-findings"
	report web --since 2026-09-21
	status_is 0
	out_has "2026-09-21 00:0"
	report web --since 1h
	status_is 1
	err_has "nothing was recorded of web"
}

@test "what is not known, or not there" {
	recorded web=linear web2=linear
	report wet
	[ "$status" -ne 0 ]
	report web --to "$to" --since 2h
	status_is 0
	cgmem --root "$FIXTURES/v2-docker" report --file "$BATS_TEST_TMPDIR/none" anon
	status_is 1
	err_has "none"
	live nosuch
	status_is 3
	err_has "nosuch"
	echo "not a history" >"$history"
	report web
	status_is 1
	out_lacks "<html"
}

@test "a live one without a history: this moment alone, and a line that says so" {
	live anon
	status_is 0
	err_has "tells of this moment alone"
	err_lines 1
	out_has "Nothing was recorded of it"
	out_has "What it is made of now"
	recorded other=linear
	live --file "$history" anon
	status_is 0
	err_has "nothing was recorded of anon"
	err_lines 1
}

@test "the explanation is that of explain" {
	recorded anon=linear
	live --file "$history" anon
	status_is 0
	page=$output
	cgmem --root "$FIXTURES/v2-docker" explain --json anon
	while IFS= read -r figure; do
		[[ $page == *"<td class=\"num\">$figure</td>"* ]] || fail "lacks the figure $figure"
	done < <(json '.results[0].numbers[].text // empty')
	[ "$(json '.results[0].numbers | length')" -gt 10 ]
	while IFS= read -r id; do
		[[ $page == *"<h3>$id <span class=\"badge\">"* ]] || fail "lacks the finding $id"
	done < <(json '.results[0].findings[] | select(.kind == "cause" or .kind == "risk") | .id')
}

@test "one that has ended: in the past tense, with the limit that it had" {
	recorded killed=linear,limit=268435456
	live --file "$history" killed
	status_is 0
	out_has "<strong>Now.</strong> It is not running"
	out_has "<dd><bdi>exited, exit code 137</bdi>"
	out_has "<dt>Limit</dt><dd><bdi>256 MiB while it ran</bdi>"
	out_has "until it ended at"
	out_lacks "Limit reached in"
	out_lacks "the machine has"
}

@test "one that is gone, and one of which nobody knows" {
	recorded web=linear
	live --file "$history" web
	status_is 0
	out_has "<strong>Now.</strong> It is not there any more."
	cgmem -H unix:///nonexistent report --file "$history" web
	status_is 0
	out_has "What it is made of now is unknown, because no engine answers (the engine (-H), /nonexistent: No such file or directory)."
	report web
	status_is 0
	out_has "is unknown, because the kernel&#39;s memory controller is switched off"
}

@test "an id finds what was recorded under the name" {
	recorded anon=linear
	id=$(cd "$FIXTURES/v2-docker/docker" && jq -r '.[] | select(.Names[0] == "/anon") | .Id' containers.json)
	live --file "$history" "${id:0:8}"
	status_is 0
	out_has "<h1><bdi>anon</bdi></h1>"
	out_has "Over time."
	err_lines 0
}

@test "the policy has the hashes of the page's own style and script" {
	recorded web=go-leak
	report web
	style=${output#*<style>}
	script=${output##*<script>}
	style=$(digest "${style%%</style>*}")
	script=$(digest "${script%%</script>*}")
	[[ $output == *"style-src 'sha256-$style';"* ]] || fail "the style's is $style"
	[[ $output == *"script-src 'sha256-$script';"* ]] || fail "the script's is $script"
}

@test "a drawing alone" {
	recorded web=oom db=linear
	report web --svg
	status_is 0
	[[ $output == '<svg xmlns="http://www.w3.org/2000/svg"'*'</svg>' ]] || fail "no drawing"
	out_has "OOM kill of server"
	out_lacks "<script"
	report db --svg --to "$BATS_TEST_TMPDIR/db.svg"
	status_is 0
	grep -q '</svg>' "$BATS_TEST_TMPDIR/db.svg"
}

@test "times are those of the time zone" {
	recorded -t 1790000000 web=linear
	TZ=IST-5:30 report web
	out_has "2026-09-21 19:43 IST"
}

@test "a day of rounds at ten seconds, with Go, is small enough" {
	recorded -e 10 web=go-leak,limit=1073741824
	report web --to "$to"
	status_is 0
	[ "$(stat -c %s "$to")" -le 500000 ] || fail "$(stat -c %s "$to") bytes"
	grep -q 'id="goroutines-data"' "$to"
}

@test "a full disk under stdout is an error" {
	recorded web=linear
	"$CGMEM" --root "$FIXTURES/v2-off" report --file "$history" web >/dev/full 2>"$BATS_TEST_TMPDIR/err" && fail "no error"
	grep -q 'No space left' "$BATS_TEST_TMPDIR/err"
}
