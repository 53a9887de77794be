"""Why an edition is as it is: a text, and beside it what that is made of, so that it can be told in any language."""

from __future__ import annotations

from typing import Any

from newsletter.said import document


def told(reason: str | None) -> dict[str, Any]:
    """The columns of a reason; `newsletter.said.said_from` reads them."""
    return {"reason": None if reason is None else str(reason), "said": document(reason)}
