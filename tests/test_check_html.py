"""HTML, links and pictures in posts that anybody may have made."""

import pytest

from tests.checking import HEAD, PATH, check, check_all, mended, post, repaired, rules


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<iframe src="https://a.example"></iframe>',
        "<form><input></form>",
        '<p onclick="go()">새 길</p>',
        "<p ONMOUSEOVER='a>b'>새 길</p>",
        '<a href="javascript:go()">새 길</a>',
        '<a href="java\tscript:go()">새 길</a>',
        '<meta http-equiv="refresh">',
        "<style>p {color: red}</style>",
        '<p srcdoc="x">새 길</p>',
        "<svg/onload=go()></svg>",
    ],
)
def test_html_that_acts_is_told_and_left_to_a_person(text: str) -> None:
    findings = [f for f in check(post(text)) if f.rule == "html-active"]
    assert findings
    assert not any(f.mechanical for f in findings)


@pytest.mark.parametrize("text", ["`<script>`", "<!-- <script> -->", "<b>on</b> = 1"])
def test_html_that_is_not_read_is_no_defect(text: str) -> None:
    assert "html-active" not in rules(post(text))


def test_a_whole_page_inside_of_a_post_is_told_once() -> None:
    head, body = "<head><title>길</title></head>", "<body><p>길</p></body>"
    page = f"<!DOCTYPE html>\n<html>{head}{body}</html>"
    assert [f.rule for f in check(post(page))] == ["html-page"]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("<p>새 길", "html-open"),
        ("<div>새 <b>길</div>", "html-open"),
        ("<p>새</p></p>", "html-stray"),
        ("<b><i>길</b></i>", "html-stray"),
        ("<p>새 <ul><li>길</li></ul></p>", "html-nesting"),
        ("<p><h2>길</h2></p>", "html-nesting"),
    ],
)
def test_broken_elements_are_told(text: str, rule: str) -> None:
    assert rule in rules(post(text))


@pytest.mark.parametrize(
    "text",
    [
        "<ul><li>하나<li>둘</ul>",
        "<table><tr><td>가<td>나</table>",
        "<p>새<br>길<br/><img src='/a.png'></p>",
        "<p>새 <b>길</b></p>\n<hr>",
    ],
)
def test_elements_that_html_lets_stand_open_are_no_defect(text: str) -> None:
    assert rules(post(text)) == set()


def test_a_rule_alone_in_a_paragraph_is_taken_out_of_it() -> None:
    assert rules(post("<p><hr></p>")) == {"html-nesting"}
    assert mended(post("<p><hr /></p>")) == post("<hr />")


@pytest.mark.parametrize(
    "text",
    [
        "```html\n<p>새 길이 열린다</p>\n```",
        "~~~\n새 길",
        "```새길부는 새 길을 연다고 20일 밝혔다.```",
    ],
)
def test_text_set_as_code_is_told(text: str) -> None:
    assert rules(post(text)) == {"code-fence"}


@pytest.mark.parametrize(
    ("address", "made"),
    [
        ("https://https://www.korea.kr/a", "https://www.korea.kr/a"),
        ("https://http://www.korea.kr/a", "http://www.korea.kr/a"),
        ("/briefing/a.do?newsId=1", "https://www.korea.kr/briefing/a.do?newsId=1"),
        (
            "/common/download.do?fileId=1",
            "https://www.korea.kr/common/download.do?fileId=1",
        ),
        ("www.korea.kr/a", "https://www.korea.kr/a"),
        ("https://a.example/?utm_source=x", "https://a.example/"),
        ("https://a.example/?utm_source=x&b=1", "https://a.example/?b=1"),
        ("https://a.example/?b=1&amp;fbclid=x", "https://a.example/?b=1"),
    ],
)
@pytest.mark.parametrize("form", ['<a href="{}">길</a>', "[길]({})"])
def test_addresses_are_mended(address: str, made: str, form: str) -> None:
    text = post(form.format(address))
    assert all(f.mechanical for f in check(text))
    assert check(text)
    assert mended(text) == post(form.format(made))


@pytest.mark.parametrize(
    "link",
    [
        '<a href="">길</a>',
        '<a href="#">길</a>',
        "[길]()",
        '<a href="http://localhost:4000/a">길</a>',
        '<a href="htps://a.example">길</a>',
        '<a href="https://a b.example">길</a>',
        '<a href="file:///c/a">길</a>',
        '<img src="">',
    ],
)
def test_links_that_lead_nowhere_are_left_to_a_person(link: str) -> None:
    findings = check(post(link))
    assert {f.rule for f in findings} == {"link-broken"}
    assert repaired(post(link)).content == post(link).encode()


@pytest.mark.parametrize(
    "link",
    [
        "[길](/2026/11/20/1/)",
        '<a href="#sec">길</a>',
        "[길](https://a.example/길)",
        "[길](https://a.example/x_(y))",
        '<a href="mailto:a@b.example">길</a>',
        "![길](/assets/a.png)",
    ],
)
def test_good_links_are_left_alone(link: str) -> None:
    assert rules(post(link)) == set()


def test_an_address_that_readers_see_is_never_changed() -> None:
    """It is words; only where a link leads to is mended."""
    address = "https://https://www.korea.kr/a"
    text = post(f'<a href="{address}">{address}</a>')
    assert mended(text) == post(f'<a href="https://www.korea.kr/a">{address}</a>')


def test_a_picture_from_elsewhere_is_told() -> None:
    (finding,) = check(post("![길](https://www.korea.kr/a.jpg)"))
    assert finding.rule == "image-remote"
    assert "not licensed" in finding.message
    assert rules(post('<img src="https://a.example/a.jpg">')) == {"image-remote"}


def test_the_operators_banner_is_no_such_picture() -> None:
    """It is named in the configuration, or in the front matter of many posts."""
    banner = "https://cdn.example/banner.jpg"
    text = post(f"![속보]({banner})")
    assert rules(text, banners=frozenset({banner})) == set()
    head = f'image: "{banner}"\n'
    assert rules(post(f"![속보]({banner})", head=HEAD + head)) == {"image-remote"}
    posts = {
        f"_posts/2026-11-{day}-a.md": post(
            f"![속보]({banner})",
            head=f'title: "{day}"\nsource_url: "https://a.example/{day}"\n{head}',
        ).replace("20일", f"{day}일")
        for day in (18, 19, 20)
    }
    assert [f.rule for f in check_all(posts)] == ["image-banner"]


def test_a_banner_is_never_a_picture_of_the_source() -> None:
    address = "https://www.korea.kr/banner.jpg"
    posts = {
        f"_posts/2026-11-{day}-a.md": post(
            f"![속보]({address})",
            head=f'title: "{day}"\nsource_url: "https://a.example/{day}"\n'
            f'image: "{address}"\n',
        ).replace("20일", f"{day}일")
        for day in (18, 19, 20)
    }
    assert {f.rule for f in check_all(posts)} == {"image-remote"}


def test_findings_have_their_places() -> None:
    (finding,) = check(post("새 길: <b>열린다"))
    assert (finding.path, finding.line, finding.column) == (PATH, 8, 6)
