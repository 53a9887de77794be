"""Atom 1.0 (RFC 4287), with the elements that RFC 4685 and RFC 5005 add in other namespaces apart (extensions.py).

Text constructs and content are shaped by their type, not by a table: see texts.py.
"""

from __future__ import annotations

from newsletter.publish.rules.grammar.shape import grammar

NAMESPACE = "http://www.w3.org/2005/Atom"
_META = (
    "author* category* contributor* generator icon=ref id{0}=uri link* logo=ref rights subtitle title{0} "
    "updated{0}=date3339"
)

ATOM = grammar(
    "feed",
    {NAMESPACE},
    {
        "feed": _META.format("!") + " entry*",
        "source": _META.format(""),
        "entry": (
            "author* category* content contributor* id!=uri link* published=date3339 rights source summary title! "
            "updated!=date3339"
        ),
        "author": "name!=strict uri=ref email=email",
        "contributor": "name!=strict uri=ref email=email",
        "category": "@term!=any @scheme=iri @label=strict",
        "generator": "@uri=ref @version=any",
        "link": "@href!=href @rel=any @type=mime @hreflang=language @title=strict @length=any",
        "title": "@type=texttype",
        "subtitle": "@type=texttype",
        "summary": "@type=texttype",
        "rights": "@type=texttype",
        "content": "@type=contenttype @src=ref",
    },
)
TEXTS = frozenset({"title", "subtitle", "summary", "rights", "content"})
PLAIN = {"generator": "strict"}
"""Elements that have attributes and hold text of a kind."""
