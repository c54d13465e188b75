#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# finding-ids.sh: the ids of cgm_finding_infos[], one a line, as the compiler sees them. From the top of the tree.
set -eu
for f in src/model/*.c; do
	grep -q 'cgm_finding_infos\[\] *=' "$f" || continue
	sed -n '/cgm_finding_infos\[\] *=/,/^};/p' "$f"
done | grep -oE '"[a-z][a-z-]+"' | tr -d '"'
