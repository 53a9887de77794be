"""What editors decide about an edition."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from newsletter.app import decisions
from newsletter.app.directly import send_test
from newsletter.edition.slots import moment_at
from newsletter.errors import BadInput, StateError, TransportError
from newsletter.model import EditionState, Format, Role
from newsletter.web.admin.desk import Desk
from newsletter.web.admin.pages.editions import edition_of, shown
from newsletter.web.admin.route import action, page


def _(message: str) -> str:
    return message  # marks a message for the catalogues


NO_REASON = _("Please say why. It is kept with the edition.")


@action("/editions/{id}/approve", "edition.approve", Role.EDITOR)
def approve(desk: Desk) -> Response:
    """Let it go at its slot, or at a time of its own; in spite of what blocks it where a reason is given."""
    found = edition_of(desk, Role.EDITOR)
    blocked, reason = any(finding.blocks for finding in found.findings), desk.typed("reason")
    if blocked and not reason:
        return shown(desk, found, {"reason": desk.say(NO_REASON)}, 422)
    try:
        at = moment_at(desk.typed("at"), desk.program.settings.site.zone) if desk.typed("at") else None
        approved = decisions.approve(desk.program, found.id, f"{desk.by}: {reason}" if blocked else None, at)
    except BadInput as error:
        return shown(desk, found, {"at": desk.explain(error)}, 422)
    desk.record.update({"override": reason} if blocked else {}, **({"at": at.isoformat()} if at else {}))
    later = _("Approved: it goes out at its time, which stands below.")
    said = later if approved.goes_at > desk.now else _("Approved: it goes out at the next turn.")
    return _done(desk, found.id, desk.say(said))


@action("/editions/{id}/hold", "edition.hold", Role.EDITOR)
def hold(desk: Desk) -> Response:
    """Keep it back until somebody approves it."""
    return _moved(desk, EditionState.HELD, desk.say(_("Held: it waits until somebody approves it.")))


@action("/editions/{id}/pause", "edition.pause", Role.EDITOR)
def pause(desk: Desk) -> Response:
    """Stop sending for now."""
    return _moved(desk, EditionState.PAUSED, desk.say(_("Paused: what is on its way arrives, nothing else goes out.")))


@action("/editions/{id}/resume", "edition.resume", Role.EDITOR)
def resume(desk: Desk) -> Response:
    """Go on sending."""
    found = edition_of(desk, Role.EDITOR)
    desk.program.move(found.id, EditionState.SENDING, f"by {desk.by}")
    return _done(desk, found.id, desk.say(_("It goes on.")))


@page("/editions/{id}/cancel", Role.EDITOR)
def ask_cancel(desk: Desk) -> Response:
    """Asked once more: there is no way back."""
    return desk.show("edition_cancel.html", edition=edition_of(desk, Role.EDITOR), errors={})


@action("/editions/{id}/cancel", "edition.cancel", Role.EDITOR)
def cancel(desk: Desk) -> Response:
    """Stop it for good."""
    found = edition_of(desk, Role.EDITOR)
    if not desk.typed("reason"):
        return desk.show("edition_cancel.html", 422, edition=found, errors={"reason": desk.say(NO_REASON)})
    return _moved(desk, EditionState.CANCELLED, desk.say(_("Cancelled: nobody else gets it.")))


@action("/editions/{id}/test", "edition.test", Role.EDITOR)
async def test(desk: Desk) -> Response:
    """Mail it to one address, as it is now."""
    found = await run_in_threadpool(edition_of, desk, Role.EDITOR)
    try:
        answer = await send_test(desk.program, found.id, desk.typed("address"), Format.STANDARD, None)
    except BadInput:
        wrong = desk.say(_("This is no complete e-mail address. Please write it like name@example.org."))
        return await run_in_threadpool(shown, desk, found, {"address": wrong}, 422)
    except (StateError, TransportError) as error:
        return await run_in_threadpool(shown, desk, found, {"address": desk.explain(error)}, 409)
    return _done(desk, found.id, desk.say(_("The mail server took it: %(answer)s"), answer=answer))


def _moved(desk: Desk, state: EditionState, said: str) -> Response:
    """Move it, for the reason that was typed."""
    found, reason = edition_of(desk, Role.EDITOR), desk.typed("reason")
    if not reason:
        return shown(desk, found, {"reason": desk.say(NO_REASON)}, 422)
    desk.program.move(found.id, state, f"{desk.by}: {reason}")
    desk.record["reason"] = reason
    return _done(desk, found.id, said)


def _done(desk: Desk, id: str, said: str) -> Response:
    return desk.go(f"/editions/{id}", said)
