"""A release's page and files: from the site, kept in the archive; or from there alone.

All classes have the same two methods, so that ``reparse`` is the run without the
network.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from scraper.archive import Archive
from scraper.charset import decode_text
from scraper.errors import NotKeptError
from scraper.model import Attachment, Download, Entry, Page, Request, Validators
from scraper.state import Fetched, State

#: What was fetched further apart was not fetched by one run.
ONE_RUN = timedelta(days=1)


class Door(Protocol):
    """What we need of :class:`scraper.fetch.Fetcher`."""

    def page(self, request: Request) -> Page:
        """Return an HTML page."""
        ...

    def file(self, path: str) -> Download:
        """Return the bytes of a file."""
        ...


class Originals(Protocol):
    """Where a release's page and files are had from."""

    def page(self, entry: Entry) -> Page:
        """Return the release's own page, or its item of the Open API."""
        ...

    def second_page(self, entry: Entry) -> Page | None:
        """Return the page beside that item; ``None`` unless both are to be held."""
        ...

    def file(self, entry: Entry, attachment: Attachment) -> Download:
        """Return the bytes of one attachment."""
        ...


class SiteOriginals:
    """From the site; whatever comes is kept before anybody looks at it."""

    def __init__(self, door: Door, archive: Archive, state: State) -> None:
        self._door = door
        self._archive = archive
        self._state = state

    def page(self, entry: Entry) -> Page:
        """Return the release's own page.

        Raises:
            FetchError: no usable answer.
            MissingError: the site says that there is none.
        """
        page = self._door.page(Request(entry.path))
        keep_page(self._archive, self._state, entry, page, path=entry.path)
        return page

    def second_page(self, entry: Entry) -> None:
        """Return nothing: the first page is all the site has."""

    def file(self, entry: Entry, attachment: Attachment) -> Download:
        """Return the bytes of one attachment; raises as :meth:`page` does."""
        download = self._door.file(attachment.path)
        keep_file(self._archive, self._state, entry, download, attachment.path)
        return download


def keep_page(
    archive: Archive, state: State, entry: Entry, page: Page, *, path: str
) -> None:
    """Put a page into the archive, under the ``path`` it was asked by."""
    digest = archive.put(page.body, page.packed)
    state.keep_fetched(
        Fetched(
            path=path,
            news_id=entry.news_id,
            kind="page",
            digest=digest,
            url=page.url,
            content_type=page.content_type,
            fetched_at=page.fetched_at,
        )
    )
    _keep_validators(state, path, digest, page.validators)


def keep_file(
    archive: Archive, state: State, entry: Entry, download: Download, path: str
) -> None:
    """Put a file into the archive, under the ``path`` it was asked by."""
    digest = archive.put(download.body)
    state.keep_fetched(
        Fetched(
            path=path,
            news_id=entry.news_id,
            kind="file",
            digest=digest,
            url=download.url,
            content_type="",
            fetched_at=download.fetched_at,
        )
    )
    _keep_validators(state, path, digest, download.validators)


def _keep_validators(state: State, path: str, digest: str, stated: Validators) -> None:
    """Remember how a version is told; most servers never say."""
    known = state.validators(path)
    if (digest, stated) != known and (stated or known[0]):
        state.keep_validators(path, digest, stated)


class LooseOriginals:
    """From the site, kept nowhere: for a dry run."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def page(self, entry: Entry) -> Page:
        """Return the release's own page; raises as the door does."""
        return self._door.page(Request(entry.path))

    def second_page(self, entry: Entry) -> None:
        """Return nothing: the first page is all the site has."""

    def file(self, entry: Entry, attachment: Attachment) -> Download:
        """Return the bytes of one attachment; raises as the door does."""
        del entry
        return self._door.file(attachment.path)


class Index(Protocol):
    """Where the archive has what belongs to a release."""

    def fetched(self, news_id: str) -> Sequence[Fetched]:
        """Return what there is, pages first."""
        ...


class ArchivedOriginals:
    """From the archive alone."""

    def __init__(self, archive: Archive, state: Index) -> None:
        self._archive = archive
        self._state = state

    def page(self, entry: Entry) -> Page:
        """Return the page as it was last fetched.

        Raises:
            NotKeptError: the archive does not have it.
        """
        item = self._item(entry)
        return self._page(entry, item.path if item else entry.path)

    def second_page(self, entry: Entry) -> Page | None:
        """Return the page that was fetched beside the item, if one was."""
        item = self._item(entry)
        paths = {kept.path for kept in self._state.fetched(entry.news_id)}
        both = item is not None and entry.path in paths
        return self._page(entry, entry.path) if both else None

    def file(self, entry: Entry, attachment: Attachment) -> Download:
        """Return a file as it was last fetched; raises as :meth:`page` does."""
        kept, body = self._find(entry, attachment.path)
        return Download(kept.url, body, kept.fetched_at)

    def _item(self, entry: Entry) -> Fetched | None:
        """Return the item of the Open API, unless the page was fetched much later."""
        pages = {kept.path: kept for kept in self._state.fetched(entry.news_id)}
        page = pages.get(entry.path)
        from scraper.sources.open_api_item import ITEM

        items = [kept for kept in pages.values() if kept.content_type == ITEM]
        item = max(items, key=lambda kept: kept.fetched_at, default=None)
        if item and page and page.fetched_at - item.fetched_at > ONE_RUN:
            return None
        return item

    def _page(self, entry: Entry, path: str) -> Page:
        kept, body = self._find(entry, path)
        text = decode_text(body, kept.content_type)
        return Page(kept.url, text, body, kept.content_type, kept.fetched_at)

    def _find(self, entry: Entry, path: str) -> tuple[Fetched, bytes]:
        for kept in self._state.fetched(entry.news_id):
            if kept.path == path:
                body = self._archive.get(kept.digest)
                if body is not None:
                    return kept, body
        raise NotKeptError(path, "not in the archive (any more)")


class KeptFirst:
    """From the archive, and only what that does not have from somewhere else."""

    def __init__(self, kept: Originals, other: Originals) -> None:
        self._kept = kept
        self._other = other

    def page(self, entry: Entry) -> Page:
        """Return the release's own page; raises as the other place does."""
        try:
            return self._kept.page(entry)
        except NotKeptError:
            return self._other.page(entry)

    def second_page(self, entry: Entry) -> Page | None:
        """Return the page beside an item, from where the first page is had."""
        try:
            self._kept.page(entry)
        except NotKeptError:
            return self._other.second_page(entry)
        return self._kept.second_page(entry)

    def file(self, entry: Entry, attachment: Attachment) -> Download:
        """Return the bytes of one attachment; raises as the other place does."""
        try:
            return self._kept.file(entry, attachment)
        except NotKeptError:
            return self._other.file(entry, attachment)
