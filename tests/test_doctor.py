"""``scrape doctor`` names the right cause of staged faults, one by one."""

import errno
import json
import os
import re
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from scraper.cli import checks, exits
from scraper.cli.findings import CAUSES, Finding, exit_code_of
from scraper.fetch import Fetcher
from scraper.model import Page, Request
from tests.fault_server import FaultServer, answer
from tests.forge_fake import GitHubFake
from tests.git_server import GitServer, make_bare, make_tls
from tests.newsroom import Newsroom
from tests.replica import Fault, replica

Capsys = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch
KEY = "doctor%2Fkey%3D%3D"
TOKEN = "doctor-canary-token"
API = (
    "sources: [press_release, open_api]\nopen_api: {{base_url: '{url}', key_env: K}}\n"
)


@pytest.fixture(autouse=True)
def secrets(monkeypatch: Patch) -> None:
    monkeypatch.setenv("K", KEY)
    monkeypatch.setenv("NEWS_TOKEN", TOKEN)


def examine(newsroom: Newsroom, capsys: Capsys) -> tuple[int, dict[str, str]]:
    """Return the exit code, and the cause by what was looked at."""
    result = newsroom.command("doctor", "--json", capsys=capsys)
    assert TOKEN not in result.out + result.err
    assert KEY not in result.out + result.err
    told = json.loads(result.out)
    assert told["exit_code"] == result.code
    wrong = [one for one in told["findings"] if one["cause"]]
    for one in wrong:
        assert one["english"]
        assert re.search("[가-힣]", one["korean"])
        assert one["evidence"]
        assert "\n" not in one["english"] + one["korean"] + one["evidence"]
    return result.code, {one["what"]: one["cause"] for one in wrong}


@contextmanager
def site(*faults: Fault, **other: Any) -> Iterator[str]:
    days = {"seed": 5, "days": "2026-11-22..2026-11-24", "releases": 4}
    with replica(faults=list(faults), **(days | other)) as server:
        yield server.base_url


# --- the staged faults --------------------------------------------------------------

Stage = Callable[[Path, Patch, ExitStack], Newsroom]


def no_name(folder: Path, patch: Patch, stack: ExitStack) -> Newsroom:
    def unknown(*_: object, **__: object) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    patch.setattr(socket, "getaddrinfo", unknown)
    return Newsroom(folder, "http://no.such.site.invalid")


def no_route(folder: Path, patch: Patch, stack: ExitStack) -> Newsroom:
    def unreachable(*_: object, **__: object) -> socket.socket:
        raise OSError(errno.ENETUNREACH, "Network is unreachable")

    patch.setattr(socket, "create_connection", unreachable)
    return Newsroom(folder, "http://127.0.0.1:9")


def nobody_listens(folder: Path, patch: Patch, stack: ExitStack) -> Newsroom:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    return Newsroom(folder, f"http://127.0.0.1:{port}")


def reset(folder: Path, patch: Patch, stack: ExitStack) -> Newsroom:
    from tests.fault_server import reset

    server = stack.enter_context(FaultServer(robots=reset()))
    return Newsroom(folder, server.url)


def bad_certificate(folder: Path, patch: Patch, stack: ExitStack) -> Newsroom:
    tls, _ = make_tls(folder / "tls")
    server = stack.enter_context(FaultServer(tls=tls))
    return Newsroom(folder, server.url.replace("http:", "https:"))


def robots(folder: Path, patch: Patch, stack: ExitStack) -> Newsroom:
    no = answer(b"User-agent: *\nDisallow: /\n", content_type="text/plain")
    server = stack.enter_context(FaultServer(robots=no))
    return Newsroom(folder, server.url)


def refused(folder: Path, patch: Patch, stack: ExitStack) -> Newsroom:
    url = stack.enter_context(site(Fault(fault="status", status=403, on="list")))
    return Newsroom(folder, url)


def with_fault(name: str, on: str) -> Stage:
    def stage(folder: Path, patch: Patch, stack: ExitStack) -> Newsroom:
        return Newsroom(folder, stack.enter_context(site(Fault(fault=name, on=on))))

    return stage


def lost_from_pages(what: str) -> Stage:
    """Rename an element's class on pages of releases, and leave listings alone."""

    def stage(folder: Path, patch: Patch, stack: ExitStack) -> Newsroom:
        fetch = Fetcher.page

        def page(self: Fetcher, request: Request) -> Page:
            got = fetch(self, request)
            if "newsId" not in request.path:
                return got
            assert what in got.text
            text = got.text.replace(what, "renamed")
            return replace(got, text=text, body=text.encode())

        patch.setattr(Fetcher, "page", page)
        return Newsroom(folder, stack.enter_context(site()))

    return stage


def empty_week(folder: Path, patch: Patch, stack: ExitStack) -> Newsroom:
    url = stack.enter_context(site(days="2026-10-01..2026-10-02"))
    return Newsroom(folder, url)


