"""What an editor says in an edition, as the forms of pages bring it."""

from __future__ import annotations

from newsletter.model import LONGEST_SAYING, Saying
from newsletter.web.admin.desk import Desk


def _(message: str) -> str:
    return message  # marks a message for the catalogues


def typed_saying(desk: Desk) -> Saying:
    """Subject and intro; what was left empty is not said."""
    return Saying(desk.typed("subject") or None, desk.typed("intro") or None)


def too_long(desk: Desk) -> dict[str, str]:
    """What is wrong with them, by their field."""
    return {
        field: desk.say(_("That is too long: %(most)s characters are the most."), most=most)
        for field, most in LONGEST_SAYING.items()
        if len(desk.typed(field)) > most
    }
