"""The suppression list: of which only keyed hashes are kept. How many, why; whether one is on it; one more, one less.

It is of the whole house, so it is for those with a role in all newsletters; what comes off it, for admins. It is in the
journal too, which no restored backup forgets (DESIGN, decision 9).
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from newsletter.errors import BadInput
from newsletter.model import Role, Suppression
from newsletter.web.admin import reach
from newsletter.web.admin.desk import Desk
from newsletter.web.admin.pages.subscriber import reason_of
from newsletter.web.admin.pages.subscribers import titles
from newsletter.web.admin.returned import suppressed
from newsletter.web.admin.route import action, page


def _(message: str) -> str:
    return message  # marks a message for the catalogues


MOST_REASONS = 50  # the most frequent are shown
AGAIN = _("The address is not suppressed any more; its reader gets the mails again.")
ASKED_AGAIN = _("The address is not suppressed any more. Its owner can subscribe again, with a confirmation.")
NO_ADDRESS = _("This is no complete e-mail address. Please write it like name@example.org.")


@page("/subscribers/suppressed", Role.VIEWER)
def show(desk: Desk) -> Response:
    """How many there are, and why."""
    desk.require(Role.VIEWER, ())
    return _shown(desk, {})


@action("/subscribers/suppressed/find", "suppression.find", Role.EDITOR)
def find(desk: Desk) -> Response:
    """Whether nothing is sent to an address. What was looked for is not on record."""
    desk.require(Role.EDITOR, ())
    address = desk.typed("looked_for")
    try:
        found = desk.program.subscribers.suppression(address)
    except BadInput:
        return _shown(desk, {"looked_for": desk.say(NO_ADDRESS)}, looked_for=address)
    return _shown(desk, {}, looked_for=address, found=found, looked=True)


@action("/subscribers/suppressed", "suppression.add", Role.EDITOR)
def add(desk: Desk) -> Response:
    """Never write to an address again, known or not."""
    desk.require(Role.EDITOR, ())
    errors, address = dict[str, str](), desk.typed("address")
    try:
        known = desk.program.subscribers.suppression(address)
    except BadInput:
        errors["address"] = desk.say(NO_ADDRESS)
    reason = reason_of(desk, errors)
    if errors:
        return _shown(desk, errors, address=address, reason=reason)
    desk.program.register.suppress(address, reason, desk.now)
    said = (
        _("It was suppressed already; the first reason stays.")
        if known and not known.bounced
        else _("Nothing is sent to this address any more.")
    )
    return desk.go("/subscribers/suppressed", desk.say(said))


@page("/subscribers/suppressed/{email_hash}/lift", Role.ADMIN)
def ask_to_lift(desk: Desk) -> Response:
    """Whether they are sure; what comes of it."""
    desk.require(Role.ADMIN, ())
    return _asked_to_lift(desk, {})


@action("/subscribers/suppressed/{email_hash}/lift", "suppression.lift", Role.ADMIN)
def lift(desk: Desk) -> Response:
    """Let an address be written to again."""
    desk.require(Role.ADMIN, ())
    errors = dict[str, str]()
    reason = reason_of(desk, errors)
    if errors:
        return _asked_to_lift(desk, errors, reason)
    done = desk.program.subscribers.lifting.lift(desk.param("email_hash"), reason, desk.now)
    said = AGAIN if done.resumed else ASKED_AGAIN
    return desk.go("/subscribers/suppressed", desk.say(said))


def _asked_to_lift(desk: Desk, errors: Mapping[str, str], reason: str = "") -> Response:
    email_hash, names = desk.param("email_hash"), titles(desk)
    known, foreseen = desk.program.subscribers.lifting.foreseen(email_hash, desk.now)
    who = desk.program.subscribers.with_hash(email_hash)
    return desk.show(
        "suppressed_lift.html",
        422 if errors else 200,
        known=known,
        why=suppressed(desk, known.reason),
        who=who,
        resumed=[names.get(one, one) for one in foreseen.resumed],
        ended=[names.get(one, one) for one in foreseen.ended],
        typed=reason,
        errors=errors,
    )


def _shown(
    desk: Desk,
    errors: Mapping[str, str],
    looked_for: str = "",
    address: str = "",
    reason: str = "",
    found: Suppression | None = None,
    looked: bool = False,
) -> Response:
    reasons = desk.program.subscribers.readership.suppressions()
    return desk.show(
        "suppressed.html",
        422 if errors else 200,
        reasons=reasons[:MOST_REASONS],
        suppressed=suppressed,
        more=len(reasons) > MOST_REASONS,
        total=sum(count for _reason, count, _latest in reasons),
        may_edit=desk.may(Role.EDITOR, reach.NOWHERE),
        may_lift=desk.may(Role.ADMIN, reach.NOWHERE),
        found=found,
        looked=looked,
        typed={"looked_for": looked_for, "address": address, "reason": reason},
        errors=errors,
    )
