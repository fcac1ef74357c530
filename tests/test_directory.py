"""Posts to a folder: whole files or none, and nothing outside it."""

import errno
import os
from datetime import datetime
from pathlib import Path

import pytest

from publishers.directory import DirectoryPublisher
from publishers.paths import EDITED
from publishers.seal import seal
from scraper.errors import StorageError
from scraper.model import KST, Post

WHEN = datetime(2026, 11, 23, 9, 30, tzinfo=KST)


def post(number: int, body: str = "본문", folder: str = "_posts/2026/11") -> Post:
    text = f'---\ntitle: "글 {number}"\n---\n\n{body} {number}\n'
    path = f"{folder}/2026-11-23-{number}.md"
    return Post(str(number), path, seal(text, str(number), 1, WHEN), f"글 {number}")


def posts(*numbers: int) -> list[Post]:
    return [post(number) for number in numbers]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "news"


def publish(root: Path, *some: Post):
    return DirectoryPublisher(root).publish(some, "news: posts")


def names(root: Path) -> list[str]:
    return sorted(str(p.relative_to(root)) for p in root.rglob("*") if p.is_file())


# --- delivering ---------------------------------------------------------------------


def test_posts_are_written_to_the_byte(root):
    receipt = publish(root, *posts(1, 2))
    assert receipt.written == ("1", "2")
    assert names(root) == [post(1).path, post(2).path]
    for each in posts(1, 2):
        assert (root / each.path).read_bytes() == each.text.encode()


def test_same_posts_again_touch_nothing(root):
    first = publish(root, *posts(1, 2))
    before = (root / post(1).path).stat()
    again = publish(root, *posts(1, 2))
    after = (root / post(1).path).stat()
    assert again.unchanged == ("1", "2")
    assert again.tip == first.tip
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_post_of_ours_is_replaced_by_a_new_file(root):
    """A reader that has the old file open goes on reading the old file."""
    publish(root, post(1))
    with (root / post(1).path).open("rb") as reader:
        assert publish(root, post(1, "고친 글")).written == ("1",)
        assert reader.read() == post(1).text.encode()
    assert "고친 글" in (root / post(1).path).read_text("utf-8")


def test_permissions_follow_the_users_own(root):
    old = os.umask(0o027)
    try:
        publish(root, post(1))
    finally:
        os.umask(old)
    assert (root / post(1).path).stat().st_mode & 0o777 == 0o640


def test_receipt_has_each_post_once_and_in_order(root):
    publish(root, *posts(1, 2, 3))
    (root / post(2).path).write_text("사람이 고친 글\n")
    batch = [post(4), post(3), post(2, "새 글"), post(1, "새 글")]
    receipt = publish(root, *batch)
    assert receipt.written == ("4", "1")
    assert receipt.unchanged == ("3",)
    assert receipt.refused == {"2": EDITED}


# --- people -------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "사람이 쓴 글\n", post(1).text + "\n"])
def test_edit_by_hand_is_kept(root, text):
    publish(root, post(1))
    (root / post(1).path).write_text(text, "utf-8")
    assert publish(root, post(1, "새 글")).refused == {"1": EDITED}
    assert (root / post(1).path).read_text("utf-8") == text


def test_file_that_is_no_text_counts_as_edited(root):
    publish(root, post(1))
    (root / post(1).path).write_bytes(b"---\n\xff\xfe\n---\n")
    assert publish(root, post(1)).refused == {"1": EDITED}


def test_seal_of_another_release_does_not_count(root):
    publish(root, *posts(1, 2))
    (root / post(1).path).write_text(post(2).text, "utf-8")
    assert publish(root, post(1)).refused == {"1": EDITED}


def test_release_that_stands_elsewhere_is_not_written_twice(root):
    publish(root, post(1))
    receipt = publish(root, post(1, "새 글", folder="_posts"))
    assert receipt.refused == {"1": f"the release stands at {post(1).path} already"}
    assert names(root) == [post(1).path]


def test_release_twice_in_a_batch_is_our_own_mistake(root):
    with pytest.raises(ValueError, match="twice in one batch: 1"):
        publish(root, post(1), post(1, "또"))
    assert not root.exists()


