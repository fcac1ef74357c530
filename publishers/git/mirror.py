"""Our own bare copy of the news repository: no files, no history, thrown away at will.

It holds the newest commit and its folders but no posts (a shallow, blobless clone), so
a repository of 100,000 posts costs two megabytes. Everything in it can be had again:
whatever is wrong with it, it is made anew.
"""

import contextlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from publishers.files import storage_error
from publishers.git.command import Git, GitFailed
from publishers.git.remote import Remote
from publishers.git.verdict import Answer, known_failure

#: Packs a mirror may gather before it is made anew; it does no housekeeping.
MOST_PACKS = 150
#: Names given to one git command at most; argument lists have a limit.
AT_ONCE = 1000

_STAMP = "bodojaryo-mirror"
_NEXT = "refs/bodojaryo/next"
_SAY_NOTHING = ("-c", "fetch.negotiationAlgorithm=noop")


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One name in a commit's tree."""

    mode: str
    #: ``blob``, ``tree`` or ``commit`` (a submodule).
    kind: str
    oid: str

    @property
    def is_file(self) -> bool:
        """Say whether it is a plain file, not a symbolic link or a folder."""
        return self.mode in ("100644", "100755")


class Mirror:
    """The bare copy at ``path`` of one branch of one remote."""

    def __init__(self, path: Path, remote: Remote, branch: str, git: Git) -> None:
        self._path = path.absolute()
        self._remote = remote
        self._git = git
        self.ref = f"refs/heads/{branch}"
        self._ours = f"refs/remotes/origin/{branch}"

    def update(self) -> str:
        """Bring the remote's tip here and return it; "" while the branch is not there.

        One exchange with the remote when nothing is new there, two otherwise.

        Raises:
            PublishError, StorageError: it cannot be had.
            GitFailed: this copy may be broken; :meth:`make` it and try again.
        """
        tip = self.remote_tip()
        if not self._is_sound():
            self.make()
        if not tip:
            return ""
        ours = self._here(self._ours)
        if ours != tip:
            self._fetch(f"+{self.ref}:{self._ours}", newest_only=not ours)
            ours = self._here(self._ours)
        return ours

    def remote_tip(self) -> str:
        """Ask the remote for the tip of the branch; "" if there is none."""
        out = self._talk("ls-remote", "--", self._remote.url, self.ref)
        refs = dict(line.split("\t")[::-1] for line in out.decode().splitlines())
        return refs.get(self.ref, "")

    def make(self) -> None:
        """Make the copy anew; an old one stays until the new one is whole.

        Raises:
            PublishError, StorageError: it cannot be made.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._clear()  # first: the room may be needed
            new = Path(tempfile.mkdtemp(prefix=self._prefix, dir=self._path.parent))
            self._fill(new)
            if self._path.exists():
                old = Path(tempfile.mkdtemp(prefix=self._prefix, dir=self._path.parent))
                self._path.replace(old / "old")
            new.replace(self._path)
            self._clear()
        except OSError as error:
            raise storage_error(error, self._path) from error

    def paths(self, commit: str, below: str) -> list[str]:
        """Return the path of every file under the folder ``below`` of a commit."""
        out = self._at("ls-tree", "-r", "-z", "--name-only", commit, "--", f"{below}/")
        return out.decode("utf-8", "surrogateescape").split("\0")[:-1]

    def added(self, since: str, commit: str, below: str) -> list[str] | None:
        """Return the paths that came after ``since``; ``None`` if it leads not here.

        That is so when history was rewritten, or when this copy was made after it.
        """
        if not self.holds(since, commit):
            return None
        out = self._at(
            "diff-tree", "-r", "-z", "--no-renames", "--diff-filter=A", "--name-only",
            since, commit, "--", f"{below}/",
        )  # fmt: skip
        return out.decode("utf-8", "surrogateescape").split("\0")[:-1]

    def holds(self, commit: str, tip: str) -> bool:
        """Say whether ``tip`` is known here to be ``commit`` or to come after it."""
        args = ("merge-base", "--is-ancestor", commit, tip)
        return self._git.answer(f"--git-dir={self._path}", *args).code == 0

    def entries(self, commit: str, paths: Iterable[str]) -> dict[str, TreeEntry]:
        """Return what stands at these paths in a commit; nothing at a path, no key."""
        found: dict[str, TreeEntry] = {}
        for some in _chunks(paths):
            out = self._at("ls-tree", "-z", commit, "--", *some)
            for line in out.decode("utf-8", "surrogateescape").split("\0")[:-1]:
                head, _, path = line.partition("\t")
                found[path] = TreeEntry(*head.split(" "))
        return found

    def contents(self, oids: list[str]) -> dict[str, bytes]:
        """Return the content of these blobs, fetched from the remote where needed."""
        if not oids:
            return {}
        wanted = "".join(f"{oid}\n" for oid in oids).encode()
        if self._is_partial():
            # We have the commit but not its blobs; were the remote told of the commit,
            # it would leave them out again.
            self._fetch("--stdin", stdin=wanted, options=_SAY_NOTHING)
        return dict(_read_batch(self._at("cat-file", "--batch", stdin=wanted)))

    def write(self, stream: bytes) -> str:
        """Feed a stream for :attr:`next_ref` to fast-import; return the commit."""
        self._at("update-ref", "-d", _NEXT)
        out = self._at("fast-import", "--done", "--quiet", stdin=stream)
        return out.decode().strip()

    def adopt(self, commit: str) -> None:
        """Take a commit of our own for the remote's tip, now that it is there."""
        self._at("update-ref", self._ours, commit)

    @property
    def next_ref(self) -> str:
        """Where new commits are built; never pushed by this name."""
        return _NEXT

    def push(self, commit: str, tip: str, inherit: Sequence[int] = ()) -> Answer:
        """Ask the remote to move its branch from ``tip`` to its child ``commit``.

        Whatever git starts for it keeps the files ``inherit`` open.

        The lease makes it compare-and-swap. It can only narrow what is accepted: as
        ``commit`` comes after ``tip``, no history can be rewritten, and a branch that
        someone moved meanwhile, even backwards, stays as it is. A thin pack would want
        the old posts, which are not here.
        """
        return self._git.answer(
            f"--git-dir={self._path}",
            "push", "--porcelain", "--no-verify", "--no-thin",
            f"--force-with-lease={self.ref}:{tip}",
            "origin", f"{commit}:{self.ref}",
            transport=self._remote.transport, inherit=inherit,
        )  # fmt: skip

    # --- the copy itself ----------------------------------------------------------

    @property
    def _prefix(self) -> str:
        return f".{self._path.name}-"

    def _is_sound(self) -> bool:
        """Say whether the copy is whole, of this remote, and not grown too far."""
        with contextlib.suppress(OSError):
            packs = len(list((self._path / "objects/pack").glob("*.pack")))
            stamp = (self._path / _STAMP).read_text("utf-8")
            return stamp == self._stamp() and packs <= MOST_PACKS
        return False

    def _stamp(self) -> str:
        return f"{self._remote.url}\n{self.ref}\n"

    def _fill(self, new: Path) -> None:
        git_dir = f"--git-dir={new}"
        self._local(git_dir, "init", "--quiet", "--bare", "--template=")
        settings = {"remote.origin.url": self._remote.url}
        if self._remote.path:  # git offers partial clones only where it is told to
            offer = "git -c uploadpack.allowFilter=true upload-pack"
            settings["remote.origin.uploadpack"] = offer
        for name, value in settings.items():
            self._local(git_dir, "config", name, value)
        if self.remote_tip():
            what = f"+{self.ref}:{self._ours}"
            self._fetch(what, newest_only=True, git_dir=git_dir)
        (new / _STAMP).write_text(self._stamp(), "utf-8")

    def _clear(self) -> None:
        """Remove what runs that were killed left half made."""
        for left in self._path.parent.glob(f"{self._prefix}*"):
            shutil.rmtree(left, ignore_errors=True)

    def _is_partial(self) -> bool:
        args = ("config", "remote.origin.promisor")
        return self._git.answer(f"--git-dir={self._path}", *args).code == 0

    def _here(self, ref: str) -> str:
        """Return the commit a ref of this copy names, "" if there is none."""
        args = ("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
        return self._git.answer(f"--git-dir={self._path}", *args).out.decode().strip()

    # --- talking to git -------------------------------------------------------------

    def _at(self, *arguments: str, stdin: bytes = b"") -> bytes:
        return self._local(f"--git-dir={self._path}", *arguments, stdin=stdin)

    def _fetch(
        self,
        what: str,
        *,
        newest_only: bool = False,
        stdin: bytes = b"",
        git_dir: str = "",
        options: Sequence[str] = (),
    ) -> None:
        self._talk(
            git_dir or f"--git-dir={self._path}",
            *options,
            *("fetch", "--quiet", "--no-tags", "--no-write-fetch-head"),
            *(["--depth=1"] if newest_only else []),
            *("--filter=blob:none", "origin", what),
            stdin=stdin,
        )

    def _local(self, *arguments: str, stdin: bytes = b"") -> bytes:
        try:
            return self._git(*arguments, stdin=stdin)
        except GitFailed as error:
            words = error.answer.words
            failure = known_failure(words, str(self._path), local=True)
            raise failure or error from error

    def _talk(self, *arguments: str, stdin: bytes = b"") -> bytes:
        try:
            return self._git(*arguments, stdin=stdin, transport=self._remote.transport)
        except GitFailed as error:
            failure = known_failure(
                error.answer.words,
                self._remote.name,
                local=self._remote.path is not None,
            )
            raise failure or error from error


def _chunks(paths: Iterable[str]) -> Iterator[list[str]]:
    """Split paths by depth and number: ``ls-tree`` takes a folder for all below it."""
    by_depth: dict[int, list[str]] = {}
    for path in paths:
        by_depth.setdefault(path.count("/"), []).append(path)
    for level in by_depth.values():
        for at in range(0, len(level), AT_ONCE):
            yield level[at : at + AT_ONCE]


def _read_batch(out: bytes) -> Iterator[tuple[str, bytes]]:
    """Read what ``cat-file --batch`` wrote: a head line, the content, a newline."""
    at = 0
    while at < len(out):
        end = out.index(b"\n", at)
        oid, kind, *size = out[at:end].decode().split(" ")
        at = end + 1
        if kind != "missing" and size:
            yield oid, out[at : at + int(size[0])]
            at += int(size[0]) + 1
