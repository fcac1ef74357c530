"""Items of the Open API: the fields of an article, and of a press release."""

from datetime import datetime

from tests.replica import pages
from tests.replica.article import Article
from tests.replica.article_blocks import lines
from tests.replica.article_html import body_html
from tests.replica.article_kogl import marks
from tests.replica.bodies import blocks_html
from tests.replica.dice import Dice
from tests.replica.notices import notice_lines
from tests.replica.release import Release

SITE = "https://www.korea.kr"
#: Names of officials who approve; never to be published.
APPROVERS = ("임거정", "성놀보", "전우치", "홍두깨")


def article_item(article: Article) -> str:
    """Return the ``NewsItem`` of an article (policyNewsService2)."""
    slot = article.slot
    kogl = marks(article.license)[1]
    fields = [
        ("NewsItemId", slot.news_id),
        ("ContentsStatus", article.revision.status),
        ("ModifyId", str(article.revision.modify_id)),
        ("ModifyDate", _stamp(article.revision.modified_at)),
        ("ApproveDate", _stamp(slot.published_at)),
        ("EmbargoDate", _stamp(article.embargo_at) if article.embargo_at else ""),
        ("GroupingCode", article.section.grouping),
        ("Title", _cdata(pages.marked(article.title, article.escapes))),
        *_subtitles(article),
        ("ContentsType", "T" if article.style == "text" else "H"),
        ("DataContents", _cdata(_contents(article))),
        ("MinisterCode", article.ministry),
        ("OriginalUrl", _address(f"{article.section.view}?newsId={slot.news_id}")),
        ("KoglType", _cdata(kogl) if slot.number % 3 == 0 else kogl),
    ]
    return _item(slot.number, fields)


def release_item(release: Release) -> str:
    """Return the ``NewsItem`` of a press release (pressReleaseService, v1)."""
    slot = release.slot
    dice = Dice("approver", slot.number)
    fields = [
        ("NewsItemId", slot.news_id),
        ("ContentsStatus", "I"),
        ("ModifyId", "1"),
        ("ModifyDate", _stamp(slot.published_at)),
        ("ApproveDate", _stamp(slot.published_at)),
        ("ApproverName", dice.pick(APPROVERS)),
        ("EmbargoDate", ""),
        ("GroupingCode", "brief"),
        ("Title", _cdata(pages.marked(release.title, release.escapes))),
        ("SubTitle1", _cdata("<br>".join(map(pages.marked, release.subtitles)))),
        ("SubTitle2", ""),
        ("SubTitle3", ""),
        ("ContentsType", "H"),
        ("DataContents", _cdata(blocks_html(release.body))),
        ("MinisterCode", slot.ministry.name),
        ("OriginalUrl", _address(f"{pages.VIEW}?newsId={slot.news_id}")),
    ]
    for file in release.files:
        fields.append(("FileName", _cdata(file.name)))
        path = f"{pages.DOWNLOAD}?fileId={file.file_id}&tblKey=GMN"
        fields.append(("FileUrl", _cdata(SITE + path)))
    return _item(slot.number, fields)


def _contents(article: Article) -> str:
    """Return the body with its notice: markup, or plain text for type ``T``."""
    if article.style != "text":
        return body_html(article, notice=True)
    notice = " ".join(text for _, text in notice_lines(article))
    return "\n".join((*lines(article.body), notice))


def _subtitles(article: Article) -> list[tuple[str, str]]:
    """Return three fields: a subtitle each, or all in the first with breaks."""
    shown = [pages.marked(text, article.escapes) for text in article.subtitles]
    if not article.subtitle_fields:
        shown = ["<br>".join(shown)] if shown else []
    shown += [""] * (3 - len(shown))
    return [
        (f"SubTitle{place}", _cdata(text) if text else "")
        for place, text in enumerate(shown, 1)
    ]


def _item(number: int, fields: list[tuple[str, str]]) -> str:
    """Return an item; some leave out what is empty, some stand on lines of their own.

    Source: answers differ in both from one collector's record to another's.
    """
    written = [
        f"<{name}>{value}</{name}>" for name, value in fields if value or number % 5
    ]
    gap = "" if number % 2 else "\n      "
    return gap.join(("<NewsItem>", *written, "</NewsItem>"))


def _address(path: str) -> str:
    address = f"{SITE}{path}&call_from=openData"
    return address.replace("&", "&amp;")


def _cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def _stamp(moment: datetime) -> str:
    """Return KST as ``MM/DD/YYYY HH:MM:SS``."""
    return f"{moment:%m/%d/%Y %H:%M:%S}"
