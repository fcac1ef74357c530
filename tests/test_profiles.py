"""House styles after the first two: keys, bodies, and what operators choose."""

import json
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from publishers.addresses import mend
from publishers.paths import PostsDir, index_posts, is_safe, news_id_of
from publishers.post import Style, post_path, posts_dir, render_post, render_stub
from publishers.profiles.houses import HOUSES
from publishers.profiles.values import VALUES
from publishers.seal import is_intact
from scraper.cli.look import posts_dir_of, style_of
from scraper.config import load_config
from scraper.errors import ConfigError, PublishError
from scraper.license import CREDIT
from scraper.model import KST, Correction, History, Ministry, Post
from tests.rendering import body_of, front_matter_of
from tests.sample_release import PRESS, check_golden, release

NEW = tuple(name for name in HOUSES if name not in ("plain", "newsdao"))
BANNER = {"banner_path": "/img/banner.jpg", "banner_alt": "우리 소식"}
AT = datetime(2026, 11, 25, 10, 0, tzinfo=KST)
CORRECTED = History(2, (Correction(AT, "text"),))


def made(profile: str, **style: object) -> Post:
    return render_post(release(), PRESS, Style(profile=profile, **style))  # type: ignore[arg-type]


def fields(post: Post) -> dict[str, object]:
    return front_matter_of(post.text)[1]


# --- whole posts ------------------------------------------------------------------


@pytest.mark.parametrize("body", ["markdown", "html"])
@pytest.mark.parametrize("profile", NEW)
def test_posts_are_as_agreed(profile: str, body: str) -> None:
    style = Style(profile=profile, body=body, site_name="우리 소식", **BANNER)  # type: ignore[arg-type]
    post = render_post(release(history=CORRECTED), PRESS, style)
    check_golden(f"{profile}-{body}.md", post.text)


KEYS = {
    "alembic": ("title", "date", "last_modified_at", "categories", "tags", "author",
                "excerpt", "description", "feature_text", "feature_image", "image"),
    "chirpy": ("title", "date", "last_modified_at", "categories", "tags", "author",
               "description", "excerpt", "image"),
    "hugo": ("title", "date", "lastmod", "slug", "summary", "description", "categories",
             "tags", "author", "canonicalURL", "images"),
    "eleventy": ("title", "date", "updated", "description", "tags", "categories"),
    "astro": ("title", "description", "pubDate", "updatedDate", "heroImage"),
    "mkdocs-material": ("title", "date", "slug", "description", "categories"),
}  # fmt: skip


@pytest.mark.parametrize("profile", KEYS)
def test_a_theme_gets_the_keys_it_knows(profile: str) -> None:
    style = Style(profile=profile, **BANNER)  # type: ignore[arg-type]
    post = render_post(release(history=CORRECTED), PRESS, style)
    assert tuple(fields(post))[: len(KEYS[profile])] == KEYS[profile]


def test_chirpy_has_its_picture_in_parts() -> None:
    image = fields(made("chirpy", **BANNER))["image"]
    assert image == {"path": "/img/banner.jpg", "alt": "우리 소식"}


def test_mkdocs_lists_stop_after_the_first_part_that_is_no_heading() -> None:
    """Notice, contacts and all the rest of a long release are not for a list."""
    above, _, below = body_of(made("mkdocs-material").text).partition("<!-- more -->")
    assert above.strip().split("\n\n")[-1].startswith("산림청은 도심")
    assert CREDIT in below
    assert "<!-- more -->" not in render_stub(release(), Style("mkdocs-material")).text


@pytest.mark.parametrize("profile", HOUSES)
def test_either_body_has_notice_and_credit_once(profile: str) -> None:
    for body in ("markdown", "html"):
        text = body_of(made(profile, body=body).text)
        assert text.count(PRESS.notice) == text.count(CREDIT) == 1
    assert "<p" in text
    assert "\n\n## " not in text


# --- what operators choose --------------------------------------------------------


