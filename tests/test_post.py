"""Posts in the plain profile, and what holds for every profile."""

import html
import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from publishers.excerpt import excerpt, shown_title
from publishers.post import Style, post_path, render_post, render_stub
from publishers.profiles.houses import HOUSES
from publishers.seal import is_intact, read_seal
from scraper.documents import extract
from scraper.errors import PublishError
from scraper.layout import read_layout
from scraper.layout.rebuttal import read_parts
from scraper.license import CREDIT
from scraper.markdown import to_markdown
from scraper.model import (
    KST,
    Block,
    Caption,
    Cell,
    Contact,
    Correction,
    Heading,
    History,
    License,
    ListItem,
    Ministry,
    Paragraph,
    Post,
    Release,
    Removed,
    Table,
)
from tests import ruby
from tests.accounting import missing_text, texts
from tests.corpora import hostile_strings
from tests.rendering import (
    POST_ELEMENTS,
    body_of,
    commonmark,
    front_matter_of,
    shown,
    solid,
)
from tests.sample_release import BODY, NEWS, PRESS, check_golden, release
from tests.test_markdown import HOSTILE

PROFILES = tuple(HOUSES)
#: Their themes print titles as HTML.
ESCAPED = {"newsdao", "alembic", "chirpy", "mkdocs-material"}
#: Every kind of body there is.
LOOKS = (Style(), Style(profile="newsdao"), Style(body="html"))
FLAT = Style(layout="flat")

#: Everything the operator can put into a post, hostile where text is free.
FULL = Style(
    category="{{ 소식 }}",
    banner_path="/assets/img/our banner(1).jpg",
    banner_alt="[속보] *우리*",
    promo_text="1. 더 많은 소식은 |",
    promo_url="https://news.example.org/?a=1&b={{2}}",
    contacts="full",
    site_name="우리소식",
)


def plain(**changes: object) -> Post:
    return render_post(release(**changes), PRESS, Style())


def fields(post: Post) -> dict[str, object]:
    return front_matter_of(post.text)[1]


# --- whole posts ------------------------------------------------------------------


def test_plain_post_is_as_agreed() -> None:
    check_golden("plain.md", plain().text)


def test_full_post_is_as_agreed() -> None:
    check_golden("plain-full.md", render_post(release(), PRESS, FULL).text)


def test_attachment_only_post_is_as_agreed() -> None:
    post = plain(text_from="", no_text_because="hwp", body=(), subtitles=())
    check_golden("plain-attachment-only.md", post.text)


def test_stub_is_as_agreed() -> None:
    check_golden("plain-stub.md", render_stub(release(), Style()).text)


# --- what holds for every profile -------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES)
def test_the_same_release_gives_the_same_bytes(profile: str) -> None:
    style = replace(FULL, profile=profile)
    posts = {render_post(release(), PRESS, style) for _ in range(3)}
    assert len(posts) == 1


@pytest.mark.parametrize("profile", PROFILES)
def test_notice_and_credit_stand_once_and_last(profile: str) -> None:
    text = render_post(release(), PRESS, Style(profile=profile)).text
    assert text.count(PRESS.notice) == 1
    assert text.count(CREDIT) == 1
    last = body_of(text).rstrip("\n").split("\n\n")[-2:]
    assert PRESS.notice in last[0]
    assert CREDIT in last[1]
    assert release().canonical_url in last[1]
    assert "산림청 보도자료" in last[1]


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("text", [PRESS.notice, f"끝. {CREDIT}"])
def test_a_text_that_repeats_notice_or_credit_is_refused(
    profile: str, text: str
) -> None:
    """It was to be cut from the text; a post with two would credit wrongly."""
    repeated = release(body=(*BODY, Paragraph(text)))
    with pytest.raises(PublishError, match="2 times in the post: 156900001"):
        render_post(repeated, PRESS, Style(profile=profile))


def test_a_license_without_words_is_refused() -> None:
    with pytest.raises(PublishError, match=r"notice .* times in the post"):
        render_post(release(), License(1, "", CREDIT), Style())


