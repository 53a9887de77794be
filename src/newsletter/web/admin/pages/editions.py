"""Editions: what there is, one of them with all that an editor decides by, and how it looks in the mail."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from newsletter.config import Settings
from newsletter.i18n import language_name, languages, number
from newsletter.model import OPEN, DeliveryState, Edition, EditionState, Format, Role
from newsletter.store.edition_rows import Counted
from newsletter.web.admin.desk import Desk
from newsletter.web.admin.preview import as_page
from newsletter.web.admin.returned import SIGNS, why
from newsletter.web.admin.route import page
from newsletter.web.forms import FORMATS
from newsletter.web.headers import CONTENT_POLICY, content_policy

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
    may_make = desk.may(Role.EDITOR)
    return desk.show("editions.html", rows=rows, options=options, state=state, most=MOST, may_make=may_make)


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
        signs=SIGNS,
        why=why,
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
    format, tongue = _format(desk), _language(desk)
    subject, _, text = program.preview(found.id, format, tongue) if has_sheets else ("", None, "")
    response = desk.show(
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
        formats=[(one.value, desk.say(FORMATS[one])) for one in Format],
        tongues=[(one, language_name(one, desk.language)) for one in languages()],
        format=format.value,
        tongue=tongue,
        look="dark" if desk.query("look") == "dark" else "light",
        width="narrow" if desk.query("width") == "narrow" else "wide",
        until=program.desk.awaiting.until(found),
        uncertain=program.editions.counts(found.id).get(DeliveryState.UNCERTAIN, 0) if may else 0,
        at=desk.typed("at"),
        reason=desk.typed("reason"),
        address=desk.typed("address"),
    )
    response.headers[CONTENT_POLICY] = _framing(program.settings)
    return response


def _framing(settings: Settings) -> str:
    """The page shows the mail in a frame of our own, and nothing else of anybody's (ADR 12)."""
    return content_policy(settings.site.base_url, hosted=settings.publish.images == "host", frame_src="'self'")


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
