"""``scrape --to pr`` from end to end: a site, a git server and a GitHub of our own.

Git is real and speaks HTTP; every request to the API and every answer is held against
GitHub's own description.
"""

import html
import logging
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import forge_fake
import pytest
from forge_fake import GitHubFake
from git_server import GH006, GitServer
from github_description import description
from test_token import Recorder, forms, where

from tests.newsroom import Newsroom, asked_for
from tests.replica import replica
from tests.replica.server import Site

Capsys = pytest.CaptureFixture[str]

FIRST = ("--since", "2026-11-22", "--until", "2026-11-22")
BOTH = ("--since", "2026-11-22", "--until", "2026-11-23")
THIRD = ("--since", "2026-11-24", "--until", "2026-11-24")
BRANCH = "bodojaryo"
CANARY = "ghp/canary+7f3a==&9b"

linux = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="needs /proc to read environments"
)


@dataclass
class Desk:
    """Where releases come from, and where they go."""

    room: Newsroom
    site: Site
    server: GitServer
    fake: GitHubFake

    def pushes(self) -> int:
        return sum(asked.kind == "push" for asked in self.server.log)

    def held(self, branch: str) -> set[str]:
        """Return the ids of the posts on a branch."""
        out = self.fake.git("ls-tree", "-r", "--name-only", branch)
        return {
            Path(name).stem.rpartition("-")[2]
            for name in out.splitlines()
            if name.endswith(".md")
        }


def told_in(body: str) -> dict[str, str]:
    """Return the words on each release that a body tells as skipped, as people see it.

    A line is ``- id title: reason (ministry)``.
    """
    lines = [line for line in body.splitlines() if line.startswith("- ")]
    return {line.split(" ")[1]: html.unescape(line) for line in lines}


@pytest.fixture
def token(request: pytest.FixtureRequest) -> str:
    return getattr(request, "param", forge_fake.TOKEN)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, token: str) -> Iterator[Desk]:
    hub = tmp_path / "hub"
    hub.mkdir()
    (hub / "newsroom").symlink_to(hub)
    monkeypatch.setenv("NEWS_TOKEN", token)
    monkeypatch.setattr("forge_fake.TOKEN", token)
    monkeypatch.setattr("publishers.forges._pace.WRITE_EVERY", 0)
    monkeypatch.setattr("scraper.cli.stop.Stop.sleep", lambda self, seconds: None)
    with (
        replica(seed=3, days="2026-11-22..2026-11-24", releases=40) as site,
        GitServer(hub, token=token) as server,
    ):
        begin(server.repository)
        fake = GitHubFake(server.repository, judge=description().judge)
        with fake.serve() as api_url:
            remote = server.url.replace("/news.git", "/newsroom/news.git")
            settings = (
                f"news: {{to: pr, remote: '{remote}', token_env: NEWS_TOKEN,\n"
                f"  pull_request: {{forge: github, api_url: '{api_url}',"
                " labels: [news]}}\n"
            )
            room = Newsroom(tmp_path / "room", site.base_url, settings)
            yield Desk(room, site, server, fake)
    assert fake.troubles == []
    assert server.errors == []


def begin(repository: Path) -> None:
    """Give the news repository a first commit."""

    def git(*arguments: str) -> str:
        argv = ["git", "-C", str(repository), *arguments]
        return subprocess.check_output(argv, text=True, input="").strip()

    tree = git("hash-object", "-w", "-t", "tree", "--stdin")
    git("update-ref", "refs/heads/main", git("commit-tree", tree, "-m", "first"))


# --- the story ------------------------------------------------------------------------


