# SPDX-License-Identifier: Apache-2.0
# cgmem trend: on files of made-up containers whose truth is known.
load common

MIB=1048576

# A day of one point a minute. What is written in $BATS_FILE_TMPDIR is made once.
setup_file() {
	export HISTORY=$BATS_FILE_TMPDIR/history.db
	END=$(($(date +%s) / 300 * 300)) # a moment of which everything is stored
	export END
	"$TOOLS/make_history" -t "$END" "$HISTORY" web=linear level=plateau logs=cache,limit=0 \
		shop-web-1=steady,project=shop,service=web shop-web-2=linear,project=shop,service=web \
		again=restart full=near-limit new=young /app.slice=tmpfs $'ev\033]0;il=linear' api=off-heap
}

trend() { cgmem trend --file "$HISTORY" "$@"; }

# component NAME ID KEY: of the JSON in $output.
component() { json ".results[] | select(.target.name == \"$1\").components[] | select(.id == \"$2\").$3"; }

@test "a line a container, what grows first, within 80 columns" {
	COLUMNS=80 trend
	status_is 0
	[ "$stderr" = "" ] || fail stderr
	[ "${lines[0]%% *}" = NAME ]
	[ "${#lines[@]}" -eq 12 ] || fail "lines"
	[ "$(printf '%s\n' "$output" | wc -L)" -le 80 ] || fail "columns"
	[[ $output =~ web\ +374\.1MiB\ +anon\ +\+10\.0\ MiB/h\ .*growing ]] || fail web
	[[ $output =~ logs\ +[0-9.]+MiB\ +cache_counted\ +\+31\.0\ MiB/h\ .*\ -\ +growing ]] || fail logs
	[[ $output =~ level\ +334\.[0-9]+MiB\ +-\ .*plateau ]] || fail level
	[[ $output =~ shop-web-1\ +134\.1MiB\ +-\ +0\ .*steady ]] || fail steady
	[[ $output =~ new\ .*need\ [0-9]+\ min ]] || fail new
	[[ $output =~ /app\.slice\ .*tmpfs\ +\+12\.0\ MiB/h ]] || fail group
	# the fastest first, the steady by name below
	[ "${lines[1]%% *}" = again ] || fail order
	[[ ${lines[2]} == logs* ]] || fail order
}

@test "names from a file are shown escaped" {
	trend
	out_has 'ev\x1b]0;il'
	[[ $output != *$'\033'* ]] || fail "a control character"
	LC_ALL=C trend $'ev\033]0;il'
	status_is 0
	[[ $output != *$'\033'* ]] || fail "a control character"
	LC_ALL=C trend
	printf '%s' "$output" | LC_ALL=C grep -q '[^ -~]' && fail "not ASCII"
	trend --json $'ev\033]0;il'
	[ "$(json '.results[0].target.name')" = 'ev\x1b]0;il' ]
	trend --csv
	out_has 'ev\x1b]0;il,docker,'
}

@test "one container: verdict, table by component, plot with the limit" {
	COLUMNS=80 trend web
	status_is 0
	[ "$(printf '%s\n' "$output" | wc -L)" -le 80 ] || fail "columns"
	out_has "docker's figure 374.1MiB, limit 1.0 GiB"
	out_has "grows by 10.0 MiB/h"
	[[ $output =~ docker\ +374\.1MiB\ +\+10\.0\ MiB\ .*growing ]] || fail docker
	[[ $output =~ anon\ +340MiB\ +\+10\.0\ MiB\ .*growing\ +100% ]] || fail anon
	[[ $output =~ cache_counted\ +20MiB\ +0\ .*steady\ +- ]] || fail cache
	[[ $output =~ needed\ +350\.1MiB ]] || fail needed
	out_has " 1.0 GiB ┤┄┄"
	out_has "⠉"
	out_lacks "S stop"
	COLUMNS=200 trend web
	[ "$(printf '%s\n' "$output" | wc -L)" -le 200 ] || fail "columns"
	out_has "what cannot be reclaimed"
	LC_ALL=C COLUMNS=80 trend web
	out_has " 1.0 GiB +---"
	printf '%s' "$output" | LC_ALL=C grep -q '[^ -~]' && fail "not ASCII"
	true
}

