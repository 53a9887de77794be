"""What is left on a disk: synced writes always, later ones by chance, and torn only between sectors."""

from __future__ import annotations

import random
from pathlib import Path

from tests.proof.powerless import disk_after

FOLDER = Path("/var/lib/news")


def hexed(text: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in text.encode())


NAME = f"7<{hexed('/var/lib/news/a.db')}>"
OTHER = f"8<{hexed('/var/lib/news/b.db-wal')}>"
AAAA, BBBB, CCCC = (f'"{hexed(letter * 4)}", 4, ' for letter in "abc")


def outcomes(log: str, before: dict[str, bytes]) -> list[dict[str, bytes]]:
    found = [disk_after(log, before, FOLDER, random.Random(number)) for number in range(200)]
    return [one for number, one in enumerate(found) if one not in found[:number]]


def test_what_was_synced_stays_and_what_came_later_may_be_gone() -> None:
    log = f"11 pwrite64({NAME}, {AAAA}0) = 4\n11 fdatasync({NAME}) = 0\n11 pwrite64({NAME}, {BBBB}4) = 4\n"
    assert sorted(one["a.db"] for one in outcomes(log, {"a.db": b"...."})) == [b"aaaa", b"aaaabbbb"]


def test_a_write_that_began_after_the_sync_is_not_covered_by_it() -> None:
    log = (
        f"11 pwrite64({NAME}, {AAAA}0) = 4\n11 fdatasync({NAME} <unfinished ...>\n"
        f"12 pwrite64({NAME}, {BBBB}0) = 4\n11 <... fdatasync resumed>) = 0\n"
    )
    assert sorted(one["a.db"] for one in outcomes(log, {"a.db": b"...."})) == [b"aaaa", b"bbbb"]


def test_a_sync_that_did_not_end_keeps_nothing() -> None:
    log = f"11 pwrite64({NAME}, {AAAA}0) = 4\n11 fdatasync({NAME} <unfinished ...>\n"
    assert sorted(one["a.db"] for one in outcomes(log, {"a.db": b"...."})) == [b"....", b"aaaa"]


def test_a_later_write_can_get_there_before_an_earlier_one() -> None:
    log = f"11 pwrite64({NAME}, {AAAA}0) = 4\n11 pwrite64({NAME}, {BBBB}4) = 4\n"
    found = {one["a.db"] for one in outcomes(log, {"a.db": b"........"})}
    assert found == {b"........", b"aaaa....", b"....bbbb", b"aaaabbbb"}


def test_a_new_file_may_be_gone_until_it_is_synced() -> None:
    opened = f'11 openat(AT_FDCWD<{hexed("/")}>, "{hexed("/var/lib/news/b.db-wal")}", O_RDWR|O_CREAT) = {OTHER}\n'
    log = opened.replace(f"= {OTHER}", "= 8") + f"11 pwrite64({OTHER}, {CCCC}0) = 4\n"
    assert {one.get("b.db-wal") for one in outcomes(log, {})} == {None, b"", b"cccc"}
    assert outcomes(f"{log}11 fdatasync({OTHER}) = 0\n", {}) == [{"b.db-wal": b"cccc"}]


def test_writes_are_torn_between_sectors_only() -> None:
    log = f'11 pwrite64({NAME}, "{hexed("x" * 1536)}", 1536, 0) = 1536\n'
    assert {len(one["a.db"]) for one in outcomes(log, {"a.db": b""})} == {0, 512, 1024, 1536}


def test_files_elsewhere_and_shared_memory_are_none_of_it() -> None:
    shared = NAME.replace(hexed("a.db"), hexed("a.db-shm"))
    elsewhere = NAME.replace(hexed("/var/lib/news"), hexed("/var/lib/else"))
    log = f"11 pwrite64({shared}, {AAAA}0) = 4\n11 pwrite64({elsewhere}, {AAAA}0) = 4\n"
    assert outcomes(log, {}) == [{}]
