"""What editors decide about a release. Each decision leads back to its page, which says what it came to."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from starlette.responses import Response

from newsletter.edition.slots import moment_at
from newsletter.errors import BadInput
from newsletter.model import Release, Role
from newsletter.web.admin import reach
from newsletter.web.admin.desk import Desk
from newsletter.web.admin.pages.releases import shown
from newsletter.web.admin.route import action, page


def _(message: str) -> str:
    return message  # marks a message for the catalogues


MOST = {"headline": 300, "kicker": 100, "teaser": 1000, "reason": 500}  # characters


@action("/releases/{id}/withhold", "release.withhold", Role.EDITOR)
def withhold(desk: Desk) -> Response:
    """Keep it out of everything."""
    return _with_reason(desk, "withhold_reason", desk.program.newsdesk.withhold, _("It is withheld."))


@action("/releases/{id}/withdraw", "release.withdraw", Role.EDITOR)
def withdraw(desk: Desk) -> Response:
    """Take it back, with a notice."""
    return _with_reason(desk, "withdraw_reason", desk.program.newsdesk.withdraw, _("It is withdrawn."))


@action("/releases/{id}/restore", "release.restore", Role.EDITOR)
def restore(desk: Desk) -> Response:
    """Show it again."""
    release = _decided_on(desk)
    desk.program.newsdesk.restore(release.id)
    return desk.go(f"/releases/{release.id}", desk.say(_("It is shown again.")))


@action("/releases/{id}/embargo", "release.embargo", Role.EDITOR)
def embargo(desk: Desk) -> Response:
    """Show it from a moment on only."""
    release = _decided_on(desk)
    until = _ahead(desk, desk.typed("until"))
    if until is None:
        wrong = desk.say(_("Please give a day and a time that lie ahead."))
        return shown(desk, release, {"until": wrong}, until=desk.typed("until"))
    desk.record["until"] = until.isoformat()
    desk.program.newsdesk.embargo(release.id, until)
    return _told(desk, release, _("It is under embargo until then."))


@action("/releases/{id}/lift", "release.lift", Role.EDITOR)
def lift(desk: Desk) -> Response:
    """End its embargo."""
    release = _decided_on(desk)
    desk.program.newsdesk.embargo(release.id, None)
    return desk.go(f"/releases/{release.id}", desk.say(_("Its embargo has ended.")))


@action("/releases/{id}/correct", "release.correct", Role.EDITOR)
def correct(desk: Desk) -> Response:
    """Say that its source corrected it, and tell people."""
    release = _decided_on(desk)
    desk.program.newsdesk.correct(release.id)
    return desk.go(f"/releases/{release.id}", desk.say(_("It is called corrected; the next edition brings it again.")))


@page("/releases/{id}/words", Role.EDITOR)
def words(desk: Desk) -> Response:
    """Its headline, kicker and teaser, to be put in words of one's own."""
    release = _decided_on(desk)
    said = desk.program.newsdesk.own.said([release])[0]
    typed = {"headline": said.headline, "kicker": said.kicker or "", "teaser": said.teaser or "", "correction": ""}
    return desk.show("release_words.html", release=release, typed=typed, errors={}, most=MOST)


@action("/releases/{id}/words", "release.word", Role.EDITOR)
def word(desk: Desk) -> Response:
    """Let it say this."""
    release = _decided_on(desk)
    typed = {name: " ".join(desk.typed(name).split()) for name in ("headline", "kicker", "teaser")}
    typed["correction"] = desk.typed("correction")
    errors = {name: _too_long(desk, name) for name in ("headline", "kicker", "teaser") if len(typed[name]) > MOST[name]}
    if not typed["headline"]:
        errors["headline"] = desk.say(_("Please write a headline."))
    if typed["correction"] and not release.visible(desk.now):
        errors["correction"] = desk.say(_("It is not live: there is nobody to tell of a correction."))
    if errors:
        return desk.show("release_words.html", 422, release=release, typed=typed, errors=errors, most=MOST)
    before = desk.program.newsdesk.own.said([release])[0]
    desk.record.update(_changed(before, typed))
    said, told = (typed["headline"], typed["kicker"], typed["teaser"]), bool(typed["correction"])
    desk.program.newsdesk.word(release.id, desk.by, *said, correction=told)
    return desk.go(f"/releases/{release.id}", desk.say(_("Saved. Pages, feeds and waiting editions say so now.")))


def _with_reason(desk: Desk, field: str, decide: Callable[[str, str], Release], done: str) -> Response:
    release = _decided_on(desk)
    reason = desk.typed(field)
    if not reason or len(reason) > MOST["reason"]:
        wrong = _too_long(desk, "reason") if reason else desk.say(_("Please say why. No reader sees it."))
        return shown(desk, release, {field: wrong}, **{field: reason})
    desk.record["reason"] = reason
    decide(release.id, reason)
    return _told(desk, release, done)


def _decided_on(desk: Desk) -> Release:
    """The release that is decided on, by somebody who may."""
    release = desk.program.releases.get(desk.param("id"))
    desk.require(Role.EDITOR, reach.newsletters_of(desk, release))
    return release


def _told(desk: Desk, release: Release, done: str) -> Response:
    """Lead back, and say who has it already, whatever is decided now."""
    said = [desk.say(done)]
    if reached := sum(desk.program.recalls.reached(release.id).values()):
        one, many = _("%(n)s mail that was sent brings it."), _("%(n)s mails that were sent bring it.")
        said.append(desk.count(one, many, reached))
    return desk.go(f"/releases/{release.id}", " ".join(said))


def _ahead(desk: Desk, text: str) -> datetime | None:
    """A moment that lies ahead, as a browser's field writes it, by the site's clock; None for anything else."""
    with suppress(BadInput):
        at = moment_at(text, desk.program.settings.site.zone)
        return at if at > desk.now else None
    return None


def _too_long(desk: Desk, name: str) -> str:
    return desk.say(_("That is too long: %(most)s characters are the most."), most=MOST[name])


def _changed(before: Release, typed: dict[str, str]) -> dict[str, object]:
    """What was said before and is said now, of what differs: for the record."""
    names = ("headline", "kicker", "teaser")
    both = {name: [getattr(before, name) or "", typed[name]] for name in names}
    changed: dict[str, object] = {name: pair for name, pair in both.items() if pair[0] != pair[1]}
    return changed | {"correction": bool(typed["correction"])}
