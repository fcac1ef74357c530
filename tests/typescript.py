"""Reads as much TypeScript as typed clients of forges need, and holds JSON against it.

Declarations are found by name and read when asked for. What is held is strict: a field
that is not declared is a trouble, whatever the type leaves open.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

_TOKEN = re.compile(
    r"""\s+|//[^\n]*|/\*.*?\*/
    |(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`]*`)
    |(?P<word>[A-Za-z_$][\w$]*|\d+)
    |(?P<sign>=>|\.\.\.|.)""",
    re.DOTALL | re.VERBOSE,
)
_PLAIN = {"string": str, "boolean": bool, "number": (int, float), "null": type(None)}
_OPEN = {"any", "unknown", "object", "Blob", "File", "void", "undefined"}
#: Generic types that make every field of their first argument optional.
_LOOSE = {"Partial", "AllOrNone", "OneOrNoneOf", "Sudo"}


@dataclass(frozen=True)
class Name:
    name: str
    arguments: tuple["Type", ...] = ()


@dataclass(frozen=True)
class Literal:
    value: Any


@dataclass(frozen=True)
class Many:
    of: "Type"


@dataclass(frozen=True)
class Either:
    of: tuple["Type", ...]


@dataclass(frozen=True)
class Both:
    of: tuple["Type", ...]


@dataclass(frozen=True)
class Fields:
    #: Type of each field, and whether it may be missing.
    of: dict[str, tuple["Type", bool]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Function:
    parameters: tuple[tuple[str, "Type", bool], ...]
    answer: "Type"


Type = Name | Literal | Many | Either | Both | Fields | Function
ANY = Name("any")


class Types:
    """The declarations of one file; ``nullable``: what may be missing may be null."""

    def __init__(self, text: str, *, nullable: bool = False) -> None:
        self.text = text
        self._nullable = nullable
        self.named = cache(self._named)
        self.method = cache(self._method)

    def _named(self, name: str) -> Type | None:
        pattern = rf"^(?:export )?(?:declare )?(type|interface) {name}\b(?!:)"
        found = re.search(pattern, self.text, re.MULTILINE)
        if not found:
            return None
        reader = Reader(self.text, found.end())
        reader.skip_generics()
        if found[1] == "type":
            reader.need("=")
            return reader.type()
        above = []
        if reader.take("extends"):
            above.append(reader.type())
            while reader.take(","):
                above.append(reader.type())
        return Both((*above, reader.type()))

    def _method(self, of: str, name: str) -> Function:
        """Return a method of a class; of overloaded ones, the last."""
        start = re.search(rf"^declare class {of}\b", self.text, re.MULTILINE)
        assert start, f"no class {of}"
        body = self.text[start.end() : self.text.index("\n}", start.end())]
        starts = list(re.finditer(rf"^    {name}(?=[<(])", body, re.MULTILINE))
        assert starts, f"no method {name} of {of}"
        reader = Reader(body, starts[-1].end())
        reader.skip_generics()
        parameters = reader.parameters()
        reader.need(":")
        return Function(parameters, reader.type())

    def fields(self, of: Type) -> dict[str, tuple[Type, bool]]:
        """Return all fields a type declares, in whatever branch."""
        match of:
            case Fields(own):
                return own
            case Both(parts):
                found = {}
                for part in parts:
                    found |= self.fields(part)
                return found
            case Either(parts):
                return {
                    name: (kind, True)
                    for part in parts
                    for name, (kind, _) in self.fields(part).items()
                }
            case Name("MappedOmit" | "Omit", (whole, less)):
                return {
                    name: one
                    for name, one in self.fields(whole).items()
                    if name not in _names(less)
                }
            case Name("Pick", (whole, only)):
                return {
                    name: one
                    for name, one in self.fields(whole).items()
                    if name in _names(only)
                }
            case Name(name, (whole, *_)) if name in _LOOSE:
                return {n: (kind, True) for n, (kind, _) in self.fields(whole).items()}
            case Name(name):
                declared = self.named(name)
                return self.fields(declared) if declared else {}
        return {}

    def hold(self, of: Type, value: Any, where: str) -> None:
        """Hold JSON against a type.

        Raises:
            AssertionError: it is none of that.
        """
        match of:
            case Name(name) if name in _OPEN:
                return
            case Name(name) if name in _PLAIN:
                is_it = isinstance(value, _PLAIN[name])
                is_it &= name != "number" or not isinstance(value, bool)
                assert is_it, f"{where}: {value!r} is no {name}"
            case Name("Array", (item,)) | Many(item):
                assert isinstance(value, list), f"{where}: {value!r} is no list"
                for at, one in enumerate(value):
                    self.hold(item, one, f"{where}/{at}")
            case Literal(wanted):
                assert value == wanted, f"{where}: {value!r} is not {wanted!r}"
            case Either(choices):
                self._hold_one(choices, value, where)
            case Name("Record", _):
                assert isinstance(value, dict), f"{where}: {value!r} is no object"
            case Name(name, ()) if not isinstance(self.named(name), (Both, Fields)):
                declared = self.named(name)
                assert declared, f"{where}: no type {name}"
                self.hold(declared, value, where)
            case _:
                self.hold_fields(self.fields(of), value, where)

    def hold_fields(
        self, fields: dict[str, tuple[Type, bool]], value: Any, where: str
    ) -> None:
        assert isinstance(value, dict), f"{where}: {value!r} is no object"
        assert set(value) <= set(fields), f"{where}: unknown {set(value) - set(fields)}"
        for name, (kind, optional) in fields.items():
            if name not in value:
                assert optional, f"{where}: no {name}"
            elif not (optional and self._nullable and value[name] is None):
                self.hold(kind, value[name], f"{where}/{name}")

    def _hold_one(self, choices: tuple[Type, ...], value: Any, where: str) -> None:
        troubles = []
        for choice in choices:
            try:
                return self.hold(choice, value, where)
            except AssertionError as error:
                troubles.append(str(error))
        raise AssertionError(" and ".join(troubles))


def _names(of: Type) -> set[str]:
    match of:
        case Literal(str() as name):
            return {name}
        case Either(parts):
            return {name for part in parts for name in _names(part)}
    raise AssertionError(f"no names: {of}")


class Reader:
    """Reads one type after another from a place of a text."""

    def __init__(self, text: str, at: int) -> None:
        self._tokens = self._read(text, at)
        self._ahead: list[str] = []

    @staticmethod
    def _read(text: str, at: int) -> Iterator[str]:
        for found in _TOKEN.finditer(text, at):
            if found.lastgroup:
                yield found[0]

    def peek(self, at: int = 0) -> str:
        while len(self._ahead) <= at:
            self._ahead.append(next(self._tokens, ""))
        return self._ahead[at]

    def next(self) -> str:
        token = self.peek()
        self._ahead.pop(0)
        return token

    def take(self, token: str) -> bool:
        if self.peek() == token:
            self.next()
            return True
        return False

    def need(self, token: str) -> None:
        found = self.next()
        assert found == token, f"{found!r} where {token!r} is wanted"

    def skip_generics(self) -> None:
        """Skip the parameters of a generic type, as ``<T extends X = Y>``."""
        if self.peek() == "<":
            self._skip("<", ">")

    def _skip(self, opening: str, closing: str) -> None:
        depth = 0
        while True:
            token = self.next()
            assert token
            depth += (token == opening) - (token == closing)
            if not depth:
                return

    # --- types ------------------------------------------------------------------------

    def type(self) -> Type:
        """Read a type; of a conditional one, both branches."""
        kind = self._either()
        if not self.take("extends"):
            return kind
        self._either()
        self.need("?")
        yes = self.type()
        self.need(":")
        return Either((yes, self.type()))

    def _either(self) -> Type:
        return self._joined("|", Either, self._both)

    def _both(self) -> Type:
        return self._joined("&", Both, self._postfix)

    def _joined(self, sign: str, kind: Any, read: Any) -> Type:
        self.take(sign)
        parts = [read()]
        while self.take(sign):
            parts.append(read())
        return parts[0] if len(parts) == 1 else kind(tuple(parts))

    def _postfix(self) -> Type:
        kind = self._primary()
        while self.peek() == "[":
            self.next()
            if self.take("]"):
                kind = Many(kind)
            else:
                self.type()
                self.need("]")
                kind = ANY
        return kind

    def _primary(self) -> Type:
        token = self.peek()
        if token == "{":
            return self._fields()
        if token == "(":
            return self._parenthesis()
        self.next()
        if token[0] in "'\"":
            return Literal(token[1:-1])
        if token.isdigit():
            return Literal(int(token))
        if token in ("true", "false"):
            return Literal(token == "true")
        if token in ("keyof", "typeof", "infer"):
            self._postfix()
            return ANY
        return self._name(token)

    def _name(self, name: str) -> Type:
        while self.take("."):
            name += "." + self.next()
        arguments = []
        if self.take("<"):
            while not self.take(">"):
                arguments.append(self.type())
                self.take(",")
        return Name(name, tuple(arguments))

    def _parenthesis(self) -> Type:
        if self.peek(1) == ")" or self.peek(2) in (":", "?"):
            parameters = self.parameters()
            self.need("=>")
            return Function(parameters, self.type())
        self.next()
        kind = self.type()
        self.need(")")
        return kind

    def parameters(self) -> tuple[tuple[str, Type, bool], ...]:
        """Read the parameters of a function; one taken apart has no name."""
        self.need("(")
        found = []
        while not self.take(")"):
            name = ""
            if self.peek() == "{":
                self._skip("{", "}")
            else:
                name = self.next()
            optional = self.take("?")
            self.need(":")
            found.append((name, self.type(), optional))
            self.take(",")
        return tuple(found)

    def _fields(self) -> Fields:
        self.need("{")
        found: dict[str, tuple[Type, bool]] = {}
        while not self.take("}"):
            if self.peek() == "[":
                self._skip("[", "]")
                self.take("?")
                self.need(":")
                self.type()
            else:
                self.take("readonly")
                name = self.next().strip("'\"")
                optional = self.take("?")
                self.need(":")
                found[name] = (self.type(), optional)
            self.take(";") or self.take(",")
        return Fields(found)
