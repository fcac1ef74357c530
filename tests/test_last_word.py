"""Whatever fails in escaping, no markup of a source reaches a post."""

import re

import pytest

import publishers.profiles.newsdao as newsdao
import scraper.markdown
import scraper.markdown.tables
from publishers.post import Style, render_post
from scraper.errors import PublishError
from scraper.markdown import last_word, to_html, to_markdown
from scraper.markdown.last_word import last_word_on_table
from scraper.model import Attachment, Cell, Contact, Heading, ListItem, Paragraph, Table
from tests import sample_release
from tests.corpora import hostile_strings

HOSTILE = [
    "<script>alert(1)</script>",
    '<p title="x" lang="y">글</p>',
    "<img src=x onerror=alert(1)>",
    '<p onclick="alert(1)">누르세요',
    '<a href="javascript:alert(1)">누르세요</a>',
    '<a href="//example.org/">누르세요</a>',
    '<td style="background: url(https://example.org)">',
    "<iframe src='https://example.org'></iframe>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<p class='x' id='y' data-z='1'>",
    "{{ site.time }} {% include x %}",
    "</p></td></table><script>",
    "<form action='https://example.org'><input name=q></form>",
    "<base href='https://example.org'><meta http-equiv=refresh content=0>",
]

#: What a post's HTML may hold; anything else in a tag fails the test.
OURS = re.compile(
    r"</?(?:p|h[1-6]|ul|li|br|b|table|tbody|tr)(?: data-ke-size=\"size\d\d\")?>"
    r"|<td(?: style=\"text-align: center; height: 17px;\")?"
    r"(?: rowspan=\"\d+\")?(?: colspan=\"\d+\")?>|</td>"
    r"|<a(?: href=\"https://[^\"<>{}]*\")?>|</a>"
)


def foreign(html: str) -> str:
    """Return what is left of HTML without our own tags and the text, "" if nothing."""
    left = OURS.sub("", html)
    return "".join(re.findall(r"<[^>]*>?|[{}]", left))


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """An escaper that lets everything through, wherever it is used."""
    for module in (scraper.markdown, scraper.markdown.tables, newsdao):
        monkeypatch.setattr(module, "escape_html", lambda text: text)


def everywhere(text: str) -> tuple:
    spread = Table(
        (Cell(0, 0, (Paragraph(text),), column_span=2), Cell(1, 0, (Paragraph(text),)))
    )
    return (Heading(text), Paragraph(text), ListItem(text), spread)


@pytest.mark.parametrize("text", HOSTILE)
def test_the_broken_escaper_is_one(broken: None, text: str) -> None:
    """The tests below prove nothing if escaping still holds."""
    part = scraper.markdown._html_part(Paragraph(text), sized=False)
    assert part == f"<p>{text}</p>"


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize("text", HOSTILE)
def test_no_markup_of_a_source_survives_a_bug_of_ours(text: str) -> None:
    made = to_html(everywhere(text), sized=True)
    assert foreign(made) == ""
    assert "alert" not in re.sub(r">[^<]*<", "><", made)
    assert "<script" not in made
    assert "{{" not in made


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize("text", HOSTILE)
def test_html_tables_in_markdown_are_held_to_it_too(text: str) -> None:
    assert foreign(to_markdown(everywhere(text)[-1:])) == ""


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize("text", HOSTILE)
def test_names_of_files_and_contacts_are_held_to_it(text: str) -> None:
    release = sample_release.release(
        attachments=(Attachment("9", text, "", "/common/download.do?fileId=9"),),
        contacts=(Contact(text, "044-000-0000"),),
    )
    style = Style(profile="newsdao", contacts="full")
    try:
        post = render_post(release, sample_release.PRESS, style)
    except PublishError:  # what came through took the notice with it
        return
    assert foreign(post.text.split("\n---\n", 1)[1]) == ""


@pytest.mark.captures
@pytest.mark.usefixtures("broken")
def test_collected_attacks_do_not_survive_a_bug_of_ours(captures) -> None:
    for text in hostile_strings(captures):
        assert foreign(to_html((Paragraph(text), *everywhere(text)[-1:]))) == "", text


@pytest.mark.parametrize(
    "inner", ["<b>가</b>", "{{ x }}", '<td onclick="x">', "<br/>", "<td rowspan=2>"]
)
def test_a_table_with_anything_else_in_it_is_looked_at(inner: str) -> None:
    ours = '<table>\n<tr><td rowspan="2" colspan="3">가<br>나</td></tr>\n</table>'
    assert last_word_on_table(ours) is ours
    other = ours.replace("가", inner)
    assert last_word_on_table(other) == last_word(other)


def test_what_we_write_passes_letter_for_letter() -> None:
    html = (
        '<p data-ke-size="size16">R&amp;D &lt;간격&gt; &quot;말&quot; &#123;&#123;</p>'
        '\n\n<table>\n<tr><td rowspan="2" colspan="3">가<br>나</td></tr>\n</table>\n\n'
        "<ul>\n<li>가\n<ul>\n<li>나\n</li>\n</ul>\n</li>\n</ul>"
    )
    assert last_word(html) == html


def test_a_house_style_s_table_passes_letter_for_letter() -> None:
    html = (
        "<table>\n    <tbody>\n        <tr>\n"
        '            <td style="text-align: center; height: 17px;"><b>문의</b></td>\n'
        "        </tr>\n    </tbody>\n</table>\n\n"
        '<p><b><a href="https://www.korea.kr/a.do?b=1&amp;c=2">글</a></b>&nbsp;</p>'
    )
    assert last_word(html, styled=True) == html
    assert "style" not in last_word(html.replace("17px", "99px"), styled=True)
    assert "style" not in last_word(html)


@pytest.mark.parametrize(
    "text", ["&amp;quot;", "&amp;#123;", "\ufdd0", "&quot;&quot;", "a &#125; b"]
)
def test_references_of_references_stay_text(text: str) -> None:
    kept = text.replace("\ufdd0", "&quot;")
    assert last_word(f"<p>{text}</p>") == f"<p>{kept}</p>"
