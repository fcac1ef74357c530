"""Config -> the publisher: a folder, a git repository, or pull requests on a forge."""

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from publishers.paths import is_ours
from scraper.cli.known_look import posts_dir
from scraper.job import Publisher, Standing
from scraper.model import History
from scraper.report import Outcome
from scraper.settings import Config

if TYPE_CHECKING:
    from publishers.git import GitPublisher

#: The folder of posts that state and targets know without its being named.
USUAL_FOLDER = "_posts"


def target_of(config: Config) -> str:
    """Name the news target, for the state.

    A folder is named as seen from the state's, so that both can be moved together. The
    folder of the posts belongs to it: in another, none of them is there.
    """
    news = config.news
    folder = posts_dir(config)
    within = "" if folder == USUAL_FOLDER else f" in {folder}"
    if news.to == "directory":
        root = os.path.relpath(news.directory, config.state_dir)
        return f"directory {root}{within}"
    remote = news.remote
    if os.path.isabs(remote):
        remote = os.path.relpath(remote, config.state_dir)
    by = f" by {news.pull_request.branch}" if news.to == "pr" else ""
    return f"git {remote}#{news.branch}{by}{within}"


def target_shown(config: Config) -> str:
    """Name the news target, for people."""
    news = config.news
    if news.to == "directory":
        return str(news.directory)
    by = " by pull request" if news.to == "pr" else ""
    return f"{news.remote} ({news.branch}){by}"


def publisher_of(
    config: Config,
    now: Callable[[], datetime],
    sleep: Callable[[float], None],
    *,
    run_id: str = "",
    allow_restore: bool = False,
    waiting: Callable[[], Sequence[Outcome]] = tuple,
) -> Publisher:
    """Return the publisher the configuration names; it waits by ``sleep``.

    Args:
        config: The operator's decisions.
        now: The clock.
        sleep: Waits some seconds.
        run_id: Stands in the commits.
        allow_restore: Many posts that a rewritten history lost may come back.
        waiting: What this run holds or failed on, for whoever reviews it.

    Raises:
        ConfigError: the remote is none, or no forge.
    """
    news = config.news
    if news.to == "directory":
        from publishers.directory import DirectoryPublisher

        return DirectoryPublisher(news.directory, posts_dir=posts_dir(config))
    from publishers.git import GitPublisher

    name = hashlib.sha256(news.remote.encode()).hexdigest()[:16]
    git = GitPublisher(
        news.remote,
        branch=news.branch,
        posts_dir=posts_dir(config),
        mirror=config.state_dir / f"mirror-{name}.git",
        author_name=news.author_name,
        author_email=news.author_email,
        token=_token(config),
        token_env=news.token_env,
        forge=news.pull_request.forge,
        ssh_command=news.ssh_command,
        ca_file=Path(news.ca_file) if news.ca_file else None,
        signing_key=Path(news.signing_key) if news.signing_key else None,
        commits=news.commits,
        run_id=run_id,
        allow_restore=allow_restore,
        now=now,
        sleep=sleep,
    )
    return _by_pull_request(config, git, sleep, waiting) if news.to == "pr" else git


def standing_in(
    publisher: Publisher,
) -> Callable[[Mapping[str, str]], dict[str, Standing]]:
    """Return what reads posts back from there, and what they tell of themselves."""

    def standing(paths: Mapping[str, str]) -> dict[str, Standing]:
        from publishers.marks import read_history
        from publishers.profiles import ATTACHMENT_ONLY

        texts = publisher.read(set(paths.values()))
        return {
            path: Standing(
                texts[path],
                is_ours(texts[path], news_id),
                read_history(texts[path]) or History(),
                ATTACHMENT_ONLY not in texts[path],
            )
            for news_id, path in paths.items()
            if path in texts
        }

    return standing


def tending(config: Config, publisher: Publisher) -> Callable[[], object]:
    """Return what finishes an earlier run's half-done work at the target."""
    if config.news.to == "pr":
        from publishers.rolling import PullRequestPublisher

        assert isinstance(publisher, PullRequestPublisher)
        return publisher.tend
    return lambda: None


def _by_pull_request(
    config: Config,
    git: "GitPublisher",
    sleep: Callable[[float], None],
    waiting: Callable[[], Sequence[Outcome]],
) -> Publisher:
    from publishers.forges import Wishes
    from publishers.pull_text import Skipped
    from publishers.rolling import PullRequestPublisher
    from scraper.cli.forge import forge_of

    asked = config.news.pull_request

    def skipped() -> list[Skipped]:
        return [
            Skipped(o.entry.news_id, o.entry.title, o.reason, o.entry.ministry)
            for o in waiting()
        ]

    return PullRequestPublisher(
        git,
        forge_of(config, sleep),
        branch=asked.branch,
        wishes=Wishes(
            labels=asked.labels,
            assignees=asked.assignees,
            reviewers=asked.reviewers,
            auto_merge=asked.auto_merge,
        ),
        draft=asked.draft,
        skipped=skipped,
        sleep=sleep,
    )


def _token(config: Config) -> str | None:
    return config.token.get_secret_value() if config.token else None
