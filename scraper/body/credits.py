"""Which words speak of a picture and its owner, not of the news.

What is not sure is text: forms ask for a ``사진: 3×4cm``, laws for a © on every copy.
"""

import re

_KIND = r"(?:자료\s?)?(?:사진|이미지)"
_OWNER = (
    rf"(?:{_KIND}\s*(?:=|(?:제공|출처)\s*[=:：])|[ⓒ©](?!\s*(?:표시|표기|마크|기호)))"
)

#: A credit: at the end of a line, or all of it. ``(사진: 3×4cm)`` is what an applicant
#: hands in.
_CREDIT = re.compile(
    rf"[(\[<【〈]\s*{_OWNER}(?P<in>[^()\[\]<>【】〈〉]{{1,60}})[)\]>】〉]\.?$"
    rf"|/\s*{_KIND}\s*=(?P<after>[^()\[\]<>【】/]{{1,30}})$"
    rf"|^{_KIND}\s*(?:제공|출처)?\s*=(?P<line>.{{1,60}})$"
    rf"|^{_OWNER}\s*(?P<word>\S{{1,30}})$"  # of more words it may be a demand
    rf"|^[(\[<【〈]\s*{_KIND}\s*[)\]>】〉](?P<label>.{{1,60}}?)\s*제공\.?$"
)

#: A line that names a picture; it is one's caption only right below it.
_NUMBERED = rf"{_KIND}\s*(?:설명)?\s*\d{{0,2}}\s*"
_LABELLED = re.compile(rf"[(\[<【〈]?\s*{_NUMBERED}[=:：](?P<shown>.{{1,80}})")
_IN_BRACKETS = re.compile(rf"[(\[<【〈]\s*{_NUMBERED}[)\]>】〉](?P<shown>.{{1,80}})")

#: No name has these: a number, a unit or format, the end of a sentence or demand.
_NO_END = (
    r"(?:다|요|함|것|까지|이내|이상|이하|의무|의무화|제출|첨부|지참|부담|기재|필수|금지)"
    r"\W*$"
)
_NO_NAME = re.compile(
    r"\d|[×%]|(?<![a-z])(?:jpe?g|png|gif|bmp|tiff?|pdf|[kmg]b|dpi)(?![a-z])"
    rf"|{_NO_END}",
    re.IGNORECASE,
)
_SENTENCE = re.compile(_NO_END)
_RESERVED = re.compile(r"\W*무단\s*전재.{0,20}금지\W*$")
_NEXT_SENTENCE = re.compile(r"(?:[다요]\.\s*|[.?!]\s+)\w")


def speaks_of_picture(line: str) -> bool:
    """Tell at a glance whether a line may hold a caption or credit."""
    # Looked for one by one: it is asked of every line.
    return "사진" in line or "이미지" in line or "ⓒ" in line or "©" in line


def split_credit(line: str) -> tuple[str, str]:
    """Return a line without the credit of a picture at its end, and that; or ""."""
    found = _CREDIT.search(line)
    if found is None or not _is_name(next(filter(None, found.groups()))):
        return line, ""
    return line[: found.start()].rstrip(), line[found.start() :]


def is_caption(line: str) -> bool:
    """Tell whether a line right below a picture is its caption: one sentence."""
    for label, unlike in ((_LABELLED, _NO_NAME), (_IN_BRACKETS, _SENTENCE)):
        found = label.fullmatch(line)
        if found is not None and not unlike.search(found["shown"]):
            return True
    text, credit = split_credit(line)
    return bool(credit) and len(text) <= 250 and not _NEXT_SENTENCE.search(text)


def _is_name(words: str) -> bool:
    """Tell whether words may be a picture's owner: four at most, and no sentence."""
    name = _RESERVED.sub("", words)
    return 0 < len(name.split()) <= 4 and not _NO_NAME.search(name)
