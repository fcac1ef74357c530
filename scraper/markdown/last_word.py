"""The last word on HTML that we publish: no markup but our own.

Escaping keeps the words of a source from being markup. Should it ever fail, what comes
through is taken out here, by a parser that shares no line with ours.
"""

import re

import nh3

#: What blocks become, and what a house style puts around them.
_TAGS = {
    *("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "li", "br", "b", "a"),
    *("table", "tr", "td"),
}
#: House styles set their tables in full.
_STYLED_TAGS = {*_TAGS, "tbody"}

_SIZED = ("p", "h2", "h3", "h4", "h5", "h6")
_ATTRIBUTES: dict[str, set[str]] = {
    "*": set(),  # else it lets titles and languages through
    **{tag: {"data-ke-size"} for tag in _SIZED},
    "td": {"rowspan", "colspan"},
    "a": {"href"},
}
#: The only style a house style writes, letter for letter.
_STYLES = {"td": {"style": {"text-align: center; height: 17px;"}}}

#: Elements whose content goes with them.
_GONE = {"script", "style", "template", "iframe", "noscript", "svg", "math", "object"}

#: Characters that HTML has no need to escape, but Liquid, attributes and "smart" quotes
#: have. A parser undoes every reference, so each passes in the guise of one that is no
#: character, which no text holds, and is written as a reference afterwards.
_GUISES = {
    '"': ("\ufdd0", "&quot;"),
    "{": ("\ufdd1", "&#123;"),
    "}": ("\ufdd2", "&#125;"),
}


def _cleaner(tags: set[str], styles: dict[str, dict[str, set[str]]]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=tags,
        clean_content_tags=_GONE,
        attributes=_ATTRIBUTES,
        tag_attribute_values=styles,
        url_schemes={"https"},
        url_relative="deny",
        link_rel=None,
    )


_PLAIN = _cleaner(_TAGS, {})
_STYLED = _cleaner(_STYLED_TAGS, _STYLES)


#: A table just as :mod:`scraper.markdown.tables` writes it, and nothing besides.
_TABLE_OF_OURS = re.compile(
    r"[^<>{}]*+(?:<(?:/?(?:table|tr|td)|br"
    r"|td(?: rowspan=\"\d+\")?(?: colspan=\"\d+\")?)>[^<>{}]*+)*+"
)


def last_word(html: str, *, styled: bool = False) -> str:
    """Return HTML with nothing in it but the elements and attributes we write.

    References of quotes and braces stay references, and braces that were none become
    such. ``styled`` lets the tables of a house style have a body and its style.
    """
    for guise, reference in _GUISES.values():
        html = html.replace(reference, guise)
    html = (_STYLED if styled else _PLAIN).clean(html)
    html = html.replace("{", "&#123;").replace("}", "&#125;")
    for guise, reference in _GUISES.values():
        html = html.replace(guise, reference)
    return html


def last_word_on_table(html: str) -> str:
    """Return a table with nothing in it but what we write; most are so already."""
    return html if _TABLE_OF_OURS.fullmatch(html) else last_word(html)
