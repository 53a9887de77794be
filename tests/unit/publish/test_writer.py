"""The public directory: whole files or none, only what differs."""

from __future__ import annotations

import gzip
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsletter.publish.writer import Writer

AT = datetime(2026, 11, 22, 6, 0, 0, 123456, tzinfo=UTC)


def test_only_what_differs_is_written(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "public")
    writer.write("feeds/a.atom", b"1")
    first = (tmp_path / "public/feeds/a.atom").stat()
    writer.write("feeds/a.atom", b"1")
    again = (tmp_path / "public/feeds/a.atom").stat()
    assert (first.st_ino, first.st_mtime_ns) == (again.st_ino, again.st_mtime_ns)
    writer.write("feeds/a.atom", b"2")
    assert (writer.written, writer.unchanged) == (2, 1)
    assert writer.read("feeds/a.atom") == b"2"


def test_a_files_time_is_what_it_is_told_to_be(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    writer.write("releases/a.html", b"1", modified=AT)
    writer.write("releases/b.html", b"1")
    assert dict(writer.files("releases"))["a.html"] == AT
    writer.outdate("releases/a.html")
    writer.outdate("releases/none.html")
    assert dict(writer.files("releases"))["a.html"] < AT
    writer.write("releases/a.html", b"1", modified=AT)
    assert dict(writer.files("releases"))["a.html"] == AT


def test_texts_are_packed_beside_themselves(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    text, other = b"Meldung & mehr " * 100, b"Andere Meldung " * 100
    feed, packed = tmp_path / "feeds/a.atom", tmp_path / "feeds/a.atom.gz"
    writer.write("feeds/a.atom", text, modified=AT)
    assert gzip.decompress(packed.read_bytes()) == text
    assert packed.stat().st_mtime_ns == feed.stat().st_mtime_ns
    first = packed.stat()
    writer.write("feeds/a.atom", text, modified=AT)
    assert (packed.stat().st_ino, packed.stat().st_mtime_ns) == (first.st_ino, first.st_mtime_ns)
    writer.write("feeds/a.atom", other)
    assert gzip.decompress(packed.read_bytes()) == other
    writer.write("feeds/a.atom", b"short")
    assert [name for name, _ in writer.files("feeds")] == [path.name for path in feed.parent.iterdir()] == ["a.atom"]


def test_what_was_published_before_is_packed_once_it_is_written_again(tmp_path: Path) -> None:
    text = b"Meldung & mehr " * 100
    (tmp_path / "a.html").write_bytes(text)
    Writer(tmp_path).write("a.html", text)
    assert gzip.decompress((tmp_path / "a.html.gz").read_bytes()) == text


def test_nothing_packed_is_left_of_what_is_removed(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    writer.write("a.html", b"geheim " * 100)
    writer.write("a.jpg", b"geheim " * 100)
    assert {path.name for path in tmp_path.iterdir()} == {"a.html", "a.html.gz", "a.jpg"}
    writer.remove("a.html")
    assert {path.name for path in tmp_path.iterdir()} == {"a.jpg"}


def test_a_crash_leaves_nothing_packed_of_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = Writer(tmp_path)
    writer.write("a.html", b"alt " * 200)

    def crash(self: Path, target: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", crash)
    with pytest.raises(KeyboardInterrupt):
        writer.write("a.html", b"neu " * 200)
    monkeypatch.undo()
    assert not (tmp_path / "a.html.gz").exists()
    writer.write("a.html", b"alt " * 200)
    assert gzip.decompress((tmp_path / "a.html.gz").read_bytes()) == b"alt " * 200


def test_files_may_be_read_by_a_web_server_of_another_user(tmp_path: Path) -> None:
    Writer(tmp_path).write("a", b"1")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o644


def test_a_failure_leaves_the_old_file_and_no_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = Writer(tmp_path)
    writer.write("a", b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        writer.write("a", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert writer.read("a") == b"old"


@pytest.mark.parametrize("name", ["../a", "feeds/../../a", "/etc/passwd", "", "a\0b"])
def test_nothing_is_written_outside(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="does not lie in the public directory"):
        Writer(tmp_path / "public").write(name, b"1")
    assert not list(tmp_path.iterdir())


def test_removing_is_counted_and_may_be_repeated(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    writer.write("a", b"1")
    writer.remove("a")
    writer.remove("a")
    assert writer.removed == ["a"]


def test_a_folder_that_is_not_there_has_no_files(tmp_path: Path) -> None:
    assert list(Writer(tmp_path).files("releases")) == []
