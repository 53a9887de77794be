"""What of a page is not the release: menus, cards of other releases, share bars, forms, banners, comments.

Nothing that holds the headline or most of the text is ever taken away.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice
from typing import Final

from selectolax.lexbor import LexborNode

from newsletter.collect.read.page import PageTree, ancestors, inside, marks, remove, says, select
from newsletter.collect.read.pictures import written_source
from newsletter.collect.read.text import either

_NEVER: Final = (
    "script", "style", "template", "iframe", "object", "embed", "svg", "canvas", "input", "select", "textarea", "link",
    "dialog", "nav", "menu",
)  # fmt: skip
_UNSEEN: Final = ", ".join((*_NEVER, "meta", "footer", "[role]", "[aria-modal]"))  # and the last four perhaps
_UNSEEN_ROLES: Final = frozenset({
    "navigation", "search", "contentinfo", "dialog", "menu", "menubar", "toolbar", "tablist"
})  # fmt: skip
_ARTICLE: Final = frozenset({"article"})


def _any_of(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|[\s_-]){either(words.split())}(?:$|[\s_-])")


_BOILERPLATE = _any_of(r"""
    nav navi navigation navbar menu menue submenu breadcrumbs? brotkrumen? rootline pathway skip-?links? footer
    fusszeile share shares sharing sharebar sharer shariff social socials socialmedia teilen addtoany addthis
    related relatedposts recommendations? recommended verwandte weitere weiteres aehnliche cookies? consent gdpr
    dsgvo banner paywall newsletter subscribe subscription login signup comments? kommentare? disqus respond sidebar
    seitenleiste marginal marginalspalten? pagination pager post-?navigation pagebrowser paging print drucken
    toolbar toolbox tools reading-?time readingtime lesezeit lesedauer advert advertisement ads? adslot werbung
    anzeige promo outbrain taboola widget popup modal overlay tooltip search suche suchfeld author-?bio author-?box
    authorbox backlink back-?to zurueck screen-reader-text third-?party embed-?(?:consent|placeholder)
    video-?(?:consent|placeholder) social-?(?:consent|placeholder) external-?(?:consent|placeholder)
    map-?(?:consent|placeholder) two-?click zwei-?klick affiliate inline-?teaser tags tag-?list taglist keywords
    schlagworte rating feedback vote jump-?to contact-?box ansprechpartner kontaktbox kontakt
