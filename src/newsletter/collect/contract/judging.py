"""Judging what was read of a source by its contract: one odd page, or a portal that changed.

One page is withheld where two signs say that it is something else (a text shorter than any, and that of a wall, or not
of its own headline …), or where what it says cannot be (a date years off, by a step that never found one before). That
it lacks something is no reason by itself, and only noted: portals vary. So many in a row without what practically every
release had are no chance: then the portal changed, and all of them are withheld.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from newsletter.collect.contract.features import Features, Field
from newsletter.collect.contract.learning import Contract, Habit
from newsletter.collect.contract.places import out_of_place
from newsletter.collect.digest import ENOUGH
from newsletter.collect.read.body import MIN_BODY
from newsletter.collect.read.text import folded, likeness
from newsletter.model import Draft
from newsletter.said import Said, joined

ALIKE = 3  # new pages that say the same, and are no release each
SAME = 0.8  # share of words in common from which on a list announced the headline of a page
FAR = timedelta(days=365)  # a date so much older than what is known, or so far ahead, is years off
_WALL = re.compile(
    r"cookie|einwilligung|consent|stimmen sie .{0,60}\bzu\b|java-?script|captcha|security check|anmelden|einloggen"
    r"|\blog ?in\b|sign in|passwor[td]|zugriff verweigert|access denied|forbidden|wartungs(?:arbeit|modus)|maintenance"
    r"|\bbrowsers?\b.{0,40}(?:unterst|support|aktuali|update)|(?:nicht|un)[ -]?(?:erreichbar|verfügbar)|unavailable",
    re.IGNORECASE,
)
_WORDS = re.compile(r"\w{5,}")
_STEM = 5  # letters: German bends and joins the rest

SAYS = {
    Field.BODY: "no text as long as %(had)s of %(of)s releases had, or the text of another",
    Field.HEADLINE: "a headline that other releases have, where %(had)s of %(of)s had one of their own",
    Field.DATE: "no date, which %(had)s of %(of)s releases had",
    Field.TIME: "only a day, where %(had)s of %(of)s releases had the time of day",
    Field.LANGUAGE: "another language than %(had)s of %(of)s releases",
    Field.KICKER: "no kicker, which %(had)s of %(of)s releases had",
    Field.TEASER: "no teaser, which %(had)s of %(of)s releases had",
    Field.SUBHEADS: "no subheads, which %(had)s of %(of)s long releases had",
    Field.IMAGE: "no lead image, which %(had)s of %(of)s releases had",
    Field.ALT: "a lead image without alt text, which %(had)s of %(of)s had",
}


@dataclass(frozen=True, slots=True)
class Case:
    """A page that was read, and what was known of it before.

    `listed`: the headline its list gave. `archive`: it goes to the archive only, or is a release older than those of
    which is learned: pages of other years and designs are no news. `excused`: what it lacks was found to be no sign of
    a portal that changed.
    """

    draft: Draft
    features: Features
    listed: str | None = None
    archive: bool = False
    excused: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a case comes to: taken (`reason` None), or withheld for its `field`; `changed`: so are all the others."""

    field: Field | None = None
    reason: str | None = None
    changed: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What else is known: how many pages are withheld for a field since the latest release was taken, the list's order
    (addresses, the newest first as a rule), the feed's title, and when it is."""

    now: datetime
    withheld: Mapping[Field, int] = field(default_factory=dict)
    order: Sequence[str] = ()
    title: str = ""


def judge(contract: Contract, cases: Sequence[Case], around: Circumstances) -> list[Verdict]:
    """A verdict for each case, in their order. What is a release already (its address is one of the contract's) is not
    odd by itself: it is compared with what it was."""
    same = _saying_the_same(cases)
    verdicts = [same.get(place) or _alone(contract, case, around) for place, case in enumerate(cases)]
    verdicts = _all_of_them(cases, verdicts)
    for name, habit in contract.habits.items():
        verdicts = _together(contract, cases, verdicts, name, habit, around.withheld.get(name, 0))
    return verdicts


