"""What stands in the queues is told with what to do."""

from __future__ import annotations

import pytest

from newsletter.app.queues import standing, troubles
from newsletter.engine import Stats


@pytest.mark.parametrize(
    ("stats", "says"),
    [
        (Stats(workers=2), []),
        (Stats({"deliver": 3}, workers=2), []),
        (Stats({"deliver": 3}), []),
        (Stats(stalled=2, workers=1), ["2 pieces of work were begun by a process that is gone"]),
        (
            Stats({"publish": 1}, failing=("publish",), workers=1),
            ["failing, and tried again every few seconds: publish"],
        ),
        (Stats({"publish": 1}, failing=("publish",), stalled=1), ["1 pieces", "failing"]),
    ],
)
def test_trouble_is_told(stats: Stats, says: list[str]) -> None:
    found = troubles(stats)
    assert len(found) == len(says)
    assert all(part in line for part, line in zip(says, found, strict=True))


def test_what_waits_is_named() -> None:
    stats = Stats({"publish": 1, "deliver": 8}, running=2, workers=7)
    assert standing(stats) == "7 workers, 2 at work; waiting: deliver 8, publish 1"
