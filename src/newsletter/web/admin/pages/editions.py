"""Editions: what there is, one of them with all that an editor decides by, and how it looks in the mail."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from newsletter.i18n import languages, number
from newsletter.model import OPEN, DeliveryState, Edition, EditionState, Format, Role
from newsletter.store.editions import Counted
from newsletter.web.admin.desk import Desk
from newsletter.web.admin.preview import as_page
from newsletter.web.admin.route import page

MOST = 200  # editions of a list
LINES = 100  # deliveries of a page
DECISIONS = {
    EditionState.COMPOSED: ("approve", "hold", "cancel"),
    EditionState.HELD: ("approve", "cancel"),
    EditionState.APPROVED: ("hold", "cancel"),
    EditionState.SENDING: ("pause", "cancel"),
    EditionState.PAUSED: ("resume", "cancel"),
}


@page("/editions", Role.VIEWER)
def listed(desk: Desk) -> Response:
    """The latest first."""
    state = desk.query("state")
    states = [EditionState(state)] if state in set(EditionState) else []
    every = desk.program.editions.listed(states, MOST)
    found = [one for one in every if desk.may(Role.VIEWER, [one.edition.newsletter])]
    rows = [(one.edition, in_words(desk, one)) for one in found]
    options = [("", desk.say("all")), *((one.value, desk.say(one.value)) for one in EditionState)]
    return desk.show("editions.html", rows=rows, options=options, state=state, most=MOST)


@page("/editions/{id}", Role.VIEWER)
def show(desk: Desk) -> Response:
    """One edition."""
    return shown(desk, edition_of(desk, Role.VIEWER), {})


@page("/editions/{id}/preview", Role.VIEWER)
def preview(desk: Desk) -> Response:
    """The mail's HTML, light or dark."""
    found, settings = edition_of(desk, Role.VIEWER), desk.program.settings
    _, mail, _ = desk.program.preview(found.id, _format(desk), _language(desk))
    if mail is None:
        raise HTTPException(404)
    hosted = settings.publish.images == "host"
    body, headers = as_page(mail, settings.site.base_url, dark=desk.query("look") == "dark", hosted=hosted)
    return HTMLResponse(body, headers=headers)


@page("/editions/{id}/deliveries", Role.VIEWER)
def deliveries(desk: Desk) -> Response:
    """What became of the mail, a line a subscriber."""
    found = edition_of(desk, Role.VIEWER)
    state, after = desk.query("state"), desk.query("after")
    wanted = DeliveryState(state) if state in set(DeliveryState) else None
    begin = int(after) if after.isdecimal() and len(after) < 18 else 0
    lines = desk.program.mailroom.deliveries(found.id, begin, LINES + 1, wanted)
    counts = desk.program.editions.counts(found.id)
    return desk.show(
        "deliveries.html",
        edition=found,
        lines=lines[:LINES],
        after=lines[LINES - 1].delivery if len(lines) > LINES else None,
        counts=sorted(counts.items()),
        planned=sum(counts.values()),
        complete=not any(counts.get(one) for one in OPEN),
        state=state if wanted else "",
    )


def edition_of(desk: Desk, role: Role) -> Edition:
    """The edition of the address. Raises NotFound, and 403 where who asks has not this role in its newsletter."""
    found = desk.program.editions.get(desk.param("id"))
    desk.require(role, [found.newsletter])
    return found


def shown(desk: Desk, found: Edition, errors: dict[str, str], status: int = 200) -> Response:
    """The page of an edition, with what is wrong in what was typed."""
    program = desk.program
    may = desk.may(Role.EDITOR, [found.newsletter])
    has_sheets = found.state is not EditionState.SKIPPED and bool(found.carried)
    subject, _, text = program.preview(found.id, Format.STANDARD, _language(desk)) if has_sheets else ("", None, "")
    return desk.show(
        "edition.html",
        status,
        edition=found,
        errors=errors,
        subject=subject,
        text=text,
        releases=[program.releases.get(carried.release) for carried in found.carried],
        findings=sorted(found.findings, key=lambda finding: not finding.blocks),
        counted=in_words(desk, Counted(found, program.editions.counts(found.id))),
        decisions=DECISIONS.get(found.state, ()) if may else (),
        may_test=may and has_sheets,
        formats=[one for one in Format if one is not Format.TEXT],
        languages=languages(),
        reason=desk.typed("reason"),
        address=desk.typed("address"),
    )


def in_words(desk: Desk, counted: Counted) -> str:
    """What became of its mails, as "4.812 angenommen, 3 ungewiss"."""
    counts = counted.counts.items()
    return ", ".join(f"{number(count, desk.language)} {desk.say(state.value)}" for state, count in counts if count)


def _format(desk: Desk) -> Format:
    asked = desk.query("format")
    return Format(asked) if asked in set(Format) else Format.STANDARD


def _language(desk: Desk) -> str:
    asked = desk.query("language")
    return asked if asked in languages() else desk.program.settings.site.language
