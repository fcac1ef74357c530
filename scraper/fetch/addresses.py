"""Which addresses we may go to: those of the site, and no other, whoever names them."""

import re

import httpx

from scraper.errors import FetchError

#: Redirects that send a form again; the others would make a GET of it.
KEEPS_FORM = {307, 308}


class Addresses:
    """The addresses of a site at ``base_url`` and of further ``hosts``."""

    def __init__(self, base_url: str, hosts: tuple[str, ...]) -> None:
        self._base = httpx.URL(base_url)
        more = (httpx.URL(f"{self._base.scheme}://{host}") for host in hosts)
        self._allowed = {_host_and_port(url) for url in (self._base, *more)}

    def of(self, path: str) -> httpx.URL:
        """Return the address of a path, which a page may have made up.

        Raises:
            FetchError: not a path, or one no address can be made of.
        """
        if not path.startswith("/"):
            raise FetchError(ascii(path)[1:-1], "not a path of the site")
        try:
            return httpx.URL(str(self._base).rstrip("/") + path)
        except httpx.InvalidURL as error:
            raise FetchError(ascii(path)[1:-1], "not a usable address") from error

    def behind(
        self, url: httpx.URL, status: int, location: str, *, with_form: bool
    ) -> httpx.URL:
        """Return where a redirect from ``url`` leads.

        Raises:
            FetchError: no place we may go to, or the form would be lost on the way.
        """
        if with_form and status not in KEEPS_FORM:
            raise FetchError(shown(url), f"redirect ({status}) drops the form")
        try:
            target = url.join(location)
        except httpx.InvalidURL as error:
            raise FetchError(shown(url), "redirect to no usable address") from error
        if target == url:
            raise FetchError(shown(url), "redirect to itself")
        downgrade = url.scheme == "https" and target.scheme == "http"
        if target.scheme not in ("http", "https") or downgrade:
            reason = f"redirect to {target.scheme!r} is not followed"
            raise FetchError(shown(url), reason)
        if target.userinfo or _host_and_port(target) not in self._allowed:
            there = target.netloc.decode("ascii", "replace")[:100]
            reason = f"redirect to another host, {there}, is not followed"
            raise FetchError(shown(url), reason)
        return target.copy_with(fragment=None)


def shown(url: httpx.URL) -> str:
    """Return an address that may be told: without keys and passwords."""
    if url.userinfo:
        url = url.copy_with(userinfo=b"")
    return re.sub(r"(?i)(\bserviceKey=)[^&]*", r"\1...", str(url))


def _host_and_port(url: httpx.URL) -> tuple[str, int | None]:
    """Return what tells one host from another; the usual ports are the same one."""
    return url.host, None if url.port in (80, 443) else url.port
