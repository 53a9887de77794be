"""Sending a release to all readers of a newsletter at once."""

from __future__ import annotations

from starlette.responses import Response

from newsletter.app.extras import new_editions
from newsletter.errors import BadInput, NotFound, StateError
from newsletter.model import LONGEST_SAYING, EditionState, Release, Role
from newsletter.web.admin import reach
from newsletter.web.admin.desk import Desk
from newsletter.web.admin.route import action, page
from newsletter.web.admin.saying import too_long, typed_saying


def _(message: str) -> str:
    return message  # marks a message for the catalogues


@page("/releases/{id}/urgent", Role.EDITOR)
def ask(desk: Desk) -> Response:
    """Whom it would go to, and with which words."""
    return _asked(desk, desk.program.releases.get(desk.param("id")), {})


@action("/releases/{id}/urgent", "release.urgent", Role.EDITOR)
def send(desk: Desk) -> Response:
    """Make its edition, which goes out unless something blocks it."""
    release, name = desk.program.releases.get(desk.param("id")), desk.typed("newsletter")
    if name not in _newsletters(desk, release):
        return _asked(desk, release, {"newsletter": desk.say(_("Please choose one of these."))})
    desk.require(Role.EDITOR, [name])
    if errors := too_long(desk):
        return _asked(desk, release, errors)
    try:
        made = new_editions(desk.program, name, [], [release.id], typed_saying(desk), urgent=True)
    except (BadInput, StateError, NotFound) as error:
        return _asked(desk, release, {"newsletter": desk.explain(error)})
    desk.record["editions"] = [one.id for one in made]
    held = sum(one.state is EditionState.HELD for one in made)
    goes, waits = _("It goes out now."), _("Something blocks it: it is held. Below stands what.")
    return desk.go(f"/editions/{made[0].id}", desk.say(waits if held else goes))


def _newsletters(desk: Desk, release: Release) -> list[str]:
    """The newsletters it may be sent with by who asks."""
    return [name for name in reach.newsletters_of(desk, release) if desk.may(Role.EDITOR, [name])]


def _asked(desk: Desk, release: Release, errors: dict[str, str]) -> Response:
    newsletters = _newsletters(desk, release)
    desk.require(Role.EDITOR, newsletters)
    choices = []
    for name in newsletters:
        found = desk.program.settings.newsletter(name)
        if found is not None:
            choices.append((name, found.title, desk.program.catalogue.readers(name)))
    return desk.show(
        "release_urgent.html",
        422 if errors else 200,
        release=desk.program.newsdesk.own.said([release])[0],
        choices=choices,
        errors=errors,
        typed={name: desk.typed(name) for name in ("newsletter", "subject", "intro")},
        visible=release.visible(desk.now),
        most=LONGEST_SAYING,
    )
