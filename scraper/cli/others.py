"""``scrape show``, ``extract``, ``reparse`` and ``prune``."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import typer

from scraper import accounts
from scraper.archive import Archive, write_atomically
from scraper.cli import build, console, exits, target
from scraper.cli.sources import sections_of
from scraper.cli.stop import Stop
from scraper.config import load_config
from scraper.documents import EXTRACTOR_VERSION, cache, sniff
from scraper.documents.gates import doubt
from scraper.documents.worker import Worker
from scraper.errors import DocumentError, StorageError
from scraper.markdown import to_markdown
from scraper.originals import ArchivedOriginals
from scraper.reparse import Reparse, reparse
from scraper.state import Row, State
from scraper.text import clean

#: Files looked at in a folder; a file named on the command line may have any name.
DOCUMENTS = frozenset({".hwpx", ".hwp", ".pdf"})

WHY = {
    "published": "it is in the news repository",
    "held": "it is not published until the reason below is gone",
    "failed": "it failed, and the next run tries again",
}
WHY_EDITED = "its post was edited by hand, and stays as it is"


def show_release(path: Path, overrides: Sequence[str], news_id: str) -> int:
    """Print what is known of one release; return the exit code."""
    config = load_config(path, os.environ, overrides)
    with build.unlocked_state(config, build.clock()()) as state:
        row = state.find([news_id]).get(news_id)
        if row is None:
            raise typer.BadParameter(
                f"nothing is known of {news_id}: no run has seen it announced yet"
            )
        for name, value in _facts(row, state, config.site.base_url):
            if value:
                print(f"{name:<14} {clean(value)}")
    return exits.DONE


def _facts(row: Row, state: State, base_url: str) -> Iterator[tuple[str, str]]:
    yield "id", row.news_id
    yield "title", row.title
    yield "ministry", row.ministry
    why = WHY_EDITED if row.code == "edited" else WHY[row.status]
    yield "status", f"{row.status}: {why}"
    yield "reason", f"{row.code}: {row.reason}" if row.code else row.reason
    yield "looked at again", row.due_at
    yield "failed runs", str(row.failures or "")
    yield "listed on", row.listed_on
    yield "published at", row.published_at
    yield "delivered at", row.first_published_at
    for said in accounts.announced_by(state, row.news_id, row.listed_on):
        yield "announced by", said
    yield "post", row.post_path
    yield "page", base_url + row.page_path if row.page_path else ""
    for name, value in row.facts.items():
        said = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        yield name.replace("_", " "), said
    yield "source hash", row.source_hash
    yield "made by", row.made_by
    for kept in state.fetched(row.news_id):
        yield f"kept {kept.kind}", f"{kept.digest} of {kept.fetched_at.isoformat()}"


def extract_documents(paths: Sequence[Path], out: Path) -> int:
    """Write ``<file name>.md`` for each document; return the exit code.

    Raises:
        StorageError: ``out`` cannot be written.
    """
    files = list(_files(paths))
    if not files:
        raise typer.BadParameter("no documents there: *.hwpx, *.hwp or *.pdf")
    twice = [name for name, n in Counter(f.name for f in files).items() if n > 1]
    if twice:
        raise typer.BadParameter(
            f"more than one {twice[0]}: extract them into folders of their own"
        )
    refused = 0
    try:
        out.mkdir(parents=True, exist_ok=True)
        with Worker() as worker:
            for file in files:
                try:
                    document = worker.extract(file.read_bytes())
                except DocumentError as error:
                    refused += 1
                    console.complain(f"{file}: {error.reason}")
                    continue
                text = to_markdown(document.blocks)
                made = out / f"{file.name}.md"
                write_atomically(made, text.encode(), private=False)
                for warning in filter(None, (doubt(document), *document.warnings)):
                    console.complain(f"{file}: {warning}")
    except OSError as error:
        raise StorageError(f"{error.filename}: {error.strerror}") from error
    console.say(f"{len(files) - refused} of {len(files)} documents written to {out}")
    return exits.PARTIAL if refused else exits.DONE


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            inside = sorted(path.rglob("*"))
            yield from (f for f in inside if f.suffix.lower() in DOCUMENTS)
        elif path.is_file():
            yield path
        else:
            raise typer.BadParameter(f"{path}: no such file or folder")


def reparse_archive(
    path: Path,
    overrides: Sequence[str],
    news_ids: Sequence[str],
    publish: bool,
    json_file: str,
) -> int:
    """Render again what the archive has; return the exit code."""
    console.log_to_stderr()
    console.check_writable(json_file)
    config = load_config(path, os.environ, overrides)
    now = build.clock()
    stop = Stop()
    with (
        build.locked_state(config, now()) as (state, archive),
        build.reader_of(config) as extract,
    ):
        stop.install()
        unknown = set(news_ids) - state.find(news_ids).keys()
        if unknown:
            raise typer.BadParameter(f"nothing is known of {', '.join(unknown)}")
        publisher = target.publisher_of(config, now, stop.sleep)
        report = reparse(
            Reparse(
                sections=sections_of(config),
                originals=ArchivedOriginals(archive, state),
                state=state,
                publisher=publisher,
                standing=target.standing_in(publisher),
                rules=build.rules_of(config, extract),
                now=now,
                made_by=build.made_by(config),
                base_url=config.site.base_url,
                publish=publish,
                only=frozenset(news_ids),
                stopping=stop.asked,
            )
        )
    return console.finish(
        report,
        target.target_shown(config),
        signal=stop.signal,
        dry_run=not publish,
        json_file=json_file,
    )


def _is_old_file(archive: Archive, digest: str, oldest: datetime) -> bool:
    """Tell an attachment that a lost state left behind; pages are kept for ever."""
    if not archive.is_older(digest, oldest):
        return False
    body = archive.get(digest)
    return body is None or sniff(body) not in ("html", "empty", "unknown")


def prune_archive(path: Path, overrides: Sequence[str]) -> int:
    """Delete what the archive need not keep; return the exit code."""
    config = load_config(path, os.environ, overrides)
    now = build.clock()()
    days = config.archive.keep_days
    oldest = now - timedelta(days=days)
    with build.locked_state(config, now) as (state, archive):
        gone, wanted = state.forget_files(oldest)
        orphans = {
            digest
            for digest in archive.digests()
            if digest not in wanted and _is_old_file(archive, digest, oldest)
        }
        freed = sum(archive.drop(digest) for digest in gone | orphans)
        folder = config.state_dir / build.EXTRACTED
        texts, freed_too = cache.prune(folder, EXTRACTOR_VERSION, oldest)
    console.say(
        f"deleted {len(gone | orphans)} attachments older than {days} days and {texts}"
        f" texts read before, {(freed + freed_too) / 1_000_000:.1f} MB freed"
    )
    return exits.DONE
