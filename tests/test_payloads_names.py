"""Hostile texts as YAML values, as ids, titles and file names, and in commits."""

import json
import os
import random
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from selectolax.lexbor import LexborHTMLParser

from publishers.directory import DirectoryPublisher
from publishers.front_matter import render
from publishers.git.commit import message
from publishers.paths import is_safe, news_id_of
from publishers.post import Style, post_path, render_post
from publishers.profiles.houses import HOUSES
from publishers.pull_text import Row, body_of, is_our_title, title_of
from scraper.errors import PublishError
from scraper.model import Attachment, Ministry, Post
from scraper.text import visible
from tests import ruby
from tests.corpora import hostile_strings, yaml_texts
from tests.hazards import HAZARDS
from tests.payloads import own
from tests.rendering import commonmark, front_matter_of
from tests.sample_release import PRESS, release
from tests.sites.generators import node_modules, program

SOAK = bool(os.environ.get("SOAK"))

#: YAML's own, of ours; what each reader might take for something else.
TYPES = (
    *("yes", "No", "on", "~", "null", "NULL", "true", "0777", "0o17", "0x1f", "1e3"),
    *(
        "1,000.00",
        "0,00",
        "12:30:45",
        "2026-11-24",
        "2026-11-24T09:30:00+09:00",
        ".inf",
    ),
    *(
        "-",
        "- 가",
        "? 가",
        ": 가",
        "가: 나",
        "가 #나",
        "#가",
        "&가",
        "*가",
        "!가",
        "|",
        ">",
    ),
    *(
        "%가",
        "@가",
        "`가",
        "'가",
        '"가',
        "[가",
        "{가}",
        "---",
        "...",
        "<<",
        "=",
        "가\n---",
    ),
    *(
        "가\n나",
        " 가",
        "가 ",
        "\t가",
        "\\",
        "\\n",
        "\x85가",
        "\u2028",
        "\ufeff가",
        "😀",
    ),
)

#: Paths, of ours.
PATHS = (
    *("..", "../../etc/passwd", "..\\..\\x", "/etc/passwd", "C:\\x", "\\\\host\\x"),
    *('[40]("/etc/passwd")', "![x](/etc/passwd)", "[x](../y)"),
    *("%2e%2e%2f", "..%c0%af", "....//....//", ".git/config", ".GIT/hooks", "-rf"),
    *(
        "CON",
        "nul.md",
        "aux",
        "com1",
        "a\x00b",
        "a\nb",
        "a" * 300,
        "가나다",
        "１２３",
        "٣",
    ),
    *(
        "1.",
        "1 ",
        " 1",
        "1/2",
        "1\\2",
        "1\u200b",
        "~/x",
        "$HOME",
        "`id`",
        "x;y",
        "",
        ".",
    ),
)

BELOW_HEAD = "\n---\n"

#: What a forge, git or a workflow would act upon, of ours.
ORDERS = (
    *("[skip ci]", "[ci skip] 새 숲", "제목\n\nCo-authored-by: A <a@b>", "Fixes #12"),
    *("closes GH-3", "@everyone 보라", "::set-env name=A::b", "::error::x", "`$(id)`"),
    *('"; curl x | sh', "$(touch /tmp/x)", "-F /etc/passwd", "--amend", "a\x1b[31mb"),
    *("제목\r\nSigned-off-by: A <a@b>", "${{ github.token }}", "<!-- x -->", "x\0y"),
    *("EOF\nA=b", "![x](https://example.org)", "https://example.org/x", "a\u202eb"),
)


def of(request: pytest.FixtureRequest, kind: str) -> list[str]:
    if kind == "own":
        return [*TYPES, *HAZARDS, *PATHS, *ORDERS, *(own() if SOAK else own()[::20])]
    captures = request.getfixturevalue("captures")
    return hostile_strings(captures) + yaml_texts(captures)


SOURCES = ["own", pytest.param("collected", marks=pytest.mark.captures)]

_JS_YAML = """
import yaml from 'js-yaml';
const texts = JSON.parse(await new Response(process.stdin).text());
console.log(JSON.stringify(texts.map(text => yaml.load(text))));
"""


def js_yaml(texts: list[str]) -> list[object]:
    """Read as Eleventy and Astro do."""
    done = subprocess.run(
        [program("node"), "--input-type=module", "-e", _JS_YAML],
        input=json.dumps(texts), capture_output=True, encoding="utf-8",
        cwd=node_modules().parent, check=True, timeout=120,
    )  # fmt: skip
    made: list[object] = json.loads(done.stdout)
    return made


@pytest.mark.ruby
@pytest.mark.parametrize("source", SOURCES)
def test_three_readers_of_yaml_give_every_string_back(request, source: str) -> None:
    strings = list(dict.fromkeys(map(visible, of(request, source))))
    wanted = [{"title": text, "list": [text], "of": {"name": text}} for text in strings]
    heads = [render(fields) for fields in wanted]
    assert [yaml.safe_load(head) for head in heads] == wanted
    assert ruby.load_yaml(heads) == wanted
    assert js_yaml(heads) == wanted
    print(f"{source}: {len(strings)} strings, three readers")


