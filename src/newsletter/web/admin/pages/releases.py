"""Releases: looking for them, and all that is known of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from difflib import unified_diff
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from newsletter.collect.decide import GONE, LEFT_EARLY
from newsletter.model import Change, Release, ReleaseState, Role
from newsletter.store.catalogue import EMBARGO, Place, Wanted
from newsletter.store.releases import Revision
from newsletter.web.admin import reach
from newsletter.web.admin.desk import Desk
from newsletter.web.admin.pages.sources import field_name
from newsletter.web.admin.route import page


def _(message: str) -> str:
    return message  # marks a message for the catalogues


AT_ONCE = 50
MOST_TEXT = 200  # characters
STATES = {
    ReleaseState.LIVE: ("ok", _("Live")),
    EMBARGO: ("warn", _("Under embargo")),
    ReleaseState.WITHHELD: ("warn", _("Withheld")),
    ReleaseState.WITHDRAWN: ("bad", _("Withdrawn")),
}
WHO = {  # by whom it is kept back
    LEFT_EARLY: _("by the program: its page left the portal before it was to be published"),
    GONE: _("by the portal: its page is gone"),
}
CHANGES = {
    None: _("First seen"),
    Change.COSMETIC: _("Mended"),
    Change.UPDATE: _("Updated"),
    Change.CORRECTION: _("Corrected"),
    Change.WITHDRAWAL: _("Withdrawn"),
    Change.RETURN: _("Shown again"),
}
ACTIONS = {
    "release.word": _("Worded"),
    "release.correct": _("Called corrected"),
    "release.withhold": _("Withheld"),
    "release.restore": _("Shown again"),
    "release.withdraw": _("Withdrawn"),
    "release.embargo": _("Put under embargo"),
    "release.lift": _("Embargo ended"),
    "release.urgent": _("Sent to all"),
}


def state_of(release: Release, now: datetime) -> str:
    """Its state as editors know it: one under embargo is not live yet."""
    waits = release.state is ReleaseState.LIVE and not release.visible(now)
    return EMBARGO if waits else str(release.state)


@page("/releases", Role.VIEWER)
def list_(desk: Desk) -> Response:
    """The newest first, as far as they are wanted."""
    seen = reach.among(desk)
    state = desk.query("state")
    wanted = Wanted(seen, desk.query("feed"), state if state in STATES else "", desk.query("q").strip()[:MOST_TEXT])
    found = desk.program.catalogue.find(wanted, desk.now, AT_ONCE + 1, _place(desk.query("before")))
    asked = {"feed": wanted.source, "state": wanted.state, "q": wanted.text}
    asked = {name: value for name, value in asked.items() if value}
    more = found[AT_ONCE - 1] if len(found) > AT_ONCE else None
    feeds = desk.program.settings.feeds
    return desk.show(
        "releases.html",
        releases=[(one, state_of(one, desk.now)) for one in found[:AT_ONCE]],
        states=STATES,
        titles={slug: feed.title for slug, feed in feeds.items()},
        choices=[(slug, feeds[slug].title) for slug in reach.feeds(desk)],
        wanted=wanted,
        paged=bool(desk.query("before")),
        first=f"?{urlencode(asked)}" if asked else "",
        further=f"?{urlencode({**asked, 'before': _name(more)})}" if more is not None else "",
    )


@page("/releases/{id}", Role.VIEWER)
def show(desk: Desk) -> Response:
    """All that is known of one."""
    return shown(desk, desk.program.releases.get(desk.param("id")), {})


def shown(desk: Desk, release: Release, errors: Mapping[str, str], **typed: str) -> Response:
    """The page of a release; with what was `typed` into its forms, and what was wrong with it."""
    newsletters = reach.newsletters_of(desk, release)
    desk.require(Role.VIEWER, newsletters)
    program, state = desk.program, state_of(release, desk.now)
    reached = program.recalls.reached(release.id)
    return desk.show(
        "release.html",
        422 if errors else 200,
        release=release,
        shown=program.shown.get(release.id),
        own=program.newsdesk.own.of([release.id]).get(release.id),
        state=state,
        states=STATES,
        who=_who(desk, release),
        held_back=program.catalogue.withheld_at({seen.url for seen in release.seen_by}),
        titles={slug: feed.title for slug, feed in program.settings.feeds.items()},
        revisions=[
            (one, desk.say(CHANGES[one.change]), difference(one)) for one in program.releases.history(release.id)
        ],
        done=[(one, desk.say(ACTIONS.get(one.action, one.action))) for one in _done(desk, release.id)],
        sent=[(one, reached.get(one.id, 0)) for one in program.catalogue.sent_in(release.id)],
        origin=[(field_name(desk, field), step) for field, step in release.origin.items()],
        may_act=desk.may(Role.EDITOR, newsletters or reach.NOWHERE),
        errors=errors,
        typed=typed,
    )


def difference(one: Revision) -> list[tuple[str, str]]:
    """What a revision changed of what people read, by paragraphs: "-" and what is gone, "+" and what is new."""
    if one.before is None:
        return []
    lines = unified_diff(list(_lines(one.before)), list(_lines(one.release)), lineterm="", n=0)
    return [(line[0], line[1:]) for line in lines if not line.startswith(("---", "+++", "@@"))]


def _lines(release: Release) -> Iterator[str]:
    text = (release.kicker or "", release.headline, release.teaser or "", *release.body_text.splitlines())
    yield from (line for line in text if line.strip())


def _who(desk: Desk, release: Release) -> str:
    """By whom a release is kept back, and why; empty for a live one."""
    if release.state is ReleaseState.LIVE:
        return ""
    if release.reason in WHO:
        return desk.say(WHO[release.reason])
    return desk.say(_("by an editor: %(reason)s"), reason=release.reason or "–")


def _done(desk: Desk, id: str) -> list[Any]:
    """What editors did to it, the latest first, and did not fail in."""
    return [one for one in desk.program.audit.store.newest(AT_ONCE, subject=id) if one.outcome == "done"]


def _place(text: str) -> Place | None:
    """Where a page of the list begins; None for the first, and where nobody can tell."""
    at, _tilde, id = text.partition("~")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (moment, id) if moment.tzinfo is not None else None


def _name(release: Release) -> str:
    return f"{release.published_at.isoformat()}~{release.id}"
