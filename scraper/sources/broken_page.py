"""A page whose body breaks out of its box, or whose tables a browser would rearrange.

What an editor leaves in a body is put into the page as it is. One ``</div>`` too many
and the box ends early; text between the cells of a table moves above it. So the body is
looked at, and if need be rebuilt, where it stands, before the page is parsed.
"""

import re
from dataclasses import replace

from scraper.body.broken import needs_rebuilding, rebuild
from scraper.model import Page

#: Class of the body's box, and of the one below it (October 2026).
_BODY, _FOOTER = "view_cont", "article_footer"
_BOX = re.compile(r'<div\b[^<>]*\bclass="([^"<>]*)"[^<>]*>')

#: Boxes that end between the two: the body's and the one around it.
_ENDS = "</div></div>\n"


def mend(page: Page) -> Page:
    """Return the page with its body in its box, in sound markup; most are as they are.

    A page without both boxes is returned as it is.
    """
    box = _find_box(page.text, _BODY, 0)
    below = _find_box(page.text, _FOOTER, box.end()) if box else None
    if box is None or below is None:
        return page
    body = page.text[box.end() : below.start()]
    if not (_breaks_out(body) or needs_rebuilding(body)):
        return page
    text = page.text[: box.end()] + rebuild(body) + _ENDS + page.text[below.start() :]
    return replace(page, text=text, body=text.encode())


def _find_box(text: str, name: str, start: int) -> re.Match[str] | None:
    """Return the start tag of the first box of a class, looking for its name first."""
    at = text.find(name, start)
    while at >= 0:
        found = _BOX.match(text, text.rfind("<", 0, at))
        if found and name in found[1].split():
            return found
        at = text.find(name, at + 1)
    return None


def _breaks_out(body: str) -> bool:
    """Tell whether more boxes end in a body than begin, beside those around it."""
    around, ended = _ENDS.count("</div"), body.count("</div")
    return ended > around and ended - body.count("<div") > around
