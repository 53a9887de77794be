"""Killed or stopped in mid-send: nothing is lost, and every double is one that the ledger names as uncertain.

`benchmarks/kill.py` does the same some hundreds of times.
"""

from __future__ import annotations

from pathlib import Path

from tests.acceptance.killing import READERS, prove_killing, prove_stopping


def test_killed_at_random_moments(store_url: str, tmp_path: Path) -> None:
    outcome = prove_killing(store_url, tmp_path, kills=12, seed=1)
    assert outcome.kills == 12
    assert outcome.mails >= outcome.editions * READERS
    assert (outcome.lost, outcome.unexplained) == (0, 0), outcome


def test_stopped_past_its_lease_while_another_goes_on(store_url: str, tmp_path: Path) -> None:
    outcome = prove_stopping(store_url, tmp_path, stops=4, seed=1)
    assert outcome.mails >= outcome.editions * READERS
    assert (outcome.lost, outcome.unexplained) == (0, 0), outcome
