"""``scrape check``: what is wrong with the posts of a folder."""

import json
import os
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from publishers.check import RULES, Finding, Options, Verdict, compare, judge
from publishers.check import report as machine
from scraper import __version__
from scraper.archive import write_atomically
from scraper.cli import build, console, exits, post_files
from scraper.errors import StorageError
from scraper.text import clean

#: Files, and findings, that are listed one by one; ``--json`` has all of them.
MOST_LISTED = 50
#: With fewer posts than this a second process costs more than it saves.
WORTH_PROCESSES = 1500
MOST_PROCESSES = 4


def check_posts(
    folder: Path,
    *,
    as_json: bool,
    sarif: str,
    github: bool,
    profile: str,
    config: Path | None,
) -> int:
    """Judge every post below a folder, tell what is wrong, return the exit code.

    Raises:
        typer.BadParameter: no such folder, or nothing to check in it.
        StorageError: a folder cannot be read, or the SARIF file not written.
        ConfigError: the configuration cannot be used.
    """
    if as_json and github:
        raise typer.BadParameter("--json and --github both want stdout: choose one")
    if sarif == "-" and (as_json or github):
        other = "--json" if as_json else "--github"
        raise typer.BadParameter(f"{other} and --sarif - both want stdout: choose one")
    console.check_writable(sarif)
    options = post_files.options_of(build.clock()(), profile, config)
    files = post_files.find_posts(folder)
    findings = compare(judge_all(folder, files, options))
    code = exits.PARTIAL if any(map(machine.is_defect, findings)) else exits.DONE
    seen_from = post_files.seen_from_here(folder)
    if sarif:
        _write(sarif, machine.as_sarif(findings, seen_from, __version__))
    with post_files.listener_may_leave():
        if as_json:
            print(_text(machine.as_json(len(files), findings, code)))
        elif github or sarif == "-":
            for finding in findings if github else ():
                print(machine.annotation(finding, seen_from))
            console.say(_sum(len(files), findings), out=sys.stderr)
        else:
            _print(len(files), findings)
    return code


def judge_all(folder: Path, files: Sequence[Path], options: Options) -> list[Verdict]:
    """Return the verdict on each file, in their order; many of them side by side."""
    judge_one = partial(_judge, folder, options)
    workers = min(os.cpu_count() or 1, MOST_PROCESSES)
    if len(files) < WORTH_PROCESSES or workers < 2:
        return [judge_one(file) for file in files]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return list(pool.map(judge_one, files, chunksize=100))


def _judge(folder: Path, options: Options, file: Path) -> Verdict:
    name = post_files.name_below(folder, file)
    content, why = post_files.read(file)
    if why:
        return Verdict((Finding(name, 0, 0, "unreadable", why),), None)
    return judge(name, content, options)


def _print(posts: int, findings: Sequence[Finding]) -> None:
    for finding in findings[:MOST_LISTED]:
        place = f":{finding.line}:{finding.column}" if finding.line else ""
        console.say(
            f"{machine.shown(finding.path)}{place}: {finding.level}"
            f" {finding.rule}: {finding.message}"
        )
    if len(findings) > MOST_LISTED:
        more = len(findings) - MOST_LISTED
        console.say(f"… and {more} more findings; --json has all of them")
    out = Console(width=None if sys.stdout.isatty() else 100)
    if findings:
        out.print()
        out.print(_by_file(findings))
        files = len({finding.path for finding in findings})
        if files > MOST_LISTED:
            console.say(f"… and {files - MOST_LISTED} more files")
        out.print()
        out.print(_by_class(findings))
        out.print()
    console.say(_sum(posts, findings))


def _by_file(findings: Sequence[Finding]) -> Table:
    """Return the files that have most defects, the worst first."""
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("file")
    for name in ("errors", "warnings", "mendable"):
        table.add_column(name, justify="right")
    levels = Counter((finding.path, finding.level) for finding in findings)
    mendable = Counter(finding.path for finding in findings if finding.mechanical)
    rows = sorted(
        (-levels[path, "error"], -levels[path, "warning"], path)
        for path in {finding.path for finding in findings}
    )
    for errors, warnings, path in rows[:MOST_LISTED]:
        shown = Text(clean(machine.shown(path)))  # a name is no markup
        table.add_row(shown, str(-errors), str(-warnings), str(mendable[path]))
    return table


def _by_class(findings: Sequence[Finding]) -> Table:
    """Return the classes of defects with what each means."""
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("class")
    table.add_column("level")
    for name in ("found", "files", "mendable"):
        table.add_column(name, justify="right")
    table.add_column("what it is")
    for name, of_it in machine.by_rule(findings).items():
        files = len({finding.path for finding in of_it})
        mendable = sum(finding.mechanical for finding in of_it)
        counts = map(str, (len(of_it), files, mendable))
        table.add_row(name, RULES[name].level, *counts, RULES[name].summary)
    return table


def _sum(posts: int, findings: Sequence[Finding]) -> str:
    defects = [finding for finding in findings if machine.is_defect(finding)]
    if not defects:
        return f"{posts} posts, no defects"
    files = len({finding.path for finding in defects})
    mendable = sum(finding.mechanical for finding in defects)
    hint = f"; scrape repair mends {mendable} of them" if mendable else ""
    return f"{posts} posts, {files} with {len(defects)} defects{hint}"


def _text(values: object) -> str:
    return json.dumps(values, ensure_ascii=False, indent=2)


def _write(file: str, values: object) -> None:
    if file == "-":
        print(_text(values))
        return
    try:
        write_atomically(Path(file).resolve(), _text(values).encode(), private=False)
    except OSError as error:
        raise StorageError(f"cannot write {file}: {error.strerror}") from error
