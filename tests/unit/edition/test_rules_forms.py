"""The same defects in the many forms that HTML, ARIA and CSS have for them; and what looks alike and is right."""

from __future__ import annotations

import pytest

from newsletter.edition.rules import rules
from tests.unit.edition import foreign_mails, test_foreign, test_rules
from tests.unit.edition.foreign_mails import HTML, found, html
from tests.unit.edition.foreign_mails import message as mail

ALT = "Kinder an einem runden Brunnen"
LINK = '<a href="https://verein.example/brunnen">'
PICTURE = "https://bilder.verein.example/o.gif"


def before(piece: str) -> bytes:
    """The mail with a piece of HTML in it."""
    return html("<h2>", f"{piece}<h2>")


def alt(text: str) -> bytes:
    return html(ALT, text)


def link(name: str, attributes: str = "") -> bytes:
    return html(f"{LINK}Alles über den Brunnen", f"{LINK[:-1]} {attributes}>{name}")


def title(text: str) -> bytes:
    return html("<title>Der Brief im November", f"<title>{text}")


def viewport(content: str) -> bytes:
    return html("width=device-width, initial-scale=1", content)


def paragraph(style: str, text: str = "Noch ein Satz über den Brunnen.") -> bytes:
    return before(f'<p style="{style}">{text}</p>')


def head(css: str) -> bytes:
    return html("</head>", f"<style>{css}</style></head>")


def picture(attributes: str) -> bytes:
    return before(f'<img src="{PICTURE}" alt="" {attributes}>')


