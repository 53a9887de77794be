"""What came back of the mails to readers: of the newsletters that who asks may see, or of one, a kind, an edition."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.responses import Response

from newsletter.audience.address import masked
from newsletter.deliver.feedback.consequence import Sign
from newsletter.model import Role
from newsletter.store.came_back import Sought, came_back
from newsletter.web.admin import reach
from newsletter.web.admin.desk import Desk
from newsletter.web.admin.pages.subscribers import titles
from newsletter.web.admin.returned import SIGNS, why
from newsletter.web.admin.route import page

AT_ONCE = 50
LONGEST = 200  # characters of what is asked for


@page("/editions/returned", Role.VIEWER)
def show(desk: Desk) -> Response:
    """The latest first. Addresses are masked for everybody: whose one is, its subscriber's page tells."""
    asked = {name: _asked(desk, name) for name in ("newsletter", "kind", "edition")}
    before, mine = desk.query("before"), reach.newsletters(desk, Role.VIEWER)
    begin = int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None
    found, further = came_back(desk.program.database, Sought(mine, **asked), begin, AT_ONCE)
    names = titles(desk)
    return desk.show(
        "returned.html",
        rows=[(one, masked(one.email) if one.email else "", why(desk, one.kind, one.detail)) for one in found],
        asked=asked,
        kinds=[(kind, desk.say(said)) for kind, said in SIGNS.items()],
        signs=SIGNS,
        titles=names,
        choices=[(name, title) for name, title in names.items() if mine is None or name in mine],
        first=f"?{urlencode(asked)}" if begin else "",
        further=f"?{urlencode({**asked, 'before': further})}" if further else "",
    )


def _asked(desk: Desk, name: str) -> str:
    """What is asked for; a kind that there is not is none. No text in a database holds a NUL."""
    value = desk.query(name).replace("\0", "").strip()[:LONGEST]
    return "" if name == "kind" and value not in set(Sign) else value
