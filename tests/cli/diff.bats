# SPDX-License-Identifier: Apache-2.0
# cgmem diff: recorded moments and saved trees.
load common

MIB=1048576

setup_file() {
	export HISTORY=$BATS_FILE_TMPDIR/history.db
	END=$(($(date +%s) / 300 * 300)) # a moment of which everything is stored
	export END
	"$TOOLS/make_history" -t "$END" "$HISTORY" web=linear api=go-leak shop-web-1=steady,project=shop,service=web \
		shop-web-2=steady,project=shop,service=web /system.slice/getty@tty1.service=linear gone=ended
}

diff_() { cgmem diff --file "$HISTORY" "$@"; }

# of ID KEY: of the JSON in $output.
of() { json ".results[0].components[] | select(.id == \"$1\").$2"; }

@test "one container at two moments, to the byte" {
	diff_ --json "web@@$((END - 12 * 3600))" "web@@$END"
	status_is 0
	[ "$(of docker a)" = $((254 * MIB + 65536)) ] || fail a
	[ "$(of docker b)" = $((374 * MIB + 65536)) ] || fail b
	[ "$(of docker difference)" = $((120 * MIB)) ]
	[ "$(of anon share)" = 1 ] || [ "$(of anon share)" = 1.0 ]
	[ "$(of kernel difference)" = 0 ]
	[ "$(of goroutines a)" = null ]
	[ "$(json '.results[0].a.time')" = "$(date -u -d "@$((END - 12 * 3600))" +%Y-%m-%dT%H:%M:%SZ)" ]
	COLUMNS=80 diff_ web@12h web@now
	status_is 0
	[ "$(printf '%s\n' "$output" | wc -L)" -le 80 ] || fail columns
	[[ $output =~ docker\ +254\ MiB\ +374\ MiB\ +\+120\ MiB ]] || fail text
	COLUMNS=80 diff_ --bytes web@12h web@now
	out_has "+125829120"
}

@test "Go's figures, and two containers" {
	diff_ --json api@20h api@now
	[ "$(of go_live known)" = null ]
	[ "$(of go_live difference)" -gt $((155 * MIB)) ]
	[ "$(of goroutines difference)" -ge 1190 ]
	diff_ --json web@now api@now
	status_is 0
	[ "$(of go_sys a)" = null ]
	[ "$(of go_sys difference)" = null ]
	[ "$(of go_sys b)" -gt 0 ]
}

@test "an @ in a path is not a moment" {
	diff_ --json /system.slice/getty@tty1.service@12h /system.slice/getty@tty1.service@now
	status_is 0
	[ "$(of anon difference)" = $((120 * MIB)) ]
	diff_ /system.slice/getty@tty1.service web@now
	status_is 3
	err_has "no such cgroup"
}

@test "a live side is sampled now" {
	cgmem --root "$FIXTURES/v2-docker" diff --file "$HISTORY" --json web@now anon
	status_is 0
	docker=$("$CGMEM" --root "$FIXTURES/v2-docker" ps --json anon | jq .results[0].docker)
	[ "$(of docker b)" = "$docker" ] || fail docker
	cgmem --root "$FIXTURES/v2-docker" diff --json anon cache
	status_is 0
	[ "$(of docker a)" = "$docker" ]
	# what makes the difference adds up to it, but for the remainder
	sum=$(json '[.results[0].components[] | select(.share != null).difference] | add')
	all=$(of docker difference)
	[ $((sum - all)) -lt $((4 * MIB)) ] && [ $((all - sum)) -lt $((4 * MIB)) ] || fail "sum $sum of $all"
}

@test "bad input" {
	diff_ web@12h
	status_is 2
	err_has "diff needs two"
	diff_ web@yesterday web@now
	status_is 2
	err_has "yesterday: neither a time"
	diff_ shop/web@1h web@now
	status_is 3
	err_has "shop/web: names 2 containers; choose one"
	diff_ wbe@1h web@now
	status_is 3
	err_has "did you mean web?"
	diff_ gone@1h web@now
	status_is 1
	err_has "gone: nothing was recorded at "
	cgmem --root "$FIXTURES/v2-docker" diff --file "$HISTORY" anon nobody
	status_is 3
	diff_ web@40d web@now
	status_is 1
	err_has "nothing was recorded in the 6 h before"
	cgmem diff --file "$BATS_TEST_TMPDIR/none.db" web@1h web@now
	status_is 1
	err_has "cgmem record makes it"
	diff_ --json wbe@1h web@now
	status_is 3
	[ "$(json '.errors[0].target')" = wbe@1h ]
}
