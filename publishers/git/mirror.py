"""Our own bare copy of the news repository: no files, no history, thrown away at will.

It holds the newest commit and its folders but no posts (a shallow, blobless clone), so
a repository of 100,000 posts costs two megabytes. Everything in it can be had again:
whatever is wrong with it, it is made anew.
"""

import contextlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from publishers.files import storage_error
from publishers.git.bare import BareRepository
from publishers.git.command import Git
from publishers.git.remote import Remote
from publishers.git.verdict import Answer, gist
from scraper.errors import ConfigError

#: Packs a mirror may gather before it is made anew; it does no housekeeping.
MOST_PACKS = 150
#: Names given to one git command at most; argument lists have a limit.
AT_ONCE = 1000

_STAMP = "bodojaryo-mirror"
_NEXT = "refs/bodojaryo/next"
#: The last commit this program delivered; what was lost since is found out by it.
_DELIVERED = "refs/bodojaryo/delivered"
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
        self._here = BareRepository(self._path, remote, git)
        self.branch = branch
        self.ref = f"refs/heads/{branch}"
        self._ours = f"refs/remotes/origin/{branch}"

    def update(self, told: str | None = None) -> str:
        """Bring the remote's tip here and return it; "" while the branch is not there.

        One exchange with the remote when nothing is new there, two otherwise; one less
        where the remote has ``told`` its tip already.

        Raises:
            PublishError, StorageError: it cannot be had.
            GitFailed: this copy may be broken; :meth:`make` it and try again.
        """
        tip = self.remote_tip() if told is None else told
        if not self._is_sound():
            self.make()
        if not tip:
            return ""
        ours = self._here.commit(self._ours)
        if ours != tip:
            depth = 0 if ours else 1
            self._here.fetch(f"+{self.ref}:{self._ours}", depth=depth)
            ours = self._here.commit(self._ours)
        return ours

    def remote_tip(self) -> str:
        """Ask the remote for the tip of the branch; "" if there is none."""
        out = self._here.remote_refs(self.ref)
        refs = dict(line.split("\t")[::-1] for line in out.splitlines())
        return refs.get(self.ref, "")

    def other_branch(self) -> str:
        """Ask the remote for its default branch; "" if it is ours, or has none."""
        first = self._here.remote_refs("HEAD", options=["--symref"]).partition("\t")[0]
        head = first.removeprefix("ref: refs/heads/")
        return head if head != first and f"refs/heads/{head}" != self.ref else ""

    def make(self) -> None:
        """Make the copy anew; an old one stays until the new one is whole.

        Raises:
            PublishError, StorageError: it cannot be made.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._clear()  # first: the room may be needed
            new = Path(tempfile.mkdtemp(prefix=self.room.name, dir=self._path.parent))
            self._fill(new)
            if self._path.exists():
                old = Path(
                    tempfile.mkdtemp(prefix=self.room.name, dir=self._path.parent)
                )
                self._path.replace(old / "old")
            new.replace(self._path)
            self._clear()
        except OSError as error:
            raise storage_error(error, self._path) from error

    def paths(self, commit: str, below: str) -> list[str]:
        """Return the path of every file under the folder ``below`` of a commit."""
        return self._here.paths(commit, below)

    def files(self, commit: str, below: str) -> dict[str, str]:
        """Return the blob of every file under the folder ``below`` of a commit."""
        return self._here.files(commit, below)

    def changed(
        self, since: str, commit: str, below: str
    ) -> tuple[list[str], list[str]] | None:
        """Return the paths that came and those that went between two commits.

        ``None`` if ``since`` is not known here to lead to ``commit``: history was
        rewritten, or this copy was made after it.
        """
        if not self.holds(since, commit):
            return None
        out = self._here.at(
            "diff-tree", "-r", "-z", "--no-renames", "--diff-filter=AD",
            "--name-status", since, commit, "--", f"{below}/",
        )  # fmt: skip
        words = out.decode("utf-8", "surrogateescape").split("\0")[:-1]
        came: list[str] = []
        went: list[str] = []
        for status, path in zip(words[::2], words[1::2], strict=True):
            (came if status == "A" else went).append(path)
        return came, went

    def holds(self, commit: str, tip: str) -> bool:
        """Say whether ``tip`` is known here to be ``commit`` or to come after it."""
        return self._here.holds(commit, tip)

    def knows(self, commit: str) -> bool:
        """Say whether this copy has the commit, and so all that came after it."""
        return bool(self._here.commit(commit))

    def entries(self, commit: str, paths: Iterable[str]) -> dict[str, TreeEntry]:
        """Return what stands at these paths in a commit; nothing at a path, no key."""
        found: dict[str, TreeEntry] = {}
        for some in _chunks(paths):
            # The folders on the way are told with what is in them; so the deepest go
            # first, and most often nothing is left to ask.
            if left := [path for path in some if path not in found]:
                out = self._here.at("ls-tree", "-t", "-z", commit, "--", *left)
                for line in out.decode("utf-8", "surrogateescape").split("\0")[:-1]:
                    head, _, path = line.partition("\t")
                    found[path] = TreeEntry(*head.split(" "))
        return found

    def contents(self, oids: list[str]) -> dict[str, bytes]:
        """Return the content of these blobs, fetched from the remote where needed."""
        if not oids:
            return {}
        wanted = "".join(f"{oid}\n" for oid in oids).encode()
        if self._here.answer("config", "remote.origin.promisor").code == 0:
            # We have the commit but not its blobs; were the remote told of the commit,
            # it would leave them out again.
            self._here.fetch("--stdin", stdin=wanted, options=_SAY_NOTHING)
        return dict(_read_batch(self._here.at("cat-file", "--batch", stdin=wanted)))

    def write(self, stream: bytes) -> str:
        """Feed a stream for :attr:`next_ref` to fast-import; return its last commit."""
        # By force, for what an earlier try left at that name does not count.
        options = ("--done", "--force", "--quiet")
        out = self._here.at("fast-import", *options, stdin=stream)
        return out.decode().strip()

    def trees(self, since: str, commit: str) -> list[str]:
        """Return the trees of the commits after ``since`` ("": all), oldest first."""
        span = f"{since}..{commit}" if since else commit
        return self._here.at("log", "--reverse", "--format=%T", span).decode().split()

    def sign(
        self, tree: str, parent: str, message: str, who: Mapping[str, str], key: Path
    ) -> str:
        """Write a commit signed with an SSH key; ``who`` are git's variables for it.

        Raises:
            ConfigError: the key cannot be used.
        """
        answer = self._git.answer(
            f"--git-dir={self._path}",
            "-c", "gpg.format=ssh",
            "commit-tree", f"-S{key}", *(["-p", parent] if parent else []), tree,
            stdin=message.encode(), env=who,
        )  # fmt: skip
        if answer.code:
            said = gist(answer.words)
            raise ConfigError([f"news.signing_key: cannot sign with {key}: {said}"])
        return answer.out.decode().strip()

    def adopt(self, commit: str) -> None:
        """Take a commit of our own for the remote's tip, now that it is there."""
        moves = (f"update {ref} {commit}\n" for ref in (self._ours, _DELIVERED))
        self._here.at("update-ref", "--stdin", stdin="".join(moves).encode())

    @property
    def delivered(self) -> str:
        """Return the last commit :meth:`adopt` was given; "" if this copy is newer."""
        return self._here.commit(_DELIVERED)

    @property
    def next_ref(self) -> str:
        """Where new commits are built; never pushed by this name."""
        return _NEXT

    def push(self, commit: str, tip: str, inherit: Sequence[int] = ()) -> Answer:
        """Ask the remote to move its branch from ``tip`` to its descendant ``commit``.

        Whatever git starts for it keeps the files ``inherit`` open.

        The lease makes it compare-and-swap. It can only narrow what is accepted: as
        ``commit`` comes after ``tip``, no history can be rewritten, and a branch that
        someone moved meanwhile, even backwards, stays as it is. A thin pack would want
        the old posts, which are not here. A server that knows no ``--atomic`` is asked
        again without, for it is one branch that moves.
        """
        atomic = ["--atomic"]
        while True:
            answer = self._git.answer(
                f"--git-dir={self._path}",
                "push", "--porcelain", "--no-verify", "--no-thin", *atomic,
                f"--force-with-lease={self.ref}:{tip}",
                "origin", f"{commit}:{self.ref}",
                transport=self._remote.transport, inherit=inherit,
            )  # fmt: skip
            if not atomic or "does not support --atomic" not in answer.words:
                return answer
            atomic = []

    # --- the copy itself ----------------------------------------------------------

    @property
    def room(self) -> Path:
        """Where things made for a moment go, as the beginning of a path."""
        return self._path.with_name(f".{self._path.name}-")

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
        copy = BareRepository(new, self._remote, self._git)
        copy.create()
        if self.remote_tip():
            copy.fetch(f"+{self.ref}:{self._ours}", depth=1)
        (new / _STAMP).write_text(self._stamp(), "utf-8")

    def _clear(self) -> None:
        """Remove what runs that were killed left half made."""
        for left in self._path.parent.glob(f"{self.room.name}*"):
            shutil.rmtree(left, ignore_errors=True)


def _chunks(paths: Iterable[str]) -> Iterator[list[str]]:
    """Split paths by depth and number, the deepest first.

    ``ls-tree`` takes a folder for all below it.
    """
    by_depth: dict[int, list[str]] = {}
    for path in paths:
        by_depth.setdefault(path.count("/"), []).append(path)
    for _, level in sorted(by_depth.items(), reverse=True):
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
