"""The body of a rebuttal (사실은 이렇습니다) -> what was reported, and what is so.

Such articles first repeat the report they deny. Each office names the two parts its own
way: ``[보도 내용]`` and ``[국토부 설명]``, ``□ 보도내용`` and ``□ 설명내용``. The lines
that name them become headings, so that no reader takes one part for the other, and the
reported part is told apart, so that nobody quotes it as news.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from scraper.blocks import block_text, one_line
from scraper.model import Block, Heading, Layout, PageBreak, Table

#: A longer line is a sentence of its part, not its name.
_LONGEST_NAME = 70

#: What opens a line that names a part: brackets, glyphs, numbers, or two of them.
_OPENING = re.compile(
    r"(?:[\[<【〈《「(]|[□■◆◇▶▷►●○ㅇ◦ㆍ•▲△※❑❏❍▪▫◈☐◎★☞✔➊–*-]+|\d{1,2}[.)]|[가-라][.)]"
    r"|[ⅠⅡⅢⅣ]\.?|[①-⑳])\s*"
)
_CLOSING = re.compile(r"\s*[:：.]?$")
_CLOSERS = dict(zip("[<【〈《「(", "]>】〉》」)", strict=True))
#: What may follow a name: a number, a source or a date in brackets.
_TAIL = r"\s*\d{0,2}\s*(?:[(\[<].{1,50}[)\]>])?"

#: ``보도 내용``, ``주요 보도내용 (가온일보, 7.13)``, ``언론 보도 요지 1``.
_CLAIM = re.compile(
    r"(?:[가-힣A-Za-z]{2,10}\s?(?:신문|일보|경제|방송|뉴스|TV)[,·\s]*)*"
    r"(?:(?:주요|해당|관련|동|언론|일부|금일)\s*)*"
    r"(?:(?:보도|기사)(?:된|한)?(?:\s*주요)?\s*(?:내용|요지|개요|사항|주장)|언론\s*보도"
    r"|보도|(?:(?:언론|보도|기사)에서\s*)?(?:제기|지적)(?:된|한)?"
    r"\s*(?:주장|내용|사항|문제점?|의혹)|기사\s*제목)"
    r"(?:\s*요약)?" + _TAIL
)
_ANSWER = re.compile(
    r"(?P<whose>.{0,45}?)(?:(?:공식|기본|상세|추가|공동)\s*)?"
    r"(?:설명|입장|해명|반박|답변|의견|견해|팩트\s?체크|사실(?:\s?(?:관계|확인|은))?"
    r"|진실|바로\s?잡)(?:\s*(?:내용|자료|사항|요지|드립니다|합니다|입니다|이렇습니다))*"
    + _TAIL
)
#: Names that need no sign before them, and what may answer them without one.
_BARE_CLAIM = re.compile(r"보도\s?내용")
_BARE_ANSWER = re.compile(r"(?:설명|해명)\s?내용")

#: Says of itself that it is about the report, whatever opens it.
_ABOUT_THE_REPORT = (
    r"(?:보도|기사|지적)\S{0,4}\s?(?:내용\S?\s?)?에?\s?(?:대(?:한|해|하여)|관한|관련)"
)
#: Who may answer: an office of the state. ``일부``, ``내부`` and ``단위`` are none.
_OFFICE = (
    r"(?:정부|당국|감사원|금감원|국정원|한국은행|조정실|국조실|공사|공단|우리\s?부"
    r"|통일부|[가-힣](?<![일외내간학세여납거공피청장승부주농본])부"
    r"|[가-힣](?<![거출근상대래자매용락후])처|[가-힣](?<![요신하원초간])청"
    r"|위원회|[가-힣](?<![단분지시범부하상순권행수])위|(?:우리|당)\s[부처청])"
)
#: Whose word it is, at its end: ``동 보도에 대한 달빛부의``, ``달빛부는 다음과 같이``.
_WHOSE = re.compile(
    rf"(?:{_ABOUT_THE_REPORT}|{_OFFICE}(?:의|는|은|에서|에서는)?)"
    r"(?:\s*(?:다음과|아래와|이와)\s?같이)?\s*$"
)

#: ``…라고 보도했다``: a sentence that only reports a report, wherever it stands.
_REPORTED = re.compile(
    r"(?:보도|지적|비판|주장|제기|언급)(?:했|하였|됐|되었|한\s?바\s?있)"
    r"(?:다|습니다|음)\W{0,3}$"
    r"|(?:전했|전하였|실었|다뤘)(?:다|습니다)\W{0,3}$|제하(?:의)?\s?(?:기사|보도)"
)


@dataclass(frozen=True, slots=True)
class Parts:
    """A rebuttal's body, its parts told apart."""

    #: All blocks given, in order; lines that name a part are headings now.
    blocks: tuple[Block, ...]
    #: Those that repeat or may repeat what was reported, without the names of parts.
    claims: tuple[Block, ...]