# --- nothing outside ----------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "../2026-11-23-1.md",
        "_posts/../../2026-11-23-1.md",
        "_posts/./2026-11-23-1.md",
        "/tmp/_posts/2026-11-23-1.md",
        "_posts/.git/2026-11-23-1.md",
        "_posts/NUL/2026-11-23-1.md",
        "_posts\\2026-11-23-1.md",
        "posts/2026-11-23-1.md",
    ],
)
def test_unsafe_path_is_refused_alone(root, path):
    receipt = publish(root, Post("1", path, post(1).text, "글"), post(2))
    assert "unsafe path" in receipt.refused["1"]
    assert names(root.parent) == [f"news/{post(2).path}"]


@pytest.mark.parametrize("link", ["_posts", "_posts/2026", "_posts/2026/11"])
def test_folder_that_is_a_link_is_never_followed(root, tmp_path, link):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "2026-11-23-9.md").write_text("남의 글")
    (root / link).parent.mkdir(parents=True)
    (root / link).symlink_to(outside)
    assert publish(root, post(1)).refused == {"1": f"{link} is not a folder"}
    assert names(outside) == ["2026-11-23-9.md"]
    assert DirectoryPublisher(root).survey().paths == {}


def test_post_that_is_a_link_is_never_followed(root, tmp_path):
    outside = tmp_path / "outside.md"
    outside.write_text(post(1).text, "utf-8")
    (root / post(1).path).parent.mkdir(parents=True)
    (root / post(1).path).symlink_to(outside)
    receipt = publish(root, post(1, "새 글"))
    assert receipt.refused == {"1": f"{post(1).path} is not a file"}
    assert outside.read_text("utf-8") == post(1).text


def test_temporary_that_is_a_link_is_never_followed(root, tmp_path):
    outside = tmp_path / "outside.md"
    outside.write_text("남의 글")
    path = root / post(1).path
    path.parent.mkdir(parents=True)
    path.with_name(f".{path.name}.tmp").symlink_to(outside)
    assert publish(root, post(1)).written == ("1",)
    assert outside.read_text() == "남의 글"


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_what_is_no_file_is_refused(root, kind):
    path = root / post(1).path
    path.parent.mkdir(parents=True)
    path.mkdir() if kind == "folder" else os.mkfifo(path)
    assert publish(root, post(1)).refused == {"1": f"{post(1).path} is not a file"}


def test_file_in_the_place_of_a_folder_is_refused(root):
    root.mkdir()
    (root / "_posts").write_text("글\n")
    assert publish(root, post(1)).refused == {"1": "_posts is not a folder"}


def test_root_itself_may_be_a_link(root, tmp_path):
    (tmp_path / "real").mkdir()
    root.symlink_to(tmp_path / "real")
    assert publish(root, post(1)).written == ("1",)


# --- survey -------------------------------------------------------------------------


def test_survey_finds_posts_flat_and_in_folders(root):
    publish(root, post(1), post(2, folder="_posts"))
    (root / "_posts/2026-11-23-hello.md").write_text("글\n")
    (root / "2026-11-23-3.md").write_text("글\n")
    survey = DirectoryPublisher(root).survey()
    assert survey.complete
    assert survey.paths == {"1": post(1).path, "2": "_posts/2026-11-23-2.md"}


def test_survey_of_nothing_is_complete_and_creates_nothing(root):
    survey = DirectoryPublisher(root).survey("7-abc")
    assert (survey.tip, survey.paths, survey.complete) == ("", {}, True)
    assert not root.exists()


def test_survey_since_the_last_receipt_has_nothing_new(root):
    publisher = DirectoryPublisher(root)
    publisher.publish(posts(1, 2), "news")
    receipt = publisher.publish([post(2, "새 글"), post(3)], "news")
    survey = DirectoryPublisher(root).survey(receipt.tip)
    assert (survey.complete, survey.paths, survey.tip) == (False, {}, receipt.tip)


@pytest.mark.parametrize("change", ["came", "went"])
def test_survey_is_complete_when_anything_changed(root, change):
    receipt = publish(root, *posts(1, 2))
    if change == "came":
        publish(root, post(3))
    else:
        (root / post(2).path).unlink()
    survey = DirectoryPublisher(root).survey(receipt.tip)
    assert survey.complete
    assert set(survey.paths) == ({"1", "2", "3"} if change == "came" else {"1"})


