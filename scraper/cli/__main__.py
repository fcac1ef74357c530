"""``python -m scraper.cli``: the command, without an installed script."""

from scraper.cli import main

main()
