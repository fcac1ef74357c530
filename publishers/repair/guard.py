"""The guard of every repair: the words are the same before and after, or it is refused.

It knows nothing of what was mended. It reads both texts anew and compares what a reader
is meant to see: the words of the body, of the title and of every other key, and the
moments that dates mean. A credit counts as one word, whatever its spelling.
"""

from itertools import zip_longest

from publishers.check.dates import read_moment
from publishers.check.draft import Chunk, Draft, read_draft, read_yaml
from publishers.check.front import written
from publishers.check.words import (
    MOMENTS,
    blanks_alike,
    body_words,
    field_words,
    text_words,
)

Words = dict[str, list[str]]


def difference(before: str, after: str) -> str:
    r"""Return what a repair would change for a reader; "" if nothing.

    Both are posts whose line ends are ``\n``.
    """
    old, new = read_draft("", before), read_draft("", after)
    if new.problem and not old.problem:
        return f"the front matter would be broken: {new.problem}"
    if unlike := _unlike(body_words(old), body_words(new)):
        return f"the body would change: {unlike}"
    said, says = head_words(old), head_words(new)
    for name in said | says:
        if unlike := _unlike(said.get(name, []), says.get(name, [])):
            return f"{name} would change: {unlike}"
    moments, meant = _moments(old), _moments(new)
    for name in moments | meant:
        if moments.get(name) != meant.get(name):
            return f"{name} would mean another moment"
    return ""


def head_words(draft: Draft) -> Words:
    """Return the words of each key as they are meant.

    What YAML cannot read, and a title it takes for something else, means its line; what
    it cannot read for a character nobody sees means what stands around that.
    """
    if draft.problem and draft.text != (clean := blanks_alike(draft.text)):
        draft = read_draft("", clean)
    if not draft.problem:
        found = field_words(draft.fields)
        if "title" in found and not isinstance(draft.fields["title"], str):
            found["title"] = text_words(draft.said("title"))
        return found
    found = {}
    for chunk in draft.chunks:
        found |= _chunk_words(draft, chunk)
    return found


def _chunk_words(draft: Draft, chunk: Chunk) -> Words:
    if chunk.name.lower() in MOMENTS:
        return {}
    read = read_yaml(draft.text[chunk.at : chunk.end])
    value = read.fields.get(chunk.name)
    if read.problem or (chunk.name == "title" and not isinstance(value, str)):
        return {chunk.name: text_words(chunk.words)}
    return field_words(read.fields)


def _moments(draft: Draft) -> dict[str, object]:
    """Return what each date means; what is none means itself."""
    return {
        chunk.name: read_moment(written(chunk)) or written(chunk)
        for chunk in draft.chunks
        if chunk.name.lower() in MOMENTS
    }


def _unlike(old: list[str], new: list[str]) -> str:
    """Return the first words that differ; "" if none do."""
    for was, is_ in zip_longest(old, new, fillvalue=""):
        if was != is_:
            return f"{was[:40]!r} would be {is_[:40]!r}"
    return ""
