"""Each rule catches its seeded defect and passes its clean twin; without the rule, its test would fail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from newsletter.config import Newsletter
from newsletter.edition.rules import check, merge, rules
from newsletter.model import AltFrom, Finding, Format, Pieces, Release, Variant
from tests.unit.edition import seeds
from tests.unit.edition.samples import (
    BRIDGE,
    DESK,
    FOREST,
    NEWSLETTER,
    RELEASES,
    SITE,
    newsletter,
    picture,
    release,
    variant,
)


@dataclass(frozen=True)
class Case:
    """What the gate is shown: a variant, the releases in it and the newsletter's settings."""

    variant: Variant
    releases: Sequence[Release] = RELEASES
    newsletter: Newsletter = NEWSLETTER

    def findings(self) -> tuple[Finding, ...]:
        return check(self.variant, self.releases, SITE, self.newsletter)


def clean(*releases: Release, format: Format = Format.STANDARD, **settings: Any) -> Case:
    found = releases or RELEASES
    return Case(variant(found, format=format), found, newsletter(**settings))


def html(old: str, new: str, case: Case | None = None, *, everywhere: bool = False) -> Case:
    """The case with a piece of its HTML exchanged, once or everywhere."""
    case = case or clean()
    assert case.variant.html is not None
    return replace(
        case, variant=replace(case.variant, html=exchanged(case.variant.html, old, new, -1 if everywhere else 1))
    )


def text(old: str, new: str, case: Case | None = None) -> Case:
    """The case with a piece of its text part exchanged."""
    case = case or clean()
    return replace(case, variant=replace(case.variant, text=exchanged(case.variant.text, old, new, -1)))


def exchanged(pieces: Pieces, old: str, new: str, times: int) -> Pieces:
    done: list[Any] = []
    left = times
    for piece in pieces:
        hit = isinstance(piece, str) and old in piece and left != 0
        done.append(piece.replace(old, new, left) if hit and isinstance(piece, str) else piece)
        left = 0 if hit and left > 0 else left
    assert tuple(done) != pieces, f"{old!r} is not there"
    return tuple(done)


def with_alt(alt: str, **fields: Any) -> Case:
    """A release whose alt text got into the mail as it is."""
    found = release(1, images=(picture(alt="Ein Platzhalter aus Worten", **fields),))
    return html('alt="Ein Platzhalter aus Worten"', f'alt="{alt}"', clean(found))


def two_pictures(alts: tuple[str, str]) -> Case:
    return clean(*(release(n, images=(picture(f"bild{n}", alt),)) for n, alt in enumerate(alts, 1)))


ALT = str(BRIDGE.images[0].alt)
LOGO = '<a href="https://musterstadt.example/"><img src="https://news.musterstadt.example/l.png" alt="{}"></a><h1'
PIXEL = '<img src="https://news.musterstadt.example/o" width="1" height="1" alt="Blick ins Tal"></body>'
FONT = "<style>@import url(https://fonts.googleapis.com/css?family=Roboto);</style><style"
WRAPPED = "\n" + "Ein Absatz aus lauter Worten, der nach siebzig Zeichen umbricht und\n" * 3
GROUND = "background-color: #14181c !important"
HELD = release(1, images=(picture(alt=None),))

