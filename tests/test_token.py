"""Where the access token must not be: a canary is pushed with, and looked for.

Every process that git starts on our side is recorded with its arguments and its
environment, by programs put in the place of git's own.
"""

import logging
import os
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from git_place import SUBJECT, WHEN, Place, post, posts
from git_server import GH006, GitServer, make_tls

from publishers.git import GitPublisher
from scraper.errors import ScraperError
from scraper.model import KST
from scraper.state import State

#: With what URLs and base64 write in other ways.
TOKEN = "canary/7f3a+9b==ä 0c"
USER = "x-access-token"

RECORD = """#!/bin/sh
what="{log}/$(date +%s%N)-$$"
cat /proc/$$/environ > "$what.environ"
printf '%s\\0' "$0" "$@" > "$what.argv"
GIT_EXEC_PATH="{folder}" GIT_TRACE="{log}/trace" GIT_TRACE_REDACT=0
export GIT_EXEC_PATH GIT_TRACE GIT_TRACE_REDACT
exec "{real}" "$@"
"""

linux = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="needs /proc to read environments"
)


def forms(token: str) -> set[bytes]:
    """Return how the token may be written: plain, in URLs, in headers."""
    plain = token.encode()
    pairs = [plain, *(f"{user}:{token}".encode() for user in (USER, "oauth2", ""))]
    coded = {quote(token, safe=""), quote(token), quote_plus(token)}
    return {
        plain,
        *(text.encode() for text in coded),
        *(b64encode(pair) for pair in pairs),
        *(b64encode(pair).rstrip(b"=") for pair in pairs),
        *(quote(b64encode(pair).decode(), safe="").encode() for pair in pairs),
    }


@dataclass(frozen=True)
class Recorder:
    """Stands in for git; see the module."""

    folder: Path
    log: Path

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        asked = ["git", "--exec-path"]
        core = Path(subprocess.check_output(asked, text=True).strip())
        for directory in (self.folder, self.log):
            directory.mkdir()
        for program in core.iterdir():
            place = self.folder / program.name
            if program.name == "git" or program.name.startswith("git-remote-http"):
                record = RECORD.format(log=self.log, folder=self.folder, real=program)
                place.write_text(record)
                place.chmod(0o755)
            else:
                place.symlink_to(program)
        monkeypatch.setenv("PATH", str(self.folder), prepend=os.pathsep)

    def programs(self) -> set[str]:
        """Return which commands of git ran."""
        found = set()
        for path in self.log.glob("*.argv"):
            words = path.read_bytes().decode().split("\0")
            name = Path(words[0]).name
            found.add(Place.command(words) if name == "git" else name)
        return found


def where(root: Path, secrets: set[bytes]) -> list[Path]:
    """Return the files below ``root`` that have one of the secrets in them."""
    found = []
    for path in root.rglob("*"):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            if any(
                secret in content or secret in os.fsencode(path) for secret in secrets
            ):
                found.append(path)
    return found


@pytest.fixture
def recorder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder = Recorder(tmp_path / "programs", tmp_path / "record")
    recorder.install(monkeypatch)
    return recorder


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[GitServer, Path]]:
    tls, authority = make_tls(tmp_path / "tls")
    with GitServer(tmp_path / "server", token=TOKEN, tls=tls) as server:
        yield server, authority


@linux
def test_token_is_in_no_process_file_log_or_message(
    tmp_path, server, recorder, monkeypatch, caplog
):
    """With deliveries that go well, that are refused, and that fail."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr("publishers.git.TRIES", 2)
    monkeypatch.setenv("NEWS_TOKEN", TOKEN)
    monkeypatch.setenv("OTHER", f"https://{USER}:{quote(TOKEN, safe='')}@forge/")
    monkeypatch.setenv("GIT_TRACE", str(tmp_path / "trace"))
    monkeypatch.setenv("GIT_TRACE_CURL", str(tmp_path / "trace-curl"))
    monkeypatch.setenv("GIT_TRACE_REDACT", "0")
    forge, authority = server
    publisher = publisher_to(forge, tmp_path, authority)
    said = [repr(publisher)]
    since = publisher.publish(posts(1, 2), SUBJECT).tip
    with State(tmp_path / "var" / "state.db", "git x#main", now=WHEN) as state:
        state.settle([], tip=publisher.survey(since).tip)
    shutil.rmtree(tmp_path / "var" / "mirror")
    receipt = publisher.publish([post(1, "새 글"), *posts(3)], SUBJECT)
    assert receipt.written == ("1", "3")
    forge.decline(GH006)
    said += [str(failure(publisher)), repr(failure(publisher))]
    forge.accept()
    for fault in ("status", "cut response", "lost response"):
        forge.fail(fault, times=30)
        said.append(str(failure(publisher)))
        forge.accept()
    for name in ("NEWS_TOKEN", "OTHER"):
        monkeypatch.delenv(name)
    wrong = publisher_to(forge, tmp_path, authority, token=TOKEN + "x")
    said.append(str(failure(wrong)))
    assert {"push", "fetch", "ls-remote", "fast-import", "git-remote-https"} < (
        recorder.programs()
    )
    assert {"pack-objects", "index-pack"} <= recorder.programs()
    secrets = forms(TOKEN)
    assert where(tmp_path, secrets) == []
    told = "\n".join([*said, caplog.text]).encode()
    assert not [secret for secret in secrets if secret in told]
    assert not (tmp_path / "trace").exists()


def publisher_to(
    forge: GitServer, root: Path, authority: Path, token: str = TOKEN
) -> GitPublisher:
    return GitPublisher(
        forge.url,
        mirror=root / "var" / "mirror",
        author_name="bot",
        author_email="bot@example.invalid",
        token=token,
        token_env="NEWS_TOKEN",
        ca_file=authority,
        now=lambda: datetime(2026, 11, 23, 9, tzinfo=KST),
        sleep=lambda seconds: None,
    )


def failure(publisher: GitPublisher) -> ScraperError:
    with pytest.raises(ScraperError) as caught:
        publisher.publish(posts(9), SUBJECT)
    return caught.value


@linux
def test_the_search_would_find_a_token_in_an_argument_or_environment(
    tmp_path, recorder
):
    """A canary that cannot be found proves nothing."""
    subprocess.run(["git", "-c", f"x.y={TOKEN}", "version"], check=True)
    subprocess.run(["git", "version"], env=os.environ | {"X": TOKEN}, check=True)
    subprocess.run(["git", "check-ref-format", "--branch", TOKEN], check=False)
    header = b64encode(f"{USER}:{TOKEN}".encode()).decode()
    (tmp_path / "config").write_text(f"extraHeader = Basic {header}")
    suffixes = [path.suffix or path.name for path in where(tmp_path, forms(TOKEN))]
    assert {".argv", ".environ", "config", "trace"} <= set(suffixes)
