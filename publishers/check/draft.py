"""A file of any site -> what can be read of it, however broken it is."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import yaml

from publishers.check.markup import Tag, code_spans, find_tags, within

#: PyYAML's reader over libyaml where it was built with it: ten times as fast.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

#: What aliases may stand for, in values and in pieces of 16 letters: a few lines of
#: them can mean more than any memory holds.
_MOST_VALUES = 100_000

#: Where Jekyll looks for front matter; what stands above it, Jekyll does not forgive.
_HEAD = re.compile(
    r"(?P<above>\ufeff?\s*)---[ \t]*\n(?P<head>(?:(?!---|\.\.\.).*\n|(?:---|\.\.\.)"
    r"[^ \t\n].*\n)*?)(?:---|\.\.\.)[ \t]*(?:\n|\Z)"
)
_KEY = re.compile(
    r"""(?P<quote>["']?)(?P<name>[A-Za-z_][\w.-]*)(?P=quote)[ ]*:(?=\s|$)"""
)
_BLOCK = re.compile(r"[>|][+-]?\d?[+-]?[ \t]*(?:#.*)?")


class Chunk(NamedTuple):
    """One key of a front matter as its lines have it, whether or not YAML can."""

    name: str
    #: Offsets in the text: of the key, of its value, behind its last line end.
    at: int
    value_at: int
    end: int
    #: What its first line says after the colon.
    value: str
    #: The words of the whole value.
    words: str
    #: Its value is a ``>`` or ``|`` block.
    block: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """A post as it was found."""

    path: str
    #: As in the file, but for line ends, which are ``\\n``.
    text: str
    #: Where the lines of the front matter begin and end; both 0 without one.
    head_at: int = 0
    head_end: int = 0
    body_at: int = 0
    #: Offset behind whatever stands above the front matter.
    begins_at: int = 0
    has_head: bool = False
    #: What YAML reads; empty where it cannot.
    fields: Mapping[str, object] = field(default_factory=dict)
    #: Why YAML cannot read it, and where; "" where it can.
    problem: str = ""
    problem_at: int = -1
    #: Keys that stand more than once.
    repeated: tuple[str, ...] = ()
    chunks: tuple[Chunk, ...] = ()
    #: Fences and code within lines, as offsets; in these nothing is markup.
    code: tuple[tuple[int, int], ...] = ()
    tags: tuple[Tag, ...] = ()

    @property
    def head(self) -> str:
        """Return the lines of the front matter."""
        return self.text[self.head_at : self.head_end]

    @property
    def body(self) -> str:
        """Return what follows the front matter."""
        return self.text[self.body_at :]

    def said(self, name: str) -> str:
        """Return the value of a key as text, readable YAML or not; "" if none."""
        value = self.fields.get(name)
        if isinstance(value, str):
            return value
        chunk = next((chunk for chunk in self.chunks if chunk.name == name), None)
        if chunk is None:
            return ""
        alone = read_yaml(self.text[chunk.at : chunk.end]).fields.get(name)
        return alone if isinstance(alone, str) else chunk.words

    def in_code(self, at: int) -> bool:
        """Say whether an offset is inside of code."""
        return within(self.code, at)


def read_draft(path: str, text: str) -> Draft:
    """Return what can be read of a post; nothing is too broken for it."""
    found = _HEAD.match(text)
    if found is None:
        code = tuple(code_spans(text, 0))
        return Draft(path, text, code=code, tags=tuple(find_tags(text, 0, code)))
    head, at = found["head"], found.start("head")
    read = read_yaml(head)
    code = tuple(code_spans(text, found.end()))
    return Draft(
        path=path,
        text=text,
        head_at=at,
        head_end=found.end("head"),
        body_at=found.end(),
        begins_at=found.end("above"),
        has_head=True,
        fields=read.fields,
        problem=read.problem,
        problem_at=at + _offset(head, read.line) if read.problem else -1,
        repeated=read.repeated,
        chunks=tuple(_chunks(head, at)),
        code=code,
        tags=tuple(find_tags(text, found.end(), code)),
    )


class Reading(NamedTuple):
    """What YAML makes of a front matter."""

    fields: Mapping[str, object]
    problem: str = ""
    line: int = 0
    repeated: tuple[str, ...] = ()


def read_yaml(head: str) -> Reading:
    """Return the keys of a front matter, or why there are none."""
    try:
        loader = _LOADER(head)
        try:
            node = loader.get_single_node()
            if node and "*" in head and _size(node, {}) > _MOST_VALUES:
                return Reading({}, "its aliases stand for too much")
            value = loader.construct_document(node) if node else {}
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return Reading({}, error.problem or "not YAML", mark.line if mark else 0)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return Reading({}, " ".join(str(error).split()) or "not YAML")
    if not isinstance(value, dict):
        return Reading({}, "no keys, but one value")
    names = [str(key.value) for key, _ in node.value] if node else []
    twice = tuple(sorted(name for name, n in Counter(names).items() if n > 1))
    return Reading({str(key): value[key] for key in value}, repeated=twice)


def _size(node: yaml.Node, known: dict[int, int]) -> int:
    """Return how much a node stands for, its aliases written out."""
    if (size := known.get(id(node))) is not None:
        return size
    known[id(node)] = _MOST_VALUES + 1  # in itself it is endless
    if isinstance(node, yaml.MappingNode):
        size = 1 + sum(_size(part, known) for pair in node.value for part in pair)
    elif isinstance(node, yaml.SequenceNode):
        size = 1 + sum(_size(part, known) for part in node.value)
    else:
        size = 1 + len(node.value) // 16
    known[id(node)] = size
    return size


def _offset(text: str, line: int) -> int:
    at = 0
    for _ in range(line):
        following = text.find("\n", at) + 1
        if not following:
            break
        at = following
    return at


def _chunks(head: str, begin: int) -> Iterator[Chunk]:
    """Yield the keys by their lines: one begins where a line starts with a name."""
    at, open_key, lines = begin, None, list[str]()
    start = begin
    for line in head.splitlines(keepends=True):
        found = _KEY.match(line)
        if found:
            if open_key:
                yield _chunk(open_key, start, at, lines)
            open_key, start, lines = found, at, [line[found.end() :]]
        else:
            lines.append(line)
        at += len(line)
    if open_key:
        yield _chunk(open_key, start, at, lines)


def _chunk(found: re.Match[str], start: int, end: int, lines: list[str]) -> Chunk:
    first = lines[0].strip()
    block = bool(_BLOCK.fullmatch(first))
    value_at = start + found.end() + len(lines[0]) - len(lines[0].lstrip(" \t"))
    texts = [line.strip().removeprefix("- ") for line in lines[1:]]
    words = " ".join(filter(None, [*([] if block else [first]), *texts]))
    return Chunk(found["name"], start, value_at, end, first, words, block)
