"""Today: what is due, held and broken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup
from starlette.responses import Response

from newsletter.app.today import Day, today
from newsletter.i18n import day_and_date, number
from newsletter.model import Role
from newsletter.web.admin.chart import columns
from newsletter.web.admin.desk import Desk
from newsletter.web.admin.route import page


def _(message: str) -> str:
    return message  # marks a message for the catalogues


RELEASES = _("New releases on each of the last 30 days; at most %(most)s, on %(day)s.")
NO_RELEASES = _("New releases on each of the last 30 days: none.")
MAILS = _("Accepted mails on each of the last 30 days; at most %(most)s, on %(day)s.")
NO_MAILS = _("Accepted mails on each of the last 30 days: none.")


@page("/", Role.VIEWER)
def show(desk: Desk) -> Response:
    """What asks for a person, of the newsletters that are theirs."""
    found = today(desk.program)
    return desk.show(
        "today.html",
        today=found,
        due=[slot for slot in found.due if desk.may(Role.VIEWER, [slot.newsletter])],
        held=[edition for edition in found.held if desk.may(Role.VIEWER, [edition.newsletter])],
        under_way=[edition for edition in found.under_way if desk.may(Role.VIEWER, [edition.newsletter])],
        charts=_charts(desk, found.days),
        day_of=lambda day: day_and_date(day, desk.language),
    )


def _charts(desk: Desk, days: Sequence[Day]) -> list[tuple[str, str, Markup]]:
    """Title, what it says in words, and the picture."""
    series = [
        (_("Releases a day"), RELEASES, NO_RELEASES, [(one.day, one.releases) for one in days]),
        (_("Mails a day"), MAILS, NO_MAILS, [(one.day, one.accepted) for one in days]),
    ]
    charts = []
    for title, some, none, values in series:
        said = _in_words(desk, some, none, values)
        charts.append((desk.say(title), said, columns(values, said, desk.language)))
    return charts


def _in_words(desk: Desk, some: str, none: str, values: Sequence[tuple[date, int]]) -> str:
    day, most = max(values, key=lambda one: one[1])
    if not most:
        return desk.say(none)
    return desk.say(some, most=number(most, desk.language), day=day_and_date(day, desk.language))