def test_a_category_is_that_of_the_ministry_else_of_the_source_else_the_usual() -> None:
    chosen = (("산림청", "숲"), ("A00009", "물"), ("press_release", "보도자료"))
    style = Style(categories=chosen)

    def category(ministry: Ministry, source: str = "press_release") -> object:
        one = release(ministry=ministry, source=source)
        return fields(render_post(one, PRESS, style))["categories"]

    assert category(Ministry("산림청", "", "산림청")) == ["숲"]
    assert category(Ministry("산림청장", "A1", "산림청")) == ["숲"]
    assert category(Ministry("물부", "A00009", "물부")) == ["물"]
    assert category(Ministry("달빛부", "", "달빛부")) == ["보도자료"]
    assert category(Ministry("달빛부", "", "달빛부"), "briefing") == ["News"]


def test_the_data_of_an_article_can_be_printed_by_any_page() -> None:
    hostile = release(title="</script><script>alert(1)</script> & {{ x }} “\u2028”")
    post = render_post(hostile, PRESS, Style(json_ld=True, site_name="우리 소식"))
    text = fields(post)["json_ld"]
    assert isinstance(text, str)
    assert not re.search("[<>&\u2028\u2029\n]", text)
    data = json.loads(text)
    assert data["headline"].startswith("</script><script>alert(1)</script> & {{ x }}")
    assert data["@type"] == "NewsArticle"
    assert data["isBasedOn"] == release().canonical_url
    assert data["license"] == "https://www.kogl.or.kr/info/licenseType1.do"
    assert data["publisher"] == {"@type": "Organization", "name": "우리 소식"}
    assert data["datePublished"] == "2026-11-24T06:00:00+09:00"


@pytest.mark.parametrize("profile", HOUSES)
def test_data_and_fields_of_one_s_own_are_in_every_profile(profile: str) -> None:
    extra = (("layout", "post"), ("pin", True), ("toc", False), ("who", ("가", "나")))
    read = fields(made(profile, json_ld=True, extra=extra))
    assert [*read][-5:] == ["json_ld", "layout", "pin", "toc", "who"]
    assert read["pin"] is True
    assert read["toc"] is False
    assert read["who"] == ["가", "나"]


def test_a_field_of_one_s_own_takes_the_place_of_none_of_ours() -> None:
    assert fields(made("plain", extra=(("title", "내 제목"),))) == fields(made("plain"))


@pytest.mark.parametrize("profile", HOUSES)
def test_the_original_is_named_unless_the_operator_says_no(profile: str) -> None:
    assert not {"canonical_url", "canonicalURL"} & {
        *fields(made(profile, canonical=False))
    }


def test_what_came_later_shows_only_where_it_is_chosen() -> None:
    """Or an upgrade would have every post of before wait for being made again."""
    shown = repr(Style())
    assert shown.startswith("Style(profile='plain', layout='sharded', category='News'")
    assert shown.endswith("excerpt_length=160)")
    assert repr(Style(body="html")).endswith("excerpt_length=160, body='html')")


# --- where posts go ---------------------------------------------------------------

PLACES = {
    "alembic": "_posts/2026/11/2026-11-24-156900001.md",
    "hugo": "content/posts/2026/11/2026-11-24-156900001.md",
    "eleventy": "posts/2026/11/2026-11-24-156900001.md",
    "astro": "src/content/blog/2026/11/2026-11-24-156900001.md",
    "mkdocs-material": "docs/blog/posts/2026/11/2026-11-24-156900001.md",
}


@pytest.mark.parametrize("profile", PLACES)
def test_posts_go_where_the_generator_looks(profile: str) -> None:
    assert made(profile).path == PLACES[profile]


def test_html_goes_into_files_hugo_takes_for_html() -> None:
    assert made("hugo", body="html").path.endswith("24-156900001.html")
    assert made("chirpy", body="html").path.endswith("24-156900001.md")


