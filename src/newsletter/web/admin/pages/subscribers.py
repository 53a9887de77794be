"""Subscribers: who reads what, looked for by newsletter, state and address, and as a file.

An address is asked for by POST: addresses of pages are logged on the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response, StreamingResponse

from newsletter.audience import csv_lines
from newsletter.audience.address import masked
from newsletter.errors import BadInput
from newsletter.model import Role, Subscriber, SubscriptionState
from newsletter.store.readership import Listed, Wanted
from newsletter.web.admin import reach
from newsletter.web.admin.desk import Desk
from newsletter.web.admin.route import action, page


def _(message: str) -> str:
    return message  # marks a message for the catalogues


AT_ONCE = 50
SHORTEST, LONGEST = 3, 254  # characters of a part of an address; RFC 5321, 4.5.3.1.3 allows no more in a whole one
LINES = 500  # of a file that are sent at once
STATES = {
    SubscriptionState.ACTIVE: ("ok", _("active")),
    SubscriptionState.PENDING: ("warn", _("not confirmed yet")),
    SubscriptionState.ENDED: ("", _("ended")),
}


def titles(desk: Desk) -> dict[str, str]:
    """What newsletters are called, by id."""
    return {one.id: one.title for one in desk.program.settings.newsletters}


def email_of(desk: Desk, who: Subscriber, newsletters: Iterable[str]) -> str:
    """An address as who asks may see it, who can see these subscriptions: whole for editors, masked for viewers."""
    if who.email is None:
        return desk.say(_("(erased)"))
    return who.email if desk.may(Role.EDITOR, tuple(newsletters) or reach.NOWHERE) else masked(who.email)


@page("/subscribers", Role.VIEWER)
def list_(desk: Desk) -> Response:
    """Who subscribed last comes first."""
    asked = {name: desk.query(name) for name in ("newsletter", "state") if desk.query(name)}
    wanted = _wanted(desk, asked)
    found, following = desk.program.subscribers.readership.find(wanted, _number(desk.query("before")), AT_ONCE)
    return _shown(
        desk,
        found,
        wanted,
        paged=bool(desk.query("before")),
        first=f"?{urlencode(asked)}" if asked else "",
        further=f"?{urlencode({**asked, 'before': following})}" if following else "",
    )


@action("/subscribers/find", "subscriber.find", Role.VIEWER)
def find(desk: Desk) -> Response:
    """Somebody by their whole address; for editors by a part of it, too. What was looked for is not on record."""
    text = "".join(desk.typed("address").replace("\0", "").split()).lower()[:LONGEST]
    wanted = _wanted(desk, {name: desk.typed(name) for name in ("newsletter", "state")})
    try:
        who = desk.program.subscribers.with_address(text)
    except BadInput:
        return _by_part(desk, text, wanted)
    if who is None or not _visible(desk, who):
        error = desk.say(_("Nobody has this address, or had it."))
        return _shown(desk, [], wanted, errors={"address": error}, typed=text)
    desk.record["subscriber"] = who.id
    return desk.go(f"/subscribers/{who.id}")


@action("/subscribers/export", "subscriber.export", Role.EDITOR)
def export(desk: Desk) -> Response:
    """What is asked for as a file that spreadsheets open and our import reads."""
    wanted = _wanted(desk, {name: desk.typed(name) for name in ("newsletter", "state")}, Role.EDITOR)
    desk.record.update(newsletter=wanted.newsletter or "*", state=wanted.state or "*")
    entries = (
        entry
        for entry in desk.program.register.entries(wanted.newsletter or None)
        if wanted.among is None or entry.subscription.newsletter in wanted.among
        if wanted.state in (None, entry.subscription.state)
    )
    headers = {"Content-Disposition": 'attachment; filename="subscribers.csv"', "Cache-Control": "no-store"}
    return StreamingResponse(in_bulk(csv_lines(entries)), media_type="text/csv; charset=utf-8", headers=headers)


def in_bulk(lines: Iterator[str]) -> Iterator[str]:
    """The same text in fewer pieces: each costs a change of threads."""
    while some := list(islice(lines, LINES)):
        yield "".join(some)


def _by_part(desk: Desk, text: str, wanted: Wanted) -> Response:
    mine = reach.newsletters(desk, Role.EDITOR)
    wrong = ""
    if mine == []:
        wrong = desk.say(_("This is no complete address. Only editors can look for a part of one."))
    elif len(text) < SHORTEST:
        wrong = desk.say(_("Please give an address, or at least three characters of one."))
    if wrong:
        return _shown(desk, [], wanted, 422, errors={"address": wrong}, typed=text)
    wanted = Wanted(mine, wanted.newsletter, wanted.state, text)
    before = _number(desk.typed("before"))
    found, following = desk.program.subscribers.readership.find(wanted, before, AT_ONCE)
    return _shown(desk, found, wanted, typed=text, following=following)


def _visible(desk: Desk, who: Subscriber) -> bool:
    """Whether anything of somebody is of a newsletter that who asks may see."""
    mine = reach.newsletters(desk, Role.VIEWER)
    return mine is None or any(one.newsletter in mine for one in desk.program.subscribers.one(who.id)[1])


def _shown(desk: Desk, found: list[Listed], wanted: Wanted, status: int = 200, **values: Any) -> Response:
    names, seen = titles(desk), reach.newsletters(desk, Role.VIEWER)
    counts = desk.program.subscribers.readership.counts(seen)
    known = [*(name for name in names if seen is None or name in seen), *(name for name in counts if name not in names)]
    blank = {"errors": {}, "typed": "", "paged": False, "first": "", "further": "", "following": None}
    return desk.show(
        "subscribers.html",
        status,
        rows=[(one, email_of(desk, one.subscriber, [one.subscription.newsletter])) for one in found],
        wanted=wanted,
        states=STATES,
        titles=names,
        counts=[(name, [counts.get(name, {}).get(state, 0) for state in STATES]) for name in known],
        choices=[(name, names.get(name, name)) for name in known],
        may_edit=reach.newsletters(desk, Role.EDITOR) != [],
        everywhere=desk.may(Role.VIEWER, reach.NOWHERE),
        **(blank | values),
    )


def _wanted(desk: Desk, asked: dict[str, str], role: Role = Role.VIEWER) -> Wanted:
    """What is asked for, of what may be seen; a newsletter that may not is nobody's."""
    state = asked.get("state", "")
    return Wanted(
        reach.newsletters(desk, role),
        asked.get("newsletter", "").replace("\0", "")[:200],
        SubscriptionState(state) if state in set(SubscriptionState) else None,
    )


def _number(text: str) -> int | None:
    """Where a page of the list begins; no id has 18 figures, and both databases can compare with one that has."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None
