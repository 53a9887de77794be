"""From what servers said to a reason: plain words, then the plain code, then other words, then the vague code.

In doubt an address is kept: one lost hears nothing of its town any more, one too many is refused again next time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from newsletter.deliver.feedback.addresses import ADDRESS
from newsletter.deliver.feedback.phrases import OUTRIGHT, WORDS, Rule
from newsletter.deliver.feedback.returned import GONE, Reason
from newsletter.deliver.feedback.statuses import PLAIN, SMTP, VAGUE

MOST: Final = 6_000  # characters of an answer that are looked at

STATUS: Final = re.compile(r"(?<![\w.\[/:-])([45])\.([0-7])\.([0-9]{1,3})(?![\w.]\d|\w)")
CODE: Final = re.compile(r"(?<![\w.:-])([45][0-5][0-9])(?=[ \-:]|$)", re.MULTILINE)
LINE_CODES: Final = re.compile(
    r"(?<![\w.])[245]\d\d[- ](?:#?[245]\.\d\.\d{1,3}[ :]?)?|(?<![\w.])#?[245]\.\d\.\d{1,3}(?![\w.])"
)
IRONPORT: Final = re.compile(
    r"\b[45]\.\d\.\d - [A-Z][\w /,-]{4,60}?(?= '?[245]\d\d)"
)  # its gloss on the code, not the server's
POSTFIX: Final = re.compile(r"recipient address rejected: (?!access denied)")  # says it of every refusal, then why
# Exchange's own words are written like host names
LINKS: Final = re.compile(
    r"https?:?//?[^\s<>]{1,300}|\b(?!resolver|transport|smtpsend|storedrv|queue)[\w-]{1,63}(?:\.[\w-]{1,63}){2,8}\b",
    re.IGNORECASE,
)
BLOCK_LISTS: Final = re.compile(
    r"spamhaus|spamcop|sorbs|dnsbl|\brbl\b|barracudacentral|uceprotect|abuseat|surbl|/rbl|invaluement|blacklist",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why one address did not get the mail; `gone` is None where no reason was found."""

    reason: Reason
    status: str | None
    temporary: bool

    @property
    def gone(self) -> bool | None:
        if self.reason is Reason.UNEXPLAINED:
            return False if self.temporary else None
        return self.reason in GONE and not self.temporary


def judge(answers: Iterable[str], status: str = "", *, delayed: bool = False) -> Verdict:
    """What the answers mean, each asked only where those before gave no reason; `status` is the field of a report."""
    verdict = Verdict(Reason.UNEXPLAINED, _status_in(status), delayed)
    for answer in answers:
        verdict = _judge(IRONPORT.sub(" ", answer[:MOST]), status, delayed)
        if verdict.reason is not Reason.UNEXPLAINED:
            return verdict
    return Verdict(Reason.DELAYED, verdict.status, True) if delayed else verdict


def _judge(answer: str, field: str, delayed: bool) -> Verdict:
    found = [".".join(match.groups()) for match in STATUS.finditer(f"{answer} {field}")][:20]
    status = next((s for s in found if s[2:] in PLAIN), found[0] if found else None)
    codes = [int(code) for code in CODE.findall(answer)[:20]]
    text = plain(answer)
    temporary = delayed or (status[0] == "4" if status else bool(codes) and codes[0] < 500)
    reason = (
        _search(OUTRIGHT, text)
        or PLAIN.get((status or "")[2:])
        or _search(WORDS, text)
        or _vague(status, codes)
        or Reason.UNEXPLAINED
    )
    return Verdict(reason, status, temporary)


def plain(text: str) -> str:
    """An answer without what only looks like words: addresses, hosts, links, codes; lower case, one line."""
    text = ADDRESS.sub(" ", text)
    text = LINE_CODES.sub(" ", text)
    text = LINKS.sub(lambda link: " dnsbl " if BLOCK_LISTS.search(link[0]) else " ", text)
    return POSTFIX.sub(" ", " ".join(text.casefold().replace("’", "'").split()))


def _search(rules: Iterable[Rule], text: str) -> Reason | None:
    return next((reason for reason, pattern in rules if pattern.search(text)), None)


def _vague(status: str | None, codes: list[int]) -> Reason | None:
    by_status = (VAGUE.get(status[2:]) or VAGUE.get(status[2])) if status else None
    return by_status or next((SMTP[code] for code in codes if code in SMTP), None)


def _status_in(text: str) -> str | None:
    found = STATUS.search(text)
    return ".".join(found.groups()) if found else None
