# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# cgmem record beside a real engine: rows, events, troubles. To be sourced after checks.sh and dockerd.sh.
#
#   record_checks     starts recorders of its own and containers rec-*, and ends them
#   record_clean      for the trap: ends the recorder that still runs, and unmounts
#
# Needs sqlite3.

: "${CGMEM:?}" "${dockerd_dir=}"
record_pid='' record_mount=''

# record_start FILE [OPTION ...]: a recorder at 1 s; waits until its first round is written.
record_start() {
  local file=$1 try
  shift
  record_said=$dockerd_dir/record.said
  "$CGMEM" record --every 1s --file "$file" "$@" 2>"$record_said" </dev/null &
  record_pid=$!
  for ((try = 0; try < 100; try++)); do
    ! grep -q '^cgmem: recording' "$record_said" || return 0
    kill -0 "$record_pid" 2>/dev/null || break
    sleep 0.1
  done
  echo "no recorder: $(cat "$record_said")"
  return 1
}

# record_end [SIGNAL]: its exit status
record_end() {
  local code=0
  [[ $record_pid ]] || return 1
  kill "-${1:-TERM}" "$record_pid" 2>/dev/null
  wait "$record_pid" 2>/dev/null || code=$?
  record_pid=''
  return "$code"
}

record_clean() {
  [[ ! $record_pid ]] || record_end KILL
  [[ ! $record_mount ]] || umount "$record_mount"
  record_mount=''
}

# sql FILE QUERY: once the recorder has written what it is waited for, a query of one value is not 0.
sql() { sqlite3 -readonly -cmd '.timeout 5000' "$@"; }
# until_sql FILE QUERY: waits until the query gives something other than 0 and nothing.
until_sql() {
  local try said=''
  for ((try = 0; try < 150; try++)); do
    said=$(sql "$1" "$2" 2>&1) && [[ $said && $said != 0 ]] && return 0
    sleep 0.2
  done
  echo "$2: $said; events: $(sql "$1" 'SELECT time, target, kind, value, detail FROM events_named' | tail -n 12)"
  return 1
}
# is_sql FILE QUERY VALUE
is_sql() {
  local said
  said=$(sql "$1" "$2")
  [[ $said = "$3" ]] || { echo "$2: $said, not $3; events: $(sql "$1" 'SELECT time, target, kind, value, detail FROM events_named' | tail -n 12)"; return 1; }
}
event_sql() { echo "SELECT count(*) FROM events e JOIN targets t ON t.id = e.target WHERE t.name = '$1' AND e.kind = '$2' ${3:+AND $3}"; }

record_rows() {
  local theirs ours
  until_sql "$1" "SELECT count(*) FROM samples s JOIN targets t ON t.id = s.target WHERE t.name = 'rec-a'" || return
  theirs=$("$CGMEM" ps --json rec-a | jq '.results[0].anon')
  ours=$(sql "$1" "SELECT anon FROM samples_bytes WHERE target = 'rec-a' ORDER BY time DESC LIMIT 1")
  ((theirs > 41943040 && ours - theirs <= 1048576 && theirs - ours <= 1048576)) || { echo "ps: $theirs, history: $ours"; return 1; }
}

# The recorder is there before the engine: one identity, with what was recorded until then.
record_nameless() {
  local file=$dockerd_dir/history/nameless.db id
  id=$(docker inspect -f '{{.Id}}' rec-a) || return
  mv "$dockerd_dir/sock" "$dockerd_dir/sock.away"
  record_start "$file" || { mv "$dockerd_dir/sock.away" "$dockerd_dir/sock"; return 1; }
  until_sql "$file" "SELECT count(*) FROM targets WHERE name = '${id:0:12}'" || return
  sleep 2
  mv "$dockerd_dir/sock.away" "$dockerd_dir/sock"
  docker run --rm --net none lab:1 /bin/busybox true >/dev/null # groups come and go: it is looked again
  until_sql "$file" "SELECT count(*) FROM targets WHERE name = 'rec-a' AND container_id = '$id'" || return
  is_sql "$file" "SELECT count(*) FROM targets WHERE container_id = '$id'" 1 || return
  is_sql "$file" "SELECT min(s.round) = (SELECT min(id) FROM rounds) FROM samples s JOIN targets t ON t.id = s.target WHERE t.name = 'rec-a'" 1 || return
  record_end TERM
}
# One restart is one stop and one start, and no other limit; ten times.
record_restarts() {
  local i stops starts limits
  read -r stops starts limits < <(record_counts "$1")
  for ((i = 0; i < 10; i++)); do docker restart -t 0 rec-a >/dev/null || return; done
  until_sql "$1" "SELECT count(*) >= $((starts + 10)) FROM events e JOIN targets t ON t.id = e.target WHERE t.name = 'rec-a' AND e.kind = 'restart'" || return
  sleep 13 # until nobody is waited for any more
  [[ $(record_counts "$1") = "$((stops + 10)) $((starts + 10)) $limits" ]] || { echo "before: $stops $starts $limits, now: $(record_counts "$1")"; return 1; }
}
record_counts() {
  sql "$1" "SELECT sum(e.kind = 'stop') || ' ' || sum(e.kind = 'restart') || ' ' || sum(e.kind = 'limit') FROM events e
    JOIN targets t ON t.id = e.target WHERE t.name = 'rec-a'"
}

