"""A bare repository of our own that follows one remote: the few verbs we need of git.

What goes wrong becomes the error a caller acts upon, or :class:`GitFailed` where only
this repository may be to blame, which can be made anew.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from publishers.git.command import Git, GitFailed
from publishers.git.remote import Remote
from publishers.git.verdict import Answer, known_failure

#: Without posts; and without folders too, for what needs commits alone.
NO_POSTS = "blob:none"
NO_FOLDERS = "tree:0"


class BareRepository:
    """The repository in the folder ``path``, which need not be there yet."""

    def __init__(self, path: Path, remote: Remote, git: Git) -> None:
        self._path = path
        self._remote = remote
        self._git = git
        self._git_dir = f"--git-dir={path}"

    def create(self) -> None:
        """Make an empty one that knows its remote.

        Raises:
            StorageError: it cannot be made.
        """
        self.at("init", "--quiet", "--bare", "--template=")
        settings = {"remote.origin.url": self._remote.url}
        if self._remote.path:  # git offers partial clones only where it is told to
            offer = "git -c uploadpack.allowFilter=true upload-pack"
            settings["remote.origin.uploadpack"] = offer
        for name, value in settings.items():
            self.at("config", name, value)

    # --- what is here ---------------------------------------------------------------

    def commit(self, name: str) -> str:
        """Return the commit a ref or id names here, "" if there is none."""
        args = ("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        return self.answer(*args).out.decode().strip()

    def holds(self, commit: str, tip: str) -> bool:
        """Say whether ``tip`` is known here to be ``commit`` or to come after it."""
        args = ("merge-base", "--is-ancestor", commit, tip)
        return commit == tip or self.answer(*args).code == 0

    def paths(self, commit: str, below: str) -> list[str]:
        """Return the path of every file under the folder ``below`` of a commit."""
        out = self.at("ls-tree", "-r", "-z", "--name-only", commit, "--", f"{below}/")
        return out.decode("utf-8", "surrogateescape").split("\0")[:-1]

    def files(self, commit: str, below: str) -> dict[str, str]:
        """Return the blob of every file under the folder ``below`` of a commit."""
        out = self.at("ls-tree", "-r", "-z", commit, "--", f"{below}/")
        lines = out.decode("utf-8", "surrogateescape").split("\0")[:-1]
        entries = (line.partition("\t") for line in lines)
        return {path: head.rpartition(" ")[2] for head, _, path in entries}

    # --- talking to git -------------------------------------------------------------

    def answer(self, *arguments: str) -> Answer:
        """Run a command here, and return how it ended."""
        return self._git.answer(self._git_dir, *arguments)

    def at(
        self, *arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None
    ) -> bytes:
        """Run a command here that reaches no remote, and return its output.

        Raises:
            StorageError: our disk cannot be written.
            GitFailed: anything else.
        """
        try:
            return self._git(self._git_dir, *arguments, stdin=stdin, env=env)
        except GitFailed as error:
            words = error.answer.words
            failure = known_failure(words, str(self._path), local=True)
            raise failure or error from error

    def remote_refs(self, *patterns: str, options: Sequence[str] = ()) -> str:
        """Return what ``git ls-remote`` prints; this repository need not be there.

        Raises:
            PublishError, StorageError, GitFailed: as :meth:`talk`.
        """
        out = self._talk("ls-remote", *options, "--", self._remote.url, *patterns)
        return out.decode("utf-8", "replace")

    def talk(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """Run a command here that may reach the remote, and return its output.

        Raises:
            PublishError: the remote refuses or is not available.
            StorageError: our disk, or a remote on it, cannot be used.
            GitFailed: anything else.
        """
        return self._talk(self._git_dir, *arguments, stdin=stdin)

    def _talk(self, *arguments: str, stdin: bytes = b"") -> bytes:
        try:
            return self._git(*arguments, stdin=stdin, transport=self._remote.transport)
        except GitFailed as error:
            failure = known_failure(
                error.answer.words,
                self._remote.name,
                local=self._remote.path is not None,
                token_env=self._remote.token_env,
            )
            raise failure or error from error

    def fetch(
        self,
        what: str,
        *,
        depth: int = 0,
        without: str = NO_POSTS,
        stdin: bytes = b"",
        options: Sequence[str] = (),
    ) -> None:
        """Fetch ``what``: its newest ``depth`` commits, 0 for all that is not here.

        Raises:
            PublishError, StorageError, GitFailed: as :meth:`talk`.
        """
        self.talk(
            *options,
            *("fetch", "--quiet", "--no-tags", "--no-write-fetch-head"),
            *([f"--depth={depth}"] if depth else []),
            *(f"--filter={without}", "origin", what),
            stdin=stdin,
        )
