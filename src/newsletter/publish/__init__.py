"""Releases become Atom, RSS, JSON Feed and OPML, and the web archive.

The one way in is `archive.publish`. It reads the store through `store.PublishStore` and writes files through
`writer.Writer`; everything between is a function of values. This room does not collect, send or serve.
"""
