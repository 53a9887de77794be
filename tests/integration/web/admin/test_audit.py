"""The audit log: filtered, paged, as a file without formulas, by the command, and at a syslog."""

from __future__ import annotations

import csv
import json
import re
import socket
from io import StringIO
from pathlib import Path

import pytest

from newsletter.app.audit import AuditLog
from newsletter.errors import BadInput
from newsletter.model import Role
from tests.integration.web.admin.world import Office


def did(desk: Office, actor: str, action: str, subject: str, **detail: object) -> None:
    with desk.program.audit.action(actor, action, subject) as record:
        record.update(detail)


def filled(desk: Office) -> None:
    for number in range(60):
        did(desk, "olli", "edition.hold", f"edition-{number}")
    did(desk, "mara", "release.withhold", "r1", reason="=cmd|' /C calc'!A0")
    with pytest.raises(BadInput), desk.program.audit.action("=1+1", "edition.approve", "edition-7"):
        raise BadInput("no")


async def test_it_is_filtered_and_paged(desk: Office) -> None:
    filled(desk)
    async with desk.signed_in() as client:
        first = (await client.get("/admin/audit?actor=olli")).text
        assert [f"edition-{n}<" in first for n in (59, 10, 9)] == [True, True, False]
        older = re.search(r'href="(\?[^"]+before=\d+)"', first)
        assert older
        second = (await client.get("/admin/audit" + older[1].replace("&amp;", "&"))).text
        assert [f"edition-{n}<" in second for n in (10, 9, 0)] == [False, True, True]
        assert "Ältere" not in second
        both = (await client.get("/admin/audit?subject=edition-7&action=edition.approve")).text
        assert "abgelehnt" in both
        assert "olli" not in both
        assert "Nichts passt" in (await client.get("/admin/audit?actor=nobody%00")).text


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "٣", ""])
async def test_a_mistyped_place_shows_a_page(desk: Office, before: str) -> None:
    async with desk.signed_in() as client:
        assert (await client.get("/admin/audit", params={"before": before})).status_code == 200


async def test_as_files(desk: Office) -> None:
    filled(desk)
    async with desk.signed_in() as client:
        table = await client.get("/admin/audit.csv")
        lines = await client.get("/admin/audit.jsonl?actor=mara")
    rows = list(csv.reader(StringIO(table.text)))
    assert rows[0] == ["id", "at", "actor", "action", "subject", "outcome", "detail"]
    assert len(rows) == 1 + 62
    assert rows[-1][2:6] == ["'=1+1", "edition.approve", "edition-7", "refused"]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert [json.loads(line)["detail"] for line in lines.text.splitlines()] == [{"reason": "=cmd|' /C calc'!A0"}]
    assert "attachment" in table.headers["content-disposition"]


@pytest.mark.parametrize("path", ["/admin/audit", "/admin/audit.csv", "/admin/audit.jsonl"])
async def test_it_is_the_whole_houses(desk: Office, path: str) -> None:
    async with desk.signed_in(newsletters={"rat": Role.ADMIN}) as client:
        assert (await client.get(path)).status_code == 403


def test_a_syslog_hears_of_it_by_udp(desk: Office) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)
        log = AuditLog(desk.program.audit.store, desk.program.now, f"127.0.0.1:{server.getsockname()[1]}")
        with log.action("mara", "edition.approve", "presse-1") as record:
            record["reason"] = "zwei\nZeilen für ü"
        heard = server.recv(4096).rstrip(b"\0").decode()
    assert heard.startswith("<14>newsletter: {")  # RFC 3164: user-level, informational
    assert "\n" not in heard
    assert json.loads(heard.partition(" ")[2])["reason"] == "zwei\nZeilen für ü"


def test_a_syslog_hears_of_it_by_its_socket(desk: Office, tmp_path: Path) -> None:
    place = f"/tmp/newsletter-{tmp_path.name[-40:]}"  # noqa: S108  # a socket's path has at most 107 bytes
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(place)
        server.settimeout(5)
        try:
            log = AuditLog(desk.program.audit.store, desk.program.now, place)
            with pytest.raises(BadInput), log.action("mara", "edition.approve", "presse-1"):
                raise BadInput("no")
            heard = server.recv(4096).rstrip(b"\0").decode()
        finally:
            Path(place).unlink()
    assert json.loads(heard.partition(" ")[2])["outcome"] == "refused"


def test_a_syslog_that_is_away_stops_nothing(desk: Office, tmp_path: Path) -> None:
    log = AuditLog(desk.program.audit.store, desk.program.now, str(tmp_path / "nowhere"))
    with log.action("mara", "edition.approve", "presse-1"):
        pass
    assert desk.program.audit.store.newest(1)[0].outcome == "done"
