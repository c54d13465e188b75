# SPDX-License-Identifier: Apache-2.0
# Adds up every tree in cgmem's JSON (explain), and every row (ps):
#
#   jq -nr -f tests/tools/check_tree.jq FILE...
#
# prints "N trees add up" and exits 0; or a line for each sum that does not hold on stderr, and exits 1. An answer without a
# single tree or row is right (nobody asked for one): whoever expects some compares N.
def total: map(. // 0) | add // 0;
def magnitude: if . < 0 then -. else . end;
def same($what; $left; $right): if $left == $right then empty else "\($what): \($left) is not \($right)" end;
def atmost($what; $left; $right): if $left <= $right then empty else "\($what): \($left) is more than \($right)" end;

def check_part:
  . as $p
  | if ($p.children | length) > 0 then same("\($p.id): children"; [$p.children[].bytes] | total; $p.bytes) else empty end,
    atmost("\($p.id).in_docker"; $p.in_docker; $p.bytes),
    atmost("\($p.id).reclaimable"; $p.reclaimable; $p.bytes),
    ($p.children[] | select(.bytes < 0) | "\($p.id).\(.id): \(.bytes) is negative"),
    (if $p.bytes < 0 or $p.in_docker < 0 or $p.reclaimable < 0 then "\($p.id): negative" else empty end);

def check_explain:
  . as $e
  | (.breakdown[] | check_part),
    same("parts and remainder"; ([.breakdown[].bytes] | total) + .unattributed; .charged),
    # What docker shows is the sum of what is in its figure; the remainder is in it too.
    # The machine has no such figure.
    (if $e.target.kind == "host" then same("docker's figure of the machine"; .docker.bytes; null)
    elif .docker.bytes == null and .cgroup.path == "/" then empty else
    atmost("docker's figure and the parts in it"; (.docker.bytes - ([.breakdown[].in_docker] | total) - .unattributed) | magnitude;
      .slack),
    same("docker's figure"; [.numbers[] | select(.tool == "docker stats" and .bytes == $e.docker.bytes)] | length >= 1; true)
    end),
    atmost("causes"; [.findings[] | select(.kind == "cause") | .bytes] | total; .charged + .slack),
    (.findings[] | select(.share != null and .bytes != null and $e.charged > 0)
      | select((.share - .bytes / $e.charged) | magnitude > 0.001) | "\(.id).share: \(.share) of \(.bytes)");

def check_row:
  if .charged == null or .anon == null then empty else
    same("row \(.name)"; [.anon, .anon_unmapped, .cache, .tmpfs, .kernel, .sock, .unattributed] | total; .charged),
    atmost("row \(.name): inactive and active"; [.inactive, .active] | total; .cache // 0),
    atmost("row \(.name): docker"; .docker // 0; .charged)
  end;

def trees: .results // [] | map(select(type == "object" and (has("breakdown") and .charged != null or has("anon_unmapped"))));

reduce (inputs | {file: (input_filename // "stdin"), doc: .}) as $in ({n: 0, wrong: []};
  ($in.doc | trees) as $trees
  | .n += ($trees | length)
  | .wrong += (if $in.doc.schema == 1 then [] else ["\($in.file): schema is \($in.doc.schema)"] end)
  | .wrong += [$trees[] | (if has("breakdown") then check_explain else check_row end) | "\($in.file): \(.)"])
| if .wrong == [] then "\(.n) trees add up" else (.wrong | join("\n") + "\n" | halt_error(1)) end
