"""Corrections and withdrawals, end to end: command, site and news repository."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from publishers.seal import is_intact, read_seal
from tests.newsroom import NOW, Newsroom, Result, asked_for
from tests.rendering import front_matter_of
from tests.replica import Site, replica

START = datetime.fromisoformat(NOW)
FOLDER = "news: {to: directory, directory: ./news}\n"
#: Nobody has the command ask for more than a page and a file.
QUIET = timedelta(minutes=30)


class Killed(BaseException):
    """What SIGKILL leaves undone, this leaves undone."""


class Desk:
    """A newsroom whose posts are files, and its runs at chosen times."""

    def __init__(self, room: Newsroom, site: Site, capsys: Any) -> None:
        self.room, self.site, self._capsys = room, site, capsys

    def first(self) -> None:
        result = self.run(timedelta(), "--since", "2026-11-24", "--until", "2026-11-24")
        assert result.counts["published"] > 2, result.out

    def run(self, after: timedelta, *arguments: str) -> Result:
        self.site.requests.clear()
        now = (START + after).isoformat()
        return self.room.scrape(*arguments, now=now, capsys=self._capsys)

    def hours(self, hours: float, *arguments: str) -> Result:
        return self.run(timedelta(hours=hours), *arguments)

    def posts(self) -> dict[str, str]:
        files = (self.room.folder / "news").rglob("*.md")
        return {f.stem.rsplit("-", 1)[-1]: f.read_text("utf-8") for f in files}

    def path(self, news_id: str) -> Path:
        return next((self.room.folder / "news").rglob(f"*-{news_id}.md"))


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    with replica(days="2026-11-24", releases=10) as site:
        made = Desk(Newsroom(tmp_path / "room", site.base_url, FOLDER), site, capsys)
        made.first()
        yield made


def head(text: str) -> dict[str, Any]:
    fields = yaml.safe_load(front_matter_of(text)[0])
    assert isinstance(fields, dict)
    return fields


def revision(text: str) -> int:
    seal = read_seal(text)
    assert seal
    assert is_intact(text)
    return seal.revision


def one(desk: Desk) -> str:
    return sorted(desk.posts())[0]


def test_nothing_changed_writes_nothing(desk: Desk) -> None:
    before = desk.posts()
    early = desk.hours(0.9)
    assert "looked at" not in early.report["rechecked"]
    due = desk.hours(1.1)
    assert due.report["rechecked"] == {"looked at": len(before), "due": 0}
    assert desk.posts() == before
    assert set(asked_for(desk.site, "detail")) == set(before)
    again = desk.hours(1.2)
    assert again.report["rechecked"] == {}
    assert not asked_for(desk.site, "detail")


def test_a_new_title_is_a_correction_of_the_same_post(desk: Desk) -> None:
    news_id, before = one(desk), desk.posts()
    desk.site.correct(news_id, title="아주 다른 제목입니다")
    result = desk.hours(1.1)
    after = desk.posts()
    assert {k: v for k, v in after.items() if v != before[k]}.keys() == {news_id}
    text = after[news_id]
    assert head(text)["title"] == "아주 다른 제목입니다"
    assert len(text) > len(before[news_id]), "the document still is its text"
    (correction,) = head(text)["corrections"]
    assert correction["class"] == "text"
    assert head(text)["last_modified_at"] == correction["at"]
    assert "원문의 수정에 따라 고쳐졌습니다." in text
    assert revision(text) == 2
    assert result.of("published")[news_id]["code"] == "corrected"
    assert result.report["rechecked"]["corrected"] == 1
    assert desk.hours(1.2).report["rechecked"] == {}


def test_revisions_count_on(desk: Desk) -> None:
    news_id = one(desk)
    for number, hours in enumerate((1.1, 25, 73), 2):
        desk.site.correct(news_id, title=f"제목 {number}호")
        desk.hours(hours)
        assert revision(desk.posts()[news_id]) == number
    classes = [c["class"] for c in head(desk.posts()[news_id])["corrections"]]
    assert classes == ["text", "numbers", "numbers"]


def test_an_edited_post_is_told_and_left_alone(desk: Desk) -> None:
    news_id = one(desk)
    desk.path(news_id).write_text(desk.posts()[news_id] + "\n덧붙임\n", "utf-8")
    before = desk.posts()
    desk.site.correct(news_id, title="아주 다른 제목입니다")
    result = desk.hours(1.1)
    assert desk.posts() == before
    (note,) = [n for n in result.report["notes"] if "edited by hand" in n]
    assert note.startswith(f"{news_id} edited by hand, upstream changed (text)")
    assert not desk.hours(25).report["notes"], "told once"


def test_a_post_taken_out_by_hand_stays_out(desk: Desk) -> None:
    news_id = one(desk)
    desk.path(news_id).unlink()
    desk.site.correct(news_id, title="아주 다른 제목입니다")
    result = desk.hours(1.1)
    assert news_id not in desk.posts()
    assert any("taken out by hand" in note for note in result.report["notes"])


def test_new_file_ids_are_metadata(desk: Desk) -> None:
    """The old address may lead nowhere by now."""
    news_id = next(i for i, t in desk.posts().items() if head(t).get("attachments"))
    desk.site.correct(news_id, new_file=True)
    desk.hours(1.1)
    text = desk.posts()[news_id]
    assert [c["class"] for c in head(text)["corrections"]] == ["metadata"]


def test_a_stricter_license_marks_the_post_and_keeps_its_text(desk: Desk) -> None:
    news_id, before = one(desk), desk.posts()
    desk.site.change(news_id, lambda release: replace(release, license="4"))
    result = desk.hours(1.1)
    text = desk.posts()[news_id]
    assert head(text)["license_changed_at"]
    assert head(text)["title"] == head(before[news_id])["title"]
    assert revision(text) == 2
    assert any("now it would be held" in note for note in result.report["notes"])
    assert not desk.hours(25).report["notes"]
    desk.site.change(news_id, lambda release: release)
    desk.hours(73)
    assert "license_changed_at" not in head(desk.posts()[news_id])
    assert revision(desk.posts()[news_id]) == 3


def test_a_withdrawal_is_marked_after_two_looks_six_hours_apart(desk: Desk) -> None:
    news_id, before = one(desk), desk.posts()
    desk.site.withdraw(news_id)
    desk.hours(1.1)
    desk.hours(6.9)
    assert desk.posts() == before
    result = desk.hours(7.2)
    text = desk.posts()[news_id]
    assert head(text)["withdrawn_at"]
    assert "정책브리핑에서 내려간" in text
    assert result.of("published")[news_id]["code"] == "withdrawn"
    after = desk.posts()
    assert after.keys() == before.keys()
    assert not desk.hours(25).report["rechecked"].get("withdrawn")
    assert desk.posts() == after


def test_a_release_that_comes_back_is_no_longer_marked(desk: Desk) -> None:
    news_id = one(desk)
    desk.site.withdraw(news_id)
    desk.hours(1.1)
    desk.hours(7.2)
    desk.site._withdrawn.clear()
    desk.hours(25)
    text = desk.posts()[news_id]
    assert "withdrawn_at" not in head(text)
    assert [c["class"] for c in head(text)["corrections"]] == ["metadata"]
    assert revision(text) == 3


def test_a_release_that_was_missing_once_is_not_marked(desk: Desk) -> None:
    news_id, before = one(desk), desk.posts()
    desk.site.withdraw(news_id)
    desk.hours(1.1)
    desk.site._withdrawn.clear()
    desk.hours(7.2)
    desk.hours(25)
    assert desk.posts() == before


def test_many_withdrawals_at_once_are_the_sites_trouble(desk: Desk) -> None:
    before = desk.posts()
    for news_id in sorted(before)[:3]:
        desk.site.withdraw(news_id)
    desk.hours(1.1)
    result = desk.hours(7.2)
    assert desk.posts() == before
    (note,) = [n for n in result.report["notes"] if "none is marked" in n]
    assert note.startswith("3 releases seem withdrawn")


def test_a_site_that_shows_nothing_withdraws_nothing(desk: Desk) -> None:
    """One due release, gone; but so is every other, when it is asked."""
    before = desk.posts()
    desk.site.withdraw(one(desk))
    desk.hours(1.1)
    desk.site.faults.set([{"fault": "error-page", "on": "detail"}])
    result = desk.hours(7.2)
    assert desk.posts() == before
    assert any("no other release" in note for note in result.report["notes"])


def test_only_ordinary_runs_take_second_looks(desk: Desk) -> None:
    for arguments in (("--since", "2026-11-25"), ("--limit", "1"), ("--dry-run",)):
        assert desk.hours(1.1, *arguments).report["rechecked"] == {}
    assert desk.hours(1.1).report["rechecked"]["looked at"] > 4


def test_a_run_looks_at_no_more_than_the_budget(desk: Desk) -> None:
    count = len(desk.posts())
    result = desk.hours(1.1, "--set", "recheck.per_run=3")
    assert result.report["rechecked"] == {"looked at": 3, "due": count - 3}
    assert len(set(asked_for(desk.site, "detail"))) == 3
    assert not desk.hours(1.2, "--set", "recheck.per_run=0").report["rechecked"]


def test_after_a_lost_state_revisions_go_on_and_nothing_is_rewritten(
    desk: Desk,
) -> None:
    news_id = one(desk)
    title = head(desk.posts()[news_id])["title"]
    desk.site.correct(news_id, title=f"{title} 2")
    desk.hours(1.1)
    before = desk.posts()
    shutil.rmtree(desk.room.state)
    desk.hours(2, "--since", "2026-11-24")
    first = desk.hours(49)
    assert first.report["rechecked"]["first looks"] == len(before)
    assert desk.posts() == before
    desk.site.correct(news_id, title=f"{title} 3")
    desk.hours(145)
    text = desk.posts()[news_id]
    assert revision(text) == 3
    assert [c["class"] for c in head(text)["corrections"]] == ["text", "numbers"]


def test_reparse_keeps_what_happened(desk: Desk) -> None:
    gone, corrected = sorted(desk.posts())[:2]
    desk.site.withdraw(gone)
    desk.site.correct(corrected, title="아주 다른 제목입니다")
    desk.hours(1.1)
    desk.hours(7.2)
    before = desk.posts()
    desk.room.command(
        "reparse", "--publish", now=(START + QUIET).isoformat(), capsys=desk._capsys
    )
    assert desk.posts() == before
    desk.room.command(
        "reparse", "--publish", "--set", "post.category=다른",
        now=NOW, capsys=desk._capsys,
    )  # fmt: skip
    after = desk.posts()
    assert after[gone] != before[gone]
    for news_id in (gone, corrected):
        was, now = head(before[news_id]), head(after[news_id])
        assert revision(after[news_id]) == revision(before[news_id]) == 2
        for key in ("last_modified_at", "corrections", "withdrawn_at"):
            assert was.get(key) == now.get(key)


def test_what_did_not_change_is_not_sent_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with replica(days="2026-11-24", releases=6, validators=True) as site:
        desk = Desk(Newsroom(tmp_path / "room", site.base_url, FOLDER), site, capsys)
        desk.first()
        before, changed = desk.posts(), one(desk)
        desk.site.correct(changed, title=f"{head(before[changed])['title']} 2")
        result = desk.hours(1.1)
        assert result.report["rechecked"]["looked at"] == len(before)
        assert "failed" not in result.report["rechecked"]
        pages = {p.partition("newsId=")[2] for p in site.unchanged if "newsId" in p}
        assert pages == before.keys() - {changed}
        assert any("fileId" in path for path in site.unchanged)
        after = desk.posts()
        assert [i for i in after if after[i] != before[i]] == [changed]


def test_a_killed_run_does_not_correct_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Delivered, and not remembered: the post itself tells that it is corrected."""
    news_id = one(desk)
    desk.site.correct(news_id, title=f"{head(desk.posts()[news_id])['title']} 2")

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("scraper.settle.Ledger.delivered", killed)
        with pytest.raises(Killed):
            desk.hours(1.1)
    before = desk.posts()
    assert revision(before[news_id]) == 2
    desk.hours(1.5)
    assert desk.posts() == before
    desk.hours(25)
    assert desk.posts() == before


