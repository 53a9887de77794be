"""The pictures of releases: measured by their first bytes, and hosted as scaled copies where settings say so.

What a picture's address answers is as little trusted as a page: fetched by the same fetcher, named by its bytes, and
decoded within bounds. Nothing of a picture but what is seen goes into its copy.
"""
