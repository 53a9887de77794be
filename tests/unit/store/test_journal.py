"""The journal outlives crashes, full disks and meddling, and says so when it cannot."""

from __future__ import annotations

import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.errors import StoreError
from newsletter.model import Cadence, Carried
from newsletter.store.journal import Goodbye, Journal, Lifted, Sent

NOW = datetime(2026, 11, 22, 6, 0, 0, 123456, tzinfo=UTC)
LEFT = Goodbye(NOW, "left", "a" * 64, "presse")
SENT = Sent(
    NOW, "presse-daily-20261122T0600Z", "presse", Cadence.DAILY, NOW, (Carried("f" * 32, 2), Carried("e" * 32, 1))
)
WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from newsletter.store.journal import Journal
journal = Journal(Path(sys.argv[1]))
for number in range(50):
    journal.goodbye("left", f"{sys.argv[2]}{number:063}", "presse", datetime.now(UTC))
"""


def filled(path: Path) -> Journal:
    journal = Journal(path)
    journal.goodbye(LEFT.kind, LEFT.email_hash, LEFT.newsletter, LEFT.at)
    journal.sent(SENT)
    journal.goodbye("erased", "b" * 64, None, NOW)
    return journal


def test_it_says_what_it_was_told(tmp_path: Path) -> None:
    path = tmp_path / "var" / "journal"
    assert list(Journal(path).entries()) == []
    assert list(filled(path).entries()) == [LEFT, SENT, Goodbye(NOW, "erased", "b" * 64, None)]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_torn_end_is_no_harm(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = tmp_path_factory.mktemp("torn") / "journal"
    journal = filled(path)
    whole = path.read_bytes()
    kept = data.draw(st.integers(0, len(whole)))
    path.write_bytes(whole[:kept])
    lines = whole[:kept].count(b"\n")
    assert len(list(journal.entries())) == lines
    journal.goodbye("suppressed", "c" * 64, None, NOW)
    assert [type(entry) for entry in journal.entries()][lines:] == [Goodbye]
    assert len(list(journal.entries())) == lines + 1


def test_a_changed_line_is_told_of_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    journal = filled(path)
    path.write_bytes(path.read_bytes().replace(b"daily", b"weekly"))
    with pytest.raises(StoreError, match="line 2"):
        list(journal.entries())


def test_it_holds_no_words_that_would_break_a_line(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    with pytest.raises(ValueError, match="no space"):
        journal.goodbye("left", "a b", "presse", NOW)
    with pytest.raises(ValueError, match="no vanished"):
        journal.goodbye("vanished", "a", "presse", NOW)
    assert list(journal.entries()) == []


def test_processes_do_not_tear_each_others_lines(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), name]) for name in "ab"]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    hashes = [entry.email_hash for entry in Journal(path).entries() if isinstance(entry, Goodbye)]
    assert sorted(hashes) == [f"{name}{number:063}" for name in "ab" for number in range(50)]


def test_where_it_cannot_be_written_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        Journal(tmp_path / "file" / "journal").goodbye("left", "a", None, NOW)
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError, match="cannot be read"):
        list(Journal(tmp_path / "folder").entries())


def test_a_lift_is_a_line_of_its_own(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    journal.goodbye("suppressed", "a" * 64, None, NOW)
    journal.lifted("a" * 64, ("amtsblatt", "presse"), NOW)
    journal.lifted("b" * 64, (), NOW)
    assert list(journal.entries())[1:] == [
        Lifted(NOW, "a" * 64, ("amtsblatt", "presse")),
        Lifted(NOW, "b" * 64, ()),
    ]
