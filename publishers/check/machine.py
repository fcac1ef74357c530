"""What a language model, or the program around it, left in a post; and contacts."""

import re
from collections.abc import Iterator, Sequence

from publishers.check.context import View
from publishers.check.rules import Hit

_SIGNS: dict[str, re.Pattern[str]] = {
    "model-refusal": re.compile(
        r"(?:저는|나는)\s*(?:AI|인공지능|언어\s?모델|챗)[^\n]{0,40}(?:입니다|으로서|로서)"
        r"|(?:AI|인공지능)\s*언어\s*모델(?:로서|이므로|입니다)"
        r"|(?:죄송하지만|죄송합니다)[^\n]{0,60}?(?:수\s?없|어렵|못)"
        r"|요청하신\s[^\n]{0,60}?(?:제공할\s?수\s?없|드릴\s?수\s?없|처리할\s?수\s?없)"
        r"|(?:도와|작성해|제공해)\s?드릴\s?수\s?없"
        r"|as an AI (?:language )?model|I(?:'m| am) sorry, (?:but )?I can"
        r"|I (?:cannot|can't) (?:assist|help|provide|fulfill)"
        r"|더 궁금한 (?:점|것)이? 있으(?:시면|신가요)|어떻게 도와드릴까요",
        re.IGNORECASE,
    ),
    "model-error": re.compile(
        r"Error code: \d{3}|context_length_exceeded|rate_limit_exceeded"
        r"|invalid_request_error|insufficient_quota|maximum context length"
        r"|[\"']error[\"']\s*:\s*\{|Traceback \(most recent call last\)"
        r"|(?:Internal Server Error|Bad Gateway|Service Unavailable)\s*$",
        re.IGNORECASE | re.MULTILINE,
    ),
    "model-prompt": re.compile(
        r"[(\[（]\s*(?:약\s*)?\d{2,4}\s*자\s*(?:이내|내외)?\s*[)\]）]"
        r"|(?:최소|약|총)?\s*\d{3,5}\s*자\s*(?:이상|이내|내외)[^\n]{0,30}?"
        r"(?:작성|요약|써\s?주|되도록|정리)"
        r"|(?:작성|요약|정리|수정|번역|변경)해\s?(?:주세요|주십시오|줘|드리겠습니다|보겠습니다)"
        r"|(?:다음|위|아래)(?:은|는|의)?\s*(?:기사|내용|글|텍스트)[을를]?\s*"
        r"(?:바탕으로|토대로|참고하여|기반으로)[^\n]{0,40}?(?:작성|요약|재구성)"
        r"|요청하신\s*(?:대로|내용|기사|글|요약)"
        r"|(?:SEO|블로그)\s*(?:에\s)?(?:최적화|포스팅|글)[^\n]{0,20}?(?:작성|제목)"
        r"|^[ \t]*(?:제목|본문|키워드|메타\s?설명)\s*[:：]\s*\S"
        r"|^[ \t]*(?:Sure|Certainly|Here(?:'s| is| are))\b[^\n]{0,80}[:!]\s*$"
        r"|\[(?:제목|내용|이름|날짜|기관명|링크|여기에[^\]\n]{0,20})\]|lorem ipsum",
        re.IGNORECASE | re.MULTILINE,
    ),
    "tool-left": re.compile(r"기사\s?작성\s*[:：]\s*(?:관리자|admin)", re.IGNORECASE),
}
#: Without one of these in it, a text in small letters has none of the above.
_HINTS = (
    *("모델", "챗", "인공지능", "죄송", "요청하신", "드릴", "도와", "궁금한"),
    *("as an ai", "i'm sorry", "i am sorry", "i can", "error", "exceeded", "quota"),
    *("context length", "traceback", "bad gateway", "unavailable", "해주", "해 주"),
    *("해줘", "해 줘", "보겠습니다", "자)", "자 )", "자]", "이내", "내외", "자 이상"),
    *("자이상", "바탕으로", "토대로", "참고하여", "기반으로", "seo", "블로그", "제목"),
    *("본문", "키워드", "메타", "sure", "certainly", "here", "[내용", "[이름", "[날짜"),
    *("[기관", "[링크", "[여기", "lorem", "작성", "드리겠습니다", "자）", "자 ]"),
)
_NUMBER = re.compile(
    r"0\d{1,3}\s*[-–—.)·]\s*\d{3,4}\s*[-–—.~]?\s*\d{3,4}|1[3568]\d\d\s*-\s*\d{4}"
    r"|(?:☎|국번\s?없이|전화|고객센터)\D{0,4}\d{2,4}|\b1\d{2,3}\b(?!년|명|만|억|개)"
    r"|@|https?://|www\."
)
_TABLE = re.compile(r"<table\b.*?</table\s*>", re.DOTALL | re.IGNORECASE)
_CONTACT_CELL = re.compile(r">\s*문의\s?(?:처|사항)?\s*<")
_CONTACT_LINE = re.compile(
    r"^\W{0,4}문의\s?(?:처|사항)?[*_\s]*[:：]\s*(?P<who>\S[^\n]*)", re.M
)
#: How far behind the name a number may stand.
_NEAR = 200


def look(view: View) -> Iterator[Hit]:
    """Yield what no person wrote for readers."""
    yield from _said(view)
    yield from _contacts(view)


def _said(view: View) -> Iterator[Hit]:
    draft = view.draft
    keys = (("title", draft.said("title")), ("excerpt", draft.said("excerpt")))
    for name, text in keys:
        for rule, found in _signs(text):
            at = next((c.value_at for c in draft.chunks if c.name == name), -1)
            yield Hit(rule, at, f"{name}: {_shown(found)}")
    small = view.seen.lower()
    hints = [hint for hint in _HINTS if hint in small]
    for line in view.seen.splitlines() if hints else ():
        for rule, found in _signs(line, hints):
            yield Hit(rule, _place(view, found[0].strip()), _shown(found))


def _signs(
    text: str, hints: Sequence[str] = _HINTS
) -> Iterator[tuple[str, re.Match[str]]]:
    """Yield the first of each kind in a line that has one of the hints."""
    small = text.lower()
    if any(hint in small for hint in hints):
        for rule, pattern in _SIGNS.items():
            if found := pattern.search(text):
                yield rule, found


def _shown(found: re.Match[str]) -> str:
    return " ".join(found[0].split())[:60]


def _place(view: View, words: str) -> int:
    """Return where words of the seen text stand in the source; -1 if tags cut them."""
    return view.draft.text.find(words, view.draft.body_at)


def _contacts(view: View) -> Iterator[Hit]:
    text, begin = view.draft.text, view.draft.body_at
    if "문의" not in view.seen:
        return
    for table in _TABLE.finditer(text, begin):
        cell = _CONTACT_CELL.search(table[0])
        if cell and not _NUMBER.search(re.sub("<[^<>]*>", " ", table[0])):
            message = "a table of contacts without a number"
            yield Hit("contact-number", table.start() + cell.start() + 1, message)
    for line in _CONTACT_LINE.finditer(view.seen):
        end = view.seen.find("\n\n", line.end(), line.end() + _NEAR)
        near = view.seen[line.start("who") : end if end >= 0 else line.end() + _NEAR]
        if not _NUMBER.search(near):
            at = _place(view, line["who"][:12])
            yield Hit("contact-number", at, f"no number for {line['who'][:40]}")
