# SPDX-License-Identifier: Apache-2.0
# cgmem record on a saved tree: rounds are in the file, and it ends as it was told to.
load common

setup() {
	root=$FIXTURES/v2-docker
	file=$BATS_TEST_TMPDIR/state/history.db
	mkdir -m 700 "${file%/*}"
	recorder=
}
teardown() { [ -z "$recorder" ] || kill -KILL "$recorder" 2>/dev/null || true; }

sql() { sqlite3 -readonly "$file" "$@"; }

# record ROUNDS [OPTION...]: records in the background until so many rounds are written.
record() {
	local rounds=$1 i
	shift
	"$CGMEM" --root "$root" record --every 1s --file "$file" "$@" 2>"$BATS_TEST_TMPDIR/said" </dev/null 3>&- &
	recorder=$!
	for ((i = 0; i < 300; i++)); do
		[ "$(sql 'SELECT count(*) FROM rounds' 2>/dev/null || echo 0)" -lt "$rounds" ] || return 0
		kill -0 "$recorder" 2>/dev/null || break
		sleep 0.1
	done
	fail "no $rounds rounds: $(cat "$BATS_TEST_TMPDIR/said")"
}
# finish SIGNAL: sets $status
finish() {
	kill "-$1" "$recorder"
	status=0
	wait "$recorder" || status=$?
	recorder=
}

@test "rows are the figures of ps" {
	record 2
	finish TERM
	status_is 0
	[ "$(sql 'PRAGMA integrity_check')" = ok ]
	cgmem --root "$root" ps --json
	want=$(json '.results[] | [.name, .charged, .docker, .anon, .cache, .tmpfs, .kernel, .swap // 0, .pids] | @tsv' | tr '\t' '|' | sort)
	got=$(sql 'SELECT target, charged, docker, anon, cache, tmpfs, kernel, coalesce(swap, 0), pids FROM samples_bytes GROUP BY target' | sort)
	[ "$got" = "$want" ] || fail "history: $got; ps: $want"
	[ "$(sql "SELECT count(DISTINCT kind) FROM targets WHERE kind = 'container'")" = 1 ]
}

@test "compose, image and id are there; other users see nothing" {
	record 1
	finish INT
	status_is 0
	[ "$(sql "SELECT project || '/' || service FROM targets WHERE name = 'shop-web-1'")" = shop/web ] || fail compose
	[ "$(sql 'SELECT count(*) FROM targets WHERE length(container_id) = 64 AND path IS NOT NULL')" = 4 ] || fail ids
	[ "$(stat -c %a "$file")" = 600 ] || fail "$(stat -c %a "$file")"
}

@test "no folder is made for a file that was named" {
	cgmem --root "$root" record --file "$BATS_TEST_TMPDIR/no/such/h.db"
	status_is 1
	[ "$(printf '%s\n' "$stderr" | grep -c '')" = 1 ] || fail "$stderr"
	err_has "$BATS_TEST_TMPDIR/no/such/h.db: cannot be made in $BATS_TEST_TMPDIR/no/such: No such file or directory"
	[ ! -e "$BATS_TEST_TMPDIR/no" ] || fail "a folder was made"
}

@test "targets alone, and none that is known" {
	record 1 anon shop/web
	finish TERM
	[ "$(sql 'SELECT group_concat(name) FROM (SELECT name FROM targets ORDER BY name)')" = anon,shop-web-1 ] || fail targets
	cgmem --root "$root" record --file "$file" no-such
	status_is 3
	err_has 'no such container'
	cgmem --root "$root" record --file "$BATS_TEST_TMPDIR/none.db" no-such
	status_is 3
	err_lines 1
	[ ! -e "$BATS_TEST_TMPDIR/none.db" ] || fail "an empty file was left"
}

