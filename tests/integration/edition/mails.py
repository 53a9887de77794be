"""Releases of every kind that a portal has, for mails that are shown in a browser and weighed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle

from newsletter.edition.compose import compose
from newsletter.edition.render import render_sheet
from newsletter.edition.variants import fill
from newsletter.model import AltFrom, Cadence, Change, Document, Format, Precision, Release, Topic, Variant
from tests.unit.edition.samples import NATURE, NOON, SITE, SLOT, TRAFFIC, newsletter, picture, release

LONG_WORD = "Rindfleischetikettierungsüberwachungsaufgaben"  # 45 letters
BODY = """
<p>Die Brücke schließt die Lücke im <a href="https://musterstadt.example/rs4">Radschnellweg</a>. Mehr dazu
<a href="https://musterstadt.example/a">hier</a>.</p>
<h2>Was sich für Donaudampfschifffahrtsgesellschaftskapitäne ändert</h2>
<p>Der Steg ist vier Meter breit.</p><ul><li>beleuchtet<ol><li>nachts</li></ol></li><li>ohne Stufen</li></ul>
<h3>Kosten</h3><table><caption>Kosten der Brücke</caption><tr><th>Posten</th><th>Euro</th></tr>
<tr><td>Steg</td><td>12 000</td></tr></table>
<blockquote><p>„Ein guter Tag“, sagte der Bürgermeister.</p></blockquote>
<dl><dt>Wann</dt><dd>Freitag, 15 Uhr</dd></dl><pre>  Bus  17
  Bus  5</pre>
"""


def many(count: int) -> list[Release]:
    """Releases of every kind that a portal has."""
    return [replace(each, id=f"{n:08d}-{each.id[9:]}") for n, each in zip(range(count), _kinds(), strict=False)]


def _kinds() -> Iterator[Release]:
    words = cycle(("Donaudampfschifffahrtsgesellschaftskapitän", "„Grüne Wege“ & mehr", "Rathaus"))
    topics = cycle(((TRAFFIC,), (NATURE,), ()))
    for n in range(1, 1000):
        head = f"{next(words)}: Meldung {n}"
        shown = picture(f"bild{n}", f"Blick von Turm {n} über die Stadt", caption=f"Der Turm {n}.", credit="Muster")
        kind = n % 5
        yield (
            release(n, head, topics=next(topics), images=(shown,))
            if kind == 0
            else release(
                n,
                f"City news {n}" if kind == 1 else head,
                topics=next(topics),
                language="en" if kind == 1 else "ar" if kind == 2 else "de",
                published=None if kind == 3 else release(n).published,
                published_precision=Precision.MINUTE,
                change=Change.UPDATE if kind == 4 else None,
                images=(replace(shown, alt="", alt_from=AltFrom.DECORATIVE, symbolic=True, width=None, height=None),),
            )
        )


def variant(count: int, language: str, format: Format, layout: str = "standard", *, rtl: bool = False) -> Variant:
    """A mail with that many releases; of the layout `single` with one in full, in Arabic where `rtl`."""
    return _mail([in_full(rtl=rtl)] if layout == "single" else many(count), language, format, layout)


def _mail(releases: list[Release], language: str, format: Format, layout: str) -> Variant:
    cadence, at = (Cadence.IMMEDIATE, NOON) if layout == "single" else (Cadence.DAILY, SLOT)
    content = compose(SITE, newsletter(layout={cadence: layout}), cadence, at, releases)
    return fill(render_sheet(content, language, format), [one.id for one in releases])


def long_words(layout: str = "standard") -> Variant:
    """A mail in large text in which everything that a portal says is one word of 45 letters."""
    shown = picture(alt=LONG_WORD, caption=LONG_WORD, credit=LONG_WORD)
    one = replace(
        in_full(),
        headline=LONG_WORD,
        teaser=LONG_WORD,
        kicker=LONG_WORD,
        images=(shown,),
        topics=(Topic("lang", LONG_WORD),),
        body_html="".join(f"<{tag}>{LONG_WORD}</{tag}>" for tag in ("p", "h2", "blockquote", "pre", "h3"))
        + f"<ul><li>{LONG_WORD}</li></ul><table><tr><th>{LONG_WORD}</th><td>{LONG_WORD}</td></tr></table>",
        documents=(Document("https://musterstadt.example/plan.pdf", LONG_WORD, "application/pdf", 1_234_000),),
    )
    other = replace(one, id=f"2{one.id[1:]}", url=f"{one.url}/2", headline=f"{LONG_WORD} 2")
    return _mail([one] if layout == "single" else [one, other], "de", Format.LARGE, layout)


def in_full(*, rtl: bool = False) -> Release:
    """A release with everything that a text can have."""
    found = release(
        1,
        "Neue Radbrücke über den Musterfluss wird freigegeben",
        body_html=BODY,
        teaser="Ab morgen kann man fahren.",
        images=(picture(caption="Die Brücke ist 210 Meter lang.", credit="Stadt Musterstadt"),),
        documents=(Document("https://musterstadt.example/plan.pdf", "Lageplan", "application/pdf", 1_234_000),),
    )
    if not rtl:
        return found
    body = "<p>نص أول.</p><h2>عنوان</h2><ul><li>واحد</li><li>اثنان</li></ul><blockquote><p>قول</p></blockquote>"
    return replace(found, language="ar", headline="افتتاح الجسر الجديد", teaser="نص قصير", body_html=body)