# --- what goes wrong ----------------------------------------------------------------


class Failing:
    """Lets an os function fail at its n-th call from now."""

    def __init__(self, monkeypatch, name: str, at: int, error: int) -> None:
        self._real = getattr(os, name)
        self._left = at
        self._error = error
        monkeypatch.setattr(os, name, self)

    def __call__(self, *args, **named):
        self._left -= 1
        if self._left == 0:
            raise OSError(self._error, os.strerror(self._error), "x")
        return self._real(*args, **named)


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
@pytest.mark.parametrize(
    ("name", "at"),
    [
        *(("write", 1), ("write", 2), ("write", 3)),
        *(("fsync", 1), ("fsync", 3)),
        *(("open", 1), ("open", 2), ("open", 5), ("open", 8)),
        *(("mkdir", 2), ("mkdir", 3)),
    ],
)
def test_nothing_is_half_done_when_the_disk_fails(root, monkeypatch, name, at, error):
    """At whichever call it strikes: told with the path, and the next run goes on."""
    publish(root, post(1, folder="_posts"))
    publisher = DirectoryPublisher(root)
    told = rf"cannot (write|read) /.*news.*{os.strerror(error)}"
    with monkeypatch.context() as patched:
        Failing(patched, name, at, error)
        with pytest.raises(StorageError, match=told):
            publisher.publish(posts(2, 3, 4), "news")
    assert names(root) == ["_posts/2026-11-23-1.md"]
    assert not (root / "_posts/2026").exists()
    assert publish(root, *posts(2, 3, 4)).written == ("2", "3", "4")
    assert len(names(root)) == 4


def test_failed_rename_leaves_whole_posts_and_no_temporaries(root, monkeypatch):
    with monkeypatch.context() as patched:
        Failing(patched, "rename", 2, errno.EIO)
        with pytest.raises(StorageError):
            publish(root, *posts(1, 2, 3))
    assert names(root) == [post(1).path]
    receipt = publish(root, *posts(1, 2, 3))
    assert (receipt.unchanged, receipt.written) == (("1",), ("2", "3"))


def test_short_writes_are_gone_on_with(root, monkeypatch):
    real = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: real(fd, data[:7]))
    publish(root, post(1))
    assert (root / post(1).path).read_text("utf-8") == post(1).text


def test_posts_are_on_the_disk_before_the_first_takes_its_place(root, monkeypatch):
    """After a power cut a renamed file without its content would be empty."""
    done: list[str] = []
    for name in ("fsync", "rename"):
        real = getattr(os, name)

        def told(*args, _real=real, _name=name, **named):
            done.append(_name)
            return _real(*args, **named)

        monkeypatch.setattr(os, name, told)
    publish(root, *posts(1, 2))
    # two files; their renames; the folder, its two parents and the root
    assert done == ["fsync"] * 2 + ["rename"] * 2 + ["fsync"] * 4


@pytest.mark.parametrize("step", ["write", "rename"])
@pytest.mark.parametrize("at", [1, 2])
def test_killed_at_any_step_the_next_run_needs_no_hand(root, monkeypatch, step, at):
    class Killed(BaseException):
        pass

    real, calls = getattr(os, step), iter(range(1, 100))

    def dying(*args, **named):
        if next(calls) == at:
            raise Killed
        return real(*args, **named)

    with monkeypatch.context() as patched:
        patched.setattr(os, step, dying)
        with pytest.raises(Killed):
            publish(root, *posts(1, 2))
    assert any(name.endswith(".tmp") for name in names(root))
    publish(root, post(3))
    assert not any(name.endswith(".tmp") for name in names(root))
    publish(root, *posts(1, 2))
    assert names(root) == [post(n).path for n in (1, 2, 3)]


def test_temporary_of_somebody_else_is_left(root):
    publish(root, post(1))
    other = root / "_posts/2026/11/.notes.tmp"
    other.write_text("글\n")
    publish(root, post(2))
    assert other.exists()


def test_root_that_is_a_file_is_a_storage_error(root):
    root.write_text("글\n")
    with pytest.raises(StorageError, match=r"cannot write .*news"):
        publish(root, post(1))
