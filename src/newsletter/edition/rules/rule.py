"""What a rule is: an id, how much it weighs, the criterion it comes from, and a function that finds defects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from newsletter.model import Finding

if TYPE_CHECKING:
    from newsletter.edition.rules.mail import Mail

BLOCK: Final = "block"
WARN: Final = "warn"


@dataclass(frozen=True, slots=True)
class Defect:
    """What is wrong at a place and what an editor does about it; English messages with `%(name)s` for their values."""

    place: str
    message: str
    remedy: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the gate; `criterion` is the WCAG success criterion or the standard it comes from."""

    id: str
    severity: str
    criterion: str
    title: str
    find: Callable[[Mail], Iterable[Defect]]

    def findings(self, mail: Mail) -> Iterator[Finding]:
        """What the rule finds, in words of the editor's language."""
        for defect in self.find(mail):
            where = f"{mail.variant.key}: {defect.place}" if defect.place else mail.variant.key
            message = mail.words.say(defect.message, **defect.values)
            remedy = mail.words.say(defect.remedy, **defect.values)
            yield Finding(self.id, self.severity, self.criterion, where, message, remedy)


def rule(id: str, severity: str, criterion: str) -> Callable[[Callable[[Mail], Iterable[Defect]]], Rule]:
    """Make a function that yields defects a rule; its docstring is the rule's title."""

    def wrap(find: Callable[[Mail], Iterable[Defect]]) -> Rule:
        return Rule(id, severity, criterion, (find.__doc__ or id).strip().rstrip("."), find)

    return wrap


def _(message: str) -> str:
    """Marks a message for translation; it is translated when the finding is made."""
    return message
