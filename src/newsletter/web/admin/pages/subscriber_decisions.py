"""What is done for somebody who asked otherwise than by their links: ending, suppressing, erasing."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from newsletter.errors import BadInput
from newsletter.model import Role
from newsletter.web.admin.desk import Desk
from newsletter.web.admin.pages.subscribers import person_of, shown
from newsletter.web.admin.route import action, page


def _(message: str) -> str:
    return message  # marks a message for the catalogues


REASON = _("Please say why: who asked for it, when and how.")
MOST = 100  # suppressions of a page


@action("/subscribers/{id:int}/end", "subscription.end", Role.EDITOR)
def end(desk: Desk) -> Response:
    """End one subscription."""
    person = person_of(desk, int(desk.param("id")), Role.EDITOR)
    number = desk.typed("subscription")
    own = next((one for one in person.subscriptions if str(one.id) == number), None)
    if own is None:
        raise HTTPException(404)
    desk.require(Role.EDITOR, [own.newsletter])
    desk.record.update(subscription=own.id, newsletter=own.newsletter)
    done = desk.program.register.end(own.id, desk.now, "editor")
    note = _("The subscription has ended; no more mail of it is sent.") if done else _("It had ended already.")
    return desk.go(f"/subscribers/{person.who.id}", desk.say(note))


@action("/subscribers/{id:int}/suppress", "subscriber.suppress", Role.EDITOR)
def suppress(desk: Desk) -> Response:
    """Never write to the address again."""
    desk.require(Role.EDITOR, ())
    person, reason = person_of(desk, int(desk.param("id")), Role.EDITOR), desk.typed("reason")
    desk.record["reason"] = reason
    if not reason:
        return shown(desk, {"reason": desk.say(REASON)}, 422)
    desk.program.register.give_up(person.who.email_hash, reason[:200], desk.now)
    return desk.go(f"/subscribers/{person.who.id}", desk.say(_("Nothing is sent to this address any more.")))


@page("/subscribers/{id:int}/erase", Role.EDITOR)
def ask(desk: Desk) -> Response:
    """Whether to erase somebody, asked once more."""
    desk.require(Role.EDITOR, ())
    return desk.show("subscriber_erase.html", person=person_of(desk, int(desk.param("id")), Role.EDITOR))


@action("/subscribers/{id:int}/erase", "subscriber.erase", Role.EDITOR)
def erase(desk: Desk) -> Response:
    """End all that somebody has, and forget the address but for its hash."""
    desk.require(Role.EDITOR, ())
    person = person_of(desk, int(desk.param("id")), Role.EDITOR)
    ended = desk.program.register.erase_known(person.who.email_hash, desk.now)
    desk.record["ended"] = ended
    said = desk.count(_("The address is erased; %(n)s subscription ended."),
                      "The address is erased; %(n)s subscriptions ended.", ended)  # fmt: skip
    return desk.go(f"/subscribers/{person.who.id}", said)


@page("/suppressions", Role.VIEWER)
def suppressions(desk: Desk) -> Response:
    """What nothing is sent to, the latest first; of addresses only hashes are kept."""
    desk.require(Role.VIEWER, ())
    return _suppressions(desk, {})


@action("/suppressions", "address.suppress", Role.EDITOR)
def add(desk: Desk) -> Response:
    """Never write to an address again, known or not."""
    desk.require(Role.EDITOR, ())
    address, reason = desk.typed("email"), desk.typed("reason")
    errors = {} if reason else {"reason": desk.say(REASON)}
    try:
        if not errors:
            desk.program.register.suppress(address, reason[:200], desk.now)
    except BadInput as error:
        errors["email"] = desk.explain(error)
    if errors:
        return _suppressions(desk, errors, 422)
    return desk.go("/suppressions", desk.say(_("Nothing is sent to this address any more.")))


def _suppressions(desk: Desk, errors: dict[str, str], status: int = 200) -> Response:
    found = desk.program.programs.browsing.suppressions(None, MOST)
    return desk.show(
        "suppressions.html",
        status,
        errors=errors,
        found=found,
        most=MOST,
        email=desk.typed("email"),
        reason=desk.typed("reason"),
        may_add=desk.may(Role.EDITOR, ("",)),
    )
