"""What must be true after sixty days, told by what the site was made of.

    python -m tests.sixty_truth [--when "0 7,11,15,19 * * *"] [--releases 300]

lives through them, prints what happened and what was told, and what is not true.
"""

import argparse
import os
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from tests.replica import ExpectedArticle
from tests.replica.release import Expected
from tests.replica.world import DAY, KST
from tests.sixty_days import Days, days
from tests.sixty_story import END, HOUR, PHASES, START, Phase, Story, make

#: When published releases are looked at again, as the README promises.
LOOKS = (HOUR, *(n * DAY for n in (1, 3, 7, 14, 30)))
#: How soon an alarm is told: what must be seen three times is not seen at once.
SOON = 18 * HOUR
#: What a look that met a site in trouble is late by at most.
PATIENCE = 4 * DAY
#: A document whose head can be read; 보도시점 in another is known to nobody.
READABLE = ("hwpx", "pdf")


@dataclass(frozen=True, slots=True)
class Fact:
    """What is true of one release, and should be of its post."""

    news_id: str
    appears_at: datetime
    #: Why it is held for good; "" if it may be published.
    held: str
    #: Nobody may publish it before.
    earliest: datetime


@dataclass(frozen=True, slots=True)
class Post:
    """A post as the news repository has it at the end."""

    first_at: datetime
    #: How often its file was added, and written again.
    added: int
    rewritten: int
    head: Mapping[str, Any]
    text: str


def facts_of(story: Story) -> dict[str, Fact]:
    """Return what is true of every release and article, by id."""
    site, found = story.site, {}
    for slot in story.slots():
        truth = site.expected(slot.news_id)
        held = "" if truth.license_type in (0, 1) else "license"
        at = story.appears_at(slot)
        found[slot.news_id] = Fact(slot.news_id, at, held, _earliest(truth))
    world = site.newsroom.world
    for number in range(world.articles):
        slot = world.slot(number)
        article: ExpectedArticle = site.expected_article(slot.news_id)
        earliest = article.embargo_at or article.published_at
        # A blank of the Open API is what the page says.
        refused = article.held if article.kogl_type else article.held_by_page
        held = "license" if refused else ""
        found[slot.news_id] = Fact(slot.news_id, slot.appears_at, held, earliest)
    return found


def _earliest(truth: Expected) -> datetime:
    """Return when a release may be shown, as its maker meant it."""
    published, case = truth.published_at, truth.embargo.case
    if case in ("head", "both", "unreadable") and truth.content not in READABLE:
        return published
    if case == "both":  # the hour counts for us, not what papers wait for
        return published.replace(minute=0, second=0) + 3 * HOUR
    if case == "unreadable":
        return datetime.combine(published.date() + DAY, datetime.min.time(), KST)
    return max(published, truth.embargo.available_at or published)


def posts_of(days: Days) -> dict[str, Post]:
    """Return the posts by id, with the times of their commits."""
    said = days.room.git("log", "--reverse", "--name-status", "--format=@%ct", "main")
    first: dict[str, datetime] = {}
    counts: Counter[tuple[str, str]] = Counter()
    for line in filter(None, said.split("\n")):
        if line.startswith("@"):
            at = datetime.fromtimestamp(int(line[1:]), KST)
            continue
        what, _, path = line.partition("\t")
        counts[path, what] += 1
        first.setdefault(path, at)
    found = {}
    for path in first:
        file = days.room.news / path
        if path.endswith(".md") and file.exists():
            text = file.read_text("utf-8")
            head = yaml.safe_load(text.split("---\n")[1])
            found[path.removesuffix(".md").rpartition("-")[2]] = Post(
                first[path], counts[path, "A"], counts[path, "M"], head, text
            )
    return found


Ledger = tuple[set[str], dict[str, tuple[str, str]], set[str], set[str]]


def ledger_of(days: Days) -> Ledger:
    """Return the ids announced, what became of each, days with gaps, ids found late."""
    file: Path = days.room.state / "state.db"
    with sqlite3.connect(file) as db:
        announced = {str(i) for (i,) in db.execute("SELECT news_id FROM announced")}
        rows = db.execute("SELECT news_id, status, code FROM release").fetchall()
        today = END.date().isoformat()
        gaps = db.execute("SELECT day FROM day WHERE NOT whole AND day < ?", (today,))
        broken = {str(day) for (day,) in gaps}
        late = {
            str(i) for (i,) in db.execute("SELECT news_id FROM announced WHERE late")
        }
    db.close()
    return announced, {i: (status, code) for i, status, code in rows}, broken, late


# --- what is wrong --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ended:
    """All there is to judge."""

    days: Days
    story: Story
    facts: Mapping[str, Fact]
    posts: Mapping[str, Post]
    announced: set[str]
    rows: Mapping[str, tuple[str, str]]
    gaps: set[str]
    #: What only listing a day again brought to light.
    looked_back: set[str]

    def looked_at_since(self, news_id: str, at: datetime, more: timedelta) -> bool:
        """Tell whether a look after a time must have happened, and ``more`` passed."""
        first = self.posts[news_id].first_at
        return any(at <= first + look <= END - PATIENCE - more for look in LOOKS)


def end(days: Days, story: Story) -> Ended:
    """Read what is there at the end."""
    return Ended(days, story, facts_of(story), posts_of(days), *ledger_of(days))


def wrongs(ended: Ended) -> list[str]:
    """Return what is not as it must be; nothing, if all is well."""
    return [
        wrong
        for judge in (lost, early, withdrawals, corrections, repeats, alarms)
        for wrong in judge(ended)
    ]


