"""Editions and what became of their mails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Query
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from newsletter.app import Program
from newsletter.app.decisions import approve
from newsletter.app.directly import send_test
from newsletter.app.extras import new_editions
from newsletter.i18n import languages
from newsletter.model import Cadence, DeliveryState, EditionState, Format, Saying, Scope
from newsletter.store.edition_rows import Counted
from newsletter.web.api.problems import documented
from newsletter.web.api.route import Guarded, needs, repeatable
from newsletter.web.api.shapes import Kept
from newsletter.web.api.values import (
    Address,
    Cursor,
    EditionId,
    Limit,
    Line,
    Name,
    Page,
    Sent,
    Served,
    cursor,
    moment_and_id,
    number,
    text,
)

router = APIRouter(prefix="/v1/editions", tags=["Editions"], route_class=Guarded)
READ, WRITE = needs(Scope.EDITIONS_READ), needs(Scope.EDITIONS_WRITE)
ONCE: dict[str, Any] = {"openapi_extra": WRITE, "dependencies": [Depends(repeatable)]}


class FindingOut(BaseModel):
    """What a rule found in the final mail."""

    rule: str
    severity: str
    criterion: str
    where: str
    message: str
    remedy: str


class CarriedOut(BaseModel):
    """A release in an edition, at the revision that it carries."""

    release: str
    revision: int


class EditionOut(BaseModel):
    """An edition. `planned` is how many people it is for: the sum of `counts`, the states of its deliveries."""

    id: str
    newsletter: str
    cadence: Cadence
    slot: AwareDatetime
    state: EditionState
    reason: str | None
    override: str | None
    subject: str | None
    intro: str | None
    extra: bool
    follows: str | None
    composed_at: AwareDatetime | None
    approved_at: AwareDatetime | None
    finished_at: AwareDatetime | None
    carried: list[CarriedOut]
    findings: list[FindingOut]
    planned: int
    counts: dict[DeliveryState, int]


class DeliveryOut(BaseModel):
    """What became of one mail. `accepted`: the next server took responsibility. `returned`: what came back later."""

    delivery: int
    subscriber: int
    state: DeliveryState
    attempts: int
    uncertain: int
    message_id: str
    answer: str | None
    returned: str | None


class EditionIn(Sent):
    """An edition beside the slots. `cadences`: whose readers get it, else all; `releases`: else all that is due."""

    newsletter: Name
    cadences: list[Cadence] = Field(default=[], max_length=3)
    releases: list[Annotated[str, StringConstraints(max_length=36, pattern=r"^[0-9a-f-]+$")]] = Field(
        default=[], max_length=100
    )
    subject: Annotated[str, text(250)] | None = None
    intro: Annotated[str, text(5_000)] | None = Field(default=None, description="Plain text before the releases.")
    ordered: bool = Field(
        default=False, description="They stand in the order of `releases`, those of one topic together."
    )
    urgent: bool = Field(default=False, description="Approve it, unless something blocks it.")
    follows: Annotated[str, StringConstraints(max_length=200, pattern=r"^[A-Za-z0-9-]+$")] | None = Field(
        default=None, description="An earlier edition: it goes to those only who got that one."
    )


class Approval(Sent):
    """`override` lets an edition go in spite of findings: who, and why. It is kept."""

    override: Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00:]+:[^\x00]+$")] | None = None


class TestOut(BaseModel):
    """What the mail server said."""

    answer: str


class TestIn(Sent):
    """To whom one mail is sent; the address need not be subscribed."""

    email: Address
    format: Format = Format.STANDARD
    language: Annotated[Line | None, Field(json_schema_extra={"enum": [*languages(), None]})] = None


@router.get("", summary="List editions, the latest first", openapi_extra=READ)
def list_editions(
    program: Served,
    newsletter: Annotated[Name | None, Query()] = None,
    state: Annotated[list[EditionState], Query(description="Only in these states.")] = [],  # noqa: B006
    after: Cursor = None,
    limit: Limit = 50,
) -> Page[EditionOut]:
    """All editions, also those that were skipped or overtaken."""
    found = program.programs.browsing.editions(newsletter, state, moment_and_id(after), limit)
    last = found[-1].edition if len(found) == limit else None
    return Page(items=[_out(one) for one in found], next=cursor(last.slot, last.id) if last else None)


@router.get("/{id}", summary="Get an edition", openapi_extra=READ, responses=documented(404))
def get_edition(program: Served, id: EditionId) -> EditionOut:
    """One edition: its releases, findings and deliveries in numbers."""
    return _edition(program, id)


@router.post("", summary="Put an edition together", status_code=201, responses=documented(404, 409), **ONCE)
def new_edition(program: Served, sent: EditionIn) -> list[EditionOut]:
    """Beside the slots, one for the readers of each cadence; held until it is approved."""
    saying = Saying(sent.subject, sent.intro)
    made = new_editions(
        program,
        sent.newsletter,
        sent.cadences,
        sent.releases,
        saying,
        urgent=sent.urgent,
        follows=sent.follows,
        ordered=sent.ordered,
    )
    return [_edition(program, edition.id) for edition in made]


@router.post("/{id}/approve", summary="Approve an edition", responses=documented(404, 409), **ONCE)
def approve_edition(program: Served, id: EditionId, sent: Annotated[Approval, Body()]) -> EditionOut:
    """Let an edition go at the next turn."""
    approve(program, id, sent.override)
    return _edition(program, id)


def _mover(verb: str, state: EditionState, summary: str, does: str) -> Callable[..., EditionOut]:
    @router.post(
        f"/{{id}}/{verb}",
        name=f"{verb}_edition",
        summary=summary,
        description=does,
        responses=documented(404, 409),
        **ONCE,
    )
    def move(program: Served, id: EditionId, sent: Annotated[Kept, Body()]) -> EditionOut:
        program.move(id, state, sent.reason)
        return _edition(program, id)

    return move


_mover("hold", EditionState.HELD, "Hold an edition", "Keep it back until somebody approves it.")
_mover("pause", EditionState.PAUSED, "Pause an edition", "Stop sending it; what is on its way arrives.")
_mover("resume", EditionState.SENDING, "Resume an edition", "Go on sending it.")
_mover("cancel", EditionState.CANCELLED, "Cancel an edition", "Stop it for good; nobody else gets it.")


@router.post("/{id}/test", summary="Send an edition to one address", responses=documented(404, 409, 502), **ONCE)
def test_edition(program: Served, id: EditionId, sent: TestIn) -> TestOut:
    """Send it as it is now; its subject begins with [Test], its personal links lead nowhere."""
    answer = asyncio.run(send_test(program, id, sent.email, sent.format, sent.language))  # in a thread of its own
    return TestOut(answer=answer)


@router.get(
    "/{id}/deliveries",
    tags=["Deliveries"],
    summary="The ledger of an edition",
    openapi_extra=needs(Scope.DELIVERIES_READ),
    responses=documented(404),
)
def list_deliveries(
    program: Served, id: EditionId, state: DeliveryState | None = None, after: Cursor = None, limit: Limit = 100
) -> Page[DeliveryOut]:
    """For every subscriber of the frozen audience, what became of the mail; as long as that is known."""
    found = program.mailroom.deliveries(id, number(after), limit, state)
    items = [DeliveryOut.model_validate(one, from_attributes=True) for one in found]
    return Page(items=items, next=cursor(found[-1].delivery) if len(found) == limit else None)


def _edition(program: Program, id: str) -> EditionOut:
    return _out(Counted(program.editions.get(id), program.editions.counts(id)))


def _out(one: Counted) -> EditionOut:
    kept = {name: getattr(one.edition, name) for name in EditionOut.model_fields if hasattr(one.edition, name)}
    return EditionOut.model_validate(kept | {"planned": one.planned, "counts": one.counts}, from_attributes=True)
