"""The notices that say a few sentences and have one link: what they say, a table; how, a template for all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from newsletter.config import Newsletter, Site
from newsletter.edition.notices import variant_of
from newsletter.edition.plain import HEADLINE, plain
from newsletter.edition.shell import shell_values
from newsletter.i18n import Words
from newsletter.model import NoticeKind, Subscription, Variant


def _(message: str) -> str:
    return message  # marks a message for the catalogues


@dataclass(frozen=True, slots=True)
class Letter:
    """English message ids; `%(title)s` is the newsletter. `blank` is the link's, "" where there is none."""

    subject: str
    before: tuple[str, ...]
    link: str = ""
    blank: str = ""
    after: tuple[str, ...] = ()


LETTERS: Final[Mapping[NoticeKind, Letter]] = MappingProxyType(
    {
        NoticeKind.KNOWN: Letter(
            _("You get this newsletter already: %(title)s"),
            (
                _("Somebody, most likely you, has asked for the newsletter “%(title)s” to be sent to this address."),
                _("It comes to you already, so nothing was changed. By this link you can change your choices:"),
            ),
            _("Change your choices"),
            "preferences_url",
            (_("If it was not you, you need do nothing."),),
        ),
        NoticeKind.DATA: Letter(
            _("Your data: %(title)s"),
            (
                _("Somebody, most likely you, has asked to see what we keep of this address."),
                _("By this link you see it, and can take it along, erase it, or change the address. It works for 24 "
                  "hours."),
            ),
            _("See your data"),
            "data_url",
            (_("Please do not pass this mail on: whoever has the link can see and erase your data."),
             _("If it was not you, you need do nothing: nobody has seen your data.")),
        ),
        NoticeKind.ADDRESS: Letter(
            _("Please confirm your new address: %(title)s"),
            (
                _("Somebody, most likely you, has asked for the newsletter “%(title)s” to come to this address instead "
                  "of another one."),
                _("By this link you see what would come here, and can agree to it:"),
            ),
            _("Look at the change"),
            "address_url",
            (_("If it was not you, ignore this mail: without a confirmation nothing is sent, and the address is "
               "deleted."),),
        ),
        NoticeKind.MOVED: Letter(
            _("Your address was changed: %(title)s"),
            (
                _("Another address has taken the place of this one, as was asked by the link that we sent here. It was "
                  "confirmed from the new address."),
                _("From now on we send you nothing more to this address; this is the last mail. The address is deleted "
                  "when its time is over."),
                _("If it was not you, please write to us; we will help."),
            ),
        ),
    }
)  # fmt: skip


def render_notice(
    kind: NoticeKind,
    site: Site,
    newsletter: Newsletter,
    subscription: Subscription,
    language: str,
    *,
    templates: Path | None = None,
) -> Variant:
    """A notice of LETTERS; its only blank is the letter's. Raises RenderError where a template fails."""
    words, letter = Words(language), LETTERS[kind]
    title = plain(newsletter.title, HEADLINE)

    def said(message: str) -> str:
        return words.say(message, title=title)

    values = {
        **shell_values(site, newsletter, language, subscription.format),
        "subject": said(letter.subject),
        "before": [said(paragraph) for paragraph in letter.before],
        "link": said(letter.link) if letter.link else "",
        "link_blank": letter.blank,
        "after": [said(paragraph) for paragraph in letter.after],
    }
    return variant_of(kind, "notice", values, templates)