def api_room(**other: Any) -> Stage:
    def stage(folder: Path, patch: Patch, stack: ExitStack) -> Newsroom:
        settings: dict[str, Any] = {"api_key": KEY, "articles": 3} | other
        patch.setenv("K", settings.pop("given", KEY))
        url = stack.enter_context(site(*settings.pop("faults", ()), **settings))
        return Newsroom(folder, url, API.format(url=url))

    return stage


def no_key(folder: Path, patch: Patch, stack: ExitStack) -> Newsroom:
    url = stack.enter_context(site())
    return Newsroom(folder, url, "sources: [press_release, open_api]\n")


def clock(folder: Path, patch: Patch, stack: ExitStack) -> Newsroom:
    there = format_datetime(datetime.now(UTC) - timedelta(hours=2), usegmt=True)
    yes = answer(
        b"User-agent: *\nAllow: /\n",
        headers=f"Date: {there}",
        content_type="text/plain",
    )
    server = stack.enter_context(FaultServer(robots=yes))
    return Newsroom(folder, server.url)


def full_disk(folder: Path, patch: Patch, stack: ExitStack) -> Newsroom:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    patch.setattr(os, "fsync", full)
    return Newsroom(folder, stack.enter_context(site()))


def no_state_folder(folder: Path, patch: Patch, stack: ExitStack) -> Newsroom:
    newsroom = Newsroom(folder, stack.enter_context(site()))
    newsroom.state.write_text("a file is in the way")
    return newsroom


def damaged_state(folder: Path, patch: Patch, stack: ExitStack) -> Newsroom:
    newsroom = Newsroom(folder, stack.enter_context(site()))
    newsroom.state.mkdir()
    (newsroom.state / "state.db").write_bytes(b"SQLite format 3\0" + b"?" * 4096)
    return newsroom


def git_room(folder: Path, url: str, remote: str) -> Newsroom:
    news = f"news: {{remote: '{remote}', token_env: NEWS_TOKEN}}\n"
    return Newsroom(folder / "room", url, news)


def remote_down(folder: Path, patch: Patch, stack: ExitStack) -> Newsroom:
    with GitServer(folder) as server:
        remote = server.url
    return git_room(folder, stack.enter_context(site()), remote)


def wrong_token(folder: Path, patch: Patch, stack: ExitStack) -> Newsroom:
    server = stack.enter_context(GitServer(folder, token="another"))
    return git_room(folder, stack.enter_context(site()), server.url)


def may_not_push(folder: Path, patch: Patch, stack: ExitStack) -> Newsroom:
    server = stack.enter_context(GitServer(folder, token=TOKEN))
    off = ["git", "-C", str(server.repository), "config", "http.receivepack", "false"]
    subprocess.run(off, check=True)
    return git_room(folder, stack.enter_context(site()), server.url)


def no_repository(folder: Path, patch: Patch, stack: ExitStack) -> Newsroom:
    newsroom = Newsroom(folder, stack.enter_context(site()))
    newsroom.news.mkdir()
    (newsroom.news / "holiday.jpg").write_bytes(b"")
    return newsroom


def forge_refuses(folder: Path, patch: Patch, stack: ExitStack) -> Newsroom:
    make_bare(folder / "hub.git")
    fake = GitHubFake(folder / "hub.git")
    fake.fail("GET", "pulls", status=401)
    return forge_room(folder, patch, stack, fake)


def forge_room(
    folder: Path, patch: Patch, stack: ExitStack, fake: GitHubFake
) -> Newsroom:
    """Return a room whose news is on a forge; git there is another test's matter."""
    patch.setattr(checks, "probe", lambda *_, **__: "0" * 40)
    api_url = stack.enter_context(fake.serve())
    url = stack.enter_context(site())
    news = (
        "news: {to: pr, remote: 'https://127.0.0.1:1/o/news.git',"
        " token_env: NEWS_TOKEN,"
        f" pull_request: {{forge: github, api_url: '{api_url}'}}}}\n"
    )
    return Newsroom(folder / "room", url, news)


