#!/usr/bin/env bash
# Runs every benchmark; each prints its own JSON object. Fails where one did, after all have run.
set -euo pipefail
cd "$(dirname "$0")/.."

status=0
for benchmark in benchmarks/[!_]*.py; do
  [[ -e $benchmark ]] || continue
  echo "== $benchmark" >&2
  .venv/bin/python "$benchmark" || status=1
done
exit $status
