"""What may stand where in a feed, as tables: RSS 0.9x and 2.0, RSS 1.0 and 1.1, Atom 1.0 and what extends them."""

from __future__ import annotations

from newsletter.publish.rules.grammar.atom import ATOM
from newsletter.publish.rules.grammar.extensions import EXTENSIONS, Extension
from newsletter.publish.rules.grammar.rdf import RDF, RSS11
from newsletter.publish.rules.grammar.rss import RSS
from newsletter.publish.rules.grammar.shape import Grammar, Shape

__all__ = ["ATOM", "EXTENSIONS", "RDF", "RSS", "RSS11", "Extension", "Grammar", "Shape"]
