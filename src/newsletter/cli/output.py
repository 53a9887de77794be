"""What commands print: JSON for programs, plain lines for people; progress on a terminal only."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.types import StringParamType

from newsletter.errors import SettingsError
from newsletter.memory import loading

if TYPE_CHECKING:
    from newsletter.app import Program
    from newsletter.config import Settings


class Prose(StringParamType):
    """What is kept and shown again. A byte that is no UTF-8 comes as half a surrogate pair, which no page can show."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The same. Raises BadParameter for what is no UTF-8."""
        try:
            value.encode()
        except UnicodeEncodeError:
            self.fail("it is not written in UTF-8", param, ctx)
        return value


def program_of(ctx: click.Context) -> Program:
    """The program of the settings that this command was called with; closed when the command ends.

    Its log goes to stderr: stdout is for what was asked for.
    """
    with loading():
        from newsletter.app import Program
        from newsletter.app.logs import start_logging
        from newsletter.config import load

    start_logging(plain=True)
    return ctx.with_resource(Program.open(load(ctx.obj["config"])))


def usable_settings(config: Path) -> Settings | None:
    """The settings, as far as they can be used already: who asks, through which proxy, and which private networks."""
    from newsletter.config import load

    try:
        return load(config) if config.is_file() else None
    except SettingsError as error:
        click.echo(f"{error}\nuntil that is mended, no private network is looked at, and no proxy asked", err=True)
        return None


def is_address(place: str) -> bool:
    """Whether it is fetched, and no file."""
    return place.startswith(("http://", "https://"))


def plain_value(value: Any) -> Any:
    """A value as JSON can hold it."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain_value(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): plain_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain_value(item) for item in value]
    return str(value) if isinstance(value, Path) else value


def echo_json(value: Any) -> None:
    """Print one JSON value, UTF-8."""
    click.echo(json.dumps(plain_value(value), ensure_ascii=False))


def echo_rows(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under their heads in aligned columns; heads are words, so nothing hangs on colour or place alone."""
    lines = [tuple(head), *(tuple("" if cell is None else str(cell) for cell in row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
