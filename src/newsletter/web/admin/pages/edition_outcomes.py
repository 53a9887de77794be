"""What became of an edition's mails: by domain, and what an editor decides of those that nobody knows of."""

from __future__ import annotations

from starlette.responses import Response

from newsletter.model import DeliveryState, Role, Settled
from newsletter.store.outcomes import by_domain
from newsletter.web.admin.desk import Desk
from newsletter.web.admin.pages.editions import edition_of
from newsletter.web.admin.route import action, page


def _(message: str) -> str:
    return message  # marks a message for the catalogues


DOMAINS = 50
LINES = 200
FAILED = (DeliveryState.FAILED, DeliveryState.QUARANTINED)
WAITING = (DeliveryState.QUEUED, DeliveryState.CLAIMED, DeliveryState.COMMITTING, DeliveryState.DEFERRED)
NO_REASON = _("Please say why. It is kept with each of them.")
NOTHING = _("Please choose what became of them.")
WHICH = _("Please say whether you decide about all of them, or about those that are chosen in the table.")
NONE_CHOSEN = _("Please choose some in the table, or all of them.")
TOO_LONG = _("That is too long: %(most)s characters are the most.")
LONGEST = 500  # characters of a reason
DONE = {
    Settled.ARRIVED: (_("%(n)s mail counts as accepted."), _("%(n)s mails count as accepted.")),
    Settled.AGAIN: (_("%(n)s mail goes out once more."), _("%(n)s mails go out once more.")),
    Settled.FAILED: (_("%(n)s mail counts as failed."), _("%(n)s mails count as failed.")),
}


@page("/editions/{id}/domains", Role.VIEWER)
def domains(desk: Desk) -> Response:
    """The domains with the most mails, and the others together."""
    found = edition_of(desk, Role.VIEWER)
    first, rest = by_domain(desk.program.database, found.id, DOMAINS)
    rows = [*first, *([rest] if rest.planned else [])]
    sums = [
        (
            one,
            one.counts[DeliveryState.ACCEPTED],
            sum(one.counts[state] for state in WAITING),
            sum(one.counts[state] for state in FAILED),
            one.counts[DeliveryState.UNCERTAIN],
        )
        for one in rows
    ]
    return desk.show("edition_domains.html", edition=found, rows=sums, most=DOMAINS)


@page("/editions/{id}/uncertain", Role.EDITOR)
def uncertain(desk: Desk) -> Response:
    """The mails that nobody knows of, and what can be decided."""
    return _asked(desk, {})


@action("/editions/{id}/uncertain", "delivery.settle", Role.EDITOR)
def settle(desk: Desk) -> Response:
    """They arrived, go out once more, or count as failed: those that are chosen, or all."""
    found, reason = edition_of(desk, Role.EDITOR), desk.typed("reason")
    if errors := _wrong(desk):
        return _asked(desk, errors, 422)
    ids = _chosen(desk) if desk.typed("which") == "some" else None
    what = Settled(desk.typed("what"))
    count = desk.program.mailroom.settle(found.id, ids, what, f"{desk.by}: {reason}")
    desk.record.update(count=count, what=what, reason=reason)
    return desk.go(f"/editions/{found.id}", desk.count(*DONE[what], count))


def _chosen(desk: Desk) -> list[int]:
    return [int(one) for one in desk.sent.getlist("delivery") if isinstance(one, str) and one.isdecimal()]


def _wrong(desk: Desk) -> dict[str, str]:
    """What is wrong in what was decided, in the page's order. Whoever chose some never decides about all by it."""
    reason, which, chosen = desk.typed("reason"), desk.typed("which"), _chosen(desk)
    errors = {} if desk.typed("what") in set(Settled) else {"what": desk.say(NOTHING)}
    if which not in ("all", "some") or (which == "all" and chosen):
        errors["which"] = desk.say(WHICH)
    elif which == "some" and not chosen:
        errors["which"] = desk.say(NONE_CHOSEN)
    if not reason or len(reason) > LONGEST:
        errors["reason"] = desk.say(TOO_LONG, most=LONGEST) if reason else desk.say(NO_REASON)
    return errors


def _asked(desk: Desk, errors: dict[str, str], status: int = 200) -> Response:
    found = edition_of(desk, Role.EDITOR)
    return desk.show(
        "edition_uncertain.html",
        status,
        edition=found,
        lines=desk.program.mailroom.deliveries(found.id, 0, LINES, DeliveryState.UNCERTAIN),
        count=desk.program.editions.counts(found.id).get(DeliveryState.UNCERTAIN, 0),
        errors=errors,
        reason=desk.typed("reason"),
        what=desk.typed("what"),
        which=desk.typed("which"),
        chosen=set(desk.sent.getlist("delivery")) if desk.sent else set(),
        most=LINES,
    )
