"""Sentences that are kept, and said later in the language of whoever reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class Said(str):
    """A sentence with what it is made of: a message id (English, `%(name)s` for its values), and the values.

    It is the filled English sentence wherever a text is wanted: in logs, commands and programs' answers. A value may be
    such a sentence itself. `newsletter.i18n.Words.tell` says it in another language.
    """

    __slots__ = ("message", "values")
    message: str
    values: Mapping[str, Any]

    def __new__(cls, message: str, /, **values: Any) -> Said:
        """The sentence in English; one that is such a sentence already stays what it is."""
        if isinstance(message, Said):
            return message
        return cls.told(message % values if values else message, message, values)

    @classmethod
    def told(cls, text: str, message: str, values: Mapping[str, Any]) -> Said:
        """The sentence as it was told already, in whichever language."""
        self = super().__new__(cls, text)
        self.message, self.values = str(message), values
        return self


def joined(sentences: Sequence[str]) -> Said:
    """Some sentences as one, each to be told in any language."""
    first, *rest = sentences
    return Said("%(first)s; %(rest)s", first=first, rest=joined(rest)) if rest else Said(first)


def document(text: str | None) -> dict[str, Any] | None:
    """What a sentence is made of, as JSON; None for one that is only a text."""
    if not isinstance(text, Said):
        return None
    values = {name: _plain(value) for name, value in text.values.items()}
    return {"told": str(text), "message": text.message, "values": values}


def said_from(text: str, found: Any) -> str:
    """The sentence that `document` wrote; the text alone where nothing was written, or for another text than this."""
    return _sentence(found) if found is not None and found["told"] == text else text


def _sentence(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    values = {name: _sentence(one) for name, one in value["values"].items()}
    return Said.told(value["told"], value["message"], values)


def _plain(value: Any) -> Any:
    if isinstance(value, Said):
        return document(value)
    return value if isinstance(value, str | int | float) else str(value)
