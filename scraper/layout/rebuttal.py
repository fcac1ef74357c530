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
    r"(?:[\[<【〈《「(]|[□■◆◇▶▷►●○ㅇ◦ㆍ•▲△※*-]+|\d{1,2}[.)]|[가-라][.)]|[ⅠⅡⅢⅣ]\.?|[①-④])"
    r"\s*"
)
_CLOSING = re.compile(r"\s*[:：.]?$")
_CLOSERS = dict(zip("[<【〈《「(", "]>】〉》」)", strict=True))

#: ``보도 내용``, ``주요 보도내용 (가온일보, 7.13)``, ``언론 보도 요지 1``.
_CLAIM = re.compile(
    r"(?:[가-힣A-Za-z]{2,10}\s?(?:신문|일보|경제|방송|뉴스|TV)[,·\s]*)*"
    r"(?:(?:주요|해당|관련|동|언론|일부|금일)\s*)*"
    r"(?:(?:보도|기사)(?:된|한)?(?:\s*주요)?\s*(?:내용|요지|개요|사항)|언론\s*보도|보도"
    r"|(?:제기된?|지적된?)\s*(?:주장|내용|사항|문제)|기사\s*제목)"
    r"(?:\s*요약)?\s*\d{0,2}\s*(?:[(\[<].{1,50}[)\]>])?"
)
_ANSWER = re.compile(
    r".{0,45}?(?:설명|입장|해명|반박|답변|팩트\s?체크|사실\s?(?:관계|확인|은)"
    r"|진실|바로\s?잡)(?:\s*(?:내용|자료|사항|요지|드립니다|합니다|입니다|이렇습니다))*"
    r"\s*\d{0,2}\s*(?:[(\[<].{1,50}[)\]>])?"
)
#: Says of itself what it is, whatever opens it.
_ABOUT_THE_REPORT = re.compile(
    r"(?:보도|기사|지적)\S{0,4}\s?(?:내용\S?\s?)?에?\s?대(?:한|해|하여)"
)

#: ``…라고 보도했다``: a sentence that only reports a report.
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
    #: Those that repeat what was reported, the line that names them left out.
    claims: tuple[Block, ...]


def mark_rebuttal(layout: Layout) -> Layout:
    """Return the layout of a rebuttal with its parts marked; no text changes."""
    parts = read_parts(layout.body)
    return replace(layout, body=parts.blocks, claims=parts.claims)


def read_parts(blocks: Sequence[Block]) -> Parts:
    """Tell the parts of a rebuttal's body apart.

    Without a line that names the reported part, it is all that stands above the one
    that names the answer; without either, it is each sentence that reports a report.
    """
    names = _names(blocks)
    answers = [at for at, name in names.items() if name == "answer"]
    claiming = bool(answers) and "claim" not in names.values()
    if claiming:
        names = {at: names[at] for at in answers}
    made: list[Block] = []
    claims: list[Block] = []
    for at, block in enumerate(blocks):
        if at in names:
            claiming = names[at] == "claim"
            if not _goes_on(block_text(block)):
                block = Heading(block_text(block))
            elif claiming:
                claims.append(block)
        elif claiming or _REPORTED.search(block_text(block)):
            claims.append(block)
        made.append(block)
    return Parts(tuple(made), tuple(claims))


def _names(blocks: Sequence[Block]) -> dict[int, str]:
    """Return which blocks name a part, and whether ``claim`` or ``answer``.

    A line that names the answer opens as the one that named the report did, or says
    itself that it is about a report: ``- 제도 설명`` is a point of the text.
    """
    found: dict[int, str] = {}
    opened = ""
    for at, block in enumerate(blocks):
        line = one_line(block_text(block))
        if isinstance(block, Table | PageBreak) or not line:
            continue
        opening, name = _opened(line)
        named = bool(opening) or isinstance(block, Heading)
        if named and _CLAIM.fullmatch(_label(name)):
            found[at], opened = "claim", _kind(opening)
        elif len(line) <= _LONGEST_NAME and _is_answer(block, opening, name, opened):
            found[at] = "answer"
    return found


def _is_answer(block: Block, opening: str, name: str, opened: str) -> bool:
    if not _ANSWER.fullmatch(name):
        return False
    if isinstance(block, Heading) or opening[:1] in tuple("[<【〈《"):
        return True
    alike = bool(opened) and _kind(opening) == opened
    return alike or bool(opening and _ABOUT_THE_REPORT.search(name))


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
    return re.sub(r"[\d가-라ⅠⅡⅢⅣ①-④]+", "1", opening)


def _goes_on(line: str) -> bool:
    """Tell whether a line names its part and goes on: ``□ 보도내용: 가온일보는 …``."""
    return _label(line) != line


def _label(line: str) -> str:
    found = re.match(r"(.{2,40}?)\s*[:：]\s*\S", line)
    return found[1].strip() if found else line
