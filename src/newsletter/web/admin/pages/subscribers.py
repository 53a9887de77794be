"""Subscribers: the list, one of them with all that is on record, and their data as a file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from newsletter.audience.address import masked, normalised
from newsletter.audience.exporting import consent_values, csv_lines, iso, subscription_values
from newsletter.audience.wording import CADENCES
from newsletter.errors import BadInput, NotFound
from newsletter.i18n import language_name
from newsletter.model import Consent, Role, Subscriber, Subscription, SubscriptionState
from newsletter.store.browsing import Suppression
from newsletter.web.admin.desk import Desk
from newsletter.web.admin.reach import NOWHERE
from newsletter.web.admin.route import action, page
from newsletter.web.data import ACTIONS, STATES
from newsletter.web.forms import FORMATS


def _(message: str) -> str:
    return message  # marks a message for the catalogues


LINES = 100  # subscriptions of a page
MAILS = 20  # of a subscriber, the latest
WAYS = {
    "page": _("on a page of theirs"),
    "one-click": _("with one click in the mail program"),
    "mail": _("by mail"),
    "command": _("by command or program"),
    "import": _("with a file"),
    "editor": _("by an editor"),
    "complaint": _("by a complaint"),
    "moved": _("with a new address"),
}
"""How a consent was given or taken back."""
NOBODY = _("Nobody has or had this address. It is looked for whole, as it was written; no part of one is found.")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as one of the pages shows them: of the newsletters that who asks may see."""

    who: Subscriber
    subscriptions: Sequence[Subscription]
    consents: Sequence[Consent]
    suppression: Suppression | None


@page("/subscribers", Role.VIEWER)
def show(desk: Desk) -> Response:
    """How many there are, and who, in the order they came."""
    return listed(desk, {})


@action("/subscribers/find", "subscriber.find", Role.VIEWER)
def find(desk: Desk) -> Response:
    """Whose address it is. It stands in the form, because addresses of pages are logged on the way."""
    try:
        email_hash = desk.program.keys.address_hash(normalised(desk.typed("email")))
        found = desk.program.programs.browsing.person(email_hash)
        if found is None:
            raise BadInput(NOBODY)
        person_of(desk, found.id, Role.VIEWER)
    except BadInput as error:
        return listed(desk, {"email": desk.explain(error)}, 422)
    except (NotFound, HTTPException):
        return listed(desk, {"email": desk.say(NOBODY)}, 422)
    desk.record["subscriber"] = found.id
    return desk.go(f"/subscribers/{found.id}")


@action("/subscribers/export", "subscriber.export", Role.EDITOR)
def export(desk: Desk) -> Response:
    """All of a newsletter, or of all, as CSV; spreadsheets run nothing that stands in it."""
    newsletter = desk.typed("newsletter") or None
    desk.require(Role.EDITOR, [newsletter] if newsletter else ())
    desk.record["newsletter"] = newsletter or "all"
    lines = csv_lines(desk.program.register.entries(newsletter))
    name = f"subscribers-{newsletter or 'all'}-{desk.now:%Y-%m-%d}.csv"
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


@page("/subscribers/{id:int}", Role.VIEWER)
def one(desk: Desk) -> Response:
    """Somebody with all they have and had."""
    return shown(desk, {})


@action("/subscribers/{id:int}/data.json", "subscriber.data", Role.EDITOR)
def data(desk: Desk) -> Response:
    """All that is kept of somebody, for who asked for it otherwise than by their link (Art. 15 GDPR)."""
    person = person_of(desk, int(desk.param("id")), Role.EDITOR)
    desk.require(Role.EDITOR, ())
    mails = desk.program.programs.browsing.mails(person.who.id)
    values = {
        "email": person.who.email,
        "known_since": iso(person.who.created_at),
        "subscriptions": [subscription_values(own) for own in person.subscriptions],
        "consents": [consent_values(consent) for consent in person.consents],
        "mails": [{"what": mail.what, "state": mail.state, "at": iso(mail.at)} for mail in mails],
    }
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="data.json"'}
    body = json.dumps(values, ensure_ascii=False, indent=1) + "\n"
    return Response(body, media_type="application/json", headers=headers)


