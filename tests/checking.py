"""Posts of others, as tests of the check write them, and what the check says."""

from datetime import datetime

from publishers.check import Finding, Options, Verdict, compare, judge
from publishers.repair import Mended, mend
from scraper.license import CREDIT, NOTICES
from scraper.model import KST

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=KST)
OPTIONS = Options(NOW)
PATH = "_posts/2026-11-20-1.md"
NOTICE = NOTICES["정책뉴스", 1]
HEAD = 'title: "새 길을 연다"\ncanonical_url: "https://www.example.go.kr/v?newsId=148000001"\n'
FOOT = f"{NOTICE}\n\n{CREDIT}\n"


def post(body: str = "", head: str = HEAD, foot: str = FOOT) -> str:
    """Return a post that has nothing wrong but what is put into it."""
    text = f"{body}\n\n" if body else ""
    return f"---\n{head}---\n\n새길부는 20일 새 길을 연다고 밝혔다.\n\n{text}{foot}"


def check(text: str | bytes, path: str = PATH, **options: object) -> list[Finding]:
    """Return what is found in one post."""
    content = text if isinstance(text, bytes) else text.encode()
    chosen = Options(**{"now": NOW, **options})  # type: ignore[arg-type]
    return compare([judge(path, content, chosen)])


def rules(text: str | bytes, path: str = PATH, **options: object) -> set[str]:
    """Return the classes of what is found in one post."""
    return {finding.rule for finding in check(text, path, **options)}


def check_all(posts: dict[str, str]) -> list[Finding]:
    """Return what is found in several posts, by path."""
    verdicts: list[Verdict] = [judge(p, t.encode(), OPTIONS) for p, t in posts.items()]
    return compare(verdicts)


def mended(text: str, path: str = PATH) -> str:
    """Return a post after its repair, which must not be refused."""
    made = repaired(text, path)
    assert made.refused == ""
    return made.content.decode()


def repaired(text: str, path: str = PATH) -> Mended:
    """Return what the repair makes of a post; a second one must find nothing."""
    made = mend(path, text.encode(), OPTIONS)
    again = mend(path, made.content, OPTIONS)
    assert made.refused or (again.content, again.changes) == (made.content, ())
    return made
