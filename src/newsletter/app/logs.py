"""The log: one JSON object a line on stderr, without addresses and tokens."""

from __future__ import annotations

import logging
import re
import sys
from contextlib import suppress
from typing import Any

import structlog

ADDRESS = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"']+")
TOKEN = re.compile(r"\b[a-z2-7]{40}(?:[a-z2-7]{8})?\b")


class Stderr:
    """The standard error of whenever it is written to. A full disk behind it never stops what it tells of."""

    def write(self, text: str) -> None:
        """Write, if that is possible."""
        with suppress(OSError):
            sys.stderr.write(text)

    def flush(self) -> None:
        """Flush, if that is possible."""
        with suppress(OSError):
            sys.stderr.flush()


def start_logging(*, plain: bool = False) -> None:
    """Log to stderr from here on: JSON, or plain lines for a person who reads along."""
    renderer: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
    if plain:
        renderer = structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    shared: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(Stderr()),  # type: ignore[arg-type]  # all that print needs
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr, force=True)


def redact(_: Any, __: str, event: Any) -> Any:
    """Take addresses and tokens out of whatever is logged, however it got there."""
    return {key: _clean(value) for key, value in event.items()}


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return TOKEN.sub("…token…", ADDRESS.sub("…address…", value))
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value
