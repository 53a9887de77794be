"""RSS 1.0 (web.resource.org/rss/1.0/spec), the older RSS 0.90, and RSS 1.1 (inamidst.com/rss1.1)."""

from __future__ import annotations

from newsletter.publish.rules.grammar.shape import grammar

RDF = grammar(
    "RDF",
    {
        "http://purl.org/rss/1.0/",
        "http://my.netscape.com/rdf/simple/0.9/",
        "http://channel.netscape.com/rdf/simple/0.9/",
    },
    {
        "RDF": "channel! image item* textinput",
        "channel": "title!=title link!=url description!=plain image=open items=open textinput=open",
        "item": "title!=title link!=url description=html",
        "RDF/image": "title!=title url!=url link!=url",
        "textinput": "title=title description=plain name=any link=url",
    },
)
RSS11 = grammar(
    "Channel",
    {"http://purl.org/net/rss1.1#"},
    {
        "Channel": "title!=title link!=url description!=plain image items!",
        "items": "item*",
        "item": "title!=title link!=url description=html image",
        "image": "title!=title url!=url link=url",
    },
)
