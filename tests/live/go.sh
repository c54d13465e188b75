# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Go programs in containers of a real engine, stripped, with no port open but in one. To be sourced after checks.sh and dockerd.sh.
#
#   go_start            starts them: gopher (live heap), leaking (10,000 goroutines), served (net/http/pprof on its own loopback)
#   go_checks [few]     what cgmem says of them
#
# $GOLAB and $GOMEM are built of tests/go/lab and tests/go/memstats, and are in the image.

: "${GOLAB:?}" "${GOMEM:?}" "${dockerd_dir=}"

go_start() {
  dockerd_run gopher -m 256m -- /golab live --bytes 41943040 &&
    dockerd_run leaking -- /golab leak &&
    dockerd_run served -i -- /gomem &&
    dockerd_ready gopher && dockerd_ready leaking
}

# go_says TARGET JQ-CONDITION [OPTION ...]: true of the one program in the answer of `cgmem go`
go_says() {
  local target=$1 condition=$2 json
  shift 2
  json=$("$CGMEM" go --json "$@" "$target") || { echo "exit status $?: $json"; return 1; }
  jq -e "(.results | length) == 1 and (.results[0] | $condition)" <<<"$json" >/dev/null && return
  jq -c '.results[] | .goroutine_groups |= .[:5] | .sites |= .[:5]' <<<"$json"
  return 1
}

go_columns() {
  local json
  json=$("$CGMEM" ps -o +GO_HEAP,GO_RETAINED,GO_SYS,GOROUTINES --json gopher leaking anon) || { echo "exit status $?"; return 1; }
  jq -e '[.results[] | {key: .name, value: .}] | from_entries |
    .gopher.go_heap >= 41943040 and .gopher.go_heap < 50000000 and .gopher.go_sys > .gopher.go_heap and .gopher.goroutines >= 1 and
    .gopher.go_retained != null and .leaking.goroutines >= 10001 and .leaking.goroutines < 10020 and
    .anon.go_heap == null and .anon.goroutines == null' <<<"$json" >/dev/null && return
  jq -c '.results[] | [.name, .go_heap, .go_retained, .go_sys, .goroutines]' <<<"$json"
  return 1
}

go_text() {
  local said
  said=$("$CGMEM" explain leaking) || { echo "exit status $?"; return 1; }
  grep -q 'main\.leakyWorker' <<<"$said" && return
  echo "$said"
  return 1
}

go_checks() {
  check "go: live heap is the first cause" first_cause gopher go-heap 41943040
  check "go: the runtime's figures from memory" go_says gopher '.source == "memory" and .version == "go1.19.8" and
    .memstats.HeapAlloc > 41943040 and .memstats.HeapAlloc < 50000000 and .resident.exact'
  check "go: the goroutines that leak" go_says leaking '[.goroutine_groups[0] | .count, .state, .function, .created_by] ==
    [10000, "chan receive", "main.leakyWorker", "main.startLeak"]'
  check "go: explain names them" go_text
  [[ ${1-} != few ]] || return 0
  check "go: columns of ps" go_columns
  # Its network has nothing but a loopback interface of its own.
  check "go: an endpoint in the container's network" go_says served '.source == "endpoint" and .memstats.HeapAlloc > 0' --go endpoint
  check "go: not asked unless told to" go_says served '.source == "memory"'
  check "go: no endpoint there: from memory, and a note" go_without_endpoint
  check "go: not a Go program" exits 1 "$CGMEM" go anon
  check "go: explain with an endpoint" go_explained_by_endpoint
  check "go: a wait by another clock is not told" go_other_clock
  check "go: as a user, that another's program may be one is told" go_as_user
}

# A user's container, in which root runs another program.
go_as_user() {
  local id said cgmem=$dockerd_dir/cgmem
  dockerd_run users --user 65534:65534 -- /golab live --bytes 20971520 && dockerd_ready users || return
  docker exec -d --user 0 users /scenario anon --bytes 41943040 --dir /tmp || return
  id=$(docker inspect -f '{{.Id}}' users)
  install -m 755 "$CGMEM" "$cgmem" # where that user may read it
  said=$(env -u DOCKER_HOST setpriv --reuid=65534 --regid=65534 --clear-groups "$cgmem" go --json "/docker/$id" 2>"$dockerd_dir/note") ||
    { echo "exit status $?: $(<"$dockerd_dir/note")"; return 1; }
  docker rm -f users >/dev/null
  [[ $(jq '.results | length' <<<"$said") = 1 ]] || { echo "$said"; return 1; }
  grep -q '^cgmem: whether a Go program runs in .*permission denied' "$dockerd_dir/note" && return
  echo "no warning: $(<"$dockerd_dir/note")"
  return 1
}

# This program and the container's are in different time namespaces.
go_other_clock() {
  local said
  said=$(unshare -T --monotonic 100000 --fork "$CGMEM" go --json leaking) || { echo "exit status $?"; return 1; }
  jq -e '.results[0].goroutine_groups | .[0].count == 10000 and all(.[]; .longest_s == null)' <<<"$said" >/dev/null && return
  jq -c '.results[0].goroutine_groups[:3]' <<<"$said"
  return 1
}

go_without_endpoint() {
  go_says gopher '.source == "memory"' --go endpoint 2>"$dockerd_dir/note" || { cat "$dockerd_dir/note"; return 1; }
  grep -q '^cgmem: .*--go-url' "$dockerd_dir/note" && return
  echo "no note"
  return 1
}

go_explained_by_endpoint() {
  local json
  json=$("$CGMEM" explain --json --go endpoint served) || { echo "exit status $?"; return 1; }
  jq -e '.results[0].go | length == 1 and .[0].source == "endpoint"' <<<"$json" >/dev/null && return
  jq -c '.results[0] | .go, .unreadable' <<<"$json"
  return 1
}
