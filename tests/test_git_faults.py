"""What a forge can do to a push, against real ``git http-backend`` that misbehaves.

Each row: what happened on the branch, the exit code, and what a person is told.
"""

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from git_place import (
    SUBJECT,
    Place,
    commits,
    files,
    git,
    post,
    posts,
    tip,
    write_and_push,
)
from git_server import GH006, GH013, Asked, GitServer, make_bare, make_tls

from publishers.git import TRIES, _pause
from scraper.cli.exits import (
    CANNOT_WRITE,
    CONFIGURATION,
    LOCKED,
    REFUSED,
    UNAVAILABLE,
    exit_code,
)
from scraper.errors import ScraperError

TOKEN = "canary-5d1e-0b7f"


class Forge(Place):
    """A place whose news repository is behind a server."""

    def __init__(self, root: Path, **how: Any) -> None:
        super().__init__(root)
        self.server = GitServer(root, **how)
        self.news = self.server.repository

    def publisher(self, remote: str = "", **other: Any) -> Any:
        how: dict[str, Any] = {"token": TOKEN, "token_env": "NEWS_TOKEN"}
        return super().publisher(remote or self.server.url, **(how | other))


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[Forge]:
    forge = Forge(tmp_path, token=TOKEN)
    with forge.server:
        yield forge
    assert not forge.server.errors


@pytest.fixture
def begun(forge: Forge) -> Forge:
    """A forge whose repository holds one post, and a mirror that knows it."""
    forge.publisher().publish(posts(1), SUBJECT)
    forge.server.log.clear()
    return forge


def fails(forge: Forge, code: int, *told: str, **how: Any) -> ScraperError:
    """Publish a post that cannot be delivered; hold the branch, the code, the words."""
    before = tip(forge.news)
    with pytest.raises(ScraperError) as caught:
        forge.publisher(**how).publish(posts(2), SUBJECT)
    assert exit_code(caught.value) == code
    for words in told:
        assert words in str(caught.value)
    assert TOKEN not in str(caught.value)
    assert tip(forge.news) == before
    return caught.value


def arrives(forge: Forge, **how: Any) -> None:
    """Publish a post; hold that it comes on top, once, and is reported."""
    before = commits(forge.news)
    receipt = forge.publisher(**how).publish(posts(2), SUBJECT)
    assert receipt.written == ("2",)
    assert receipt.tip == tip(forge.news)
    assert commits(forge.news) == before + 1


# --- access: stop at once, and name the permission ------------------------------------


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (401, "check the access token in NEWS_TOKEN"),
        (403, "NEWS_TOKEN lacks the right to write contents (GitHub: Contents read"),
        (
            404,
            "check the repository's address, and that the access token in NEWS_TOKEN",
        ),
    ],
)
@pytest.mark.parametrize("at", ["hello", "push-hello", "push"])
def test_server_that_refuses_us_is_asked_once(begun, status, told, at):
    """A storm of wrong tokens gets an account locked."""
    begun.server.fail("status", status=status, at=at, times=99)
    fails(begun, REFUSED, told)
    answers = [asked for asked in begun.server.log if asked.status == status]
    asked_with_token = [asked for asked in answers if asked.user]
    assert len(asked_with_token) <= 2
    assert not begun.naps


def test_wrong_token_is_refused_and_named(begun):
    fails(begun, REFUSED, "the access token in NEWS_TOKEN: it is wrong", token="wrong")


def test_server_that_wants_a_token_we_have_not_is_told_so(begun):
    fails(begun, REFUSED, "name its variable in news.token_env", token=None)


def test_token_travels_with_the_user_name_forges_want(begun):
    arrives(begun)
    assert {asked.user for asked in begun.server.log if asked.status != 401} == {
        "x-access-token"
    }


# --- not now: back off, and look again ------------------------------------------------


@pytest.mark.parametrize(
    ("status", "at"),
    [(429, "hello"), (503, "ask"), (500, "push-hello"), (429, "push"), (502, "push")],
)
def test_server_that_is_busy_is_tried_again(begun, status, at):
    begun.server.fail("status", status=status, at=at, times=2)
    arrives(begun)
    assert 1 <= len(begun.naps) <= 2


@pytest.mark.parametrize("status", [429, 503])
def test_server_that_stays_busy_is_given_up_after_eight_tries(begun, status):
    begun.server.fail("status", status=status, at="push", times=99)
    fails(begun, UNAVAILABLE, f"not delivered in {TRIES} tries", str(status))
    assert len(begun.naps) == TRIES - 1 == 7
    begun.server.accept()
    arrives(begun)


