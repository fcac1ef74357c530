"""Measure in one run, print tables, and keep them in ``benchmarks/README.md``.

Seconds are CPU seconds of this machine at this moment; read the ratios. ``--quick``
measures little of everything, to show that it works, and keeps nothing.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks import (
    articles,
    daemon,
    extraction,
    jobs,
    ledger,
    publishing,
    stages,
    whole,
)
from benchmarks.contest import sides
from benchmarks.environment import peer_releases
from tests.replica import make_site

README = Path(__file__).with_name("README.md")
HEAD = """\
# What a run costs

Made by `make bench`, all of it in one run on one machine; contenders take turns, and a
table tells the median of their turns. Absolute numbers are worth little elsewhere;
ratios within a table are. The peers are written as their users write them
(`benchmarks/peers`), with the releases pinned there: {releases}.

Readers of documents beside other libraries: `make bench-documents`, kept in
`documents.md`.

"""

#: Peers the head names; the rest of the lock is what they need.
PEERS = (
    *("Scrapy", "requests", "beautifulsoup4", "lxml", "parsel", "markdownify"),
    *("html2text", "trafilatura", "readability-lxml", "newspaper4k"),
)

Rows = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured."""

    #: Articles of the whole job, those of a day, and how often each contender does it.
    articles: int = 2_000
    per_day: int = 80
    turns: int = 3
    #: Pages of the stages, and how often each contender takes them.
    pages: int = 40
    rounds: int = 5
    #: Articles of the replica whose extraction is judged.
    judged: int = 200
    #: Releases of a run with documents, and posts that a news repository holds.
    releases: int = 300
    held: tuple[int, ...] = jobs.SIZES
    #: Releases a ledger holds, posts a repository holds that is pushed to, and how
    #: often each is measured.
    many: tuple[int, ...] = (100, 100_000)
    pushed_to: tuple[int, ...] = publishing.SIZES
    times: int = publishing.TIMES


QUICK = Sizes(
    articles=24,
    per_day=12,
    turns=1,
    pages=3,
    rounds=1,
    judged=8,
    releases=20,
    held=(30,),
    many=(30,),
    pushed_to=(30,),
    times=1,
)


def main() -> None:
    """Run every measurement."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="little of everything")
    usual = Sizes()
    parser.add_argument("--articles", type=int, default=usual.articles)
    parser.add_argument("--turns", type=int, default=usual.turns)
    chosen = parser.parse_args()
    sizes = replace(usual, articles=chosen.articles, turns=chosen.turns)
    parts = []
    for title, shown in tables(QUICK if chosen.quick else sizes):
        part = f"## {title}\n\n{shown}\n"
        print(part, flush=True)
        parts.append(part)
    if not chosen.quick:
        README.write_text(head() + "\n".join(parts), "utf-8")


def tables(sizes: Sizes) -> Iterator[tuple[str, str]]:
    """Yield the title of each table, and the table in Markdown."""
    for title, rows in measure(sizes):
        yield title, table(rows)
    yield (
        f"{publishing.NEW} new posts by direct push",
        table(publishing.measure(sizes.pushed_to, sizes.times)),
    )
    yield "A ledger that grows", ledger.table(sizes.many, sizes.times)
    yield "A daemon that waits", daemon.table()


def measure(sizes: Sizes) -> Iterator[tuple[str, Rows]]:
    """Yield the title and the rows of each table."""
    yield (
        f"The whole job: articles with a body in HTML, {sizes.per_day} a day",
        whole.measure(sizes.articles, sizes.per_day, sizes.turns),
    )
    yield from _contests(sizes)
    others: tuple[tuple[str, Callable[[], Rows]], ...] = (
        (
            "A run whose releases are documents",
            lambda: jobs.measure_run(sizes.releases),
        ),
        ("A run that finds nothing", lambda: jobs.measure_nothing_new(sizes.held)),
        ("Five new posts into a repository", lambda: jobs.measure_commit(sizes.held)),
        ("Stages of a document", stages.measure),
    )
    for title, rows_of in others:
        yield title, rows_of()


def _contests(sizes: Sizes) -> Iterator[tuple[str, Rows]]:
    odd = make_site(
        seed=5,
        days="2026-11-21..2026-11-24",
        releases=0,
        articles=sizes.judged,
        sections="policy,fact",
        page_weight=articles.PAGE_WEIGHT,
    )
    with articles.written(sizes.pages) as (pages, bodies), sides() as (ours, peers):
        yield "A page", articles.parse(ours, peers, pages, sizes.rounds)
        yield (
            "A body to Markdown",
            articles.convert(ours, peers, bodies, sizes.rounds),
        )
        yield "Bodies that bs4 rebuilt before the walk", articles.rebuilt(odd, pages)
        yield "Extraction", extraction.measure(ours, peers, odd)
        yield "Text where there is none", extraction.measure_false(ours, peers)


def head() -> str:
    """Return what stands above the tables."""
    known = peer_releases()
    return HEAD.format(releases=", ".join(f"{name} {known[name]}" for name in PEERS))


def table(rows: Rows) -> str:
    """Return rows of the same keys as a Markdown table."""
    names = list(rows[0])
    lines = [names, ["---"] * len(names), *([row[n] for n in names] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
