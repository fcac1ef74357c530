"""A local news repository after we were killed in the middle of a delivery."""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from git_place import (
    SUBJECT,
    Place,
    commits,
    files,
    git,
    hook,
    left_in,
    post,
    posts,
    remove,
    tip,
    trouble,
)

from scraper.errors import PublishError, RefusedError, StorageError

linux = pytest.mark.skipif(
    not Path("/proc/self/cwd").exists(), reason="needs /proc to see who is at work"
)


#: The full number of kills is for `SOAK=1`; every run does a sample of them.
SOAK = bool(os.environ.get("SOAK"))
STEP = 1 if SOAK else 3
KILLS = 60 if SOAK else 4


PUBLISH = """
import sys, time
from pathlib import Path
sys.path[:0] = sys.argv[1].split(":")
from git_place import Place, posts, SUBJECT
try:
    numbers = map(int, sys.argv[3:])
    publisher = Place(Path(sys.argv[2])).publisher(sleep=time.sleep)
    publisher.publish(posts(*numbers), SUBJECT)
except Exception as error:
    print(type(error).__name__, error)
"""
PATHS = f"{Path(__file__).parent}:{Path(__file__).parents[1]}"


class Killed(BaseException):
    """What SIGKILL leaves undone, this leaves undone."""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def kill_at(place: Place, number: int, *, after: bool) -> None:
    """Die at the n-th git command from now, before or after it did its work."""
    real, calls = place.run, iter(range(1, 1000))

    def run(argv, **other):
        at = next(calls)
        if at == number and not after:
            raise Killed
        answer = real(argv, **other)
        if at == number:
            raise Killed
        return answer

    place.run = run  # type: ignore[method-assign]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_any_git_command_the_next_run_needs_no_hand(tmp_path, after):
    """Between any two steps: one commit in all, nothing lost, nothing left behind."""
    for number in range(1 + after, 100, STEP):
        place = Place(tmp_path / str(number))
        real = place.run
        kill_at(place, number, after=after)
        try:
            place.publisher().publish(posts(1, 2), SUBJECT)
            break
        except Killed:
            place.run = real  # type: ignore[method-assign]
        receipt = place.publisher().publish(posts(1, 2), SUBJECT)
        assert {*receipt.written, *receipt.unchanged} == {"1", "2"}, number
        assert receipt.tip == tip(place.news)
        assert commits(place.news) == 1, number
        assert not trouble(place.news), number
        assert left_in(place.mirror.parent) == ["mirror", "mirror.lock"]
        assert left_in(place.root) == ["news", "var"]
    assert number > 12


def kill_push(place: Place, *, before: str = "prepared") -> None:
    """Kill receive-pack when files and index are new and the branch is not yet.

    Its own hook does it, at the one point that nothing outside could hit.
    """
    script = f'if test "$1" = {before}; then kill -9 $PPID; fi'
    kill = hook(place.news, "reference-transaction", script)
    real = place.run

    def run(argv, **other):
        answer = real(argv, **other)
        if Place.command(argv) == "push":
            raise Killed
        return answer

    place.run = run  # type: ignore[method-assign]
    with pytest.raises(Killed):
        place.publisher().publish([post(1, "새 글"), post(2), post(3)], SUBJECT)
    place.run = real  # type: ignore[method-assign]
    kill.unlink()


@pytest.fixture
def interrupted(place):
    """A repository whose files are ahead of its branch, locks and all."""
    place.publisher().publish(posts(1), SUBJECT)
    kill_push(place)
    assert (place.news / post(3).path).exists()
    assert post(3).path not in files(place.news)
    assert git(place.news, "status", "--porcelain")
    assert list((place.news / ".git").glob("**/*.lock"))
    return place


def deliver(place: Place) -> None:
    receipt = place.publisher().publish([post(1, "새 글"), post(2), post(3)], SUBJECT)
    assert receipt.written == ("1", "2", "3")
    assert commits(place.news) == 2
    assert not trouble(place.news)