def test_pauses_grow_and_are_not_the_same_for_two_runners(monkeypatch):
    """Two runners that lost a race must not meet again at the next one."""
    one, other = ([_pause(n) for n in range(1, TRIES)] for _ in range(2))
    assert one != other
    monkeypatch.setattr("random.uniform", lambda least, most: most)
    assert [_pause(n) for n in range(1, TRIES)] == [0.5, 1, 2, 4, 8, 16, 30]


def test_server_that_does_not_listen_is_tried_again(begun):
    begun.server.down()
    fails(begun, UNAVAILABLE, "is not available", "Failed to connect")
    assert len(begun.naps) == TRIES - 1
    begun.server.up()
    arrives(begun)


@pytest.mark.parametrize("at", ["hello", "push-hello", "push"])
def test_server_that_stands_still_is_left_and_tried_again(begun, at):
    begun.server.fail("stall", at=at)
    arrives(begun, stall_seconds=1)
    assert len(begun.naps) == 1
    assert all("http.lowSpeedTime=1" in argv for argv in begun.calls[-9:])


@pytest.mark.parametrize("what", ["cut request", "cut response", "kill"])
@pytest.mark.parametrize("at", ["hello", "ask", "push-hello", "push"])
def test_exchange_that_breaks_off_is_made_again(begun, what, at):
    if at != "push":
        begun.server.fail(what, at=at, times=1)
        arrives(begun)
        return
    before = commits(begun.news)
    begun.server.fail(what, at=at)
    receipt = begun.publisher().publish(posts(2), SUBJECT)
    assert receipt.written == ("2",)
    assert commits(begun.news) == before + 1


def test_large_push_that_is_cut_in_the_middle_is_made_again(begun):
    """So large that git sends it in chunks: the server has a part when it ends."""
    chance = random.Random(7)
    big = [post(n, chance.randbytes(900_000).hex()) for n in range(20, 24)]
    begun.server.fail("cut request", at="push")
    receipt = begun.publisher().publish(big, SUBJECT)
    assert len(receipt.written) == 4
    assert commits(begun.news) == 2
    pushes = [asked for asked in begun.server.log if asked.kind == "push"]
    user = "x-access-token"
    assert pushes == [Asked("push", 0, user), Asked("push", 200, user)]
    # One command made the place, and one was cut; then either curl sent it again by
    # itself, within that command, or we did, after a pause.
    assert begun.commands().count("push") == 2 + len(begun.naps)


def test_lost_answer_to_a_push_that_landed_is_one_commit(begun):
    """Curl sends it again by itself then, and what comes back is a refusal."""
    begun.calls.clear()
    begun.server.fail("lost response", at="push")
    arrives(begun)
    assert begun.commands().count("push") == 1
    assert not begun.naps


def test_lost_answer_and_a_server_that_then_goes_away_is_found_out_later(begun):
    real = begun.run

    def lossy(argv, **how):
        answer = real(argv, **how)
        if Place.command(argv) == "push":
            begun.server.fail("status", at="hello", times=2)
        return answer

    begun.run = lossy
    begun.calls.clear()
    begun.server.fail("lost response", at="push")
    arrives(begun)
    assert begun.commands().count("push") == 1
    assert begun.naps


# --- somebody was quicker -------------------------------------------------------------


def elsewhere(forge: Forge, path: str, text: str) -> None:
    write_and_push(forge.person(), path, text)


def test_branch_that_moved_between_look_and_push_is_built_upon(begun):
    begun.server.fail("act", at="push", act=lambda: elsewhere(begun, "a.txt", "글\n"))
    receipt = begun.publisher().publish(posts(2), SUBJECT)
    assert receipt.written == ("2",)
    assert files(begun.news) == {"a.txt", post(1).path, post(2).path}
    assert commits(begun.news) == 3
    assert len(begun.naps) == 1


def test_branch_that_never_rests_is_given_up_and_stays_as_others_left_it(begun):
    numbers = iter(range(99))

    def move() -> None:
        elsewhere(begun, "a.txt", f"{next(numbers)}\n")

    begun.server.fail("act", at="push", act=move, times=99)
    with pytest.raises(ScraperError, match="not delivered in 8 tries") as caught:
        begun.publisher().publish(posts(2), SUBJECT)
    assert exit_code(caught.value) == UNAVAILABLE
    assert post(2).path not in files(begun.news)
    assert commits(begun.news) == 1 + TRIES


def test_branch_forced_back_between_look_and_push_is_not_moved_forward(begun):
    first = tip(begun.news)
    begun.publisher().publish(posts(2), SUBJECT)
    back = ("update-ref", "refs/heads/main", first)
    begun.server.fail("act", at="push", act=lambda: git(begun.news, *back))
    receipt = begun.publisher().publish(posts(3), SUBJECT)
    assert receipt.written == ("3",)
    assert files(begun.news) == {post(1).path, post(3).path}


