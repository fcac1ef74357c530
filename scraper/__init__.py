"""Find press releases, read them, judge them. ``scraper.cli`` is the way in."""

import sys

__version__ = "0.1.0"

# httpx brings a command of its own along and, wherever they are installed, all that
# paints its output: a tenth of the time and two of the megabytes a run starts with.
# It takes what cannot be imported for what is not installed.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
