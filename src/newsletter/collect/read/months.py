"""How months are called, in the languages that dates are read in, folded: as Babel's data (CLDR) has them.

They stand here, not asked of Babel at work, because its data of all these languages together takes 18 MB of memory; a
test holds them against it.
"""

from __future__ import annotations

from typing import Final

_NAMES: Final = (
    (
        "jänner|januar|jan|january|janvier|janv|gennaio|gen|enero|ene|januari|janeiro|stycznia|sty|styczeń|ledna|led|"
        "leden|ocak|oca"
    ),
    (
        "feber|februar|feb|february|février|févr|febbraio|febrero|februari|fevereiro|fev|lutego|lut|luty|února|úno|"
        "únor|şubat|şub"
    ),
    "mrz|märz|mär|march|mar|mars|marzo|maart|mrt|março|marca|marzec|marts|března|bře|březen|mart",
    "april|apr|avril|avr|aprile|abril|abr|kwietnia|kwi|kwiecień|dubna|dub|duben|nisan|nis",
    "mai|may|maggio|mag|mayo|mei|maio|maja|maj|května|kvě|květen|mayıs",
    "juni|jun|june|juin|giugno|giu|junio|junho|czerwca|cze|czerwiec|června|čvn|červen|haziran|haz",
    "juli|jul|july|juillet|juil|luglio|lug|julio|julho|lipca|lip|lipiec|července|čvc|červenec|temmuz|tem",
    "august|aug|août|agosto|ago|augustus|sierpnia|sie|sierpień|augusti|srpna|srp|srpen|ağustos|ağu",
    "sept|september|sep|septembre|settembre|set|septiembre|setembro|września|wrz|wrzesień|září|zář|eylül|eyl",
    (
        "oktober|okt|october|oct|octobre|ottobre|ott|octubre|outubro|out|października|paź|październik|října|říj|říjen|"
        "ekim|eki"
    ),
    "november|nov|novembre|noviembre|novembro|listopada|lis|listopad|listopadu|kasım|kas",
    (
        "dezember|dez|december|dec|décembre|déc|dicembre|dic|diciembre|dezembro|grudnia|gru|grudzień|desember|des|"
        "prosince|pro|prosinec|aralık|ara"
    ),
)
MONTHS: Final = {name: number for number, names in enumerate(_NAMES, 1) for name in names.split("|")}
"""The number of each month by its names."""
