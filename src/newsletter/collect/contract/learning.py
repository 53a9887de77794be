"""Learning what a source's releases normally are. Nothing learned is kept: it follows from the releases stored."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from statistics import median_low

from newsletter.collect.contract.features import Features, Field, features_of
from newsletter.model import Release

SAMPLE = 50  # the latest releases, of which is learned
ENOUGH = 8  # releases that tell how long a text is
SURE = 12  # releases that tell what each of them has …
USUAL = 0.95  # … where this share has it
CHANCE = 1e-5  # so improbable is a row of releases without it that no portal makes it by chance …
SOON = {Field.DATE: 1e-4}  # … or, where a release without it would stand in the wrong place, this improbable
UNSETTLED = 3  # the latest ones do not yet say how short a text may be: they may be the first of a portal that changed
LOW = 0.05  # quantile
FLOOR = 0.5  # a text below this share of the shortest is shorter than any seen


@dataclass(frozen=True, slots=True)
class Habit:
    """That practically every release has something: `had` of `of`, without the latest `row`, which have it not."""

    had: int
    of: int
    row: int
    needed: int  # so many in a row without it are no chance

    @property
    def always(self) -> bool:
        """Whether there was never one without it."""
        return self.had == self.of


@dataclass(frozen=True, slots=True)
class Contract:
    """What a source's releases normally are. Blank where too few are known: then nothing breaks it."""

    floor: int = 0  # characters of the body: what is shorter is shorter than anything seen
    median: int = 0  # characters
    habits: Mapping[Field, Habit] = field(default_factory=dict)
    date_step: str | None = None  # the step that finds practically every date
    body_step: str | None = None
    language: str | None = None
    releases: Mapping[str, Features] = field(default_factory=dict)  # by address, the latest taken first
    headlines: Mapping[str, int] = field(default_factory=dict)  # how many releases have it
    texts: Mapping[str, int] = field(default_factory=dict)
    whole: frozenset[tuple[str, str]] = frozenset()  # headline with text, and with day: who has one is the same, moved

    @property
    def newest(self) -> datetime | None:
        """The date of the newest release."""
        return max((one.published for one in self.releases.values() if one.published), default=None)

    @property
    def taken(self) -> datetime | None:
        """When the latest release was taken."""
        return max((one.seen for one in self.releases.values() if one.seen), default=None)

    @property
    def last_good(self) -> str | None:
        """The address of the release taken last."""
        return next(iter(self.releases), None)

    def features(self, one: Features) -> dict[Field, bool]:
        """What a release has, and whether it is what the others are: in language, length, and in being no other."""
        stored = one.url in self.releases
        moved = not stored and not self.whole.isdisjoint(_known_as(one))
        own_headline = moved or self.headlines.get(one.headline, 0) <= stored
        own_text = moved or self.texts.get(one.text, 0) <= stored
        has = {**one.has, Field.HEADLINE: own_headline}
        if self.language is not None and one.language is not None:
            has[Field.LANGUAGE] = one.language == self.language
        if self.floor:
            has[Field.BODY] = own_text and one.characters >= self.floor
        return has


def learn(releases: Iterable[Release], accepted: Mapping[str, datetime] | None = None) -> Contract:
    """The contract of the latest releases of a source.

    `accepted`: since when a field is as a person said it is right now; of what was before, nothing is learned of it.
    """
    latest = sorted(releases, key=lambda release: (release.first_seen, release.published_at), reverse=True)
    sample = [features_of(release) for release in latest[:SAMPLE]]
    since = {Field(name): moment for name, moment in (accepted or {}).items()}
    bodies = _since(sample, since.get(Field.BODY))
    settled = bodies[UNSETTLED:] if len(bodies) >= ENOUGH + UNSETTLED else bodies
    lengths = sorted(one.characters for one in settled)
    enough = len(lengths) >= ENOUGH
    contract = Contract(
        floor=int(FLOOR * lengths[int(LOW * len(lengths))]) if enough else 0,
        median=median_low(lengths) if enough else 0,
        date_step=_usual(one.date_step for one in _since(sample, since.get(Field.DATE)) if one.published),
        body_step=_usual(one.body_step for one in bodies),
        language=_most(one.language for one in _since(sample, since.get(Field.LANGUAGE))),
        releases={one.url: one for one in sample},
        headlines=Counter(one.headline for one in sample),
        texts=Counter(one.text for one in sample),
        whole=frozenset(pair for one in sample for pair in _known_as(one)),
    )
    habits = {
        name: _habit(
            [contract.features(one).get(name) for one in _since(sample, since.get(name))], SOON.get(name, CHANCE)
        )
        for name in Field
    }
    return replace(contract, habits={name: habit for name, habit in habits.items() if habit is not None})


def _since(sample: Sequence[Features], moment: datetime | None) -> list[Features]:
    return [one for one in sample if moment is None or one.seen is None or one.seen >= moment]


def _habit(has: Sequence[bool | None], chance: float) -> Habit | None:
    """The habit of which `has` tells, the latest first; None where there is none."""
    known = [one for one in has if one is not None]
    row = next((place for place, one in enumerate(known) if one), len(known))
    before = known[row:]
    if len(before) < SURE or sum(before) < USUAL * len(before):
        return None
    rare = (len(before) - sum(before) + 1) / (len(before) + 2)  # Laplace's rule: never seen is not impossible
    needed = max(math.ceil(math.log(chance) / math.log(rare)), 2 * _longest_row(before) + 1)
    return Habit(sum(before), len(before), row, needed)


def _known_as(one: Features) -> list[tuple[str, str]]:
    day = [(one.headline, one.published.date().isoformat())] if one.published is not None else []
    return [(one.headline, one.text), *day]


def _longest_row(has: Sequence[bool]) -> int:
    longest = row = 0
    for one in has:
        row = 0 if one else row + 1
        longest = max(longest, row)
    return longest


def _usual(steps: Iterable[str | None]) -> str | None:
    """The step that practically all were found by; None where there are too few, or several steps."""
    found = list(steps)
    step = _most(found)
    return step if len(found) >= SURE and found.count(step) >= USUAL * len(found) else None


def _most(values: Iterable[str | None]) -> str | None:
    counted = Counter(value for value in values if value is not None).most_common(1)
    return counted[0][0] if counted else None