@test "a restart is marked, and what is judged began after it" {
	COLUMNS=80 trend again
	out_has "1 restart"
	out_has "S stop  R start"
	[[ $output =~ [└]─*.*R ]] || fail mark
	trend --json again
	about "$(component again docker rate_per_hour)" $((40 * MIB))
	[ "$(json '.results[0].restarts')" = 1 ]
	[ "$(json '.results[0].events | map(.kind) | join(",")')" = "stop,start" ]
	[ "$(json '.results[0].judged_from')" != "$(json '.results[0].from')" ]
}

@test "JSON: each number is what the file was made of" {
	trend --json
	status_is 0
	[ "$(json '.schema')" = 1 ]
	[ "$(json '.results | length')" = 11 ]
	# 100 MiB and 10 MiB an hour for a day; cache, tmpfs, kernel, sockets; 64 KiB of remainder
	[ "$(component web anon bytes)" = $((340 * MIB)) ]
	[ "$(component web docker bytes)" = $(((340 + 20 + 2 + 10 + 2) * MIB + 65536)) ]
	[ "$(component web charged bytes)" = $(((340 + 50 + 2 + 10 + 2) * MIB + 65536)) ]
	[ "$(component web needed bytes)" = $(((340 + 2 + 10 - 4 + 2) * MIB + 65536)) ]
	[ "$(component web cache bytes)" = $((50 * MIB)) ]
	[ "$(component web cache_counted bytes)" = $((20 * MIB)) ]
	about "$(component web anon rate_per_hour)" $((10 * MIB))
	[ "$(component web anon significant)" = true ]
	[ "$(component web anon verdict)" = growing ]
	[ "$(component web kernel rate_per_hour)" = 0 ]
	about "$(component web anon share)" 1
	jq -e '.results[] | select(.target.name == "web") | .components[] | select(.id == "anon") | .low <= .rate_per_hour and
		.rate_per_hour <= .high' <<<"$output" >/dev/null || fail interval
	about "$(json '.results[] | select(.target.name == "web").window_s')" 86400
	# room of 1 GiB over what is needed, at 10 MiB an hour
	room=$((1024 * MIB - (350 * MIB + 65536)))
	about "$(json '.results[] | select(.target.name == "web").limit_in_s')" $((room / MIB * 360))
	[ "$(json '.results[] | select(.target.name == "logs") | [.limit, .limit_in_s, .carrier] | @csv')" = ',,"cache_counted"' ]
	[ "$(component level docker verdict)" = plateau ]
	[ "$(component new docker verdict)" = unknown ]
	[ "$(component new docker rate_per_hour)" = null ]
	jq -e '.results[] | select(.target.name == "new").more_s > 0' <<<"$output" >/dev/null || fail more_s
	about "$(component api off_heap rate_per_hour)" $((15 * MIB))
	[ "$(component api goroutines count)" = 100 ]
	[ "$(component api goroutines bytes)" = null ]
}

@test "CSV: a line a container and component, numbers as in JSON" {
	trend --csv web shop/web
	status_is 0
	[ "${lines[0]}" = name,component,bytes,rate_per_hour,low,high,significant,verdict,since,share,count ]
	[ "$(printf '%s\n' "$output" | awk -F, 'NF != 11' | wc -l)" = 0 ] || fail fields
	[ "$(printf '%s\n' "$output" | awk -F, '$1 == "web" && $2 == "anon" { print $3 }')" = $((340 * MIB)) ]
	[ "$(printf '%s\n' "$output" | cut -d, -f1 | sort -u | tr '\n' ' ')" = "name shop-web-1 shop-web-2 web " ]
}

