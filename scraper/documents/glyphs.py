"""Spaces and private-use glyphs of Hangul documents, as Unicode has them."""

import re
from collections.abc import Iterator

#: Symbols of Hancom's own fonts, found in real releases (seen October 2026).
#: ``U+F02B1`` and ``U+F02CE`` begin runs of digits in boxes; the former has twenty.
_HANCOM: dict[int, str | int] = {
    **{0xF02B1 + i: 0x2460 + i for i in range(20)},
    **{0xF02CE + i: 0x2460 + i for i in range(9)},
    0xF02EF: "◆",
    0xF02F2: "▴",
    0xF02FB: "▸",
    0xF02FC: "►",
    0xF0032: "↳",
    0xF0854: "『",
    0xF0855: "』",
}

#: Symbols typed in Wingdings, which Windows puts at U+F000 plus the font's code.
_WINGDINGS: dict[int, str | int] = {
    0xF046: "☞",
    0xF06C: "●",
    0xF06D: "❍",
    0xF06E: "■",
    0xF06F: "□",
    0xF071: "❑",
    0xF072: "❒",
    0xF075: "◆",
    0xF076: "❖",
    0xF09E: "·",
    0xF09F: "•",
    0xF0A7: "▪",
    0xF0A8: "◻",
    0xF0D8: "➢",
    0xF0E0: "→",
    0xF0E8: "➔",
    0xF0F0: "⇨",
    0xF0FC: "✔",
    0xF0FE: "☑",
}

_GLYPHS = str.maketrans(_HANCOM | _WINGDINGS)
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")


def clean(text: str) -> str:
    """Return ``text`` with known glyphs replaced and blanks made one space.

    Lines (``\\n``) stay; each loses its outer blanks; outer empty lines go.

    >>> clean("  가\\u3000\\t나 \\n 다 \\uf0a7\\n")
    '가 나\\n다 ▪'
    """
    if _PRIVATE.search(text):
        text = text.translate(_GLYPHS)
    if "\n" not in text:
        return " ".join(text.split())
    # Blanks are tabs, no-break and full-width spaces and more: what split() takes.
    return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip("\n")


def unknown_glyphs(text: str) -> Iterator[str]:
    """Give each character of ``text`` that only its author's font can show."""
    for match in _PRIVATE.finditer(text):
        yield match[0]
