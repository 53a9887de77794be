"""Gaps of a draft filled from what the list or the feed said of it; the draft's `origin` says which."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from newsletter.collect.digest import normalised
from newsletter.model import Candidate, Draft, Precision

LIST = "list"
FEED = "feed"


def fill(draft: Draft, candidate: Candidate) -> Draft:
    """The draft of a page, its gaps filled from its candidate. What the page itself says always comes first."""
    step = FEED if candidate.entry is not None else LIST
    filled = _from_candidate(draft, candidate, step)
    if candidate.entry is not None:
        filled = _from_entry(filled, candidate.entry)
    return _sharpened(filled, candidate, step)


def _from_candidate(draft: Draft, candidate: Candidate, step: str) -> Draft:
    found: dict[str, Any] = {}
    for name in ("headline", "kicker", "teaser", "language"):
        if not getattr(draft, name) and getattr(candidate, name):
            found[name] = getattr(candidate, name)
    if "teaser" in found and normalised(draft.body_text).startswith(normalised(found["teaser"])):
        del found["teaser"]  # it would be read twice
    if draft.published is None and candidate.published is not None:
        found |= {"published": candidate.published, "published_precision": candidate.published_precision}
    return _with(draft, found, step)


def _from_entry(draft: Draft, entry: Draft) -> Draft:
    names = ("author", "language", "topics", "images", "documents", "alternates")
    return _with(draft, {name: getattr(entry, name) for name in names if not getattr(draft, name)}, FEED)


def _sharpened(draft: Draft, candidate: Candidate, step: str) -> Draft:
    """A day with the time of day that the list gives, if it is of the same day in any zone of the world."""
    exact = candidate.published
    if draft.published is None or exact is None or candidate.published_precision in (None, Precision.DAY):
        return draft
    if draft.published_precision is not Precision.DAY or abs(exact - draft.published) > timedelta(hours=26):
        return draft
    return _with(draft, {"published": exact, "published_precision": candidate.published_precision}, step)


def _with(draft: Draft, found: dict[str, Any], step: str) -> Draft:
    said = {name: step for name, value in found.items() if value and name != "published_precision"}
    return replace(draft, **found, origin={**draft.origin, **said}) if found else draft
