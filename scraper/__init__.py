"""Find press releases, read them, judge them. ``scraper.cli`` is the way in."""

__version__ = "0.1.0"
