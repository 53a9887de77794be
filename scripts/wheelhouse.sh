#!/usr/bin/env bash
# Gathers newsletter and all it needs, as wheels for this machine's Python and system, for a machine without the internet.
# Writes wheelhouse/ (or the folder that is named), with the list of what is in it and its sums.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=${1:-wheelhouse}
python=.venv/bin/python

rm -rf "$folder"
mkdir -p "$folder"
"$python" -m pip wheel --quiet --disable-pip-version-check --constraint constraints.txt --wheel-dir "$folder" '.[postgres]'
cp constraints.txt "$folder/"
(cd "$folder" && sha256sum -- *.whl > SHA256SUMS)
printf '%s wheels in %s; on the other machine, with the same Python:\n' "$(find "$folder" -name '*.whl' | wc -l)" "$folder"
printf "  python3 -m venv .venv && .venv/bin/pip install --no-index --find-links %s 'newsletter[postgres]'\n" "$folder"
