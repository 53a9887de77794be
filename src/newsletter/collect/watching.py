"""What a person is told of a source after a collect: that its portal changed, that a page is odd, that it is silent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from newsletter.collect.contract import SAMPLE, silence
from newsletter.collect.contract.silence import Silence
from newsletter.collect.store import ContractStore
from newsletter.model import Breach, Release
from newsletter.said import Said

MANY = 3  # withheld pages with none taken since are a portal that changed, whatever each of them breaks
Free = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class Watch:
    """Sentences for a person, None where there is nothing to tell."""

    changed: str | None = None
    odd: str | None = None
    silent: str | None = None


def watch(slug: str, store: ContractStore, now: datetime, zone: tzinfo, free: Free) -> Watch:
    """What is to be told of a source whose list was just read; `free` says which days are holidays. Raises StoreError.

    A source whose pages are withheld is not silent.
    """
    breaches = store.breaches(slug)
    if breaches:
        releases = store.latest(slug, SAMPLE)
        told = in_words(slug, breaches, releases)
        return Watch(changed=told) if _changed(breaches, releases) else Watch(odd=told)
    days = store.rhythm(slug, SAMPLE)
    found = silence(days, now.astimezone(zone).date(), free)
    return Watch(silent=silent_in_words(found) if found else None)


def in_words(slug: str, breaches: Sequence[Breach], releases: Sequence[Release]) -> Said:
    """Which field broke, how often, against what, where to look, and what to do."""
    changed, first = _changed(breaches, releases), breaches[0]
    of_change = [breach for breach in breaches if breach.changed] or breaches
    first = of_change[0] if changed else first
    pages = Said("1 page is") if len(breaches) == 1 else Said("%(n)s pages are", n=len(breaches))
    counted = Counter(name for breach in breaches for name in breach.fields)
    fields = ", ".join(f"{name} ({times})" for name, times in counted.most_common())
    last = max(releases, key=lambda release: (release.first_seen, release.published_at), default=None)
    told = Said(
        "%(pages)s withheld for: %(fields)s. The first: %(url)s: %(reason)s%(good)s. Nothing is lost: mend [release] "
        "in feeds/%(slug)s.toml, try it with `newsletter feeds check %(slug)s --stored`, and the next collect takes "
        "them; or, where the pages are right as they are, `newsletter collect %(slug)s --accept`",
        pages=pages,
        fields=fields,
        url=first.url,
        reason=Said(first.reason),
        good=Said("; the last good page: %(url)s", url=last.url) if last is not None else "",
        slug=slug,
    )
    return Said("the portal seems to have changed: %(told)s", told=told) if changed else told


def silent_in_words(found: Silence) -> Said:
    """Since when, and what was usual."""
    usual = Said("without a break")
    if found.usual:
        usual = Said("with breaks of up to %(n)s such days", n=found.usual)
    return Said(
        "no new release since %(since)s, for %(n)s days on which there usually are some; it published %(usual)s. Its "
        "list answers: look whether it shows what is new",
        since=found.since.isoformat(),
        n=found.lasted,
        usual=usual,
    )


def _changed(breaches: Sequence[Breach], releases: Sequence[Release]) -> bool:
    """Whether the portal as a whole seems to have changed, and no release that was taken since says otherwise."""
    taken = max((release.first_seen for release in releases), default=None)
    since = [breach for breach in breaches if taken is None or breach.since >= taken]
    with_all = [breach for breach in since if breach.changed]
    return bool(with_all) or len([breach for breach in since if taken is None or breach.since > taken]) >= MANY
