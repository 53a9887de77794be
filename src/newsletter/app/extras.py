"""Editions beside the slots, as an editor puts them together, and what an edition says by an editor's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from newsletter.app.awaiting import WAITS
from newsletter.app.desk import Pair, Row, blocked_by, pairs
from newsletter.config import Newsletter
from newsletter.edition.compose import edition_of, extra_id
from newsletter.edition.render import render_sheets
from newsletter.errors import BadInput, NotFound, StateError
from newsletter.model import Cadence, DeliveryState, Edition, EditionState, Release, Saying, Sheet

if TYPE_CHECKING:
    from newsletter.app.program import Program


@dataclass(frozen=True, slots=True)
class _Wish:
    """What an editor wants of new editions, whichever cadence they are of."""

    releases: tuple[Release, ...]
    saying: Saying
    follows: str | None
    ordered: bool


def new_editions(
    program: Program,
    newsletter: str,
    cadences: Sequence[Cadence],
    releases: Sequence[str],
    saying: Saying,
    *,
    urgent: bool = False,
    follows: str | None = None,
    ordered: bool = False,
) -> list[Edition]:
    """One edition for each of these cadences (all where none is named), held for an editor to look at.

    Where no `releases` (ids) are named, each carries what is due for it; they stand as they are named where they are
    `ordered`, else as in every edition. `urgent` ones are approved where nothing blocks them. With `follows`, an
    edition's id, there is one, for those who got that edition, with its releases as they are now. Raises NotFound,
    BadInput for what does not go together, and StateError while the program is paused.
    """
    found = _newsletter(program, newsletter)
    if foreign := [cadence for cadence in cadences if cadence not in found.cadences]:
        known = ", ".join(found.cadences)
        raise BadInput(
            "%(newsletter)s is not sent %(cadence)s; its cadences: %(known)s",
            newsletter=newsletter,
            cadence=foreign[0],
            known=known,
        )
    if why := program.state.paused():
        raise StateError("nothing is composed while the program is paused: %(why)s", why=why)
    if follows is not None:
        before = _followed(program, follows, found)
        cadences, ordered = [before.cadence], ordered if releases else before.ordered
        releases = releases or [one.release for one in before.carried]
    for id in releases:
        _check_mailable(program, id, found)
    now = program.now()
    wanted = cadences or found.cadences
    rows = [row for row in program.desk.rows(now) if row.newsletter is found and row.cadence in wanted]
    chosen = program.desk.shown(dict.fromkeys(releases), found)
    wish = _Wish(tuple(chosen), saying, follows, ordered and bool(chosen))
    made = [_made(program, row, wish, now) for row in rows]
    return [_approved(program, edition) if urgent else edition for edition in made]


def reword(program: Program, id: str, saying: Saying) -> Edition:
    """Let an edition that is not sent yet say something else, render and check it anew, and hold it for its editor.

    What is None in `saying` stays, what is empty goes. Raises NotFound, and StateError where it is too late.
    """
    editions, now = program.editions, program.now()
    edition = editions.get(id)
    if edition.state is EditionState.APPROVED:
        edition = editions.move(id, EditionState.HELD, now, WAITS)
    subject = edition.subject if saying.subject is None else saying.subject or None
    intro = edition.intro if saying.intro is None else saying.intro or None
    edition = editions.word(id, subject, intro)
    _, sheets, left_out = render_sheets(program.desk.content_of(edition), pairs(), templates=program.settings.templates)
    if left_out:
        why = next(iter(left_out.values()))
        raise StateError("edition %(edition)s cannot be rendered any more: %(why)s", edition=id, why=why)
    return _held(program, edition, sheets, now)


def _followed(program: Program, id: str, newsletter: Newsletter) -> Edition:
    """The earlier edition, to whose readers something is to be sent."""
    before = program.editions.get(id)
    if before.newsletter != newsletter.id:
        of = {"edition": id, "newsletter": before.newsletter, "other": newsletter.id}
        raise BadInput("edition %(edition)s is one of %(newsletter)s, not of %(other)s", **of)
    if not program.editions.counts(id).get(DeliveryState.ACCEPTED):
        nobody = "nobody is known to have got edition %(edition)s: nothing was accepted, or it is forgotten by now"
        raise StateError(nobody, edition=id)
    return before


def _made(program: Program, row: Row, wish: _Wish, now: datetime) -> Edition:
    """An edition beside the slots, of these releases or else of all that are due; held for its editor to look at."""
    desk = program.desk
    due = wish.releases or desk.due(row, now)
    if not due:
        of = {"newsletter": row.newsletter.id, "cadence": row.cadence}
        raise StateError("nothing is due for %(newsletter)s, %(cadence)s: name releases", **of)
    content = desk.arranged(row.newsletter, row.cadence, now, due, ordered=wish.ordered)
    content = replace(content, id=_free_id(program, row, now), subject=wish.saying.subject, intro=wish.saying.intro)
    content, sheets = desk.render(content, now)
    edition = replace(edition_of(content, now), extra=True, follows=wish.follows, ordered=wish.ordered)
    if not edition.carried or not program.editions.add(edition):
        there = "edition %(edition)s is there already, or none of its releases can be rendered"
        raise StateError(there, edition=edition.id)
    return _held(program, edition, sheets, now)


def _free_id(program: Program, row: Row, now: datetime) -> str:
    """The id of an edition made at `now`, or, where others were made in that second, the next that is free."""
    id = extra_id(row.newsletter, row.cadence, now)
    return _free_id(program, row, now + timedelta(seconds=1)) if program.editions.known([id]) else id


def _held(program: Program, edition: Edition, sheets: dict[Pair, Sheet], now: datetime) -> Edition:
    """Keep and check what was rendered, and hold it whatever is found: its editor wants to see it first."""
    findings = program.desk.save(edition, sheets, now)
    blocking = [finding for finding in findings if finding.blocks]
    return program.editions.hold(edition.id, findings, blocked_by(blocking) if blocking else WAITS, now)


def _newsletter(program: Program, name: str) -> Newsletter:
    found = program.settings.newsletter(name)
    if found is None:
        known = ", ".join(one.id for one in program.settings.newsletters)
        raise NotFound(f"newsletter.toml has no newsletter {name!r}; there are: {known or 'none'}")
    return found


def _check_mailable(program: Program, id: str, newsletter: Newsletter) -> None:
    release = program.releases.get(id)
    if not any(seen.source in newsletter.feeds for seen in release.seen_by):
        of = {"release": id, "feed": release.source, "newsletter": newsletter.id}
        raise BadInput("release %(release)s is of the feed %(feed)s, which %(newsletter)s does not carry", **of)
    if not release.visible(program.now()):
        hidden = "release %(release)s may not be shown now: it is withheld, withdrawn or under embargo"
        raise BadInput(hidden, release=id)


def _approved(program: Program, edition: Edition) -> Edition:
    """The edition let go, unless something blocks it."""
    if any(finding.blocks for finding in edition.findings):
        return edition
    return program.editions.move(edition.id, EditionState.APPROVED, program.now())
