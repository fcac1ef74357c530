"""The command ``scrape``: the way in, and exit codes for whatever happens."""

import gc
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from scraper.cli import exits
from scraper.cli.streams import mend_streams, without_reader
from scraper.errors import ConfigError, ScraperError

logger = logging.getLogger(__name__)


def main() -> None:
    """Run the command; every error becomes one line and an exit code."""
    # Most of what is made while modules are loaded stays: looking through it for
    # what can go is a tenth of a run that finds nothing.
    gc.set_threshold(100_000)
    # No plugin of pydantic's has a say in ours; looking for one reads what is known of
    # every package there is.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    mend_streams()
    try:
        _do(sys.argv[1:])
    except ScraperError as error:
        sys.exit(_complain(error))
    except Exception:  # the last resort: a bug must be told as one
        logger.exception("bug: please report these lines")
        sys.exit(exits.BUG)


def _do(arguments: Sequence[str]) -> None:
    """Run once if no more than that is asked, as schedulers do; else read the words.

    Loading what reads them, and making the options, is a sixth of a run that finds
    nothing.
    """
    config = _only_config(arguments)
    if config is None:
        from scraper.cli.commands import needed

        needed(arguments)()
        return
    from scraper.cli.run import Options, run_once

    # As what reads the words would end it.
    try:
        sys.exit(run_once(config, (), Options()))
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
    except BrokenPipeError:
        without_reader()
        sys.exit(1)


def _only_config(arguments: Sequence[str]) -> Path | None:
    """Return the configuration if nothing else is said; ``None``: something is."""
    if "_SCRAPE_COMPLETE" in os.environ:  # a shell asks how words go on
        return None
    match [*arguments]:
        case []:
            return Path("config.yaml")
        case ["--config", name] if name and not name.startswith("-"):
            return Path(name)
    return None


def _complain(error: ScraperError) -> int:
    from scraper.cli.console import complain

    problems = [exits.with_hint(error)]
    if isinstance(error, ConfigError):
        problems = error.problems
    for line in problems:
        complain(line)
    return exits.exit_code(error)
