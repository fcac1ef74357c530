"""The story of a rolling pull request, from the first run to a refusal.

Told over a GitHub of our own; every request and answer is held against GitHub's own
description.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from forge_fake import GitHubFake
from git_place import SUBJECT, post, posts
from github_description import description, run_graphql, schema
from pull_place import BRANCH, PullPlace, make_hub

from publishers.forges import Wishes
from publishers.paths import EDITED
from publishers.pulls import REFUSED

WISHES = Wishes(
    labels=("news",),
    assignees=("editor",),
    reviewers=("reviewer", "newsroom/desk"),
    auto_merge="squash",
)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[PullPlace]:
    schema()
    fake = GitHubFake(make_hub(tmp_path), judge=description().judge)
    fake.graphql = run_graphql
    with fake.serve():
        yield PullPlace(tmp_path, fake)
    assert fake.troubles == []


def test_the_story(place):
    fake = place.fake

    # The first run opens a pull request.
    receipt = place.publisher(WISHES).publish(posts(1, 2, 3), SUBJECT)
    assert receipt.written == ("1", "2", "3")
    (first,) = fake.open_pulls()
    assert (first.branch, first.base) == (BRANCH, "main")
    assert first.title == "news: 3 releases (2026-11-23)"
    assert first.labels == ["news"]
    assert first.assignees == ["editor"]
    assert first.reviewers == ["reviewer"]
    assert first.teams == ["desk"]
    assert first.auto_merge == "squash"
    assert all(f"글 {number}" in first.body for number in (1, 2, 3))
    assert place.files("main") == {"README.md"}

    # The second run appends to it.
    before = fake.tip(BRANCH)
    receipt = place.publisher(WISHES).publish(posts(3, 4), SUBJECT)
    assert (receipt.written, receipt.unchanged) == (("4",), ("3",))
    assert [pull.number for pull in fake.open_pulls()] == [1]
    assert first.title == "news: 4 releases (2026-11-23)"
    assert place.fake.git("rev-parse", f"{BRANCH}^") == before

    # A person edits a post, the body and the labels: all of it is kept.
    edited = post(1).text.replace("본문", "사람이 고친 글")
    place.write(BRANCH, post(1).path, edited)
    first.body = f"검토 중입니다.\r\n\r\n{first.body}\r\n\r\n- [ ] 확인"
    first.title = "오늘의 보도자료"
    first.labels = ["검토"]

    # A correction arrives: one is updated, the edited one reported.
    fresh = [post(1, "새 글"), post(2, "새 글")]
    receipt = place.publisher(WISHES).publish(fresh, SUBJECT)
    assert receipt.written == ("2",)
    assert receipt.refused == {"1": EDITED}
    assert place.text(BRANCH, post(1).path) == edited
    assert place.text(BRANCH, post(2).path) == fresh[1].text
    assert first.body.startswith("검토 중입니다.")
    assert first.body.rstrip().endswith("- [ ] 확인")
    assert "1 글 1: edited by hand" in first.body
    assert first.title == "오늘의 보도자료"
    assert first.labels == ["검토"]
    assert fake.pings == ["reviewer"]

    # Nothing new: nothing is written.
    writes, pushes, tip = len(fake.writes()), place.pushes(), fake.tip(BRANCH)
    receipt = place.publisher(WISHES).publish(fresh[1:] + posts(3, 4), SUBJECT)
    assert receipt.unchanged == ("2", "3", "4")
    place.publisher(WISHES).tend()
    assert len(fake.writes()) == writes
    assert (place.pushes(), fake.tip(BRANCH)) == (pushes, tip)

    # It is merged; the next run starts a new one on the same branch.
    fake.merge(1, "squash")
    receipt = place.publisher(WISHES).publish([*fresh[1:], post(5)], SUBJECT)
    assert (receipt.written, receipt.unchanged) == (("5",), ("2",))
    (second,) = fake.open_pulls()
    assert (second.number, second.branch) == (2, BRANCH)
    assert second.title == "news: 1 release (2026-11-23)"
    assert fake.git("rev-parse", f"{BRANCH}^") == fake.tip("main")

    # That one is closed: what was in it is not proposed again.
    fake.close(2)
    receipt = place.publisher(WISHES).publish(posts(5, 6), SUBJECT)
    assert receipt.written == ("6",)
    assert receipt.refused == {"5": f"{REFUSED} (#2)"}
    (third,) = fake.open_pulls()
    assert (third.number, third.branch) == (3, f"{BRANCH}-2")
    assert place.files(third.branch) - place.files("main") == {post(6).path}
    survey = place.publisher(WISHES).survey()
    assert set(survey.paths) == {"1", "2", "3", "4", "6"}
    assert set(survey.refused) == {"5"}
    assert survey.complete
