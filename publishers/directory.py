"""Posts to a folder: every file whole or not there, whatever happens on the way.

Folders below the root are opened one by one without following symbolic links, so that
nothing is ever written outside the root.
"""

import contextlib
import errno
import hashlib
import os
import stat
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from publishers.files import storage_error, write_all
from publishers.paths import EDITED, check_batch, index_posts, is_ours, unfit
from publishers.plan import Plan
from scraper.errors import StorageError
from scraper.model import Post, Receipt, Survey

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
#: Without NONBLOCK, a named pipe in the place of a post would hold us for ever.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


class DirectoryPublisher:
    """Delivers posts to the folder ``root``, which is made when absent."""

    def __init__(self, root: Path, *, posts_dir: str = "_posts") -> None:
        self._root = root.absolute()
        self._posts_dir = posts_dir
        #: Path of each post by news id; ``None`` until the folder was looked at.
        self._held: dict[str, str] | None = None
        self._tip = _Tip()
        self._leftovers: list[str] = []

    def survey(self, since: str = "") -> Survey:
        """Return the posts the folder holds; none of them if that is as at ``since``.

        A folder keeps no history, so its names are read every time (100,000 take half
        a second), and the tip is a digest over them.

        Raises:
            StorageError: a folder cannot be read.
        """
        held = self._look()
        tip = str(self._tip)
        if tip and tip == since:
            return Survey(tip=tip, paths={}, complete=False)
        return Survey(tip=tip, paths=dict(held), complete=True)

    def publish(self, posts: Sequence[Post], subject: str) -> Receipt:  # noqa: ARG002
        """Write ``posts``; a folder has no place for ``subject``.

        All are on the disk under other names before the first takes its place; should
        a rename fail after that, the posts renamed so far stand, each whole.

        Raises:
            StorageError: the disk is full, or a file or folder cannot be written.
            ValueError: a release or path comes twice.
        """
        check_batch(posts)
        held = self._look() if self._held is None else self._held
        plan = Plan()
        with _Folder(self._root) as folder:
            self._remove_leftovers(folder)
            for post in posts:
                self._judge(plan, post, held, folder)
            if plan.write:
                folder.write({p.path: p.text.encode() for p in plan.write})
        for post in plan.write:
            self._tip.add(post.path, new=post.news_id not in held)
            held[post.news_id] = post.path
        return plan.receipt(posts, str(self._tip))

    def read(self, paths: Collection[str]) -> dict[str, str]:
        """Return the posts that stand at these paths, whatever a person made of them.

        Raises:
            StorageError: a file cannot be read.
        """
        found = {}
        with _Folder(self._root) as folder:
            for path in paths:
                with contextlib.suppress(_InTheWayError):
                    there = folder.read(path)
                    if there is not None:
                        found[path] = there.decode("utf-8", "replace")
        return found

    def _judge(
        self, plan: Plan, post: Post, held: dict[str, str], folder: "_Folder"
    ) -> None:
        """Put a post into its part of the plan."""
        reason = unfit(post, below=self._posts_dir)
        if reason:
            plan.refused[post.news_id] = reason
            return
        try:
            there = folder.read(post.path)
        except _InTheWayError as error:
            plan.refused[post.news_id] = str(error)
            return
        elsewhere = held.get(post.news_id, post.path)
        if there == post.text.encode():
            plan.unchanged.append(post.news_id)
        elif elsewhere != post.path:
            reason = f"the release stands at {elsewhere} already"
            plan.refused[post.news_id] = reason
        elif there is not None and not is_ours(there, post.news_id):
            plan.refused[post.news_id] = EDITED
        else:
            plan.write.append(post)

    def _look(self) -> dict[str, str]:
        """Return the path of each post there is, and note what killed runs left."""
        posts, self._leftovers = [], []
        for path in _walk(self._root, self._posts_dir):
            name = path.rpartition("/")[2]
            if name.startswith(".") and name.endswith(".tmp"):
                self._leftovers.append(path)
            else:
                posts.append(path)
        self._held = index_posts(posts, below=self._posts_dir)
        self._tip = _Tip()
        for path in self._held.values():
            self._tip.add(path, new=True)
        return self._held

    def _remove_leftovers(self, folder: "_Folder") -> None:
        own = [path for path in self._leftovers if _is_temporary(path, self._posts_dir)]
        folder.remove(own)
        self._leftovers = []


class _Tip:
    """Names a set of paths, in whatever order they came; "" for none.

    A sum of digests grows by one path at a time, and shows what went as well.
    """

    def __init__(self) -> None:
        self._count = 0
        self._total = 0

    def __str__(self) -> str:
        return f"{self._count}-{self._total % 2**128:032x}" if self._count else ""

    def add(self, path: str, *, new: bool) -> None:
        """Take in a path, unless it was there before."""
        if new:
            digest = hashlib.blake2b(os.fsencode(path), digest_size=16).digest()
            self._total += int.from_bytes(digest, "big")
            self._count += 1