def _all_of_them(cases: Sequence[Case], verdicts: list[Verdict]) -> list[Verdict]:
    """The verdicts; where all new pages break the same field, it is the portal that changed."""
    new = [verdict for case, verdict in zip(cases, verdicts, strict=True) if not case.archive]
    if len(new) >= 2 and new[0].field is not None and len({verdict.field for verdict in new}) == 1:
        return [replace(verdict, changed=verdict.field is not None) for verdict in verdicts]
    return verdicts


def _saying_the_same(cases: Sequence[Case]) -> dict[int, Verdict]:
    """Those new pages that say what others say, though they cannot all be one release; by their place."""
    headlines: dict[str, list[int]] = defaultdict(list)
    texts: dict[str, list[int]] = defaultdict(list)
    for place, case in enumerate(cases):
        headlines[case.features.headline].append(place)
        texts[case.features.text].append(place)
    found: dict[int, Verdict] = {}
    for places in headlines.values():
        if _announced_otherwise([cases[place] for place in places]):
            headline = cases[places[0]].draft.headline
            said = Said(
                "%(n)s new pages have the headline “%(headline)s”, and none was announced so",
                n=len(places),
                headline=headline,
            )
            found |= dict.fromkeys(places, Verdict(Field.HEADLINE, said, changed=True))
    for places in texts.values():
        if len(places) >= ALIKE and _no_release([cases[place] for place in places]):
            said = Said("%(n)s new pages have one and the same text", n=len(places))
            found |= dict.fromkeys(places, Verdict(Field.BODY, said, changed=True))
    return found


def _announced_otherwise(cases: Sequence[Case]) -> bool:
    """Whether pages of one headline were announced under several others."""
    listed = {folded(case.listed) for case in cases if case.listed}
    return len(listed) >= 2 and not any(likeness(case.listed or "", case.draft.headline) >= SAME for case in cases)


def _no_release(cases: Sequence[Case]) -> bool:
    """Whether a text that several pages have is none of a release: long, of several headlines, or that of a wall.

    An invitation whose text is in a file may come with the same few words each time.
    """
    one = cases[0]
    short = one.features.characters < ENOUGH
    if one.draft.documents and short:
        return False
    several = len({case.features.headline for case in cases}) > 1
    listed = len({folded(case.listed) for case in cases if case.listed}) > 1
    return _is_wall(one.draft, short) or ((several or listed) and one.features.characters >= MIN_BODY)


def _alone(contract: Contract, case: Case, around: Circumstances) -> Verdict:
    """What a case is by itself."""
    if case.archive or case.features.url in contract.releases:
        return Verdict()
    if reason := _site_name(case, around.title):
        return Verdict(Field.HEADLINE, reason)
    if found := _something_else(contract, case):
        return Verdict(*found)
    if reason := _impossible_date(contract, case, around):
        return Verdict(Field.DATE, reason)
    return Verdict()


def _site_name(case: Case, title: str) -> str | None:
    """Why the headline is but the name of the site; None where it is not."""
    names = {folded(name) for name in (case.draft.issuer or "", title) if name}
    if case.features.headline in names and likeness(case.listed or case.draft.headline, case.draft.headline) < 0.5:
        said = "its headline is the site's name, “%(headline)s”; the list calls it “%(listed)s”"
        return Said(said, headline=case.draft.headline, listed=case.listed)
    return None


def _something_else(contract: Contract, case: Case) -> tuple[Field, str] | None:
    """The field and the reason where two signs say that a page is none of this source's releases; one of them is that
    its text is shorter than any, or speaks like a wall."""
    short = 0 < case.features.characters < contract.floor
    wall = _is_wall(case.draft, short)
    other_step = contract.body_step not in (None, case.features.body_step) and case.features.characters >= MIN_BODY
    steps = {"step": case.features.body_step, "usual": contract.body_step}
    length = {"n": case.features.characters, "usual": contract.median}
    signs = {
        Said("its text has %(n)s characters, where %(usual)s are usual", **length): short,
        Said("it speaks like a consent wall, a sign-in or a failure"): wall,
        Said("its text has not a word of its headline"): short and _unrelated(case.draft),
        Said("its text was found by %(step)s, not by %(usual)s", **steps): (short or wall) and other_step,
        Said("it has no date, which every release had"): wall and _misses(contract, case, Field.DATE),
    }
    seen = [sign for sign, is_seen in signs.items() if is_seen]
    return (Field.BODY, joined(seen)) if len(seen) >= 2 and contract.floor else None