def test_a_page_that_answers_404_is_gone_as_well(desk: Desk) -> None:
    news_id = one(desk)
    gone = {"fault": "status", "status": 404, "on": "detail", "id": news_id}
    desk.site.faults.set([gone])
    desk.hours(1.1)
    desk.hours(7.2)
    assert head(desk.posts()[news_id])["withdrawn_at"]


def test_a_failing_page_is_looked_at_again_soon(desk: Desk) -> None:
    news_id, before = one(desk), desk.posts()
    desk.site.faults.set([{"fault": "malformed", "on": "detail", "id": news_id}])
    result = desk.hours(1.1)
    assert result.report["rechecked"]["failed"] == 1
    assert result.code == 0
    desk.site.faults.set([])
    assert desk.hours(2.2).report["rechecked"]["looked at"] == 1
    assert desk.posts() == before


def test_commits_tell_corrections_and_withdrawals(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with replica(days="2026-11-24", releases=6) as site:
        room = Newsroom(tmp_path / "room", site.base_url)
        desk = Desk(room, site, capsys)
        desk.first()
        corrected, gone = sorted(room.posts())[:2]
        site.correct(corrected, title="아주 다른 제목입니다")
        site.withdraw(gone)
        desk.hours(1.1)
        said = room.git("log", "-1", "--format=%B")
        assert said.startswith("news: 1 release changed at the source (2026-11-24)")
        assert f"- [correction] 아주 다른 제목입니다 ({corrected})" in said
        desk.hours(7.2)
        assert f"({gone})" in room.git("log", "-1", "--format=%B", "--grep=withdrawal")
        commits = room.commits()
        desk.hours(7.4)
        assert room.commits() == commits == 3


# --- by the Open API ------------------------------------------------------------------


def test_the_open_api_tells_of_changes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("API_KEY", "k")
    knobs = {"releases": 0, "articles": 12, "sections": "policy", "api_key": "k"}
    with replica(days="2026-11-24", **knobs) as site:
        settings = (
            f"{FOLDER}sources: [open_api]\n"
            f"open_api: {{base_url: '{site.base_url}', key_env: API_KEY}}\n"
        )
        desk = Desk(Newsroom(tmp_path / "room", site.base_url, settings), site, capsys)
        desk.first()
        before, news_id = desk.posts(), one(desk)
        assert desk.hours(1.1).report["rechecked"]["looked at"] == len(before)
        assert desk.posts() == before
        assert not asked_for(site, "detail")
        site.now = START + timedelta(hours=20)
        site.correct(news_id, title="아주 다른 제목입니다")
        site.now = None
        desk.hours(25)
        text = desk.posts()[news_id]
        assert [c["class"] for c in head(text)["corrections"]] == ["text"]
        assert revision(text) == 2
        assert not asked_for(site, "detail")
        after = desk.posts()
        site.withdraw(sorted(before)[1])
        desk.hours(73)
        desk.hours(80)
        assert desk.posts() == after, "absence from an answer proves nothing"
