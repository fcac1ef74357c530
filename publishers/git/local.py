"""A news repository on our own disk: made when absent, mended when we were killed.

A push into it also updates the checked-out files (``updateInstead``). Git does that in
steps; killed between them, it leaves locks and a work tree that is ahead of its branch,
and refuses every later push. So a note of what the push was to change lies in the git
folder while it runs. With it, the next run puts back what is byte for byte ours, and
nothing else. The note is locked as long as any process of that push lives, also when
only we were killed and git goes on without us.
"""

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publishers.files import storage_error, write_atomic
from publishers.git.command import Git, GitFailed
from publishers.git.verdict import Answer, known_failure
from scraper.errors import PublishError, RefusedError, StorageError

_NOTE = "bodojaryo-push"
_NEW = ".bodojaryo-new"
_SETTINGS = (
    ("receive.denyCurrentBranch", "updateInstead"),
    ("uploadpack.allowFilter", "true"),
    ("core.fsync", "all"),
    # What comes in a batch stays the pack it came in, whole, and is synced once; taken
    # apart, each post would be packed and synced again. Below that, packs would only
    # gather: git makes one of loose objects and packs alike when it tidies up.
    ("receive.unpackLimit", "20"),
)


@dataclass(frozen=True, slots=True)
class Change:
    """One file a push changes."""

    path: str
    #: Blob that stood there before; "" if none did.
    old: str
    new: str
    #: File mode before; of no meaning without ``old``.
    mode: str = "100644"


