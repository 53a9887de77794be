"""The folder of received mails: names that stay, bytes that stay."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsletter.demo.inbox.folder import keep, prepare, received_mails

RECIPIENTS = [
    "leser+presse@musterstadt.example",
    "jörg@müller.example",
    "../../etc/passwd",
    '"a b/c"@musterstadt.example',
    "per%cent@musterstadt.example",
    ".verborgen@musterstadt.example",
    "zeile\nzwei@musterstadt.example",
]


@pytest.mark.parametrize("recipient", RECIPIENTS)
def test_any_recipient_becomes_a_name_and_comes_back(tmp_path: Path, recipient: str) -> None:
    path = keep(tmp_path, 7, recipient, b"Subject: x\r\n\r\n")
    assert path.parent == tmp_path
    assert path.name.startswith("007-")
    (mail,) = received_mails(tmp_path)
    assert (mail.path, mail.number, mail.recipient) == (path, 7, recipient)


def test_a_recipient_that_is_no_text_is_kept_too(tmp_path: Path) -> None:
    keep(tmp_path, 1, b"j\xf6rg@musterstadt.example".decode("utf-8", "surrogateescape"), b"")
    assert [mail.path.name for mail in received_mails(tmp_path)] == ["001-j%F6rg@musterstadt.example.eml"]


def test_an_endless_recipient_fits_a_file_name(tmp_path: Path) -> None:
    path = keep(tmp_path, 1000, "ö" * 500 + "@musterstadt.example", b"")
    assert len(os.fsencode(path.name)) <= 255
    assert [mail.number for mail in received_mails(tmp_path)] == [1000]


def test_bytes_stay_as_they_are(tmp_path: Path) -> None:
    content = b"Subject: \xff\r\n\r\nbare \n and \r and \0\r\n.\r\n"
    keep(tmp_path, 1, "a@b.example", content)
    (mail,) = received_mails(tmp_path)
    assert mail.raw == content
    assert mail.size == len(content)
    assert datetime.now(UTC) - mail.received < timedelta(minutes=1)


def test_numbers_go_on_where_an_earlier_run_ended(tmp_path: Path) -> None:
    place = tmp_path / "deep" / "inbox"
    assert prepare(place) == 1
    keep(place, 1, "a@b.example", b"")
    keep(place, 1004, "a@b.example", b"")
    (place / "notes.txt").write_text("not a mail")
    assert prepare(place) == 1005
    assert [mail.number for mail in received_mails(place)] == [1, 1004]


def test_what_a_killed_run_left_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / "003-a@b.example.part").write_bytes(b"half a ma")
    assert prepare(tmp_path) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        keep(tmp_path, 1, "a@b.example", b"x")
    assert list(tmp_path.iterdir()) == []


def test_no_folder_is_an_empty_one(tmp_path: Path) -> None:
    assert received_mails(tmp_path / "none") == []