@pytest.mark.parametrize("profile", PROFILES)
def test_only_press_releases_name_the_ministry_beside_the_credit(profile: str) -> None:
    news = release(source="policy_news")
    text = render_post(news, NEWS, Style(profile=profile)).text
    assert "보도자료)" not in text
    assert text.count(CREDIT) == 1


@pytest.mark.parametrize("profile", PROFILES)
def test_a_post_is_sealed_and_ends_in_one_line_end(profile: str) -> None:
    post = render_post(
        release(history=History(revision=3)), PRESS, Style(profile=profile)
    )
    seal = read_seal(post.text)
    assert is_intact(post.text)
    assert seal is not None
    assert (seal.news_id, seal.revision) == ("156900001", 3)
    assert seal.published_at == release().published_at
    assert post.text.endswith("\n")
    assert not post.text.endswith("\n\n")


@pytest.mark.parametrize("profile", PROFILES)
def test_no_picture_but_the_banner(profile: str) -> None:
    without = render_post(release(), PRESS, Style(profile=profile)).text
    assert not re.search(r"!\[|<img|^image:", without, re.MULTILINE)
    assert "사진" not in without.replace(PRESS.notice, "")
    banner = render_post(release(), PRESS, replace(FULL, profile=profile)).text
    assert len(re.findall(r"!\[|<img", banner)) == 1
    assert "/assets/img/our%20banner%281%29.jpg" in banner


@pytest.mark.parametrize("profile", PROFILES)
def test_contacts_follow_the_switch(profile: str) -> None:
    def shown_with(contacts: str) -> str:
        style = Style(profile=profile, contacts=contacts)  # type: ignore[arg-type]
        return render_post(release(), PRESS, style).text

    assert "홍길동" in shown_with("full")
    assert "책임자" in shown_with("full")
    assert "산림청 도시숲과(042-000-0001)" in shown_with("department")
    assert "홍길동" not in shown_with("department")
    assert body_of(shown_with("department")).count("도시숲과") == 1
    assert not re.search("문의|042-000", shown_with("none"))


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(
    "text", [*HOSTILE, "---\n---", "가\u202e나\u200b", "'", "끝\\"]
)
def test_hostile_text_is_shown_as_it_is(profile: str, text: str) -> None:
    """In every place a release's text can go; the front matter reads back too."""
    hostile = release(
        title=text,
        subtitles=(text,),
        ministry=Ministry(text, "", text),
        contacts=(Contact(text, text, text, text),),
        body=(Paragraph(text), ListItem(text), Heading(text)),
    )
    style = replace(FULL, profile=profile, category=text, promo_text=text)
    post = render_post(hostile, PRESS, style)
    made = post.text
    assert is_intact(made)
    assert not re.search(r"\{\{|\{%|\{#", made)
    assert "{" not in body_of(made)
    assert title_of(post, profile) == " ".join(front_text(text).split())
    markup = commonmark(body_of(made).replace(MORE, ""))
    seen = solid(shown(markup, elements=POST_ELEMENTS))
    assert seen.count(solid(front_text(text))) >= 4


MORE = "<!-- more -->\n\n"


def title_of(post: Post, profile: str) -> str:
    """Return what a reader of the profile's site gets for a title."""
    title = str(fields(post)["title"])
    if profile not in ESCAPED:
        return title
    assert not re.search('[<"]', title)
    return html.unescape(title)


def front_text(text: str) -> str:
    return text.translate(dict.fromkeys(map(ord, "\u202e\u200b")))


