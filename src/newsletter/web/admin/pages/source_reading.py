"""What would be read of a source: of its portal now (a dry run), and of the pages kept of it. Stores nothing."""

from __future__ import annotations

import textwrap
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from newsletter.app.errands import Errand
from newsletter.app.sources import MOST_CHARACTERS
from newsletter.collect.replay import Replay
from newsletter.model import Role
from newsletter.web.admin import reach
from newsletter.web.admin.desk import Desk
from newsletter.web.admin.pages.sources import RUNNING, field_name
from newsletter.web.admin.route import action, page


@page("/sources/{slug}/preview", Role.VIEWER)
def preview(desk: Desk) -> Response:
    """What the latest dry run found, field by field."""
    return _shown(desk, "preview", "source_preview.html")


@page("/sources/{slug}/replay", Role.VIEWER)
def replay(desk: Desk) -> Response:
    """What kept pages say as they are read now, as it was read last."""
    return _shown(desk, "replay", "source_replay.html", short=_short, counted=_counted)


@action("/sources/{slug}/preview", "source.preview", Role.EDITOR)
async def preview_now(desk: Desk) -> Response:
    """Look at the portal."""
    return await _begun(desk, "preview", desk.program.sources.preview)


@action("/sources/{slug}/replay", "source.replay", Role.EDITOR)
async def replay_now(desk: Desk) -> Response:
    """Read the kept pages."""
    return await _begun(desk, "replay", desk.program.sources.replay)


def _shown(desk: Desk, what: str, template: str, **values: Any) -> Response:
    slug = desk.param("slug")
    health = desk.program.sources.one(slug)
    desk.require(Role.VIEWER, desk.newsletters_of_feed(slug))
    return desk.show(
        template,
        health=health,
        errand=desk.program.sources.errands.latest(f"{what}:{slug}"),
        name=lambda field: field_name(desk, field),
        may_act=reach.may(desk, Role.EDITOR, slug),
        **values,
    )


async def _begun(desk: Desk, what: str, work: Callable[[str], Awaitable[Errand]]) -> Response:
    slug = desk.param("slug")
    await run_in_threadpool(desk.program.sources.one, slug)
    desk.require(Role.EDITOR, desk.newsletters_of_feed(slug))
    errand = await work(slug)
    return desk.go(f"/sources/{slug}/{what}", desk.say(RUNNING) if errand.ended_at is None else "")


def _short(text: str | None) -> str | None:
    return textwrap.shorten(text, MOST_CHARACTERS, placeholder="…") if text else text


def _counted(found: Replay) -> dict[str, int]:
    """How many pages are kept, how many of the good are read otherwise, and how many of those withheld would pass."""
    good = [one for one in found.pages if not one.withheld]
    withheld = [one for one in found.pages if one.withheld]
    return {
        "good": len(good),
        "withheld": len(withheld),
        "otherwise": sum(bool(one.changes or one.problem) for one in good),
        "passing": sum(one.problem is None for one in withheld),
    }
