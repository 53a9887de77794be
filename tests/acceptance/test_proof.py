"""A little of each part of the proof of delivery, and every one of its mutants (`make prove` does the whole)."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.proof.mutants import MUTANTS
from tests.proof.record import ROOT
from tests.proof.tracing import refused


@pytest.mark.timeout(600)
def test_nothing_is_lost_or_doubled_unexplained_and_every_mutant_is_caught() -> None:
    if reason := refused():
        pytest.skip(f"strace may not trace here: {reason}")
    command = [sys.executable, "-m", "tests.proof", "--quick"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    said = json.loads(ended.stdout)
    found = {name: said[name] for name in ("lost", "unexplained", "after_goodbye", "mutants_killed")}
    expected = {"lost": 0, "unexplained": 0, "after_goodbye": 0, "mutants_killed": f"{len(MUTANTS)}/{len(MUTANTS)}"}
    assert (found, ended.returncode) == (expected, 0), ended.stderr
    assert said["runs"] > 100
