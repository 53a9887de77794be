"""Subscribers with their consents."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from newsletter.audience.address import normalised
from newsletter.errors import NotFound
from newsletter.i18n import languages
from newsletter.model import Cadence, Format, Scope, Subscriber, Subscription, SubscriptionState
from newsletter.web.api.problems import documented
from newsletter.web.api.route import Guarded, needs, repeatable
from newsletter.web.api.values import (
    Cursor,
    Limit,
    Line,
    Name,
    Page,
    Paragraph,
    Served,
    SubscriberId,
    Whom,
    cursor,
    number,
)

router = APIRouter(prefix="/v1", route_class=Guarded)
READ, WRITE = needs(Scope.SUBSCRIBERS_READ), needs(Scope.SUBSCRIBERS_WRITE)
ONCE = [Depends(repeatable)]
PEOPLE = "Subscribers"


class SubscriptionOut(BaseModel):
    """A wish for one newsletter; no `topics`: all."""

    subscription: int
    newsletter: str
    topics: list[str]
    cadence: Cadence
    language: str
    format: Format
    state: SubscriptionState
    created_at: AwareDatetime
    confirmed_at: AwareDatetime | None
    ended_at: AwareDatetime | None

    @classmethod
    def of(cls, own: Subscription) -> SubscriptionOut:
        """A stored subscription."""
        kept = {name: getattr(own, name) for name in cls.model_fields if hasattr(own, name)}
        return cls.model_validate(kept | {"subscription": own.id}, from_attributes=True)


class ListedOut(SubscriptionOut):
    """A subscription and whose it is; `suppressed`: nothing is sent to the address all the same."""

    subscriber: int
    email: str
    suppressed: bool


class ConsentOut(BaseModel):
    """What somebody agreed to, or took back; when and how."""

    subscription: int
    action: str
    wording: str
    at: AwareDatetime
    how: str
    evidence: str | None


class SubscriberOut(BaseModel):
    """Somebody who reads, or did; `email` null: erased."""

    subscriber: int
    email: str | None
    created_at: AwareDatetime
    suppressed: bool
    subscriptions: list[SubscriptionOut]
    consents: list[ConsentOut]


class SubscriberIn(Whom):
    """A wish to subscribe.

    With `confirmed_by`, which says where and when consent was given ("signed form, 2026-11-01"), it begins at once.
    Without, the person is asked by mail (double opt-in), and the answer tells nothing of whether they are known.
    """

    newsletter: Name | None = Field(default=None, description="May be left out where there is only one.")
    topics: list[Line] = Field(default=[], max_length=100, description="Slugs or titles; none: all topics.")
    cadence: Cadence | None = Field(default=None, description="Else the newsletter's first.")
    language: Annotated[str | None, Field(json_schema_extra={"enum": [*languages(), None]})] = None
    format: Format = Format.STANDARD
    confirmed_by: Paragraph | None = Field(default=None, min_length=1)


class SubscribedOut(BaseModel):
    """What became of the wish; `subscriber` is null where the person is asked first."""

    outcome: Literal["subscribed", "already", "asked"]
    subscriber: int | None = None


@router.get("/subscribers", tags=[PEOPLE], summary="List subscriptions", openapi_extra=READ)
def list_subscribers(
    program: Served,
    newsletter: Annotated[Name | None, Query()] = None,
    state: SubscriptionState | None = None,
    after: Cursor = None,
    limit: Limit = 100,
) -> Page[ListedOut]:
    """Subscriptions in the order they came; not those of people whose address is erased."""
    found = program.programs.browsing.subscriptions(newsletter, state, number(after), limit)
    items = [
        ListedOut(
            **SubscriptionOut.of(own).model_dump(), subscriber=who.id, email=who.email or "", suppressed=suppressed
        )
        for own, who, suppressed in found
    ]
    return Page(items=items, next=cursor(found[-1][0].id) if len(found) == limit else None)


@router.post(
    "/subscribers/search", tags=[PEOPLE], summary="Find somebody", openapi_extra=READ, responses=documented(404)
)
def find_subscriber(program: Served, sent: Whom) -> SubscriberOut:
    """Who has this address. It stands in the body, because addresses of pages are logged on the way."""
    found = program.programs.browsing.person(program.keys.address_hash(normalised(sent.email)))
    if found is None:
        raise NotFound("nobody has this address")
    return _subscriber(program, found.id)


@router.get(
    "/subscribers/{id:int}", tags=[PEOPLE], summary="Get a subscriber", openapi_extra=READ, responses=documented(404)
)
def get_subscriber(program: Served, id: SubscriberId) -> SubscriberOut:
    """Somebody with all they have and had, and what is on record of their consent."""
    return _subscriber(program, id)


@router.post(
    "/subscribers",
    tags=[PEOPLE],
    summary="Subscribe somebody",
    openapi_extra=WRITE,
    status_code=201,
    dependencies=ONCE,
    responses={
        200: {"model": SubscribedOut, "description": "They were subscribed already: nothing changes."},
        202: {"model": SubscribedOut, "description": "They are asked, if they may be."},
        **documented(404, 409),
    },
)
def add_subscriber(program: Served, response: Response, sent: SubscriberIn) -> SubscribedOut:
    """Subscribe somebody who agreed elsewhere, or ask them. Who left or is suppressed stays so (409)."""
    wish = program.offer.wish(
        sent.newsletter,
        topics=sent.topics,
        cadence=sent.cadence or "",
        language=sent.language or "",
        format=sent.format,
    )
    if sent.confirmed_by is None:
        program.subscribing.subscribe(sent.email, wish, program.now(), wish.language)
        response.status_code = 202
        return SubscribedOut(outcome="asked")
    new = program.register.add(sent.email, wish, sent.confirmed_by, program.now())
    response.status_code = 201 if new else 200
    found = program.programs.browsing.person(program.keys.address_hash(normalised(sent.email)))
    return SubscribedOut(outcome="subscribed" if new else "already", subscriber=found.id if found else None)


@router.delete(
    "/subscribers/{id:int}",
    tags=[PEOPLE],
    summary="Erase somebody",
    openapi_extra=WRITE,
    status_code=204,
    responses=documented(404),
)
def erase_subscriber(program: Served, id: SubscriberId) -> None:
    """End all that somebody has and forget the address, but for a keyed hash; again does nothing."""
    found = program.programs.browsing.subscriber(id)
    if found is None:
        raise NotFound(f"there is no subscriber {id}")
    program.register.erase_known(found[0].email_hash, program.now())


def _subscriber(program: Served, id: int) -> SubscriberOut:
    found = program.programs.browsing.subscriber(id)
    if found is None:
        raise NotFound(f"there is no subscriber {id}")
    who, own, consents = found
    return SubscriberOut(
        subscriber=who.id,
        email=who.email,
        created_at=who.created_at,
        suppressed=_suppressed(program, who),
        subscriptions=[SubscriptionOut.of(one) for one in own],
        consents=[ConsentOut.model_validate(one, from_attributes=True) for one in consents],
    )


def _suppressed(program: Served, who: Subscriber) -> bool:
    return program.programs.browsing.suppression(who.email_hash) is not None
