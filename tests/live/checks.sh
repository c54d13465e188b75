# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the tests with a real engine share: counting, and the comparison with docker stats. To be sourced after dockerd.sh.
#
#   ok NAME / not_ok NAME WHY      one line each, counted
#   skip NAME WHY                  one line, counted
#   check NAME COMMAND...          ok when COMMAND succeeds; its output is the reason when it does not
#   summary                        the last line; its status is 1 when something failed or nothing was tried
#
# $CGMEM is the program, $top the project's folder.

: "${CGMEM:?}" "${top:?}"
passed=0 failed=0 skipped=0

ok() {
  echo "ok $1"
  passed=$((passed + 1))
}

not_ok() {
  echo "not ok $1: ${2//$'\n'/; }"
  failed=$((failed + 1))
}

skip() {
  echo "skip $1: $2"
  skipped=$((skipped + 1))
}

check() {
  local name=$1 said
  shift
  if said=$("$@" 2>&1); then ok "$name"; else not_ok "$name" "$said"; fi
}

summary() {
  echo "$passed passed, $failed failed, $skipped skipped"
  ((failed == 0 && passed + skipped > 0))
}

FORMAT='{{.Name}} {{.MemUsage}} {{.MemPerc}} {{.PIDs}}'

# docker, cgmem, docker: when both readings of docker agree, cgmem's must be the same to the letter. A container's memory moves now
# and then, so there are several tries; that docker's two never agree fails too.
same_as_docker() {
  local docker=$1 before ours after try
  for ((try = 0; try < 20; try++)); do
    before=$("$docker" stats --no-stream --format "$FORMAT" | sort)
    ours=$("$CGMEM" ps --format "$FORMAT" | sort) || { echo "exit status $?"; return 1; }
    after=$("$docker" stats --no-stream --format "$FORMAT" | sort)
    [[ $before = "$after" && $before ]] || continue
    [[ $ours != "$before" ]] || return 0
    printf 'docker says\n%s\ncgmem says\n%s\n' "$before" "$ours"
    return 1
  done
  echo "docker's readings never agreed"
  return 1
}

# first_cause TARGET ID [BYTES]: the first cause is ID; it has BYTES, give or take 5 % and 1 MiB; and all sums hold.
first_cause() {
  local target=$1 id=$2 bytes=${3:-0} json
  json=$("$CGMEM" explain --json "$target") || { echo "exit status $?"; return 1; }
  jq -nr -f "$top/tests/tools/check_tree.jq" <<<"$json" >/dev/null || return 1
  jq -e --arg id "$id" --argjson bytes "$bytes" '[.results[0].findings[] | select(.kind == "cause")][0] |
    .id == $id and ($bytes == 0 or ((.bytes - $bytes) | if . < 0 then -. else . end) <= $bytes / 20 + 1048576)' <<<"$json" >/dev/null && return
  jq -c '[.results[0].findings[] | [.id, .bytes]], .errors' <<<"$json"
  return 1
}

# has_finding TARGET ID [OPTION ...]
has_finding() {
  local target=$1 id=$2 json
  shift 2
  json=$("$CGMEM" explain --json "$@" "$target") || { echo "exit status $?"; return 1; }
  jq -e --arg id "$id" 'any(.results[0].findings[]; .id == $id)' <<<"$json" >/dev/null && return
  jq -c '[.results[0].findings[] | .id]' <<<"$json"
  return 1
}