def listed(desk: Desk, errors: dict[str, str], status: int = 200) -> Response:
    """The list, with what is wrong in what was typed."""
    newsletter, state, after = desk.query("newsletter"), desk.query("state"), desk.query("after")
    mine = newsletters(desk, Role.VIEWER)
    wanted = [newsletter] if newsletter in mine else None if desk.may(Role.VIEWER, NOWHERE) else list(mine)
    only = SubscriptionState(state) if state in set(SubscriptionState) else None
    begin = int(after) if after.isdecimal() and len(after) < 18 else 0
    browsing = desk.program.programs.browsing
    lines = browsing.subscriptions(wanted, only, begin, LINES + 1)
    counts = {key: count for key, count in browsing.counts().items() if key[0] in mine}
    return desk.show(
        "subscribers.html",
        status,
        errors=errors,
        email=desk.typed("email"),
        lines=lines[:LINES],
        after=lines[LINES - 1][0].id if len(lines) > LINES else None,
        counts=counts,
        newsletters=mine,
        newsletter=newsletter if newsletter in mine else "",
        state=only or "",
        states=STATES,
        address=lambda own, who: address_of(desk, who, [own.newsletter]),
        may_export=newsletters(desk, Role.EDITOR),
        may_all=desk.may(Role.EDITOR, NOWHERE),
    )


def shown(desk: Desk, errors: dict[str, str], status: int = 200) -> Response:
    """The page of somebody, with what is wrong in what was typed."""
    person = person_of(desk, int(desk.param("id")), Role.VIEWER)
    everywhere = desk.may(Role.EDITOR, NOWHERE)
    return desk.show(
        "subscriber.html",
        status,
        person=person,
        address=address_of(desk, person.who, [own.newsletter for own in person.subscriptions]),
        mails=list(reversed(desk.program.programs.browsing.mails(person.who.id)))[:MAILS] if everywhere else [],
        titles=newsletters(desk, Role.VIEWER),
        topics=lambda own: desk.program.offer.titles(own.wish),
        states=STATES,
        cadence_of=lambda own: desk.say(CADENCES[own.cadence]),
        format_of=lambda own: desk.say(FORMATS[own.format]),
        language_of=lambda own: language_name(own.language, desk.language),
        action_of=lambda consent: desk.say(ACTIONS[consent.action]) if consent.action in ACTIONS else consent.action,
        way_of=lambda consent: desk.say(WAYS[consent.how]) if consent.how in WAYS else consent.how,
        errors=errors,
        may_end=lambda own: own.state is not SubscriptionState.ENDED and desk.may(Role.EDITOR, [own.newsletter]),
        may_all=everywhere,
        reason=desk.typed("reason"),
    )


def person_of(desk: Desk, id: int, role: Role) -> Person:
    """Somebody. Raises NotFound, and 403 where who asks has this role in none of their newsletters."""
    found = desk.program.programs.browsing.subscriber(id)
    if found is None:
        raise NotFound(f"there is no subscriber {id}")
    who, own, consents = found
    if not desk.may(role, NOWHERE):
        own = [one for one in own if desk.may(role, [one.newsletter])]
        if not own:
            raise HTTPException(403)
        numbers = {one.id for one in own}
        consents = [consent for consent in consents if consent.subscription in numbers]
    return Person(who, own, consents, desk.program.programs.browsing.suppression(who.email_hash))


def newsletters(desk: Desk, role: Role) -> dict[str, str]:
    """Id and title of each newsletter in which who asks has this role."""
    return {one.id: one.title for one in desk.program.settings.newsletters if desk.may(role, [one.id])}


def address_of(desk: Desk, who: Subscriber, newsletters: Sequence[str]) -> str:
    """The address, for who edits one of these newsletters; for who only looks, enough to tell people apart."""
    if not who.email:
        return desk.say(_("erased"))
    return who.email if desk.may(Role.EDITOR, newsletters or NOWHERE) else masked(who.email)
