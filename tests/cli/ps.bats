# SPDX-License-Identifier: Apache-2.0
# cgmem ps on a saved tree with four running containers and two ended ones.
load common

setup() { root=$FIXTURES/v2-docker; }
ps() { cgmem --root "$root" ps "$@"; }
names() { printf '%s\n' "$output" | tail -n +2 | awk '{ print $1 }' | tr '\n' ' '; }

@test "four containers run, two more with -a" {
	ps --format '{{.Name}}'
	[ "$(printf '%s\n' "$output" | sort | tr '\n' ' ')" = "anon cache shop-db-1 shop-web-1 " ] || fail names
	ps -a --format '{{.Name}}'
	[ "$(printf '%s\n' "$output" | grep -c '')" = 6 ] || fail all
}

@test "the default columns, by width" {
	COLUMNS=80 ps
	status_is 0
	head=$(printf '%s\n' "$output" | head -n 1 | tr -s ' ')
	[ "$head" = "NAME MEM USAGE / LIMIT MEM % ANON CACHE WHY" ] || fail "80: $head"
	[ "$(printf '%s\n' "$output" | wc -L)" -le 80 ] || fail "too wide"
	COLUMNS=100 ps
	head=$(printf '%s\n' "$output" | head -n 1 | tr -s ' ')
	[ "$head" = "NAME MEM USAGE / LIMIT MEM % ANON CACHE TMPFS KERNEL SWAP WHY" ] || fail "100: $head"
}

@test "every column can be asked for, alone and added" {
	ps --list-columns
	status_is 0
	listed=$(printf '%s\n' "$output" | awk '{ print $1 }' | grep -v '^GO' | grep -E '^[A-Z_]+$' | tr '\n' ' ')
	for c in NAME ID IMAGE PROJECT SERVICE STATE PIDS CHARGED DOCKER PERCENT LIMIT EFFECTIVE_LIMIT LIMIT_FROM HEADROOM WORKING_SET \
		ANON ANON_UNMAPPED CACHE INACTIVE ACTIVE DIRTY MAPPED TMPFS KERNEL SLAB SLAB_RECL STACKS PAGETABLES PERCPU SOCK SWAP ZSWAP \
		LAZYFREE THP UNATTRIBUTED PEAK OOM_KILLS RESTARTS PSI WHY PATH; do
		[[ " $listed" == *" $c "* ]] || fail "no column $c in: $listed"
		ps -o "$c"
		status_is 0
		ps -o "+$c"
		status_is 0
	done
}

@test "JSON has a key for each column, in lower case, and null for unknown" {
	ps --list-columns
	columns=$(printf '%s\n' "$output" | awk '{ print $1 }' | grep -E '^[A-Z_]+$')
	ps --json -a
	for c in $columns; do
		json ".results[] | has(\"${c,,}\")" | sort -u | grep -qx true || fail "no key ${c,,}"
	done
	[ "$(json '.results[] | select(.name == "ended").charged')" = null ]
	[ "$(json '.results[] | select(.name == "cache").tmpfs')" -gt 0 ] || [ "$(json '.results[] | select(.name == "cache").cache')" -gt 0 ]
}

@test "sort as ps(1) does: ascending, - descending, text A to Z" {
	ps -o NAME,CHARGED --bytes -s CHARGED --no-headings
	printf '%s\n' "$output" | awk '{ print $2 }' | sort -nc || fail order
	ps -o NAME,CHARGED --bytes -s -CHARGED --no-headings
	printf '%s\n' "$output" | awk '{ print $2 }' | sort -rnc || fail order
	ps -o NAME -s NAME --no-headings
	printf '%s\n' "$output" | LC_ALL=C sort -c || fail order
}

@test "filters: docker's, and conditions" {
	ps -f name=shop --format '{{.Name}}'
	[ "$(printf '%s\n' "$output" | sort | tr '\n' ' ')" = "shop-db-1 shop-web-1 " ] || fail name
	ps -f label=com.docker.compose.service=web --format '{{.Name}}'
	[ "$output" = shop-web-1 ] || fail label
	ps -f status=exited --format '{{.Name}}'
	[ "$(printf '%s\n' "$output" | sort | tr '\n' ' ')" = "ended killed " ] || fail status
	ps -f 'tmpfs>4M' -f name=shop --format '{{.Name}}'
	[ "$output" = shop-web-1 ] || fail condition
	ps -f why=tmpfs -f name=web --format '{{.Name}}'
	[ "$output" = shop-web-1 ] || fail why
	ps -f 'charged<0' --format '{{.Name}}'
	status_is 0
	[ -z "$output" ] || fail none
}

@test "groups have subtotals, --total the sum" {
	ps -g compose -o NAME,CHARGED --bytes
	out_has "shop (2)"
	sum=$(printf '%s\n' "$output" | awk '/^ *shop-/ { s += $NF } END { print s }')
	printf '%s\n' "$output" | grep -q "shop (2) *$sum" || fail "subtotal is not $sum"
	ps --total -o NAME,CHARGED --bytes --no-headings
	sum=$(printf '%s\n' "$output" | head -n -1 | awk '{ s += $NF } END { print s }')
	[ "$(printf '%s\n' "$output" | tail -n 1 | awk '{ print $NF }')" = "$sum" ] || fail total
}

@test "csv, raw, no headings, ids" {
	ps --csv -o NAME,CHARGED
	[ "$(printf '%s\n' "$output" | head -n 1)" = NAME,CHARGED ]
	printf '%s\n' "$output" | tail -n +2 | grep -vqE '^[a-z0-9-]+,[0-9]+.?$' && fail csv
	ps --raw -o NAME,IMAGE --no-headings
	printf '%s\n' "$output" | grep -vqE '^[^ ]+ [^ ]+$' && fail raw
	ps -q
	printf '%s\n' "$output" | grep -vqE '^[0-9a-f]{12}$' && fail ids
	ps -q --no-trunc
	printf '%s\n' "$output" | grep -vqE '^[0-9a-f]{64}$' && fail ids
	true
}

@test "targets choose rows" {
	ps cache anon --format '{{.Name}}'
	[ "$(printf '%s\n' "$output" | sort | tr '\n' ' ')" = "anon cache " ] || fail rows
	ps cache nosuch --format '{{.Name}}'
	status_is 64
	[ "$output" = cache ]
	err_has nosuch
	ps nosuch
	status_is 3
	[ -z "$output" ] || fail "headings without rows"
}

@test "docker's templates" {
	ps anon --format '{{json .}}'
	printf '%s' "$output" | jq -e '.Name == "anon" and has("MemUsage") and has("PIDs")' >/dev/null || fail json
	ps anon --format 'table {{.Name}}\t{{.MemUsage}}'
	[ "$(printf '%s\n' "$output" | head -n 1 | tr -s ' ' | sed 's/ $//')" = "NAME MEM USAGE / LIMIT" ] || fail table
	ps anon --format '{{upper .Name}} {{.Anon}} {{truncate .Name 2}}'
	[[ $output =~ ^ANON\ .*\ an$ ]] || fail functions
}

@test "the C locale: ASCII alone" {
	LC_ALL=C ps
	printf '%s' "$output" | LC_ALL=C grep -q '[^ -~]' && fail bytes
	LC_ALL=C cgmem --root "$root" explain cache
	printf '%s' "$output" | LC_ALL=C grep -q '[^ -~]' && fail bytes
	true
}