PATTERNS = [
    "{folder}/{year}/{news_id}.md",
    "{folder}/{news_id}/index.md",
    "{folder}/{date}{news_id}.md",
    "{folder}/{news_id}/{month}-{day}_{news_id}.html",
    "{folder}/releases/v1.0-{news_id}.md",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_post_is_found_by_its_id_whatever_its_path(pattern: str) -> None:
    style = Style(profile="hugo", folder="content/news", path=pattern)
    place, path = posts_dir(style), post_path(release(), style)
    assert place == "content/news"
    assert path.startswith("content/news/")
    assert news_id_of(path, below=place) == "156900001"
    assert is_safe(path, below=place)
    assert news_id_of(path.replace("content", "static"), below=place) is None
    assert news_id_of(f"content/news/more/{path}", below=place) is None
    before = "content/news/2025/01/2025-01-02-156800001.md"
    assert index_posts([before, path], below=place) == {
        "156800001": before,
        "156900001": path,
    }


def test_a_pattern_that_names_the_id_twice_wants_the_same_twice() -> None:
    place = PostsDir("posts", "posts/{news_id}/{news_id}.md")
    assert news_id_of("posts/12/12.md", below=place) == "12"
    assert news_id_of("posts/12/13.md", below=place) is None


@pytest.mark.parametrize(
    "pattern",
    ["posts/{date}.md", "posts/{title}-{news_id}.md", "../{news_id}.md",
     "posts/../{news_id}.md", "posts/con.{news_id}.md", "posts/.{news_id}.md",
     "posts/{news_id} .md", "/posts/{news_id}.md", f"posts/{'a' * 190}{{news_id}}.md"],
)  # fmt: skip
def test_a_pattern_that_leads_astray_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"path|news_id|part"):
        PostsDir("posts", pattern)


# --- the configuration ------------------------------------------------------------


def config(tmp_path: Path, post: str) -> Path:
    file = tmp_path / "config.yaml"
    file.write_text(f"post: {post}\n", "utf-8")
    return file


@pytest.mark.parametrize(
    ("post", "said"),
    [
        ('{path: "{folder}/{date}.md"}', "must have {news_id}"),
        ('{path: "posts/{news_id}.md"}', "must begin with {folder}/"),
        ('{path: "{folder}/../{news_id}.md"}', "must be made of"),
        ('{path: "{folder}/{titel}{news_id}.md"}', "has {titel}, which is none of"),
        ('{path: "{folder}/소식-{news_id}.md"}', "must be made of"),
        ('{path: "{folder}/{news_id}.txt"}', "must end in .md or .html"),
        ('{path: "{folder}/{news_id}/{date}-1.md"}', "as if they were of another"),
        ('{path: "{folder}/{date}-{year}{news_id}.md"}', "as if they were of another"),
        ('{path: "{folder}/{news_id}/{year}-{month}-{day}-{month}.md"}', "another"),
        (f'{{path: "{{folder}}/{"a" * 190}{{news_id}}.md"}}', "must be made of"),
        ('{profile: chirpy, path: "{folder}/{news_id}.md"}', "must begin with {date}-"),
        ('{path: "{folder}/{date}-{news_id}.html"}', ".html is for an HTML body"),
        (
            '{profile: astro, body: html, path: "{folder}/{news_id}.html"}',
            ".html is for an HTML body",
        ),
        (
            '{profile: hugo, body: html, path: "{folder}/{news_id}.md"}',
            "Hugo leaves HTML out",
        ),
        ("{folder: ../up}", "must be a folder of the site"),
        ("{folder: /abs}", "must be a folder of the site"),
        ('{extra: {"yes": 1}}', "must be a key such as layout"),
        ("{extra: {layout: 1.5}}", "post.extra.layout"),
        ("{custom: {keys: {title: title}}}", "custom: is for profile: custom"),
        ("{profile: custom, custom: {keys: {a.b.c: title}}}", "must be a key such as"),
    ],
)
def test_the_configuration_is_checked_when_it_is_read(
    tmp_path: Path, post: str, said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(config(tmp_path, post), {})
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("post", "said"),
    [
        (
            "{profile: custom, custom: {keys: {title: titel}}}",
            r"post.custom.keys.title: no value is called 'titel'; known: .*, title_es",
        ),
        ("{extra: {title: 내}}", "post.extra.title: the profile plain writes that key"),
        (
            "{profile: chirpy, extra: {image: x}}",
            "post.extra.image: the profile chirpy",
        ),
        ("{profile: custom, custom: {template: none.j2}}", r"cannot read .*none\.j2"),
    ],
)
def test_keys_and_files_are_checked_before_a_run(
    tmp_path: Path, post: str, said: str
) -> None:
    loaded = load_config(config(tmp_path, post), {})
    with pytest.raises(ConfigError, match=said):
        style_of(loaded)


