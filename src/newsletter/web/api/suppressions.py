"""What nothing is sent to: listed, looked for, added to, lifted."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path, Query, Request
from pydantic import AwareDatetime, BaseModel

from newsletter.audience.address import normalised
from newsletter.errors import NotFound
from newsletter.model import Scope, Suppression
from newsletter.web.api.problems import documented
from newsletter.web.api.route import Guarded, needs, repeatable
from newsletter.web.api.values import Cursor, Headline, Limit, Line, Page, Served, Whom, cursor, moment_and_id

router = APIRouter(prefix="/v1", route_class=Guarded)
ONCE = [Depends(repeatable)]
SUPPRESSION = "Suppression"
AddressHash = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="`email_hash` of a suppression.")]
LiftReason = Annotated[Headline, Query(description="Who asked for it, when and how; not the address.")]


class SuppressionIn(Whom):
    """An address that nothing is sent to any more, and why."""

    reason: Line = "by a program"


class SuppressionOut(BaseModel):
    """That nothing is sent to an address, of which only a keyed hash is here."""

    email_hash: str
    reason: str
    at: AwareDatetime

    @classmethod
    def of(cls, one: Suppression) -> SuppressionOut:
        """A stored one."""
        return cls(email_hash=one.email_hash, reason=one.reason, at=one.at)


class LiftOut(BaseModel):
    """What came of it: the newsletters that are sent again, and those whose subscription ended."""

    resumed: list[str]
    ended: list[str]


class SuppressedOut(BaseModel):
    """Whether nothing is sent to an address."""

    suppressed: bool
    suppression: SuppressionOut | None = None


@router.get(
    "/suppressions", tags=[SUPPRESSION], summary="List suppressions", openapi_extra=needs(Scope.SUPPRESSION_READ)
)
def list_suppressions(program: Served, after: Cursor = None, limit: Limit = 100) -> Page[SuppressionOut]:
    """What nothing is sent to, the latest first."""
    found = program.programs.browsing.suppressions(moment_and_id(after), limit)
    last = found[-1] if len(found) == limit else None
    items = [SuppressionOut.of(one) for one in found]
    return Page(items=items, next=cursor(last.at, last.email_hash) if last else None)


@router.post(
    "/suppressions/search",
    tags=[SUPPRESSION],
    summary="Whether an address is suppressed",
    openapi_extra=needs(Scope.SUPPRESSION_READ),
)
def find_suppression(program: Served, sent: Whom) -> SuppressedOut:
    """Whether and why nothing is sent to an address."""
    found = program.programs.browsing.suppression(program.keys.address_hash(normalised(sent.email)))
    return SuppressedOut(suppressed=found is not None, suppression=SuppressionOut.of(found) if found else None)


@router.post(
    "/suppressions",
    tags=[SUPPRESSION],
    summary="Suppress an address",
    openapi_extra=needs(Scope.SUPPRESSION_WRITE),
    dependencies=ONCE,
)
def suppress(program: Served, sent: Annotated[SuppressionIn, Body()]) -> SuppressionOut:
    """Never write to an address again, known or not; no mail to it leaves any more.

    The first reason stays, unless it was that the mailbox was gone.
    """
    program.register.suppress(sent.email, sent.reason, program.now())
    found = program.programs.browsing.suppression(program.keys.address_hash(normalised(sent.email)))
    if found is None:
        raise NotFound("the suppression was taken back meanwhile")
    return SuppressionOut.of(found)


@router.delete(
    "/suppressions/{email_hash:hash}",
    tags=[SUPPRESSION],
    summary="Lift a suppression",
    openapi_extra=needs(Scope.SUPPRESSION_LIFT),
    responses=documented(404),
)
def lift_suppression(program: Served, request: Request, email_hash: AddressHash, reason: LiftReason) -> LiftOut:
    """Let an address be written to again, which its keyed hash stands for.

    Where its mailbox was gone, less than 180 days ago, its reader gets the mails again. Else it may be asked again, no
    more: what it had is ended, and its owner alone can subscribe anew, with a confirmation.
    """
    request.state.on_record["reason"] = reason
    done = program.subscribers.lifting.lift(email_hash, reason, program.now())
    return LiftOut(resumed=list(done.resumed), ended=list(done.ended))
