"""Runs the proof: `python -m tests.proof [--quick] [--part NAME]`. Ends with one JSON line."""

from __future__ import annotations

import sys

from tests.proof.runner import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
