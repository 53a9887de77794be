"""Bounces in plain words: from qmail, exim, Exchange, Notes, gateways and providers that send no RFC 3464 report.

They name addresses, each with the words that follow it. What a notice quotes is not read, and the mail that it returns
only where it names nobody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message
from logging import CRITICAL, getLogger
from typing import Final

from flufl.bounce import all_failures

from newsletter.deliver.feedback.addresses import ADDRESS, DOMAIN, LOCAL, address_in, once
from newsletter.deliver.feedback.mime import Headers, Mail, fields, open_mail

MOST_ADDRESSES: Final = 100
LONGEST_LINE: Final = 300

COPY: Final = re.compile(  # where the notice ends and the mail that it returns begins
    r"^[ \t>|*-]{0,80}(?:"
    r"(?:this|below|included|attach\w+|here|following) ?(?:this line )?(?:is|are) (?:a |the )?(?:copy|your returned)"
    r"|below (?:this line|the next line)"
    r"|(?:the )?(?:unsent|original|returned|old|rejected)[ -](?:message|mail|nachricht)\b"
    r"(?!\s+(?:was|has|could|to|is|with|did|cannot|reads|encountered))"
    r"|(?:the )?headers? of the original|message (?:text|headers?|header) follows?|mensaje original|message d.origine"
    r"|start of returned|undelivered message|a copy of (?:the|your) (?:original )?message|-+ ?forwarded message)"
    r"|^(?:received|return-path|x-[\w-]{2,30}|message-id|dkim-signature): |^On .{5,80} wrote:|^Am .{5,80} schrieb",
    re.IGNORECASE | re.MULTILINE,
)
OPENS: Final = re.compile(rf"^[\s>*\"'<(\[#=-]{{0,40}}({LOCAL}@{DOMAIN})")
LABELLED: Final = re.compile(
    r"(?<![\w.@-])(?:recipient(?:\(s\)|s)?|address(?:ee|es|\(es\))?|user(?:id)?|rcpt to|to|for|mailbox(?: is full)?"
    r"|(?:generated|expanded) from|smtp|error-for|empfänger|an|adresse|destinataire|local user)"
    rf"\W{{1,8}}(?:address\W{{1,4}})?(?:\[?smtp[:=])?[<\"'\[(]{{0,3}}({LOCAL}@{DOMAIN})",
    re.IGNORECASE,
)
CODED: Final = re.compile(rf"^\W{{0,4}}[45]\d\d[ -](?:[45]\.\d\.\d{{1,3}} )?[<\"'(]{{0,2}}({LOCAL}@{DOMAIN})")
# begins what is said of somebody else
SESSION: Final = re.compile(r"[45]\d\d[ -]|(?:\.\.\. )?while talking|>>> (?!rcpt)", re.IGNORECASE)
HEADER: Final = re.compile(
    r"^(?:received|return-path|from|to|subject|date|message-id|mime-version|x-[\w-]{2,30}): ",
    re.IGNORECASE | re.MULTILINE,
)
ECHO: Final = re.compile(r"\s*(?:to|cc|from|subject|sent|date|an|von|betreff|gesendet)\s*:", re.IGNORECASE)
FOR: Final = re.compile(rf"\bfor <?({LOCAL}@{DOMAIN})>?\s*(?:;|$)")

getLogger("flufl.bounce").setLevel(CRITICAL)  # it logs what a detector raises, with its traceback


@dataclass(frozen=True, slots=True)
class Notice:
    """What a notice says: `words` is all of it, `entries` the words for each address.

    `copied` is whether a copy of the mail that it returns follows in the text, `returned` that mail's headers, if any.
    """

    words: str
    entries: dict[str, str]
    copied: bool
    returned: Headers

    def answers(self, address: str | None) -> tuple[str, ...]:
        """The words to judge an address by, the nearest first."""
        own = self.entries.get((address or "").lower(), "")
        shared = self.words if len(self.entries) < 2 else self.words.partition(next(iter(self.entries)))[0]
        return own, shared


def read_notice(mail: Mail) -> Notice:
    """The notice in a mail's own words."""
    text = _unquoted(mail.own_text())
    copy = COPY.search(text)
    copied = copy is not None and bool(text[: copy.start()].strip())
    words = text[: copy.start()] if copy and copied else text
    return Notice(words, _entries(words, _own_addresses(mail)), copied, _returned(mail, text[len(words) :]))


