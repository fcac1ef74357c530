"""Posts of any site -> what is wrong with them.

One post is judged by itself (:func:`judge`), and all of them together for what only
that can tell (:func:`compare`). Nothing is read or written here. A defect that needs no
person carries the edits that mend it; ``publishers.repair`` makes them.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from publishers.check import (
    credit,
    elements,
    front,
    hygiene,
    links,
    machine,
    names,
    rebuttal,
    templates,
    twins,
)
from publishers.check.context import Options, View
from publishers.check.draft import Draft, read_draft
from publishers.check.lines import Lines
from publishers.check.rules import RULES, Edit, Finding, Hit
from publishers.check.twins import Facts
from publishers.check.words import body_text
from publishers.seal import is_intact, read_seal

__all__ = [
    "RULES",
    "Draft",
    "Edit",
    "Facts",
    "Finding",
    "Hit",
    "Options",
    "Verdict",
    "View",
    "compare",
    "judge",
    "look",
    "view_of",
]

#: A picture in the front matter of so many posts is the site's own banner.
_BANNER_IN = 3

#: What is right in a post that is as we made it: a notice in the words of the page, and
#: an escape that the release itself shows.
_PROVEN = frozenset({"notice-altered", "entity-twice"})

_RULES_OF_ONE = (front.look, credit.look, templates.look, hygiene.look, elements.look)
_MORE_OF_ONE = (links.look, machine.look, rebuttal.look, names.look)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one post is by itself."""

    findings: tuple[Finding, ...]
    #: ``None`` if the file cannot be read as text.
    facts: Facts | None
    #: Pictures that are defects unless they turn out to be the site's banner.
    pictures: tuple[tuple[Finding, str], ...] = ()


def judge(path: str, content: bytes, options: Options) -> Verdict:
    """Return what is wrong with one post; whatever its bytes are, there is a verdict.

    ``path`` is relative to the folder that is checked, with slashes.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"byte {error.start} is not UTF-8: {error.reason}"
        return Verdict((Finding(path, line, 1, "encoding", message),), None)
    view = view_of(path, text.replace("\r\n", "\n"), options)
    known = twins.facts(view)
    hits = [*look(view), *twins.look(known)]
    lines = Lines(view.draft.text)
    found = tuple(_finding(view, lines, hit) for hit in hits)
    pictures = ((_finding(view, lines, hit), to) for hit, to in links.pictures(view))
    return Verdict(found, known, tuple(pictures))


def view_of(path: str, text: str, options: Options) -> View:
    r"""Return a post as the rules look at it; line ends of ``text`` are ``\n``."""
    draft = read_draft(path, text)
    stated = read_seal(text) if "# bodojaryo" in text else None
    ours = stated is not None and is_intact(text)
    return View(draft, body_text(draft), options, ours, stated)


def look(view: View) -> Iterator[Hit]:
    """Yield what is wrong with a post by itself."""
    passed = _PROVEN if view.ours else frozenset()
    for rules in (*_RULES_OF_ONE, *_MORE_OF_ONE):
        yield from (hit for hit in rules(view) if hit.rule not in passed)
    if view.seal and not view.ours:
        message = f"release {view.seal.news_id}: not as it was published"
        yield Hit("seal-broken", view.draft.head_end, message)


def compare(verdicts: Sequence[Verdict]) -> list[Finding]:
    """Return the findings of all posts: their own, and what they are to each other."""
    known = [verdict.facts for verdict in verdicts if verdict.facts is not None]
    counts = Counter(banner for post in known for banner in post.banners)
    own = {banner: n for banner, n in counts.items() if n >= _BANNER_IN}
    found = [finding for verdict in verdicts for finding in verdict.findings]
    found += [
        finding
        for verdict in verdicts
        for finding, address in verdict.pictures
        if address not in own or links.is_of_source(address)
    ]
    found += _banners(verdicts, own)
    found += [
        Finding(path, 0, 0, hit.rule, hit.message)
        for path, hit in twins.find_twins(known)
    ]
    found += [
        Finding(path, 0, 0, "name-twin", why)
        for path, why in names.twins(post.path for post in known)
    ]
    return sorted(found)


def _banners(verdicts: Sequence[Verdict], own: Mapping[str, int]) -> Iterator[Finding]:
    """Yield a note for each picture from elsewhere that is taken for a banner."""
    told = set[str]()
    for verdict in verdicts:
        for finding, address in verdict.pictures:
            ours = address in own and not links.is_of_source(address)
            if ours and address not in told:
                told.add(address)
                message = f"{address[:100]} in {own[address]} posts"
                yield replace(finding, rule="image-banner", message=message)


def _finding(view: View, lines: Lines, hit: Hit) -> Finding:
    line, column = lines.place(hit.at)
    mended = bool(hit.edits) and not view.ours
    return Finding(view.draft.path, line, column, hit.rule, hit.message, mended)
