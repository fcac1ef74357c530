"""What is said when a forge opens no pull request."""

from scraper.errors import PublishError, RefusedError


def may_not_open(
    name: str, branch: str, *, status: int, said: str, hint: str, by_hand: str
) -> RefusedError:
    """Return what a person must do so that pull requests can be opened.

    Args:
        name: Host and repository.
        branch: It is pushed already.
        status: Of the answer.
        said: The forge's own words.
        hint: What to tick where; "" if nobody can tell.
        by_hand: The page where a person can open it.
    """
    words = [
        f"{name} opens no pull request ({status}: {said})",
        *([hint] if hint else []),
        f"the branch {branch} is pushed, open it there by hand: {by_hand}",
    ]
    return RefusedError("; ".join(words))


def not_listed(name: str, branch: str) -> PublishError:
    """Return that a pull request is there and is not shown.

    The list may be late, or somebody has ended it since: the next look tells.
    """
    return PublishError(
        f"{name} says that there is a pull request from {branch}, "
        "and does not list it: try again"
    )
