"""The headers of a mail, where they are known: how to leave, and what it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.edition.rules.mail import Mail
from newsletter.rules.rule import BLOCK, WARN, Defect, _, rule

_ADDRESS = re.compile(r"<\s*(https?://[^\s<>]+|mailto:[^\s<>]+@[^\s<>]+)\s*>", re.IGNORECASE)

_EMPTY_WORDS = re.compile(
    r"(?:(?:re|aw|fw|fwd|wg):\s*)*(?:(?:unser|our|der|the|ihr|your)?\s*(?:newsletter|news|update|e-?mail|mail|nachricht|message|"
    r"info(?:rmation(?:en)?)?|test|aktuelles|neuigkeiten|wichtig|important|betreff|subject|untitled|\(?kein betreff\)?|"
    r"\(?no subject\)?))?\s*[\d./!#-]*",
    re.IGNORECASE,
)


@rule("LEAVE-1", WARN, "RFC 2369 3.2")
def can_be_left(mail: Mail) -> Iterator[Defect]:
    """A mail to many says in its header how to unsubscribe; one that a program answered with need not."""
    if mail.headers is None or mail.headers.get("auto-submitted", "no") != "no":
        return
    if "list-unsubscribe" not in mail.headers:
        yield Defect(
            "List-Unsubscribe",
            _("No header says how to unsubscribe."),
            _("Add List-Unsubscribe with an address of yours, and List-Unsubscribe-Post."),
        )


@rule("LEAVE-2", BLOCK, "RFC 2369 3.2")
def leaving_works(mail: Mail) -> Iterator[Defect]:
    """The header to unsubscribe holds an address that programs can use."""
    if mail.headers and (value := mail.headers.get("list-unsubscribe")) is not None and not _ADDRESS.search(value):
        yield Defect(
            f"List-Unsubscribe: {value[:120]}",
            _("The header to unsubscribe holds no address in angle brackets."),
            _("Write <https://…>, <mailto:…>."),
        )


@rule("LEAVE-3", BLOCK, "RFC 8058 3.1")
def one_click(mail: Mail) -> Iterator[Defect]:
    """Whoever promises to be left with one click says so in the exact words, and has an https address for it."""
    if not mail.headers or (post := mail.headers.get("list-unsubscribe-post")) is None:
        return
    addresses = _ADDRESS.findall(mail.headers.get("list-unsubscribe", ""))
    if post.strip() != "List-Unsubscribe=One-Click" or not any(one.lower().startswith("http") for one in addresses):
        yield Defect(
            f"List-Unsubscribe-Post: {post[:120]}",
            _("Unsubscribing with one click does not work."),
            _("Write List-Unsubscribe=One-Click, and an https address in List-Unsubscribe."),
        )


@rule("SUBJ-1", BLOCK, "WCAG 2.4.2")
def subject(mail: Mail) -> Iterator[Defect]:
    """The mail has a subject."""
    if mail.headers is not None and not mail.headers.get("subject", "").strip():
        yield Defect("Subject", _("The mail has no subject."), _("Say what it is about."))


@rule("SUBJ-2", WARN, "WCAG 2.4.2")
def subject_says(mail: Mail) -> Iterator[Defect]:
    """The subject says what the mail is about, in words."""
    said = (mail.headers or {}).get("subject", "").strip()
    if said and (_EMPTY_WORDS.fullmatch(said) or not any(char.isalpha() for char in said) or _shouts(said)):
        yield Defect(
            f"Subject: {said[:80]}",
            _("The subject does not say what the mail is about."),
            _("Name the sender's topic and the most important piece of news, in small letters."),
        )


def _shouts(said: str) -> bool:
    letters = [char for char in said if char.isalpha()]
    return len(letters) >= 20 and "".join(letters).isupper()
