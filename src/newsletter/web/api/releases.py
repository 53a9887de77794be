"""Releases: read, pushed in, decided about."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Body, Depends, Path, Query, Response
from starlette.concurrency import run_in_threadpool

from newsletter.app import Program
from newsletter.collect.decide import Outcome
from newsletter.model import Release, ReleaseState, Scope
from newsletter.store.browsing import ReleaseFilter
from newsletter.web.api.problems import documented
from newsletter.web.api.route import Guarded, needs, repeatable
from newsletter.web.api.shapes import Kept, PushedIn, ReleaseIn, ReleaseOut, Withheld
from newsletter.web.api.values import Cursor, Limit, Moment, Name, Page, ReleaseId, Served, cursor, moment_and_id

router = APIRouter(prefix="/v1/releases", tags=["Releases"], route_class=Guarded)
READ, WRITE = needs(Scope.RELEASES_READ), needs(Scope.RELEASES_WRITE)
DECIDED: dict[str, Any] = {
    "response_model": ReleaseOut,
    "openapi_extra": WRITE,
    "responses": documented(404, 409),
    "dependencies": [Depends(repeatable)],
}


@router.get("", summary="List releases, the newest first", openapi_extra=READ)
def list_releases(
    program: Served,
    source: Annotated[Name | None, Query(description="Only what this feed lists.")] = None,
    topic: Annotated[Name | None, Query(description="Only of this topic.")] = None,
    state: ReleaseState | None = None,
    published_since: Annotated[Moment | None, Query()] = None,
    changed_since: Annotated[Moment | None, Query(description="Only what was written since, also silently.")] = None,
    after: Cursor = None,
    limit: Limit = 50,
) -> Page[ReleaseOut]:
    """All releases that are known, also those that nobody may see: withheld, withdrawn, under embargo."""
    wanted = ReleaseFilter(source, topic, state, published_since, changed_since)
    found = program.programs.browsing.releases(wanted, moment_and_id(after), limit)
    last = found[-1] if len(found) == limit else None
    following = cursor(last.published_at, last.id) if last else None
    return Page(items=[ReleaseOut.of(one, program.settings.site.base_url) for one in found], next=following)


@router.get("/{id}", summary="Get a release", openapi_extra=READ, responses=documented(404))
def get_release(program: Served, id: ReleaseId) -> ReleaseOut:
    """One release, whole."""
    return _out(program, program.releases.get(id))


@router.put(
    "/{source:source}/{external_id:path}",
    summary="Push a release in",
    openapi_extra=WRITE,
    responses={
        201: {"model": PushedIn, "description": "It is new."},
        200: {"description": "It was there: it is revised, or nothing changed."},
        **documented(404, 409),
    },
)
async def push_release(
    program: Served,
    response: Response,
    later: BackgroundTasks,
    source: Annotated[Name, Path(description="The feed that lists it: a file of feeds/, of whatever kind.")],
    external_id: Annotated[
        str, Path(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f]+$", description="Your own id of it.")
    ],
    sent: ReleaseIn,
) -> PushedIn:
    """Make or revise the release that you know by this id.

    It goes the same way as one that is collected: its text is cleaned, a change of the text is an update that people
    are told of, anything else is mended silently. What an editor decided stays. The same again changes nothing.
    """
    taken = await program.programs.push(source, sent.pushed(external_id))
    if taken.outcome is Outcome.NEW:
        response.status_code = 201
    if taken.changed:
        later.add_task(program.programs.publish)
    release = await run_in_threadpool(program.releases.get, taken.release)
    return PushedIn(outcome=taken.outcome, release=_out(program, release))


@router.post("/{id}/correct", summary="Call a release corrected", **DECIDED)
def correct_release(program: Served, id: ReleaseId) -> ReleaseOut:
    """Say of a live release that it was corrected: feeds and pages call it so, and the next edition brings it again."""
    return _out(program, program.newsdesk.correct(id))


@router.post("/{id}/withhold", summary="Keep a release back", **DECIDED)
def withhold_release(program: Served, id: ReleaseId, sent: Annotated[Withheld, Body()]) -> ReleaseOut:
    """Keep a release out of everything, without a word to anybody; with `until`, until then only (an embargo)."""
    desk = program.newsdesk
    return _out(program, desk.embargo(id, sent.until) if sent.until else desk.withhold(id, sent.reason))


@router.post("/{id}/withdraw", summary="Take a release back", **DECIDED)
def withdraw_release(program: Served, id: ReleaseId, sent: Annotated[Kept, Body()]) -> ReleaseOut:
    """Take a release out of pages, feeds (with a notice that names its headline) and mails not sent yet."""
    return _out(program, program.newsdesk.withdraw(id, sent.reason))


@router.post("/{id}/restore", summary="Let a release be seen again", **DECIDED)
def restore_release(program: Served, id: ReleaseId) -> ReleaseOut:
    """Let a release be seen again that was withheld or withdrawn."""
    return _out(program, program.newsdesk.restore(id))


def _out(program: Program, release: Release) -> ReleaseOut:
    return ReleaseOut.of(release, program.settings.site.base_url)
