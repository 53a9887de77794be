"""What collecting asks of the store. Each call is one short transaction; all of them block."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from newsletter.model import Backfill, Breach, KeptPage, KnownPage, Release, Revised, Source, Standing, Stored


class ContractStore(Protocol):
    """What is learned from, and what is kept to be read again."""

    def latest(self, slug: str, limit: int) -> list[Release]:
        """The newest releases of a source, whatever their state, by date."""
        ...

    def rhythm(self, slug: str, limit: int) -> list[date]:
        """The days (UTC) on which the newest releases of a source came, the newest first."""
        ...

    def keep(self, page: KeptPage) -> None:
        """Keep a page in place of the one kept of its address, good or withheld; the oldest make room."""
        ...

    def release_kept(self, slug: str, urls: Collection[str]) -> None:
        """Forget that pages are withheld."""
        ...

    def kept(self, slug: str) -> list[KeptPage]:
        """All pages kept of a source, the withheld ones first, each sort by age, the latest first."""
        ...

    def breaches(self, slug: str) -> list[Breach]:
        """Which pages are withheld for a field, the first to be withheld first."""
        ...

    def accepted(self, slug: str) -> dict[str, datetime]:
        """Since when each field is right as it is, by a person's word."""
        ...

    def accept(self, slug: str, fields: Collection[str], at: datetime) -> None:
        """Note that what these fields are from now on is right."""
        ...


class CollectStore(ContractStore, Protocol):
    """Sources, pages and releases, for the collector. Everything may be done twice without harm."""

    def source(self, slug: str) -> Source:
        """What is kept of a source; a blank one where it was never collected."""
        ...

    def claim(self, latest: Mapping[str, datetime], now: datetime, until: datetime) -> list[str]:
        """Those of the sources that are due and nobody works on, each leased to one caller only `until` then.

        `latest` says of each when it must be due at the latest: a later date is of a clock that was wrong.
        """
        ...

    def hold(self, slug: str, now: datetime, until: datetime) -> bool:
        """Lease a source, due or not; False where somebody else works on it."""
        ...

    def renew(self, slugs: Collection[str], until: datetime, later: datetime) -> None:
        """Prolong the leases that run `until` then."""
        ...

    def give_back(self, slugs: Collection[str], until: datetime) -> None:
        """End the leases that run `until` then."""
        ...

    def backfill(self, slug: str) -> Backfill | None:
        """How far the past of a source was read, None where nobody began."""
        ...

    def save_backfill(self, backfill: Backfill) -> None:
        """Keep how far the past of a source was read."""
        ...

    def save_source(self, source: Source) -> None:
        """Keep a source."""
        ...

    def known(self, urls: Mapping[str, str]) -> dict[str, str | None]:
        """Those of the addresses (each with its key) that are known, with the id of their release, if they have one."""
        ...

    def expect(self, pages: Sequence[KnownPage]) -> None:
        """Write down pages to be looked at, so that a crash forgets none; a page that is known stays as it is."""
        ...

    def standings(self, slug: str, since: datetime) -> list[Standing]:
        """The source's pages never looked at, those kept back that were found since, and those that are the address of
        a release published since, in this source; in the order they were found."""
        ...

    def unread(self, slug: str, urls: Collection[str], now: datetime) -> list[Standing]:
        """Those of the addresses that the source has, that no release came of, and that were not looked at `now`."""
        ...

    def save_pages(self, *pages: KnownPage) -> None:
        """Keep what a look at pages told."""
        ...

    def find(self, keys: Sequence[str], digest: str) -> list[tuple[Stored, str | None]]:
        """The releases known by one of `keys` (with it, in their order), then those with the digest (with None)."""
        ...

    def headlines(self, slug: str | None, published: datetime | None) -> dict[str, str]:
        """The headlines, by id, of the releases that an unknown page may be: the newest of the source, if one is given,
        and those of any source that were published within a day of `published`."""
        ...

    def stored(self, ids: Collection[str]) -> list[Stored]:
        """The releases of these ids, in no order."""
        ...

    def unlisted(self, slug: str, known: Mapping[str, str]) -> dict[str, Stored]:
        """Those of the addresses (each with the id of its release) whose release the source has not found yet.

        Not those at which a look found nothing twice: a list may go on naming what is gone.
        """
        ...

    def pages_of(self, slug: str, release: str) -> list[KnownPage]:
        """The pages of the source that are or were addresses of a release, the latest found first."""
        ...

    def save(self, revised: Revised, pages: Sequence[KnownPage], at: datetime) -> bool:
        """Keep a release with its pages, addresses, topics and revision, in one transaction.

        False, and nothing is kept, where another was faster: what is stored is no longer `before`.
        """
        ...
