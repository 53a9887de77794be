"""The tree of a feed against its grammar: every text becomes a Value of its kind, everything out of place a Flaw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from lxml import etree

from newsletter.publish.rules import texts
from newsletter.publish.rules.feed import RDF, Feed, Flaw, Value, unmarked
from newsletter.publish.rules.grammar import ATOM as ATOM_GRAMMAR
from newsletter.publish.rules.grammar import EXTENSIONS, Extension, Grammar, Shape
from newsletter.publish.rules.grammar.atom import PLAIN, TEXTS
from newsletter.publish.rules.grammar.extensions import ENTRY, FEED
from newsletter.publish.rules.grammar.shape import Term
from newsletter.rules.markup import Element
from newsletter.rules.rule import Spot

ENTRIES = frozenset({"item", "entry"})
PARSED_AS = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}parseType"
ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"


def walk(feed: Feed, grammar: Grammar, spot: Spot) -> None:
    """Fill a feed's values, flaws and entries from its tree."""
    name = etree.QName(feed.root).localname
    walker = _Walker(feed, grammar)
    if name == "entry":
        walker.begin_entry(feed.root, spot)
    for described in feed.root.iter("{*}*") if feed.form == RDF else ():
        if about := described.get(ABOUT):
            walker.value("about", about, "rdf:about", Spot(_named(described), described.sourceline))
    walker.element(feed.root, grammar.shape(name, "", ""), spot, "")