DEFECTS: dict[str, list[tuple[Callable[[], Case], Callable[[], Case]]]] = {
    "ALT-1": [
        (lambda: html(f' alt="{ALT}"', ""), clean),
        (lambda: clean(HELD, missing_alt="hold"), lambda: clean(HELD)),
        (
            lambda: clean(release(1, images=(picture(alt=""),)), missing_alt="hold"),
            lambda: clean(release(1, images=(picture(alt="", alt_from=AltFrom.DECORATIVE),)), missing_alt="hold"),
        ),
    ],
    "ALT-2": [
        (lambda: with_alt("bruecke-01.jpg"), lambda: with_alt("Eine Brücke")),
        (lambda: with_alt("Bild 3"), lambda: with_alt("Bild der Mona Lisa")),
    ],
    "ALT-3": [
        (lambda: with_alt("Bild von einer Brücke"), lambda: with_alt("Bildhauerin vor einem Block")),
        (lambda: with_alt("An image of a bridge"), lambda: with_alt("Imagery")),
    ],
    "ALT-4": [
        (lambda: with_alt("Am Fluss", caption="Am Fluss."), lambda: with_alt("Am Fluss", caption="Am See")),
        (lambda: with_alt("Meldung Nummer 1 aus dem Rathaus"), lambda: with_alt("Das Rathaus")),
    ],
    "ALT-5": [
        (lambda: with_alt("Brücke, Foto: Muster"), lambda: with_alt("Fotografin auf einer Brücke")),
        (lambda: with_alt("Brücke © Stadt"), lambda: with_alt("Brücke der Stadt")),
    ],
    "ALT-6": [(lambda: with_alt("Wort " * 41), lambda: with_alt("Wort " * 39))],
    "ALT-7": [(lambda: two_pictures(("Brücke", "Brücke")), lambda: two_pictures(("Brücke", "Wald")))],
    "ALT-8": [
        (lambda: with_alt(""), lambda: clean(release(1, images=(picture(alt="", alt_from=AltFrom.DECORATIVE),))))
    ],
    "CONTR-1": [
        (lambda: html("color:#47525d", "color:#8a949e", everywhere=True), clean),
        (lambda: html("color: #b9c3cc !important", "color: #5a646e !important"), clean),  # in dark mode only
        (lambda: html(GROUND, "background-color: #eeeeee !important", everywhere=True), clean),
        (
            lambda: html("color:#0b4f8a", "color:#999", everywhere=True),
            lambda: html("color:#0b4f8a", "color:#555", everywhere=True),
        ),
        (lambda: html("<h1 ", "<h1 bgcolor='#333333' "), clean),
    ],
    "DARK-1": [
        (lambda: html(".mute { color: #b9c3cc !important; }", ".mute { color: #b9c3cc; }"), clean),
        (lambda: html(".footer { background-color: #1f252b !important;", ".footer { background: #1f252b;"), clean),
    ],
    "DARK-2": [(lambda: html("prefers-color-scheme: dark", "prefers-color-scheme: light"), clean)],
    "DOC-1": [(lambda: html("<!DOCTYPE html>\n", ""), lambda: html("<!DOCTYPE html>", "<!doctype html>"))],
    "DOC-2": [
        (lambda: html("<title>Pressemitteilungen, 20. November 2026: 3 Meldungen</title>", "<title></title>"), clean),
        (lambda: html("Pressemitteilungen, 20. November 2026: 3 Meldungen</title>", "Newsletter</title>"), clean),
        (lambda: html("2026: 3 Meldungen</title>", "2026</title>"), clean),
    ],
    "HEAD-1": [
        (lambda: html("<h1", "<h2"), clean),
        (lambda: html("<h1", "<h1>Noch eine</h1><h1"), clean),
    ],
    "HEAD-2": [(lambda: html('<h2 class="topic"', '<h4 class="topic"'), clean)],
    "HEAD-3": [(lambda: html("</h1>", "</h1><h2> </h2>"), clean)],
    "HEAD-4": [
        (lambda: html("<h3", "<p", everywhere=True), clean),
        (lambda: html(">Umwelt</h2>", ">Anderes</h2>"), clean),
    ],
    "LANG-1": [
        (lambda: html('<html lang="de"', '<html lang="und"'), lambda: html('<html lang="de"', '<html lang="de-AT"')),
        (lambda: html('<html lang="de" dir="ltr">', '<html lang="de">'), clean),
    ],
    "LANG-3": [
        (lambda: html('role="article" lang="de" dir="ltr"', 'role="article" dir="ltr"'), clean),
        (lambda: html('role="article" lang="de" dir="ltr"', 'role="article" lang="de"'), clean),
    ],
    "LANG-4": [
        (lambda: html(' lang="en"', "", everywhere=True), clean),
        (lambda: html('<h3 lang="en"', '<h3 lang="fr"'), clean),
    ],
    "LINK-1": [
        (lambda: html("<h1", '<a href="https://a.example/"></a><h1'), clean),
        (
            lambda: html("<h1", LOGO.format("")),
            lambda: html("<h1", LOGO.format("Wappen der Stadt")),
        ),
    ],
    "LINK-2": [
        (lambda: html(">Impressum</a>", ">Mehr …</a>"), lambda: html(">Impressum</a>", ">Mehr über uns</a>")),
        (lambda: html(">Impressum</a>", ">Click here</a>"), clean),
    ],
    "LINK-3": [
        (
            lambda: html(">Impressum</a>", ">https://musterstadt.example/impressum</a>"),
            lambda: html(">Impressum</a>", ">Impressum auf www.musterstadt.example</a>"),
        )
    ],
    "LINK-4": [(lambda: html(">Impressum</a>", ">Datenschutz</a>"), clean)],
    "LINK-5": [
        (lambda: html("text-decoration:underline", "text-decoration:none"), clean),
        (
            lambda: html("a { text-decoration-thickness: 1px;", "a { text-decoration: none !important;"),
            lambda: html("a { text-decoration-thickness: 1px;", "a:hover { text-decoration: none !important;"),
        ),
    ],
    "LINK-6": [
        (
            lambda: html('href="https://musterstadt.example/impressum"', 'href="javascript:void(0)"'),
            lambda: html('href="https://musterstadt.example/impressum"', 'href="tel:+49123456"'),
        )
    ],
    "MJ-1": [
        (lambda: html("<h1", "<mj-section></mj-section><h1"), lambda: html("<h1", "<p>&lt;mj-section&gt;</p><h1"))
    ],
    "PRE-1": [(lambda: html(f">{FOREST.headline} · ", ">Nur heute · "), clean)],
    "PRIV-1": [
        (lambda: html("<style", FONT), clean),
        (lambda: html("<h1", '<img src="https://i.imgur.com/x.png" alt="Bild vom Rathaus"><h1'), clean),
        (
            lambda: html("<h1", '<p style="background:url(https://a.example/x.png)">x</p><h1'),
            lambda: html("<h1", '<p style="background:url(https://news.musterstadt.example/x.png)">x</p><h1'),
        ),
    ],
    "PRIV-2": [
        (
            lambda: html("</body>", PIXEL),
            clean,
        )
    ],
    "SIZE-1": [
        (lambda: html("font-size:0.882em", "font-size:10px"), lambda: html("font-size:0.882em", "font-size:12px")),
        (lambda: html('<p class="teaser" style="', '<p class="teaser" style="font-size:0; '), clean),
        (lambda: html("max(17px, 1.0625rem)", "15px"), lambda: html("max(17px, 1.0625rem)", "medium")),
    ],
    "SIZE-2": [
        (
            lambda: html("</body>", f"<!--{'x' * 80_000}--></body>"),
            lambda: html("</body>", f"<!--{'x' * 60_000}--></body>"),
        )
    ],
    "TABLE-1": [
        (
            lambda: html("<h1", "<table><tr><td>x</td></tr></table><h1"),
            lambda: html("<h1", '<table role="presentation"><tr><td>x</td></tr></table><h1'),
        ),
        (
            lambda: html("<h1", "<table><tr><td>x</td></tr></table><h1"),
            lambda: html("<h1", "<table><tr><th>x</th></tr></table><h1"),
        ),
    ],
    "TEXT-0": [(lambda: replace(clean(), variant=replace(clean().variant, text=("\n",))), clean)],
    "TEXT-1": [
        (lambda: text(DESK.url, ""), clean),
        (lambda: text(BRIDGE.headline, ""), clean),
        (lambda: text(ALT, ""), clean),
        (lambda: replace(clean(), variant=replace(clean().variant, text=clean().variant.text[:1])), clean),
    ],
    "TEXT-2": [
        (
            lambda: text("Zu diesem Newsletter", WRAPPED),
            lambda: text("Zu diesem Newsletter", "Ein Absatz aus lauter Worten, der erst am Ende umbricht. " * 4),
        )
    ],
    "TYPO-1": [
        (
            lambda: html('<h1 style="', '<h1 style="text-align:justify; '),
            lambda: html('<h1 style="', '<h1 style="text-align:start; '),
        ),
        (
            lambda: html("<h1", "<p>DAS IST EINE WICHTIGE NACHRICHT</p><h1"),
            lambda: html("<h1", "<p>BITV UND WCAG</p><h1"),
        ),
        (lambda: html("<h1", '<p style="text-transform:uppercase">Das ist eine wichtige Nachricht.</p><h1'), clean),
    ],
    "ZOOM-1": [
        (lambda: html("initial-scale=1", "initial-scale=1, user-scalable=no"), clean),
        (
            lambda: html("initial-scale=1", "initial-scale=1, maximum-scale=1"),
            lambda: html("initial-scale=1", "maximum-scale=5"),
        ),
    ],
}