@pytest.mark.ruby
def test_kramdown_and_ruby_read_whole_posts_alike() -> None:
    posts = [
        render_post(
            release(title=text, subtitles=(text,), body=(Paragraph(text),)),
            PRESS,
            replace(FULL, profile=profile),
        ).text
        for text in HOSTILE
        for profile in PROFILES
    ]
    heads = ruby.load_yaml([front_matter_of(text)[0] for text in posts])
    bodies = ruby.kramdown([body_of(text) for text in posts])
    for text, head, made in zip(posts, heads, bodies, strict=True):
        fields = front_matter_of(text)[1]
        assert isinstance(head, dict)
        times = {
            key for key, value in fields.items() if not isinstance(value, list | str)
        }
        times -= {"source", "license", "image"}
        assert times <= {"date", "pubDate"}
        assert {**head, **dict.fromkeys(times)} == {**fields, **dict.fromkeys(times)}
        markup = commonmark(body_of(text))
        kramdown, other = (m.replace(MORE.strip(), "") for m in (made, markup))
        assert solid(shown(kramdown, elements=POST_ELEMENTS)) == solid(
            shown(other, elements=POST_ELEMENTS)
        )


# --- front matter -----------------------------------------------------------------


def test_front_matter_keys_keep_their_order() -> None:
    assert list(fields(render_post(release(), PRESS, FULL))) == [
        *("title", "date", "categories", "tags", "author", "excerpt", "description"),
        *("subtitles", "canonical_url", "source", "license", "contacts"),
        *("attachments", "image"),
    ]


def test_empty_fields_are_left_out() -> None:
    bare = plain(
        subtitles=(), contacts=(), attachments=(), ministry=Ministry("", "", "")
    )
    assert not {"subtitles", "contacts", "attachments", "tags"} & set(fields(bare))
    assert fields(bare)["author"] == "정책브리핑"


def test_dates_are_times_with_a_zone() -> None:
    """A blank before the zone stops Eleventy and mkdocs."""
    head = front_matter_of(plain().text)[0]
    assert "date: 2026-11-24T06:00:00+09:00\n" in head
    assert "last_modified_at" not in head
    correction = Correction(datetime(2026, 11, 25, tzinfo=KST), "text")
    changed = render_post(release(history=History(2, (correction,))), PRESS, Style())
    assert "last_modified_at: 2026-11-25T00:00:00+09:00\n" in changed.text


def test_a_front_matter_that_does_not_read_back_stops_the_post(monkeypatch) -> None:
    monkeypatch.setattr("publishers.post.verify", lambda text, fields: False)
    with pytest.raises(PublishError, match="does not read back: 156900001"):
        plain()


# --- path -------------------------------------------------------------------------


def test_path_is_made_of_day_and_id() -> None:
    assert post_path(release(), Style()) == "_posts/2026/11/2026-11-24-156900001.md"
    assert post_path(release(), FLAT) == "_posts/2026-11-24-156900001.md"
    assert plain().path == "_posts/2026/11/2026-11-24-156900001.md"


def test_the_day_is_that_of_korea() -> None:
    late = datetime(2026, 12, 31, 15, 30, tzinfo=KST) + timedelta(hours=8, minutes=45)
    utc = late.astimezone(tz=None)
    assert post_path(release(available_at=utc), FLAT).startswith("_posts/2027-01-01-")


def test_a_path_that_is_there_stays() -> None:
    """Whatever is corrected later, addresses do not change."""
    kept = render_post(release(), PRESS, Style(), path="_posts/2026-01-02-156900001.md")
    assert kept.path == "_posts/2026-01-02-156900001.md"
    assert render_stub(release(), Style(), path=kept.path).path == kept.path


@pytest.mark.parametrize("news_id", ["", "../1", "1/2", "156900001\n", "١٢", "-1"])
def test_only_the_sites_own_ids_make_a_path(news_id: str) -> None:
    with pytest.raises(PublishError, match="not a news id"):
        post_path(release(news_id=news_id), Style())
    with pytest.raises(PublishError, match="not a news id"):
        plain(news_id=news_id)


def test_an_unknown_profile_is_our_own_mistake() -> None:
    with pytest.raises(ValueError, match="no such profile: fancy"):
        render_post(release(), PRESS, Style(profile="fancy"))


# --- body -------------------------------------------------------------------------


