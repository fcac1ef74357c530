"""Reading posts back from where they went, whatever people made of them."""

from collections.abc import Iterator
from pathlib import Path

import git_place
import pytest
from forge_fake import GitHubFake
from github_description import judge_if_any, run_graphql
from pull_place import PullPlace, make_hub

from publishers.directory import DirectoryPublisher

POSTS = git_place.posts(1, 2)
PATHS = [post.path for post in POSTS]
NOWHERE = "_posts/2026/11/2026-11-23-9.md"


@pytest.fixture
def pulls(tmp_path: Path) -> Iterator[PullPlace]:
    fake = GitHubFake(make_hub(tmp_path), judge=judge_if_any())
    fake.graphql = run_graphql
    with fake.serve():
        yield PullPlace(tmp_path, fake)


def test_a_folder_gives_what_stands_there(tmp_path: Path) -> None:
    publisher = DirectoryPublisher(tmp_path / "news")
    assert publisher.read(PATHS) == {}
    publisher.publish(POSTS, "news")
    (tmp_path / "news" / PATHS[1]).write_bytes(b"\xff mine")
    found = publisher.read([*PATHS, NOWHERE])
    assert found == {PATHS[0]: POSTS[0].text, PATHS[1]: "\ufffd mine"}


def test_a_folder_does_not_follow_links(tmp_path: Path) -> None:
    publisher = DirectoryPublisher(tmp_path / "news")
    publisher.publish(POSTS, "news")
    link = tmp_path / "news" / PATHS[0]
    link.unlink()
    link.symlink_to("/etc/passwd")
    assert PATHS[0] not in publisher.read(PATHS)


def test_a_repository_gives_what_its_branch_has_now(tmp_path: Path) -> None:
    place = git_place.Place(tmp_path)
    assert place.publisher().read(PATHS) == {}
    place.publisher().publish(POSTS, git_place.SUBJECT)
    git_place.write_and_push(place.person(), PATHS[1], "mine\n")
    found = place.publisher().read([*PATHS, NOWHERE])
    assert found == {PATHS[0]: POSTS[0].text, PATHS[1]: "mine\n"}
    assert place.publisher().read([]) == {}


def test_what_is_proposed_goes_before_what_base_has(pulls: PullPlace) -> None:
    """A correction builds upon the post that waits for its merge."""
    pulls.publisher().publish(POSTS, git_place.SUBJECT)
    assert pulls.publisher().read(PATHS) == {p.path: p.text for p in POSTS}
    pulls.fake.merge(1)
    newer = git_place.post(1, "고친 글")
    pulls.publisher().publish([newer], git_place.SUBJECT)
    found = pulls.publisher().read([*PATHS, NOWHERE])
    assert found == {PATHS[0]: newer.text, PATHS[1]: POSTS[1].text}