@pytest.mark.ruby
@pytest.mark.parametrize("profile", HOUSES)
def test_three_readers_read_the_same_head_of_every_profile(profile: str) -> None:
    """Each profile has its own forms; newsdao's are folded and bare where they can."""
    heads = []
    for text in (*TYPES, *HAZARDS, *ORDERS):
        one = release(title=text, subtitles=(text,), ministry=Ministry(text, "", text))
        made = render_post(one, PRESS, Style(profile=profile)).text
        heads.append(front_matter_of(made)[0])
    strings = [texts_in(yaml.safe_load(head)) for head in heads]
    assert [texts_in(read) for read in ruby.load_yaml(heads)] == strings
    assert [texts_in(read) for read in js_yaml(heads)] == strings


def texts_in(value: object) -> list[str]:
    """Return the strings of a head; times are of another kind in each reader."""
    match value:
        case dict():
            inner = (v for k, v in value.items() if "date" not in k.lower())
            return [text for one in inner for text in texts_in(one)]
        case list():
            return [text for one in value for text in texts_in(one)]
        case str():
            return [value]
    return []


def paths(request: pytest.FixtureRequest, kind: str) -> list[str]:
    if kind == "own":
        return list(PATHS)
    folder = request.getfixturevalue("captures") / "corpora/paths_inject"
    lines = [
        line
        for file in sorted(folder.glob("*.txt"))
        for line in file.read_text("utf-8", errors="replace").splitlines()
    ]
    lines += json.loads((folder.parent / "strings/blns.json").read_text("utf-8"))
    return list(dict.fromkeys(lines))


@pytest.mark.parametrize("source", SOURCES)
def test_no_path_becomes_an_id_or_a_place(request, source: str, tmp_path: Path) -> None:
    """As an id it is refused, as a path of a post too: nothing is ever written."""
    lines = paths(request, source)
    style = Style()
    for line in lines:
        if line.isascii() and line.isdigit():
            made = post_path(release(news_id=line), style)
            assert len(made.encode()) <= 200 or not is_safe(made)
        else:
            with pytest.raises(PublishError, match="not a news id"):
                post_path(release(news_id=line), style)
        assert not is_safe(line)
        assert not is_safe(f"_posts/{line}")
        assert not is_safe(f"_posts/{line}/2026-11-24-1.md") or re.fullmatch(
            r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*", line
        )
    root = tmp_path / "news"
    root.mkdir()
    sound = render_post(release(), PRESS, style)
    some = lines if SOAK else random.Random(1).sample(lines, min(len(lines), 40))
    for line in some:
        post = Post(sound.news_id, f"_posts/{line}.md", sound.text, "제목", "산림청")
        receipt = DirectoryPublisher(root).publish([post], "글")
        assert list(receipt.refused) == [post.news_id]
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []
    print(f"{source}: {len(lines)} paths, 0 written")


@pytest.mark.parametrize("source", SOURCES)
def test_titles_and_file_names_decide_no_path(request, source: str) -> None:
    lines = paths(request, source)
    fixed = render_post(release(), PRESS, Style()).path
    assert news_id_of(fixed) == release().news_id
    for line in lines if SOAK else random.Random(2).sample(lines, min(len(lines), 150)):
        one = release(
            title=line or "제목",
            ministry=Ministry(line, line, line),
            attachments=(Attachment(line, line, line, f"/common/{line}"),),
        )
        made = render_post(one, PRESS, Style())
        assert made.path == fixed
        # A link of a post leads to the site, wherever its name would lead. In its head
        # only what is set as Markdown can be a link; a bare title is text.
        said = front_matter_of(made.text)[1]["excerpt"]
        text = f"{said}\n{made.text.split(BELOW_HEAD, 1)[1]}"
        addresses = re.findall(r"\]\(([^)]*)\)", text)
        assert addresses
        assert all(one.startswith("https://www.korea.kr/") for one in addresses)


@pytest.mark.parametrize("source", SOURCES)
def test_commits_and_pull_requests_obey_no_title(request, source: str) -> None:
    """All titles in one commit each, and git itself reads its trailers."""
    titles = list(ORDERS) if source == "own" else of(request, source)
    picked = titles if SOAK else titles[:400]
    for title in picked:
        post = Post("1", "_posts/2026/11/2026-11-24-1.md", "글", title, title)
        text = message("news: 1 release", [post], "run-1")
        assert not re.search(
            r"\[(skip|no|ci|actions)[ -](ci|skip|actions)\]", text, re.IGNORECASE
        )
        assert not re.search(
            r"#\d|(?<!\w)@\w|\bGH-\d|://|[\x00-\x08\x0b-\x1f\x7f]", text
        )
        trailers = re.findall(r"(?m)^([A-Za-z-]+): ", text.rsplit("\n\n", 1)[1])
        assert not {"Co-authored-by", "Signed-off-by", "Fixes"} & set(trailers)
    rows = [
        Row("1", "_posts/2026/11/2026-11-24-1.md", "new", title)
        for title in picked[:50]
    ]
    assert is_our_title(title_of(rows))
    assert not any(len(t) > 12 and t in title_of(rows) for t in picked)
    shown = commonmark(body_of(rows))
    assert not LexborHTMLParser(shown).css("script, img, iframe, svg, style, form")