@linux
def test_files_ahead_of_the_branch_are_put_back_and_delivered(interrupted):
    """Git itself would refuse every later push: "Working directory has staged"."""
    deliver(interrupted)


@linux
def test_next_run_may_bring_other_posts(interrupted):
    """The interrupted batch is put back whole, whatever comes next."""
    receipt = interrupted.publisher().publish(posts(4), SUBJECT)
    assert receipt.written == ("4",)
    assert files(interrupted.news) == {post(1).path, post(4).path}
    assert not (interrupted.news / post(3).path).exists()
    assert not trouble(interrupted.news)


@linux
def test_torn_file_and_empty_index_lock_are_mended(interrupted):
    """Killed while git wrote the files: the index is old, one file is half there."""
    news = interrupted.news
    for lock in (news / ".git").glob("**/*.lock"):
        lock.unlink()
    git(news, "reset", "--quiet")
    (news / post(3).path).unlink()
    whole = (news / post(2).path).read_bytes()
    (news / post(2).path).write_bytes(whole[: len(whole) // 2])
    (news / ".git" / "index.lock").touch()
    deliver(interrupted)


@linux
def test_file_a_person_changed_meanwhile_is_not_put_back(interrupted):
    (interrupted.news / post(2).path).write_text("사람이 쓴 글\n")
    with pytest.raises(RefusedError, match="not committed"):
        interrupted.publisher().publish(posts(2, 3), SUBJECT)
    assert (interrupted.news / post(2).path).read_text() == "사람이 쓴 글\n"


@linux
def test_change_a_person_staged_meanwhile_stays_staged(interrupted):
    news = interrupted.news
    (news / "own.txt").write_text("사람이 쓴 글\n")
    git(news, "add", "own.txt")
    with pytest.raises(RefusedError, match="not committed"):
        interrupted.publisher().publish(posts(2, 3), SUBJECT)
    assert git(news, "status", "--porcelain") == "A  own.txt"


@linux
def test_living_git_is_waited_for_and_its_lock_left_alone(interrupted):
    """A lock may be a person's; git works in the folder of its repository."""
    at_work = subprocess.Popen(
        ["git", "cat-file", "--batch"], cwd=interrupted.news, stdin=subprocess.PIPE
    )
    try:
        with pytest.raises(PublishError, match="another git is at work") as caught:
            interrupted.publisher().publish(posts(2), SUBJECT)
        assert not isinstance(caught.value, RefusedError)
        assert list((interrupted.news / ".git").glob("**/*.lock"))
        assert interrupted.naps
    finally:
        at_work.communicate()
    deliver(interrupted)


@pytest.mark.parametrize("moment", ["pre-receive", "reference-transaction"])
def test_push_that_goes_on_without_us_is_left_to_end(place, moment):
    """Only we were killed: git has yet to begin, or is between the files and the
    branch. It must not be disturbed; the next run waits, and finds its work done.
    """
    place.publisher().publish(posts(1), SUBJECT)
    here, go, once = place.root / "here", place.root / "go", place.root / "once"
    subprocess.run(["mkfifo", here, go], check=True)
    hook(place.news, moment, f"mkdir {once} || exit 0; echo > {here}; cat {go}")
    argv = [sys.executable, "-c", PUBLISH, PATHS, str(place.root), "2", "3"]
    child = subprocess.Popen(argv)
    here.read_text()
    child.kill()
    child.communicate()

    def finish(seconds: float) -> None:
        place.naps.append(seconds)
        if len(place.naps) == 2:
            go.write_text("")
        time.sleep(0.2)

    receipt = place.publisher(sleep=finish).publish(posts(2, 3), SUBJECT)
    assert len(place.naps) >= 2
    assert receipt.unchanged == ("2", "3")
    assert commits(place.news) == 2
    assert not trouble(place.news)


def test_lock_is_named_where_nobody_can_tell_who_is_at_work(interrupted, monkeypatch):
    """Without /proc a stale lock looks like a living one; a person decides."""
    monkeypatch.setattr("publishers.git.local._git_at_work", lambda path: None)
    with pytest.raises(PublishError, match=r"if none is, delete .*\.lock"):
        interrupted.publisher().publish(posts(2), SUBJECT)


@pytest.mark.parametrize("name", ["index.lock", "refs/heads/main.lock"])
def test_lock_that_is_not_of_our_making_is_left_and_named(place, name):
    place.publisher().publish(posts(1), SUBJECT)
    lock = place.news / ".git" / name
    lock.touch()
    with pytest.raises(PublishError, match=r"at work.*delete") as caught:
        place.publisher().publish(posts(2), SUBJECT)
    assert str(lock) in str(caught.value)
    assert lock.exists()
    lock.unlink()
    place.publisher().publish(posts(2), SUBJECT)
    assert not trouble(place.news)


def test_failed_branch_update_leaves_the_files_as_they_were(place):
    """Git updates the files first; a branch that then cannot move leaves them ahead."""
    place.publisher().publish(posts(1), SUBJECT)
    hook(place.news, "reference-transaction", 'test "$1" != prepared')
    with pytest.raises(PublishError):
        place.publisher().publish(posts(2), SUBJECT)
    (place.news / ".git/hooks/reference-transaction").unlink()
    assert not (place.news / post(2).path).exists()
    assert not trouble(place.news)


def test_killed_after_the_branch_moved_is_a_delivery(place):
    place.publisher().publish(posts(1), SUBJECT)
    kill_push(place, before="committed")
    receipt = place.publisher().publish([post(1, "새 글"), post(2), post(3)], SUBJECT)
    assert receipt.unchanged == ("1", "2", "3")
    assert commits(place.news) == 2
    assert not trouble(place.news)


def test_interrupted_first_push_is_mended_too(place):
    """The branch is not born yet: there is no commit to go back to."""
    subprocess.run(["git", "init", "--quiet", "-b", "main", place.news], check=True)
    git(place.news, "config", "receive.denyCurrentBranch", "updateInstead")
    kill_push(place)
    receipt = place.publisher().publish(posts(2), SUBJECT)
    assert receipt.written == ("2",)
    assert files(place.news) == {post(2).path}
    assert not trouble(place.news)


def test_linked_work_tree_can_be_the_target(place):
    main = place.root / "main"
    subprocess.run(["git", "init", "--quiet", "-b", "work", main], check=True)
    git(main, "commit", "--quiet", "--allow-empty", "-m", "first")
    git(main, "config", "receive.denyCurrentBranch", "updateInstead")
    git(main, "worktree", "add", "--quiet", "-b", "main", str(place.news))
    place.publisher().publish(posts(1), SUBJECT)
    assert (place.news / post(1).path).exists()
    assert not git(place.news, "status", "--porcelain")


# --- permissions --------------------------------------------------------------------


@pytest.fixture
def bound():
    """Make permissions bind: they do not for root, so be somebody else for a while."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as root:
        place = Place(Path(root))
        place.publisher().publish(posts(1), SUBJECT)  # loads code while we may read it
        if os.geteuid():
            yield place
            return
        subprocess.run(["chown", "-R", "65534", root], check=True)
        os.setresuid(65534, 65534, 0)
        try:
            yield place
        finally:
            os.setresuid(0, 0, 0)


@pytest.mark.parametrize("where", ["news/.git", "news/.git/objects", "news", "var"])
def test_folder_without_permission_is_a_storage_error(bound, where):
    """A person mends the permission; nothing is half done, and the next run goes on."""
    before = tip(bound.news)
    if where == "var":
        remove(bound.mirror)
    locked = bound.root / where
    if where == "news":
        locked = bound.news / "_posts/2026/11"
    locked.chmod(0o555)
    with pytest.raises(StorageError, match=r"cannot (write|use) /.*") as caught:
        bound.publisher().publish(posts(2, 3), SUBJECT)
    assert str(bound.root) in str(caught.value)
    locked.chmod(0o755)
    assert tip(bound.news) == before
    bound.publisher().publish(posts(2, 3), SUBJECT)
    assert commits(bound.news) == 2
    assert not trouble(bound.news)


def test_repository_we_may_not_look_into_is_a_storage_error(bound):
    bound.root.chmod(0)
    publisher = bound.publisher()
    with pytest.raises(StorageError, match=r"cannot read /.*: Permission denied"):
        publisher.survey()
    bound.root.chmod(0o755)


def test_repository_that_cannot_be_made_is_a_storage_error(tmp_path):
    (tmp_path / "file").touch()
    place = Place(tmp_path)
    with pytest.raises(StorageError, match=r"cannot write .*file/news"):
        place.publisher(str(tmp_path / "file" / "news")).publish(posts(1), SUBJECT)


# --- disk full ----------------------------------------------------------------------

FILL = """
set -e
mount -t tmpfs -o size=3m none "$1"
cd "$1"
"$2" -c "$3" "$4" "$1" 1 2
dd if=/dev/zero of="$1/ballast" bs=1k count=9999 2>/dev/null || true
if test -n "$6"; then truncate -s -"$6" "$1/ballast"; fi
"$2" -c "$3" "$4" "$1" $5
rm "$1/ballast"
"$2" -c "$3" "$4" "$1" $5
git -C "$1/news" status --porcelain
git -C "$1/news" fsck --strict
git -C "$1/news" rev-list --count main
"""


@linux
@pytest.mark.parametrize("left", ["", "20K", "60K", "90K", "120K"])
def test_full_disk_is_told_and_the_next_run_goes_on(tmp_path, left):
    """Wherever the space ends: nothing half done, no hand needed once there is some."""
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode:
        pytest.skip("no mount of our own permitted here")
    numbers = " ".join(str(number) for number in range(3, 43))
    argv = ["unshare", "-rm", "sh", "-c", FILL, "sh", str(tmp_path)]
    argv += [sys.executable, PUBLISH, PATHS, numbers, left]
    done = subprocess.run(argv, capture_output=True, text=True)
    told = done.stdout.splitlines()
    assert told[0].startswith("StorageError cannot write /"), done
    assert told[1:] == ["2"], done


# --- real kills ---------------------------------------------------------------------


def publish_apart(root: Path, *numbers: int) -> str:
    """Publish in a process of its own; return the name and words of its error."""
    done = subprocess.run(
        [sys.executable, "-c", PUBLISH, PATHS, root, *map(str, numbers)],
        capture_output=True,
        text=True,
        env=os.environ | {"HOME": str(root)},
        cwd="/",
    )
    return done.stdout + done.stderr


def descendants(pid: int) -> list[int]:
    """Return a process and all it started, also those in sessions of their own."""
    found, parents = [pid], {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            after_name = (process / "stat").read_text().rpartition(")")[2]
        except OSError:
            continue
        parents.setdefault(int(after_name.split()[1]), []).append(int(process.name))
    for each in found:
        found.extend(parents.get(each, []))
    return found


@linux
def test_real_kills_at_random_times_lose_and_double_nothing(tmp_path):
    """SIGKILL to the whole tree, or to us alone with git going on without us."""
    chance = random.Random(20261123)
    place = Place(tmp_path)
    done = 0
    for kill in range(KILLS):
        numbers = [str(n) for n in range(done, done + 40)]
        argv = [sys.executable, "-c", PUBLISH, PATHS, str(tmp_path), *numbers]
        child = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        time.sleep(0.25 + chance.random() * 0.35)
        targets = descendants(child.pid) if chance.random() < 0.75 else [child.pid]
        for pid in targets:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        child.communicate()
        if chance.random() < 0.5:
            assert publish_apart(tmp_path, *map(int, numbers)) == "", kill
            done += 40
            assert len(files(place.news)) == done
            assert commits(place.news) == done / 40
            assert not trouble(place.news)
    assert publish_apart(tmp_path, *range(done, done + 40)) == ""
    assert commits(place.news) == done / 40 + 1
    assert not trouble(place.news)
