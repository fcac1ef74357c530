"""Text as Markdown and HTML source: what every site generator shows as it was given.

Generators read Markdown differently (kramdown under Jekyll, Goldmark under Hugo,
CommonMark and GFM elsewhere), and not all of them honor every backslash. So a
character that one of them would take for markup is written as an entity, which all of
them show as the character, and only in a place that needs it: ``R&D``, ``3~5월`` and
``[제목]`` stay as they are.
"""

import html
import re

#: Markup wherever it stands in a line. Every branch begins with a plain character: such
#: are found fast, and only the branch of the one found is tried. The commonest in
#: Korean text, which are hardly ever markup, stand first.
_ANYWHERE = re.compile(
    r"""
    \.(?: (?<=\.\.) | (?<=www\.) )              # dots; addresses: some link them, and
  | ,(?<=,,)                                    #   cut them wrongly before a 조사
  | \((?= (?:c|p|r|tm)\) )                      # signs
  | :(?: (?<=[a-z]:)(?=//) | (?<=mailto:) | (?<=xmpp:)
       | (?=[\w+-]++:) (?=(?:\w*[a-z][\w+-]*|[+-]1|100|1234):) )      # emoji
  | ~ | & | \* | \$ | _ | \^                    # struck, entities, emphasis, formulas
  | ' | " | < | \{ | \} | \\ | ` | \|           # quotes, tags, Liquid, code, tables
  | \](?= [(\[:] )                              # links and their definitions
  | \[(?= \^ | [ x]\] | toc\] )                 # footnotes, tasks, contents
  | -(?<=--)                                    # dashes
  | >(?: (?<=>>) | (?<=\]\]>) )                 # angle quotes, ends of CDATA in feeds
  | /(?: (?<=c/)(?=o) | (?<=(?<!\d)[1-7]/)(?=[2-8](?!\d)) )     # signs and fractions
  | \+(?: (?=/?-) | (?<=\+\+) )                 # signs, keys
  | =(?: (?=/=) | (?<===) )                     # signs, marked text
  | !(?<=[?!][?!][?!]) | \?(?<=[?!][?!][?!])    # what is said too often
  | @(?<=[\w.+-]@)(?=\w)                        # addresses
    """,
    re.VERBOSE | re.IGNORECASE,
)

#: Markup at the start of a line only. The point of ``2024. 6. 24.`` would make a list
#: of lists. Not every blank that Unicode knows is one to every parser.
_AT_START = re.compile(
    r"""^(?:
    \d+(?P<point>[.)])(?=\s|$)              # numbered list
  | [#>:]                                   # heading, quote, definition
  | [-+*](?=\s|$)                           # list
  | [-=](?=[-=]*$)                          # underlined heading
  | \^(?=$)                                 # end of block
  | !(?=!!) | \?(?=\?\?) | =(?===) | /(?=//)        # boxes, tabs, Python-Markdown's
    )""",
    re.VERBOSE | re.MULTILINE | re.IGNORECASE,
)

#: What could be the name of an entity.
_REFERENCE = re.compile(r"&[#\w:.-]*;?")

#: Characters whose meaning the text around them decides.
_DOUBTFUL = frozenset("&$*~_^")


def escape_inline(text: str) -> str:
    """Return ``text`` as Markdown source for the middle of a line.

    >>> escape_inline("R&D <3~5월> {{ 삭제 }}")
    'R&D &lt;3~5월> &#123;&#123; 삭제 &#125;&#125;'
    """
    return _ANYWHERE.sub(_as_entity, text)


def escape_lines(text: str) -> str:
    r"""Return ``text`` as Markdown source whose lines (``\n``) start at the margin.

    >>> escape_lines("2024. 6. 24.")
    '2024&#46; 6. 24.'
    """
    # No letter is markup at the start, and most lines begin with one.
    if "\n" not in text and (text[:1].isalpha() or not _AT_START.match(text)):
        return _ANYWHERE.sub(_as_entity, text)
    starts = {
        found.start("point") if found["point"] else found.start()
        for found in _AT_START.finditer(text)
    }
    marks = {f.start() for f in _ANYWHERE.finditer(text) if _is_markup(f)}
    pieces = []
    end = 0
    for at in sorted(marks | starts):
        pieces += [text[end:at], entity(text[at])]
        end = at + 1
    return "".join((*pieces, text[end:]))


def escape_html(text: str) -> str:
    """Return ``text`` as HTML source, for element content and quoted attributes.

    Braces are entities too, or Liquid would run what stands in them.
    """
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;").replace("{", "&#123;").replace("}", "&#125;")


_NAMES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


def entity(char: str) -> str:
    """Return the entity of one character."""
    return _NAMES.get(char) or f"&#{ord(char)};"


def _as_entity(found: re.Match[str]) -> str:
    return entity(found[0]) if _is_markup(found) else found[0]


def _is_markup(found: re.Match[str]) -> bool:
    """Say whether a character is markup where it stands, given the text around it."""
    char = found[0]
    if char not in _DOUBTFUL:
        return True
    text, at = found.string, found.start()
    if char == "&":
        name = _REFERENCE.match(text, at)
        return name is not None and html.unescape(name[0]) != name[0]
    if char != "_" and text.find(char) == text.rfind(char):
        return False  # one alone opens nothing
    if char == "$":
        return True
    before, after = text[max(at - 1, 0) : at], text[at + 1 : at + 2]
    if char == "_":  # inside a word it is a letter
        return not (before.isalpha() and after.isalnum())
    # one between blanks opens nothing
    return bool(before.strip() or after.strip())
