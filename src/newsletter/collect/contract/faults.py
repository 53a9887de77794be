"""What a page must hold to count as a release, whatever its source. Else it is kept back, and what is stored stays."""

from __future__ import annotations

import re
from collections.abc import Sequence

from newsletter.collect.read.text import likeness
from newsletter.model import Candidate, Draft, Release
from newsletter.said import Said

SHRUNK = 0.2  # a body that shrinks below this share of what it was …
LONG = 1_000  # … having had this many characters, is a page that broke, not an edit
ALIKE = 0.15  # share of words that a headline or a body keeps when it is edited
_WORDS = re.compile(r"\w{4,}")


def fault(draft: Draft, candidate: Candidate, before: Release | None) -> str | None:
    """Why a draft is no release, or not the one it was; None where it is."""
    if not draft.headline:
        return Said("the page has no headline")
    if not draft.body_text.strip() and not draft.documents:
        return Said("the page has no text")
    if _something_else(draft, candidate):
        other = "the page is not what the list calls “%(listed)s”: it says “%(said)s”"
        return Said(other, listed=candidate.headline, said=draft.headline)
    return _changed(draft, before) if before is not None else None


def list_fault(candidates: Sequence[Candidate], known: int) -> str | None:
    """Why a list is not the one it was: nothing on it was ever there, and it has no dates; None where it is."""
    dated = sum(candidate.published is not None for candidate in candidates)
    if known or dated * 2 >= len(candidates):
        return None
    return Said(
        "the portal answers with an empty or changed page: nothing of its list was there before. If that is right, "
        "`newsletter collect --backfill` takes it into the archive"
    )


def _something_else(draft: Draft, candidate: Candidate) -> bool:
    """Whether a page has not one of the words that its list announced: a consent wall, a notice of maintenance."""
    said = set(_WORDS.findall((candidate.headline or "").casefold()))
    if len(said) < 3:
        return False
    text = " ".join((draft.kicker or "", draft.headline, draft.teaser or "", draft.body_text)).casefold()
    return not any(word in text for word in said)


def _changed(draft: Draft, before: Release) -> str | None:
    if len(before.body_text) >= LONG and len(draft.body_text) < SHRUNK * len(before.body_text):
        left = "of its text %(n)s of %(before)s characters are left"
        return Said(left, n=len(draft.body_text), before=len(before.body_text))
    same_headline = likeness(draft.headline, before.headline) >= ALIKE
    if not same_headline and likeness(draft.body_text, before.body_text) < 2 * ALIKE:
        return Said("the page now says something else: “%(said)s”", said=draft.headline)
    return None
