"""Which lines speak of a picture and its owner, not of the news."""

import re

#: Words without which no line is a credit; looked for before any pattern is tried.
_WORDS = ("사진", "이미지", "ⓒ", "©")

_KIND = r"(?:자료\s?)?(?:사진|이미지)\s*(?:제공|출처|설명)?\s*\d{0,2}"

#: A whole line that names a picture or its owner.
_CREDIT = re.compile(
    rf"[(\[<【〈]\s*{_KIND}\s*[=:：)\]>】〉].{{0,80}}"
    rf"|{_KIND}\s*[=:：].{{0,80}}"
    r"|[(\[]?\s*[ⓒ©].{0,80}"
)


def is_credit(line: str) -> bool:
    """Tell whether a line is the caption or credit of a picture."""
    return any(word in line for word in _WORDS) and bool(_CREDIT.fullmatch(line))
