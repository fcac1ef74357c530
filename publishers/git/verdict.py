"""What git's words mean: whose fault it is that a command failed, and what helps.

Git has hardly any exit codes; what it prints in the C locale is all there is.
"""

import re
from dataclasses import dataclass

from scraper.errors import PublishError, RefusedError, ScraperError, StorageError


@dataclass(frozen=True, slots=True)
class Answer:
    """How a git command ended."""

    #: 0 is success.
    code: int
    out: bytes
    #: What it said on standard error, in English.
    words: str


#: A limit of the server's, or of what stands before it; no later try meets another.
_TOO_LARGE = (
    r"error: 413\b|exceeds maximum allowed size|GH001"
    r"|blobs? which exceeds? the \S+ limit"
)
_REFUSED = re.compile(
    r"Authentication failed|could not read (?:Username|Password)|error: 40[134]\b"
    r"|[Rr]epository (?:'[^']*' )?not found|Host key verification failed"
    r"|Permission denied \(|Permission to \S+ denied"
    r"|Write access to repository not granted|dubious ownership"
    r"|does not appear to be a git repository"
    r"|hook declined|protected branch|GH0\d\d|not allowed to push|[Pp]ush declined"
    rf"|{_TOO_LARGE}"
)
_STORAGE = re.compile(
    r"No space left on device|Disk quota exceeded|Read-only file system"
    r"|Permission denied|insufficient permission|File too large|Too many open files"
    r"|unable to (?:write|create) (?:loose object )?file"
)
_UNREACHABLE = re.compile(
    r"[Cc]ould not resolve|unable to (?:access|connect)|Failed to connect|timed? ?out"
    r"|Connection (?:refused|reset|closed)|early EOF|hung up|disconnect|RPC failed"
    r"|error: (?:429|5\d\d)|Could not read from remote|no answer within"
)
#: A work tree in the way, as receive-pack tells it; the last is an untracked file.
_DIRTY = re.compile(r"[Ww]orking (?:directory|tree)|Up-to-date check failed")
#: May come of another push at the same moment; so may the answer to one that landed.
_RACE = re.compile(
    r"failed to update ref|cannot lock|failed to lock|incorrect old"
    r"|atomic (?:transaction|push) fail"
)
#: What a person can do about a refusal; the first that fits. Access first: a server may
#: name a protected branch to one who may not write at all.
_HINTS = (
    (
        r"could not read (?:Username|Password)",
        "no access token was given: name its variable in news.token_env",
    ),
    (
        r"SAML SSO",
        "authorize {token} for the organization's single sign-on",
    ),
    (
        r"Authentication failed|error: 401",
        "check {token}: it is wrong, expired or revoked",
    ),
    (
        r"Permission denied \(|Host key verification failed",
        "check the SSH key and known_hosts of this user",
    ),
    (
        _TOO_LARGE,
        "too large for this server: deliver fewer releases at once (--limit), or raise "
        "its limit (nginx: client_max_body_size, git: receive.maxInputSize)",
    ),
    (
        r"GH006|GH013|protected branch|not allowed to push|hook declined",
        "protected branch: use pull-request mode (scrape --to pr)",
    ),
    (
        r"error: 403|Permission to|Write access",
        "{token} lacks the right to write contents "
        "(GitHub: Contents read and write; GitLab: write_repository and Developer; "
        "Gitea: repository read and write)",
    ),
    (
        r"error: 404|[Nn]ot found|does not appear",
        "check the repository's address, and that {token} may see it",
    ),
    (r"dubious ownership", "the folder belongs to another user"),
)


def known_failure(
    words: str, where: str, *, local: bool, token_env: str = ""
) -> ScraperError | None:
    """Return the error these words of git stand for; ``None`` if they are news to us.

    ``local`` says that the remote is on our own disk; lines a server sent about *its*
    disk are not ours to mend. ``token_env`` is the variable that has the access token.
    """
    said = gist(words)
    if _REFUSED.search(words):
        hint = "" if local and "hook declined" in words else _hint(words, token_env)
        return RefusedError("; ".join(filter(None, [f"{where} refuses: {said}", hint])))
    ours = words if local else re.sub(r"(?m)^remote:.*$", "", words)
    if _STORAGE.search(ours):
        return StorageError(f"cannot write {where}: {said}")
    if _STORAGE.search(words) or _UNREACHABLE.search(words):
        return PublishError(f"{where} is not available: {said}")
    return None


def _hint(words: str, token_env: str) -> str:
    """Return what helps against a refusal, naming the permission; "" if unknown."""
    hint = next((hint for pattern, hint in _HINTS if re.search(pattern, words)), "")
    token = f"the access token in {token_env}" if token_env else "the access token"
    return hint.format(token=token)


def gist(words: str) -> str:
    """Return the telling part of git's words as one line of at most 300 characters."""
    plain = re.sub(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]+", " ", words)
    lines = [" ".join(line.split()) for line in plain.split("\n")]
    told = [
        line for line in lines if re.match(r"(?:fatal|error|remote|! |no answer)", line)
    ]
    return "; ".join(line for line in told or lines if line.removeprefix("remote:"))[
        :300
    ]


def push_failure(
    answer: Answer, where: str, *, local: bool, token_env: str = ""
) -> ScraperError | None:
    """Return why a push, made with ``--porcelain``, did not land; ``None``: unknown.

    Arguments are those of :func:`known_failure`.
    """
    reason = _rejection(answer.out.decode("utf-8", "replace"))
    if local and _STORAGE.search(answer.words):
        return StorageError(f"cannot write {where}: {gist(answer.words)}")
    if "checked out" in reason:
        return RefusedError(
            f"{where} takes no pushes to its checked-out branch: run "
            f"git -C {where} config receive.denyCurrentBranch updateInstead"
        )
    if _DIRTY.search(reason):
        return RefusedError(
            f"{where} has files of its own that are not committed ({reason}): "
            f"commit or remove them; git -C {where} status shows them"
        )
    words = f"{answer.words}\n! {reason}" if reason else answer.words
    if known := known_failure(words, where, local=local, token_env=token_env):
        return known
    if "unpacker error" in reason:  # what we sent was not whole
        return None
    if "[remote rejected]" in reason and not _RACE.search(reason):
        return RefusedError(f"{where} refuses: {gist(words)}")
    if reason or not answer.code:
        return PublishError(f"{where} moved, or did not take it: {gist(words)}")
    return None


def _rejection(porcelain: str) -> str:
    """Return the reason ``git push --porcelain`` gives, "" if it gives none."""
    lines = [line for line in porcelain.splitlines() if line.startswith("!\t")]
    return lines[0].split("\t")[-1] if lines else ""