@test "targets: by name, project/service, path, id" {
	trend --json shop/web
	[ "$(json '[.results[].target.name] | join(" ")')" = "shop-web-1 shop-web-2" ]
	[ "$(json '.results[0].target | [.kind, .project, .service, .image] | join(" ")')" = "container shop web test:1" ]
	id=$(json '.results[0].target.id')
	trend --json "${id:0:9}"
	[ "$(json '.results[0].target.name')" = shop-web-1 ]
	trend --json "/docker/$id"
	[ "$(json '.results[0].target.name')" = shop-web-1 ]
	trend --json /app.slice
	[ "$(json '.results[0].target.kind')" = cgroup ]
	trend wbe web
	status_is 64
	err_has "wbe: nothing of that name was recorded; did you mean web?"
	out_has "grows by"
	trend nonesuch
	status_is 3
	[ "$output" = "" ]
	trend --json nonesuch
	status_is 3
	[ "$(json '.errors[0] | [.target, .status] | @csv')" = '"nonesuch",3' ]
}

@test "a line of the table and a page of its own say the same" {
	local name
	"$TOOLS/make_history" -t $((END - 130)) "$BATS_TEST_TMPDIR/h.db" web=linear level=plateau saw=sawtooth step=step db=steady
	for name in web level saw step db; do
		cgmem trend --file "$BATS_TEST_TMPDIR/h.db" --csv
		table=$(printf '%s\n' "$output" | awk -F, -v n="$name" '$1 == n || $2 == n { print; exit }')
		cgmem trend --file "$BATS_TEST_TMPDIR/h.db" --json "$name"
		verdict=$(component "$name" docker verdict)
		[[ $table = *,$verdict,* || $table = *,$verdict ]] || fail "$name: $verdict; in the table: $table"
	done
}

@test "--since: the window" {
	trend --json --since 6h web
	about "$(json '.results[0].window_s')" $((END + 21600 - $(date +%s)))
	trend --json --since "@$((END - 3600))" web
	about "$(json '.results[0].window_s')" 3600
	trend --since 2020-01-01 web
	status_is 0
	for bad in tomorrow 25:00 9999-01-01 12 ""; do
		trend --since "$bad" web
		status_is 2
		err_has "--since: "
	done
	sleep 2 # what ends before the window
	trend --since 1s
	status_is 1
	err_has "nothing was recorded since "
	err_has "; the last is of "
	err_lines 1
	trend --since 1s web
	status_is 1
	err_has "nothing was recorded of web since"
}

@test "--fail-if: both sides" {
	trend --fail-if 'growth>9M/h' web
	status_is 5
	err_has "web: growth>9M/h holds: docker's figure grows by +10.0 MiB/h"
	out_has "growing"
	trend --fail-if 'growth>11M/h' web
	status_is 0
	trend --fail-if 'anon.growth > 230M/d' web
	status_is 5
	trend --fail-if 'cache.growth>1k/h' web
	status_is 0
	trend --fail-if 'growth>1k/h' level
	status_is 0
	trend --fail-if 'growth>1k/h' new
	status_is 0
	trend --fail-if 'limit-in<3h' full
	status_is 5
	err_has "full: limit-in<3h holds: the limit is met in "
	trend --fail-if 'limit-in<1h' full
	status_is 0
	trend --fail-if 'limit-in<1000d' logs
	status_is 0
	# any of several, of any container; the result is written all the same
	trend --json --fail-if 'growth>1T/h' --fail-if 'growth>35M/h'
	status_is 5
	[ "$(json '.results | length')" = 11 ]
	err_has "again: growth>35M/h holds"
}

@test "what has ended is told, and meets no limit" {
	"$TOOLS/make_history" -t "$END" "$BATS_TEST_TMPDIR/h.db" gone=ended web=linear
	trend_() { cgmem trend --file "$BATS_TEST_TMPDIR/h.db" "$@"; }
	trend_
	[[ $output =~ gone\ .*\ -\ +ended ]] || fail ended
	[[ $output =~ web\ .*\ growing ]] || fail growing
	# what lives comes first
	[[ $output =~ web\ .*gone\ .* ]] || fail order
	trend_ gone
	out_has "it ended then"
	[[ $output != *growing* ]] || fail present
	trend_ --csv gone
	[[ $output =~ gone,docker,[0-9]+,[-0-9]+,[-0-9]+,[-0-9]+,(true|false),ended, ]] || fail csv
	[ "$(printf '%s\n' "$output" | sed 1d | cut -d, -f8 | sort -u)" = ended ] || fail verdicts
	trend_ --json
	[ "$(json '.results[] | select(.target.name == "gone") | [.components[].verdict] | unique | join(" ")')" = ended ]
	[ "$(json '.results[] | select(.target.name == "web").components[0].verdict')" = growing ]
	[ "$(json '.results | map(.ended) | @csv')" = true,false ] || [ "$(json '.results | map(.ended) | @csv')" = false,true ]
	trend_ --fail-if 'growth>1M/h' gone
	status_is 0
	trend_ --fail-if 'growth>1M/h' web
	status_is 5
}

