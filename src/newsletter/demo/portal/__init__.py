"""The sample portal "Stadt Musterstadt": a city's press pages in their own words and pictures, traps included.

It is the outside world of the demo and the tests: nothing here knows how releases are collected. `releases/*.toml`
holds the texts, `pictures/` what scripts/draw_sample_pictures.py draws, `pages/` the HTML.
"""

from newsletter.demo.portal.app import PortalState, create_portal
from newsletter.demo.portal.content import Stage

__all__ = ["PortalState", "Stage", "create_portal"]