def test_what_is_chosen_arrives(tmp_path: Path) -> None:
    text = (
        '{profile: hugo, folder: content/news, path: "{folder}/{news_id}.md",'
        " categories: {산림청: 숲}, extra: {draft: false}, json_ld: true,"
        " canonical: false}"
    )
    loaded = load_config(config(tmp_path, text), {})
    style = style_of(loaded)
    assert (style.folder, style.json_ld, style.canonical) == (
        "content/news",
        True,
        False,
    )
    assert style.categories == (("산림청", "숲"),)
    assert style.extra == (("draft", False),)
    assert posts_dir_of(loaded).pattern == "content/news/{news_id}.md"


# --- custom -----------------------------------------------------------------------

TEMPLATE = """\
{{ text }}

{% for file in attachments %}
* {{ file.name }}
{% endfor %}

{{ notice }}

{{ credit }}
"""


def custom(template: str = TEMPLATE, **style: object) -> Style:
    chosen = {"template": template, "template_file": "post.j2", **style}
    return Style(profile="custom", **chosen)  # type: ignore[arg-type]


def test_a_template_makes_the_body_of_texts_that_are_escaped() -> None:
    hostile = release(title="<b>{{ 7*7 }}</b> | 1. *x*")
    style = custom("# {{ title }}\n\n" + TEMPLATE)
    post = render_post(hostile, PRESS, style)
    first = body_of(post.text).strip().split("\n")[0]
    assert first == (
        "# &lt;b>&#123;&#123; 7*7 &#125;&#125;&lt;/b> &#124; 1. &#42;x&#42;"
        if "7*7" in first
        else first
    )
    assert "<b>" not in first
    assert "{{" not in first
    assert "49" not in first
    assert "* 붙임 [1] &#123;표&#125;.pdf" in post.text
    assert is_intact(post.text)


def test_a_template_of_html_gets_html() -> None:
    text = "<main>{{ text }}</main>\n<p>{{ notice }}</p>\n<p>{{ credit }}</p>"
    made = body_of(render_post(release(), PRESS, custom(text, body="html")).text)
    assert made.strip().startswith("<main><h2>도심")
    assert f"<p>{PRESS.notice}</p>" in made


def test_a_map_of_keys_makes_the_front_matter() -> None:
    keys = (("headline", "title"), ("published", "date"), ("pic.src", "image_path"),
            ("pic.text", "image_alt"), ("nr", "news_id"))  # fmt: skip
    post = render_post(release(), PRESS, custom(keys=keys, **BANNER))
    assert fields(post) == {
        "headline": release().title,
        "published": release().available_at,
        "pic": {"src": "/img/banner.jpg", "text": "우리 소식"},
        "nr": "156900001",
    }


def test_every_value_has_a_form_front_matter_can_have() -> None:
    keys = tuple((name, name) for name in VALUES)
    style = custom(keys=keys, site_name="우리 소식", **BANNER)
    read = fields(render_post(release(history=CORRECTED), PRESS, style))
    assert [*read][: len(VALUES)] == [*VALUES]


