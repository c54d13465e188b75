#!/bin/sh
# usage: lint-layers.sh SRC -- fails when a folder includes one it may not
set -eu
src=${1:?usage: lint-layers.sh SRC}
tmp=$(mktemp)
trap 'rm -f "$tmp"' EXIT
allow() {
	case $1 in
	base) echo base ;;
	sample) echo base sample ;;
	sys) echo base sample sys ;;
	cgroup) echo base sample sys cgroup ;;
	net) echo base net ;;
	engine) echo base sample sys net engine ;;
	golang) echo base sample sys net golang ;;
	model) echo base sample model ;;
	lib) echo base sample sys cgroup model ;;
	collect) echo base sample sys cgroup net engine golang model collect ;;
	store) echo base sample net store ;;
	output) echo base sample model output ;;
	tui) echo base sample model output tui ;;
	serve) echo base sample model output serve ;;
	cmd) echo base sample sys cgroup net engine golang model collect store output tui serve cmd ;;
	esac
}
rc=0
if grep -rnE '^ *# *include *"\.\./' "$src"; then rc=1; fi
find "$src" -name '*.[ch]' | sort | while read -r f; do
	sed -n "s|^ *# *include *\"\([a-z]*\)/.*|$f \1|p" "$f"
done >"$tmp"
while read -r f inc; do
	dir=${f#"$src"/}
	dir=${dir%%/*}
	[ "$inc" = cgmem ] && continue
	case " $(allow "$dir") " in
	*" $inc "*) ;;
	*) echo "$f: $dir may not include $inc/" >&2; rc=1 ;;
	esac
done <"$tmp"
exit $rc
