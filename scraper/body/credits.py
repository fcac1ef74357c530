"""Which lines speak of a picture and its owner, not of the news."""

import re

_KIND = r"(?:자료\s?)?(?:사진|이미지)\s*(?:제공|출처|설명)?\s*\d{0,2}"

#: A whole line that names a picture or its owner.
_CREDIT = re.compile(
    rf"[(\[<【〈]\s*{_KIND}\s*[=:：)\]>】〉].{{0,80}}"
    rf"|{_KIND}\s*[=:：].{{0,80}}"
    r"|[(\[]?\s*[ⓒ©].{0,80}"
)

#: A line that says what a picture shows ends in whose it is. ``(사진: 3×4cm)`` at the
#: end of a line is what an applicant hands in.
_CREDITED = re.compile(
    r".{1,250}?(?:[(\[<【]\s*(?:[ⓒ©]|(?:자료\s?)?(?:사진|이미지)\s*"
    r"(?:=|(?:제공|출처)\s*[=:：]))[^()\[\]<>【】]{1,60}[)\]>】]|/\s*사진\s*=.{1,30})\.?"
)


def is_credit(line: str) -> bool:
    """Tell whether a line is the caption or credit of a picture."""
    # Looked for one by one: it is asked of every line.
    if not ("사진" in line or "이미지" in line or "ⓒ" in line or "©" in line):
        return False
    return bool(_CREDIT.fullmatch(line) or _CREDITED.fullmatch(line))
