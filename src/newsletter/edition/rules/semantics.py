"""What assistive technology is told: roles, names and references, and whether they are true."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from newsletter.edition.rules.mail import Mail
from newsletter.edition.rules.page import REFERENCES
from newsletter.rules.markup import Element, is_unheard, on_one_line, said
from newsletter.rules.rule import BLOCK, WARN, Defect, _, rule

ROLES = re.compile(  # WAI-ARIA 1.2, 5.4, without the abstract ones; DPUB and Graphics have a prefix
    r"(?:alert|alertdialog|application|article|banner|blockquote|button|caption|cell|checkbox|code|columnheader"
    r"|combobox|complementary|contentinfo|definition|deletion|dialog|directory|document|emphasis|feed|figure|form"
    r"|generic|grid|gridcell|group|heading|img|image|insertion|link|list|listbox|listitem|log|main|mark|marquee"
    r"|math|menu|menubar|menuitem|menuitemcheckbox|menuitemradio|meter|navigation|none|note|option|paragraph"
    r"|presentation|progressbar|radio|radiogroup|region|row|rowgroup|rowheader|scrollbar|search|searchbox|separator"
    r"|slider|spinbutton|status|strong|subscript|suggestion|superscript|switch|tab|table|tablist|tabpanel|term"
    r"|textbox|time|timer|toolbar|tooltip|tree|treegrid|treeitem"
    r"|doc-[a-z]+|graphics-[a-z]+)"
)
FEW_LETTERS = 3
_NAMELESS = frozenset({"div", "span", "p", "b", "i", "em", "strong", "td", "code", "font", "center"})
_MEANS = frozenset({"a", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "p", "th"})


@rule("ARIA-1", BLOCK, "WCAG 4.1.2")
def true_roles(mail: Mail) -> Iterator[Defect]:
    """A role is one that there is, and does not take away what an element is."""
    for element in mail.page.with_role if mail.page else ():
        roles = (element.get("role") or "").lower().split()
        if roles and not any(map(ROLES.fullmatch, roles)):
            yield Defect(
                element, _("There is no role “%(role)s”."), _("Name one of WAI-ARIA, or none."), {"role": roles[0]}
            )
        elif roles[:1] in (["presentation"], ["none"]) and _means_something(element):
            yield Defect(
                element,
                _("A role takes from an element what it is."),
                _("Take role=presentation off it."),
            )


@rule("ARIA-2", BLOCK, "WCAG 4.1.2")
def nothing_heard_is_hidden(mail: Mail) -> Iterator[Defect]:
    """What is kept from screen readers holds nothing that they need: no link, no heading, no text of its own."""
    if mail.page is None:
        return
    for element in mail.page.having("aria-hidden"):
        if (element.get("aria-hidden") or "").strip().lower() != "true":
            continue
        words = on_one_line(element.text_content())
        if any(one.get("href") for one in element.iter("a")):
            yield Defect(
                element, _("A link is kept from screen readers, though the keyboard reaches it."), _("Show it to them.")
            )
        elif (
            _says_words(words, element) and not mail.page.is_repeated(words, element) and not _is_within_hidden(element)
        ):
            yield Defect(
                element,
                _("A text is kept from screen readers: “%(text)s”."),
                _("Take aria-hidden off it."),
                {"text": words[:80]},
            )


@rule("ARIA-3", BLOCK, "WCAG 1.3.1")
def references_lead_somewhere(mail: Mail) -> Iterator[Defect]:
    """What refers to another element by its id finds it, and finds one."""
    if mail.page is None or not (referring := mail.page.having(*REFERENCES)):
        return
    ids = Counter(one.get("id") for one in mail.page.elements if one.get("id"))
    for element in referring:
        for name in REFERENCES:
            wanted = (element.get(name) or "").split()
            if name in ("headers", "for") and element.tag not in ("td", "th", "label", "output"):
                continue
            if missing := [id for id in wanted if ids[id] != 1]:
                yield Defect(
                    element,
                    _("“%(name)s” refers to “%(id)s”, which is there %(count)s times."),
                    _("Give the element meant that id, and no other."),
                    {"name": name, "id": missing[0], "count": ids[missing[0]]},
                )


@rule("NAME-1", BLOCK, "WCAG 2.5.3")
def name_has_the_words(mail: Mail) -> Iterator[Defect]:
    """A link is called by the words that are seen: who speaks to the machine says those."""
    named = mail.page.having("aria-label") if mail.page else []
    for link in (one for one in named if one.tag == "a" and one.get("href")):
        label = on_one_line(link.get("aria-label") or "").casefold()
        seen = on_one_line(link.text_content()).strip(" .:!?…→»").casefold()
        if label and seen and seen not in label:
            yield Defect(
                link,
                _("A link shows “%(seen)s” and is called “%(label)s”."),
                _("Let aria-label begin with the words that are seen, or take it off."),
                {"seen": seen[:60], "label": label[:60]},
            )


@rule("NAME-2", WARN, "WCAG 4.1.2")
def names_where_they_count(mail: Mail) -> Iterator[Defect]:
    """An aria-label stands only where it is heard: on links, pictures and parts with a role."""
    for element in mail.page.having("aria-label") if mail.page else ():
        if element.tag in _NAMELESS and not element.get("role"):
            yield Defect(
                element,
                _("A name is given to what has no role: most screen readers pass over it."),
                _("Write the words into the text, or give the element its role."),
            )


@rule("LINK-7", WARN, "WCAG 2.4.4")
def not_twice_in_a_row(mail: Mail) -> Iterator[Defect]:
    """Two links to the same place do not follow each other: a picture and its headline are one link."""
    last: tuple[Element, str] | None = None
    for link in mail.page.links if mail.page else ():
        target = (link.get("href") or "").strip()
        if last is not None and last[1] == target and link.getparent() is not None and _follows(last[0], link):
            yield Defect(
                link,
                _("Two links in a row lead to the same place: it is read out twice."),
                _("Put both into one link, or take the picture's link off."),
            )
        last = (link, target)


def _means_something(element: Element) -> bool:
    if element.tag == "img":
        return bool((element.get("alt") or "").strip())
    return element.tag in _MEANS and bool(said(element)) and (element.tag != "a" or element.get("href") is not None)


def _is_within_hidden(element: Element) -> bool:
    return any(is_unheard(around) for around in element.iterancestors())


def _says_words(words: str, element: Element) -> bool:
    if len(words) > FEW_LETTERS and words[:1].isalpha():
        return True
    pictures = "".join(image.get("alt") or "" for image in element.iter("img"))
    return sum(char.isalpha() for char in words + pictures) > FEW_LETTERS


def _follows(before: Element, link: Element) -> bool:
    """Whether nothing is said between two links."""
    if before in link.iterancestors():
        return False
    around = set(before.iterancestors())
    shared = next((one for one in link.iterancestors() if one in around), None)
    if shared is None:
        return False
    begun, between = False, ""
    for element in shared.iter("*"):
        if element is link:
            return not between.strip()
        inside = element is before or before in element.iterancestors()
        if begun and not inside and link not in element.iter("a"):
            between += (element.text or "") + (element.tail or "")
        elif begun and not inside:
            between += element.text or ""
        if inside:
            begun = True
            between += (element.tail or "") if element is before else ""
    return False
