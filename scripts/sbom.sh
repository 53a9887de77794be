#!/usr/bin/env bash
# Writes what newsletter consists of when it is installed by constraints.txt, as CycloneDX (sbom.cdx.json, or the file named).
# It looks at a fresh installation, so that no tool of ours is taken for a part of it.
set -euo pipefail
cd "$(dirname "$0")/.."

file=$(realpath -m "${1:-sbom.cdx.json}")
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

python3 -m venv "$place/installed"
"$place/installed/bin/pip" install --quiet --disable-pip-version-check --constraint constraints.txt '.[postgres]'
"$place/installed/bin/pip" uninstall --quiet --yes pip setuptools 2>/dev/null || true
python3 -m venv "$place/tool"
"$place/tool/bin/pip" install --quiet --disable-pip-version-check 'cyclonedx-bom>=7,<8'
"$place/tool/bin/cyclonedx-py" environment --pyproject pyproject.toml --mc-type application --output-reproducible \
  --of JSON --sv 1.6 --validate --output-file "$file" "$place/installed/bin/python"
printf 'written to %s\n' "$file"
