"""May we read and write a news repository? Asked without changing anything there."""

import os
import tempfile
from dataclasses import replace
from pathlib import Path

from publishers.files import storage_error
from publishers.git.bare import BareRepository
from publishers.git.command import Git, GitFailed
from publishers.git.local import LocalRepository
from publishers.git.remote import Remote, check_branch, parse_remote, token_user
from publishers.git.verdict import push_failure
from scraper.errors import PublishError, StorageError

#: The branch a push is only tried for; it is never made.
TRIED = "refs/heads/bodojaryo-doctor"

_WHO = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "bodojaryo"), ("EMAIL", "bodojaryo@localhost"))
}


def probe(
    remote: str,
    branch: str,
    *,
    token: str | None = None,
    token_env: str = "",
    forge: str = "",
    ssh_command: str = "",
    ca_file: Path | None = None,
) -> str:
    """Return the tip of a branch, "" if there is none, when a push would be let in.

    Rules that only a real push meets (protected branches, hooks, quotas) are not seen.

    Raises:
        ConfigError: the address or the branch cannot be one.
        RefusedError: the server, or what is in the folder, says no.
        StorageError: a repository on our own disk cannot be written.
        PublishError: the server cannot be had.
    """
    there = replace(parse_remote(remote), token_env=token_env)
    with tempfile.TemporaryDirectory(prefix="bodojaryo-") as room:
        git = Git(
            token=token,
            token_user=token_user(there.host, forge),
            askpass=Path(room) / "askpass",
            ssh_command=ssh_command,
            ca_file=ca_file,
        )
        if there.path and not _is_there(there.path, branch, git):
            return ""
        try:
            return _ask(Path(room) / "probe.git", there, check_branch(branch), git)
        except GitFailed as error:
            raise PublishError(f"{there.name}: {error}") from error


def _is_there(path: Path, branch: str, git: Git) -> bool:
    """Tell whether a folder has a repository; where it is to be, one can be made.

    Raises:
        RefusedError, StorageError: it can not.
    """
    if LocalRepository(path, branch, git).exists:
        if not os.access(path, os.W_OK):
            raise StorageError(f"cannot write {path}: no permission")
        return True
    above = next(folder for folder in path.parents if folder.exists())
    try:
        tempfile.TemporaryFile(dir=above).close()
    except OSError as error:
        raise storage_error(error, above) from error
    return False


def _ask(room: Path, there: Remote, branch: str, git: Git) -> str:
    ours = BareRepository(room, there, git)
    ours.create()
    ref = f"refs/heads/{branch}"
    lines = ours.remote_refs(ref).splitlines()
    tips = dict(line.split("\t")[::-1] for line in lines)
    tree = ours.at("mktree").decode().strip()
    commit = ours.at("commit-tree", tree, stdin=b"never pushed", env=_WHO).decode()
    answer = git.answer(
        f"--git-dir={room}",
        *("push", "--dry-run", "--porcelain", "--no-verify", "--no-thin"),
        *("origin", f"{commit.strip()}:{TRIED}"),
        transport=there.transport,
    )
    if answer.code:
        raise push_failure(
            answer,
            there.name,
            local=there.path is not None,
            token_env=there.token_env,
        ) or GitFailed("push", answer)
    return tips.get(ref, "")