""")
_BETWEEN = re.compile(r"(?:^|[\s_-])\w*(?:prev-?next|next-?prev)(?:$|[\s_-])")
_COVER = re.compile(r"(?:^|[\s_-])(?:popup|modal|overlay|cookies?|consent|lightbox|comments?|kommentare?)(?:$|[\s_-])")
_CARD = re.compile(r"(?:^|[\s_-])(?:teaser|promo|card|box)(?:$|[\s_-])")
_CARD_WORDS: Final = 25
_KEEP = re.compile(
    r"(?:^|[\s_-])(?:article-?body|articlebody|entry-content|bodytext|news-text-wrap|main-content|maincontent)(?:$|"
    r"[\s_-])"
)
MORE = re.compile(
    r"^(?:weitere?s?|weiterlesen|weiterführende\w*|mehr|more|related|verwandte|ähnliche|aktuelle|latest|recent|"
    r"lesen sie|auch interessant|das könnte|dies könnte|"
    r"you (?:may|might)|read (?:more|next|also)|recommended|empfehlungen|zum thema|see also|siehe auch|neueste|"
    r"meistgelesen|most read|"
    r"newsletter|kommentare|comments|share|teilen|seite (?:teilen|drucken)|artikel teilen|diese seite|andere|"
    r"das interessiert|"
    r"interne links|externe links|links zum thema|downloads?|kontakt|ansprechpartner|pressekontakt|nach oben|"
    r"top stories|trending)\b",
    re.IGNORECASE,
)
_READ: Final = re.compile(r"lesen sie", re.IGNORECASE)  # outside of headings it may open a list of the release's own
_RANKS: Final = "h1, h2, h3, h4, h5, h6"
_LINK: Final = "a[href]:not([href^='#'])"
_LINKED_HEADING: Final = f":is(h2, h3, h4, h5, h6) {_LINK}, {_LINK} :is(h2, h3, h4, h5, h6)"
_DEEP: Final = 12  # elements around a heading in which it is still that of a card
_HOLDERS: Final = frozenset({"section", "article", "aside", "li", "div"})
_RANKED: Final = frozenset({"h2", "h3", "h4", "h5", "h6"})
_FIGURES: Final = "figure, figcaption"
_NO_BLOCKS: Final = frozenset({"body", "html", "main", "img", "picture"})
_MOST: Final = 0.4
_LITTLE: Final = 400  # characters


def prune(page: PageTree, kept: Sequence[LexborNode], frames: Sequence[LexborNode] = ()) -> None:
    """Takes out of a page what is not the release.

    What holds one of `kept` or is in it stays, as does what holds one of `frames`.
    """
    root = page.root
    _lift_noscript(root)
    keep = _Keep(page, kept, frames)
    remove([node for node in _covers(root) if node.mem_id not in keep.path])
    for step in (_unseen, _forms, _hidden, _boilerplate, _cards, _promos, _more):
        if found := step(root):
            keep.look()
            remove([node for node in found if not keep.holds(node)])
    _comments(root)


class _Keep:
    """What must stay: whatever holds the headline, or most of the page's text."""

    def __init__(self, page: PageTree, kept: Sequence[LexborNode], frames: Sequence[LexborNode]) -> None:
        self.path = {node.mem_id for one in (*kept, *frames) for node in (one, *ancestors(one))}
        self.path |= {inner.mem_id for one in kept for inner in one.traverse()}
        self.page = page
        self.look()

    def look(self) -> None:
        """Takes in what has become of the page."""
        if len(bodies := self.page.all("[itemprop~=articleBody]")) == 1:
            self.path |= {node.mem_id for node in (bodies[0], *ancestors(bodies[0]))}
        self.figures = {inner.mem_id for one in self.page.all(_FIGURES) for inner in one.traverse()}
        self._most: float | None = None

    @property
    def most(self) -> float:
        """So many characters in paragraphs are most of the page's text."""
        if self._most is None:
            self._most = _MOST * sum(len(p.text()) for p in self.page.all("p"))
        return self._most

    def holds(self, node: LexborNode) -> bool:
        if node.mem_id in self.path or node.mem_id in self.figures:
            return True
        if node.first_child is None or node.tag == "script" or self.most <= _LITTLE or len(node.text()) <= self.most:
            return False
        return sum(len(p.text()) for p in node.css("p")) > self.most


def _unseen(root: LexborNode) -> list[LexborNode]:
    return [node for node in select(root, _UNSEEN) if node.tag in _NEVER or _is_unseen(node)]


def _is_unseen(node: LexborNode) -> bool:
    said, around = node.attributes, node.parent
    if (node.tag == "footer" and not inside(node, _ARTICLE)) or said.get("role") in _UNSEEN_ROLES:
        return True
    return said.get("aria-modal") == "true" or (node.tag == "meta" and around is not None and around.tag == "body")


def _forms(root: LexborNode) -> list[LexborNode]:
    return select(root, "form, aside, [role=complementary], [role=banner], body > header")


def _hidden(root: LexborNode) -> list[LexborNode]:
    opened = {n.attributes.get("aria-controls") or "" for n in root.css("[aria-controls]")}
    for toggle in root.css("[data-toggle], [data-bs-toggle]"):
        opened |= {
            (toggle.attributes.get(name) or "").lstrip("#") for name in ("href", "data-target", "data-bs-target")
        }
    query = "[hidden], [style*='display:none'], [style*='display: none'], [aria-hidden=true]"
    return [
        node
        for node in select(root, query)
        if (node.id or "") not in opened - {""}
        and not re.search(r"accordion|collaps|akkordeon|panel|toggle", marks(node))
        and node.tag not in ("img", "picture", "figure")
        and not (node.attributes.get("aria-hidden") and node.css_first("img") is not None)
    ]


def _covers(root: LexborNode) -> list[LexborNode]:
    """What lies over a page or under its text, however much it says: dialogs, comments."""
    return [node for node in select(root, "div, section, aside, ul, ol") if _is_cover(marks(node))]


def _boilerplate(root: LexborNode) -> list[LexborNode]:
    return [n for n in select(root, "[class], [id]") if _is_boilerplate(marks(n)) and n.tag not in _NO_BLOCKS]


@lru_cache(maxsize=4_096)
def _is_cover(said: str) -> bool:
    return _COVER.search(said) is not None