record_life() {
  docker kill rec-a >/dev/null || return
  until_sql "$1" "$(event_sql rec-a stop 'value = 137')" || return
  docker start rec-a >/dev/null || return
  until_sql "$1" "$(event_sql rec-a restart)" || return
  docker restart -t 0 rec-a >/dev/null || return
  until_sql "$1" "SELECT count(*) >= 2 FROM events e JOIN targets t ON t.id = e.target WHERE t.name = 'rec-a' AND e.kind = 'restart'" || return
  docker run --rm --name rec-short --net none lab:1 /bin/busybox sh -c 'exit 7' >/dev/null
  until_sql "$1" "$(event_sql rec-short stop 'value = 7')" && record_gone "$1"
}
# Of what is there no more the default file tells, here a copy that nobody else sees.
record_gone() {
  local said code=0
  said=$(unshare -m sh -c 'mount -t tmpfs tmpfs /var/lib && mkdir -m 0700 /var/lib/cgmem &&
    sqlite3 -readonly "$2" ".backup /var/lib/cgmem/history.db" && exec "$1" explain rec-short' - "$CGMEM" "$1" 2>&1) || code=$?
  [[ $code = 3 && $said = "cgmem: rec-short: no such container any more; it was recorded until "*": cgmem trend rec-short" ]] || { echo "$code: $said"; return 1; }
}
# Made anew under its name: another id, the same target.
record_identity() {
  docker rm -f rec-a >/dev/null && dockerd_run rec-a -- /scenario anon --bytes 41943040 --dir /tmp && dockerd_ready rec-a || return
  until_sql "$1" "SELECT count(*) FROM targets WHERE name = 'rec-a' AND container_id = '$(docker inspect -f '{{.Id}}' rec-a)'" || return
  is_sql "$1" "SELECT count(*) FROM targets WHERE name = 'rec-a'" 1 &&
    until_sql "$1" "$(event_sql rec-a start "detail = '$(docker inspect -f '{{.Id}}' rec-a)'")"
}
# One kill, told by the kernel's log, the counter and the engine, is one event; with the victim's name.
record_kill() {
  dockerd_run rec-oom -m 32m --memory-swap 32m -- /bin/busybox sh -c '/scenario anon --bytes 104857600 --dir /tmp; sleep 1000000' || return
  until_sql "$1" "$(event_sql rec-oom oom-kill)" || return
  sleep 12 # until the engine has been asked again
  is_sql "$1" "SELECT sum(value), max(detail) FROM events e JOIN targets t ON t.id = e.target WHERE t.name = 'rec-oom' AND e.kind = 'oom-kill'" '1|scenario'
}
# The whole container dies of it, between two rounds.
record_killed() {
  dockerd_run rec-dead -m 32m --memory-swap 32m -- /scenario anon --bytes 104857600 --dir /tmp || return
  until_sql "$1" "$(event_sql rec-dead stop 'value = 137')" || return
  sleep 12
  is_sql "$1" "SELECT sum(value) FROM events e JOIN targets t ON t.id = e.target WHERE t.name = 'rec-dead' AND e.kind = 'oom-kill'" 1
}
# A child was killed for want of memory, later the engine sends a signal: that ended it.
record_signals() {
  local said
  dockerd_run rec-sig -m 16m --memory-swap 16m -- /bin/busybox sh -c 'trap "exit 2" TERM; /scenario anon --bytes 104857600 --dir /tmp; while :; do sleep 1; done' || return
  dockerd_run rec-term -- /bin/busybox sleep 1000000 || return
  until_sql "$1" "$(event_sql rec-sig oom-kill)" || return
  until_sql "$1" "SELECT count(*) FROM samples s JOIN targets t ON t.id = s.target WHERE t.name = 'rec-term'" || return
  docker kill -s TERM rec-sig >/dev/null && docker stop -t 2 rec-term >/dev/null || return
  until_sql "$1" "$(event_sql rec-sig stop "value = 2 AND detail = 'signal 15'")" &&
    until_sql "$1" "$(event_sql rec-term stop "value = 137 AND detail = 'signal 15, 9'")" || return
  said=$(COLUMNS=1000 "$CGMEM" explain rec-sig)
  [[ $said = *"exit code 2 after the engine sent it SIGTERM, as docker stop does."*"That is not what ended it."* ]] || { echo "$said"; return 1; }
  said=$(COLUMNS=1000 "$CGMEM" trend --file "$1" rec-term)
  [[ $said = *"after the engine sent it SIGTERM, then SIGKILL, as docker stop does."* ]] || { echo "$said"; return 1; }
  docker rm -f rec-sig rec-term >/dev/null
}
record_limit() {
  docker update --memory 256m --memory-swap 256m rec-a >/dev/null || return
  until_sql "$1" "$(event_sql rec-a limit 'value = 268435456')"
}
# The program that a shell in the container starts again and again; no engine knows.
record_supervised() {
  dockerd_run rec-super -- /bin/busybox sh -c 'while :; do /scenario anon --bytes 20971520 --dir /tmp; sleep 1; done' || return
  until_sql "$1" "SELECT count(*) FROM samples s JOIN targets t ON t.id = s.target WHERE t.name = 'rec-super'" || return
  sleep 3
  docker exec rec-super /bin/busybox killall scenario || return
  local try
  for ((try = 0; try < 4; try++)); do
    until_sql "$1" "$(event_sql rec-super restart "detail = 'scenario'")" >/dev/null && return
  done
  until_sql "$1" "$(event_sql rec-super restart "detail = 'scenario'")"
}

# How often it reads (read, pread and the like: /proc/PID/io), by rounds and containers: six small files of each, memory.stat where
# memory moved, and once in the window what is done every minute. What the machine's other groups do does not count.
record_cheap() {
  local n rounds reads
  n=$(docker ps -q | wc -l)
  reads=$(sed -n 's/^syscr: //p' "/proc/$record_pid/io") rounds=$(sql "$1" 'SELECT count(*) FROM rounds')
  sleep 10
  reads=$(($(sed -n 's/^syscr: //p' "/proc/$record_pid/io") - reads)) rounds=$(($(sql "$1" 'SELECT count(*) FROM rounds') - rounds))
  ((rounds >= 2 && n >= 1 && reads > rounds * n * 4)) || { echo "$rounds rounds, $n containers, $reads reads: nothing was tested"; return 1; }
  ((reads <= (rounds + 1) * (n * 8 + 25) + n * 60 + 500)) || { echo "$reads reads in $rounds rounds of $n containers"; return 1; }
}

record_second() {
  local said code=0
  said=$("$CGMEM" record --every 1s --file "$1" 2>&1) || code=$?
  [[ $code = 1 && $said = *"$record_pid"* ]] || { echo "exit status $code: $said"; return 1; }
}
record_hangup() {
  mv "$1" "$1.old" && kill -HUP "$record_pid" && until_sql "$1" 'SELECT count(*) > 2 FROM rounds' &&
    [[ $(sql "$1.old" 'PRAGMA integrity_check') = ok ]]
}
record_removed() {
  rm -f "$1" "$1"-wal "$1"-shm
  until_sql "$1" 'SELECT count(*) > 2 FROM rounds' || { cat "$record_said"; return 1; }
  grep -q 'removed' "$record_said" || { echo "nothing was said: $(cat "$record_said")"; return 1; }
}
record_terminated() {
  local rounds
  record_end TERM || { echo "exit status $?"; return 1; }
  rounds=$(sql "$1" 'SELECT count(*) FROM rounds') || return
  ((rounds > 2)) && [[ $(sql "$1" 'PRAGMA integrity_check') = ok ]]
}
record_shot() {
  record_start "$1" || return
  sleep 3
  record_end KILL
  sleep 7
  docker stop -t 0 rec-oom >/dev/null # while nobody looks
  record_start "$1" || return
  until_sql "$1" "$(event_sql rec-a gap 'value BETWEEN 6000 AND 60000')" && until_sql "$1" "$(event_sql rec-oom stop)" || return
  [[ $(sql "$1" 'PRAGMA integrity_check') = ok ]] || { sql "$1" 'PRAGMA integrity_check'; return 1; }
  record_end TERM
}
# A file system of its own that fills up, and has room again.
record_full() {
  local dir=$dockerd_dir/full file=$dockerd_dir/full/h.db try
  mkdir -p "$dir" && mount -t tmpfs -o size=1536k tmpfs "$dir" || return
  record_mount=$dir
  record_start "$file" || return
  sleep 2
  dd if=/dev/zero of="$dir/filler" bs=64k 2>/dev/null
  for ((try = 0; try < 200; try++)); do
    ! grep -q 'recording goes on' "$record_said" || break
    ((try % 20 != 19)) || dd if=/dev/zero of="$dir/filler" bs=4k oflag=append conv=notrunc 2>/dev/null
    # memory moves, so that there is something to write
    docker exec rec-a /bin/busybox dd if=/dev/zero of=/tmp/moves bs=1024k count=$((1 + try % 5)) >/dev/null 2>&1
    sleep 0.2
  done
  grep -q 'recording goes on' "$record_said" || { echo "it never was full: $(cat "$record_said"; ls -l "$dir")"; return 1; }
  kill -0 "$record_pid" || { echo 'it ended'; return 1; }
  sleep 4
  rm "$dir/filler"
  for ((try = 0; try < 100; try++)); do
    ! grep -q 'written again' "$record_said" || break
    sleep 0.2
  done
  grep -q 'written again' "$record_said" || { echo "it does not go on: $(cat "$record_said")"; return 1; }
  until_sql "$file" "$(event_sql rec-a gap "detail LIKE '%could not be written%'")" || return
  record_end TERM || return
  [[ $(sql "$file" 'PRAGMA integrity_check') = ok ]]
}

record_begin() { dockerd_run rec-a -- /scenario anon --bytes 41943040 --dir /tmp && dockerd_ready rec-a; }

# explain --for sees a restart: the process that it tells of afterwards is the main one.
record_for() {
  local said restarter
  dockerd_run rec-for -i -- /scenario anon --bytes 52428800 && dockerd_ready rec-for || return
  (sleep 3; docker restart -t 1 rec-for >/dev/null) &
  restarter=$!
  said=$("$CGMEM" explain --for 15s --json rec-for) || { echo "exit status $?"; return 1; }
  wait "$restarter"
  jq -e '.results[0].findings | map(.id) | index("anon") != null and index("anon-children") == null' <<<"$said" >/dev/null && return
  jq -c '.results[0].findings | map({id, text})' <<<"$said"
  return 1
}

record_checks() {
  local file=$dockerd_dir/history/h.db
  mkdir -p "$dockerd_dir/history"
  check "record: a container" record_begin
  # Not in a substitution: the recorder is a child of this shell.
  if record_start "$file" >"$dockerd_dir/note"; then ok "record: starts"; else not_ok "record: starts" "$(cat "$dockerd_dir/note")"; fi
  check "record: rows are what ps says" record_rows "$file"
  check "record: a second recorder is refused, with the pid of the first" record_second "$file"
  check "record: reads no more than it needs" record_cheap "$file"
  check "record: stop, start, restart, a short life" record_life "$file"
  check "record: ten restarts" record_restarts "$file"
  check "record: a new container of the same name is the same" record_identity "$file"
  check "record: one OOM kill is one event" record_kill "$file"
  check "record: a container that is killed" record_killed "$file"
  check "record: what the engine sent before an end" record_signals "$file"
  check "record: another limit" record_limit "$file"
  check "explain --for: a restart meanwhile" record_for
  check "record: a restart by a supervisor inside" record_supervised "$file"
  check "record: SIGHUP after the file was moved" record_hangup "$file"
  check "record: the file is removed" record_removed "$file"
  record_check_here "record: SIGTERM" record_terminated "$file"
  record_check_here "record: killed, and started again: a gap" record_shot "$file"
  record_check_here "record: a full disk" record_full
  record_check_here "record: before the engine" record_nameless
  record_clean
}

# As check, for what starts or ends the recorder: in this shell.
record_check_here() {
  local name=$1
  shift
  if "$@" >"$dockerd_dir/note" 2>&1; then ok "$name"; else not_ok "$name" "$(cat "$dockerd_dir/note")"; fi
}
