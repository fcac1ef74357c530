"""Lists that are read page by page, by number."""

from collections.abc import Iterator, Mapping
from typing import Any

from publishers.forges import ForgeDownError
from publishers.forges._answers import next_page
from publishers.forges._client import MOST_PAGES, Client


def numbered_pages(
    client: Client,
    path: str,
    params: Mapping[str, str | int],
    *,
    most: int = MOST_PAGES,
) -> Iterator[Any]:
    """Yield the items of a list; whether more follow, the ``Link`` header tells.

    The address in that header is what the forge thinks it is called, which behind a
    proxy need not be where we reach it: only its being there counts.

    Raises:
        ForgeDownError, RefusedError: as :meth:`Client.send`.
    """
    for page in range(1, most + 1):
        reply = client.send("GET", path, params={**params, "page": page})
        client.require(reply, f"read {path}")
        if not isinstance(reply.json, list):
            raise ForgeDownError(f"{client.host} answers {path} with no list")
        yield from reply.json
        if not next_page(reply):
            return
    raise ForgeDownError(f"{client.host} has more than {most} pages of {path}")