class LocalRepository:
    """The repository at ``path``, bare or with its files checked out."""

    def __init__(self, path: Path, branch: str, git: Git) -> None:
        self._path = path
        self._branch = branch
        self._git = git

    @property
    def exists(self) -> bool:
        """Say whether there is a repository at all.

        Raises:
            RefusedError: something else is there.
            StorageError: we may not look.
        """
        try:
            if (self._path / ".git").exists() or self._is_bare:
                return True
            if not self._path.exists():
                return False
            is_empty = self._path.is_dir() and not any(self._path.iterdir())
        except OSError as error:
            raise storage_error(error, self._path, "read") from error
        if is_empty:
            return False
        raise RefusedError(
            f"{self._path} is neither a git repository nor an empty folder: "
            "name another, or make it one with git init"
        )

    def create(self) -> None:
        """Make an empty repository whose files follow what is pushed.

        Raises:
            StorageError: it cannot be made.
        """
        new = self._path.with_name(f".{self._path.name}{_NEW}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if new.exists():
                shutil.rmtree(new)
            branch = f"--initial-branch={self._branch}"
            self._run("init", "--quiet", "--template=", branch, str(new))
            for name, value in _SETTINGS:
                self._run("-C", str(new), "config", name, value)
            new.replace(self._path)
        except OSError as error:
            raise storage_error(error, self._path) from error

    @contextlib.contextmanager
    def noted(self, commit: str, changes: Iterable[Change]) -> Iterator[list[int]]:
        """Write down what a push is about to change; :meth:`settle` takes it away.

        Gives the open files the push is to inherit.

        Raises:
            PublishError: another git holds a lock here. It is not ours, and stays.
            StorageError: nothing can be written here.
        """
        if lock := self._lock():
            raise PublishError(self._at_work(lock))
        lines = [[c.path, c.old, c.new, c.mode] for c in changes]
        content = json.dumps({"commit": commit, "changes": lines})
        write_atomic(self._note, content.encode("ascii"))
        handle = os.open(self._note, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield [handle]
        finally:
            os.close(handle)

    def settle(self) -> None:
        """Undo what a push that ended by itself, but did not land, has changed.

        Git moves the files before the branch; when the branch then cannot move, they
        stay ahead of it.

        Raises:
            PublishError: another git holds a lock here.
            StorageError: a file cannot be put back.
        """
        if found := self._read_note():
            self._undo(found)

    def mend(self) -> None:
        """Do as :meth:`settle` for a push that was killed, and remove its locks.

        Raises:
            PublishError: it is still at work, or nobody can tell.
            StorageError: a file cannot be put back.
        """
        if not (found := self._read_note()):
            return
        handle = os.open(self._note, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._break_locks()
        except BlockingIOError as error:
            if self._lock() or not self._has(found["commit"]):
                raise PublishError(self._at_work(None)) from error
        finally:
            os.close(handle)
        self._undo(found)

    # --- mending ------------------------------------------------------------------

    @property
    def _note(self) -> Path:
        return self._git_dir / _NOTE

    def _read_note(self) -> Any:
        try:
            return json.loads(self._note.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise storage_error(error, self._note) from error

    def _undo(self, found: Any) -> None:
        if not self._has(found["commit"]) and self._is_checked_out:
            self._put_back([Change(*line) for line in found["changes"]])
        try:
            self._note.unlink(missing_ok=True)
        except OSError as error:
            raise storage_error(error, self._note) from error

    def _break_locks(self) -> None:
        """Remove locks of the push that was killed, once nobody can be behind them."""
        while lock := self._lock():
            if _git_at_work(self._path) is not False:
                raise PublishError(self._at_work(lock))
            try:
                lock.unlink(missing_ok=True)
            except OSError as error:
                raise storage_error(error, lock) from error

    def _at_work(self, lock: Path | None) -> str:
        remedy = f"; if none is, delete {lock}" if lock else ""
        return f"another git is at work in {self._path}{remedy}"

    def _lock(self) -> Path | None:
        """Return a lock some git holds or left here, ``None`` if there is none."""
        names = ("index", "HEAD", f"refs/heads/{self._branch}", "packed-refs")
        locks = [self._git_dir / f"{name}.lock" for name in names]
        return next((lock for lock in locks if lock.exists()), None)

    def _put_back(self, changes: Sequence[Change]) -> None:
        """Set index and files back to before the push, where they are ours."""
        if lock := self._lock():
            raise PublishError(self._at_work(lock))
        staged = self._staged(changes)
        lines = [
            f"{c.mode} {c.old}\t{c.path}" if c.old else f"0 {'0' * 40}\t{c.path}"
            for c in changes
            if staged.get(c.path) == c.new
        ]
        if lines:
            content = "\0".join([*lines, ""]).encode()
            self._at("update-index", "-z", "--index-info", stdin=content)
        for change in changes:
            try:
                self._put_back_file(change)
            except OSError as error:
                raise storage_error(error, self._path / change.path) from error

    def _put_back_file(self, change: Change) -> None:
        """Undo one file, if it holds what the push was writing, whole or torn."""
        path = self._path / change.path
        if path.is_symlink() or not (path.is_file() or change.old):
            return
        held = path.read_bytes() if path.exists() else b""
        coming = self._answer("cat-file", "blob", change.new)
        if coming.code or not coming.out.startswith(held):
            return
        if change.old:
            write_atomic(path, self._at("cat-file", "blob", change.old))
        else:
            path.unlink()

    def _staged(self, changes: Sequence[Change]) -> dict[str, str]:
        """Return the blob the index has at each of these paths."""
        out = self._at("ls-files", "-z", "--stage", "--", *(c.path for c in changes))
        lines = out.decode("utf-8", "surrogateescape").split("\0")[:-1]
        return {line.partition("\t")[2]: line.split(" ")[1] for line in lines}

    def _has(self, commit: str) -> bool:
        """Say whether the branch is at ``commit`` or after it."""
        tip = f"refs/heads/{self._branch}"
        return self._answer("merge-base", "--is-ancestor", commit, tip).code == 0

    # --- what is there --------------------------------------------------------------

    @property
    def _is_bare(self) -> bool:
        return (self._path / "HEAD").is_file() and (self._path / "objects").is_dir()

    @property
    def _is_checked_out(self) -> bool:
        head = self._answer("symbolic-ref", "--quiet", "HEAD").out.decode().strip()
        return (self._path / ".git").exists() and head == f"refs/heads/{self._branch}"

    @property
    def _git_dir(self) -> Path:
        """Return the folder of git's own files; a linked work tree names another."""
        dot_git = self._path / ".git"
        if dot_git.is_file():
            named = dot_git.read_text("utf-8").removeprefix("gitdir:").strip()
            return self._path / named
        return dot_git if dot_git.exists() else self._path

    # --- talking to git -------------------------------------------------------------

    def _answer(self, *arguments: str) -> Answer:
        return self._git.answer("-C", str(self._path), *arguments)

    def _at(self, *arguments: str, stdin: bytes = b"") -> bytes:
        return self._run("-C", str(self._path), *arguments, stdin=stdin)

    def _run(self, *arguments: str, stdin: bytes = b"") -> bytes:
        try:
            return self._git(*arguments, stdin=stdin)
        except GitFailed as error:
            words = error.answer.words
            failure = known_failure(words, str(self._path), local=True)
            raise failure or StorageError(
                f"cannot use {self._path}: {error}"
            ) from error


def _git_at_work(path: Path) -> bool | None:
    """Say whether a git process works in this folder; ``None`` where nobody can tell.

    Linux shows each process's working folder, and git works in the repository's own.
    """
    processes = Path("/proc")
    if not (processes / "self" / "cwd").exists():
        return None
    inside = path.resolve()
    for process in processes.glob("[0-9]*"):
        try:
            name = (process / "comm").read_text("utf-8", "replace")
            cwd = Path(os.readlink(process / "cwd"))
        except OSError:  # it ended, or is another user's
            continue
        if name.startswith("git") and cwd.is_relative_to(inside):
            return True
    return False
