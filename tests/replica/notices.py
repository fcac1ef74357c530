"""The paragraph on licensing that ends an article's body, in all its wordings.

The words are the site's own (the one text here that must be), as seen from 2024 to
October 2026; the ways they are marked up are those an editor leaves.
"""

from collections.abc import Iterator

from tests.replica.article import Article
from tests.replica.article_kogl import marks
from tests.replica.kogl import CONDITIONS

#: Opening words: 2024 to 2025, and since 2026.
OLD = "정책브리핑의 정책뉴스자료는"
NEW = "정책브리핑의 자료는"
_TERMS = "의 조건에 따라 자유롭게 이용이 가능합니다."
_PHOTOS = "다만, 사진의 경우 제3자에게 저작권이 있으므로 사용할 수 없습니다."
_DUTY = (
    "기사 이용 시에는 출처를 반드시 표기해야 하며, "
    "위반 시 저작권법 제37조 및 제138조에 따라 처벌될 수 있습니다."
)
CREDIT = "자료출처=정책브리핑 www.korea.kr"

#: Wording -> how the notice reads, by opening, colon and credit, and its markup:
#: ``{0}`` notice up to the terms, ``{1}`` on photos, ``{2}`` on duties, ``{3}`` credit.
_FORMS = (
    (NEW, ":", f"<{CREDIT}>", "<p>{0} {1} {2}</p><p>{3}</p>"),
    (NEW, ":", f"<{CREDIT}>", "<p>{0} {1} {2} {3}</p>"),
    (OLD, ":", CREDIT, "<p><b>{0} {1} {2}</b></p>\n<p><b>{3}</b></p>"),
    (OLD, ": ", f"<{CREDIT}>", "<p><strong>{0}<br>{1}<br>{2}<br>{3}</strong></p>"),
    (NEW, ": ", CREDIT, "<br/><br/>{0}&nbsp;{1} {2}<br/>\n{3}"),
    (OLD, ":", f"<{CREDIT}>", "<div><span>{0} </span><span>{1} {2}</span></div>{3}"),
    (NEW, ":", "", '<p data-ke-size="size16">&nbsp;</p><p>※ {0} {1} {2}</p>'),
)
WORDINGS = len(_FORMS)


def notice_html(article: Article) -> str:
    """Return the markup of the notice and its credit line; "" if it has none."""
    if article.notice < 0:
        return ""
    *_, form = _FORMS[article.notice]
    # A bare "<자" starts no tag; half of the articles escape it all the same.
    bare = article.slot.number % 2
    parts = (_escaped(part, bare=bool(bare)) for part in _parts(article))
    return form.format(*parts)


def notice_lines(article: Article) -> Iterator[tuple[str, str]]:
    """Yield kind and text of what the notice says: ``notice``, then ``credit``."""
    if article.notice < 0:
        return
    *sentences, credit = _parts(article)
    yield "notice", " ".join(sentences)
    if credit:
        yield "credit", credit


def _parts(article: Article) -> tuple[str, str, str, str]:
    opening, colon, credit, _ = _FORMS[article.notice]
    kind = marks(article.license)[2]
    terms = f"「공공누리 제{kind}유형{colon}{CONDITIONS[kind]}」"
    return f"{opening} {terms}{_TERMS}", _PHOTOS, _DUTY, credit


def _escaped(text: str, *, bare: bool) -> str:
    return text if bare else text.replace("<", "&lt;").replace(">", "&gt;")
