"""What people agree to, word for word. A change of any text here, or of its translation, needs a new VERSION.

Art. 7 GDPR: who, what for, how often, and how to take it back stand in the text itself; it is kept with each consent.
"""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import parseaddr
from typing import Final

from newsletter.config import Newsletter, Site
from newsletter.i18n import translations
from newsletter.model import Cadence, Wish

VERSION: Final = "2026-11"


def _(message: str) -> str:
    return message  # marks a message for the catalogues


CADENCES: Final = {
    Cadence.IMMEDIATE: _("at once, whenever something is published"),
    Cadence.DAILY: _("daily, when there is something new"),
    Cadence.WEEKLY: _("weekly, when there is something new"),
}


def asked(site: Site, newsletter: Newsletter, language: str) -> str:
    """What stands under the form: the choices themselves are above it. An editor's own words stand for themselves."""
    if newsletter.texts is not None:
        return newsletter.texts.consent.strip()
    text = translations(language).gettext(
        "I agree that %(publisher)s uses my e-mail address to send me the newsletter “%(title)s”, as often and on the "
        "topics chosen above."
    )
    return f"{text % _names(site, newsletter)} {_withdrawal(site, language)}"


def agreed(site: Site, newsletter: Newsletter, wish: Wish, titles: Sequence[str], language: str) -> str:
    """What stands over the button that confirms: the choices are named."""
    said = translations(language).gettext
    text = said(
        "I agree that %(publisher)s uses my e-mail address to send me the newsletter “%(title)s”: %(cadence)s; topics: "
        "%(topics)s."
    )
    choices = {"cadence": said(CADENCES[wish.cadence]), "topics": ", ".join(titles) or said("all")}
    if newsletter.texts is not None:
        chosen = said("Chosen: %(cadence)s; topics: %(topics)s.") % choices
        return f"{newsletter.texts.consent.strip()}\n\n{chosen}"
    return f"{text % (_names(site, newsletter) | choices)} {_withdrawal(site, language)}"


def elsewhere(language: str) -> str:
    """What stands in the record where the consent was given on paper or to another program."""
    return translations(language).gettext("The consent was given outside this program; see the evidence.")


def withdrawn(language: str) -> str:
    """What stands in the record when somebody leaves."""
    return translations(language).gettext("I take my consent back; I want no more e-mails of this newsletter.")


def undone(language: str) -> str:
    """What stands over the button that takes leaving back."""
    return translations(language).gettext(
        "I take back that I unsubscribed. The consent that I gave before holds again, with the choices I had."
    )


def moved(language: str) -> str:
    """What stands in the record of an address whose place another takes."""
    return translations(language).gettext(
        "I want these newsletters at my new address; for the one before it I take my consent back."
    )


def on_record(text: str) -> str:
    """The text as it is kept, with its version."""
    return f"[{VERSION}] {text}"


def _withdrawal(site: Site, language: str) -> str:
    text = translations(language).gettext(
        "I can take this consent back at any time with effect for the future: by the link to unsubscribe in every "
        "e-mail, or by a message to %(contact)s. What was sent until then stays lawful."
    )
    return text % {"contact": parseaddr(site.contact)[1]}


def _names(site: Site, newsletter: Newsletter) -> dict[str, str]:
    return {"publisher": newsletter.publisher or site.publisher, "title": newsletter.title}