def test_the_story(desk: Desk, capsys: Capsys) -> None:
    fake, room = desk.fake, desk.room

    # The first run opens a pull request.
    result = room.scrape(*FIRST, capsys=capsys)
    assert result.code == 0
    (pull,) = fake.open_pulls()
    first = set(result.of("published"))
    assert first == desk.held(BRANCH) != set()
    assert desk.held("main") == set()
    assert pull.title.startswith(f"news: {len(first)} release")
    assert pull.labels == ["news"]

    # The second run appends to it, and tells what is held back.
    tip = fake.tip(BRANCH)
    result = room.scrape(*BOTH, capsys=capsys)
    told = told_in(pull.body)
    waiting = result.of("held")
    assert told.keys() == waiting.keys() != set()
    assert all(waiting[i]["reason"] in told[i] for i in waiting)
    second = set(result.of("published"))
    assert second
    assert not second & first
    assert [one.number for one in fake.open_pulls()] == [1]
    assert fake.git("merge-base", tip, BRANCH) == tip
    assert desk.held(BRANCH) == first | second

    # Nothing new: nothing is written.
    writes, pushes, tip = len(fake.writes()), desk.pushes(), fake.tip(BRANCH)
    result = room.scrape(*BOTH, capsys=capsys)
    assert (result.code, result.counts["published"]) == (0, 0)
    assert len(fake.writes()) == writes
    assert (desk.pushes(), fake.tip(BRANCH)) == (pushes, tip)

    # A person closes it: what was in it is told as refused, and not made again.
    fake.close(1)
    desk.site.requests.clear()
    result = room.scrape(*BOTH, capsys=capsys)
    assert result.code == 0
    refused = {i for i, one in result.of("held").items() if one["code"] == "refused"}
    assert refused == first | second
    assert (
        "its pull request was closed (#1)" in result.of("held")[min(refused)]["reason"]
    )
    assert not set(asked_for(desk.site, "detail")) & refused
    assert len(fake.writes()) == writes
    assert desk.pushes() == pushes

    # Opened again, it is known.
    fake.reopen(1)
    result = room.scrape(*BOTH, capsys=capsys)
    assert set(result.of("known")) == first | second
    assert len(fake.writes()) == writes

    # Merged: the next run begins another.
    fake.merge(1, "squash")
    result = room.scrape(*BOTH, capsys=capsys)
    assert set(result.of("known")) == first | second
    assert fake.open_pulls() == []
    result = room.scrape(*THIRD, capsys=capsys)
    third = set(result.of("published"))
    assert third
    (pull,) = fake.open_pulls()
    assert (pull.number, pull.branch) == (2, BRANCH)
    assert desk.held(BRANCH) - desk.held("main") == third
    assert fake.git("rev-parse", f"{BRANCH}^") == fake.tip("main")


# --- bad days -------------------------------------------------------------------------


def test_what_the_forge_did_not_take_is_delivered_without_asking_the_site(
    desk: Desk, capsys: Capsys
) -> None:
    desk.fake.fail("POST", "/pulls$", 503, times=99)
    result = desk.room.scrape(*FIRST, capsys=capsys)
    assert result.code == 69
    assert desk.fake.open_pulls() == []
    waiting = set(result.of("failed"))
    assert waiting == desk.held(BRANCH) != set()

    desk.fake.faults.clear()
    desk.site.requests.clear()
    result = desk.room.command("publish", capsys=capsys)
    assert result.code == 0
    assert desk.site.requests == []
    (pull,) = desk.fake.open_pulls()
    assert desk.held(pull.branch) == waiting
    assert desk.room.scrape(*FIRST, capsys=capsys).of("known").keys() == waiting


def test_a_token_that_may_not_open_pull_requests_is_explained(
    desk: Desk, capsys: Capsys
) -> None:
    """The branch that was pushed stays, and the next run that may goes on with it."""
    desk.fake.may_create = False
    result = desk.room.scrape(*FIRST, capsys=capsys)
    assert result.code == 77
    (line,) = [x for x in result.err.splitlines() if x.startswith("scrape: ")]
    assert "Allow GitHub Actions to create and approve pull requests" in line
    assert f"/newsroom/news/compare/main...{BRANCH}?expand=1" in line
    assert desk.held(BRANCH) == set(result.of("failed")) != set()

    desk.fake.may_create = True
    pushes, tip = desk.pushes(), desk.fake.tip(BRANCH)
    assert desk.room.command("publish", capsys=capsys).code == 0
    assert (desk.pushes(), desk.fake.tip(BRANCH)) == (pushes, tip)
    assert len(desk.fake.open_pulls()) == 1


