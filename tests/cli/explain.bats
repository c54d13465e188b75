# SPDX-License-Identifier: Apache-2.0
# cgmem explain, procs and doctor on saved trees.
load common

explain() { cgmem --root "$FIXTURES/v2-docker" explain "$@"; }

@test "docker's figure as an equation, the verdict, a tree, findings" {
	explain anon
	status_is 0
	out_has "docker stats"
	out_has " = "
	out_has "charged"
	out_has "anonymous memory"
	out_has "FINDINGS"
	out_has "cgmem-findings(7)"
}

@test "verdict and breakdown fit 80x24 on every container" {
	for c in anon cache shop-web-1 shop-db-1; do
		COLUMNS=80 explain "$c" --only verdict,breakdown
		[ "$(printf '%s\n' "$output" | grep -c '')" -le 24 ] || fail "$c: lines"
		[ "$(printf '%s\n' "$output" | wc -L)" -le 80 ] || fail "$c: columns"
	done
}

@test "--only leaves the other sections out" {
	explain anon --only numbers
	out_has "docker stats"
	out_lacks "FINDINGS"
	out_lacks "WHAT IT IS"
	explain anon --only findings
	out_has "FINDINGS"
	out_lacks "WHAT IT IS"
}

@test "every tool's number is there, docker's among them" {
	explain anon --json
	[ "$(json '.results[0].numbers | length')" -ge 12 ] || fail numbers
	docker=$(json '.results[0].docker.bytes')
	[ "$(json '[.results[0].numbers[] | select(.tool == "docker stats")] | last | .bytes')" != null ]
	json '.results[0].numbers[].bytes' | grep -qx "$docker" || fail "no figure equals docker's"
}

@test "no key of the JSON is ever missing" {
	explain anon --json
	for key in target cgroup charged docker breakdown unattributed slack headroom numbers processes go growth findings unreadable; do
		[ "$(json ".results[0] | has(\"$key\")")" = true ] || fail "$key"
	done
	explain killed --json
	for key in target cgroup charged docker breakdown unattributed slack headroom numbers processes go growth findings unreadable; do
		[ "$(json ".results[0] | has(\"$key\")")" = true ] || fail "killed: $key"
	done
	[ "$(json '.results[0].charged')" = null ]
}

@test "--bytes prints plain bytes" {
	explain shop-web-1 --bytes --only breakdown
	out_has "8388608"
}

@test "--what-if judges a limit" {
	explain shop-web-1 --what-if 4M
	status_is 0
	out_has "4.0 MiB"
	explain shop-web-1 --what-if 1G
	out_has "1.0 GiB"
}

@test "-v adds notices" {
	explain anon --only findings
	plain=$(printf '%s\n' "$output" | grep -c '')
	explain anon --only findings -v
	[ "$(printf '%s\n' "$output" | grep -c '')" -ge "$plain" ]
}

@test "host: the machine, with free's figure, adds up" {
	for f in v1-docker v2-docker v2-6.12; do
		cgmem --root "$FIXTURES/$f" explain host --json
		status_is 0
		adds_up 1
		total=$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' "$FIXTURES/$f/proc/meminfo")
		free=$(sed -n 's/^MemFree: *\([0-9]*\) kB/\1/p' "$FIXTURES/$f/proc/meminfo")
		[ "$(json '.results[0].charged')" = $(((total - free) * 1024)) ] || fail "$f: charged"
	done
}

@test "host: a cause's evidence is the line of meminfo that its bytes are of, and docker has no figure of it" {
	for f in v1-docker v2-docker v2-6.12; do
		cgmem --root "$FIXTURES/$f" explain host --json
		status_is 0
		of() { json "[.results[0].findings[] | select(.id == \"$1\") | .bytes, (.evidence[] | .name, .value)] | join(\" \")"; }
		meminfo() { echo $((1024 * $(sed -n "s/^$1: *\([0-9]*\) kB/\1/p" "$FIXTURES/$f/proc/meminfo"))); }
		slab=$(meminfo SReclaimable)
		[ "$(of slab-reclaimable)" = "$slab SReclaimable $slab" ] || fail "$f: $(of slab-reclaimable)"
		slab=$(meminfo SUnreclaim)
		[ "$(of slab-unreclaimable)" = "$slab SUnreclaim $slab" ] || fail "$f: $(of slab-unreclaimable)"
		anon=$(meminfo AnonPages)
		[ "$(of anon)" = "$anon AnonPages $anon" ] || fail "$f: $(of anon)"
		cgmem --root "$FIXTURES/$f" explain host --only findings
		out_has "% of what is in use"
		out_lacks "docker's figure"
	done
}

@test "procs: of the machine's root group the process that was named, alone" {
	cgmem --root "$FIXTURES/v2-kubepods" --engine none --json procs pid:1
	status_is 0
	[ "$(json '[.results[] | "\(.pid) \(.comm)"] | join(",")')" = "1 guest-run" ] || fail "$output"
	cgmem --root "$FIXTURES/v2-kubepods" --engine none --json procs /
	[ "$(json '.results | length')" = 0 ] || fail "all of them: $output"
}

@test "procs: the processes, their PSS, and a sum" {
	cgmem --root "$FIXTURES/v2-docker" procs anon
	status_is 0
	out_has "PSS"
	cgmem --root "$FIXTURES/v2-docker" --json procs anon
	[ "$(json '.results | length')" -ge 1 ] || fail none
	pid=$(json '.results[0].pid')
	rss=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "$FIXTURES/v2-docker/proc/$pid/status")
	[ "$(json '.results[0].rss')" = $((rss * 1024)) ] || fail rss
	pss=$(sed -n 's/^Pss_Anon:[^0-9]*\([0-9]*\) kB/\1/p' "$FIXTURES/v2-docker/proc/$pid/smaps_rollup")
	[ "$(json '.results[0].pss_anon')" = $((pss * 1024)) ] || fail pss
}

@test "doctor says what there is" {
	cgmem --root "$FIXTURES/v2-docker" doctor
	status_is 0
	out_has "cgroup v2"
	cgmem --root "$FIXTURES/v1-docker" doctor
	out_has "cgroup v1"
}
