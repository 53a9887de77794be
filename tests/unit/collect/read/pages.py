# ruff: noqa: E501 - pages stand here as their systems write them
"""Pages as the systems of press offices write them, in our own words."""

from __future__ import annotations

from newsletter.collect.read import read_release
from newsletter.config import ReleaseProfile
from newsletter.model import Draft, Page

URL = "https://musterstadt.example/presse/radweg"

FIRST = (
    "Die Stadt Musterstadt baut am Nordufer einen neuen Radweg. Er ist vier Kilometer lang und verbindet den Bahnhof mit "
    "dem Hafen. Die Arbeiten beginnen im Frühjahr und dauern ein Jahr."
)
SECOND = (
    "„Mit dem Radweg schließen wir eine Lücke“, sagte Bürgermeisterin Erika Beispiel bei der Vorstellung der Pläne. Das "
    "Land fördert den Bau mit zwei Millionen Euro, den Rest trägt die Stadt."
)
ENGLISH = (
    "The city of Musterstadt will build a new cycle path along the northern bank. It is four kilometres long and will "
    "connect the station with the harbour. The work begins in spring and will take a year."
)
BODY = f"<p>{FIRST}</p><h2>Zwei Millionen vom Land</h2><p>{SECOND}</p>"


def page(html: str | bytes, url: str = URL, charset: str | None = None) -> Page:
    return Page(url=url, body=html if isinstance(html, bytes) else html.encode(), charset=charset)


def release(main: str, head: str = "", lang: str = "de", profile: ReleaseProfile | None = None) -> Draft:
    """Read `main` as the body of a page in a frame that every portal has."""
    html = f"""<!DOCTYPE html><html lang="{lang}"><head><title>Neuer Radweg am Nordufer - Musterstadt</title>{head}</head>
    <body><header><a class="logo" href="/"><img src="/logo.png" alt="Stadt Musterstadt" width="300" height="120"></a>
    <nav><ul><li><a href="/presse">Presse</a></li><li><a href="/rathaus">Rathaus</a></li></ul></nav></header>
    {main}
    <footer><p>© 2019 Stadt Musterstadt, Stand: 03.01.2019</p><img src="/foot.jpg" alt="Rathaus" width="600"></footer>
    </body></html>"""
    return read_release(page(html), profile or ReleaseProfile())
