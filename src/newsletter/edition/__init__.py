"""Releases become an Edition, a Sheet in HTML and text, its Variants, and an accessibility report.

Everything here is a pure function of values: nothing is fetched, stored or sent, and `now` is never asked for.
"""
