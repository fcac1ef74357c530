"""Posts that were mended, as Jekyll builds them: strictly, and none left out."""

import re
import shutil
from datetime import datetime
from html import unescape
from pathlib import Path

import pytest

from publishers.check import Options, compare, judge
from publishers.check.draft import read_draft
from publishers.check.report import by_rule
from publishers.repair import mend
from publishers.repair.guard import difference, head_words
from scraper.model import KST
from tests.checking import HEAD, post
from tests.sites import jekyll
from tests.sites.generators import program

OPTIONS = Options(datetime(2026, 11, 25, 12, tzinfo=KST))

CONFIG = """\
title: 소식
url: https://news.example
timezone: Asia/Seoul
strict_front_matter: true
markdown: kramdown
defaults:
  - scope: {path: "", type: posts}
    values: {layout: post, permalink: "/:title/"}
"""
LAYOUT = "<!doctype html><h1>{{ page.title | escape }}</h1><main>{{ content }}</main>"

#: Posts whose defects end a strict build, or hide what they say.
BROKEN = {
    "quotes": post("길.", head=HEAD.replace('"새 길을 연다"', "'새' 길을 연다")),
    "brackets": post("길.", head=HEAD.replace('"새 길을 연다"', "[새길부] 연다")),
    "tick": post("길.", head=HEAD.replace('"새 길을 연다"', "`새 길` 연다")),
    "liquid": post("쉼터 {{ 1.29% }}와 {% 길 %}를 둔다."),
    "open": post("쉼터 {{ 를 둔다."),
    "bar": post("새길부 | 도로"),
    "day": post("2024. 6. 24. 새 길"),
    "angles": post("<간격>을 둔다."),
    "date": post("길.", head=HEAD + "date: 2026. 11. 20. 9:30\n"),
    "late": "\n\n" + post("길."),
}


def lay_out(folder: Path, posts: dict[str, bytes]) -> None:
    (folder / "_layouts").mkdir(parents=True)
    (folder / "_posts").mkdir()
    (folder / "_config.yml").write_text(CONFIG, "utf-8")
    (folder / "_layouts/post.html").write_text(LAYOUT, "utf-8")
    for name, content in posts.items():
        (folder / "_posts" / name).write_bytes(content)


def shown(folder: Path, name: str) -> tuple[str, str]:
    """Return title and text of a built post."""
    slug = re.sub(r"^\d+-\d+-\d+-|\.md$", "", name)
    built = (folder / f"_site/{slug}/index.html").read_text("utf-8")
    title, _, body = built.partition("</h1>")
    texts = (re.sub(r"<[^<>]*>", " ", text) for text in (title, body))
    heading, text = (" ".join(unescape(t).split()) for t in texts)
    return heading, text


def test_broken_posts_are_built_once_they_are_mended(tmp_path: Path) -> None:
    program("jekyll")
    posts = {f"2026-11-20-{name}.md": t.encode() for name, t in BROKEN.items()}
    lay_out(tmp_path / "before", posts)
    with pytest.raises(AssertionError, match=r"(?i)liquid|yaml|date"):
        jekyll.build(tmp_path / "before")
    mended = {name: mend(name, old, OPTIONS).content for name, old in posts.items()}
    lay_out(tmp_path / "after", mended)
    assert jekyll.build(tmp_path / "after") == []
    read = {name: shown(tmp_path / "after", f"2026-11-20-{name}.md") for name in BROKEN}
    assert read["quotes"][0] == "'새' 길을 연다"
    assert read["brackets"][0] == "[새길부] 연다"
    assert read["tick"][0] == "`새 길` 연다"
    for name, words in {
        "liquid": "쉼터 {{ 1.29% }}와 {% 길 %}를 둔다.",
        "open": "쉼터 {{ 를 둔다.",
        "bar": "새길부 | 도로",
        "day": "2024. 6. 24. 새 길",
        "angles": "<간격>을 둔다.",
        "late": "길.",
    }.items():
        assert words in read[name][1]


def real_posts(captures: Path) -> dict[str, bytes]:
    """Return the posts of several sites, each under a name Jekyll takes."""
    found = {}
    for file in sorted((captures / "posts").glob("*.md")):
        site, _, name = file.stem.partition("__")
        found[f"{name}-{site}.md"] = file.read_bytes()
    assert len(found) > 60
    return found


@pytest.mark.captures
def test_every_real_post_is_judged(captures: Path) -> None:
    """Each class that people found in them is found, and so often."""
    posts = real_posts(captures)
    findings = compare([judge(name, old, OPTIONS) for name, old in posts.items()])
    counts = {rule: len(of_it) for rule, of_it in by_rule(findings).items()}
    assert {finding.path for finding in findings} <= set(posts)
    for rule, at_least in {
        "yaml-invalid": 3, "liquid": 1, "credit-spelling": 30, "credit-missing": 10,
        "notice-missing": 15, "notice-altered": 15, "license-commerce": 3,
        "html-page": 1, "html-stray": 8, "code-fence": 2, "link-double": 4,
        "image-remote": 3, "contact-number": 1, "model-error": 1, "model-prompt": 4,
        "markdown-table": 7, "text-blank": 1, "twin-source": 2, "rebuttal-shape": 6,
    }.items():  # fmt: skip
        assert counts.get(rule, 0) >= at_least, rule


@pytest.mark.captures
def test_repairing_real_posts_changes_no_word(captures: Path) -> None:
    posts = real_posts(captures)
    changed = 0
    for name, old in posts.items():
        made = mend(name, old, OPTIONS)
        assert made.refused == ""
        changed += made.content != old
        before, after = old.decode(), made.content.decode()
        assert difference(before, after) == ""
        again = mend(name, made.content, OPTIONS)
        assert (again.content, again.changes) == (made.content, ())
        left = judge(name, made.content, OPTIONS).findings
        assert not [finding for finding in left if finding.mechanical]
    assert changed > 40


@pytest.mark.captures
def test_jekyll_builds_every_real_post_once_it_is_mended(
    captures: Path, tmp_path: Path
) -> None:
    """Strictly, so that none is published untitled; before, the build fails."""
    program("jekyll")
    posts = real_posts(captures)
    lay_out(tmp_path / "before", posts)
    with pytest.raises(AssertionError):
        jekyll.build(tmp_path / "before")
    shutil.rmtree(tmp_path / "before")
    mended = {name: mend(name, old, OPTIONS).content for name, old in posts.items()}
    lay_out(tmp_path / "after", mended)
    assert jekyll.build(tmp_path / "after") == []
    for name, old in posts.items():
        title = " ".join(head_words(read_draft(name, old.decode()))["title"])
        assert shown(tmp_path / "after", name)[0] == title