@lru_cache(maxsize=4_096)
def _is_boilerplate(said: str) -> bool:
    found = _BOILERPLATE.search(said) or ("next" in said and _BETWEEN.search(said))
    return bool(found) and _KEEP.search(said) is None


def _cards(root: LexborNode) -> list[LexborNode]:
    """Blocks whose headings are links: other releases."""
    found = select(root, _LINKED_HEADING)
    near = {n.mem_id for one in found for n in islice(ancestors(one), _DEEP) if n.tag in _HOLDERS}
    if not near:
        return []
    linked, headings = _holders(found), _holders(root.css(_RANKS))
    cards = {key for key in near if linked[key] * 2 >= headings[key]}
    return [n for n in root.traverse() if n.mem_id in cards and len(n.text().split()) < 60 * linked[n.mem_id]]


def _holders(nodes: Iterable[LexborNode]) -> Counter[int]:
    """How many of `nodes` each element around them holds, by its id."""
    return Counter(around.mem_id for node in nodes for around in ancestors(node))


def _promos(root: LexborNode) -> list[LexborNode]:
    """Small boxes with a picture and a link: a magazine's issue, a shop, another page."""
    boxes = select(root, "[class*=teaser i], [class*=promo i], [class*=card i], [class*=box i]")
    return [
        box
        for box in boxes
        if says(_CARD, marks(box))
        and box.css_first("a[href]") is not None
        and box.css_first("img") is not None
        and 0 < len(box.text().split()) <= _CARD_WORDS
    ]


def _more(root: LexborNode) -> list[LexborNode]:
    """Headings such as "Weitere Meldungen", with what follows up to the next heading, where that is mostly links."""
    found: dict[int, LexborNode] = {}
    for heading in root.css("h2, h3, h4, h5, h6, strong, b, p, div, span, dt"):
        text = _own_text(heading).strip()
        if not 3 < len(text) < 70 or heading.mem_id in found or not MORE.match(text):
            continue
        apart = len(text) < 40 and heading.css_first("a") is None and not _READ.match(text)
        if heading.tag in _RANKED or apart:
            found |= {node.mem_id: node for node in _with_following(heading)}
    return list(found.values())


def _own_text(node: LexborNode) -> str:
    """What a heading says; of a block, and of a span that holds blocks or much text, only what it says itself."""
    if node.tag in ("div", "p"):
        return node.text(deep=False)
    text = node.text()
    wide = node.tag == "span" and (len(text) > 70 or node.css_first("p, div, ul, li") is not None)
    return node.text(deep=False) if wide else text


def _with_following(heading: LexborNode) -> list[LexborNode]:
    start = _outermost(heading)
    following: list[LexborNode] = []
    bare = 0  # characters beside the elements, as behind a bold word in a paragraph
    node = start.next
    while node is not None and len(following) < 60 and not _begins_anew(node, start):
        if node.is_element_node:
            following.append(node)
        elif node.is_text_node:
            bare += len((node.text_content or "").strip())
        node = node.next
    words = bare + sum(len(n.text()) for n in following)
    linked = sum(len(a.text()) for n in following for a in ([n] if n.tag == "a" else n.css("a")))
    if words and linked * 3 < words:
        return []
    return [start, *following]


def _outermost(heading: LexborNode) -> LexborNode:
    """The element that says nothing but the heading."""
    said = len(heading.text().strip())
    node = heading
    while (
        node.parent is not None
        and node.parent.tag not in ("body", "html")
        and len(node.parent.text().strip()) <= said + 2
    ):
        node = node.parent
    return node


def _begins_anew(node: LexborNode, start: LexborNode) -> bool:
    if not node.is_element_node:
        return False
    if start.tag in _RANKED:
        return (node.tag or "") in ("h1", "h2", start.tag)
    return node.tag in ("h1", "h2", "h3") or node.css_first("h1, h2, h3") is not None


def _comments(root: LexborNode) -> None:
    remove([node for node in root.traverse(include_text=True) if node.is_comment_node])


def _lift_noscript(root: LexborNode) -> None:
    """Leaves the picture of a noscript only where the one beside it has no address."""
    gone = []
    shown: dict[int, int] = {}
    for node in root.css("noscript"):
        hidden, around = len(node.css("img")), node.parent
        if hidden and around is not None and around.mem_id not in shown:
            shown[around.mem_id] = sum(bool(written_source(img)) for img in around.css("img"))
        if not hidden or (around is not None and shown[around.mem_id] > hidden):
            gone.append(node)
    remove(gone)
