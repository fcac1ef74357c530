"""``scrape preview``: posts as a reader gets them, on one page that needs nothing else.

What is shown is rendered anew from the archive, as the configuration has it now; the
network is not asked, and nothing is published or remembered.
"""

import os
import webbrowser
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path

import typer
from jinja2 import Environment, StrictUndefined

from publishers.post import Style, render_post, render_stub
from scraper.archive import Archive, write_atomically
from scraper.cli import build, console, exits
from scraper.cli.look import style_of
from scraper.cli.sources import sections_of
from scraper.config import load_config
from scraper.errors import ScraperError, StorageError
from scraper.model import History, License, Post, Release
from scraper.originals import ArchivedOriginals
from scraper.prepare import Left, Ready, Rules, prepare
from scraper.settings import Config
from scraper.state import Row, State

#: Releases shown when none is named: the newest.
MOST = 30

#: Below ``state_dir``, unless the operator names a file.
NAME = "preview.html"


@dataclass(frozen=True, slots=True)
class Shown:
    """One release on the page."""

    news_id: str
    title: str
    ministry: str
    #: ``published``, ``ready``, ``held`` or ``failed``.
    status: str
    #: Why there is no post, "" if there is one.
    reason: str = ""
    #: The post as HTML, none of whose markup is a source's.
    body: str = ""
    #: The file as it is written.
    path: str = ""
    text: str = ""
    warnings: Sequence[str] = field(default_factory=tuple)


def preview(
    path: Path, overrides: Sequence[str], news_ids: Sequence[str], out: str
) -> int:
    """Write the page, and open it unless a file is named; return the exit code.

    Raises:
        ConfigError: the configuration cannot be used.
        StorageError: the page cannot be written.
    """
    console.log_to_stderr()
    config = load_config(path, os.environ, overrides)
    shown = _all_shown(config, news_ids)
    page = render_page(shown, config.post.profile)
    if out == "-":
        print(page)
        return _code(shown)
    file = Path(out) if out else config.state_dir / NAME
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, page.encode(), private=not out)
    except OSError as error:
        raise StorageError(f"cannot write {file}: {error.strerror}") from error
    console.say(f"{len(shown)} releases shown in {file}")
    if not out:
        with suppress(webbrowser.Error):
            webbrowser.open(file.resolve().as_uri())
    return _code(shown)


def render_page(shown: Sequence[Shown], profile: str) -> str:
    """Return the page as HTML; it loads nothing and runs nothing."""
    env = Environment(autoescape=True, undefined=StrictUndefined)
    template = files("scraper.cli").joinpath("preview.html").read_text("utf-8")
    return env.from_string(template).render(shown=shown, profile=profile)


def _code(shown: Sequence[Shown]) -> int:
    failed = any(one.status == "failed" for one in shown)
    return exits.PARTIAL if failed else exits.DONE


def _all_shown(config: Config, news_ids: Sequence[str]) -> list[Shown]:
    with (
        build.unlocked_state(config, build.clock()()) as state,
        build.reader_of(config, dry_run=True) as extract,
    ):
        rows = list(_rows(state, news_ids))
        look = _Look(style_of(config), faithful=not config.use.changes)
        rules = replace(
            build.rules_of(config, extract),
            render=look.render,
            render_stub=look.render_stub,
        )
        return [_shown(config, state, rules, look, row) for row in rows]


def _rows(state: State, news_ids: Sequence[str]) -> Iterator[Row]:
    """Yield the rows that were asked for, else the newest, newest first."""
    if news_ids:
        found = state.find(news_ids)
        if unknown := [news_id for news_id in news_ids if news_id not in found]:
            raise typer.BadParameter(f"nothing is known of {', '.join(unknown)}")
        yield from (found[news_id] for news_id in dict.fromkeys(news_ids))
        return
    rows = [row for row in state.all() if row.page_path]
    rows.sort(key=lambda row: (row.published_at or row.listed_on, row.news_id))
    yield from rows[-MOST:][::-1]


class _Look:
    """Renders a post twice: as its file is, and as HTML to be looked at."""

    def __init__(self, style: Style, *, faithful: bool) -> None:
        self._style = style
        self._faithful = faithful
        #: Markdown of one's own template is shown as the text it is made of.
        profile = "plain" if style.profile == "custom" else style.profile
        self._seen = replace(style, profile=profile, body="html", template="")
        self.body = ""

    def render(self, release: Release, license: License, path: str) -> Post:
        """Return the post, and keep how it looks."""
        faithful = self._faithful
        seen = render_post(release, license, self._seen, path=path, faithful=faithful)
        self.body = _body(seen)
        return render_post(release, license, self._style, path=path, faithful=faithful)

    def render_stub(self, release: Release, path: str) -> Post:
        """Return the stub, and keep how it looks."""
        self.body = _body(render_stub(release, self._seen, path=path))
        return render_stub(release, self._style, path=path)


def _body(post: Post) -> str:
    """Return what stands below the front matter: elements of ours, text escaped."""
    return post.text.split("\n---\n", 1)[1]


def _shown(config: Config, state: State, rules: Rules, look: _Look, row: Row) -> Shown:
    known = Shown(row.news_id, row.title, row.ministry, row.status, row.reason)
    section = sections_of(config).get(row.source)
    if section is None or not row.page_path:
        return replace(known, reason=row.reason or "its page was never fetched here")
    followed = state.followed([row.news_id]).get(row.news_id)
    history = (followed.history if followed else None) or History()
    try:
        outcome = prepare(
            row.entry(),
            ArchivedOriginals(Archive(config.state_dir / "archive"), state),
            section,
            rules,
            now=build.clock()(),
            path=row.post_path,
            history=lambda _: history,
        )
    except ScraperError as error:
        reason = f"cannot be rendered: {error}"
        return replace(known, status="failed", reason=row.reason or reason)
    match outcome:
        case Ready(post=post, facts=facts):
            return replace(
                known,
                title=post.title,
                ministry=post.ministry,
                status="published" if row.status == "published" else "ready",
                reason="" if row.status == "published" else row.reason,
                body=look.body,
                path=post.path,
                text=post.text,
                warnings=tuple(facts.get("warnings", ())),
            )
        case Left(reason=reason):
            return replace(known, reason=reason)
        case held:
            return replace(known, status="held", reason=f"{held.code}: {held.reason}")
