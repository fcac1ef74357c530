"""The promises, each held against a whole run over the replica.

What these tests rely on is real: HTTP on loopback, SQLite, git, processes and signals.
"""

import contextlib
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scraper import reparse, take
from scraper.cli import build
from scraper.model import Entry
from tests.newsroom import NOW, Newsroom, asked_for, run_here
from tests.replica import Site, replica

pytestmark = pytest.mark.replica

THREE_DAYS = ("--since", "2026-11-22", "--until", "2026-11-24")


@pytest.fixture
def site() -> Iterator[Site]:
    with replica(seed=3, days="2026-11-22..2026-11-24", releases=40) as site:
        yield site


@pytest.fixture
def newsroom(site: Site, tmp_path: Path) -> Newsroom:
    return Newsroom(tmp_path / "room", site.base_url)


Capsys = pytest.CaptureFixture[str]


# --- the same release always gives the same path and bytes ---------------------------


def test_a_repeated_run_makes_no_commit(newsroom: Newsroom, capsys: Capsys) -> None:
    first = newsroom.scrape(*THREE_DAYS, capsys=capsys)
    assert first.code == 0
    assert first.counts["published"] > 20
    tip = newsroom.tip()
    second = newsroom.scrape(*THREE_DAYS, capsys=capsys)
    assert second.code == 0
    assert second.counts["known"] == first.counts["published"]
    assert second.counts["published"] == 0
    assert newsroom.tip() == tip
    assert "nothing new" in second.out


def test_two_newsrooms_get_the_same_bytes(
    newsroom: Newsroom, site: Site, tmp_path: Path, capsys: Capsys
) -> None:
    newsroom.scrape(*THREE_DAYS, capsys=capsys)
    other = Newsroom(tmp_path / "other", site.base_url)
    for day in ("2026-11-24", "2026-11-23", "2026-11-22"):
        other.scrape("--since", day, "--until", day, capsys=capsys)
    assert other.tree() == newsroom.tree()


# --- remember last -------------------------------------------------------------------


