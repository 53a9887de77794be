"""One returned mail is taken: whatever is wrong with it, it never stops the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import structlog

from newsletter.errors import StoreError

FAILED: Final = "failed"  # it could not be made sense of: a person should look at it
log = structlog.get_logger(__name__)


def taken(take: Callable[[], object], name: str) -> str:
    """What was done, or FAILED; `name` is the mail's in the log. Raises StoreError: then it is to come again.

    FileNotFoundError is raised, too: it is gone.
    """
    try:
        return str(take())
    except (StoreError, FileNotFoundError):
        raise
    except Exception:
        log.exception("a returned mail could not be read", mail=name)
        return FAILED
