"""Names of links: which say too little."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"(?:(?:https?|ftp)://|www\.)\S+|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/\S*", re.IGNORECASE)
_BREAKS = re.compile("[\xad\u200b-\u200f\u2060]")
LONGEST = 60  # characters: longer names say something, whatever they begin with
_VAGUE = re.compile(
    "(?:hier|da|dort|button|link|mehr|weiter|details|infos?|lesen|ansehen|anschauen|öffnen|download|klicken|los)|"
    "(?:unter |über |auf )?diese[rmsn]? (?:link|seite|artikel|adresse)|(?:zur |auf der |die )?(?:web|internet)?seite|"
    "(?:zur |die )?(?:website|homepage)|hier geht(?:s| es)(?: weiter| lang)?|weiter zu[rm]? .{4,12}|"
    "(?:erfahren|lesen|sehen) sie (?:hier )?mehr(?: dazu)?|(?:mehr|weitere) (?:infos?|informationen)? ?(?:dazu )?hier|"
    "(?:zur|zum|die|den|der) (?:ganzen? |vollständigen? )?(?:pressemitteilung|pressemeldung|nachricht|text|webseite)|"
    "(?:(?:zum |den |zur |die )?(?:ganzen?|vollständigen?|kompletten?) )?(?:artikel|meldung|beitrag|text)"
    "(?: (?:lesen|ansehen|öffnen))?|"
    "(?:bitte )?(?:hier|jetzt|nun) (?:klicken|lesen|ansehen|anschauen|entlang|weiterlesen|öffnen|mehr erfahren)|"
    "(?:bitte )?klick(?:en sie|e|t)? (?:bitte )?(?:hier|jetzt)|klick|"
    "(?:hier |jetzt )?mehr (?:dazu|erfahren|lesen|infos?|informationen|details|anzeigen|sehen)|weiterlesen|"
    "weitere (?:infos?|informationen)|zum artikel|zur meldung|zum beitrag|artikel lesen|"
    "here|click|tap|(?:click|tap|see|read|find out) (?:it )?here|more|(?:read|learn|see|view|show|discover) more|view|"
    "find out more|continue|continue reading|read on|more info|more information|more details|read|read now|read it|"
    "this|(?:click |tap |follow |visit )?(?:on )?this (?:link|page|article|site)|go|info|open|see|get started|start|"
    "(?:read|see|view) (?:the |this )?(?:full |whole |entire )?(?:article|story|post|release|text|page)|"
    "(?:full|whole) (?:article|story|text|release)|(?:our |the )?(?:website|web site|webpage|web page)|click|"
    "(?:click |tap )?here (?:for|to) (?:more|read|learn more|see)|for more(?: information)?|link"
)


def is_vague(name: str) -> bool:
    """Whether a link's name does not say where it leads, as "hier" and "more"."""
    if len(name) > LONGEST:
        return False
    words = re.sub(r"[^\w\s]|_", "", _BREAKS.sub("", name)).casefold().split()
    return bool(_VAGUE.fullmatch(" ".join(words)))


def is_address(name: str) -> bool:
    """Whether a link's name is a bare address, which is read out letter by letter."""
    return bool(_ADDRESS.fullmatch(name.strip(' \t\n()<>[]"“”„.,:')))
