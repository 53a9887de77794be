"""Defects that rules must catch in a mail of ours, each a piece of HTML put before the title, with its twin."""

from __future__ import annotations

WORDS = "Das Wasser der Ache ist seit heute wieder klar und darf getrunken werden."
LONGER = f"<p>{WORDS} {WORDS} {WORDS}</p>"
PICTURE = '<img src="https://news.musterstadt.example/a.png" alt="Die Ache im Licht">'
LINK = '<a href="https://a.example/x" style="color:#0b4f8a; text-decoration:underline">'

PIECES: dict[str, list[tuple[str, str]]] = {
    "ARIA-1": [
        ('<p role="überschrift">Hallo</p>', '<p role="note">Hallo</p>'),
        ('<h2 role="presentation">Kurz gesagt</h2>', '<div role="presentation">Kurz gesagt</div>'),
        (f"{LINK.replace('<a', '<a role=none')}Alles zur Ache</a>", f"{LINK}Alles zur Ache</a>"),
    ],
    "ARIA-2": [
        (f'<div aria-hidden="true">{LINK}Alles zur Ache</a></div>', f"<div>{LINK}Alles zur Ache</a></div>"),
        ('<p aria-hidden="true">Nur bis Freitag</p>', '<p><span aria-hidden="true">→</span> Nur bis Freitag</p>'),
    ],
    "ARIA-3": [
        ('<p aria-describedby="fehlt">Hallo</p>', '<p aria-describedby="da">Hallo</p><p id="da">Welt</p>'),
        ('<p aria-labelledby="da" id="da">a</p><p id="da">b</p>', '<p aria-labelledby="da">a</p><p id="da">b</p>'),
    ],
    "BIDI-1": [("<p>Preis \u202e45 Euro</p>", "<p>Preis \u202b45 Euro\u202c</p>")],
    "CHAR-1": [
        ("<p>Die BrÃ¼cke</p>", "<p>Die Brücke</p>"),
        ("<p>Gr\ufffdn</p>", "<p>Grün</p>"),
        ("<p>Kinder &amp;amp; Eltern</p>", "<p>Kinder &amp; Eltern</p>"),
        ("<p>100&amp;nbsp;Euro</p>", "<p>100&nbsp;Euro</p>"),
    ],
    "EMBED-1": [
        ('<form action="https://a.example/"><input name="a"></form>', f"<p>{LINK}Zum Formular</a></p>"),
        ('<video src="https://news.musterstadt.example/a.mp4"></video>', f"<p>{LINK}Zum Film</a></p>"),
    ],
    "HEAD-5": [
        (f"<p><b>Trinkwasser ist wieder klar</b></p>{LONGER}", f"<p><b>Achtung:</b> {WORDS}</p>{LONGER}"),
        (f'<p style="font-size:24px">Trinkwasser ist wieder klar</p>{LONGER}', f"<p>Ein Satz.</p>{LONGER}"),
    ],
    "KEY-1": [
        (
            f"{LINK.replace('<a', '<a tabindex=3')}Alles zur Ache</a>",
            f"{LINK.replace('<a', '<a tabindex=0')}Zur Ache</a>",
        ),
        (f"{LINK.replace('<a', '<a accesskey=x')}Alles zur Ache</a>", f"{LINK}Alles zur Ache</a>"),
        (f"{LINK.replace('<a', '<a tabindex=-1')}Alles zur Ache</a>", f"{LINK}Alles zur Ache</a>"),
    ],
    "KEY-2": [
        ('<div onclick="los()">Mitmachen</div>', f"{LINK}Mitmachen</a>"),
        ('<span role="button">Mitmachen</span>', f"{LINK.replace('<a', '<a role=button')}Mitmachen</a>"),
    ],
    "LANG-6": [
        ('<p lang="deutsch ">Hallo</p>', '<p lang="de-AT">Hallo</p>'),
        ('<p dir="right">Hallo</p>', '<p dir="ltr">Hallo</p>'),
    ],
    "LANG-7": [
        ('<p lang="ar">جسر جديد للدراجات</p>', '<p lang="ar" dir="rtl">جسر جديد للدراجات</p>'),
        (f'<p dir="rtl">{WORDS}</p>', f'<p dir="ltr">{WORDS}</p>'),
    ],
    "LANG-8": [
        (f'<p lang="fr">{WORDS}</p>', f'<p lang="de">{WORDS}</p>'),
        (
            "<p>The bridge is open for all who want to walk or ride their bikes.</p>",
            "<p>Das Festival „Out of the Box“.</p>",
        ),
    ],
    "LEFT-1": [
        ("<p>Hallo {{ vorname }}</p>", "<p>Hallo {1}</p>"),
        ("<p>Hallo *|FNAME|*</p>", "<p>Hallo * alle *</p>"),
        ("<p>Hallo %%Name%%</p>", "<p>100 % Namen</p>"),
        ("<p>Lorem ipsum dolor sit amet</p>", "<p>Ein Text</p>"),
        ("<p>Text folgt</p>", "<p>Der Text folgt dem Bild</p>"),
        ("<p>1. Januar 1970</p>", "<p>Am 1. Januar 1970 wurde die Brücke gebaut.</p>"),
        ("<p>TODO: Datum</p>", "<p>Todos los santos</p>"),
    ],
    "LINK-7": [
        (
            f"{LINK}{PICTURE}</a><p>{LINK}Alles zur Ache</a></p>",
            f"<p>{LINK}Alles zur Ache</a></p><p>{WORDS}</p><p>{LINK}Alles zur Ache</a></p>",
        )
    ],
    "LIST-1": [
        ("<p>- Wasser<br>- Brot<br>- Salz</p>", "<p>Wasser<br>Brot<br>Salz</p>"),
        ("<p>• Wasser</p><p>• Brot</p><p>• Salz</p>", "<ul><li>Wasser</li><li>Brot</li><li>Salz</li></ul>"),
    ],
    "LIST-2": [
        ("<ul><li>Wasser</li><li> </li></ul>", "<ul><li>Wasser</li></ul>"),
        ("<ul><p>Wasser</p></ul>", "<ul><li><p>Wasser</p></li></ul>"),
        ("<div><li>Wasser</li></div>", "<ol><li>Wasser</li></ol>"),
    ],
    "MOVE-1": [
        ("<marquee>Hallo</marquee>", "<p>Hallo</p>"),
        ('<p style="animation: blink 1s infinite">Hallo</p>', '<p style="animation: none">Hallo</p>'),
    ],
    "NAME-1": [
        (f"{LINK.replace('<a', '<a aria-label=Wasser')}Alles zur Ache</a>", f"{LINK}Alles zur Ache</a>"),
    ],
    "NAME-2": [('<div aria-label="Wasser">Hallo</div>', '<div role="group" aria-label="Wasser">Hallo</div>')],
    "ORDER-1": [
        ('<p style="float:right">Hallo</p>', '<p style="float:none">Hallo</p>'),
        (
            '<div style="display:flex; flex-direction:row-reverse"><p>a</p></div>',
            '<div style="display:flex"><p>a</p></div>',
        ),
        ('<p style="position:absolute; top:0">Hallo</p>', '<p style="position:relative">Hallo</p>'),
    ],
    "PARA-1": [
        (f"<p>{WORDS}<br><br>{WORDS}</p>", f"<p>{WORDS}<br>{WORDS}</p>"),
        ("<p>&nbsp;</p>", "<p>Hallo</p>"),
    ],
    "REFLOW-1": [
        ('<div style="width:600px">Hallo</div>', '<div style="width:600px; max-width:100%">Hallo</div>'),
        ('<table role="presentation" width="640"><tr><td>a</td></tr></table>', '<div style="width:100%">Hallo</div>'),
        ('<div style="min-width:500px">Hallo</div>', '<div style="min-width:50px">Hallo</div>'),
        (f'<p style="white-space:nowrap">{WORDS}</p>', '<p style="white-space:nowrap">4 km</p>'),
    ],
    "SCALE-1": [('<p style="font-size:5vw">Hallo</p>', '<p style="font-size:max(1rem, 5vw)">Hallo</p>')],
    "SPACE-1": [
        (f'<p style="height:20px; overflow:hidden">{WORDS}</p>', f'<p style="min-height:20px">{WORDS}</p>'),
        (f'<p style="line-height:0.8">{WORDS}</p>', f'<p style="line-height:1.5">{WORDS}</p>'),
        (f'<p style="letter-spacing:-1px">{WORDS}</p>', f'<p style="letter-spacing:1px">{WORDS}</p>'),
        (f'<p style="display:-webkit-box; -webkit-line-clamp:2">{WORDS}</p>', f"<p>{WORDS}</p>"),
    ],
    "TARGET-1": [
        (
            f'{LINK}<img src="https://news.musterstadt.example/a.png" alt="Zur Ache" width="16" height="16"></a>',
            f'{LINK}<img src="https://news.musterstadt.example/a.png" alt="Zur Ache" width="44" height="44"></a>',
        )
    ],
}
