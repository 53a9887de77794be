"""Importing a file of subscribers: upload, say what its columns hold, try, import; what was left out comes back."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import UploadFile
from starlette.responses import Response, StreamingResponse

from newsletter.app.enrolling import Outcome, Plan
from newsletter.audience.exporting import refused_lines
from newsletter.audience.foreign import programs
from newsletter.audience.importing import COLUMNS
from newsletter.errors import BadInput, NotFound
from newsletter.model import Role
from newsletter.web.admin.desk import Desk
from newsletter.web.admin.pages.subscribers import newsletters
from newsletter.web.admin.route import action, page


def _(message: str) -> str:
    return message  # marks a message for the catalogues


NO_FILE = _("Please choose a file.")
NO_CONSENT = _(
    "Please say where and when these people agreed. It is kept with each of them, for rows that say nothing."
)
NO_ADDRESSES = _("Please say which column holds the e-mail addresses.")
NAMES = {
    "email": _("E-mail address"),
    "newsletter": _("Newsletter"),
    "topics": _("Topics"),
    "cadence": _("How often"),
    "language": _("Language"),
    "format": _("How it looks"),
    "consent": _("Proof of consent"),
    "date": _("Date of consent"),
    "state": _("State"),
}
assert set(NAMES) == set(COLUMNS)  # noqa: S101  # what can be chosen is what can be read


@page("/subscribers/import", Role.EDITOR)
def show(desk: Desk) -> Response:
    """The form that takes a file."""
    desk.require(Role.EDITOR, ())
    return desk.show("import.html", errors={})


@action("/subscribers/import", "subscriber.upload", Role.EDITOR)
def upload(desk: Desk) -> Response:
    """Take a file in; nothing is imported by it."""
    desk.require(Role.EDITOR, ())
    file = desk.sent.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return desk.show("import.html", 422, errors={"file": desk.say(NO_FILE)})
    try:
        name = desk.program.enrolling.keep(file.file)
    except BadInput as error:
        return desk.show("import.html", 422, errors={"file": desk.explain(error)})
    desk.record.update(file=file.filename[:200], name=name)
    return desk.go(f"/subscribers/import/{name}")


@page("/subscribers/import/{name}", Role.EDITOR)
def columns(desk: Desk) -> Response:
    """What each column holds, as it seems; and what became of the file."""
    desk.require(Role.EDITOR, ())
    return _shown(desk, {})


@action("/subscribers/import/{name}", "subscriber.import", Role.EDITOR)
async def work(desk: Desk) -> Response:
    """Try the file, or import it."""
    desk.require(Role.EDITOR, ())
    dry = desk.typed("act") != "import"
    plan, errors = _plan(desk), {}
    desk.record.update(name=desk.param("name"), consent=plan.consent, outcome="tried" if dry else "done")
    if not plan.consent:
        errors["consent"] = desk.say(NO_CONSENT)
    if plan.columns is not None and "email" not in plan.columns:
        errors["column-1"] = desk.say(NO_ADDRESSES)
    if errors:
        return _shown(desk, errors, 422)
    errand = await desk.program.enrolling.work(desk.param("name"), plan, dry=dry)
    if isinstance(errand.result, Outcome):
        report = errand.result.report
        desk.record.update(added=report.added, already=report.already, refused=len(report.refused))
    return desk.go(f"/subscribers/import/{desk.param('name')}")


@page("/subscribers/import/{name}/refused.csv", Role.EDITOR)
def refused(desk: Desk) -> Response:
    """What was left out, as it stood in the file, with line and reason: to be mended and imported again."""
    desk.require(Role.EDITOR, ())
    errand = desk.program.enrolling.latest(desk.param("name"))
    if errand is None or not isinstance(errand.result, Outcome):
        raise NotFound("nothing is known of this file any more")
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="refused.csv"'}
    lines = refused_lines(errand.result.report)
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


def _plan(desk: Desk) -> Plan:
    program = desk.typed("program")
    named = tuple(desk.typed(f"column-{number}") for number in range(1, _count(desk) + 1))
    holds = tuple(name if name in COLUMNS else None for name in named)
    newsletter = desk.typed("newsletter")
    return Plan(
        desk.typed("consent")[:1000],
        newsletter if newsletter in newsletters(desk, Role.EDITOR) else None,
        program if program in programs() else None,
        None if program in programs() else holds,
    )


def _count(desk: Desk) -> int:
    return sum(name.startswith("column-") for name in desk.sent)


def _shown(desk: Desk, errors: dict[str, str], status: int = 200) -> Response:
    name, enrolling = desk.param("name"), desk.program.enrolling
    errand = enrolling.latest(name)
    outcome = errand.result if errand is not None and isinstance(errand.result, Outcome) else None
    over = outcome is not None and not outcome.dry
    look = None if over or (errand is not None and errand.ended_at is None) else enrolling.look(name)
    return desk.show(
        "import_file.html",
        status,
        name=name,
        errand=errand,
        outcome=outcome,
        done=enrolling.done.get(name, 0),
        look=look,
        errors=errors,
        names_said=[(name, desk.say(said)) for name, said in NAMES.items()],
        newsletters=newsletters(desk, Role.EDITOR),
        programs=[(name, name) for name in programs()],
        **_chosen(desk, outcome, look.guessed if look else (), look.program if look else None),
    )


def _chosen(
    desk: Desk, outcome: Outcome | None, guessed: tuple[str | None, ...], program: str | None
) -> dict[str, Any]:
    """What the form holds: what was sent, else what was tried last, else what was guessed."""
    if desk.sent:
        plan = _plan(desk)
    elif outcome is not None:
        plan = outcome.plan
    else:
        plan = Plan("", None, program, guessed)
    return {
        "consent": plan.consent,
        "newsletter": plan.newsletter or "",
        "program": plan.program or "",
        "chosen": plan.columns or guessed,
    }
