"""What is kept of a look at a page: what was decided, why it is kept back, and by what to know it again."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace

from newsletter import __version__
from newsletter.collect.decide import Decision, Outcome, Sight
from newsletter.collect.due import listed_digest
from newsletter.collect.examining import Examiner
from newsletter.collect.report import Tally
from newsletter.collect.store import CollectStore
from newsletter.model import Candidate, Draft, KnownPage, Standing
from newsletter.said import Said

BY_ENTRY = "entry"  # stands for the digest of bytes where a release was made from its feed's entry


class Notes:
    """Keeps what becomes of pages in one collect, and counts it (in a dry run: only counts it)."""

    def __init__(self, sight: Sight, store: CollectStore, tally: Tally, examiner: Examiner, *, dry_run: bool) -> None:
        self._sight, self._store, self._tally, self._examiner = sight, store, tally, examiner
        self._dry_run = dry_run
        reader = f"{__version__} {sight.feed.release.model_dump_json()}"
        self._reader = hashlib.sha256(reader.encode()).hexdigest()[:12]  # begins the digest of what was read with it

    def by_another(self, digest: str) -> bool:
        """Whether what has this digest was read by another profile, or version of the program."""
        return not digest.startswith(self._reader)

    async def keep(self, decision: Decision, *looked_at: KnownPage) -> bool:
        """Keep what was decided, and the pages that were looked at for it; False where somebody else was faster."""
        if self._dry_run:
            return True
        pages = [*looked_at[:-1], *(replace(page, problem=decision.reason) for page in looked_at[-1:])]
        if decision.revised is None:
            await asyncio.to_thread(self._store.save_pages, *pages)
            return True
        return await asyncio.to_thread(self._store.save, decision.revised, pages, self._sight.now)

    async def keep_back(
        self, standing: Standing, reason: str, looked_at: KnownPage | None = None, gone: int = 0
    ) -> Outcome:
        """Note why a page cannot be taken; what is stored of it stays as it is."""
        page = replace(self.checked(looked_at or standing.page, None), problem=str(reason), gone=gone)
        if not self._dry_run:
            await asyncio.to_thread(self._store.save_pages, page)
        self._tally.problems.append(reason if page.url in reason else _of(page.url, reason))
        return Outcome.WITHHELD if standing.release is None else Outcome.UNCHANGED

    def checked(self, page: KnownPage, candidate: Candidate | None) -> KnownPage:
        """The page as one that was looked at now, and as its list said."""
        listed = listed_digest(candidate) if candidate is not None else page.listed
        return replace(page, checked_at=self._sight.now, gone=0, listed=listed)

    def note(self, draft: Draft, decision: Decision) -> None:
        """Count what was decided on a draft."""
        if draft.published is not None:
            self._tally.dates.append(draft.published)
        if decision.reason:
            self._tally.problems.append(_of(draft.url, decision.reason))
        self._tally.problems += [_of(draft.url, problem) for problem in draft.problems]
        if self._dry_run:
            self._tally.drafts.append(draft)

    def validators(self, standing: Standing) -> dict[str, str | None]:
        """What makes the request conditional; nothing where the page is to be read whatever was read before."""
        page = standing.page
        current = (page.digest or "").startswith(self._reader) and page.url not in self._examiner.anew
        return {"etag": page.etag, "last_modified": page.last_modified} if current and not standing.withdrawn else {}

    def digest(self, body: bytes | None) -> str:
        """Of what was read, and of what read it: the profile and this version of the program."""
        return f"{self._reader}:{BY_ENTRY if body is None else hashlib.sha256(body).hexdigest()}"


def _of(url: str, why: str) -> Said:
    return Said("%(url)s: %(why)s", url=url, why=why)