def test_server_without_atomic_pushes_gets_one_without(begun):
    git(begun.news, "config", "receive.advertiseAtomic", "false")
    arrives(begun)


def test_push_is_atomic_and_never_forces(begun):
    arrives(begun)
    push = next(argv for argv in begun.calls[::-1] if Place.command(argv) == "push")
    assert "--atomic" in push
    assert not {"--force", "-f"} & set(push)
    assert not [word for word in push if word.startswith("+")]


# --- rules ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        GH006,
        GH013,
        "GitLab: You are not allowed to push code to protected branches on this "
        "project.\n",
        "house rule: no posts on holidays\n",
    ],
)
def test_branch_that_takes_no_pushes_is_told_with_what_helps(begun, words):
    begun.server.decline(words)
    said = words.splitlines()[0].removeprefix("error: ")
    fails(begun, REFUSED, said, "use pull-request mode (scrape --to pr)")
    assert begun.server.kinds().count("push") == 1
    assert not begun.naps
    begun.server.accept()
    arrives(begun)


# --- too much at once -----------------------------------------------------------------


@pytest.mark.parametrize("limited", ["before git", "by git", "by a hook"])
def test_push_that_is_too_large_is_told_as_that_and_not_repeated(begun, limited):
    """Some 700 KB are a usual day; a proxy before a forge often takes 1 MB at most."""
    if limited == "before git":
        begun.server.fail("status", status=413, at="push", times=99)
    elif limited == "by git":
        git(begun.news, "config", "receive.maxInputSize", "100")
    else:
        begun.server.decline(
            "error: GH001: Large files detected. You may want to try Git LFS.\n"
        )
    fails(begun, REFUSED, "too large for this server", "(--limit)", "maxInputSize")
    assert [asked.kind for asked in begun.server.log].count("push") == 1
    assert not begun.naps
    begun.server.accept()
    git(begun.news, "config", "receive.maxInputSize", "0")
    arrives(begun)


# --- no room --------------------------------------------------------------------------


def test_full_disk_of_the_server_is_waited_for(begun):
    """Its reference is safe; it may have room in a moment."""
    begun.server.full = True
    fails(begun, UNAVAILABLE, "is not available", "File too large")
    assert len(begun.naps) == TRIES - 1
    begun.server.accept()
    arrives(begun)
    git(begun.news, "fsck", "--strict")


def test_full_disk_of_ours_is_a_storage_error(begun):
    """The same limit on our side: fast-import cannot write its pack."""
    real = begun.run

    def full(argv, **how):
        if Place.command(argv) == "fast-import":
            limit = 'trap "" XFSZ; ulimit -f 0; exec "$@"'
            argv = ["sh", "-c", limit, "sh", *argv]
        return real(argv, **how)

    begun.run = full
    fails(begun, CANNOT_WRITE, "cannot write", str(begun.mirror))
    assert not begun.naps
    begun.run = real
    arrives(begun)


# --- the branch is not what it was ----------------------------------------------------


def test_empty_repository_gets_a_first_commit(forge):
    assert forge.publisher().survey().tip == ""
    forge.publisher().publish(posts(1), SUBJECT)
    assert commits(forge.news) == 1


def test_repository_whose_default_branch_was_renamed_is_not_given_a_second(begun):
    """An unrelated history beside the real one would be no help to anybody."""
    git(begun.news, "branch", "-m", "main", "trunk")
    with pytest.raises(ScraperError, match=r"its default is trunk.*news\.branch") as e:
        begun.publisher().publish(posts(2), SUBJECT)
    assert exit_code(e.value) == REFUSED
    assert git(begun.news, "branch", "--format=%(refname:short)") == "trunk"


def test_repository_that_went_away_is_refused(begun):
    begun.news.rename(begun.root / "gone")
    with pytest.raises(ScraperError, match="check the repository's address") as caught:
        begun.publisher().publish(posts(2), SUBJECT)
    assert exit_code(caught.value) == REFUSED


def test_shallow_clone_at_the_other_end_is_no_matter(begun, tmp_path):
    other = Forge(tmp_path / "other", token=TOKEN)
    begun.publisher().publish(posts(2), SUBJECT)
    subprocess.run(["rm", "-rf", other.news], check=True)
    subprocess.run(
        ["git", "clone", "--quiet", "--bare", "--depth=1", begun.news.as_uri(),
         other.news], check=True)  # fmt: skip
    git(other.news, "config", "http.receivepack", "true")
    with other.server:
        assert other.publisher().publish(posts(1, 3), SUBJECT).written == ("3",)
        assert set(other.publisher().survey().paths) == {"1", "2", "3"}