def _misses(contract: Contract, case: Case, name: Field) -> bool:
    """Whether a case has not what every single release has."""
    habit = contract.habits.get(name)
    return habit is not None and habit.always and habit.row == 0 and not contract.features(case.features)[name]


def _is_wall(draft: Draft, short: bool) -> bool:
    """Whether a page speaks as walls do; releases speak of cookies and sign-ins too, but seldom of two such things."""
    opening = f"{draft.headline}\n{draft.body_text[:600]}"
    return len({found.casefold() for found in _WALL.findall(opening)}) >= (1 if short else 2)


def _unrelated(draft: Draft) -> bool:
    said = {word[:_STEM] for word in _WORDS.findall(draft.headline.casefold())}
    return len(said) >= 2 and not any(stem in draft.body_text.casefold() for stem in said)


def _impossible_date(contract: Contract, case: Case, around: Circumstances) -> str | None:
    """Why a date cannot be; else None. Two of three must say so: it is years off, it is out of the list's order, and
    it was found by another step than all the others."""
    when, newest, step = case.features.published, contract.newest, case.features.date_step
    if when is None or newest is None or contract.date_step is None:
        return None
    years_off = when < newest - FAR or when > around.now + FAR
    place = out_of_place(case.features.url, when, around.order, _dates(contract))
    other_step = step != contract.date_step
    if sum((years_off, place is not None, other_step)) < 2:
        return None
    far = Said("far from %(newest)s, that of the newest release", newest=newest.date().isoformat())
    said = Said("its date, %(date)s, is %(where)s", date=when.date().isoformat(), where=place or far)
    by = Said("it was found by %(step)s, not by %(usual)s", step=step, usual=contract.date_step)
    return joined([said, by]) if other_step else said


def _dates(contract: Contract) -> dict[str, datetime]:
    return {url: one.published for url, one in contract.releases.items() if one.published is not None}


def _together(
    contract: Contract, cases: Sequence[Case], verdicts: list[Verdict], name: Field, habit: Habit, withheld: int
) -> list[Verdict]:
    """The verdicts, with what all cases together say of one field."""
    having = [
        _has(contract, case, name) if verdict.reason is None and not case.archive and not case.excused else None
        for case, verdict in zip(cases, verdicts, strict=True)
    ]
    lacking = having.count(False)
    if not lacking:
        return verdicts
    said = Said(SAYS[name], had=habit.had, of=habit.of)
    row = habit.row + withheld + lacking
    if True not in having and row >= habit.needed:
        broken = Verdict(name, Said("%(n)s pages in a row have %(what)s", n=row, what=said), changed=True)
        return [broken if has is False else verdict for has, verdict in zip(having, verdicts, strict=True)]
    return [
        replace(verdict, notes=(*verdict.notes, Said("it has %(what)s", what=said)))
        if has is False and case.features.url not in contract.releases
        else verdict
        for case, has, verdict in zip(cases, having, verdicts, strict=True)
    ]


def _has(contract: Contract, case: Case, name: Field) -> bool | None:
    """Whether a case has what `name` says; None where that says nothing: its release never had it. A headline that the
    list announced is its own, even if another has it: a portal that was rebuilt lists all it had anew."""
    if name is Field.HEADLINE and case.listed and likeness(case.listed, case.draft.headline) >= SAME:
        return None
    known = contract.releases.get(case.features.url)
    has = contract.features(case.features).get(name)
    if known is not None and contract.features(known).get(name) is not True:
        return None
    return has
