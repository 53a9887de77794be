"""Somebody new, one at a time: who agreed on paper or by telephone, or is to be asked by mail whether they agree."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from newsletter.audience.address import normalised
from newsletter.errors import BadInput, StateError
from newsletter.model import Role
from newsletter.web.admin import reach
from newsletter.web.admin.desk import Desk
from newsletter.web.admin.pages.subscribers import titles
from newsletter.web.admin.pages.suppressions import NO_ADDRESS
from newsletter.web.admin.route import action, page


def _(message: str) -> str:
    return message  # marks a message for the catalogues


MOST_CONSENT = 1000  # characters
KNOWN = _("This address is subscribed already.")
ADDED = _("Subscribed. What they get can be changed here.")
ASKED = _("If this address may be written to, it is asked by mail now; it is subscribed as soon as that is confirmed.")


@page("/subscribers/new", Role.EDITOR)
def show(desk: Desk) -> Response:
    """The form."""
    return _shown(desk, {})


@action("/subscribers/new", "subscriber.add", Role.EDITOR)
def add(desk: Desk) -> Response:
    """Subscribe somebody whose consent is elsewhere."""
    errors, email = _errors(desk)
    consent = desk.typed("consent").replace("\0", "")
    if not consent:
        errors["consent"] = desk.say(_("Please say where and when the consent was given, or have them asked by mail."))
    elif len(consent) > MOST_CONSENT:
        errors["consent"] = desk.say(_("That is too long: %(most)s characters are the most."), most=MOST_CONSENT)
    if errors:
        return _shown(desk, errors)
    desk.record.update(newsletter=desk.typed("newsletter"), consent=consent)
    try:
        new = desk.program.register.add(email, desk.program.offer.wish(desk.typed("newsletter")), consent, desk.now)
    except StateError:
        refused = _("This address is suppressed, or its owner ended it: they alone can subscribe again, on the page.")
        return _shown(desk, {"email": desk.say(refused)})
    who = desk.program.subscribers.with_address(email)
    return desk.go(f"/subscribers/{who.id}" if who else "/subscribers", desk.say(ADDED if new else KNOWN))


@action("/subscribers/ask", "subscriber.ask", Role.EDITOR)
def ask(desk: Desk) -> Response:
    """Ask somebody by mail (double opt-in), if they may be. Whether they are known is not told."""
    errors, email = _errors(desk)
    if errors:
        return _shown(desk, errors)
    desk.record["newsletter"] = desk.typed("newsletter")
    wish = desk.program.offer.wish(desk.typed("newsletter"))
    desk.program.subscribing.subscribe(email, wish, desk.now, wish.language)
    return desk.go("/subscribers", desk.say(ASKED))


def _errors(desk: Desk) -> tuple[dict[str, str], str]:
    """What is wrong with the fields that both need, and the address as it is kept."""
    errors, email = dict[str, str](), ""
    try:
        email = normalised(desk.typed("email"))
    except BadInput:
        errors["email"] = desk.say(NO_ADDRESS)
    if desk.typed("newsletter") not in dict(_newsletters(desk)):
        errors["newsletter"] = desk.say(_("Please choose one of these."))
    return errors, email


def _newsletters(desk: Desk) -> list[tuple[str, str]]:
    mine = reach.newsletters(desk, Role.EDITOR)
    return [(name, title) for name, title in titles(desk).items() if mine is None or name in mine]


def _shown(desk: Desk, errors: Mapping[str, str]) -> Response:
    return desk.show(
        "subscriber_new.html",
        422 if errors else 200,
        newsletters=_newsletters(desk),
        typed={name: desk.typed(name) for name in ("email", "newsletter", "consent")},
        most_consent=MOST_CONSENT,
        errors=errors,
    )
