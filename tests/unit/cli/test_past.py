"""What `collect --backfill` says on the way: on a terminal one line, else lines that are few."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from newsletter.cli.past import Watcher, duration, how_far
from newsletter.collect.progress import Progress
from newsletter.model import Backfill

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
BACKFILL = Backfill("presse", "html:x", NOW)


class Clock:
    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


def told(watch: Watcher, clock: Clock, pages: int, after: float, of: int | None = 20, **more: object) -> None:
    clock.seconds += after
    backfill = replace(BACKFILL, pages=pages, found=pages * 10, oldest=datetime(2019, 5, 3, tzinfo=UTC))
    watch.tell(Progress("presse", backfill, of, new=pages * 9, **more))  # type: ignore[arg-type]


def test_lines_are_whole_and_few(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    watch = Watcher(plain=True, clock=clock)
    for page in range(100):
        told(watch, clock, page, after=1, of=200)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 10
    assert lines[1] == (
        "presse: page 10 of 200 of the list, 100 releases listed, 90 new, back to 2019-05-03, about 3 min left"
    )
    assert not any(character in line for line in lines for character in "\r\x1b")


def test_a_terminal_has_one_line_that_leaves_nothing_of_the_one_before(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    with Watcher(plain=False, clock=clock) as watch:
        told(watch, clock, 0, after=1, rests=290.0)
        told(watch, clock, 1, after=300, of=None)
    drawn = capsys.readouterr().err
    assert (drawn.count("\n"), drawn[-1]) == (1, "\n")  # at its end, for what is printed next
    first, second = drawn.rstrip("\n").split("\r")[1:]
    assert "the portal asked for a rest of 290 seconds" in first
    assert len(second) >= len(first)
    assert second.rstrip().endswith("back to 2019-05-03")


def test_it_says_where_it_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    told(Watcher(plain=True, clock=clock), clock, 7, after=1)
    assert capsys.readouterr().err.splitlines()[0] == "presse: goes on with page 8 of the list"


@pytest.mark.parametrize("of", [None, 7])
def test_what_the_list_does_not_tell_is_not_guessed(capsys: pytest.CaptureFixture[str], of: int | None) -> None:
    clock = Clock()
    watch = Watcher(plain=True, clock=clock)
    told(watch, clock, 5, after=1, of=of)
    told(watch, clock, 9, after=60, of=of)
    last = capsys.readouterr().err.splitlines()[-1]
    assert "page 9 of the list" in last
    assert "left" not in last


def test_json_is_told_alone(capsys: pytest.CaptureFixture[str]) -> None:
    with Watcher(plain=False, silent=True) as watch:
        watch.tell(Progress("presse", BACKFILL))
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.2, "1 s"), (59, "59 s"), (60, "1 min"), (3_600, "60 min"), (9_000, "2.5 h")]
)
def test_times_are_said_in_words(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_what_came_of_it_is_a_sentence() -> None:
    read = replace(BACKFILL, pages=3, found=60, kept=58)
    assert how_far(replace(read, ended_at=NOW, reason="the end of the list")) == (
        "its past is read: 3 pages of the list, 60 releases on them, 58 of them in the archive; the end of the list"
    )
    assert how_far(read).endswith("; `newsletter collect presse --backfill` goes on")
