"""Our stages, for a contest: ``python -m benchmarks.ours``, see ``peers.loop``."""

from datetime import date, datetime
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from benchmarks.peers.loop import Work, serve, text_of
from scraper.blocks import leaves
from scraper.body import read_body
from scraper.charset import decode_text
from scraper.documents.structure import structure
from scraper.errors import SourceError
from scraper.markdown import to_markdown
from scraper.model import KST, Entry, Page, RawRelease
from scraper.removals import take_out
from scraper.sources.policy_news import POLICY_NEWS
from scraper.sources.press_release import PRESS_RELEASE

HTML = "text/html;charset=UTF-8"
NOW = datetime(2026, 12, 31, tzinfo=KST)


def fetched(file: Path) -> tuple[Page, Entry]:
    """Return a page and what a listing says of it.

    The file's name ends in the id, and has ``press`` in it for a press release.
    """
    section = PRESS_RELEASE if "press" in file.stem else POLICY_NEWS
    news_id = file.stem.rpartition("-")[2]
    path = f"{section.view_path}?newsId={news_id}"
    body = file.read_bytes()
    page = Page(path, decode_text(body, HTML), body, HTML, NOW)
    day = date(2026, 11, 24)
    entry = Entry(
        source=section.name,
        news_id=news_id,
        path=path,
        title="",
        lead="",
        ministry="",
        listed_on=day,
    )
    return page, entry


def fields(given: tuple[Page, Entry]) -> RawRelease:
    """Return all that a page states."""
    section = PRESS_RELEASE if given[1].source == PRESS_RELEASE.name else POLICY_NEWS
    return section.parse_release(*given)


def text(given: tuple[Page, Entry]) -> str:
    """Return the text of an article, a line for each of its lines; "" if it is none."""
    try:
        raw = fields(given)
    except SourceError:
        return ""
    body, _ = take_out(structure(read_body(raw.body_html)))
    return "\n".join(line for block in body for line in leaves(block))


def markdown(body: str) -> str:
    """Return a body as Markdown."""
    return to_markdown(structure(read_body(body)))


WORKS = {
    "Lexbor alone": Work(LexborHTMLParser),
    "ours": Work(fields, fetched),
    "ours, text": Work(text, fetched),
    "ours, Markdown": Work(markdown, text_of),
}

if __name__ == "__main__":
    serve(WORKS)
