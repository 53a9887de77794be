"""An edition beside the slots, put together by an editor."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from newsletter.app.extras import new_editions, reword
from newsletter.config import Newsletter
from newsletter.errors import BadInput, NotFound, StateError
from newsletter.model import LONGEST_SAYING, Cadence, ReleaseState, Role, Saying
from newsletter.store.catalogue import Wanted
from newsletter.web.admin.desk import Desk
from newsletter.web.admin.pages.editions import edition_of
from newsletter.web.admin.route import action, page
from newsletter.web.admin.saying import too_long, typed_saying


def _(message: str) -> str:
    return message  # marks a message for the catalogues


OFFERED = 50  # releases to choose from


@page("/editions/new", Role.EDITOR)
def show(desk: Desk) -> Response:
    """Which newsletter, which releases, which words."""
    return _form(desk, {})


@action("/editions/new", "edition.new", Role.EDITOR)
def make(desk: Desk) -> Response:
    """Put it together; it is held until somebody approves it."""
    name, errors = desk.typed("newsletter"), too_long(desk)
    desk.require(Role.EDITOR, [name])
    cadence = desk.typed("cadence")
    cadences = [Cadence(cadence)] if cadence in set(Cadence) else []
    chosen = [one for one in desk.sent.getlist("release") if isinstance(one, str)]
    if errors:
        return _form(desk, errors, 422)
    try:
        made = new_editions(desk.program, name, cadences, chosen, typed_saying(desk))
    except (BadInput, StateError, NotFound) as error:
        return _form(desk, {"release": str(error)}, 422)
    desk.record["editions"] = [one.id for one in made]
    return desk.go(f"/editions/{made[0].id}", desk.say(_("It is held: look at it, then approve it.")))


@page("/editions/{id}/words", Role.EDITOR)
def words(desk: Desk) -> Response:
    """Its subject, and the words before its releases."""
    return _words(desk, {})


@action("/editions/{id}/words", "edition.edit", Role.EDITOR)
def edit(desk: Desk) -> Response:
    """Let it say something else; it is held until somebody approves it."""
    found, errors = edition_of(desk, Role.EDITOR), too_long(desk)
    if errors:
        return _words(desk, errors, 422)
    reword(desk.program, found.id, Saying(desk.typed("subject"), desk.typed("intro")))
    return desk.go(f"/editions/{found.id}", desk.say(_("It is held: look at it, then approve it.")))


def _words(desk: Desk, errors: dict[str, str], status: int = 200) -> Response:
    found = edition_of(desk, Role.EDITOR)
    typed = {"subject": desk.typed("subject"), "intro": desk.typed("intro")} if desk.sent else None
    kept = {"subject": found.subject or "", "intro": found.intro or ""}
    return desk.show(
        "edition_words.html", status, edition=found, errors=errors, typed=typed or kept, most=LONGEST_SAYING
    )


def _form(desk: Desk, errors: dict[str, str], status: int = 200) -> Response:
    mine = {one.id: one.title for one in desk.program.settings.newsletters if desk.may(Role.EDITOR, [one.id])}
    name = desk.typed("newsletter") or desk.query("newsletter") or next(iter(mine), "")
    found = desk.program.settings.newsletter(name)
    if found is None or name not in mine:
        raise HTTPException(404)
    return desk.show(
        "edition_new.html",
        status,
        errors=errors,
        newsletters=mine,
        newsletter=found,
        releases=_offered(desk, found),
        chosen=set(desk.sent.getlist("release")) if desk.sent else set(),
        cadences=[("", desk.say(_("all readers"))), *((one.value, desk.say(one.value)) for one in found.cadences)],
        typed={field: desk.typed(field) for field in ("cadence", "subject", "intro")},
        most=LONGEST_SAYING,
    )


def _offered(desk: Desk, newsletter: Newsletter) -> list[object]:
    wanted = Wanted(among=newsletter.feeds, state=ReleaseState.LIVE)
    return [one for one in desk.program.catalogue.find(wanted, desk.now, OFFERED) if one.visible(desk.now)]