def before(piece: str) -> Callable[[], Case]:
    """The mail with a piece of HTML before its title."""
    return lambda: html("<h1", f"{piece}<h1")


DEFECTS |= {id: [(before(bad), before(good)) for bad, good in pairs] for id, pairs in seeds.PIECES.items()}
DEFECTS["DOC-3"] = [
    (lambda: html("</title>", "</title><title>Noch einer</title>"), clean),
    (lambda: html("</title>", '</title><base href="https://musterstadt.example/">'), clean),
    (lambda: html("text/html; charset=UTF-8", "text/html"), clean),
]
DEFECTS["MOVE-2"] = [(lambda: html("</title>", '</title><meta http-equiv="refresh" content="5">'), clean)]
DEFECTS["TEXT-3"] = [
    (lambda: text("Zu diesem Newsletter", "<p>Zu diesem Newsletter</p>"), lambda: text("Zu diesem", "a < b > c"))
]
DEFECTS["TEXT-4"] = [
    (lambda: text("Zu diesem Newsletter", "=========="), lambda: text("Zu diesem Newsletter", "– oder – so"))
]
DEFECTS["CONTR-1"] += [
    (
        lambda: html("</head>", "<style>@media (max-width: 500px) { p { color: #ccc !important } }</style></head>"),
        lambda: html("</head>", "<style>@media (max-width: 500px) { p { margin: 0 } }</style></head>"),
    ),
    *(
        (
            before(f'<p style="background:#fff; color:{pale}">a</p>'),
            before(f'<p style="background:#fff; color:{dark}">a</p>'),
        )
        for pale, dark in (
            ("hwb(0 75% 25%)", "hwb(0 20% 80%)"),
            ("oklch(0.8 0.05 200)", "oklch(0.35 0.05 200)"),
            ("lab(80% 0 0)", "lab(30% 0 0)"),
            ("color(srgb .8 .8 .8)", "color(srgb .2 .2 .2)"),
            ("color-mix(in srgb, white, #777)", "color-mix(in srgb, black, #333 40%)"),
        )
    ),
]
WARNINGS = {rule.id for rule in rules() if rule.severity == "warn"}
FOREIGN_ONLY = {"HEAD-6", "LEAVE-1", "LEAVE-2", "LEAVE-3", "SIZE-3", "SUBJ-1", "SUBJ-2"}  # see test_foreign.py
PAIRS = [(id, *pair) for id, pairs in DEFECTS.items() for pair in pairs]


