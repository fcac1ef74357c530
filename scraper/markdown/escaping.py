"""Text as Markdown and HTML source: what every site generator shows as it was given.

Generators read Markdown differently (kramdown under Jekyll, Goldmark under Hugo,
CommonMark and GFM elsewhere), and not all of them honor every backslash. So a
character that one of them would take for markup is written as an entity, which all of
them show as the character, and only in a place that needs it: ``R&D``, ``3~5월`` and
``[제목]`` stay as they are.
"""

import html
import re

_NAMES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}

#: Markup wherever it stands in a line. Quotes, dots and dashes are here because
#: kramdown and Goldmark replace them by others ("smart" ones).
_ANYWHERE = r"""
    [<{}\\`|"']                             # tags, Liquid, code, tables, quotes
  | &(?=(?P<reference>[\#\w:.-]*;?))        # what could be an entity
  | (?<=\.\.)\. | (?<=-)-                   # dots and dashes
  | (?<=>)>                                 # angle quotes
  | [*~$_]                                  # emphasis, struck text, formulas
  | \](?=[(\[:]) | \[(?=\^)                 # links, their definitions, footnotes
  | (?<=[a-z]):(?=//) | (?<=www)\.          # addresses: some link them, and cut
  | (?<=mailto): | (?<=xmpp):               #   them wrongly before a 조사
  | (?<=[\w.+-])@(?=\w)
"""

#: Markup at the start of a line only.
_AT_START = r"""
    [#>:]                                   # heading, quote, definition
  | [-+*](?=\s|$)                           # list
  | [-=](?=[-=]*$)                          # underlined heading
  | \^(?=$)                                 # end of block
  | \[(?=[ x]\])                            # task
  | !(?=!!) | \?(?=\?\?) | =(?===)          # boxes and tabs of Python-Markdown
"""

#: ``2024. 6. 24.`` would become a list of lists.
_NUMBER = r"(?P<number>\d+)(?P<point>[.)])(?=\s|$)"

_FLAGS = re.VERBOSE | re.MULTILINE | re.IGNORECASE
_INLINE = re.compile(_ANYWHERE, _FLAGS)
_LINES = re.compile(f"^{_NUMBER} | ^(?P<start>{_AT_START}) | {_ANYWHERE}", _FLAGS)


def escape_inline(text: str) -> str:
    """Return ``text`` as Markdown source for the middle of a line.

    >>> escape_inline("R&D <3~5월> {{ 삭제 }}")
    'R&D &lt;3~5월> &#123;&#123; 삭제 &#125;&#125;'
    """
    return _INLINE.sub(_as_entity, text)


def escape_lines(text: str) -> str:
    r"""Return ``text`` as Markdown source whose lines (``\n``) start at the margin.

    >>> escape_lines("2024. 6. 24.")
    '2024&#46; 6. 24.'
    """
    return _LINES.sub(_as_entity, text)


def escape_html(text: str) -> str:
    """Return ``text`` as HTML source, for element content and quoted attributes.

    Braces are entities too, or Liquid would run what stands in them.
    """
    return "".join(entity(char) if char in '&<>{}"' else char for char in text)


def entity(char: str) -> str:
    """Return the entity of one character."""
    return _NAMES.get(char) or f"&#{ord(char)};"


def _as_entity(found: re.Match[str]) -> str:
    groups = found.groupdict()
    if groups.get("number"):
        return found["number"] + entity(found["point"])
    if groups.get("start") or _is_markup(found):
        return entity(found[0])
    return found[0]


def _is_markup(found: re.Match[str]) -> bool:
    """Say whether a character is markup where it stands, given the text around it."""
    char, text = found[0], found.string
    before = text[found.start() - 1 : found.start()]
    after = text[found.end() : found.end() + 1]
    match char:
        case "&":
            name = "&" + found["reference"]
            return html.unescape(name) != name
        case "$":
            return text.count("$") > 1
        case "*" | "~":  # one alone, or one between blanks, opens nothing
            apart = not before.strip() and not after.strip()
            return text.count(char) > 1 and not apart
        case "_":  # inside a word it is a letter
            return not (before.isalpha() and after.isalnum())
    return True
