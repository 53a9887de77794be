"""Somebody else's mail that no rule finds anything in, and what each rule must find when it is spoilt."""

from __future__ import annotations

from newsletter.edition.foreign import read_html, read_message
from newsletter.edition.rules import findings
from newsletter.i18n import Words
from newsletter.model import Finding
from tests.unit.edition import seeds

HTML = """<!DOCTYPE html>
<html lang="de" dir="ltr"><head><meta charset="utf-8"><title>Der Brief im November</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>p { margin: 0 }</style></head>
<body style="background-color:#ffffff; color:#222222"><div lang="de" dir="ltr">
<div style="display:none">Ein neuer Brunnen</div>
<h1>Der Brief im November</h1>
<p>Guten Tag, hier steht alles, was im November wichtig ist, und noch ein wenig mehr.</p>
<h2>Ein neuer Brunnen</h2>
<img src="https://bilder.verein.example/brunnen.jpg" alt="Kinder an einem runden Brunnen" width="600" height="300">
<p>Der Brunnen steht am Markt. <a href="https://verein.example/brunnen">Alles über den Brunnen</a></p>
<table role="presentation"><tr><td bgcolor="#0b4f8a"><a href="https://verein.example/helfen"
 style="color:#ffffff; text-decoration:none">Beim Brunnen helfen</a></td></tr></table>
</div></body></html>"""
TEXT = """Der Brief im November

Guten Tag, hier steht alles, was im November wichtig ist, und noch ein wenig mehr.

Ein neuer Brunnen (Kinder an einem runden Brunnen)
Der Brunnen steht am Markt. Alles über den Brunnen:
https://verein.example/brunnen
Beim Brunnen helfen:
https://verein.example/helfen
"""
HEADERS = """From: Verein <brief@verein.example>
Subject: Der Brief im November
List-Unsubscribe: <mailto:weg@verein.example>, <https://verein.example/weg/1>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
"""
MESSAGE = """{headers}MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="grenze"

--grenze
Content-Type: text/plain; charset=utf-8; {params}
Content-Transfer-Encoding: 8bit

{text}
--grenze
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: 8bit

{html}
--grenze--
"""
WORDS = Words("en")


def message(headers: str = HEADERS, text: str = TEXT, html: str = HTML, params: str = "format=fixed") -> bytes:
    """The mail as it was sent."""
    return MESSAGE.format(headers=headers, text=text, html=html, params=params).encode()


def found(data: bytes) -> tuple[Finding, ...]:
    """What the rules find in a message."""
    return findings(read_message(data, WORDS))


def found_in_html(html: str) -> tuple[Finding, ...]:
    """What the rules find in a file of HTML."""
    return findings(read_html(html.encode(), WORDS))


def html(old: str, new: str) -> bytes:
    """The mail with a piece of its HTML exchanged."""
    assert old in HTML, old
    return message(html=HTML.replace(old, new))


def headers(old: str, new: str) -> bytes:
    """The mail with a piece of its headers exchanged."""
    assert old in HEADERS, old
    return message(headers=HEADERS.replace(old, new))


WRAPPED = "Ein Absatz aus lauter Worten, der nach siebzig Zeichen umbricht und \n" * 3
DARK = "<style>@media (prefers-color-scheme: dark) { body { color: #eee %s } }</style></head>"
P = "<p>Guten Tag"