def test_every_rule_has_a_seeded_defect() -> None:
    assert DEFECTS.keys() | FOREIGN_ONLY == {rule.id for rule in rules()}


@pytest.mark.parametrize(("id", "defect", "twin"), PAIRS, ids=[f"{id}-{n}" for n, (id, _, _) in enumerate(PAIRS)])
def test_a_rule_catches_its_defect_and_passes_its_twin(
    id: str, defect: Callable[[], Case], twin: Callable[[], Case]
) -> None:
    caught = [finding for finding in defect().findings() if finding.rule == id]
    assert caught
    assert {finding.severity for finding in caught} == {"warn" if id in WARNINGS else "block"}
    assert all(finding.where and finding.message and finding.remedy and finding.criterion for finding in caught)
    assert not [finding for finding in twin().findings() if finding.rule == id]


@pytest.mark.parametrize("format", list(Format))
@pytest.mark.parametrize("language", ["de", "en"])
def test_our_own_mails_are_clean(language: str, format: Format) -> None:
    assert check(variant(language=language, format=format), RELEASES, SITE, NEWSLETTER) == ()


def test_a_topic_may_be_named_variously() -> None:
    other = release(9, topics=(replace(FOREST.topics[0], title="Umwelt und Natur"),))
    assert clean(FOREST, other).findings() == ()


def test_addresses_outside_ascii_are_recognised() -> None:
    image = replace(picture(alt="Eine Straße"), src="https://müller.example/bild-ü.jpg")
    odd = release(9, url="https://müller.example/straße", images=(image,))
    assert clean(odd, BRIDGE).findings() == ()


def test_findings_are_in_the_editors_language_and_name_the_place() -> None:
    (finding,) = html(">Impressum</a>", ">Datenschutz</a>").findings()
    assert finding.message == "2 Links sagen dasselbe und führen an verschiedene Orte."
    assert finding.where == f"{clean().variant.key}: datenschutz"
    assert finding.blocks


def test_findings_of_several_variants_are_told_once_the_blocking_first() -> None:
    one = clean(FOREST, HELD, missing_alt="hold").findings()
    other = clean(HELD, missing_alt="hold").findings()
    warning = with_alt("Brücke © Stadt").findings()
    assert [finding.rule for finding in merge([*warning, *one, *other])] == ["ALT-1", "ALT-5"]