def test_killed_between_publish_and_remember(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    """One commit in all: the next run finds the posts in the news repository."""
    day = ("--since", "2026-11-23", "--until", "2026-11-23")
    kill = (
        "import os, signal, scraper.settle as settle\n"
        "def die(*_): os.kill(os.getpid(), signal.SIGKILL)\n"
        "settle.Ledger.delivered = die"
    )
    process = newsroom.start(*day, before=kill)
    assert process.wait(60) == -signal.SIGKILL
    process.communicate()
    tip = newsroom.tip()
    site.requests.clear()
    result = newsroom.scrape(*day, capsys=capsys)
    assert result.code == 0
    assert result.counts["known"] == len(newsroom.posts()) > 0
    assert (newsroom.tip(), newsroom.commits()) == (tip, 1)
    assert not set(asked_for(site, "detail")) & set(newsroom.posts())


def test_killed_before_the_push_nothing_is_lost(
    newsroom: Newsroom, capsys: Capsys
) -> None:
    kill = (
        "import os, signal, publishers.git as git\n"
        "def die(*_): os.kill(os.getpid(), signal.SIGKILL)\n"
        "git.GitPublisher.publish = die"
    )
    process = newsroom.start(*THREE_DAYS, before=kill)
    assert process.wait(60) == -signal.SIGKILL
    process.communicate()
    result = newsroom.scrape(*THREE_DAYS, capsys=capsys)
    assert result.code == 0
    assert result.counts["published"] == len(newsroom.posts()) > 20


def test_a_killed_backfill_keeps_its_batches_and_goes_on(
    tmp_path: Path, capsys: Capsys
) -> None:
    days = [date(2026, 11, 15) + timedelta(days=n) for n in range(10)]
    bounds = ("--since", str(days[0]), "--until", str(days[-1]))
    with replica(
        seed=5, days=f"{days[0]}..{days[-1]}", releases=100, latency=0.005
    ) as site:
        whole = Newsroom(tmp_path / "whole", site.base_url)
        assert whole.scrape(*bounds, capsys=capsys).code == 0
        site.requests.clear()
        killed = Newsroom(tmp_path / "killed", site.base_url)
        process = killed.start(*bounds)
        while str(days[6]) not in asked_for(site, "list"):
            time.sleep(0.01)
            assert process.poll() is None, process.communicate()
        process.kill()
        process.communicate()
        finished = set(killed.posts())
        assert len(finished) > 20, "days before the kill were delivered"
        assert finished < set(whole.posts())
        site.requests.clear()
        result = killed.scrape(*bounds, capsys=capsys)
        assert result.code == 0
        assert not set(asked_for(site, "detail")) & finished
        assert killed.tree() == whole.tree()
        assert killed.git("fsck", "--strict", "--no-dangling") == ""


def test_sigterm_ends_a_run_soon_and_loses_nothing(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    site.latency = 0.05
    process = newsroom.start(*THREE_DAYS)
    while len(asked_for(site, "detail")) < 5:
        time.sleep(0.01)
        assert process.poll() is None, process.communicate()
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=10)
    assert process.returncode == 143
    assert "ended by signal 15; run again to go on" in err
    assert "left" in out
    site.latency = 0
    ready = set(newsroom.posts())
    assert ready, "what was ready is published"
    site.requests.clear()
    newsroom.scrape(*THREE_DAYS, capsys=capsys)
    assert not set(asked_for(site, "detail")) & ready


def test_a_second_run_at_the_same_time_is_refused(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    site.latency = 0.05
    process = newsroom.start(*THREE_DAYS)
    while not site.requests:
        time.sleep(0.01)
    result = newsroom.scrape(*THREE_DAYS, capsys=capsys)
    process.kill()
    process.communicate()
    assert result.code == 75
    assert "another run is at work" in result.err


# --- the news repository knows what was published ------------------------------------


def test_a_lost_state_fetches_no_published_release_again(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    newsroom.scrape(*THREE_DAYS, capsys=capsys)
    tip, published = newsroom.tip(), set(newsroom.posts())
    shutil.rmtree(newsroom.state)
    site.requests.clear()
    result = newsroom.scrape(*THREE_DAYS, capsys=capsys)
    assert set(result.of("known")) == published
    assert not set(asked_for(site, "detail")) & published
    assert newsroom.tip() == tip


def test_a_lost_state_goes_on_from_the_newest_post(
    newsroom: Newsroom, capsys: Capsys
) -> None:
    """A CI job whose cache is gone must not leave a hole."""
    newsroom.scrape("--since", "2026-11-22", "--until", "2026-11-22", capsys=capsys)
    shutil.rmtree(newsroom.state)
    later = "2026-11-27T12:00:00+09:00"
    newsroom.scrape(now=later, capsys=capsys)
    days = {path.name[:10] for path in newsroom.news.rglob("*.md")}
    assert {"2026-11-22", "2026-11-23", "2026-11-24"} <= days


def test_what_a_person_edited_or_deleted_stays_so(
    newsroom: Newsroom, capsys: Capsys
) -> None:
    newsroom.scrape(*THREE_DAYS, capsys=capsys)
    edited, deleted = sorted(newsroom.news.rglob("*.md"))[:2]
    edited.write_text(edited.read_text("utf-8").replace("□", "■"), "utf-8")
    deleted.unlink()
    newsroom.git("commit", "-qam", "a person")
    tip = newsroom.tip()
    newsroom.scrape(*THREE_DAYS, capsys=capsys)
    assert newsroom.tip() == tip
    result = newsroom.command("reparse", "--publish", capsys=capsys)
    assert result.code == 0
    assert newsroom.tip() == tip
    assert "■" in edited.read_text("utf-8")
    setting = ("--set", "post.category=Press")
    newsroom.command("reparse", "--publish", *setting, capsys=capsys)
    rewritten = len(newsroom.posts()) - 1
    subject = newsroom.git("log", "-1", "--format=%s")
    assert subject == f"news: {rewritten} releases (reparsed)"
    assert not deleted.exists()
    news_id = deleted.stem.rsplit("-", 1)[-1]
    newsroom.command("reparse", news_id, "--publish", capsys=capsys)
    assert deleted.exists(), "it is put back when it is named"


# --- a news repository that does not take them --------------------------------------


def closed(newsroom: Newsroom, *, shut: bool) -> None:
    """Leave something not committed in the news repository, or take it back."""
    if shut:
        post = min(newsroom.news.rglob("*.md"))
        post.write_text(post.read_text("utf-8") + "a person is at work\n", "utf-8")
    else:
        newsroom.git("checkout", "--", ".")


@pytest.mark.parametrize("by", ["publish", "the next run"])
def test_what_was_not_taken_is_delivered_without_fetching_it_again(
    newsroom: Newsroom, site: Site, by: str, capsys: Capsys
) -> None:
    newsroom.scrape("--since", "2026-11-22", "--until", "2026-11-22", capsys=capsys)
    closed(newsroom, shut=True)
    day = ("--since", "2026-11-23", "--until", "2026-11-23")
    refused = newsroom.scrape(*day, capsys=capsys)
    assert refused.code == 77
    ready = refused.of("failed")
    assert len(ready) > 10
    assert {release["code"] for release in ready.values()} == {"publish"}
    closed(newsroom, shut=False)
    site.requests.clear()
    if by == "publish":
        file = newsroom.folder / "published.json"
        done = newsroom.command("publish", "--json", str(file), capsys=capsys)
        report = json.loads(file.read_text("utf-8"))
        assert report["counts"]["published"] == len(ready)
        assert site.requests == []
        assert done.code == 0, done.err
    else:
        done = newsroom.scrape(*day, capsys=capsys)
        assert set(done.of("published")) >= ready.keys()
        assert not set(asked_for(site, "detail")) & ready.keys()
    assert newsroom.posts().keys() >= ready.keys()


def test_publish_publishes_an_embargo_that_has_passed(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    morning = "2026-11-23T07:00:00+09:00"
    first = newsroom.scrape(*THREE_DAYS, now=morning, capsys=capsys)
    held = {i: r for i, r in first.of("held").items() if r["code"] == "embargo"}
    assert held
    site.requests.clear()
    done = newsroom.command("publish", now="2026-12-24T07:00:00+09:00", capsys=capsys)
    assert done.code == 0, done.err
    assert site.requests == []
    assert newsroom.posts().keys() >= held.keys()


def test_publish_leaves_what_the_archive_does_not_have(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    newsroom.scrape("--since", "2026-11-22", "--until", "2026-11-22", capsys=capsys)
    closed(newsroom, shut=True)
    day = ("--since", "2026-11-23", "--until", "2026-11-23")
    newsroom.scrape(*day, capsys=capsys)
    closed(newsroom, shut=False)
    shutil.rmtree(newsroom.state / "archive")
    done = newsroom.command("publish", capsys=capsys)
    assert done.code == 0, done.err
    assert "a run that may fetch takes them" in done.out
    assert newsroom.scrape(*day, capsys=capsys).counts["published"] > 10


# --- an upgrade alone changes nothing ------------------------------------------------


def test_an_upgrade_waits_until_it_is_asked_for(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, capsys: Capsys
) -> None:
    newsroom.scrape(*THREE_DAYS, capsys=capsys)
    tip = newsroom.tip()
    monkeypatch.setattr("scraper.documents.EXTRACTOR_VERSION", "next")
    (newsroom.config.parent / "var" / "look.json").unlink()  # as any new code does
    result = newsroom.scrape(*THREE_DAYS, capsys=capsys)
    assert newsroom.tip() == tip
    assert result.report["waiting"] == len(newsroom.posts())
    assert "scrape reparse --publish renders them again" in result.out
    assert newsroom.command("reparse", "--publish", capsys=capsys).code == 0
    assert newsroom.tip() == tip, "nothing reads differently, so nothing is written"
    assert newsroom.scrape(*THREE_DAYS, capsys=capsys).report["waiting"] == 0


def test_reparse_renders_other_settings_from_the_archive_alone(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    newsroom.scrape(*THREE_DAYS, capsys=capsys)
    tip, before = newsroom.tip(), newsroom.posts()
    site.requests.clear()
    setting = ("--set", "post.category=Press")
    asked = newsroom.command("reparse", *setting, capsys=capsys)
    assert f"dry run: {len(before)} would be published" in asked.out
    assert newsroom.tip() == tip
    newsroom.command("reparse", "--publish", *setting, capsys=capsys)
    after = newsroom.posts()
    assert after.keys() == before.keys()
    for news_id, text in after.items():
        unsealed = re.sub(r"sha256:\w+", "", text)
        assert unsealed.replace('"Press"', '"News"') == re.sub(
            r"sha256:\w+", "", before[news_id]
        )
    assert site.requests == []


# --- zero must be proven; a page that fails fails alone ------------------------------


def test_a_quiet_day_is_proven(tmp_path: Path, capsys: Capsys) -> None:
    with replica(seed=3, days="2026-11-22..2026-11-24", releases=10) as site:
        quiet = Newsroom(tmp_path, site.base_url)
        result = quiet.scrape(
            "--since", "2026-11-10", "--until", "2026-11-10", capsys=capsys
        )
        assert (result.code, result.counts["announced"]) == (0, 0)


@pytest.mark.parametrize(
    ("fault", "code", "said"),
    [
        ("challenge", 77, "running again at once only makes it worse"),
        ("maintenance", 69, "try later"),
        ("layout-change", 3, "no div.list_type"),
        ("neither", 3, "neither rows nor"),
        ("missing-page", 3, "listing not whole"),
        ("repeated-page", 3, "repeats rows"),
        ("error-page", 69, "the error page instead of a listing"),
    ],
)
def test_a_broken_listing_is_no_quiet_day(
    newsroom: Newsroom, site: Site, fault: str, code: int, said: str, capsys: Capsys
) -> None:
    page = 2 if fault in ("missing-page", "repeated-page") else 0
    site.faults.set([{"fault": fault, "on": "list", "page": page}])
    result = newsroom.scrape(*THREE_DAYS, capsys=capsys)
    assert result.code == code, result.err
    assert said in result.err
    site.faults.clear()
    mended = newsroom.scrape("--until", "2026-11-24", capsys=capsys)
    assert mended.code == 0
    whole = {i for n in range(22, 25) for i in site.ids(date(2026, 11, n))}
    assert set(mended.of("known", "published", "held")) == whole


def test_one_bad_release_fails_alone(tmp_path: Path, capsys: Capsys) -> None:
    with replica(seed=9, days="2026-11-23..2026-11-23", releases=50) as site:
        newsroom = Newsroom(tmp_path, site.base_url)
        good = Newsroom(tmp_path / "good", site.base_url)
        day = ("--since", "2026-11-23", "--until", "2026-11-23")
        fine = good.scrape(*day, capsys=capsys)
        (bad, *_) = fine.of("published")
        site.faults.set([{"fault": "malformed", "on": "detail", "id": bad}])
        result = newsroom.scrape(*day, capsys=capsys)
        assert result.code == 3
        assert set(result.of("failed")) == {bad}
        assert result.of("failed")[bad]["url"].endswith(f"newsId={bad}")
        assert set(result.of("published")) == set(fine.of("published")) - {bad}
        site.faults.clear()
        mended = newsroom.scrape(*day, capsys=capsys)
        assert mended.code == 0
        assert set(mended.of("published")) == {bad}
        assert newsroom.tree() == good.tree()


def test_a_release_that_always_fails_is_set_aside(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    first = newsroom.scrape(*THREE_DAYS, "--dry-run", capsys=capsys)
    (bad, *_) = first.of("published")
    site.faults.set([{"fault": "malformed", "on": "detail", "id": bad}])
    codes = [newsroom.scrape(*THREE_DAYS, capsys=capsys).code for _ in range(4)]
    assert codes == [3, 3, 3, 3]
    fifth = newsroom.scrape(*THREE_DAYS, capsys=capsys)
    assert (fifth.code, fifth.of("held")[bad]["code"]) == (0, "quarantine")
    site.requests.clear()
    sixth = newsroom.scrape(*THREE_DAYS, capsys=capsys)
    assert sixth.of("held")[bad]["code"] == "quarantine"
    assert bad not in asked_for(site, "detail")
    site.faults.clear()
    later = (datetime.fromisoformat(NOW) + timedelta(hours=25)).isoformat()
    mended = newsroom.scrape(*THREE_DAYS, now=later, capsys=capsys)
    assert bad in mended.of("published"), "a day later it is tried again"


def test_a_site_that_refuses_ends_the_run(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    site.faults.set([{"fault": "status", "on": "detail", "status": 403}])
    result = newsroom.scrape(*THREE_DAYS, capsys=capsys)
    assert result.code == 77
    assert len(asked_for(site, "detail")) == 3, "and does not hammer"
    assert result.counts["left"] > 0


def test_what_is_announced_by_a_broken_listing_is_published_all_the_same(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    site.faults.set([{"fault": "missing-page", "on": "list", "page": 2}])
    result = newsroom.scrape(*THREE_DAYS, capsys=capsys)
    assert result.code == 3
    assert result.counts["published"] > 5


# --- cost grows with what is new -----------------------------------------------------


def test_a_run_that_finds_nothing_reads_listings_only(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    newsroom.scrape(*THREE_DAYS, capsys=capsys)
    site.requests.clear()
    newsroom.scrape(*THREE_DAYS, capsys=capsys)
    kinds = {seen.kind for seen in site.requests}
    assert kinds == {"robots", "list"}


def test_a_dry_run_writes_nothing(newsroom: Newsroom, capsys: Capsys) -> None:
    result = newsroom.scrape(*THREE_DAYS, "--dry-run", capsys=capsys)
    assert result.counts["published"] > 20
    assert not newsroom.news.exists()
    real = newsroom.scrape(*THREE_DAYS, capsys=capsys)
    assert set(real.of("published")) == set(result.of("published"))


def test_embargo_is_waited_for_and_then_published(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    early = newsroom.scrape(*THREE_DAYS, now="2026-11-24T23:59:00+09:00", capsys=capsys)
    waiting = {i for i, r in early.of("held").items() if r["code"] == "embargo"}
    assert waiting, "the seed has releases under embargo"
    for news_id in waiting:
        stated = site.expected(news_id).embargo.available_at
        assert stated is None or str(stated) > "2026-11-25"
    late = newsroom.scrape(
        "--since", "2026-11-30", now="2026-11-30T12:00:00+09:00", capsys=capsys
    )
    assert set(late.of("published")) == waiting, "due by themselves, though not listed"


# --- nothing can be written ----------------------------------------------------------


@pytest.mark.parametrize("to", ["git", "directory"])
def test_a_full_disk_ends_cleanly_and_the_next_run_goes_on(
    tmp_path: Path, site: Site, to: str
) -> None:
    """A real file system of one megabyte, in a mount name space of its own."""
    if not shutil.which("unshare"):
        pytest.skip("needs unshare (Debian: apt-get install util-linux)")
    Newsroom(tmp_path, site.base_url)
    python = f"{sys.executable} -m scraper.cli"
    run = f"{python} --config disk/config.yaml --to {to} " + " ".join(THREE_DAYS)
    script = f"""
set -u
cd {tmp_path}
mkdir disk
mount -t tmpfs -o size=300k tmpfs disk || exit 99
cp config.yaml disk
{run}; echo "first $?"
mount -o remount,size=200m disk
{run}; echo "second $?"
find disk -name '*.md' | wc -l
"""
    rights = [] if os.geteuid() == 0 else ["--map-root-user", "--user"]
    done = subprocess.run(
        ["unshare", *rights, "--mount", "sh", "-c", script],
        capture_output=True,
        text=True,
        env={**os.environ, build.CLOCK: "2026-11-25T12:00:00+09:00"},
        check=False,
    )
    if done.returncode == 99 and not os.environ.get("CI"):
        pytest.skip("this machine lets nobody mount a tmpfs in a name space")
    assert "first 73" in done.stdout, done.stdout + done.stderr
    assert "second 0" in done.stdout, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert "no space left" in done.stderr.lower() or "full" in done.stderr.lower()


def test_a_folder_that_cannot_be_written_is_named(
    newsroom: Newsroom, capsys: Capsys
) -> None:
    newsroom.state.write_text("a file where the folder should be")
    result = newsroom.scrape(*THREE_DAYS, capsys=capsys)
    assert result.code == 73
    assert str(newsroom.state) in result.err
    assert result.err.count("\n") == 1


# --- what changes its mind -----------------------------------------------------------


def test_a_release_held_for_its_license_is_judged_anew_by_other_settings(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    first = newsroom.scrape(*THREE_DAYS, capsys=capsys)
    held = {i for i, r in first.of("held").items() if r["code"] == "license"}
    types = {i: site.expected(i).license_type for i in held}
    allowed = {i for i, number in types.items() if number == 2}
    assert allowed, "the seed has releases of type 2"
    site.requests.clear()
    newsroom.scrape(*THREE_DAYS, capsys=capsys)
    assert not asked_for(site, "detail"), "the same settings ask nothing again"
    setting = ("--set", "use.commercial=false")
    second = newsroom.scrape(*THREE_DAYS, *setting, capsys=capsys)
    assert set(second.of("published")) == allowed


def test_a_limit_leaves_the_rest_for_the_next_run(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    first = newsroom.scrape(*THREE_DAYS, "--limit", "5", capsys=capsys)
    assert first.code == 0
    assert first.counts["announced"] - first.counts["left"] == 5
    assert all(r["code"] == "limit" for r in first.of("left").values())
    second = newsroom.scrape(*THREE_DAYS, capsys=capsys)
    assert second.counts["left"] == 0
    assert set(first.of("left")) == set(second.of("published", "held"))


def test_a_run_goes_on_from_the_last_day_that_was_read_whole(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    """A machine that slept for days catches up by itself."""
    early = "2026-11-23T09:00:00+09:00"
    newsroom.scrape(now=early, capsys=capsys)
    site.requests.clear()
    newsroom.scrape(now="2026-11-27T09:00:00+09:00", capsys=capsys)
    days = sorted(set(asked_for(site, "list")))
    assert days == [f"2026-11-{day}" for day in range(22, 28)]


def test_only_the_ministries_asked_for(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    everything = newsroom.scrape(*THREE_DAYS, "--dry-run", capsys=capsys)
    ministry = next(iter(everything.of("published").values()))["ministry"]
    wanted = {
        news_id
        for news_id, release in everything.of("published", "held").items()
        if release["ministry"] == ministry
    }
    result = newsroom.scrape(*THREE_DAYS, "--ministry", ministry, capsys=capsys)
    assert set(result.of("published", "held")) == wanted
    rest = newsroom.scrape("--until", "2026-11-24", capsys=capsys)
    assert rest.counts["announced"] > len(wanted), "the days are not done with that"


@pytest.mark.parametrize("to", ["git", "directory"])
def test_a_target_that_is_gone_is_told_not_filled(
    newsroom: Newsroom, to: str, capsys: Capsys
) -> None:
    """A disk that is not mounted must not look like a fresh start."""
    newsroom.scrape(*THREE_DAYS, "--to", to, capsys=capsys)
    target = newsroom.news if to == "git" else newsroom.folder / "news-files"
    away = newsroom.folder / "away"
    target.rename(away)
    result = newsroom.scrape(*THREE_DAYS, "--to", to, capsys=capsys)
    assert result.code == 77
    assert "holds none of the" in result.err
    assert "move the state away to fill it anew" in result.err
    shutil.rmtree(target, ignore_errors=True)
    away.rename(target)
    back = newsroom.scrape(*THREE_DAYS, "--to", to, capsys=capsys)
    assert (back.code, back.counts["published"]) == (0, 0)
    target.rename(away)
    shutil.rmtree(newsroom.state)
    anew = newsroom.scrape(*THREE_DAYS, "--to", to, capsys=capsys)
    assert anew.code == 0
    assert anew.counts["published"] == back.counts["known"]


def test_what_was_lost_right_after_its_delivery_comes_back(
    newsroom: Newsroom, capsys: Capsys
) -> None:
    """The run was killed before it could look again, and then history went back."""
    newsroom.scrape("--since", "2026-11-22", "--until", "2026-11-22", capsys=capsys)
    before = newsroom.tip()
    kill = (
        "import os, signal, scraper.pipeline as pipeline\n"
        "def die(*_): os.kill(os.getpid(), signal.SIGKILL)\n"
        "pipeline._Run.finish = die"
    )
    day = ("--since", "2026-11-23", "--until", "2026-11-23")
    process = newsroom.start(*day, before=kill)
    assert process.wait(60) == -signal.SIGKILL
    process.communicate()
    delivered = newsroom.posts().keys()
    newsroom.git("reset", "--hard", before)
    assert newsroom.posts().keys() < delivered
    result = newsroom.scrape(*day, capsys=capsys)
    assert newsroom.posts().keys() == delivered
    assert "lost with a rewritten history: published again" in result.out


def test_a_rewritten_news_repository_gets_its_missing_posts_back(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    newsroom.scrape("--since", "2026-11-22", "--until", "2026-11-22", capsys=capsys)
    first = newsroom.tip()
    newsroom.scrape(*THREE_DAYS, capsys=capsys)
    tree = newsroom.tree()
    newsroom.git("commit", "--amend", "-qm", "other words")
    newsroom.git("reset", "-q", "--hard", first)
    newsroom.git("commit", "-q", "--amend", "-m", "history rewritten")
    careful = newsroom.scrape("--until", "2026-11-24", capsys=capsys)
    assert careful.code == 77
    assert "--allow-restore adds them again" in careful.err
    site.requests.clear()
    wanted = newsroom.scrape(*THREE_DAYS, "--allow-restore", capsys=capsys)
    assert wanted.code == 0, wanted.err
    assert "lost with a rewritten history: published again" in wanted.out
    assert newsroom.tree() == tree
    assert asked_for(site, "detail") == [], "the archive has them"


def test_another_target_is_filled_too(newsroom: Newsroom, capsys: Capsys) -> None:
    git = newsroom.scrape(*THREE_DAYS, capsys=capsys)
    folder = newsroom.scrape(*THREE_DAYS, "--to", "directory", capsys=capsys)
    assert set(folder.of("published")) == set(git.of("published"))
    files = {
        file.stem.rsplit("-", 1)[-1]: file.read_text("utf-8")
        for file in (newsroom.folder / "news-files").rglob("*.md")
    }
    assert files == newsroom.posts()


def test_prune_keeps_pages_and_what_is_young(
    newsroom: Newsroom, capsys: Capsys
) -> None:
    newsroom.scrape(*THREE_DAYS, capsys=capsys)
    archive = newsroom.state / "archive"
    everything = set(archive.rglob("*.z"))
    assert newsroom.command("prune", capsys=capsys).code == 0
    assert set(archive.rglob("*.z")) == everything
    late = newsroom.command("prune", now="2027-06-01T00:00:00+09:00", capsys=capsys)
    assert late.code == 0
    left = set(archive.rglob("*.z"))
    assert left < everything
    assert len(left) >= len(newsroom.posts()), "pages stay"
    done = newsroom.command("reparse", capsys=capsys)
    assert done.code == 3, "what is gone is told"
    assert "not in the archive" in done.out


def test_a_terminal_shows_a_bar_and_ends_well(newsroom: Newsroom) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "scraper.cli", "--config", str(newsroom.config)]
    process = subprocess.Popen(
        [*command, *THREE_DAYS, "--dry-run"],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, build.CLOCK: NOW, "TERM": "xterm", "COLUMNS": "100"},
        text=True,
    )
    os.close(theirs)
    seen = b""
    with contextlib.suppress(OSError):  # the other end closed
        while part := os.read(ours, 65_536):
            seen += part
    os.close(ours)
    out = process.communicate(timeout=60)[0]
    assert process.returncode == 0, seen.decode(errors="replace")
    assert b"releases" in seen
    assert "dry run" in out


# --- holes ---------------------------------------------------------------------------


def all_ids(site: Site) -> set[str]:
    return {i for n in range(22, 25) for i in site.ids(date(2026, 11, n))}


def test_days_between_two_runs_are_no_hole(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    """An operator who asks for yesterday after an outage must not hide the rest."""
    for day in ("2026-11-22", "2026-11-24"):
        newsroom.scrape("--since", day, "--until", day, capsys=capsys)
    last = newsroom.scrape(capsys=capsys)
    seen = set(last.of("known", "held", "published"))
    assert set(site.ids(date(2026, 11, 23))) <= seen


def test_a_limit_on_a_first_run_is_no_hole(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    newsroom.scrape(*THREE_DAYS, "--limit", "5", capsys=capsys)
    newsroom.scrape(capsys=capsys)
    third = newsroom.scrape(*THREE_DAYS, capsys=capsys)
    assert third.counts["published"] == 0
    assert set(third.of("known", "held")) == all_ids(site)


def test_a_clock_that_was_ahead_hides_nothing(
    newsroom: Newsroom, site: Site, capsys: Capsys
) -> None:
    newsroom.scrape(now="2026-12-20T12:00:00+09:00", capsys=capsys)
    site.requests.clear()
    newsroom.scrape(now="2026-11-25T12:00:00+09:00", capsys=capsys)
    assert "2026-11-24" in asked_for(site, "list")


def test_due_releases_do_not_starve_under_hours(
    newsroom: Newsroom, capsys: Capsys
) -> None:
    early = newsroom.scrape(*THREE_DAYS, now="2026-11-24T23:59:00+09:00", capsys=capsys)
    waiting = {i for i, r in early.of("held").items() if r["code"] == "embargo"}
    late = newsroom.scrape(
        "--since", "12h", now="2026-11-30T12:00:00+09:00", capsys=capsys
    )
    assert waiting
    assert set(late.of("published")) == waiting


# --- whose fault a failure is --------------------------------------------------------


@pytest.mark.parametrize("status", [403, 500])
def test_a_site_that_refuses_sets_no_release_aside(
    newsroom: Newsroom, site: Site, status: int, capsys: Capsys
) -> None:
    site.faults.set([{"fault": "status", "on": "detail", "status": status}])
    for _ in range(6):
        assert newsroom.scrape(*THREE_DAYS, capsys=capsys).code in (69, 77)
    site.faults.clear()
    result = newsroom.scrape(*THREE_DAYS, capsys=capsys)
    assert result.code == 0
    assert "quarantine" not in {r["code"] for r in result.of("held").values()}


def test_a_bug_takes_no_other_release_with_it(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, capsys: Capsys
) -> None:
    first = newsroom.scrape(*THREE_DAYS, "--dry-run", capsys=capsys)
    (bad, *rest) = first.of("published")
    real = take.prepare

    def broken(entry: Entry, *arguments: Any, **options: Any) -> Any:
        if entry.news_id == bad:
            raise AssertionError("no such case")
        return real(entry, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(take, "prepare", broken)
        result = newsroom.scrape(*THREE_DAYS, capsys=capsys)
    assert result.code == 70
    assert result.of("failed")[bad]["code"] == "bug"
    assert set(result.of("published")) == set(rest)
    newsroom.scrape(*THREE_DAYS, capsys=capsys)
    monkeypatch.setattr(reparse, "prepare", broken)
    setting = ("--set", "post.category=Press")
    again = newsroom.command("reparse", "--publish", *setting, capsys=capsys)
    assert again.code == 70
    posts = newsroom.posts()
    assert {i for i in posts if '"Press"' not in posts[i]} == {bad}


def test_an_obstacle_in_the_target_is_tried_again(
    newsroom: Newsroom, capsys: Capsys
) -> None:
    newsroom.scrape("--since", "2026-11-22", "--until", "2026-11-22", capsys=capsys)
    year = newsroom.news / "_posts/2026/11"
    path = next(iter(year.glob("2026-11-22-*")))
    newsroom.git("rm", "-rq", "_posts")
    (newsroom.news / "_posts").write_text("in the way")
    newsroom.git("add", "_posts")
    newsroom.git("commit", "-qm", "an obstacle")
    blocked = newsroom.scrape("--since", "2026-11-23", capsys=capsys)
    assert path
    assert blocked.code == 3
    assert {r["code"] for r in blocked.of("failed").values()} == {"target"}
    newsroom.git("rm", "-q", "_posts")
    newsroom.git("commit", "-qm", "gone")
    mended = newsroom.scrape("--since", "2026-11-23", capsys=capsys)
    assert mended.code == 0
    assert set(mended.of("published")) == set(blocked.of("failed"))


def test_a_signal_ends_a_long_wait(newsroom: Newsroom, site: Site) -> None:
    process = newsroom.start(*THREE_DAYS, "--set", "fetch.delay=600")
    while not asked_for(site, "list") and not asked_for(site, "robots"):
        if not site.requests:
            time.sleep(0.01)
            continue
        break
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=10)
    assert process.returncode == 143


# --- what is kept and what is told ---------------------------------------------------


def test_prune_after_a_lost_state_keeps_pages(
    newsroom: Newsroom, capsys: Capsys
) -> None:
    newsroom.scrape(*THREE_DAYS, capsys=capsys)
    (newsroom.state / "state.db").unlink()
    newsroom.command("prune", now="2027-06-01T00:00:00+09:00", capsys=capsys)
    left = [*(newsroom.state / "archive").rglob("*.z")]
    assert len(left) >= len(newsroom.posts())


def test_json_on_stdout_is_json(newsroom: Newsroom, capsys: Capsys) -> None:
    code = run_here(
        [
            *("scrape", "--config", str(newsroom.config), *THREE_DAYS),
            *("--dry-run", "--json", "-"),
        ],
        NOW,
    )
    said = capsys.readouterr()
    assert code == 0
    assert json.loads(said.out)["dry_run"] is True
    assert "would be published" in said.err


@pytest.mark.parametrize("end", ["| head -1", "> /dev/full", ">&-"])
def test_a_stdout_that_breaks_loses_nothing(newsroom: Newsroom, end: str) -> None:
    if end.endswith("full") and not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    command = f"{sys.executable} -m scraper.cli --config {newsroom.config}"
    report = newsroom.folder / "r.json"
    options = " ".join(THREE_DAYS)
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command} {options} --json {report} {end}"],
        env={**os.environ, build.CLOCK: NOW},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    said = json.loads(report.read_text("utf-8"))
    assert said["counts"]["published"] == len(newsroom.posts())


def test_a_narrow_encoding_ends_well(newsroom: Newsroom) -> None:
    environ = {**os.environ, build.CLOCK: NOW, "PYTHONIOENCODING": "latin-1"}
    command = [sys.executable, "-m", "scraper.cli", "--config", str(newsroom.config)]
    done = subprocess.run(
        [*command, *THREE_DAYS], env=environ, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_moved_installation_knows_its_posts(
    newsroom: Newsroom, site: Site, tmp_path: Path, capsys: Capsys
) -> None:
    newsroom.scrape(*THREE_DAYS, capsys=capsys)
    moved = tmp_path / "moved"
    newsroom.folder.rename(moved)
    again = Newsroom(moved, site.base_url)
    site.requests.clear()
    result = again.scrape(*THREE_DAYS, capsys=capsys)
    assert result.counts["published"] == 0
    assert not asked_for(site, "detail")


def test_posts_found_in_the_repository_can_be_reparsed(
    newsroom: Newsroom, capsys: Capsys
) -> None:
    """A crash between publish and remember leaves pages in the archive."""
    kill = (
        "import os, signal, scraper.settle as settle\n"
        "def die(*_): os.kill(os.getpid(), signal.SIGKILL)\n"
        "settle.Ledger.delivered = die"
    )
    day = ("--since", "2026-11-23", "--until", "2026-11-23")
    process = newsroom.start(*day, before=kill)
    process.communicate()
    newsroom.scrape(*day, capsys=capsys)
    setting = ("--set", "post.category=Press")
    newsroom.command("reparse", "--publish", *setting, capsys=capsys)
    assert all('"Press"' in text for text in newsroom.posts().values())


@pytest.mark.parametrize("command", ["scrape", "reparse"])
def test_a_signal_ends_a_push_that_waits(
    newsroom: Newsroom, command: str, tmp_path: Path, capsys: Capsys
) -> None:
    """The signal comes in the first wait; the end of the run must not wait again."""
    newsroom.scrape("--since", "2026-11-22", "--until", "2026-11-22", capsys=capsys)
    tip, posts = newsroom.tip(), len(newsroom.posts())
    (newsroom.news / ".git/index.lock").touch()
    marker = tmp_path / "waiting"
    before = (
        "import scraper.cli.stop as stop\n"
        "real = stop.Stop.sleep\n"
        "def marked(self, seconds):\n"
        f"    open({str(marker)!r}, 'w').close()\n"
        "    real(self, 60)\n"
        "stop.Stop.sleep = marked\n"
    )
    arguments = THREE_DAYS
    if command == "reparse":
        before += "import sys; sys.argv.insert(1, 'reparse')\n"
        arguments = ("--publish", "--set", "post.category=Press")
    process = newsroom.start(*arguments, before=before)
    while not marker.exists():
        time.sleep(0.01)
        assert process.poll() is None, process.communicate()
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=10)
    assert process.returncode == 143, err
    assert "Traceback" not in err
    assert "left" in out
    (newsroom.news / ".git/index.lock").unlink()
    assert (newsroom.tip(), len(newsroom.posts())) == (tip, posts)
    assert newsroom.scrape(*THREE_DAYS, capsys=capsys).code == 0


def test_a_signal_before_a_push_that_must_wait(
    newsroom: Newsroom, tmp_path: Path, capsys: Capsys
) -> None:
    """Work that is ready is pushed at the end; if that must wait, it is left."""
    newsroom.scrape("--since", "2026-11-22", "--until", "2026-11-22", capsys=capsys)
    (newsroom.news / ".git/index.lock").touch()
    before = (
        "import os, signal, scraper.take as take\n"
        "real = take.prepare\n"
        "def prepare(*a, **k):\n"
        "    made = real(*a, **k)\n"
        "    if isinstance(made, take.Ready):\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "    return made\n"
        "take.prepare = prepare\n"
    )
    process = newsroom.start(*THREE_DAYS, before=before)
    err = process.communicate(timeout=20)[1]
    assert process.returncode == 143, err
    assert "Traceback" not in err
    (newsroom.news / ".git/index.lock").unlink()
    assert newsroom.scrape(*THREE_DAYS, capsys=capsys).code == 0