def test_attachments_are_links_to_the_site_alone() -> None:
    body = body_of(plain().text)
    address = "https://www.korea.kr/common/download.do?fileId=2&tblKey=GMN"
    assert f"- [붙임 &#91;1&#93; &#123;표&#125;.pdf]({address})" in body
    assert "- 남의 집.pdf" in body
    assert "elsewhere" not in plain().text
    assert "본문.hwpx" not in body


@pytest.mark.parametrize(
    "path", ["javascript:alert(1)", "//evil.example.org/a", "http://[", "data:,x"]
)
def test_other_addresses_are_no_links(path: str) -> None:
    files = tuple(replace(a, path=path) for a in release().attachments)
    post = plain(attachments=files)
    assert path not in post.text
    assert "](" not in body_of(post.text).replace(f"]({release().canonical_url}", "")


def test_a_post_without_text_says_where_it_is() -> None:
    body = body_of(plain(text_from="", body=()).text)
    assert "새로 만든다고 23일…\n\n원문은 첨부파일에 있습니다.\n" in body
    assert "본문.hwpx" in body
    alone = body_of(plain(text_from="", body=(), attachments=()).text)
    assert "첨부파일" not in alone
    assert "새로 만든다고 23일…" in alone


def test_a_faithful_post_keeps_the_document_in_its_order() -> None:
    """Subtitles and contacts are in the document; twice would be a change."""
    document = (
        Paragraph("도심 바람길 숲 12곳 새로 만들어"),
        *BODY,
        Paragraph("담당 부서 산림청 도시숲과 042-000-0001"),
    )
    post = render_post(release(body=document), PRESS, Style(), faithful=True)
    body = body_of(post.text)
    kept = [b for b in document if not (isinstance(b, Caption) and b.of == "image")]
    assert to_markdown(kept) in body
    assert body.startswith("\n## 2030년까지 60곳으로 늘린다\n\n도심 바람길 숲")
    assert "| 문의 |" not in body


def test_a_remark_of_the_author_is_never_published() -> None:
    """It stands in the margin of the manuscript; even a faithful post leaves it out."""
    document = (*BODY, Caption("날짜를 확인할 것", of="memo"))
    for faithful in (True, False):
        post = render_post(release(body=document), PRESS, Style(), faithful=faithful)
        assert "확인할 것" not in post.text


def test_a_stub_claims_nothing() -> None:
    for profile in PROFILES:
        text = render_stub(release(), Style(profile=profile)).text
        assert is_intact(text)
        assert release().canonical_url in body_of(text)
        assert not re.search("공공누리|자료출처|늘린다|도시숲과|KOGL|밝혔다", text)


# --- excerpt ----------------------------------------------------------------------


def summary(*body: str, length: int = 160, **changes: object) -> str:
    made: Release = release(
        **{"subtitles": (), "body": tuple(map(Paragraph, body))} | changes
    )
    return excerpt(made, length)


def test_excerpt_is_subtitles_then_whole_sentences() -> None:
    assert excerpt(release(), 160) == (
        "도심 바람길 숲 12곳 새로 만들어 / 2030년까지 60곳으로 늘린다 / 산림청은 도심"
        " 바람길 숲* 12곳을 새로 만든다고 23일 밝혔다. 지난 2024. 6. 24. 처음 문을 연"
        " 뒤로 세 번째다. 새로 만드는 숲은 3~5월에 심고 6~7월에 문을 연다."
    )
    assert excerpt(release(), 139).endswith("세 번째다.")
    assert excerpt(release(), 60).endswith("60곳으로 늘린다")


def test_excerpt_cuts_a_long_first_piece_at_a_word() -> None:
    assert summary("가나다 라마바 사아자 차카타.", length=10) == "가나다 라마바…"
    assert summary("가나다라마바사아자차카타파하", length=5) == "가나다라…"
    assert summary("가나다 라마바.", length=8) == "가나다 라마바."


