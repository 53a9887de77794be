"""A Maildir of returned mail: all is taken once, and nothing that goes wrong with one mail touches another."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.app.maildir import Maildir
from newsletter.errors import NewsletterError, StoreError


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    for number in range(3):
        (tmp_path / "new" / f"{number}.host").write_bytes(b"mail %d" % number)
    return tmp_path


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_each_is_taken_once_and_kept_as_read(maildir: Path) -> None:
    taken: list[bytes] = []

    def take(raw: bytes) -> str:
        taken.append(raw)
        return "noted"

    box = Maildir(maildir, take)
    assert (box.look(), box.look()) == ({"noted": 3}, {})
    assert taken == [b"mail 0", b"mail 1", b"mail 2"]
    assert (names(maildir / "new"), names(maildir / "cur")) == ([], [f"{number}.host:2,S" for number in range(3)])


def test_a_poisoned_mail_is_flagged_and_the_others_go_on(maildir: Path) -> None:
    def take(raw: bytes) -> str:
        if raw == b"mail 1":
            raise RecursionError("so deep")
        return "noted"

    assert Maildir(maildir, take).look() == {"noted": 2, "failed": 1}
    assert names(maildir / "cur") == ["0.host:2,S", "1.host:2,FS", "2.host:2,S"]


def test_what_the_database_cannot_take_now_stays_new(maildir: Path) -> None:
    def take(raw: bytes) -> str:
        if raw == b"mail 1":
            raise StoreError("locked")
        return "noted"

    with pytest.raises(StoreError):
        Maildir(maildir, take).look()
    assert names(maildir / "new") == ["1.host", "2.host"]


def test_a_folder_that_is_none_is_said_so(maildir: Path) -> None:
    assert Maildir(maildir, str).waiting() == 3
    (maildir / "cur").rmdir()
    for use in (Maildir(maildir, str).waiting, Maildir(maildir, str).look, Maildir(maildir / "nowhere", str).waiting):
        with pytest.raises(NewsletterError, match=r"mail\.feedback\.path: .* cannot be used: No such file"):
            use()
