"""The kinds of value that requests hold, each with its bounds; and pages of lists."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Generic, TypeVar

from fastapi import Depends, Path, Query, Request
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from starlette.convertors import StringConvertor, register_url_convertor

from newsletter.app import Program
from newsletter.config.values import web_address
from newsletter.errors import BadInput

T = TypeVar("T")
WRITTEN: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]")  # RFC 3339
FIRST, LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
NO_NULL: Final = r"^[^\x00]*$"  # PostgreSQL keeps no NUL
RELEASE: Final = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def _written(said: object) -> object:
    """Raises ValueError for a bare number: it might be seconds, milliseconds or a year."""
    if isinstance(said, datetime) or (isinstance(said, str) and WRITTEN.match(said)):
        return said
    raise ValueError("a moment is written as 2026-11-22T09:30:00+01:00")


def _moment(at: datetime) -> datetime:
    if not FIRST < at < LAST:
        raise ValueError("a moment between 1900 and 2200")
    return at.astimezone(UTC)


def text(longest: int, shortest: int = 0) -> Any:
    """A text of at most so many characters."""
    return StringConstraints(min_length=shortest, max_length=longest, pattern=NO_NULL)


Line = Annotated[str, text(300)]
Headline = Annotated[str, text(300, 1)]
Paragraph = Annotated[str, text(2_000)]
Body = Annotated[str, text(1_000_000)]
Moment = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_moment)]
WebUrl = Annotated[str, text(2_000, 8), AfterValidator(web_address), Field(json_schema_extra={"format": "uri"})]
Address = Annotated[
    str, StringConstraints(min_length=3, max_length=254, pattern=r"^[^\s@\x00]+@[^\s@\x00]+$"),
    Field(description="A mail address.", json_schema_extra={"format": "email"}),
]  # fmt: skip
Name = Annotated[str, StringConstraints(max_length=100, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]  # of feeds, newsletters
Tag = Annotated[str, StringConstraints(max_length=35, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]  # BCP 47
ReleaseId = Annotated[str, Path(pattern=f"^{RELEASE}$", description="A release's id.")]
EditionId = Annotated[str, Path(max_length=200, pattern=r"^[A-Za-z0-9-]+$", description="An edition's id.")]
SubscriberId = Annotated[int, Path(ge=1, le=2**62, description="A subscriber's id.")]
Cursor = Annotated[
    str | None,
    Query(max_length=400, pattern=r"^[A-Za-z0-9_-]+$", description="`next` of the page before; absent: the first."),
]
Limit = Annotated[int, Query(ge=1, le=100, description="Most items of a page.")]


class SourceConvertor(StringConvertor):
    """A feed's name in an address; not what looks like the id of a release, under which other things can be done."""

    regex = rf"(?!{RELEASE}/)[^/]+"


class HashConvertor(StringConvertor):
    """A keyed hash in an address; nothing else, so that `search` is no hash."""

    regex = "[0-9a-f]{32}"


register_url_convertor("source", SourceConvertor())
register_url_convertor("hash", HashConvertor())


class Sent(BaseModel):
    """What a request holds: what is not known is a mistake."""

    model_config = ConfigDict(extra="forbid")


class Whom(Sent):
    """An address. It stands in the body, because addresses of pages are logged on the way."""

    email: Address


class Page(BaseModel, Generic[T]):
    """Some items of a list. `next` is the cursor of those after them; null: there are none."""

    items: list[T]
    next: str | None = None


def cursor(*place: object) -> str:
    """Where a page ends, in a form that only we make sense of."""
    plain = [one.isoformat() if isinstance(one, datetime) else one for one in place]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def moment_and_id(text: str | None) -> tuple[datetime, str] | None:
    """The place of a list that is sorted by moments. Raises BadInput for what is no cursor of it."""
    if text is None:
        return None
    match _place(text):
        case [str(at), str(id)] if "\0" not in id:
            try:
                return _moment(datetime.fromisoformat(at)), id
            except (ValueError, TypeError, OverflowError):
                pass
    raise BadInput("cursor: it is none of this list; begin without one")


def number(text: str | None) -> int:
    """The place of a list that is sorted by numbers; 0 before its first. Raises BadInput."""
    if text is None:
        return 0
    match _place(text):
        case [int(place)] if 0 <= place < 2**62:
            return place
    raise BadInput("cursor: it is none of this list; begin without one")


def _place(text: str) -> object:
    try:
        return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError):
        return None


def _program(request: Request) -> Program:
    program: Program = request.app.state.program
    return program


Served = Annotated[Program, Depends(_program)]