def test_a_token_that_is_not_accepted_is_named(
    desk: Desk, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWS_TOKEN", "another")
    result = desk.room.scrape(*FIRST, capsys=capsys)
    assert result.code == 77
    (line,) = [x for x in result.err.splitlines() if x.startswith("scrape: ")]
    assert "NEWS_TOKEN" in line
    assert "another" not in result.err + result.out


def test_a_protected_branch_asks_for_pull_requests(desk: Desk, capsys: Capsys) -> None:
    desk.server.decline(GH006)
    result = desk.room.scrape(*FIRST, "--to", "git", capsys=capsys)
    assert result.code == 77
    assert "use pull-request mode (scrape --to pr)" in result.err
    desk.server.accept()
    assert desk.room.scrape(*FIRST, capsys=capsys).code == 0
    assert len(desk.fake.open_pulls()) == 1


def test_a_forge_that_is_named_is_told_the_user_it_wants(
    desk: Desk, capsys: Capsys
) -> None:
    """A GitLab whose host's name does not say so takes a token from ``oauth2`` only."""
    gitlab = ("--set", "news.pull_request.forge=gitlab")
    assert desk.room.scrape(*FIRST, "--to", "git", *gitlab, capsys=capsys).code == 0
    assert {asked.user for asked in desk.server.log if asked.status == 200} == {
        "oauth2"
    }
    desk.server.log.clear()
    desk.room.scrape(*FIRST, "--to", "git", capsys=capsys)
    users = {asked.user for asked in desk.server.log if asked.status == 200}
    assert users == {"x-access-token"}


# --- where the token must not be ------------------------------------------------------


@linux
@pytest.mark.parametrize("token", [CANARY], indirect=True)
def test_token_is_in_no_process_file_log_or_report(
    desk: Desk,
    tmp_path: Path,
    capsys: Capsys,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Over runs that go well, that are refused, and that fail."""
    recorder = Recorder(tmp_path / "programs", tmp_path / "record")
    recorder.install(monkeypatch)
    monkeypatch.setenv("GIT_TRACE", str(tmp_path / "trace"))
    monkeypatch.setenv("GIT_TRACE_REDACT", "0")
    caplog.set_level(logging.DEBUG)
    said = []
    for trouble in (refuse, go_away, echo, none):
        desk.fake.faults.clear()
        desk.server.accept()
        trouble(desk)
        for arguments in (FIRST, BOTH):
            result = desk.room.scrape(*arguments, capsys=capsys)
            said += [result.out, result.err, repr(result.report)]
    assert len(desk.fake.open_pulls()) == 1
    assert {"push", "fetch", "git-remote-http"} <= recorder.programs()
    bearer = {CANARY, quote(CANARY, safe=""), b64encode(CANARY.encode()).decode()}
    secrets = forms(CANARY) | {form.encode() for form in bearer}
    assert where(tmp_path, secrets) == []
    told = "\n".join([*said, caplog.text]).encode()
    assert not [secret for secret in secrets if secret in told]
    assert not (tmp_path / "trace").exists()


def refuse(desk: Desk) -> None:
    desk.server.decline(GH006)


def go_away(desk: Desk) -> None:
    desk.fake.fail("POST", "/pulls$", 0, times=99)


def echo(desk: Desk) -> None:
    """Let the forge send the token back."""
    words = {"message": f"no: {CANARY}, Bearer {CANARY}"}
    desk.fake.fail("POST", "/pulls$", 403, body=words, times=99)


def none(desk: Desk) -> None:
    """Let all go well."""


@linux
@pytest.mark.parametrize("token", [CANARY], indirect=True)
def test_no_process_of_a_run_has_the_token_but_the_run_and_the_network_commands(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command as a process of its own: its arguments, and all its children."""
    recorder = Recorder(tmp_path / "programs", tmp_path / "record")
    recorder.install(monkeypatch)
    process = desk.room.start(*FIRST, "--json", str(tmp_path / "report.json"))
    argv = Path(f"/proc/{process.pid}/cmdline").read_bytes()
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert len(desk.fake.open_pulls()) == 1
    assert recorder.programs()
    secrets = forms(CANARY)
    assert where(tmp_path, secrets) == []
    told = argv + (out + err).encode()
    assert not [secret for secret in secrets if secret in told]