def test_sentences_end_neither_in_dates_nor_in_quotes() -> None:
    text = "오는 6. 24. 연다. “새 길이다. 함께 걷자.”라고 말했다. 가. 개요는 같다."
    assert summary(text, length=13) == "오는 6. 24. 연다."
    assert summary(text, length=44).endswith("라고 말했다.")
    assert summary(text) == text


def test_excerpt_has_no_bullets_and_falls_back() -> None:
    assert summary(body=(ListItem("□ 새 숲을 연다."),)) == "새 숲을 연다."
    assert summary(text_from="") == "산림청은 도심 바람길 숲 12곳을 새로 만든다고 23일…"
    assert summary(text_from="", lead="") == release().title


# --- rebuttals --------------------------------------------------------------------

CLAIM = ListItem("ㅇ 가온일보는 나루터 예산이 줄었다고 보도하였다.", 2)
REBUTTAL = (
    Heading("[보도 내용]"),
    CLAIM,
    Heading("[달빛부 설명]"),
    Paragraph("나루터 예산은 줄지 않았다. 오히려 늘었다."),
)


def rebuttal(**changes: object) -> Release:
    given = {"subtitles": (), "body": REBUTTAL, "claims": (CLAIM,), **changes}
    return release(rebuttal=True, title="나루터 예산 줄인다는 보도", **given)


@pytest.mark.parametrize("profile", PROFILES)
def test_the_title_of_a_rebuttal_says_so_everywhere(profile: str) -> None:
    """A reader of a list sees the title alone, which repeats the denied report."""
    style = Style(profile=profile)
    for post in (
        render_post(rebuttal(), NEWS, style),
        render_stub(rebuttal(), style),
        render_post(rebuttal(text_from="", no_text_because="x", body=()), NEWS, style),
    ):
        wanted = "[사실은 이렇습니다] 나루터 예산 줄인다는 보도"
        assert post.title == title_of(post, profile) == wanted
    assert summary_of(render_stub(rebuttal(), style)) == wanted


def summary_of(post: Post) -> str:
    """Return the front matter's excerpt, by the name the profile gives it."""
    read = fields(post)
    return str(read.get("excerpt") or read["description"]).strip()


@pytest.mark.parametrize(
    "title",
    ["사실은 이렇습니다: 나루터", "[사실은 이렇습니다] 나루터", "<사실은이렇습니다>"],
)
def test_a_title_that_says_so_is_not_marked_twice(title: str) -> None:
    assert shown_title(replace(rebuttal(), title=title)) == title


def test_another_release_s_title_is_not_marked() -> None:
    assert shown_title(release(title="나루터")) == "나루터"


@pytest.mark.parametrize("profile", PROFILES)
def test_the_excerpt_of_a_rebuttal_is_the_ministry_s_own_words(profile: str) -> None:
    post = render_post(rebuttal(), NEWS, Style(profile=profile))
    assert summary_of(post) == "나루터 예산은 줄지 않았다. 오히려 늘었다."
    assert CLAIM.text in html.unescape(post.text)


def test_a_rebuttal_s_subtitles_come_first() -> None:
    made = excerpt(rebuttal(subtitles=("예산은 그대로",)), 30)
    assert made == "예산은 그대로 / 나루터 예산은 줄지 않았다."


@pytest.mark.parametrize("profile", PROFILES)
def test_without_a_text_a_rebuttal_quotes_nothing(profile: str) -> None:
    """The site's lead is the beginning of the text: the report that is denied."""
    post = render_post(
        rebuttal(text_from="", no_text_because="x", body=(), lead="예산이 줄었다고"),
        NEWS,
        Style(profile=profile),
    )
    assert "예산이 줄었다고" not in post.text


def test_a_rebuttal_of_claims_alone_has_its_title_for_an_excerpt() -> None:
    made = excerpt(rebuttal(body=(CLAIM,)), 160)
    assert made == "[사실은 이렇습니다] 나루터 예산 줄인다는 보도"


