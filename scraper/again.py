"""What a second look at a release needs: the site, asked only for what changed.

And what of the release was kept before that look, so that both can be compared.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from scraper.archive import Archive
from scraper.charset import decode_text
from scraper.errors import NotKeptError
from scraper.model import Attachment, Download, Entry, Page, Request, Validators
from scraper.originals import (
    ArchivedOriginals,
    Door,
    Originals,
    keep_file,
    keep_page,
)
from scraper.state import Fetched, State


class AttentiveDoor(Door, Protocol):
    """One that can be asked for what is not known already."""

    def changed_page(self, request: Request, known: Validators) -> Page | None:
        """Return an HTML page; ``None`` if it is still the known one."""
        ...

    def changed_file(self, path: str, known: Validators) -> Download | None:
        """Return the bytes of a file; ``None`` if they are still the known ones."""
        ...


class AgainOriginals:
    """From the site, which is asked only for what is not as the archive has it.

    Whatever comes is kept before anybody looks at it, as with :class:`SiteOriginals`.
    """

    def __init__(self, door: AttentiveDoor, archive: Archive, state: State) -> None:
        self._door = door
        self._archive = archive
        self._state = state

    def page(self, entry: Entry) -> Page:
        """Return the release's own page; raises as :class:`SiteOriginals` does."""
        known, body = self._known(entry.path)
        page = self._door.changed_page(Request(entry.path), known)
        if page is None:
            page = self._same_page(entry, body, known)
        keep_page(self._archive, self._state, entry, page, path=entry.path)
        return page

    def second_page(self, entry: Entry) -> None:
        """Return nothing: the first page is all the site has."""

    def file(self, entry: Entry, attachment: Attachment) -> Download:
        """Return the bytes of one attachment; raises as :meth:`page` does."""
        known, body = self._known(attachment.path)
        download = self._door.changed_file(attachment.path, known)
        if download is None:
            kept = self._kept(entry, attachment.path)
            download = Download(kept.url, body, kept.fetched_at, known)
        keep_file(self._archive, self._state, entry, download, attachment.path)
        return download

    def _same_page(self, entry: Entry, body: bytes, known: Validators) -> Page:
        kept = self._kept(entry, entry.path)
        text = decode_text(body, kept.content_type)
        return Page(kept.url, text, body, kept.content_type, kept.fetched_at, known)

    def _known(self, path: str) -> tuple[Validators, bytes]:
        """Return how the version we have is told, and that; nothing if it is gone."""
        digest, known = self._state.validators(path)
        body = self._archive.get(digest) if known else None
        return (Validators(), b"") if body is None else (known, body)

    def _kept(self, entry: Entry, path: str) -> Fetched:
        for kept in self._state.fetched(entry.news_id):
            if kept.path == path:
                return kept
        raise NotKeptError(path, "its version is known, and when it came is not")


class Before(ArchivedOriginals):
    """What the archive has of one release now, whatever is fetched after this."""

    def __init__(self, archive: Archive, state: State, entry: Entry) -> None:
        super().__init__(archive, _Remembered(state.fetched(entry.news_id)))
        self._live = state
        self._entry = entry

    def restore(self) -> None:
        """Have the archive's index as it was: what came since was not taken."""
        now = {
            kept.path: kept.digest for kept in self._live.fetched(self._entry.news_id)
        }
        for kept in self._state.fetched(self._entry.news_id):
            if now.get(kept.path) != kept.digest:
                self._live.keep_fetched(kept)

    def text_digests(self, text_from: str) -> frozenset[str]:
        """Return the digest of the file that the text is from; see :func:`text_of`."""
        return text_of(self._state.fetched(self._entry.news_id), text_from)


def text_of(kept: Iterable[Fetched], text_from: str) -> frozenset[str]:
    """Return the digest of the file with that id; none where a text is from a page."""
    wanted = f"fileId={text_from}"
    return frozenset(
        one.digest
        for one in kept
        if one.kind == "file" and wanted in re.split("[?&]", one.path)
    )


@dataclass(frozen=True, slots=True)
class _Remembered:
    """An index that does not change."""

    rows: Sequence[Fetched]

    def fetched(self, news_id: str) -> Sequence[Fetched]:
        """Return what there was of the release."""
        return [kept for kept in self.rows if kept.news_id == news_id]


class Once:
    """From another place, which is asked for each page and file once."""

    def __init__(self, other: Originals) -> None:
        self._other = other
        self._pages: dict[str, Page] = {}
        self._second: dict[str, Page | None] = {}
        self._files: dict[str, Download] = {}

    def page(self, entry: Entry) -> Page:
        """Return the release's own page; raises as the other place does."""
        if entry.path not in self._pages:
            self._pages[entry.path] = self._other.page(entry)
        return self._pages[entry.path]

    def second_page(self, entry: Entry) -> Page | None:
        """Return the page beside an item; raises as the other place does."""
        if entry.path not in self._second:
            self._second[entry.path] = self._other.second_page(entry)
        return self._second[entry.path]

    def file(self, entry: Entry, attachment: Attachment) -> Download:
        """Return the bytes of one attachment; raises as the other place does."""
        if attachment.path not in self._files:
            self._files[attachment.path] = self._other.file(entry, attachment)
        return self._files[attachment.path]
