"""Clean text, whatever it is from: escapes, invisible characters, blanks.

Nothing here knows what a text means. Words, punctuation and bullets are never touched.
"""

import html
import re
import unicodedata

#: How often an escape may be escaped again before we stop undoing it. The site sends
#: ``&amp;amp;middot;`` at times (October 2026); text about escapes is rarer still.
MAX_UNESCAPE = 5

#: A whole reference, with its semicolon: ``R&D`` and ``A&notB`` are words.
_REFERENCE = re.compile(
    r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
)

_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")

#: The last two places of every plane are no characters.
_NO_CHARACTERS = "".join(
    chr(plane + last)
    for plane in range(0, 0x110000, 0x10000)
    for last in (65534, 65535)
)

#: Never part of a text: controls, soft hyphens, directions, zero widths, tags, lone
#: surrogates.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\ufdd0-\ufdef\ud800-\udfff"
    "\U000e0000-\U000e007f" + _NO_CHARACTERS + "]"
)

#: Joiners shape emoji and Indic or Arabic letters; elsewhere they only hide.
_JOINER = re.compile("(.?)([\u200c\u200d])(?=(.?))", re.DOTALL)
_JOINED = re.compile(
    "[\u0600-\u0dff\u1000-\u109f\u1780-\u17ff\u2190-\u2bff\ufe0f\U0001f000-\U0001faff]"
)

#: Blanks inside a line: spaces of every width, and the two fillers fonts show as one.
_BLANKS = re.compile("[ \t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000\u3164\uffa0]+")

#: In a printable text the only characters that need a closer look: references, the two
#: fillers, and a separator that ``str.split`` takes for a blank.
_ODD = re.compile("[&\u3164\uffa0\x1f]")


def clean(text: str) -> str:
    """Return ``text`` as one line: unescaped, NFC, visible, single blanks."""
    # Nearly every text is clean but for its ends: printable, so its only blanks are
    # spaces, and those one by one. To see that takes a third of splitting it.
    line = text.strip()
    if (
        line.isprintable()
        and "&" not in line
        and "  " not in line
        and "\u3164" not in line
        and "\uffa0" not in line
    ):
        return unicodedata.normalize("NFC", line)
    line = " ".join(line.split())
    if line.isprintable() and not _ODD.search(text):
        return unicodedata.normalize("NFC", line)
    return " ".join(clean_block(text).split())


def clean_block(text: str) -> str:
    r"""Return ``text`` cleaned line by line; ``\n`` stays, blank ends go."""
    for _ in range(MAX_UNESCAPE):
        before = text
        text = unescape(visible(text))
        if text == before:
            break
    lines = visible(text).split("\n")
    return "\n".join(_BLANKS.sub(" ", line).strip() for line in lines).strip("\n")


def unescape(text: str) -> str:
    """Undo one layer of HTML references that end in a semicolon."""
    return _REFERENCE.sub(_character, text)


def visible(text: str) -> str:
    r"""Return ``text`` in NFC without characters nobody sees; line ends are ``\n``."""
    if text.isprintable() or text.replace("\n", "").replace("\xa0", "").isprintable():
        return unicodedata.normalize("NFC", text)
    text = _ANSI.sub("", text)
    text = _LINE_ENDS.sub("\n", text)
    text = _INVISIBLE.sub("", text)
    text = _JOINER.sub(_keep_joiner, text)
    return unicodedata.normalize("NFC", text)


def _character(reference: re.Match[str]) -> str:
    character = html.unescape(reference[0])
    return "" if character == "\ufffd" else character


def _keep_joiner(found: re.Match[str]) -> str:
    before, joiner, after = found.groups()
    if _JOINED.match(before) and _JOINED.match(after):
        return before + joiner
    return before
