"""The alt desk: one picture after the other, with all that helps to say what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from newsletter.app.alts import Asked
from newsletter.errors import BadInput, NotFound
from newsletter.model import Role
from newsletter.rules.images import LONG
from newsletter.web.admin.desk import Desk
from newsletter.web.admin.route import action, page


def _(message: str) -> str:
    return message  # marks a message for the catalogues


@page("/alts", Role.VIEWER)
def show(desk: Desk) -> Response:
    """The picture that was asked for, or the first that waits."""
    return _shown(desk, desk.query("picture"), {})


@page("/alts/all", Role.VIEWER)
def everything(desk: Desk) -> Response:
    """All that wait, as a list."""
    rows = [(asked, desk.say(asked.why)) for asked in desk.program.alts.waiting(desk.now)]
    return desk.show("alts.html", rows=rows)


@action("/alts/{picture}/describe", "alt.describe", Role.EDITOR)
def describe(desk: Desk) -> Response:
    """Say what a picture shows, and go on with the next."""
    after, picture = _next(desk), desk.param("picture")
    try:
        editions = desk.program.alts.describe(picture, desk.typed("alt"), desk.by, desk.now)
    except BadInput as error:
        return _shown(desk, picture, {"alt": desk.explain(error)}, 422)
    desk.record["alt"] = desk.typed("alt")
    return _done(desk, desk.say(_("The alt text is kept.")), editions, after)


@action("/alts/{picture}/decorative", "alt.decorative", Role.EDITOR)
def decorative(desk: Desk) -> Response:
    """Say that a picture shows nothing that matters, and go on with the next."""
    after, picture = _next(desk), desk.param("picture")
    try:
        editions = desk.program.alts.make_decorative(picture, desk.by, desk.typed("reason"), desk.now)
    except BadInput as error:
        return _shown(desk, picture, {"reason": desk.explain(error)}, 422)
    desk.record["reason"] = desk.typed("reason")
    return _done(desk, desk.say(_("The picture is decorative from now on.")), editions, after)


def _shown(desk: Desk, picture: str, errors: dict[str, str], status: int = 200) -> Response:
    waiting = desk.program.alts.waiting(desk.now)
    ready = _ready(waiting)
    place = _place(ready, picture)
    if place is None:
        if picture and status == 200:
            raise NotFound(desk.say(_("This picture does not wait for an alt text (any more).")))
        return desk.show("alts_none.html", unseen=len(waiting) - len(ready))
    asked = ready[place]
    return desk.show(
        "alt.html",
        status,
        errors=errors,
        asked=asked,
        number=place + 1,
        of=len(ready),
        before=ready[place - 1].picture if place else None,
        after=ready[place + 1].picture if place + 1 < len(ready) else None,
        why=desk.say(asked.why),
        picture=desk.program.pictures.address(asked.known),
        typed=desk.typed("alt") or _proposal(asked),
        reason=desk.typed("reason"),
        editions=[desk.program.editions.get(id) for id in asked.editions],
        most=LONG,
        may_decide=desk.may(Role.EDITOR),
    )


def _ready(waiting: Sequence[Asked]) -> list[Asked]:
    """Those that were looked at: of the others nothing can be decided yet."""
    return [asked for asked in waiting if asked.picture is not None]


def _place(ready: Sequence[Asked], picture: str) -> int | None:
    if not picture:
        return 0 if ready else None
    return next((place for place, asked in enumerate(ready) if asked.picture == picture), None)


def _next(desk: Desk) -> str | None:
    """The picture that follows the one that is decided on."""
    ready = _ready(desk.program.alts.waiting(desk.now))
    place = _place(ready, desk.param("picture"))
    return None if place is None or place + 1 >= len(ready) else ready[place + 1].picture


def _done(desk: Desk, said: str, editions: Sequence[str], after: str | None) -> Response:
    if editions:
        said += " " + desk.count(_("%(n)s edition shows it."), _("%(n)s editions show it."), len(editions))
    return desk.go(f"/alts?picture={after}" if after else "/alts", said)


def _proposal(asked: Asked) -> Any:
    """What the portal says, where that can be mended; a text that says nothing is no beginning."""
    return "" if asked.blocks else asked.image.alt or ""
