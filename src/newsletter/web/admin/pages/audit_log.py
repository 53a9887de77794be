"""The audit log: who did what, the newest first, and as a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urlencode

from starlette.responses import Response, StreamingResponse

from newsletter.app.audit_export import csv_lines, json_lines
from newsletter.model import AuditEntry, Role
from newsletter.web.admin.desk import Desk
from newsletter.web.admin.route import page

A_PAGE = 50
FILTERS = ("subject", "actor", "action")


@page("/audit", Role.ADMIN)
def show(desk: Desk) -> Response:
    """A page of it."""
    desk.require(Role.ADMIN, ())
    store, asked = desk.program.audit.store, _asked(desk)
    before = desk.query("before")
    # no id has 18 figures, and both databases can compare with one that has
    found = store.newest(
        A_PAGE + 1, int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None, **asked
    )
    entries, more = found[:A_PAGE], len(found) > A_PAGE
    return desk.show(
        "audit.html",
        entries=entries,
        asked={name: asked.get(name, "") for name in FILTERS},
        actions=store.actions(),
        older="?" + urlencode(asked | {"before": entries[-1].id}) if more else "",
        first=not before,
        newest="?" + urlencode(asked),
        query="?" + urlencode(asked) if asked else "",
    )


@page("/audit.csv", Role.ADMIN)
def as_csv(desk: Desk) -> Response:
    """For spreadsheets."""
    return _file(desk, csv_lines, "text/csv; charset=utf-8", "audit.csv")


@page("/audit.jsonl", Role.ADMIN)
def as_json(desk: Desk) -> Response:
    """For programs."""
    return _file(desk, json_lines, "application/jsonl", "audit.jsonl")


def _file(desk: Desk, lines: Callable[[Iterable[AuditEntry]], Iterator[str]], kind: str, name: str) -> Response:
    desk.require(Role.ADMIN, ())
    entries = desk.program.audit.store.all(None, **_asked(desk))
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(lines(entries), media_type=kind, headers=headers)


def _asked(desk: Desk) -> dict[str, str]:
    """What is asked for, by its column. No text in a database holds a NUL."""
    typed = {name: desk.query(name).replace("\0", "").strip()[:200] for name in FILTERS}
    return {name: value for name, value in typed.items() if value}
