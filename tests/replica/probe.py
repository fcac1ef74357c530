"""Asks the replica, in tests of the replica: by call, by HTTP, by bare socket."""

import io
import os
import re
import signal
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from urllib.request import Request, urlopen

from lxml import etree
from selectolax.lexbor import LexborHTMLParser

from tests.replica.site import DOWNLOAD, LIST, VIEW, Site

ROOT = Path(__file__).parents[2]
#: The last and fullest day of the world that tests use.
DAY = date(2026, 11, 24)


def listing(
    site: Site, page: int = 1, first: date = DAY, last: date = DAY, **form: str
) -> str:
    """Return a page of a listing, no server between."""
    asked = {"pageIndex": str(page), "startDate": str(first), "endDate": str(last)}
    return site.answer("POST", LIST, asked | form).body.decode()


def view(site: Site, news_id: str) -> str:
    return site.answer("GET", f"{VIEW}?newsId={news_id}", {}).body.decode()


def file(site: Site, file_id: str) -> bytes:
    return site.answer("GET", f"{DOWNLOAD}?fileId={file_id}&tblKey=GMN", {}).body


def rows(html: str) -> list[str]:
    links = LexborHTMLParser(html).css("div.list_type > ul > li > a")
    return [
        re.findall(r"newsId=(\d+)", link.attributes["href"] or "")[0] for link in links
    ]


def total(html: str) -> int:
    node = LexborHTMLParser(html).css_first(".sch_brief .result strong")
    assert node is not None
    return int(node.text().replace(",", ""))


def all_pages(site: Site, first: date, last: date) -> Iterator[str]:
    for page in range(1, 1000):
        html = listing(site, page, first, last)
        if not rows(html):
            assert LexborHTMLParser(html).css_first("div.list_type li.no_data")
            return
        yield html


def every_id(site: Site) -> list[str]:
    return [news_id for day in site.world.days() for news_id in site.ids(day)]


def with_content(site: Site, content: str) -> tuple[str, str]:
    """Return newsId and fileId of some file of that content."""
    for number in range(site.world.releases):
        for found in site.world.release(number).files:
            if found.content == content and found.main:
                return site.world.news_id(number), found.file_id
    raise LookupError(content)


def squeezed(text: str) -> str:
    return "".join(text.split())


def section_of(data: bytes) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return etree.fromstring(package.read("Contents/section0.xml"))


def get(url: str, form: bytes | None = None) -> bytes:
    with urlopen(Request(url, form), timeout=10) as response:
        body: bytes = response.read()
        return body


def dial(site: Site, timeout: float = 10) -> socket.socket:
    host, port = site.base_url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=timeout)


def request(client: socket.socket, target: str, *headers: str, form: str = "") -> None:
    method = "POST" if form else "GET"
    lines = [f"{method} {target} HTTP/1.1", "Host: replica", *headers]
    lines += [f"Content-Length: {len(form)}"] if form else []
    client.sendall(("\r\n".join((*lines, "", "")) + form).encode())


def exchange(
    client: socket.socket, target: str, *headers: str, form: str = ""
) -> tuple[int, dict[str, str], bytes]:
    """Send one request; return status, headers and the whole body, as sent."""
    request(client, target, *headers, form=form)
    data = b""
    while b"\r\n\r\n" not in data:
        data += received(client)
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    fields = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}
    length = int(fields.get("content-length", "-1"))
    while length < 0 or len(body) < length:
        body += received(client)
    return int(first.split()[1]), fields, body


def received(client: socket.socket) -> bytes:
    data = client.recv(1 << 16)
    if not data:
        raise EOFError("closed")
    return data


def until_closed(client: socket.socket) -> bytes:
    data = b""
    while piece := client.recv(1 << 16):
        data += piece
    return data


@contextmanager
def process(*arguments: str, **environ: str) -> Iterator[str]:
    """Start the replica as its own process; yield its address; end it by SIGTERM."""
    command = [sys.executable, "-m", "tests.replica", *arguments]
    server = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | environ, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    try:
        ready = server.stdout.readline()
        yield ready.removeprefix("replica ready ").strip()
    finally:
        server.send_signal(signal.SIGTERM)
        server.stdout.close()
        assert server.wait(10) == 0