def mark_rebuttal(layout: Layout) -> Layout:
    """Return the layout of a rebuttal with its parts marked; no text changes."""
    parts = read_parts(layout.body)
    return replace(layout, body=parts.blocks, claims=parts.claims)


def read_parts(blocks: Sequence[Block]) -> Parts:
    """Tell the parts of a rebuttal's body apart.

    Without a named report and a named answer below it, any sentence may be the
    report's: all are claims. So is all above the report's name where a sentence there
    reports a report, and any such sentence of the answer.
    """
    names = _names(blocks)
    top = next((at for at, name in names.items() if name == "claim"), len(blocks))
    answered = any(at > top and name == "answer" for at, name in names.items())
    claiming = opens = not answered or any(map(_reports, blocks[:top]))
    made: list[Block] = []
    claims: list[Block] = []
    for at, block in enumerate(blocks):
        if at in names:
            claiming = opens if at < top else names[at] == "claim"
            if not _goes_on(block_text(block)):
                block = Heading(block_text(block))
            elif claiming:
                claims.append(block)
        elif claiming or _reports(block):
            claims.append(block)
        made.append(block)
    return Parts(tuple(made), tuple(claims))


def _reports(block: Block) -> bool:
    return _REPORTED.search(block_text(block)) is not None


def _names(blocks: Sequence[Block]) -> dict[int, str]:
    """Return which blocks name a part, and whether ``claim`` or ``answer``.

    A line that names the answer opens as the one that named the report did, or says
    itself that it is about a report: ``- 제도 설명`` is a point of the text.
    """
    found: dict[int, str] = {}
    opened: str | None = None
    for at, block in enumerate(blocks):
        line = one_line(block_text(block))
        if isinstance(block, Table | PageBreak) or not line:
            continue
        opening, name = _opened(line)
        signed = bool(opening) or isinstance(block, Heading)
        claim, label = (_CLAIM, _label(name)) if signed else (_BARE_CLAIM, name)
        if claim.fullmatch(label):
            found[at], opened = "claim", _kind(opening)
        elif len(line) <= _LONGEST_NAME and _is_answer(block, opening, name, opened):
            found[at] = "answer"
    return found


def _is_answer(block: Block, opening: str, name: str, opened: str | None) -> bool:
    """Tell whether a line names the answer; ``opened`` is how the report's name did.

    The word of others (``[전문가 의견]``, ``□ 업계 입장``) is part of the report.
    """
    answer = _ANSWER.fullmatch(name)
    if answer is None or (answer["whose"] and not _WHOSE.search(answer["whose"])):
        return False
    if isinstance(block, Heading) or opening[:1] in tuple("[<【〈《"):
        return True
    if not opening and _BARE_ANSWER.fullmatch(name):
        return True
    alike = _kind(opening) == opened
    return alike or bool(opening and re.search(_ABOUT_THE_REPORT, name))


def _opened(line: str) -> tuple[str, str]:
    """Return what opens a line, and the line without it and what closes it."""
    end = 0
    while (found := _OPENING.match(line, end)) is not None:
        end = found.end()
    opening, name = line[:end].strip(), _CLOSING.sub("", line[end:])
    closer = _CLOSERS.get(opening[-1:])
    return opening, name.removesuffix(closer).strip() if closer else name


def _kind(opening: str) -> str:
    """Return an opening without its number: ``1.`` and ``2.`` open alike."""
    return re.sub(r"\d+|[가-라](?=[.)])|[ⅠⅡⅢⅣ①-⑳]", "1", opening)


def _goes_on(line: str) -> bool:
    """Tell whether a line names its part and goes on: ``□ 보도내용: 가온일보는 …``."""
    return _label(line) != line


def _label(line: str) -> str:
    found = re.match(r"(.{2,40}?)\s*[:：]\s*\S", line)
    return found[1].strip() if found else line