# --- transports -----------------------------------------------------------------------


def test_https_with_an_authority_of_ones_own(tmp_path):
    tls, authority = make_tls(tmp_path / "tls")
    forge = Forge(tmp_path, token=TOKEN, tls=tls)
    with forge.server:
        assert forge.server.url.startswith("https://")
        publisher = forge.publisher(ca_file=authority)
        assert publisher.publish(posts(1, 2), SUBJECT).written == ("1", "2")
        assert set(forge.publisher(ca_file=authority).survey().paths) == {"1", "2"}
        with pytest.raises(ScraperError, match="certificate") as caught:
            forge.publisher().publish(posts(3), SUBJECT)
    assert exit_code(caught.value) == UNAVAILABLE
    assert files(forge.news) == {post(1).path, post(2).path}


SSH = """#!/bin/sh
# Stands in for ssh: takes its options, notes them, and is the other machine itself.
echo "$@" >> "{log}"
while test $# -gt 1; do shift; done
exec sh -c "$1"
"""


@pytest.fixture
def ssh(tmp_path, monkeypatch) -> Path:
    """Put an ``ssh`` of ours on the path; return the file that has its arguments."""
    log, program = tmp_path / "ssh.log", tmp_path / "bin" / "ssh"
    program.parent.mkdir()
    program.write_text(SSH.format(log=log))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    return log


def test_ssh_delivers_and_asks_no_questions(tmp_path, ssh, monkeypatch):
    """Keys and host names are those of the operator's own ssh configuration."""
    make_bare(tmp_path / "news.git")
    place = Place(tmp_path)
    address = f"ssh://git@forge.example.invalid{tmp_path}/news.git"
    monkeypatch.setenv("GIT_SSH_COMMAND", "false")
    publisher = place.publisher(address, token=TOKEN)
    assert publisher.publish(posts(1, 2), SUBJECT).written == ("1", "2")
    assert set(publisher.survey().paths) == {"1", "2"}
    assert tip(tmp_path / "news.git")
    for line in ssh.read_text().splitlines():
        assert "BatchMode=yes" in line
        assert "ConnectTimeout=30" in line
        assert "git@forge.example.invalid" in line
        assert TOKEN not in line


def test_ssh_command_of_the_operator_is_used_as_it_stands(tmp_path, ssh):
    make_bare(tmp_path / "news.git")
    place = Place(tmp_path)
    address = f"forge.example.invalid:{tmp_path}/news.git"
    publisher = place.publisher(address, ssh_command="ssh -i /keys/news -p 2222")
    assert publisher.publish(posts(1), SUBJECT).written == ("1",)
    assert all("-i /keys/news -p 2222" in line for line in ssh.read_text().splitlines())


def test_ssh_that_is_refused_names_the_key(tmp_path, ssh):
    place = Place(tmp_path)
    words = "echo 'git@forge: Permission denied (publickey).' >&2; exit 255"
    (tmp_path / "bin" / "ssh").write_text(f"#!/bin/sh\n{words}\n")
    with pytest.raises(ScraperError, match="check the SSH key") as caught:
        place.publisher("git@forge.example.invalid:news.git").publish(posts(1), SUBJECT)
    assert exit_code(caught.value) == REFUSED
    assert not place.naps


# --- our own machine ------------------------------------------------------------------


def test_two_processes_with_one_mirror_take_turns(begun):
    """One would sweep away what the other is just making."""
    lock = begun.mirror.with_name("mirror.lock")
    holder = subprocess.Popen(
        ["flock", lock, "sh", "-c", "echo held; cat"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert holder.stdout.readline() == b"held\n"

    def wait(seconds: float) -> None:
        begun.naps.append(seconds)
        if len(begun.naps) == 3:
            holder.communicate(b"")

    receipt = begun.publisher(sleep=wait).publish(posts(2), SUBJECT)
    assert receipt.written == ("2",)
    assert len(begun.naps) == 3


def test_process_that_keeps_the_mirror_is_told(begun):
    lock = begun.mirror.with_name("mirror.lock")
    holder = subprocess.Popen(
        ["flock", lock, "sh", "-c", "echo held; cat"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert holder.stdout.readline() == b"held\n"
    try:
        fails(begun, LOCKED, "another process is at work on", str(begun.mirror))
        with pytest.raises(ScraperError, match="another process") as caught:
            begun.publisher().survey()
        assert exit_code(caught.value) == LOCKED
    finally:
        holder.communicate(b"")


def test_key_that_cannot_sign_is_for_the_operator_to_mend(begun):
    fails(begun, CONFIGURATION, "news.signing_key", signing_key=begun.root / "none")
