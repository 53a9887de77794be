"""RSS 0.91 to 2.0 (rssboard.org/rss-specification). The older versions are subsets, and readers take all as one."""

from __future__ import annotations

from newsletter.publish.rules.grammar.shape import grammar

NAMESPACES = {
    "",
    "http://backend.userland.com/rss2",
    "http://backend.userland.com/RSS2",
    "http://blogs.law.harvard.edu/tech/rss",
    "http://purl.org/rss/2.0/",
}

RSS = grammar(
    "rss",
    NAMESPACES,
    {
        "rss": "channel! @version!=version",
        "channel": (
            "title!=title link!=url description!=plain language=language copyright=plain managingEditor=contact "
            "webMaster=contact pubDate=date822 lastBuildDate=date822 category*=plain generator=plain docs=url cloud "
            "ttl=count image rating=rating textInput skipHours skipDays item*"
        ),
        "item": (
            "title=title link=url description=html author=contact category*=plain comments=url enclosure* guid=guid "
            "pubDate=date822 source=plain"
        ),
        "image": "url!=url title!=title link!=url width=width height=height description=plain",
        "textInput": "title!=title description!=plain name!=name link!=url",
        "skipHours": "hour*=hour",
        "skipDays": "day*=day",
        "category": "@domain=any",
        "cloud": "@domain!=any @port!=number @path!=any @registerProcedure!=anything @protocol!=any",
        "enclosure": "@url!=web @length!=number @type!=mime",
        "guid": "@isPermaLink=truth",
        "source": "@url!=url",
    },
)