def recipients_of(mail: Mail, notice: Notice) -> tuple[str, ...]:
    """The addresses that a notice names: in its header, in its words, or as flufl.bounce's detectors find them."""
    failed = (
        address_in(value) for field in mail.headers.fields.get("x-failed-recipients", []) for value in field.split(",")
    )
    written = {found.lower(): found for found in reversed(ADDRESS.findall(notice.words))}
    others = [found for lower, found in written.items() if lower not in _own_addresses(mail)]
    return (
        once(address for address in failed if address)
        or once(written.get(address, address) for address in notice.entries)
        or once(_by_flufl(mail))
        or tuple(others if len(others) == 1 else ())
    )[:MOST_ADDRESSES]


def recipient_of_returned(notice: Notice) -> tuple[str, ...]:
    """To whom the returned mail went: by the way it took, or its only To."""
    way = (FOR.search(line[:1000]) for line in notice.returned.fields.get("received", []))
    to = ADDRESS.findall(notice.returned.raw("to"))
    return next(((found[1],) for found in way if found), ()) or tuple(to if len(to) == 1 else ())


def _entries(words: str, own: set[str]) -> dict[str, str]:
    """The words for each address; where the head of the mail is repeated, its To is named only if nobody else is."""
    without_head = _grouped([line for line in words.split("\n") if not ECHO.match(line)], own)
    return without_head or _grouped(words.split("\n"), own)


def _grouped(lines: list[str], own: set[str]) -> dict[str, str]:
    entries: dict[str, list[str]] = {}
    current: list[str] = []
    in_session = False
    for line in lines:
        if in_session and SESSION.match(line):
            current = []
        for address in _named(line[:LONGEST_LINE]):
            if address not in own and (address in entries or len(entries) < MOST_ADDRESSES):
                current = entries.setdefault(address, [])
                in_session = bool(CODED.search(line[:LONGEST_LINE]))
        current.append(line)
    return {address: "\n".join(said) for address, said in entries.items()}


def _own_addresses(mail: Mail) -> set[str]:
    """The two that talk here: the server, and the address that the notice came to."""
    return {found.lower() for name in ("to", "from") for found in ADDRESS.findall(mail.headers.raw(name))}


def _returned(mail: Mail, after: str) -> Headers:
    enclosed = next((part for part in mail.parts if part.enclosed), None)
    if enclosed:
        return open_mail(enclosed.body).headers
    head = HEADER.search(after)
    return fields(after[head.start() :].partition("\n\n")[0]) if head else Headers({})


def _named(line: str) -> list[str]:
    found = [*LABELLED.findall(line)]
    for pattern in (OPENS, CODED):
        if match := pattern.search(line):
            found.insert(0, match[1])
    return [address.lower() for address in found]


def _unquoted(text: str) -> str:
    """A text without the lines that quote another mail; `>>>` begins a line of a session."""
    return "\n".join(line for line in text.split("\n") if not line.startswith(">") or line.startswith(">>>"))


def _by_flufl(mail: Mail) -> list[str]:
    """What flufl.bounce's detectors find, given lines that are short enough for their patterns."""
    message = Message()
    for name in ("From", "Subject", "X-Mailer"):
        message[name] = " ".join(mail.headers.raw(name.lower()).encode("ascii", "replace").decode().split())
    lines = [line for line in mail.own_text().split("\n")[:150] if len(line) <= 200]
    message.set_payload("\n".join(lines).encode("ascii", "replace").decode())
    try:
        found = sorted(address.decode("ascii", "replace") for failures in all_failures(message) for address in failures)
    except Exception:  # its detectors trust a mail to be one: where From is empty, one of them raises IndexError
        return []
    return [address for address in found if ADDRESS.fullmatch(address)]
