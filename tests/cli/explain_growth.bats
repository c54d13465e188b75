# SPDX-License-Identifier: Apache-2.0
# cgmem explain with growth: as recorded of made-up containers whose truth is known, and as watched.
load common

MIB=1048576

# A day of one point a minute.
setup_file() {
	export HISTORY=$BATS_FILE_TMPDIR/history.db
	END=$(($(date +%s) / 300 * 300)) # a moment of which everything is stored
	export END
	"$TOOLS/make_history" -t "$END" "$HISTORY" web=linear
}

@test "explain --at: the numbers as recorded then add up" {
	at=$((END - 12 * 3600))
	cgmem explain --file "$HISTORY" --at "@$at" --json web
	status_is 0
	adds_up 1
	[ "$(json '.results[0].docker.bytes')" = $(((220 + 20 + 2 + 10 + 2) * MIB + 65536)) ] || fail docker
	[ "$(json '.results[0].breakdown[] | select(.id == "anon").bytes')" = $((220 * MIB)) ]
	[ "$(json '.results[0].breakdown[] | select(.id == "cache").in_docker')" = $((20 * MIB)) ]
	[ "$(json '.results[0].unattributed')" = 65536 ]
	[ "$(json '.results[0].cgroup.effective_limit.bytes')" = $((1024 * MIB)) ]
	[ "$(json '.time')" = "$(date -u -d "@$at" +%Y-%m-%dT%H:%M:%SZ)" ]
	[ "$(json '.results[0].growth.recorded')" = true ]
	about "$(json '.results[0].growth.rates.anon')" "$(jq -n "10 * $MIB / 3600")"
	cgmem explain --file "$HISTORY" --at "@$at" web
	status_is 0
	out_has "as recorded at "
	out_has "GROWTH, RECORDED OVER 1"
	out_has "they are not recorded one"
	cgmem explain --file "$HISTORY" --at "@$((END - 30 * 86400))" web
	status_is 1
	err_has "web: nothing was recorded in the 6 h before"
	cgmem explain --file "$HISTORY" --at 12h --json web wbe
	status_is 64
	cgmem explain --file "$HISTORY" --at 12h --for 1s web
	status_is 2
	cgmem explain --file "$HISTORY" --at 12h --since 1h web
	status_is 2
	err_has "--since is later than --at"
}

@test "explain --since: what was recorded of a group that is there" {
	"$TOOLS/make_history" -t "$END" "$BATS_TEST_TMPDIR/h.db" /docker=steady anon=linear
	tree=$FIXTURES/v2-docker
	cgmem --root "$tree" explain --file "$BATS_TEST_TMPDIR/h.db" --json anon
	status_is 0
	about "$(json '.results[0].growth.rates.anon')" "$(jq -n "10 * $MIB / 3600")"
	[ "$(json '.results[0].growth.recorded')" = true ]
	# without being asked, a saved tree is not held against this machine's history
	XDG_STATE_HOME=$BATS_TEST_TMPDIR cgmem --root "$tree" explain --json anon
	[ "$(json '.results[0].growth')" = null ]
	cgmem --root "$tree" explain --since 12h --file "$BATS_TEST_TMPDIR/h.db" --json cache
	status_is 0
	[ "$(json '.results[0].growth')" = null ]
	[ "$(json '.results[0].unreadable | map(select(.what == "recorded history")) | length')" = 1 ]
	# of what ended before anybody recorded, that is the reason
	ended=$(date -d "$(jq -r .State.FinishedAt "$(grep -l '"Name":"/killed"' "$tree"/docker/inspect-*)")" +%s)
	"$TOOLS/make_history" -t "$((ended + 7200))" -l 3600 "$BATS_TEST_TMPDIR/late.db" web=steady
	COLUMNS=160 cgmem --root "$tree" explain --since 12h --file "$BATS_TEST_TMPDIR/late.db" killed
	status_is 0
	out_has "recorded history: nothing was recorded of killed: recording began "
	out_has ", after it ended"
	out_lacks "has to run"
	"$TOOLS/make_history" -t "$((ended + 3600))" -l 7200 "$BATS_TEST_TMPDIR/with.db" web=steady
	COLUMNS=160 cgmem --root "$tree" explain --since 12h --file "$BATS_TEST_TMPDIR/with.db" killed
	out_lacks "recording began"
	out_has "(cgmem record has to run)"
	cgmem --root "$tree" explain --since 12h --file "$BATS_TEST_TMPDIR/none.db" anon
	status_is 1
	err_has "cgmem record makes it"
}

@test "explain --for: growth of what was watched" {
	cgmem --root "$FIXTURES/v2-docker" explain --for 200ms --json anon
	status_is 0
	[ "$(json '.results[0].growth.recorded')" = false ]
	about "$(json '.results[0].growth.window_s * 10')" 2.02
	[ "$(json '.results[0].growth.rates.anon')" = 0 ]
	[ "$(json '.results[0].growth.carrier')" = null ]
	cgmem --root "$FIXTURES/v2-docker" explain --for 600ms anon
	out_has "GROWTH, WATCHED FOR 1 s"
}

@test "explain --at: the container that had the name then" {
	cp "$HISTORY" "$BATS_TEST_TMPDIR/h.db"
	before=$(printf 'b%.0s' {1..64}) now=$(sqlite3 "$HISTORY" "SELECT container_id FROM targets WHERE name = 'web'")
	for start in "$(((END - 13 * 3600) * 1000)), 'start', '$before'" "$(((END - 11 * 3600) * 1000)), 'start', '$now'"; do
		sqlite3 "$BATS_TEST_TMPDIR/h.db" "INSERT INTO events(target, time_ms, kind, detail) SELECT id, $start FROM targets WHERE name = 'web'"
	done
	for hours in 12 10; do
		cgmem explain --file "$BATS_TEST_TMPDIR/h.db" --at "@$((END - hours * 3600))" --json web
		status_is 0
		id=$now
		[ "$hours" = 10 ] || id=$before
		[ "$(json '.results[0].target.id')" = "$id" ] || fail "$hours: $(json '.results[0].target.id')"
		[[ $(json '.results[0].cgroup.path') = */"$id" || $(json '.results[0].cgroup.path') != */"$now" ]] || fail "$hours: path"
	done
}
