"""What status, looking back and a run that finds nothing cost, by what is held.

``python -m benchmarks.ledger`` prints both tables; filling a news repository with
100,000 posts takes some minutes.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median

from benchmarks import jobs
from benchmarks.spending import spend
from scraper.cli.status import status_of
from scraper.cli.status_page import status_page
from scraper.coverage import LookBack, days_to_list_again
from scraper.model import KST, Entry
from scraper.settings import Config
from scraper.state import Row, State
from tests.newsroom import Newsroom

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=KST)
PER_DAY = 80
SOURCE = "press_release"
TARGET = "t"


#: A process that loads what any such program needs, and makes one client.
BARE = """
import httpx, protego, pydantic, selectolax.lexbor, typer, yaml
httpx.Client().close()
"""
#: A run as a scheduler starts it, at a time when there is nothing new.
RUN = "from scraper.cli import main\nmain()"


def quiet(sizes: tuple[int, ...] = (100, 100_000), turns: int = 24) -> str:
    """Return a Markdown table: a run that finds nothing, beside a bare process.

    All take turns, and each is the first of a turn as often as the others. What else a
    machine does only ever adds: the least is what a process itself costs.
    """
    with tempfile.TemporaryDirectory() as folder, jobs.replica(60) as address:
        runs: dict[str, list[str]] = {"a bare process": ["-c", BARE]}
        for size in sizes:
            room = Newsroom(Path(folder, str(size)), address)
            jobs.fill(room, size)
            name = f"a run, {size:,} releases held"
            runs[name] = ["-c", RUN, "--config", str(room.config)]
        spent: dict[str, list[float]] = {name: [] for name in runs}
        environ = {"BODOJARYO_NOW": jobs.NOW}
        for turn in range(-2, turns):  # the first ones take what there is
            names = [*runs]
            first = turn % len(names)
            for name in names[first:] + names[:first]:
                used = spend([sys.executable, *runs[name]], jobs.ROOT, environ)
                spent[name] += [used.cpu] * (turn >= 0)
    bare = spent["a bare process"]
    rows = (
        f"| {name} | {median(cpu) * 1_000:.0f} | {median(cpu) / median(bare):.2f} "
        f"| {min(cpu) * 1_000:.0f} | {min(cpu) / min(bare):.2f} |"
        for name, cpu in spent.items()
    )
    head = "| | CPU ms, median | of a bare process | least | of a bare process |"
    return "\n".join((head, "|---|---:|---:|---:|---:|", *rows))


def table(sizes: tuple[int, ...] = (100, 100_000), turns: int = 5) -> str:
    """Return a Markdown table of CPU milliseconds, by the number of releases held."""
    columns = [_measured(size, turns) for size in sizes]
    head = f"| | {' | '.join(f'{size:,} releases' for size in sizes)} |"
    rule = "|---|" + "---:|" * len(sizes)
    rows = (
        f"| {name} | {' | '.join(f'{column[name]:.1f} ms' for column in columns)} |"
        for name in columns[0]
    )
    return "\n".join((head, rule, *rows))


def _measured(size: int, turns: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "state.db")
        with State(file, TARGET, now=NOW) as state:
            _fill(state, size)
        config = Config(state_dir=Path(folder), sources=(SOURCE,))
        with State(file, TARGET, now=NOW) as state:
            status = status_of(config, Path("config.yaml"), state, NOW)
            past = NOW.date() - timedelta(days=2)
            known = state.announced(SOURCE, past, "")
            entries = [_entry(news_id, past) for news_id in known]
            jobs: dict[str, Callable[[], object]] = {
                "`scrape status`": lambda: status_of(
                    config, Path("config.yaml"), state, NOW
                ),
                "the page of it": lambda: status_page(
                    status, state, NOW, "https://www.korea.kr"
                ),
                "which days to list again": lambda: _decide(state),
                "a day that announced nothing new": lambda: state.keep_announced(
                    SOURCE, past, "", entries, whole=True
                ),
            }
            return {name: _cpu(job, turns) for name, job in jobs.items()}


def _cpu(job: Callable[[], object], turns: int) -> float:
    spent = []
    for _ in range(turns):
        before = time.process_time()
        job()
        spent.append(time.process_time() - before)
    return median(spent) * 1_000


def _decide(state: State) -> object:
    window = LookBack(14, 31)
    read = state.days_read(SOURCE, window.first_day(NOW.date()))
    return days_to_list_again(
        {day: one.listed_at for day, one in read.items() if one.whole},
        window,
        now=NOW,
        looked_at=state.looked_at(SOURCE),
        spread=True,
    )


def _fill(state: State, size: int) -> None:
    """Put a state together as years of runs leave it; three in ten are held."""
    days = [NOW.date() - timedelta(days=n + 1) for n in range(-(-size // PER_DAY))]
    for n, day in enumerate(days):
        count = min(PER_DAY, size - n * PER_DAY)
        ids = [str(156_000_000 + n * PER_DAY + k) for k in range(count)]
        entries = [_entry(news_id, day) for news_id in ids]
        state.keep_announced(SOURCE, day, "", entries, whole=True)
        state.keep_day(SOURCE, day, whole=True)
        state.settle(_rows(ids, day))


def _entry(news_id: str, day: date) -> Entry:
    return Entry(SOURCE, news_id, f"/v?newsId={news_id}", "", "", "", day)


def _rows(ids: list[str], day: date) -> Iterator[Row]:
    at = f"{day}T09:00:00+09:00"
    facts = {"license": "KOGL-1", "warnings": ["x" * 400], "text from": "y" * 400}
    for k, news_id in enumerate(ids):
        held = k % 10 < 3
        yield Row(
            news_id,
            SOURCE,
            "held" if held else "published",
            code="license" if held else "",
            reason="license type 4 forbids changes" if held else "",
            page_path=f"/briefing/pressReleaseView.do?newsId={news_id}",
            title="전국 도서관 다섯 곳이 다음 달에 문을 연다",
            ministry=f"가온{k % 40}부",
            listed_on=day.isoformat(),
            published_at=at,
            post_path="" if held else f"_posts/{day:%Y/%m}/{day}-{news_id}.md",
            source_hash="0" * 64,
            first_published_at="" if held else at,
            facts=facts,
        )


if __name__ == "__main__":
    print(quiet(), table(), sep="\n\n")
