"""Which language a text is in, told by its smallest words: enough to see that it is not the one it is marked with."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"[^\W\d_]+")
_LEAST = 3  # small words of the other language
_LEAST_SHARE = 0.2  # of all words: a quotation, or a name, is no text
SMALL_WORDS = {
    "de": "der die das und ist nicht mit für auf den dem ein eine einen sich auch von im zu wird werden bei nach "
    "aus wie sie wir oder über zur zum am als noch nur dass sind hat haben kann können mehr ab bis unter vom "
    "durch des es",
    "en": "the and of to in is for on with that this are was by from at be an it as have has will you your our we "
    "they their not or which can more about been were its who what when all new",
    "fr": "le la les des et est dans pour une sur avec qui que par plus ne pas au aux du ce cette ces sont nous "
    "vous leur mais ou été ont être comme son sa ses",
    "es": "el la los las y es en por para una con que del se al lo como más su sus pero este esta son ha han sobre "
    "entre también sin hasta desde cuando muy",
    "it": "il lo la gli le e è di che per una con non del della dei delle nel nella sono si come più anche al alla "
    "dal dalla questo questa ma ha hanno",
    "nl": "de het een en van is in op met voor niet dat die zijn aan te door ook bij als maar naar wordt worden "
    "heeft hebben om uit over deze dit nog",
    "pl": "i w na z do nie się jest że to o od po dla przez jak ale oraz są przy za może tak już tylko być został",
    "pt": "o os as e é em para uma com que do da dos das no na nos nas por mais como mas ao sua seu são não também",
    "tr": "ve bir bu için ile da de çok daha olan olarak gibi kadar sonra en her ne değil ancak var yeni",
    "sv": "och att det som en på är av för med den till inte har de om ett från men vi kan så också när",
    "da": "og at det som en på er af for med den til ikke har de om et fra men vi kan så også når bliver",
}
_SETS = {language: frozenset(words.split()) for language, words in SMALL_WORDS.items()}


@lru_cache(maxsize=8192)  # the variants of an edition say the same
def plainly(text: str) -> str | None:
    """The language that a text is plainly in, of those in `SMALL_WORDS`; None where it may be another."""
    words = _WORD.findall(text.casefold())
    found = {language: sum(word in small for word in words) for language, small in _SETS.items()}
    best = max(found, key=lambda language: found[language])
    return best if found[best] >= max(_LEAST, _LEAST_SHARE * len(words)) else None


@lru_cache(maxsize=8192)
def may_be(text: str, language: str) -> bool:
    """Whether a text may be in a language: one that is not known here, or not plainly less likely than the best."""
    if language not in _SETS:
        return True
    words = _WORD.findall(text.casefold())
    counts = {other: sum(word in small for word in words) for other, small in _SETS.items()}
    return counts[language] * 2 >= max(counts.values())