@pytest.mark.parametrize("subtitles", [(), ("예산은 그대로",)])
def test_a_rebuttal_whose_parts_are_not_named_quotes_no_text(
    subtitles: tuple[str, ...],
) -> None:
    """Any of its sentences may be the report."""
    title = "[사실은 이렇습니다] 나루터 예산 줄인다는 보도"
    parts = read_parts((Paragraph("예산이 줄었다."), Paragraph("이같이 보도했다.")))
    for claims in (parts.claims, ()):
        told = rebuttal(body=parts.blocks, claims=claims, subtitles=subtitles)
        assert excerpt(told, 160) == (subtitles or (title,))[0]


def test_what_stands_above_a_rebuttal_s_first_claim_is_not_quoted() -> None:
    """A letterhead or a headline, which may be the report's own."""
    told = rebuttal(body=(Paragraph("나루터가 문을 닫는다."), *REBUTTAL))
    assert excerpt(told, 160) == "나루터 예산은 줄지 않았다. 오히려 늘었다."


@pytest.mark.parametrize("boxed", [False, True])
def test_a_claim_that_lost_a_notice_is_still_a_claim(boxed: bool) -> None:
    """Removals come after the parts are told apart; they shorten blocks."""

    def block(*lines: str) -> Block:
        paragraphs = tuple(map(Paragraph, lines))
        return Table((Cell(0, 0, paragraphs),)) if boxed else paragraphs[0]

    claim = block("예산이 줄었다. 공공누리 안내", "그림입니다.")
    body = (*REBUTTAL[:2], block("예산이 줄었다."), *REBUTTAL[2:])
    told = rebuttal(body=body, claims=(CLAIM, claim))
    assert excerpt(told, 160) == "나루터 예산은 줄지 않았다. 오히려 늘었다."


def test_excerpt_is_one_plain_line_in_the_front_matter() -> None:
    made = plain(subtitles=("가 | 나\n1. {{ 다 }}",))
    assert fields(made)["excerpt"] == fields(made)["description"]
    assert str(fields(made)["excerpt"]).startswith("가 &#124; 나 1. &#123;&#123; 다")


# --- real documents ---------------------------------------------------------------


@pytest.mark.captures
def test_real_documents_are_whole_in_their_posts(captures) -> None:
    """Body and what was removed are together all that the document says."""
    files = sorted((captures / "attachments" / "hwpx").glob("kr_*.hwpx"))
    assert files
    for file in files:
        document = extract(file.read_bytes())
        layout = read_layout(document, "")
        made = release(
            news_id=re.findall(r"\d+", file.name)[0],
            subtitles=layout.subtitles,
            contacts=layout.contacts,
            body=layout.body,
        )
        captions = [
            Removed("caption", block)
            for block in layout.body
            if isinstance(block, Caption) and block.of == "image"
        ]
        for style in LOOKS:
            text = render_post(made, PRESS, style).text
            removed = [*layout.removed, *captions]
            assert missing_text(document.blocks, text, removed) == [], file.name
            assert not re.search(r"\{\{|\{%|!\[|<img", text), file.name


@pytest.mark.captures
@pytest.mark.ruby
def test_real_documents_are_shown_letter_for_letter(captures) -> None:
    files = sorted((captures / "attachments" / "hwpx").glob("kr_*.hwpx"))
    documents = [extract(file.read_bytes()).blocks for file in files]
    sources = [to_markdown(blocks) + "\n" for blocks in documents]
    made = zip(documents, sources, ruby.kramdown(sources), strict=True)
    for blocks, source, markup in made:
        wanted = solid("".join(texts(blocks)))
        assert solid(shown(markup)) == wanted
        assert solid(shown(commonmark(source))) == wanted


@pytest.mark.captures
def test_collected_strings_make_sound_posts(captures) -> None:
    for text in hostile_strings(captures)[::7]:
        hostile = release(title=text or "제목", body=(Paragraph(text),))
        for style in LOOKS:
            made = render_post(hostile, PRESS, style).text
            assert is_intact(made)
            assert not re.search(r"\{\{|\{%", made)
