"""Editions beside the slots, as an editor puts them together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from newsletter.config import Newsletter
from newsletter.errors import BadInput, NotFound, StateError
from newsletter.model import Cadence, Edition, EditionState, Release, Saying

if TYPE_CHECKING:
    from newsletter.app.program import Program


def new_editions(
    program: Program,
    newsletter: str,
    cadences: Sequence[Cadence],
    releases: Sequence[str],
    saying: Saying,
    *,
    urgent: bool = False,
) -> list[Edition]:
    """One edition for each of these cadences (all where none is named), held for an editor to look at.

    Where no `releases` (ids) are named, each carries what is due for it. `urgent` ones are approved where nothing
    blocks them. Raises NotFound, BadInput for what does not go together, and StateError while the program is paused.
    """
    found = _newsletter(program, newsletter)
    if foreign := [cadence for cadence in cadences if cadence not in found.cadences]:
        raise BadInput(f"{newsletter} is not sent {foreign[0]}; its cadences: {', '.join(found.cadences)}")
    if why := program.state.paused():
        raise StateError(f"nothing is composed while the program is paused: {why}")
    chosen = [_mailable(program, id, found) for id in dict.fromkeys(releases)]
    now = program.now()
    made = [program.desk.compose_extra(found, cadence, chosen, saying, now) for cadence in cadences or found.cadences]
    return [_approved(program, edition) if urgent else edition for edition in made]


def _newsletter(program: Program, name: str) -> Newsletter:
    found = program.settings.newsletter(name)
    if found is None:
        known = ", ".join(one.id for one in program.settings.newsletters)
        raise NotFound(f"newsletter.toml has no newsletter {name!r}; there are: {known or 'none'}")
    return found


def _mailable(program: Program, id: str, newsletter: Newsletter) -> Release:
    release = program.releases.get(id)
    if release.source not in newsletter.feeds:
        raise BadInput(f"release {id} is of the feed {release.source}, which {newsletter.id} does not carry")
    if not release.visible(program.now()):
        raise BadInput(f"release {id} may not be shown now: it is withheld, withdrawn or under embargo")
    return release


def _approved(program: Program, edition: Edition) -> Edition:
    """The edition let go, unless something blocks it."""
    if any(finding.blocks for finding in edition.findings):
        return edition
    return program.editions.move(edition.id, EditionState.APPROVED, program.now())
