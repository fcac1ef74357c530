"""Fields -> the YAML at the head of a post, the same for every YAML reader.

A small emitter of our own, since readers disagree about what needs quotes: strings are
quoted as JSON does, with every character that is not plainly printable escaped, and
all the rest is a fixed, narrow form. Of 753 hostile strings PyYAML's own output came
back changed from Ruby's reader for several; this form for none (seen October 2026).
What is written is read back and compared before anybody gets it.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import repeat

import yaml

Scalar = str | int | bool | datetime
Value = Scalar | Sequence["Value"] | Mapping[str, "Value"]

#: Letters as generators have them: ``pubDate``. What YAML 1.1 takes for true, false or
#: null is no key.
_KEY = re.compile(
    r"(?!(?:y|n|yes|no|on|off|true|false|null)\Z)[A-Za-z][A-Za-z0-9_]*", re.IGNORECASE
)

_in_json = json.JSONEncoder(ensure_ascii=False).encode

#: Line and paragraph separators, controls, and characters without a shape.
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})

#: Liquid and its like begin so; site generators may look for them in the whole file.
_TEMPLATE = re.compile(r"\{(?=[{%#])")

#: Begins with a Hangul syllable, so it is no number, date, boolean or null, and holds
#: nothing YAML knows but commas, which are text outside brackets.
_PLAIN = re.compile(r"[가-힣](?:[ ]?[가-힣A-Za-z0-9,.·()%‘’“”…~-])*")
#: One word that begins with a capital. Other words might mean true, false or null.
_PLAIN_NAME = re.compile(r"[A-Z][A-Za-z]*")
_PLAIN_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_PATH = re.compile(r"[A-Za-z0-9/_.-]+")

#: Before the name of what a YAML node is.
_TAG = "tag:yaml.org,2002:"

#: PyYAML's reader over libyaml where it was built with it: ten times as fast.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def render(fields: Mapping[str, Value]) -> str:
    r"""Return the lines of a front matter without its ``---``, each ending in ``\n``.

    Keys keep their order. Times have seconds and a zone (``2026-11-23T09:30:00+09:00``,
    the form every generator takes).

    Raises:
        ValueError: a key, or a value's type, is not of this narrow form.
    """
    return "".join(_entry(key, value, "") for key, value in fields.items())


def verify(text: str, fields: Mapping[str, Value]) -> bool:
    """Say whether ``text`` reads back as exactly ``fields``.

    The reader's nodes are compared, each with its tag, which is what the reader takes
    it for: to build all values from them would take longer than to read them.
    """
    try:
        loader = _LOADER(text)  # one without libyaml looks at the letters already
        try:
            return _same(loader.get_single_node(), fields, loader)
        finally:
            loader.dispose()
    except (yaml.YAMLError, ValueError):  # a date that is none is a ValueError
        return False


def quoted(text: str) -> str:
    r"""Return a string in double quotes, on one line.

    >>> quoted('따옴표 " 와 \u2028 줄')
    '"따옴표 \\" 와 \\u2028 줄"'

    Raises:
        ValueError: it holds half a surrogate pair, which no file can hold.
    """
    made = _in_json(text)
    if not made.isprintable():  # nothing of _UNPRINTABLE is
        made = "".join(map(_escaped, made))
    return _TEMPLATE.sub(r"\\u007b", made)


def plain(text: str) -> str:
    """Return a string without quotes where that surely means the same, else quoted."""
    name = _PLAIN_NAME.fullmatch(text) and text.lower() not in _PLAIN_WORDS
    return text if name or _PLAIN.fullmatch(text) else quoted(text)


def single_quoted(path: str) -> str:
    """Return a path in single quotes where that surely means the same, else double."""
    return f"'{path}'" if _PATH.fullmatch(path) else quoted(path)


def folded(*paragraphs: str) -> str | None:
    r"""Return paragraphs as a folded block (``>``); ``None`` where that is not safe.

    The block reads back as the paragraphs joined by ``\n``, with one ``\n`` at the end.
    Its lines stand two blanks in; the last has no line end.
    """
    if not paragraphs or not all(map(_may_fold, paragraphs)):
        return None
    return ">\n" + "\n\n".join(f"  {paragraph}" for paragraph in paragraphs)


def _may_fold(text: str) -> bool:
    return (
        bool(text)
        and text == " ".join(text.split())
        and text.isprintable()
        and not _TEMPLATE.search(text)
        and _UNPRINTABLE.isdisjoint(map(unicodedata.category, text))
    )


def _entry(key: str, value: Value, indent: str) -> str:
    if not _KEY.fullmatch(key):
        raise ValueError(f"not a front matter key: {key!r}")
    match value:
        case str() | int() | datetime():
            return f"{indent}{key}: {_scalar(value)}\n"
        case Mapping():
            inner = (_entry(k, v, indent + "  ") for k, v in value.items())
            return _nested(indent, key, inner, empty="{}")
        case Sequence():
            inner = (_list_item(item, indent + "  ") for item in value)
            return _nested(indent, key, inner, empty="[]")
    raise ValueError(f"not a front matter value: {value!r}")


def _nested(indent: str, key: str, inner: Iterator[str], *, empty: str) -> str:
    lines = "".join(inner)
    return f"{indent}{key}:\n{lines}" if lines else f"{indent}{key}: {empty}\n"


def _list_item(item: Value, indent: str) -> str:
    match item:
        case str() | int() | datetime():  # a bool is an int
            return f"{indent}- {_scalar(item)}\n"
        case Mapping() if item:
            lines = "".join(_entry(k, v, indent + "  ") for k, v in item.items())
            return f"{indent}- {lines[len(indent) + 2 :]}"
    raise ValueError(f"not a list item of front matter: {item!r}")


def _scalar(value: Scalar) -> str:
    match value:
        case str():
            return quoted(value)
        case datetime() if value.tzinfo is not None:
            return value.isoformat(timespec="seconds")
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
    raise ValueError(f"not a front matter value: {value!r}")


def _escaped(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Cs":
        raise ValueError("half a surrogate pair in front matter")
    if category not in _UNPRINTABLE and char not in "\ufffe\uffff":
        return char
    code = ord(char)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _same(read: yaml.Node | None, meant: Value, loader: yaml.SafeLoader) -> bool:
    """Compare with types: YAML's ``1`` is no ``"1"``, and a date is no time."""
    if isinstance(meant, str | int | datetime):
        return isinstance(read, yaml.ScalarNode) and _same_scalar(read, meant, loader)
    if isinstance(meant, Mapping):
        return (
            isinstance(read, yaml.MappingNode)
            and read.tag == _TAG + "map"
            and len(read.value) == len(meant)
            and all(
                _same(key, name, loader) and _same(value, meant[name], loader)
                for (key, value), name in zip(read.value, meant, strict=True)
            )
        )
    return (
        isinstance(read, yaml.SequenceNode)
        and read.tag == _TAG + "seq"
        and len(read.value) == len(meant)
        and all(map(_same, read.value, meant, repeat(loader)))
    )


def _same_scalar(read: yaml.ScalarNode, meant: Scalar, loader: yaml.SafeLoader) -> bool:
    if isinstance(meant, str):
        return read.tag == _TAG + "str" and bool(read.value == meant)
    value = loader.construct_object(read)
    if isinstance(meant, datetime):
        return bool(value == meant.replace(microsecond=0))  # no date is a time
    return type(value) is type(meant) and value == meant
