"""Pages that answer 200 but are not what was asked for.

The site's error page stands for deleted releases and for missing files alike, byte for
byte an ordinary page with the title ``정책브리핑 - Error`` (seen April and July 2026).
Challenge and maintenance pages are known by their words, but only where the site's own
frame is missing: a release *about* a maintenance (점검) is a release.
"""

import re

from scraper.errors import BlockedError, MissingError, UnavailableError
from scraper.model import Page

#: How far into a page its title may stand; the real error page has it at byte 80.
HEAD = 65_536

#: The name of the error page, and what stands before it when it is the title.
_ERROR = re.compile(r"정책브리핑\s*-\s*[Ee][Rr][Rr][Oo][Rr]\s*</[Tt][Ii][Tt][Ll][Ee]")
_OPENED = re.compile(r"<title[^>]*>\s*", re.I)
_TITLE = re.compile(r"<title[^>]*>(.{0,300}?)</title", re.I | re.S)

#: Parts that only the site's listings and articles have, as classes of an element.
_FRAMES = ("view_title", "article_body", "view_cont", "list_type")
_FRAME = re.compile(rf"""class\s*=\s*["'][^"'>]*\b(?:{"|".join(_FRAMES)})\b""")

#: A page that links to so many articles is the site's own, in whatever layout: a wall
#: or a maintenance page links to none, or to the one that was asked for.
_ARTICLES = 3
_ARTICLE = re.compile(r"View\.do\?newsId=([0-9]+)")

_UNSEEN = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>", re.I | re.S)

_MISSING = (
    "삭제되었거나 조회가 되지 않는",
    "존재하지 않는 게시물",
    "존재하지 않는 기사",
    "존재하지 않는 자료",
    "존재하지 않는 페이지",
    "삭제된 게시물",
    "페이지를 찾을 수 없습니다",
)

#: Words of walls: of the products government sites stand behind, and of the large ones.
_CHALLENGE = (
    "captcha",
    "보안문자",
    "자동입력 방지",
    "자동등록방지",
    "비정상적인 접근",
    "비정상적인 접속",
    "비정상적인 요청",
    "접근이 차단",
    "접속이 차단",
    "요청이 차단",
    "차단되었습니다",
    "웹 방화벽",
    "웹방화벽",
    "보안정책에 의해",
    "보안 정책에 의해",
    "web firewall",
    "web application firewall",
    "request rejected",
    "requested url was rejected",
    "access denied",
    "access to this page has been denied",
    "attention required",
    "just a moment",
    "checking your browser",
    "verify you are human",
    "unusual traffic",
    "cf-chl",
    "challenge-platform",
    "_incapsula_resource",
)

_MAINTENANCE = (
    "점검 중",
    "점검중",
    "점검 안내",
    "점검으로 인해",
    "점검으로 인하여",
    "시스템 점검",
    "서비스 점검",
    "일시 중단",
    "일시적으로 중단",
    "서비스 이용이 원활하지",
    "접속자가 많아",
    "접속 대기",
    "잠시 후 다시",
    "under maintenance",
    "scheduled maintenance",
    "temporarily unavailable",
)


def refuse_special(page: Page) -> None:
    """Raise what ``page`` really is, if it is not an ordinary page of the site.

    :class:`MissingError` for the error page, :class:`BlockedError` for a challenge,
    :class:`UnavailableError` for maintenance. An unknown page passes: its parser will
    say what it misses.
    """
    framed = _is_the_site_s_own(page.text)
    if _is_error(page.text, framed):
        raise MissingError(page.url, "the site says this does not exist (any more)")
    if framed:
        return
    if word := _first(_CHALLENGE, page.text):
        raise BlockedError(page.url, f"challenge or block page ({word!r})")
    if word := _first(_MAINTENANCE, _seen(page.text)):
        raise UnavailableError(page.url, f"maintenance page ({word!r})")


def is_error_page(content: str | bytes) -> bool:
    """Tell whether a page, or the bytes of a download, is the site's error page."""
    if isinstance(content, bytes):
        content = _decoded(content)
    return _is_error(content, _is_the_site_s_own(content))


def _is_error(text: str, framed: bool) -> bool:
    if _has_error_title(text):
        return True
    return not framed and _first(_MISSING, text) is not None


def _has_error_title(text: str) -> bool:
    end = text.find("</head", 0, HEAD)
    for found in _ERROR.finditer(text, 0, end if end >= 0 else HEAD):
        before = text[: found.start()]
        start = before.lower().rfind("<title")
        if start >= 0 and _OPENED.fullmatch(before, start):
            return True
    return False


def title_of(text: str) -> str:
    """Return what stands in the page's ``<title>``, for messages; "" if nothing."""
    found = _TITLE.search(text[:HEAD])
    return " ".join(found[1].split()) if found else ""


def _is_the_site_s_own(text: str) -> bool:
    """Tell an ordinary page, even of a layout we do not know, from a page instead."""
    if any(_is_framed(text, name) for name in _FRAMES):
        return True
    return len(set(_ARTICLE.findall(text))) >= _ARTICLES


def _is_framed(text: str, name: str) -> bool:
    """Tell whether ``name`` is a class of some element.

    Looking for the word first spares the pattern 90 KB of menus.
    """
    at = text.find(name)
    while at >= 0:
        tag = text.rfind("<", 0, at)
        if tag >= 0 and _FRAME.search(text, tag, at + len(name) + 1):
            return True
        at = text.find(name, at + 1)
    return False


def _decoded(content: bytes) -> str:
    """Return the bytes as text if they can be HTML at all, else ""."""
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.decode("utf-8", "ignore") if start.startswith(b"<") else ""


def _seen(text: str) -> str:
    return " ".join(_UNSEEN.sub(" ", text).split())


def _first(words: tuple[str, ...], text: str) -> str | None:
    lower = text.lower()
    return next((word for word in words if word in lower), None)