@test "kills are in the line" {
	"$TOOLS/make_history" -t "$END" -l 7200 "$BATS_TEST_TMPDIR/h.db" killed=oom web=linear
	trend_() { cgmem trend --file "$BATS_TEST_TMPDIR/h.db" "$@"; }
	trend_ --json
	kills=$(json '.results[] | select(.target.name == "killed").oom_kills')
	[ "$kills" -gt 0 ] || fail "no kills"
	trend_
	[[ $output =~ killed\ [^$'\n']*,\ $kills\ kill ]] || fail kills
	[[ ! $output =~ web\ [^$'\n']*kill ]] || fail web
}

@test "a history that nobody continues is told of" {
	"$TOOLS/make_history" -t $((END - 7200)) "$BATS_TEST_TMPDIR/h.db" web=linear
	cgmem trend --file "$BATS_TEST_TMPDIR/h.db"
	status_is 0
	err_has ": cgmem record does not run"
	err_lines 1
	[[ $output =~ web\ .*\ growing ]] || fail growing
	trend
	[ "$stderr" = "" ] || fail stderr
}

@test "--fail-if: what is no condition is refused with what is near" {
	trend --fail-if 'growht>1M/h'
	status_is 2
	err_has "--fail-if: "
	trend --fail-if 'anno.growth>1M/h'
	status_is 2
	err_has "near: anon"
	trend --fail-if 'growth>1M'
	status_is 2
	trend --fail-if 'growth>1M/y'
	status_is 2
	err_has "not one of s, m, h and d"
	trend --json --csv
	status_is 2
}

@test "no history: one line that says what makes it" {
	cgmem trend --file "$BATS_TEST_TMPDIR/none.db"
	status_is 1
	err_has "no history in $BATS_TEST_TMPDIR/none.db: cgmem record makes it"
	err_lines 1
	cgmem trend --file "$BATS_TEST_TMPDIR/none.db" --json web
	status_is 1
	[ "$(json '.errors | length')" = 1 ]
	echo "this is no database, whatever its name" >"$BATS_TEST_TMPDIR/text.db"
	cgmem trend --file "$BATS_TEST_TMPDIR/text.db"
	status_is 1
	err_lines 1
	[ "$(cat "$BATS_TEST_TMPDIR/text.db")" = "this is no database, whatever its name" ] || fail "it was changed"
}

@test "many are read by as many threads as there are processors, with the same result" {
	local what=() i alone kinds=(linear steady plateau restart cache)
	for ((i = 0; i < 40; i++)); do what+=("app-$i=${kinds[i % 5]}"); done
	"$TOOLS/make_history" -t "$END" "$BATS_TEST_TMPDIR/h.db" "${what[@]}"
	run --separate-stderr taskset -c "$(taskset -cp $$ | sed 's/.*: \([0-9]*\).*/\1/')" "$CGMEM" trend --json --file "$BATS_TEST_TMPDIR/h.db"
	status_is 0
	sleep 1.1 # the time of the answer alone may differ
	alone=$(json 'del(.time)')
	cgmem trend --json --file "$BATS_TEST_TMPDIR/h.db"
	status_is 0
	[ "$(json '.results | length')" = 40 ]
	[ "$(json 'del(.time)')" = "$alone" ] || fail "not the same"
	# a damaged page is told once, whichever thread meets it
	dd if=/dev/urandom of="$BATS_TEST_TMPDIR/h.db" bs=4096 seek=40 count=400 conv=notrunc status=none
	cgmem trend --file "$BATS_TEST_TMPDIR/h.db"
	status_is 1
	err_lines 2
	err_has damaged
}
