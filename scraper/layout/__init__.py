"""A document -> the parts of a press release: what is body, what is its furniture.

Releases open with a letterhead (logo | 보도자료), 보도시점 and a title box, and close
with the departments to ask. What is not surely one of these stays in the body.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from scraper.blocks import block_text, cell_text, leaves, one_line, solid
from scraper.layout.contacts import read_contacts
from scraper.layout.headline import (
    Headline,
    begins_title,
    is_title,
    read_title_box,
    read_title_lines,
)
from scraper.layout.inquiry import read_inquiry
from scraper.model import (
    Block,
    Caption,
    Contact,
    Document,
    Heading,
    Layout,
    PageBreak,
    Paragraph,
    Removed,
    Table,
)
from scraper.notices import is_image_noise

#: Letterhead, 보도시점 and title stand among the first blocks, a banner at the top.
_HEAD = 12
_BANNER_AT_MOST = 2
#: A head ends where the text begins: at the first block longer than this.
_LONGEST_IN_HEAD = 160

_EMBARGO_LABEL = re.compile(
    r"[<\[(【]?\s?(?:보\s?도\s?(?:시\s?점|일\s?시|시\s?각|시\s?간)|엠바고)\s?[>\])】]?\s?[:：]?"
)
#: ``이 자료는 11월 26일 조간부터 보도하여 주시기 바랍니다``: the older form.
_EMBARGO_SENTENCE = re.compile(
    r"[^\w]*(?:이|본|동)\s?(?:보도\s?)?(?:참고\s?)?자료[는은].{0,60}"
    r"(?:보도|취급|사용|게재)(?:하여|해|할|될|되|바랍|가능|\s).*"
)
_OTHER_LABEL = re.compile(r"배\s?포(?:\s?(?:일시?|일자|시각))?\s?[:：]?|총?\s?\d+\s?쪽")
#: ``배포 2026. 11. 25.`` within a line: another date begins. ``배포 즉시`` does not.
_DISTRIBUTED = re.compile(
    r"\s*[/|,·]?\s*배\s?포(?:\s?일시?)?\s?[:：]?\s*[<(]?\s*(?=['‘’′`]?\d)"
)
_BANNER = re.compile(
    r"[\[<]?(?:(?:보도|보도참고|보도설명|참고|설명|해명|정정|동정|행사|브리핑|정책)자료"
    r"|보도해명|긴급지시|긴급지시사항|모두발언|말씀자료|보도계획)[\]>]?"
)
_LONGEST_LETTERHEAD = 40
_END_MARK = re.compile(r"[<〈《\[(\-\s]*끝[>〉》\])\-.\s]*")
#: The mark of the license, not a text about it.
_NOTICE = re.compile(
    r"[^\w]*(?:본|이|동|해당)\s?(?:공공)?(?:저작물|보도자료|자료|게시물)[은는이].{0,80}"
    r"공공누리.{0,160}|[^\w]*공공누리\s?(?:공공저작물|제\s?\d\s?유형|[:：(]).{0,60}(?<!다\.)",
    re.DOTALL,
)


@dataclass(slots=True)
class _Parts:
    """What has been found so far, by the position of the block."""

    blocks: Sequence[Block]
    #: Position -> why the block leaves the body.
    reasons: dict[int, str] = field(default_factory=dict)
    #: Position -> what stays of a block that leaves only in part.
    kept: dict[int, tuple[Block, ...]] = field(default_factory=dict)
    #: Position -> what leaves of such a block.
    trimmed: dict[int, Block] = field(default_factory=dict)
    embargo: str = ""
    title: str = ""
    subtitles: tuple[str, ...] = ()
    contacts: list[Contact] = field(default_factory=list)

    def head(self) -> Iterator[tuple[int, Block]]:
        """Give the opening blocks not yet taken, up to the first long one."""
        for at, block in enumerate(self.blocks[:_HEAD]):
            is_line = not isinstance(block, Table)
            if is_line and len(block_text(block)) > _LONGEST_IN_HEAD:
                return
            if at not in self.reasons and not isinstance(block, PageBreak):
                yield at, block

    def next_taken(self, at: int) -> int:
        """Return the position of the next block that has already been taken."""
        return min((taken for taken in self.reasons if taken > at), default=_HEAD)


def read_layout(document: Document, title: str) -> Layout:
    """Take a document apart; ``title`` is what the release's page calls it.

    Every text of the document is in the body or in ``removed``, once. Without
    anything that looks like a release, all of it is body.
    """
    parts = _Parts(document.blocks)
    _take_embargo(parts)
    _take_letterhead(parts)
    _take_title(parts, title, exact=document.kind == "html")
    _take_furniture(parts, read_contacts if document.kind != "html" else _whom_to_ask)
    return Layout(
        body=tuple(_body(parts)),
        embargo=parts.embargo,
        title=parts.title,
        subtitles=parts.subtitles,
        contacts=tuple(parts.contacts),
        removed=tuple(
            Removed(reason, parts.trimmed.get(at, parts.blocks[at]))
            for at, reason in sorted(parts.reasons.items())
        ),
    )


def _body(parts: _Parts) -> Iterator[Block]:
    for at, block in enumerate(parts.blocks):
        if at not in parts.reasons:
            yield block
        yield from parts.kept.get(at, ())


# --- 보도시점 ----------------------------------------------------------------------


def _take_embargo(parts: _Parts) -> None:
    """Take the first block of the head that states when the release may be used."""
    for at, block in parts.head():
        if isinstance(block, PageBreak):
            continue
        if isinstance(block, Table):
            lines = [
                line for cell in block.cells if (line := one_line(cell_text(cell)))
            ]
        else:
            lines = [one_line(block.text)]
        if embargo := _embargo(lines):
            parts.embargo = embargo
            parts.reasons[at] = "embargo"
            return


def _embargo(lines: Sequence[str]) -> str:
    """Return what the label names, up to the next label; "" if there is no label.

    A label without a value is returned itself: something was meant to be stated.
    """
    for at, line in enumerate(lines):
        if _EMBARGO_SENTENCE.fullmatch(line):
            return line
        label = _EMBARGO_LABEL.match(line)
        if label is None:
            continue
        rest = line[label.end() :].strip()
        if rest:
            return _undistributed(rest) or label[0]
        return " ".join(_until_label(lines[at + 1 :])) or label[0]
    return ""


def _until_label(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if _OTHER_LABEL.fullmatch(line) or not _undistributed(line):
            return
        yield _undistributed(line)


def _undistributed(line: str) -> str:
    """Return the part of a line before the day of distribution (배포)."""
    return _DISTRIBUTED.split(line, maxsplit=1)[0].strip()


# --- letterhead -------------------------------------------------------------------


def _take_letterhead(parts: _Parts) -> None:
    """Take the banner, and the one-row table before 보도시점, whatever it says."""
    before = min(parts.reasons, default=0)
    top = max(before, _BANNER_AT_MOST)
    for at, block in parts.head():
        if isinstance(block, Table):
            short = 0 < len(block_text(block)) <= _LONGEST_LETTERHEAD
            if short and (_is_named(block) or (at < before and _is_row(block))):
                parts.reasons[at] = "letterhead"
        elif isinstance(block, Paragraph | Heading) and at <= top and _is_named(block):
            parts.reasons[at] = "banner"


def _is_named(block: Block) -> bool:
    """Tell whether one of its texts is the name of a kind of release."""
    return any(_BANNER.fullmatch(solid(part)) for part in leaves(block))


def _is_row(table: Table) -> bool:
    return {cell.row for cell in table.cells} == {0}


# --- title ------------------------------------------------------------------------


def _take_title(parts: _Parts, title: str, *, exact: bool) -> None:
    """Take the first box or lines that say the title, and the subtitles with them.

    ``exact`` asks for the very letters: a page has its title in a place of its own, so
    what only resembles it in the page's body is a sentence of the article.
    """
    for number, (at, block) in enumerate(parts.head()):
        if isinstance(block, PageBreak):
            continue
        if isinstance(block, Table):
            headline = read_title_box(block, title, first=number == 0)
        else:
            if exact and not begins_title(block.text, title):
                continue
            headline = read_title_lines(parts.blocks[at : parts.next_taken(at)], title)
        if headline is not None and exact and not is_title(headline.title, title):
            continue
        if headline is not None:
            _take_headline(parts, at, headline)
            return


def _take_headline(parts: _Parts, at: int, headline: Headline) -> None:
    parts.title = headline.title
    parts.subtitles = headline.subtitles
    parts.kept[at] = headline.remarks
    for position, block in enumerate(headline.blocks, start=at):
        parts.reasons[position] = "title"
        parts.trimmed[position] = block


# --- the rest ---------------------------------------------------------------------


def _whom_to_ask(block: Block) -> tuple[Contact, ...]:
    """Return the contacts of a page's block: the table of departments, or 문의."""
    return read_contacts(block) or read_inquiry(block)


def _take_furniture(
    parts: _Parts, read: Callable[[Block], tuple[Contact, ...]]
) -> None:
    for at, block in enumerate(parts.blocks):
        if at in parts.reasons:
            continue
        contacts = read(block)
        parts.contacts.extend(contacts)
        if (
            reason := "contacts"
            if contacts
            else _why_removed(block, parts.reasons.get(at - 1, ""))
        ):
            parts.reasons[at] = reason


def _why_removed(block: Block, above: str) -> str:
    """Return the reason why a block is no part of the body, "" if it is one.

    ``above`` is why the one above it went.
    """
    text = block_text(block)
    match block:
        case PageBreak():
            return ""
        case Table() if not text:
            return "spacer"
        case Caption(of="image"):
            return "caption"
        case Caption(of="memo"):
            return "memo"
    # Of each pattern its word is looked for first: hardly a line has one.
    if "끝" in text and _END_MARK.fullmatch(text):
        return "end mark"
    if is_image_noise(text, goes_on=above == "image"):
        return "image"
    if "공공누리" in text and _NOTICE.fullmatch(text):
        return "notice"
    return ""
