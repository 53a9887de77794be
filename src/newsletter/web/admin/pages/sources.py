"""Sources: how each stands, what of it is withheld and why, and collecting it now."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from newsletter.app.errands import Errand
from newsletter.collect.report import SourceReport
from newsletter.model import Role
from newsletter.web.admin import reach
from newsletter.web.admin.desk import Desk
from newsletter.web.admin.route import action, page


def _(message: str) -> str:
    return message  # marks a message for the catalogues


STATES = {  # how it is shown, and said
    "good": ("ok", _("In order")),
    "new": ("", _("Not collected yet")),
    "broken": ("bad", _("Out of order")),
    "unreached": ("warn", _("Not reached")),
    "withheld": ("warn", _("Pages withheld")),
    "silent": ("warn", _("Silent")),
}
FIELDS = {
    "headline": _("Headline"),
    "kicker": _("Kicker"),
    "teaser": _("Teaser"),
    "body": _("Text"),
    "published": _("Date"),
    "date": _("Date"),
    "time": _("Time of day"),
    "language": _("Language"),
    "author": _("Author"),
    "issuer": _("Issuer"),
    "topics": _("Topics"),
    "documents": _("Documents"),
    "alternates": _("Other ways to read it"),
    "contact": _("Contact"),
    "subheads": _("Subheads"),
    "image": _("Lead image"),
    "alt": _("Alt text"),
    "image.src": _("Lead image"),
    "image.alt": _("Alt text"),
    "image.caption": _("Caption"),
    "image.credit": _("Credit"),
    "canonical": _("Address of its own"),
}
COLLECTED = _(
    "Collected: %(found)s found, %(new)s new, %(updated)s updated, %(withdrawn)s withdrawn, %(withheld)s withheld."
)
RUNNING = _("Still running. Look again in a moment.")


def field_name(desk: Desk, field: str) -> str:
    """What a field is called; one that has no name of its own, as it is."""
    return desk.say(FIELDS[field]) if field in FIELDS else field


@page("/sources", Role.VIEWER)
def list_(desk: Desk) -> Response:
    """Every source that who asks may see, and how it stands."""
    health = desk.program.sources.all(reach.feeds(desk))
    wrong = sum(one.state not in ("good", "new") for one in health)
    return desk.show("sources.html", health=health, wrong=wrong, states=STATES)


@page("/sources/{slug}", Role.VIEWER)
def show(desk: Desk) -> Response:
    """One source."""
    slug = desk.param("slug")
    health = desk.program.sources.one(slug)
    desk.require(Role.VIEWER, desk.newsletters_of_feed(slug))
    breaches = [
        (breach, ", ".join(field_name(desk, field) for field in breach.fields))
        for breach in desk.program.sources.breaches(slug)
    ]
    return desk.show(
        "source.html",
        health=health,
        states=STATES,
        breaches=breaches,
        unreadable=desk.program.sources.unreadable(slug),
        collected=desk.program.sources.errands.latest(f"collect:{slug}"),
        may_act=reach.may(desk, Role.EDITOR, slug),
    )


@action("/sources/{slug}/collect", "source.collect", Role.EDITOR)
async def collect(desk: Desk) -> Response:
    """Collect now."""
    return await _collected(desk, accept=False)


@action("/sources/{slug}/accept", "source.accept", Role.EDITOR)
async def accept(desk: Desk) -> Response:
    """Say that what is withheld is right, and collect it."""
    return await _collected(desk, accept=True)


async def _collected(desk: Desk, *, accept: bool) -> Response:
    slug = desk.param("slug")
    sources = desk.program.sources
    await run_in_threadpool(sources.one, slug)
    desk.require(Role.EDITOR, desk.newsletters_of_feed(slug))
    errand = await sources.collect(slug, accept=accept)
    desk.record["result"] = _on_record(errand)
    return desk.go(f"/sources/{slug}", _told(desk, errand))


def _told(desk: Desk, errand: Errand) -> str:
    """What a collect came to, in a line; its page shows what was wrong with the source."""
    if errand.ended_at is None:
        return desk.say(RUNNING)
    report = errand.result
    if not isinstance(report, SourceReport):
        return desk.say(_("It could not be collected: %(reason)s"), reason=desk.tell(errand.problem))
    if report.broken:
        return desk.say(_("The source could not be collected as it should; below stands why."))
    counts = {name: getattr(report, name) for name in ("found", "new", "updated", "withdrawn", "withheld")}
    return desk.say(COLLECTED, **counts)


def _on_record(errand: Errand) -> object:
    report = errand.result
    if isinstance(report, SourceReport):
        return {name: getattr(report, name) for name in ("found", "new", "updated", "withdrawn", "withheld")}
    return "running" if errand.ended_at is None else errand.problem