DEFECTS: dict[str, list[bytes]] = {
    "ALT-1": [html(' alt="Kinder an einem runden Brunnen"', "")],
    "ALT-2": [html("Kinder an einem runden Brunnen", "IMG_2041.jpg")],
    "ALT-3": [html('alt="Kinder', 'alt="Bild von Kindern')],
    "ALT-5": [html("runden Brunnen", "runden Brunnen, Foto: Verein")],
    "ALT-6": [html("Kinder an", "Kinder " * 40 + "an")],
    "ALT-7": [html("<h2", '<img src="https://bilder.verein.example/2.jpg" alt="Kinder an einem runden Brunnen"><h2')],
    "CONTR-1": [
        html("color:#222222", "color:#999999"),
        html("<style>p {", "<style>p { color: silver;"),
        html(P, '<p><font color="cccccc">Guten'),
        html("</head>", DARK % "!important"),
        html('bgcolor="#0b4f8a"', 'bgcolor="#bbddff"'),
    ],
    "DARK-1": [html("</head>", DARK % "")],
    "DARK-2": [html("</head>", '<meta name="color-scheme" content="light dark"></head>')],
    "DOC-1": [
        html("<!DOCTYPE html>\n", ""),
        html("<!DOCTYPE html>", '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">'),
    ],
    "DOC-2": [html("<title>Der Brief im November</title>", ""), html("<title>Der Brief im November", "<title> ")],
    "HEAD-1": [html("<h1>Der Brief im November</h1>", "<p>Der Brief im November</p>")],
    "HEAD-2": [html("<h2>Ein neuer Brunnen</h2>", "<h3>Ein neuer Brunnen</h3>")],
    "HEAD-3": [html("<h2>", "<h2>&nbsp;</h2><h2>")],
    "HEAD-6": [html("<h2>", f"<h2>{'Ein Absatz, der groß gemacht wurde. ' * 8}</h2><h2>")],
    "LANG-1": [html('<html lang="de"', "<html"), html('lang="de" dir="ltr"><head', 'lang="de"><head')],
    "LANG-3": [
        html('<div lang="de" dir="ltr">', '<div dir="ltr">'),
        html('<div lang="de" dir="ltr">', '<div lang="de">'),
    ],
    "LEAVE-1": [headers("List-Unsubscribe: <mailto:weg@verein.example>, <https://verein.example/weg/1>\n", "")],
    "LEAVE-2": [headers("<mailto:weg@verein.example>, <https://verein.example/weg/1>", "https://verein.example/weg/1")],
    "LEAVE-3": [headers(", <https://verein.example/weg/1>", ""), headers("=One-Click", "=Yes")],
    "LINK-1": [
        html("Alles über den Brunnen</a>", "</a>"),
        html("Alles über den Brunnen</a>", '<img src="https://bilder.verein.example/pfeil.png" alt=""></a>'),
    ],
    "LINK-2": [
        html("Alles über den Brunnen</a>", f"{words}</a>")
        for words in ("hier klicken", "Klicken Sie hier", "Mehr »", "click here", "Read more…", "weitere Informationen")
    ],
    "LINK-3": [html("Alles über den Brunnen</a>", "https://verein.example/brunnen</a>")],
    "LINK-4": [html("Beim Brunnen helfen", "Alles über den Brunnen")],
    "LINK-5": [
        html('<a href="https://verein.example/brunnen"', '<a style="text-decoration:none" href="https://v.example/"')
    ],
    "LINK-6": [html('href="https://verein.example/helfen"', 'href="#"')],
    "MJ-1": [html("<h2>", "<mj-text></mj-text><h2>")],
    "PRE-1": [html('none">Ein neuer Brunnen', 'none">Nur heute: ein Angebot')],
    "PRIV-1": [
        html("<style>", "<style>@import url(https://fonts.googleapis.com/css?family=Roboto);"),
        html("<style>", "<style>@font-face { font-family: X; src: url(https://schriften.example/x.woff) }"),
        html("</head>", '<link rel="stylesheet" href="https://verein.example/brief.css"></head>'),
        html("<h2>", '<img src="https://i.imgur.com/1.png" alt="Ein Blatt"><h2>'),
    ],
    "PRIV-2": [
        html("</body>", '<img src="https://zaehler.example/1" width="1" height="1" alt="x"></body>'),
        html("</body>", '<img src="https://zaehler.example/1" style="width:1px;height:1px" alt="x"></body>'),
    ],
    "SIZE-1": [
        html(P, '<p style="font-size:11px">Guten Tag'),
        html("<style>p {", "<style>body { font-size: 14px } p {"),
        html(P, '<p><font size="1">Guten Tag'),
    ],
    "SIZE-2": [html("</body>", f"<!--{'x' * 80_000}--></body>")],
    "SIZE-3": [html("</body>", f"<!--{'x' * 100_000}--></body>")],
    "SUBJ-1": [headers("Subject: Der Brief im November\n", ""), headers("Subject: Der Brief im November", "Subject: ")],
    "SUBJ-2": [
        headers("Subject: Der Brief im November", f"Subject: {subject}")
        for subject in ("Newsletter", "Newsletter 11/2026", "Re: Update", "!!!", "JETZT DIE NEUEN BRUNNEN ANSEHEN")
    ],
    "TABLE-1": [html(' role="presentation"', ""), html(' role="presentation"', ' role="table"')],
    "TEXT-0": [message(text="")],
    "TEXT-1": [
        message(text="Bitte im Browser ansehen: https://verein.example/"),
        message(text=TEXT.replace("https://", "")),
    ],
    "TEXT-2": [message(text=TEXT + "\n" + WRAPPED)],
    "TYPO-1": [
        html(P, '<p style="text-align:justify">Guten Tag'),
        html(P, '<p align="justify">Guten Tag'),
        html(P, "<p>LESEN SIE DIESE NACHRICHT GLEICH</p><p>Guten Tag"),
    ],
    "ZOOM-1": [html("initial-scale=1", "user-scalable=no"), html("initial-scale=1", "maximum-scale=1.0")],
}
DEFECTS |= {id: [html("<h2>", f"{bad}<h2>") for bad, _ in pairs] for id, pairs in seeds.PIECES.items()}
DEFECTS["DOC-3"] = [
    html("</title>", "</title><title>Noch einer</title>"),
    html("</title>", '</title><base href="https://verein.example/">'),
    html('<meta charset="utf-8">', ""),
]
DEFECTS["MOVE-2"] = [html("</title>", '</title><meta http-equiv="refresh" content="5; url=https://verein.example/">')]
DEFECTS["TEXT-3"] = [message(text=TEXT.replace("Guten Tag", "<p>Guten Tag"))]
DEFECTS["TEXT-4"] = [message(text=TEXT.replace("Guten Tag", "* * * * *\nGuten Tag"))]
NEED_RELEASES = frozenset({"ALT-4", "ALT-8", "HEAD-4", "LANG-4"})
"""The rules that compare a mail with the releases it was made of; of somebody else's mail they say nothing."""
