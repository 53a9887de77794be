#!/usr/bin/env bash
# Puts newsletter and the versions of constraints.txt into .venv. Arguments go to `uv pip install` (as `--group dev`).
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/debian.sh

python=${PYTHON:-python3}

fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

command -v "$python" >/dev/null || fail "$python is not installed: apt-get install python3 python3-venv"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  fail "newsletter needs Python 3.11 or newer, $python is $("$python" -V): make setup PYTHON=/path/to/python3.11"

if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then # Debian packs them apart
  can_install || fail "Python's venv is missing; install it as root: apt-get install python3-venv"
  apt_install python3-venv
fi

if [[ ! -x .venv/bin/uv ]]; then
  "$python" -m venv .venv
  .venv/bin/pip install --quiet --disable-pip-version-check --constraint constraints.txt uv
fi

# uv reads neither pip's settings nor Debian's certificates: a mirror set for pip, and an authority of the house, hold for it too
index=$(.venv/bin/pip config list | sed -n "s/^[^=]*[.]index-url='\(.*\)'$/\1/p" | head -n 1)
if [[ -n $index ]]; then export UV_DEFAULT_INDEX=${UV_DEFAULT_INDEX:-$index}; fi
if [[ -e /etc/ssl/certs/ca-certificates.crt ]]; then export UV_SYSTEM_CERTS=${UV_SYSTEM_CERTS:-1}; fi

.venv/bin/uv pip install --quiet --compile-bytecode --python .venv/bin/python \
  --constraints constraints.txt --build-constraints constraints.txt --editable '.[postgres]' "$@"
