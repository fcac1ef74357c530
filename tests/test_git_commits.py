"""What becomes one commit, what it says, and who signs it."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from git_place import (
    SUBJECT,
    Place,
    commits,
    git,
    post,
    posts,
    tip,
    trouble,
    write_and_push,
)

from publishers.git.commit import drafts, message
from scraper.errors import ConfigError
from scraper.model import Post


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def of(number: int, day: int, ministry: str) -> Post:
    made = post(number, title=f"글 {number}")
    path = f"_posts/2026/11/2026-11-{day:02}-{number}.md"
    return replace(made, path=path, ministry=ministry)


BATCH = [of(1, 24, "나 부"), of(2, 23, "가 부"), of(3, 23, "나 부"), of(4, 24, "")]


@pytest.mark.parametrize(
    ("grain", "subjects"),
    [
        ("run", ["news: 4 releases (x)"]),
        (
            "day",
            ["news: 2 releases (x), 2026-11-23", "news: 2 releases (x), 2026-11-24"],
        ),
        (
            "ministry",
            [
                "news: 1 release (x), ministry unknown",
                "news: 1 release (x), 가 부",
                "news: 2 releases (x), 나 부",
            ],
        ),
        ("release", ["news: 글 1", "news: 글 2", "news: 글 3", "news: 글 4"]),
    ],
)
def test_grain_decides_what_becomes_one_commit(place, grain, subjects):
    place.publisher().publish(posts(9), SUBJECT)
    publisher = place.publisher(commits=grain)
    receipt = publisher.publish(BATCH, "news: {releases} (x)")
    assert receipt.written == ("1", "2", "3", "4")
    assert receipt.tip == tip(place.news)
    told = git(place.news, "log", "--reverse", "--format=%s").splitlines()
    assert told[1:] == subjects
    assert place.commands().count("push") == 2
    for each in BATCH:
        assert (place.news / each.path).read_text("utf-8") == each.text
    assert not trouble(place.news)
    again = place.publisher(commits=grain).publish(BATCH, "news: {releases} (x)")
    assert (again.written, again.tip) == ((), receipt.tip)


def test_commit_of_a_day_has_that_days_posts_alone(place):
    place.publisher(commits="day").publish(BATCH, SUBJECT)
    newest = git(place.news, "show", "--format=", "--name-only", "main").splitlines()
    assert newest == [BATCH[0].path, BATCH[3].path]


def test_day_that_the_subject_names_is_not_named_twice():
    (draft,) = drafts([BATCH[1]], "news: {releases} (2026-11-23)", grain="day")
    assert draft.message.startswith("news: 1 release (2026-11-23)\n")


def test_same_batch_gives_the_same_commits_whatever_its_order():
    for grain in ("day", "ministry", "release"):
        one = drafts(BATCH, "s", grain=grain)
        other = drafts(BATCH[::-1], "s", grain=grain)
        assert [d.message.splitlines()[0] for d in one] == [
            d.message.splitlines()[0] for d in other
        ]


def test_trailers_name_the_releases_and_the_run(place):
    place.publisher(run_id="20261123-1030\nX: y").publish(posts(1, 2), SUBJECT)
    said = git(place.news, "log", "-1", "--format=%(trailers:only)").splitlines()
    assert said == ["Release-Id: 1", "Release-Id: 2", "Run-Id: 20261123-1030 X: y"]


def test_no_run_no_trailer():
    assert "Run-Id" not in message("news", posts(1))


def test_chain_is_written_anew_on_a_branch_that_moved(place):
    place.publisher().publish(posts(9), SUBJECT)
    clone = place.person()

    def move(command: str) -> None:
        if command == "push":
            place.before = lambda _: None
            write_and_push(clone, "a.txt", "글\n")

    place.before = move
    receipt = place.publisher(commits="release").publish(BATCH, SUBJECT)
    assert receipt.written == ("1", "2", "3", "4")
    assert commits(place.news) == 6
    assert not trouble(place.news)


# --- signing --------------------------------------------------------------------------

needs_ssh_keygen = pytest.mark.skipif(
    not shutil.which("ssh-keygen"), reason="needs ssh-keygen (openssh-client)"
)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "keys" / "news key"
    path.parent.mkdir()
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "bot", "-f", path],
        check=True,
    )
    return path


def verify(place: Place, commit: str, key: Path) -> subprocess.CompletedProcess[str]:
    signers = place.root / "signers"
    public = key.with_name(f"{key.name}.pub").read_text()
    signers.write_text(f"bot@example.invalid {public}")
    allowed = f"gpg.ssh.allowedSignersFile={signers}"
    return subprocess.run(
        ["git", "-C", place.news, "-c", allowed, "verify-commit", commit],
        capture_output=True,
        text=True,
    )


@needs_ssh_keygen
@pytest.mark.parametrize("grain", ["run", "release"])
def test_signed_commits_verify_and_hold_the_same(place, key, grain):
    place.publisher().publish(posts(9), SUBJECT)
    unsigned = tip(place.news)
    publisher = place.publisher(signing_key=key, commits=grain, run_id="r1")
    receipt = publisher.publish(BATCH, SUBJECT)
    assert receipt.tip == tip(place.news)
    chain = git(place.news, "rev-list", f"{unsigned}..main").splitlines()
    assert len(chain) == (4 if grain == "release" else 1)
    for commit in chain:
        done = verify(place, commit, key)
        assert done.returncode == 0, done.stderr
        assert "Good" in done.stderr
    assert verify(place, unsigned, key).returncode != 0
    for each in BATCH:
        assert (place.news / each.path).read_text("utf-8") == each.text
    shown = git(place.news, "log", "-1", "--format=%an|%ae|%cn|%ai|%ci")
    when = "2026-11-23 10:30:00 +0900"
    bot = "보도자료 bot"
    assert shown == f"{bot}|bot@example.invalid|{bot}|{when}|{when}"
    assert git(place.news, "log", "-1", "--format=%(trailers:key=Run-Id)").strip() == (
        "Run-Id: r1"
    )
    assert not trouble(place.news)
    assert publisher.publish(BATCH, SUBJECT).written == ()


@needs_ssh_keygen
def test_first_commit_of_a_repository_can_be_signed(place, key):
    place.publisher(signing_key=key).publish(posts(1), SUBJECT)
    assert verify(place, "main", key).returncode == 0


@needs_ssh_keygen
@pytest.mark.parametrize("wrong", ["absent", "no key", "locked"])
def test_key_that_cannot_be_used_is_a_configuration_error(place, tmp_path, wrong):
    key = tmp_path / "key"
    if wrong == "no key":
        key.write_text("글\n")
        key.chmod(0o600)
    elif wrong == "locked":
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", key], check=True
        )
    place.publisher().publish(posts(1), SUBJECT)
    before = tip(place.news)
    with pytest.raises(ConfigError, match=r"news\.signing_key: cannot sign with .*key"):
        place.publisher(signing_key=key).publish(posts(2), SUBJECT)
    assert tip(place.news) == before
    assert not trouble(place.news)