def test_a_stub_needs_no_template() -> None:
    assert (
        "원문 보기" in render_stub(release(), custom("{{ notice }}{{ credit }}")).text
    )


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ text }}\n{{ notice }}\n", "post.j2:1: {{ credit }} must stand once"),
        (TEMPLATE + "{{ notice }}", "post.j2:10: {{ notice }} must stand once in every"
         " post, not 2 times"),
        ("{{ text }}\n\n{{ titel }}", "post.j2:3: 'titel' is undefined"),
        ("a\n{% if %}", "post.j2:2: Expected an expression"),
        ("a\n{{ attachments[0].name }}", "post.j2:2: "),
        ("a\n\n\n{{ 1 // 0 }}", "post.j2:4: "),
        ("{{ ''.__class__.__mro__ }}", "post.j2:1: access to attribute '__class__'"),
        ("{% include 'x' %}", "post.j2:1: "),
        ("{{ credit.format_map }}{{ subtitles.append('x') }}", "post.j2:1: "),
        ("{% macro a() %}{{ a() }}{% endmacro %}\n{{ a() }}", "post.j2:"),
        ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", "post.j2:1: "),
        (TEMPLATE + "{{ '\\ud800' }}", "post.j2:1: 'utf-8' codec can't encode"),
        (TEMPLATE.replace("{{ notice }}", "<!-- {{ notice }} -->"),
         "post.j2:7: {{ notice }} must stand once in every post, not 0 times"),
    ],
)  # fmt: skip
def test_a_template_is_tried_before_a_run_and_errors_name_its_line(
    tmp_path: Path, template: str, said: str
) -> None:
    (tmp_path / "post.j2").write_text(template, "utf-8")
    loaded = load_config(
        config(tmp_path, "{profile: custom, custom: {template: post.j2}}"), {}
    )
    with pytest.raises(ConfigError) as caught:
        style_of(loaded)
    [problem] = caught.value.problems
    assert problem.startswith(said)
    assert "\n" not in problem


def test_a_template_that_drops_the_credit_of_one_release_fails_that_release() -> None:
    text = TEMPLATE.replace(
        "{{ credit }}", "{% if '숲' not in title %}{{ credit }}{% endif %}"
    )
    with pytest.raises(PublishError, match="credit 0 times in the post: 156900001"):
        render_post(release(), PRESS, custom(text))


@pytest.mark.parametrize("name", ["x", "X"])
def test_an_attachment_called_x_is_no_task(name: str) -> None:
    """Goldmark takes ``- [x](…)`` for a box that is ticked, and loses the link."""
    named = replace(release().attachments[0], file_id="7", name=name)
    text = render_post(release(attachments=(named,)), PRESS, Style()).text
    assert f"- [&#{ord(name)};](https://" in text


# --- addresses --------------------------------------------------------------------

ARTICLE = "https://www.korea.kr/briefing/pressReleaseView.do?newsId=1"


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("/a.do?x=1", "https://www.korea.kr/a.do?x=1"),
        ("b.do", "https://www.korea.kr/briefing/b.do"),
        ("//img.example.org/x", "https://img.example.org/x"),
        ("https://https://www.korea.kr/a", "https://www.korea.kr/a"),
        ("http://https//www.korea.kr/a", "http://https//www.korea.kr/a"),
        ("http://https:/www.korea.kr/a", "https://www.korea.kr/a"),
        (
            "https://x.example.org/?utm_source=a&id=1&fbclid=2",
            "https://x.example.org/?id=1",
        ),
        ("https://x.example.org/?gclid=1#top", "https://x.example.org/#top"),
        (
            "https://x.example.org/?q=https://https://y",
            "https://x.example.org/?q=https://https://y",
        ),
        ("https://x.example.org/?a=%2F&b", "https://x.example.org/?a=%2F&b"),
        ("mailto:a@example.org", "mailto:a@example.org"),
    ],
)
def test_addresses_are_whole_and_track_nobody(address: str, wanted: str) -> None:
    assert mend(address, ARTICLE) == wanted
    assert mend(wanted, ARTICLE) == wanted


def test_attachments_are_linked_by_mended_addresses() -> None:
    [_, second, _] = release().attachments
    worse = replace(second, path=f"https://https://www.korea.kr{second.path}&utm_id=7")
    text = render_post(release(attachments=(worse,)), PRESS, Style()).text
    assert "(https://www.korea.kr/common/download.do?fileId=2&tblKey=GMN)" in text
