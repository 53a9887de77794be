"""Names of links: which say too little."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
LONGEST = 60  # characters: longer names say something, whatever they begin with
_VAGUE = re.compile(
    "(?:hier|da|dort|button|link|diesem link|mehr|weiter|details|infos?|lesen|ansehen|anschauen|öffnen|download)|"
    "(?:bitte )?(?:hier|jetzt) (?:klicken|lesen|ansehen|anschauen|entlang|weiterlesen|öffnen|mehr erfahren)|"
    "(?:bitte )?klick(?:en sie|e|t)? (?:bitte )?(?:hier|jetzt)|klick|"
    "(?:hier |jetzt )?mehr (?:dazu|erfahren|lesen|infos?|informationen|details|anzeigen|sehen)|weiterlesen|"
    "weitere (?:infos?|informationen)|zum artikel|zur meldung|zum beitrag|artikel lesen|"
    "here|click|tap|(?:click|tap|see|read|find out) (?:it )?here|more|(?:read|learn|see|view|show|discover) more|view|"
    "find out more|continue|continue reading|read on|more info|more information|more details|read|read now|read it|"
    "this|this link|this page|read article|read the article|go|info|open|see"
)


def is_vague(name: str) -> bool:
    """Whether a link's name does not say where it leads, as "hier" and "more"."""
    if len(name) > LONGEST:
        return False
    words = re.sub(r"[^\w\s]|_", "", name).casefold().split()
    return bool(_VAGUE.fullmatch(" ".join(words)))


def is_address(name: str) -> bool:
    """Whether a link's name is a bare address, which is read out letter by letter."""
    return bool(_ADDRESS.fullmatch(name.strip()))
