"""Find press releases, read them, judge them. ``scraper.cli`` is the way in."""
