"""What a rule is: an id, how much it weighs, the criterion it comes from, and a function that finds defects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from newsletter.i18n import Words
from newsletter.model import Finding

BLOCK: Final = "block"
WARN: Final = "warn"
ENHANCED: Final = frozenset({"1.4.8"})  # level AAA: no part of EN 301 549


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something stands: in words, and in which line of the file, where there is a file."""

    words: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Defect:
    """What is wrong at a place and what an editor does about it; English messages with `%(name)s` for their values.

    A place is an element, or words for one.
    """

    place: Any
    message: str
    remedy: str
    values: dict[str, Any] = field(default_factory=dict)


class Subject(Protocol):
    """What rules look at: a mail or a feed."""

    @property
    def words(self) -> Words:
        """The words of whoever reads the findings."""
        ...

    def spot(self, place: Any) -> Spot:
        """How a finding names the place of a defect."""
        ...


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; `criterion` is the WCAG success criterion or the standard it comes from."""

    id: str
    severity: str
    criterion: str
    title: str
    find: Callable[[Any], Iterable[Defect]]

    @property
    def clause(self) -> str | None:
        """The clause of EN 301 549 V3.2.1 with the criterion for documents, as mails are; None where there is none."""
        standard, _, number = self.criterion.partition(" ")
        return f"10.{number}" if standard == "WCAG" and number not in ENHANCED else None

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """What the rule finds, in the subject's words."""
        for defect in self.find(subject):
            spot = subject.spot(defect.place)
            message = subject.words.said(defect.message, **defect.values)
            remedy = subject.words.said(defect.remedy, **defect.values)
            yield Finding(self.id, self.severity, self.criterion, spot.words, message, remedy, spot.line)


def rule(id: str, severity: str, criterion: str) -> Callable[[Callable[[Any], Iterable[Defect]]], Rule]:
    """Make a function that yields defects a rule; its docstring is the rule's title."""

    def wrap(find: Callable[[Any], Iterable[Defect]]) -> Rule:
        return Rule(id, severity, criterion, (find.__doc__ or id).strip().rstrip("."), find)

    return wrap


def _(message: str) -> str:
    """Marks a message for translation; it is translated when the finding is made."""
    return message
