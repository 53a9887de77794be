"""One subscriber: what they have, what is on record of their consent, their mails; and what is done at their wish.

What is for the whole house (suppressing, erasing, handing all of it out) is for those who are editors of all that
somebody has, or had; suppressing for editors of all newsletters, because it is of all of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.responses import Response

from newsletter.audience.wording import CADENCES
from newsletter.errors import NotFound
from newsletter.i18n import language_name
from newsletter.model import AuditEntry, Consent, NoticeKind, Role, Subscriber, Subscription
from newsletter.web.admin import reach
from newsletter.web.admin.desk import Desk
from newsletter.web.admin.pages.subscribers import STATES, email_of, titles
from newsletter.web.admin.returned import SIGNS, suppressed, why
from newsletter.web.admin.route import action, page
from newsletter.web.data import ACTIONS as CONSENTS
from newsletter.web.forms import FORMATS


def _(message: str) -> str:
    return message  # marks a message for the catalogues


MAILS = 50  # the latest of somebody
MOST_REASON = 500  # characters
HOW = {
    "page": _("on our page"),
    "command": _("by hand"),
    "import": _("from a list"),
    "one-click": _("by the mail program’s button"),
    "mail": _("by e-mail"),
    "complaint": _("by a complaint"),
    "moved": _("with a new address"),
}
NOTICES = {
    NoticeKind.CONFIRMATION: _("Asked for confirmation"),
    NoticeKind.KNOWN: _("Told that they are subscribed already"),
    NoticeKind.DATA: _("Link to their data"),
    NoticeKind.ADDRESS: _("Asked about a new address"),
    NoticeKind.MOVED: _("Told of a new address"),
}
EVENTS = {
    **SIGNS,
    "uncertain": _("in doubt"),
    "resent": _("resent"),
    "found": _("arrived all the same"),
    "given-up": _("given up"),
}
DONE = {
    "subscriber.change": _("Choices changed"),
    "subscriber.end": _("Subscription ended"),
    "subscriber.suppress": _("Suppressed"),
    "subscriber.erase": _("Erased"),
    "subscriber.data": _("Data handed out"),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody, as far as who asks may see: what of theirs is of these newsletters. `hidden`: there is more."""

    who: Subscriber
    subscriptions: Sequence[Subscription]
    consents: Sequence[Consent]
    hidden: bool

    @property
    def newsletters(self) -> list[str]:
        """Those of what is seen."""
        return [one.newsletter for one in self.subscriptions]


def seen(desk: Desk) -> Seen:
    """The subscriber of the address. Raises NotFound where nothing of theirs may be seen: nobody learns who is here."""
    id = desk.param("id")
    if not (id.isascii() and id.isdigit() and len(id) < 18):
        raise NotFound(f"there is no subscriber {id}")
    who, subscriptions, consents = desk.program.subscribers.one(int(id))
    mine = reach.newsletters(desk, Role.VIEWER)
    shown = [one for one in subscriptions if mine is None or one.newsletter in mine]
    if not shown and mine is not None:
        raise NotFound(f"there is no subscriber {id}")
    numbers = {one.id for one in shown}
    return Seen(
        who,
        shown,
        [one for one in consents if mine is None or one.subscription in numbers],
        len(shown) < len(subscriptions),
    )


def may_all(desk: Desk, found: Seen) -> bool:
    """Whether who asks is an editor of all that somebody has, or had."""
    each = all(desk.may(Role.EDITOR, [name]) for name in found.newsletters)
    return desk.may(Role.EDITOR, reach.NOWHERE) or (each and bool(found.newsletters) and not found.hidden)


def reason_of(desk: Desk, errors: dict[str, str], field: str = "reason") -> str:
    """The reason that was typed; what is wrong with it goes to `errors`, what is right on record."""
    reason = desk.typed(field).replace("\0", "")
    if not reason:
        errors[field] = desk.say(_("Please say who asked for it, when and how. It is kept on record."))
    elif len(reason) > MOST_REASON:
        errors[field] = desk.say(_("That is too long: %(most)s characters are the most."), most=MOST_REASON)
    else:
        desk.record["reason"] = reason
    return reason


@page("/subscribers/{id}", Role.VIEWER)
def show(desk: Desk) -> Response:
    """All that is known of one."""
    return _shown(desk, seen(desk), {})


@action("/subscribers/{id}/suppress", "subscriber.suppress", Role.EDITOR)
def suppress(desk: Desk) -> Response:
    """Never write to them again."""
    found, errors = seen(desk), dict[str, str]()
    desk.require(Role.EDITOR, ())
    reason = reason_of(desk, errors)
    if errors:
        return _shown(desk, found, errors)
    desk.program.register.give_up(found.who.email_hash, reason, desk.now)
    return desk.go(f"/subscribers/{found.who.id}", desk.say(_("Nothing is sent to this address any more.")))


