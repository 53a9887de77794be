"""Namespaces that extend feeds: their usual prefix, their elements, and where these belong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

FEED, ENTRY, ANYWHERE = "feed", "entry", ""


@dataclass(frozen=True, slots=True)
class Extension:
    """A namespace. `elements` gives the kind of text of each, "" where it is not looked at; `only` restricts a few to
    feeds or to entries; `flat` says that its elements hold text only."""

    prefix: str
    elements: Mapping[str, str]
    only: Mapping[str, str] = field(default_factory=dict)
    flat: bool = False


def _words(text: str, kind: str = "") -> dict[str, str]:
    return dict.fromkeys(text.split(), kind)


_DC = _words(
    "contributor coverage creator description format identifier publisher relation rights source subject title type"
)
_DCTERMS = _words(
    "abstract accessRights accrualMethod accrualPeriodicity accrualPolicy alternative audience available "
    "bibliographicCitation conformsTo contributor coverage created creator date dateAccepted dateCopyrighted "
    "dateSubmitted description educationLevel extent format hasFormat hasPart hasVersion identifier "
    "instructionalMethod isFormatOf isPartOf isReferencedBy isReplacedBy isRequiredBy isVersionOf "
    "issued language license mediator medium modified "
    "provenance publisher references relation replaces requires rights rightsHolder source spatial subject "
    "tableOfContents temporal title type valid"
)
_MEDIA = _words(
    "group content adult rating title description keywords thumbnail category hash player credit copyright text "
    "restriction community comments comment embed responses response backLinks backLink status price license subTitle "
    "peerLink location rights scenes scene starRating statistics tags param"
)
_ITUNES = _words(
    "author block category duration email episode episodeType explicit image keywords name new-feed-url order owner "
    "season subtitle summary title type isClosedCaptioned complete"
)

EXTENSIONS: dict[str, Extension] = {
    "http://purl.org/dc/elements/1.1/": Extension("dc", {**_DC, "date": "w3cdtf", "language": "language"}, flat=True),
    "http://purl.org/dc/terms/": Extension("dcterms", _DCTERMS),
    "http://purl.org/rss/1.0/modules/content/": Extension(
        "content", {"encoded": "html", "items": "", "item": "", "format": "", "encoding": ""}, {"encoded": ENTRY}
    ),
    "http://purl.org/rss/1.0/modules/syndication/": Extension(
        "sy",
        {"updatePeriod": "period", "updateFrequency": "positive", "updateBase": "w3cdtf"},
        dict.fromkeys(("updatePeriod", "updateFrequency", "updateBase"), FEED),
        flat=True,
    ),
    "http://purl.org/rss/1.0/modules/slash/": Extension(
        "slash",
        {"comments": "number", "department": "", "section": "", "hit_parade": "numbers"},
        dict.fromkeys(("comments", "department", "section", "hit_parade"), ENTRY),
        flat=True,
    ),
    "http://wellformedweb.org/CommentAPI/": Extension(
        "wfw", {"comment": "url", "commentRss": "url", "commentRSS": "url"}, flat=True
    ),
    "http://madskills.com/public/xml/rss/module/trackback/": Extension(
        "trackback", {"ping": "url", "about": "url"}, {"ping": ENTRY, "about": ENTRY}, flat=True
    ),
    "http://backend.userland.com/creativeCommonsRssModule": Extension("creativeCommons", {"license": "url"}, flat=True),
    "http://search.yahoo.com/mrss/": Extension("media", _MEDIA),
    "http://www.itunes.com/dtds/podcast-1.0.dtd": Extension("itunes", _ITUNES),
    "http://purl.org/syndication/history/1.0": Extension(
        "fh", {"archive": "", "complete": "", "incremental": "", "prev": ""}, {"archive": FEED, "complete": FEED}
    ),
    "http://purl.org/syndication/thread/1.0": Extension(
        "thr", {"in-reply-to": "", "total": "number"}, {"in-reply-to": ENTRY, "total": ENTRY}
    ),
    "http://www.w3.org/2007/app": Extension(
        "app", _words("edited control draft collection categories accept service workspace"), {"edited": ENTRY}
    ),
    "http://www.w3.org/2003/01/geo/wgs84_pos#": Extension("geo", {"lat": "latitude", "long": "longitude", "Point": ""}),
    "http://www.georss.org/georss": Extension(
        "georss",
        _words("point line polygon box where elev floor radius circle featuretypetag featurename relationshiptag"),
    ),
    "http://purl.org/atompub/tombstones/1.0": Extension("at", {"deleted-entry": "", "comment": ""}),
}