class _Walker:
    def __init__(self, feed: Feed, grammar: Grammar) -> None:
        self.feed = feed
        self.grammar = grammar
        self.entry: int | None = None

    def begin_entry(self, element: Element, spot: Spot) -> None:
        self.entry = len(self.feed.entries)
        self.feed.entries.append((element, spot))

    def element(self, element: Element, shape: Shape, spot: Spot, parent: str) -> None:
        """An element of the format itself, with all that is in it."""
        name = etree.QName(element).localname
        self._attributes(element, shape, spot)
        if self.grammar is ATOM_GRAMMAR and name in TEXTS:
            texts.walk(self, element, spot, parent)
        elif self.grammar is ATOM_GRAMMAR and name in PLAIN:
            self._text(element, PLAIN[name], spot, parent)
        elif shape.children:
            self._children(element, shape, spot, name)
        elif shape.kind != "open":
            self._text(element, shape.kind, spot, parent)

    def value(self, kind: str, text: str, name: str, spot: Spot, element: Element = None) -> None:
        """Note a text."""
        self.feed.values.append(Value(kind, unmarked(text), name, spot, self.entry, text, element))

    def flaw(self, kind: str, name: str, parent: str, spot: Spot) -> None:
        """Note what is out of place."""
        self.feed.flaws.append(Flaw(kind, name, parent, spot))

    def stray_children(self, element: Element, spot: Spot) -> None:
        """Note elements where only text may stand."""
        for child, at in _spots(element, spot):
            self.flaw("undefined", _named(child), etree.QName(element).localname, at)

    def stray_text(self, element: Element, spot: Spot) -> None:
        """Note text where only elements may stand."""
        around = [element.text, *(child.tail for child in element)]
        if any(text and text.strip() for text in around):
            self.flaw("text", _named(element), "", spot)

    def misplaced(self, element: Element, spot: Spot) -> None:
        """Note elements of the format, or of what extends it, in the midst of something else."""
        for inner in element.iterdescendants("{*}*"):
            space = etree.QName(inner).namespace
            if space and (space in self.grammar.namespaces or space in EXTENSIONS):
                self.flaw("undefined", _named(inner), _named(inner.getparent()), Spot(spot.words, inner.sourceline))

    def _children(self, element: Element, shape: Shape, spot: Spot, name: str) -> None:
        self.stray_text(element, spot)
        seen: Counter[str] = Counter()
        for child, at in _spots(element, spot):
            space, local = etree.QName(child).namespace or "", etree.QName(child).localname
            if space not in self.grammar.namespaces:
                self._foreign(child, space, local, at, name)
            elif (term := shape.children.get(local)) is None:
                self.flaw("undefined", local, name, at)
            else:
                seen[local] += 1
                if seen[local] == 2 and not term.many:
                    self.flaw("twice", local, name, at)
                self._child(child, local, term, at, name)
        for needed in (child for child, term in shape.children.items() if term.needed and not seen[child]):
            self.flaw("missing", needed, name, spot)

    def _child(self, child: Element, local: str, term: Term, spot: Spot, parent: str) -> None:
        outer = self.entry
        if local in ENTRIES:
            self.begin_entry(child, spot)
        self.element(child, self.grammar.shape(local, parent, term.kind), spot, parent)
        self.entry = outer

    def _text(self, element: Element, kind: str, spot: Spot, parent: str) -> None:
        name = etree.QName(element).localname
        if element.get(PARSED_AS) is None:
            self.stray_children(element, spot)
        text = "".join(element.itertext())
        if self.grammar is ATOM_GRAMMAR and name in ("link", "category"):
            if text.strip():
                self.flaw("filled", name, parent, spot)
            return
        self.value(kind, text, name, spot, element)

    def _attributes(self, element: Element, shape: Shape, spot: Spot) -> None:
        if self.feed.form == RDF:
            return
        name = etree.QName(element).localname
        for attribute in element.attrib:
            if "{" not in attribute and attribute not in shape.attributes:
                self.flaw("attribute", attribute, name, spot)
        for attribute, term in shape.attributes.items():
            text = element.get(attribute)
            if text is not None:
                at = Spot(f"{spot.words}/@{attribute}", spot.line)
                self.value(term.kind, text, attribute, at, element)
            elif term.needed:
                self.flaw("attribute missing", attribute, name, spot)

    def _foreign(self, element: Element, space: str, local: str, spot: Spot, parent: str) -> None:
        if space in ATOM_GRAMMAR.namespaces:
            self._atom(element, local, spot, parent)
        elif (extension := EXTENSIONS.get(space)) is not None:
            self._extended(element, extension, local, spot, parent)
        elif not space:
            self.flaw("undefined", local, parent, spot)
        else:
            self.misplaced(element, spot)

    def _atom(self, element: Element, local: str, spot: Spot, parent: str) -> None:
        """An element of Atom in another format."""
        place = self.grammar.shapes.get(parent)
        known = ATOM_GRAMMAR.shapes["entry" if parent in ENTRIES else "feed"].children.get(local)
        if place is None or known is None or local == "entry":
            self.flaw("undefined", f"atom:{local}", parent, spot)
            return
        outer, self.grammar = self.grammar, ATOM_GRAMMAR
        self.element(element, ATOM_GRAMMAR.shape(local, "", known.kind), spot, "")
        self.grammar = outer

    def _extended(self, element: Element, extension: Extension, local: str, spot: Spot, parent: str) -> None:
        name = f"{extension.prefix}:{local}"
        place = ENTRY if parent in ENTRIES else FEED
        if local not in extension.elements or extension.only.get(local, place) != place:
            self.flaw("undefined", name, parent, spot)
            return
        if extension.flat and self.feed.form != RDF:
            self.stray_children(element, spot)
        else:
            self.misplaced_in(element, extension, spot)
        if kind := extension.elements[local]:
            self.value(kind, "".join(element.itertext()), name, spot, element)

    def misplaced_in(self, element: Element, extension: Extension, spot: Spot) -> None:
        """Note elements of the format itself inside an extension, unless it is made to hold them."""
        for inner in element.iterdescendants("{*}*"):
            space = etree.QName(inner).namespace
            if space and space in self.grammar.namespaces and extension.prefix not in ("at", "app", "media"):
                self.flaw("undefined", _named(inner), extension.prefix, Spot(spot.words, inner.sourceline))


def _spots(element: Element, spot: Spot) -> list[tuple[Element, Spot]]:
    """The children of an element, each with its path; those of a name that comes twice are numbered."""
    children = [child for child in element if isinstance(child.tag, str)]
    times = Counter(child.tag for child in children)
    numbers: Counter[str] = Counter()
    found = []
    for child in children:
        numbers[child.tag] += 1
        number = f"[{numbers[child.tag]}]" if times[child.tag] > 1 else ""
        found.append((child, Spot(f"{spot.words}/{_named(child)}{number}", child.sourceline)))
    return found


def _named(element: Element) -> str:
    """An element's name as it is usually written."""
    name = etree.QName(element)
    usual: Mapping[str, str] = {space: extension.prefix for space, extension in EXTENSIONS.items()}
    prefix = usual.get(name.namespace or "", element.prefix or "")
    return f"{prefix}:{name.localname}" if prefix else name.localname
