"""The classes of defects: what each is called, how bad it is, and what it means."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

#: ``note`` tells something; it is no defect.
Level = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One class of defects."""

    level: Level
    #: One line for people, without the details of a case.
    summary: str


def _rule(level: Level, summary: str) -> Rule:
    return Rule(level, summary)


#: In the order they are listed in.
RULES: dict[str, Rule] = {
    "unreadable": _rule("error", "a file that cannot be read, so nobody judged it"),
    "encoding": _rule("error", "the file is not UTF-8, or holds lost characters"),
    "front-matter-missing": _rule("error", "no front matter: not a post to any site"),
    "front-matter-late": _rule("error", "something stands above the front matter"),
    "yaml-invalid": _rule("error", "front matter that YAML cannot read"),
    "title-missing": _rule("error", "no title"),
    "title-not-text": _rule("error", "a title that YAML reads as something else"),
    "title-cut": _rule("warning", "YAML takes the end of a value for a comment"),
    "key-missing": _rule("warning", "a key the profile needs is missing"),
    "key-twice": _rule("warning", "a key stands twice: only the last counts"),
    "date-invalid": _rule("error", "a date that cannot be read, or is none"),
    "date-form": _rule("warning", "a date in a form not every generator reads"),
    "date-future": _rule("error", "a day to come: Jekyll leaves the post out"),
    "date-differs": _rule("warning", "file name and front matter state two days"),
    "credit-missing": _rule("error", "no credit, though the text is the site's"),
    "credit-spelling": _rule("error", "a credit that is not worded as asked for"),
    "credit-twice": _rule("warning", "the credit stands more than once"),
    "notice-missing": _rule(
        "error", "no license notice, though the text is the site's"
    ),
    "notice-altered": _rule("warning", "a license notice that is not whole"),
    "notice-differs": _rule("error", "the notice contradicts what else the post says"),
    "license-commerce": _rule(
        "error", "no commercial use allowed, but advertised beside"
    ),
    "license-changes": _rule(
        "warning", "no changes allowed: only the same text may stand"
    ),
    "excerpt-notice": _rule("warning", "the excerpt is license notice or credit"),
    "source-missing": _rule("warning", "neither an id nor an address of the original"),
    "liquid": _rule("error", "braces that Liquid would run"),
    "markdown-table": _rule("warning", "a bar that makes a table of a line"),
    "markdown-list": _rule("warning", "a date that makes a list of a line"),
    "markdown-heading": _rule(
        "warning", "dashes that make a heading of the line above"
    ),
    "html-like": _rule("warning", "text in angle brackets that a reader would not see"),
    "text-invisible": _rule("warning", "control, zero-width or direction characters"),
    "text-blank": _rule("warning", "blanks that are no spaces"),
    "text-decomposed": _rule(
        "warning", "Hangul in pieces (NFD), which no search finds"
    ),
    "entity-twice": _rule("warning", "an escape that was escaped again"),
    "html-active": _rule("error", "HTML that runs, loads or asks for something"),
    "html-page": _rule("error", "a whole HTML page inside of the post"),
    "html-open": _rule("warning", "an element that is not closed"),
    "html-stray": _rule("warning", "the end of an element that was not begun"),
    "html-nesting": _rule("warning", "a block inside of a paragraph"),
    "code-fence": _rule("error", "text inside of code"),
    "link-double": _rule("error", "two schemes in one address"),
    "link-relative": _rule("error", "an address of the source without its host"),
    "link-broken": _rule("error", "an address that leads nowhere"),
    "link-tracking": _rule("warning", "an address that carries tracking parameters"),
    "image-remote": _rule("warning", "a picture from elsewhere, which nobody licensed"),
    "image-banner": _rule("note", "a picture of many posts, taken for a banner"),
    "contact-number": _rule("warning", "a contact without a number or address"),
    "model-refusal": _rule("error", "a language model's refusal, published"),
    "model-error": _rule("error", "a program's error message, published"),
    "model-prompt": _rule("error", "words of a prompt, published"),
    "rebuttal-shape": _rule("warning", "a rebuttal that does not name its two parts"),
    "tool-left": _rule("warning", "words that a publishing tool left in the text"),
    "name-day": _rule("error", "a name without a day: Jekyll leaves the post out"),
    "name-ascii": _rule("warning", "a file name that is not ASCII"),
    "name-reserved": _rule("error", "a file name some systems refuse"),
    "name-long": _rule("error", "a path too long for some systems"),
    "name-twin": _rule("error", "two names that are one to some systems"),
    "twin-id": _rule("error", "two posts of one release"),
    "twin-source": _rule("warning", "two posts that name one source"),
    "twin-title": _rule("warning", "two posts of one day with one title"),
    "twin-body": _rule("warning", "two posts with one text"),
    "seal-broken": _rule("note", "a post of ours that a person edited"),
}


class Edit(NamedTuple):
    """A mechanical change: ``new`` instead of ``text[start:end]``."""

    start: int
    end: int
    new: str


class Hit(NamedTuple):
    """A defect where it stands in the text of a post."""

    rule: str
    #: Offset in the text; -1 means the file as a whole.
    at: int
    message: str
    #: What mends it without a person; none means a person must.
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A defect as it is reported."""

    #: Relative to the folder that was checked, with slashes.
    path: str
    #: From 1; 0 means the file as a whole.
    line: int
    #: In characters, from 1; 0 means the file as a whole.
    column: int
    #: A key of :data:`RULES`.
    rule: str
    message: str
    #: ``scrape repair`` mends it.
    mechanical: bool = False

    @property
    def level(self) -> Level:
        """Return how bad it is."""
        return RULES[self.rule].level
