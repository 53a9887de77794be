"""An edition beside the slots, put together by an editor."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from newsletter.app.extras import new_editions, reword
from newsletter.config import Newsletter
from newsletter.errors import BadInput, NotFound, StateError
from newsletter.model import LONGEST_SAYING, Cadence, DeliveryState, EditionState, ReleaseState, Role, Saying
from newsletter.store.browsing import Browsing
from newsletter.store.catalogue import Wanted
from newsletter.web.admin.desk import Desk
from newsletter.web.admin.pages.editions import edition_of
from newsletter.web.admin.route import action, page
from newsletter.web.admin.saying import too_long, typed_saying


def _(message: str) -> str:
    return message  # marks a message for the catalogues


OFFERED = 50  # releases to choose from; editions whose readers may be meant
PLACE = "place-"  # before the id of a release, in the name of a field
LONGEST_PLACE = 4  # characters
LAST = 10**LONGEST_PLACE
NO_NUMBER = _("“%(typed)s” is no place: please write a number, as 1, 2, 3.")
NOT_CHOSEN = _("A release has a place, but is not chosen. Please choose it, or leave its place empty.")


@page("/editions/new", Role.EDITOR)
def show(desk: Desk) -> Response:
    """Which newsletter, which releases, which words."""
    return _form(desk, {})


@action("/editions/new", "edition.new", Role.EDITOR)
def make(desk: Desk) -> Response:
    """Put it together; it is held until somebody approves it."""
    name = desk.typed("newsletter")
    desk.require(Role.EDITOR, [name])
    if errors := _wrong_places(desk) | too_long(desk):
        return _form(desk, errors, 422)
    cadence, _colon, follows = desk.typed("readers").partition(":")
    cadences = [Cadence(cadence)] if cadence in set(Cadence) else []
    chosen, ordered, saying = _chosen(desk), bool(_places(desk)), typed_saying(desk)
    try:
        made = new_editions(desk.program, name, cadences, chosen, saying, follows=follows or None, ordered=ordered)
    except (BadInput, StateError, NotFound) as error:
        return _form(desk, {"release": desk.explain(error)}, 422)
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


def _ticked(desk: Desk) -> list[str]:
    return [one for one in desk.sent.getlist("release") if isinstance(one, str)]


def _places(desk: Desk) -> dict[str, str]:
    """What was typed as the place of a release, by its id."""
    ids = (name.removeprefix(PLACE) for name in desk.sent if name.startswith(PLACE))
    return {id: typed for id in ids if (typed := desk.typed(PLACE + id))}


def _chosen(desk: Desk) -> list[str]:
    """Those that have a place by their places, then the others as the page lists them."""
    places = {id: int(typed) for id, typed in _places(desk).items()}
    return sorted(_ticked(desk), key=lambda id: places.get(id, LAST))


def _wrong_places(desk: Desk) -> dict[str, str]:
    """What is wrong with the places, all of it said at the releases."""
    places, ticked = _places(desk), _ticked(desk)
    if odd := next((one for one in places.values() if not (one.isdecimal() and len(one) < LONGEST_PLACE)), None):
        return {"release": desk.say(NO_NUMBER, typed=odd[:LONGEST_PLACE])}
    return {"release": desk.say(NOT_CHOSEN)} if places.keys() - set(ticked) else {}


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
        chosen=_ticked(desk),
        places=_places(desk),
        readers=_readers(desk, found),
        typed={field: desk.typed(field) for field in ("readers", "subject", "intro")},
        most=LONGEST_SAYING,
    )


def _readers(desk: Desk, newsletter: Newsletter) -> list[tuple[str, str]]:
    """Who may get it: all, those of a cadence, or those who got one of the latest editions."""
    cadences = ((one.value, desk.say(one.value)) for one in newsletter.cadences)
    browsing = Browsing(desk.program.database)
    sent = browsing.editions(
        newsletter.id, (EditionState.SENDING, EditionState.PAUSED, EditionState.FINISHED), None, OFFERED
    )
    got = [one.edition.id for one in sent if one.counts.get(DeliveryState.ACCEPTED)]
    editions = ((f"edition:{id}", desk.say(_("those who got %(edition)s"), edition=id)) for id in got)
    return [("", desk.say(_("all readers"))), *cadences, *editions]


def _offered(desk: Desk, newsletter: Newsletter) -> list[object]:
    wanted = Wanted(among=newsletter.feeds, state=ReleaseState.LIVE)
    return [one for one in desk.program.catalogue.find(wanted, desk.now, OFFERED) if one.visible(desk.now)]
