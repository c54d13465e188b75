# shellcheck shell=sh disable=SC2154 # $tmp is that of who sources this
# SPDX-License-Identifier: Apache-2.0
# verdict.sh: one TAP line a test, for the checks of the man pages. To be sourced; $tmp is a folder.

# verdict NAME: what is wrong, on stdin; nothing there: the test is passed. In a pipeline it runs in a subshell, whose
# variables are lost: that one failed stays as $tmp/failed.
verdict() {
	sed 's/^/# /' >"$tmp/wrong"
	if [ -s "$tmp/wrong" ]; then
		cat "$tmp/wrong"
		echo "not ok man: $1"
		: >"$tmp/failed"
	else
		echo "ok man: $1"
	fi
}