class _InTheWayError(Exception):
    """Something that is no post, or no folder, stands where one should."""


class _Folder:
    """The root while it is open: reads and writes below it, never through a link."""

    def __init__(self, root: Path) -> None:
        self._root = root
        #: Open folders by path below the root; "" is the root.
        self._open: dict[str, int] = {}
        self._made: list[str] = []

    def __enter__(self) -> "_Folder":
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            self._open[""] = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise storage_error(error, self._root) from error
        return self

    def __exit__(self, *_: object) -> None:
        for handle in self._open.values():
            os.close(handle)

    def read(self, path: str) -> bytes | None:
        """Return the file at ``path``, ``None`` if there is none.

        Raises:
            _InTheWayError: a link, pipe or folder is there, or a file above it.
            StorageError: it cannot be read.
        """
        above, _, name = path.rpartition("/")
        try:
            folder = self._folder(above, make=False)
            if folder is None:
                return None
            with open(os.open(name, _FILE, dir_fd=folder), "rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise _InTheWayError(f"{path} is not a file")
                return file.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.EISDIR, errno.ENXIO):
                raise _InTheWayError(f"{path} is not a file") from error
            raise storage_error(error, self._root / path, "read") from error

    def write(self, files: dict[str, bytes]) -> None:
        """Put all files in place, on the disk when this returns.

        Raises:
            StorageError: one cannot be written; before the first rename, nothing of
                this call is left.
        """
        ready: list[str] = []
        path = ""
        try:
            for path, content in files.items():
                ready.append(path)
                self._write_temporary(path, content)
            for path in files:
                folder, name = self._place(path)
                os.rename(_temporary(name), name, src_dir_fd=folder, dst_dir_fd=folder)
            for folder in self._open.values():
                os.fsync(folder)
        except OSError as error:
            self._withdraw(ready)
            raise storage_error(error, self._root / path) from error
        except _InTheWayError as error:  # it came after we looked
            self._withdraw(ready)
            raise StorageError(f"cannot write {self._root / path}: {error}") from error

    def remove(self, paths: Iterable[str]) -> None:
        """Remove files that runs before this one left half written."""
        for path in paths:
            with contextlib.suppress(FileNotFoundError, _InTheWayError):
                folder, name = self._place(path)
                try:
                    os.unlink(name, dir_fd=folder)
                except PermissionError as error:
                    raise storage_error(error, self._root / path) from error

    def _write_temporary(self, path: str, content: bytes) -> None:
        folder, name = self._place(path)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(_temporary(name), dir_fd=folder)
        handle = os.open(_temporary(name), _NEW_FILE, 0o666, dir_fd=folder)
        try:
            write_all(handle, content)
        finally:
            os.close(handle)

    def _withdraw(self, paths: list[str]) -> None:
        """Remove temporary files and folders made for them, as far as the disk lets."""
        for path in paths:
            with contextlib.suppress(OSError):
                folder, name = self._place(path)
                os.unlink(_temporary(name), dir_fd=folder)
        for made in reversed(self._made):
            with contextlib.suppress(OSError):  # not empty: something took its place
                os.rmdir(self._root / made)

    def _place(self, path: str) -> tuple[int, str]:
        """Return the open folder of a path, made if need be, and its last segment."""
        above, _, name = path.rpartition("/")
        folder = self._folder(above, make=True)
        assert folder is not None
        return folder, name

    def _folder(self, path: str, *, make: bool) -> int | None:
        """Open a folder below the root; ``None`` if it is absent and not to be made.

        Raises:
            _InTheWayError: a link or file stands there.
        """
        if path in self._open:
            return self._open[path]
        above, _, name = path.rpartition("/")
        parent = self._folder(above, make=make)
        if parent is None:
            return None
        try:
            if make:
                self._make(path, name, parent)
            self._open[path] = os.open(name, _FOLDER, dir_fd=parent)
        except FileNotFoundError:
            return None
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.ENOTDIR):
                raise _InTheWayError(f"{path} is not a folder") from error
            raise
        return self._open[path]

    def _make(self, path: str, name: str, parent: int) -> None:
        with contextlib.suppress(FileExistsError):
            os.mkdir(name, dir_fd=parent)
            self._made.append(path)


def _temporary(name: str) -> str:
    """Return what a post is called while it is written; site generators skip it."""
    return f".{name}.tmp"


def _is_temporary(path: str, posts_dir: str) -> bool:
    above, _, name = path.rpartition("/")
    post = f"{above}/{name.removeprefix('.').removesuffix('.tmp')}"
    return bool(index_posts([post], below=posts_dir))


def _walk(root: Path, below: str) -> Iterator[str]:
    """Yield the path of every file under ``root/below``, links not followed."""
    waiting = [] if (root / below).is_symlink() else [below]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(root / folder) as entries:
                for entry in entries:
                    path = f"{folder}/{entry.name}"
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(path)
                    else:
                        yield path
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            raise storage_error(error, root / folder, "read") from error