DEFECTS: dict[str, list[bytes]] = {
    "ALT-1": [
        before("<IMG SRC='https://bilder.verein.example/2.jpg' WIDTH=600 TITLE='Brunnen'>"),
        before('<svg role="img" width="40" height="40"></svg>'),
        before('<input type="image" src="https://bilder.verein.example/los.png">'),
        before('<map name="m"><area href="https://verein.example/" shape="rect" coords="0,0,9,9"></map>'),
    ],
    "ALT-2": [*map(alt, ("spacer", "…", "-", "1", "bild&shy; 3", "undefined", "DSC_0042.JPG", "Alternativtext"))],
    "ALT-3": [
        alt(f"{begin} Kindern am Brunnen")
        for begin in ("Auf dem Foto sieht man", "Aufnahme von", "A photograph of", "Screenshot of", "Das Foto zeigt")
    ],
    "ALT-4": [alt("Ein neuer Brunnen"), html('height="300">', f'height="300"><p>{ALT}.</p>')],
    "ALT-5": [
        alt(f"Kinder am Brunnen{credit}")
        for credit in (". Bildnachweis: dpa", " / dpa", ", Fotos: Muster", ", photo by J. Doe", ", Copyright Verein")
    ],
    "ALT-7": [before(f'<img src="https://bilder.verein.example/2.jpg" alt="{ALT.upper().replace(" ", "&nbsp;")}">')],
    "CONTR-1": [
        paragraph(style)
        for style in (
            "COLOR: RGB(150 150 150)",
            "color:hsl(0deg 0% 60%)",
            "color:rgba(0,0,0,.4)",
            "color:rgb(0 0 0 / 40%)",
            "opacity:.4",
            "color:transparent",
            "color:var(--ink, #ccc)",
            "background-image:linear-gradient(#333, #222)",
        )
    ],
    "DARK-2": [
        head(":root { color-scheme: light dark }"),
        html("</head>", '<meta content="dark" name="Supported-Color-Schemes"></head>'),
        html("</head>", '<meta name="color-scheme" content="dark"><style>@media (prefers-color-scheme:dark){}</style>'),
    ],
    "DOC-2": [*map(title, ("&nbsp;", "Untitled", "Unbenanntes Dokument", "Newsletter", "index.html", "Your title"))],
    "HEAD-1": [
        before('<p role="heading" aria-level="1">Noch ein Titel</p>'),
        html("<h1>", '<h1 role="presentation">'),
        html("<h1>", '<h1 aria-hidden="true">'),
        html("<h1>", '<h1 style="display: none">'),
        html("<style>p", "<style>h1 { display: none } p"),
    ],
    "HEAD-2": [before('<div role="heading" aria-level="4">Ein Ruf</div>'), html("<h2>", '<h2 aria-level="4">')],
    "HEAD-3": [
        before(f"<h2>{inside}</h2>")
        for inside in ("&shy;", "&zwnj;&#8203;", "***", '<b aria-hidden="true">Titel</b>', "<b hidden>Titel</b>")
    ],
    "LANG-1": [html('<html lang="de"', '<html xml:lang="de"'), html('<html lang="de"', '<html lang="und"')],
    "LANG-3": [
        html("</body>", "Ein Satz ohne alles.</body>"),
        html('<div lang="de" dir="ltr">', '<div lang="de" dir="links">'),
        html('<div lang="de" dir="ltr">', '<div lang="" dir="ltr">'),
    ],
    "LINK-1": [
        *(
            link(name)
            for name in ("&shy;", "»", '<b style="display:none">Alles</b>', '<i aria-hidden="true">Alles</i>')
        ),
        link("", 'aria-labelledby="nirgends"'),
    ],
    "LINK-2": [
        *map(link, ("dieser Link", "Hier geht’s weiter", "Erfahren Sie mehr", "h&shy;ier", "Zur Website", "[mehr]")),
        *map(link, ("Read the full article", "Click&nbsp;this link", "Get started", "weiter zur Meldung")),
        link("Alles über den Brunnen", 'aria-label="hier"'),
    ],
    "LINK-3": [*map(link, ("(https://verein.example/)", "verein.example/brunnen", "ftp://verein.example/"))],
    "LINK-4": [link("Beim Brun&shy;nen helfen"), link("Alles", 'aria-label="Beim Brunnen helfen"')],
    "LINK-5": [
        link("Alles über den Brunnen", f'style="{style}"')
        for style in (
            "text-decoration-line:none",
            "all:unset",
            "text-decoration:underline transparent",
            "text-decoration-thickness:0",
        )
    ],
    "LINK-6": [
        html(LINK, f"<a href='{target}'>")
        for target in ("", "#", "#weg", "javascript:x()", "mailto:", "/brunnen", "http://", " JavaScript:x()")
    ],
    "MJ-1": [before("</mj-section>"), before("<MJ-Text>x</MJ-Text>")],
    "PRE-1": [
        before(f'<div style="{style}">Nur heute: ein Angebot</div>')
        for style in (
            "position:absolute; left:-9999px",
            "text-indent:-9999px",
            "position:absolute; clip:rect(0,0,0,0)",
            "clip-path:inset(50%)",
            "transform:scale(0)",
        )
    ],
    "PRIV-1": [
        before('<link href="//fonts.googleapis.com/css2?family=X" rel=stylesheet>'),
        before('<!--[if mso]><v:fill src="https://i.imgur.com/x.png"/><![endif]-->'),
        before('<svg><image href="https://i.imgur.com/x.jpg"/></svg>'),
        head('@import"https://use.typekit.net/x.css";'),
        paragraph("background:u\\72l(https://i.imgur.com/x.jpg)"),
    ],
    "PRIV-2": [
        *map(
            picture, ('style="display:none"', "hidden", 'style="width:0;height:0"', 'width="2" height="2"', "width=1")
        ),
        before(f'<style>.p{{width:1px;height:1px}}</style><img class=p src="{PICTURE}" alt="">'),
        before(f'<div style="width:1px;height:1px;background-image:url({PICTURE})"></div>'),
    ],
    "SIZE-1": [
        *(
            paragraph(style)
            for style in (
                "font-size:calc(8px + 1px)",
                "font-size:min(10px, 1rem)",
                "font-size:clamp(8px, 1vw, 10px)",
                "font-size:2mm",
                "font: x-small serif",
                "transform:scale(.5)",
                "zoom:50%",
            )
        ),
        before('<font size="-3">Kleingedrucktes</font>'),
        head("p { font: 10px Arial !important }"),
    ],
    "TABLE-1": [
        before("<table><thead><tr><th></th></tr></thead><tr><td>Feld</td></tr></table>"),
        before('<table role="none"><tr><th>Posten</th></tr><tr><td>Becken</td></tr></table>'),
        before('<table role="none"><caption>Kosten</caption><tr><td>Feld</td></tr></table>'),
        before("<table><tr><td><table role=none><tr><th>Posten</th></tr></table></td></tr></table>"),
    ],
    "TEXT-0": [mail(text="-")],
    "TYPO-1": [
        before('<p align="JUSTIFY">Noch ein Satz.</p>'),
        before("<p>DAS IST <b>EINE LANGE</b> NACHRICHT AN ALLE</p>"),
        before("<p>DIE STRAßE IST BIS AUF WEITERES GESPERRT</p>"),
    ],
    "ZOOM-1": [
        *map(viewport, ("USER-SCALABLE = NO", "user-scalable=false", "maximum-scale=yes", "maximum-scale = 1")),
        html("</head>", '<meta content="user-scalable=0" name=VIEWPORT></head>'),
    ],
}
TWINS = [
    alt("Der Bildhauer zeigt sein Werk"),
    alt("Illustrierte Karte: Wege zum Brunnen"),
    alt("5 Kinder"),
    before('<h2 role="heading" aria-level="2">Noch etwas</h2>'),
    before('<p><span aria-hidden="true">→ </span>Noch ein Satz.</p>'),
    paragraph("color:rgb(0 0 0 / 80%)"),
    paragraph("opacity:.9"),
    paragraph("font-size:clamp(16px, 1vw, 20px)"),
    paragraph("font: bold 1em/1.4 Arial, sans-serif"),
    paragraph("position:relative; left:-2px"),
    link("Mehr über den Brunnen"),
    link("Alles über den Brunnen", 'style="text-decoration:underline 2px"'),
    html(LINK, "<a href='https://verein.example/brunnen' onclick='x()'>"),
    html('<div lang="de" dir="ltr">', '<div lang="de" dir="ltr" id="oben"><p><a href="#oben">Nach oben</a></p>'),
    before("<table><tr><th>Posten</th><th>Euro</th></tr><tr><td>Becken</td><td>3</td></tr></table>"),
    viewport("width=device-width, user-scalable=yes, maximum-scale=5"),
    title("Newsletter im November"),
    picture('width="600" height="20"'),
    before("<p>BITV, WCAG und EN 301 549</p>"),
]
CASES = [(id, defect) for id, defects in DEFECTS.items() for defect in defects]


@pytest.mark.parametrize(("id", "defect"), CASES, ids=[f"{id}-{n}" for n, (id, _) in enumerate(CASES)])
def test_a_defect_is_found_in_whatever_form(id: str, defect: bytes) -> None:
    assert id in {finding.rule for finding in found(defect)}


@pytest.mark.parametrize("twin", TWINS)
def test_what_looks_alike_and_is_right_is_left_alone(twin: bytes) -> None:
    assert HTML.encode() not in twin
    assert [finding for finding in found(twin) if finding.rule != "TEXT-1"] == []


@pytest.mark.parametrize("id", [rule.id for rule in rules()])
def test_without_a_rule_its_test_fails(id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    left = tuple(rule for rule in rules() if rule.id != id)
    monkeypatch.setattr("newsletter.edition.rules.rules", lambda: left)
    if id in test_rules.DEFECTS:
        with pytest.raises(AssertionError):
            test_rules.test_a_rule_catches_its_defect_and_passes_its_twin(id, *test_rules.DEFECTS[id][0])
    else:
        with pytest.raises(AssertionError):
            test_foreign.test_a_rule_finds_its_defect(id, foreign_mails.DEFECTS[id][0])