@action("/subscribers/{id}/data", "subscriber.data", Role.EDITOR)
def data(desk: Desk) -> Response:
    """All that is kept of them, as a file to be handed to them (Art. 15 and 20 GDPR)."""
    found = _of_all(desk)
    holdings = desk.program.subscribers.on_behalf.holdings(found.who.id)
    body = json.dumps(holdings.values(), ensure_ascii=False, indent=1) + "\n"
    name = f'attachment; filename="subscriber-{found.who.id}.json"'
    return Response(
        body, headers={"Content-Disposition": name, "Cache-Control": "no-store"}, media_type="application/json"
    )


@page("/subscribers/{id}/erase", Role.EDITOR)
def ask_to_erase(desk: Desk) -> Response:
    """Whether they are sure."""
    found = _of_all(desk)
    return _asked_to_erase(desk, found, {})


@action("/subscribers/{id}/erase", "subscriber.erase", Role.EDITOR)
def erase(desk: Desk) -> Response:
    """End all they have, and forget the address."""
    found, errors = _of_all(desk), dict[str, str]()
    reason_of(desk, errors)
    if errors:
        return _asked_to_erase(desk, found, errors)
    ended = desk.program.register.erase_known(found.who.email_hash, desk.now)
    one, many = _("Erased; %(n)s subscription ended."), _("Erased; %(n)s subscriptions ended.")
    return desk.go(f"/subscribers/{found.who.id}", desk.count(one, many, ended))


def _of_all(desk: Desk) -> Seen:
    """The subscriber, for who may decide on all that they have. Raises NotFound where they are erased."""
    found = seen(desk)
    if not may_all(desk, found):
        raise HTTPException(403)
    if found.who.email is None:
        raise NotFound("this address is erased")
    return found


def _asked_to_erase(desk: Desk, found: Seen, errors: Mapping[str, str]) -> Response:
    return desk.show(
        "subscriber_erase.html",
        422 if errors else 200,
        who=found.who,
        email=email_of(desk, found.who, found.newsletters),
        errors=errors,
        typed=desk.typed("reason"),
    )


def _shown(desk: Desk, found: Seen, errors: Mapping[str, str]) -> Response:
    who, desk_ = found.who, desk.program.subscribers
    names = titles(desk)
    whole = desk.may(Role.EDITOR, found.newsletters or reach.NOWHERE)
    return desk.show(
        "subscriber.html",
        422 if errors else 200,
        who=who,
        email=email_of(desk, who, found.newsletters),
        whole=whole,
        subscriptions=[
            (one, names.get(one.newsletter, one.newsletter), in_words(desk, one)) for one in found.subscriptions
        ],
        editable={one.id for one in found.subscriptions if desk.may(Role.EDITOR, [one.newsletter])},
        states=STATES,
        titles=names,
        consents=[(one, *_consent_in_words(desk, one)) for one in found.consents],
        of={one.id: names.get(one.newsletter, one.newsletter) for one in found.subscriptions},
        mails=desk_.readership.mails(who.id, reach.newsletters(desk, Role.VIEWER), MAILS),
        notices=NOTICES,
        events=EVENTS,
        why=why,
        suppressed=suppressed,
        most_mails=MAILS,
        suppression=desk_.suppression_of(who),
        hidden=found.hidden,
        may_all=may_all(desk, found),
        may_suppress=desk.may(Role.EDITOR, reach.NOWHERE),
        may_lift=desk.may(Role.ADMIN, reach.NOWHERE),
        done=[(one, desk.say(DONE[one.action])) for one in _done(desk, who.id)],
        errors=errors,
        typed=desk.typed("reason"),
    )


def in_words(desk: Desk, own: Subscription) -> dict[str, str]:
    """What a subscription asks for, as people read it."""
    topics = desk.program.offer.titles(own.wish)
    return {
        "cadence": desk.say(CADENCES[own.cadence]),
        "topics": ", ".join(topics) or desk.say("all"),
        "format": desk.say(FORMATS[own.format]),
        "language": language_name(own.language, desk.language),
    }


def _consent_in_words(desk: Desk, one: Consent) -> tuple[str, str]:
    what, how = CONSENTS.get(one.action, one.action), HOW.get(one.how, one.how)
    return desk.say(what), desk.say(how)


def _done(desk: Desk, id: int) -> list[AuditEntry]:
    """What editors did for them, the latest first, and did not fail in."""
    found = desk.program.audit.store.newest(MAILS, subject=str(id))
    return [one for one in found if one.action in DONE and one.outcome == "done"]