def lost(ended: Ended) -> Iterator[str]:
    """Every release ever put up is known, and became what it must."""
    there = {i for i, fact in ended.facts.items() if fact.appears_at < END - 3 * HOUR}
    for news_id in there - ended.announced:
        yield f"lost: {ended.facts[news_id]}"
    for news_id in ended.announced - ended.facts.keys():
        yield f"never there: {news_id}"
    for news_id in sorted(ended.announced & there):
        fact, row = ended.facts[news_id], ended.rows.get(news_id)
        expected = ("held", "license") if fact.held else ("published", "")
        if not fact.held and fact.earliest > END - HOUR:
            expected = ("held", "embargo")
        if row != expected:
            yield f"in the ledger {row}, in truth {expected}: {fact}"
        if (news_id in ended.posts) != (expected[0] == "published"):
            yield f"in truth {expected}, in the news repository not: {fact}"
    yield from (f"a gap: {day}" for day in sorted(ended.gaps))


def early(ended: Ended) -> Iterator[str]:
    """Nothing is committed before its time."""
    for news_id, post in ended.posts.items():
        if news_id in ended.facts and post.first_at < ended.facts[news_id].earliest:
            yield f"early, at {post.first_at}: {ended.facts[news_id]}"


def withdrawals(ended: Ended) -> Iterator[str]:
    """What is gone is marked, if a look could see it; nothing else is."""
    for news_id, post in ended.posts.items():
        marked, at = "withdrawn_at" in post.head, ended.story.withdrawn.get(news_id)
        if marked and at is None:
            yield f"wrongly withdrawn: {news_id} at {post.head['withdrawn_at']}"
        elif at and not marked and ended.looked_at_since(news_id, at, 6 * HOUR):
            yield f"gone since {at}, not marked: {news_id}, first {post.first_at}"


def corrections(ended: Ended) -> Iterator[str]:
    """What was changed is changed, and what was not is not; links lead right."""
    story = ended.story
    for news_id, post in ended.posts.items():
        change = story.changes.get(news_id)
        said = post.head.get("corrections", [])
        if said and change is None:
            yield f"wrongly corrected: {news_id} {said}"
        if change and ended.looked_at_since(news_id, change.at, DAY):
            there = change.says in post.text.replace('\\"', '"')
            if not there or len(said) != 1:
                yield f"{news_id} says {said}, in truth {change}"
        if post.head.get("corrects", "") != story.corrects.get(news_id, ""):
            yield f"{news_id} corrects {post.head.get('corrects')}"


def repeats(ended: Ended) -> Iterator[str]:
    """A post is added once, and written again only for what it tells."""
    for news_id, post in ended.posts.items():
        told = len(post.head.get("corrections", [])) + ("withdrawn_at" in post.head)
        if (post.added, post.rewritten) != (1, told):
            yield f"{news_id}: added {post.added}, rewritten {post.rewritten}"


def alarms(ended: Ended) -> Iterator[str]:
    """Each is opened once and closed once, soon after; there is no other."""
    told = [one for one in ended.days.hook.told if one[1] != "lasts"]
    for phase in PHASES:
        for cause in phase.alarms:
            for event, since in (("opened", phase.since), ("closed", phase.until)):
                near = [
                    one
                    for one in told
                    if one[1:] == (event, cause) and since <= one[0] <= since + SOON
                ]
                if len(near) != 1:
                    yield f"{event} {len(near)} times within a day of {since}: {cause}"
                told = [one for one in told if one not in near]
    yield from (f"told without a reason: {event} {c} at {at}" for at, event, c in told)


# --- the table ------------------------------------------------------------------------


def table(ended: Ended) -> str:
    """Return what happened and what was told, a row for each phase, as Markdown."""
    names = ("days", "what happened", "runs", "put up", "published", "corrected")
    head = (*names, "withdrawn", "told")
    lines = [head, ["---"] * len(head)]
    lines += [[*_row(ended, phase)] for phase in PHASES]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _row(ended: Ended, phase: Phase) -> Iterator[str]:
    ran = [run for run in ended.days.ran if phase.holds(run.at)]
    counts = sum((run.counts for run in ran), Counter[str]())
    again = counts["corrected"] + counts["withdrawn"]
    yield f"{phase.since:%m-%d %H:%M} to {phase.until:%m-%d %H:%M}"
    yield phase.title
    yield str(len(ran))
    yield str(sum(phase.holds(fact.appears_at) for fact in ended.facts.values()))
    yield str(counts["published"] - again)
    yield str(counts["corrected"])
    yield str(counts["withdrawn"])
    told = (one for one in ended.days.hook.told if phase.holds(one[0]))
    yield ", ".join(f"{event} {cause}" for _, event, cause in told) or "-"


def live(folder: Path, when: str, releases: int) -> Ended:
    """Live through the sixty days; return all there is to judge."""
    site, story = make(releases=releases, articles=releases // 5)
    with days(site, START, folder / "room") as made:
        story.begin(made)
        made.live(when, END)
        return end(made, story)


def main() -> None:
    """Live through them and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--when", default="0 7,11,15,19 * * *", help="of the daemon")
    parser.add_argument("--releases", type=int, default=300)
    asked = parser.parse_args()
    os.environ.setdefault("GIT_CONFIG_GLOBAL", os.devnull)
    with tempfile.TemporaryDirectory() as folder:
        ended = live(Path(folder), asked.when, asked.releases)
    print(table(ended))
    found = wrongs(ended)
    cpu, wall = ended.days.cost
    print(f"\n{len(ended.days.ran)} runs, {len(ended.posts)} posts, {cpu:.0f} s CPU")
    print(f"{wall:.0f} s by the clock; {len(found)} things are not as they must be")
    print("\n".join(found))


if __name__ == "__main__":
    main()
