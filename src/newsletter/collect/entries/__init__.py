"""Reading feeds: RSS 0.9x to 2.0, RDF, Atom and JSON Feed of any vintage become Candidates. Pure functions of bytes.

An entry that brings its whole text makes a release by itself (its candidate's `entry` has a body); of one that has
but a teaser the page is read, and the entry fills its gaps.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import tzinfo

from newsletter.collect.entries.before import page_before
from newsletter.collect.entries.draft import candidate_of
from newsletter.collect.entries.entry import Entry
from newsletter.collect.entries.jsonfeed import is_json, read_json
from newsletter.collect.entries.xml import read_xml
from newsletter.collect.read.dates import BERLIN
from newsletter.errors import UnreadablePage
from newsletter.model import Candidate, Page
from newsletter.said import Said

__all__ = ["page_before", "read_feed"]


def read_feed(page: Page, *, zone: tzinfo = BERLIN) -> tuple[tuple[Candidate, ...], tuple[str, ...]]:
    """The entries of a feed as candidates, in its order, and what is wrong with it; times are local to `zone`.

    Raises UnreadablePage where it is no feed, or one that would eat the machine.
    """
    entries = read_json(page) if is_json(page) else read_xml(page)
    twice = {guid for guid, times in Counter(entry.guid for entry in entries).items() if times > 1}
    candidates, problems = list[Candidate](), list[str]()
    for number, entry in enumerate(entries, 1):
        try:
            candidates.append(candidate_of(_alone(entry, twice), page, zone))
        except UnreadablePage as error:
            problems.append(Said("%(url)s: entry %(n)s: %(why)s", url=page.url, n=number, why=error.said))
    return tuple(candidates), tuple(problems)


def _alone(entry: Entry, twice: set[str | None]) -> Entry:
    """The entry without its id, where another has the same: some systems give all of them one."""
    return replace(entry, guid=None) if entry.guid in twice else entry
