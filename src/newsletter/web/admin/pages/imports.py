"""Importing a list: it is uploaded, its columns are given a meaning, it is tried, and then it is taken in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import BinaryIO

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import Response

from newsletter.app.uploads import Upload
from newsletter.audience.foreign import export_of, programs
from newsletter.errors import BadInput, StateError
from newsletter.model import Role
from newsletter.web.admin import reach
from newsletter.web.admin.desk import Desk
from newsletter.web.admin.pages.subscribers import titles
from newsletter.web.admin.route import action, page


def _(message: str) -> str:
    return message  # marks a message for the catalogues


MOST_BYTES = 64 * 1024 * 1024  # as deploy/nginx.conf lets through
MOST_NAME, MOST_CONSENT = 200, 1000  # characters
UNKNOWN, OWN = "unknown", "own"  # whose export it is: its columns tell, or nobody's
ZIP = b"PK\x03\x04"  # what a spreadsheet's own file begins with (ECMA-376, OpenDocument)
FIELDS = {
    "email": _("E-mail address"),
    "newsletter": _("Newsletter"),
    "topics": _("Topics"),
    "cadence": _("How often"),
    "language": _("Language"),
    "format": _("How it looks"),
    "consent": _("Evidence of the consent"),
    "date": _("Day of the consent"),
    "state": _("State"),
    "asked": _("Signed up on"),
    "confirmed": _("Confirmed on"),
    "left": _("Left on"),
    "blocked": _("Bounced or blocked on"),
    "way": _("Where they signed up"),
}
DELIMITERS = {",": _("comma"), ";": _("semicolon"), "\t": _("tab")}
ENCODINGS = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252"}
STATES = {
    "new": ("", _("not tried yet")),
    "trying": ("warn", _("being tried")),
    "tried": ("", _("tried, not imported yet")),
    "importing": ("warn", _("being imported")),
    "done": ("ok", _("imported")),
    "failed": ("bad", _("broken off")),
}


@page("/subscribers/import", Role.EDITOR)
def begin(desk: Desk) -> Response:
    """The form that takes a file, and the lists of who asks."""
    return _begin(desk, {})


@action("/subscribers/import", "subscriber.upload", Role.EDITOR, MOST_BYTES)
def upload(desk: Desk) -> Response:
    """Keep a file until it is in."""
    file, kind = desk.sent.get("file"), desk.typed("program")
    if kind not in (UNKNOWN, OWN, *programs()):
        return _begin(desk, {"program": desk.say(_("Please choose one of these."))})
    if not isinstance(file, UploadFile) or not file.size:
        return _begin(desk, {"file": desk.say(_("Please choose a file that is not empty."))})
    name = (file.filename or "").replace("\0", "")[-MOST_NAME:]
    desk.record.update(file=name, bytes=file.size)
    program = {UNKNOWN: None, OWN: ""}.get(kind, kind)
    try:
        kept = desk.program.imports.keep(file.file, name, desk.by, reach.newsletters(desk, Role.EDITOR), program)
    except BadInput as error:
        return _begin(desk, {"file": _unreadable(desk, file.file, error)})
    return desk.go(f"/subscribers/import/{kept.id}/columns")


@page("/subscribers/import/{id}/columns", Role.EDITOR)
def columns(desk: Desk) -> Response:
    """What each column means."""
    return _columns(desk, _mine(desk), {})


@action("/subscribers/import/{id}/columns", "subscriber.try", Role.EDITOR)
async def attempt(desk: Desk) -> Response:
    """Find out what would become of it."""
    mine = await run_in_threadpool(_mine, desk)
    chosen = await run_in_threadpool(_chosen, desk, mine)
    if isinstance(chosen, Response):
        return chosen
    await desk.program.imports.attempt(chosen, desk.language)
    return desk.go(f"/subscribers/import/{mine.id}")


@page("/subscribers/import/{id}", Role.EDITOR)
def show(desk: Desk) -> Response:
    """How far it is, and what came, or would come, of it."""
    mine = _mine(desk)
    return desk.show(
        "import.html",
        upload=mine,
        states=STATES,
        busy=desk.program.imports.busy(mine.id),
        rows=desk.program.imports.rows_done(mine.id),
        titles=titles(desk),
        program=_program_name(mine),
    )


@action("/subscribers/import/{id}/run", "subscriber.import", Role.EDITOR)
async def run(desk: Desk) -> Response:
    """Take it in."""
    mine = await run_in_threadpool(_mine, desk)
    desk.record.update(file=mine.name, newsletter=mine.newsletter, consent=mine.consent)
    await desk.program.imports.take_in(mine, desk.language)
    return desk.go(f"/subscribers/import/{mine.id}")


@page("/subscribers/import/{id}/refused.csv", Role.EDITOR)
def refused(desk: Desk) -> Response:
    """The rows that are left out, each with the reason, to be mended and imported again."""
    mine = _mine(desk)
    headers = {"Content-Disposition": 'attachment; filename="refused.csv"', "Cache-Control": "no-store"}
    return Response(desk.program.imports.refused(mine), media_type="text/csv; charset=utf-8", headers=headers)


@action("/subscribers/import/{id}/drop", "subscriber.drop", Role.EDITOR)
def drop(desk: Desk) -> Response:
    """Leave nothing of the file."""
    desk.program.imports.drop(_mine(desk))
    return desk.go("/subscribers/import", desk.say(_("The list is dropped; nothing of it is kept here.")))


def _mine(desk: Desk) -> Upload:
    """The list of the address, for who uploaded it and may still import what it was uploaded for."""
    found = desk.program.imports.get(desk.param("id"), desk.by)
    now = reach.newsletters(desk, Role.EDITOR)
    if now is not None and (found.among is None or not set(found.among) <= set(now)):
        raise HTTPException(403)
    return found


def _begin(desk: Desk, errors: Mapping[str, str]) -> Response:
    options = [
        (UNKNOWN, desk.say(_("its columns tell"))),
        (OWN, desk.say(_("a file of our own"))),
        *((name, export_of(name).name) for name in programs()),
    ]
    return desk.show(
        "import_begin.html",
        422 if errors else 200,
        options=options,
        program=desk.typed("program"),
        lists=desk.program.imports.of(desk.by),
        states=STATES,
        errors=errors,
    )


def _columns(desk: Desk, mine: Upload, errors: Mapping[str, str]) -> Response:
    if mine.state == "done":
        raise StateError("this list is in already; its file is gone")
    look = desk.program.imports.look(mine)
    return desk.show(
        "import_columns.html",
        422 if errors else 200,
        upload=mine,
        look=look,
        columns=[(title, _values(look.rows, at), mine.columns[at] or "") for at, title in enumerate(look.header)],
        fields=[("", desk.say(_("– not read –"))), *((one, desk.say(FIELDS[one])) for one in look.fields)],
        newsletters=_newsletters(desk, mine),
        program=_program_name(mine),
        encoding=ENCODINGS[look.encoding],
        delimiter=desk.say(DELIMITERS[look.delimiter]),
        most_consent=MOST_CONSENT,
        errors=errors,
    )


def _chosen(desk: Desk, mine: Upload) -> Upload | Response:
    """The list with what was chosen; or the form again, with what is wrong."""
    fields = desk.program.imports.look(mine).fields
    typed = [desk.typed(f"column-{at}") for at in range(len(mine.columns))]
    names = [one if one in fields else None for one in typed]
    consent, newsletter = desk.typed("consent").replace("\0", ""), desk.typed("newsletter")
    desk.record.update(file=mine.name, newsletter=newsletter, consent=consent[:MOST_CONSENT])
    errors = {
        f"column-{at}": desk.say(_("%(field)s is chosen for two columns."), field=desk.say(FIELDS[one]))
        for at, one in enumerate(names)
        if one is not None and one in names[:at]
    }
    if "email" not in names:
        errors["column-0"] = desk.say(_("Please say which column holds the addresses."))
    if newsletter not in dict(_newsletters(desk, mine)):
        errors["newsletter"] = desk.say(_("Please choose one of these."))
    if not consent:
        errors["consent"] = desk.say(_("Please say where and when these people gave their consent."))
    elif len(consent) > MOST_CONSENT:
        errors["consent"] = desk.say(_("That is too long: %(most)s characters are the most."), most=MOST_CONSENT)
    chosen = replace(mine, columns=tuple(names), newsletter=newsletter, consent=consent)
    return _columns(desk, chosen, errors) if errors else chosen


def _newsletters(desk: Desk, mine: Upload) -> list[tuple[str, str]]:
    """Those that rows may come to that name none."""
    return [(name, title) for name, title in titles(desk).items() if mine.among is None or name in mine.among]


def _values(rows: Sequence[tuple[str, ...]], at: int) -> str:
    return ", ".join(row[at][:60] for row in rows if at < len(row) and row[at].strip())


def _program_name(mine: Upload) -> str:
    return export_of(mine.program).name if mine.program else ""


def _unreadable(desk: Desk, file: BinaryIO, error: BadInput) -> str:
    """What is wrong with a file, and what to do."""
    file.seek(0)
    if file.read(len(ZIP)) == ZIP:
        return desk.say(_("This is a spreadsheet’s own file, or packed. Save it as CSV in your spreadsheet program."))
    return desk.explain(error)