@test "units: containers keep their names, groups have their paths" {
	root=$FIXTURES/v2-systemd
	want=$(cgmem --root "$root" ps --format '{{.Name}}' && printf '%s\n' "$output" | sort)
	record 1 --units
	finish TERM
	[ "$(sql "SELECT name FROM targets WHERE kind = 'container' ORDER BY name")" = "$want" ] || fail "not $want"
	root=$FIXTURES/v2-nested
	file=$BATS_TEST_TMPDIR/nested.db
	record 1 --units
	finish TERM
	[ "$(sql 'SELECT kind, name, path FROM targets')" = 'cgroup|/outer/middle/inner|/outer/middle/inner' ] || fail paths
}

@test "one line is said, and the recorder says how it goes" {
	record 2
	finish TERM
	[ "$(grep -c '' "$BATS_TEST_TMPDIR/said")" = 1 ] || fail "$(cat "$BATS_TEST_TMPDIR/said")"
	grep -q "^cgmem: recording 4 containers every 1 s into $file\$" "$BATS_TEST_TMPDIR/said" || fail "$(cat "$BATS_TEST_TMPDIR/said")"
}

@test "a second recorder is refused" {
	record 1
	cgmem --root "$root" record --file "$file"
	status_is 1
	err_has "$recorder"
	finish TERM
	status_is 0
}

@test "killed in the middle: a gap, and nothing is lost" {
	record 2
	finish KILL
	before=$(sql 'SELECT count(*) FROM rounds')
	sleep 5.5
	record "$((before + 1))"
	finish TERM
	[ "$(sql 'PRAGMA integrity_check')" = ok ]
	[ "$(sql "SELECT count(*) FROM events WHERE kind = 'gap' AND value >= 5000")" = 4 ] || fail "$(sql 'SELECT * FROM events')"
}

@test "SIGHUP opens the file anew" {
	record 1
	mv "$file" "$file.1"
	kill -HUP "$recorder"
	for ((i = 0; i < 100; i++)); do
		[ ! -s "$file" ] || break
		sleep 0.1
	done
	[ -s "$file" ] || fail "no new file: $(cat "$BATS_TEST_TMPDIR/said")"
	finish TERM
	status_is 0
	[ "$(sql 'SELECT count(*) > 0 FROM rounds')" = 1 ] || fail rounds
}

@test "a round that cannot be written whole is given up, and the next ones are not" {
	root=$BATS_TEST_TMPDIR/tree
	cp -R "$FIXTURES/v2-docker" "$root"
	set -- "$root"/sys/fs/cgroup/docker/*/memory.stat
	stat=$1
	record 2
	sqlite3 "$file" 'ALTER TABLE samples RENAME TO away'
	text=$(sed 's/^anon .*/anon 123456789/' "$stat")
	printf '%s\n' "$text" >"$stat" # it is held open
	echo 234567890 >"${stat%.stat}.current"
	for ((i = 0; i < 100; i++)); do
		! grep -q 'recording goes on' "$BATS_TEST_TMPDIR/said" || break
		sleep 0.1
	done
	sqlite3 -cmd '.timeout 5000' "$file" 'ALTER TABLE away RENAME TO samples'
	for ((i = 0; i < 100; i++)); do
		[ "$(sql 'SELECT count(*) FROM samples_bytes WHERE anon = 123456512')" = 0 ] || break
		sleep 0.1
	done
	finish TERM
	grep -q 'recording goes on' "$BATS_TEST_TMPDIR/said" || fail "$(cat "$BATS_TEST_TMPDIR/said")"
	[ "$(sql 'SELECT count(*) > 0 FROM samples_bytes WHERE anon = 123456512')" = 1 ] || fail "$(cat "$BATS_TEST_TMPDIR/said")"
}

@test "options that make no sense" {
	for option in --every=0.5s --every=2h --every=soon --keep=raw --keep=days=3 --keep=size=1k --keep=; do
		cgmem --root "$root" record --file "$file" "$option"
		status_is 2
		[ ! -e "$file" ] || fail "$option made a file"
	done
}

@test "a file that is none is refused and left alone" {
	printf 'not a history, and nobody may overwrite it\n' >"$file"
	cgmem --root "$root" record --file "$file"
	status_is 1
	[ "$(cat "$file")" = 'not a history, and nobody may overwrite it' ] || fail "overwritten"
}