FAULTS: dict[str, tuple[Stage, str, str, int]] = {
    "dns": (no_name, "site", "dns", 69),
    "route": (no_route, "site", "route", 69),
    "nobody listens": (nobody_listens, "site", "closed", 69),
    "reset": (reset, "site", "reset", 69),
    "certificate": (bad_certificate, "site", "tls", 69),
    "robots.txt": (robots, "press_release", "robots", 77),
    "403": (refused, "press_release", "refused", 77),
    "block page": (with_fault("challenge", "list"), "press_release", "challenge", 77),
    "maintenance": (
        with_fault("maintenance", "list"),
        *("press_release", "maintenance", 69),
    ),
    "listing changed": (
        with_fault("layout-change", "list"),
        *("press_release", "listing", 3),
    ),
    "files moved": (lost_from_pages("download.do"), "press_release", "page", 3),
    "license lost": (lost_from_pages("kogl_wrap"), "press_release", "page", 3),
    "nothing listed": (empty_week, "press_release", "empty", 3),
    "no key": (no_key, "open_api", "no-key", 78),
    "wrong key": (api_room(given="another"), "open_api", "key", 77),
    "quota": (
        api_room(faults=[Fault(fault="gateway-error", on="api", code="22")]),
        *("open_api", "quota", 69),
    ),
    "clock": (clock, "clock", "clock", 3),
    "disk full": (full_disk, "disk", "full", 73),
    "state folder": (no_state_folder, "disk", "unwritable", 73),
    "damaged state": (damaged_state, "state", "damaged", 3),
    "git server down": (remote_down, "news", "remote-down", 69),
    "wrong token": (wrong_token, "news", "rights", 77),
    "no right to push": (may_not_push, "news", "rights", 77),
    "no repository": (no_repository, "news", "rights", 77),
    "forge refuses": (forge_refuses, "forge", "rights", 77),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_staged_fault_is_named(
    tmp_path: Path, monkeypatch: Patch, capsys: Capsys, name: str
) -> None:
    stage, what, cause, code = FAULTS[name]
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        newsroom = stage(tmp_path, patch, stack)
        found_code, found = examine(newsroom, capsys)
    assert found.get(what) == cause, found
    if name not in ("clock", "robots.txt"):  # those sites have no pages besides
        assert found == {what: cause}, "and nothing else is blamed"
        assert found_code == code
    assert CAUSES[cause].exit_code == code


def test_where_all_is_well_it_says_so(tmp_path: Path, capsys: Capsys) -> None:
    with site(api_key=KEY, articles=3) as url:
        newsroom = Newsroom(tmp_path, url, API.format(url=url))
        result = newsroom.command("doctor", capsys=capsys)
        assert result.code == exits.DONE, result.out
        assert newsroom.scrape("--since", "2026-11-24", capsys=capsys).code == 0
        assert examine(newsroom, capsys) == (exits.DONE, {})
    lines = result.out.splitlines()
    assert all(line.startswith("ok ") for line in lines)
    looked = [line.split()[1] for line in lines]
    assert looked == [
        *("disk:", "state:", "site:", "clock:", "press_release:", "open_api:", "news:"),
    ]


def test_a_person_is_told_in_both_languages(tmp_path: Path, capsys: Capsys) -> None:
    with site(Fault(fault="challenge", on="list")) as url:
        result = Newsroom(tmp_path, url).command("doctor", capsys=capsys)
    told = result.out.split("wrong press_release: ")[1].splitlines()
    assert told[0].startswith("a block page stands before it: a person must look")
    assert told[0].endswith("[challenge]")
    assert told[1].strip().startswith("차단 안내나")
    assert told[2].strip().startswith("seen: challenge or block page")


def test_a_real_full_disk_is_told(tmp_path: Path, capsys: Capsys) -> None:
    """Where this machine lets us mount a tiny one."""
    tiny = tmp_path / "tiny"
    tiny.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(tiny)]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a file system can be mounted only by root, and not everywhere")
    try:
        with site() as url:
            newsroom = Newsroom(tmp_path, url, f"state_dir: '{tiny}/var'\n")
            assert examine(newsroom, capsys) == (exits.CANNOT_WRITE, {"disk": "full"})
    finally:
        subprocess.run(["umount", str(tiny)], check=True)


def test_nothing_is_changed_at_the_news(tmp_path: Path, capsys: Capsys) -> None:
    with site() as url, GitServer(tmp_path, token=TOKEN) as server:
        code, found = examine(git_room(tmp_path, url, server.url), capsys)
        assert (code, found) == (exits.DONE, {})
        refs = subprocess.run(
            ["git", "-C", str(server.repository), "for-each-ref"],
            capture_output=True,
            check=True,
        )
        assert refs.stdout == b""
        assert "push" not in server.kinds()


def test_of_several_causes_the_one_to_mend_first_counts() -> None:
    found = [Finding("site", "dns"), Finding("news", "rights"), Finding("clock")]
    assert exit_code_of(found) == exits.REFUSED
    assert exit_code_of([*found, Finding("open_api", "no-key")]) == 78
    assert exit_code_of([Finding("site")]) == exits.DONE


def test_a_broken_configuration_is_told_as_ever(tmp_path: Path, capsys: Capsys) -> None:
    newsroom = Newsroom(tmp_path, "http://127.0.0.1:1", "nonsense: 1\n")
    result = newsroom.command("doctor", capsys=capsys)
    assert result.code == exits.CONFIGURATION
    assert "nonsense: unknown key" in result.err
