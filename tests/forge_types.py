"""Typed clients of GitLab, Gitea and Forgejo, to hold requests and answers against.

They are packages of the npm registry, fetched once at the versions and with the digests
below (:func:`github_description.obtain`):

- ``@gitbeaker/core``: the methods and types of GitLab's REST API;
- ``gitea-js``: made from Gitea's own OpenAPI description;
- ``@llamaduck/forgejo-ts``: made from Forgejo's.
"""

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from forge_fake import Exchange, Judge
from github_description import obtain
from typescript import Fields, Function, Many, Name, Reader, Type, Types

GITBEAKER = (
    "@gitbeaker/core",
    "43.8.0",
    "H+LfKuf4dExBinb79c+CXViRBvTVQNf5BYLNSizm2SiqdED5JruhKX88payefleY0szp7G/mySlFSXPyGRH1dQ==",
)
GITEA_JS = (
    "gitea-js",
    "1.23.0",
    "f4+UPoWgDetZeZ+Awo5iI1nVdO5bjxA8+2QCeLo3oYWUYxKyzLfXgbW1EPD635wb8hLgS0DRBu5XhtiuYKEeUA==",
)
FORGEJO_TS = (
    "@llamaduck/forgejo-ts",
    "15.0.9",
    "Zxra6GLr36gL4UdBPahqmFJo0ZhaHRXZizrrxz2IIjz8zeqOOEahS4vGgGoO/I0zGMjQJoTbQiakibQSxVCaMw==",
)
DECLARED, CODE = "package/dist/index.d.ts", "package/dist/index.mjs"

#: The client's method for each request of GitLab that we know, by verb and path.
GITLAB = {
    ("GET", "projects/{}/merge_requests"): ("MergeRequests", "all"),
    ("POST", "projects/{}/merge_requests"): ("MergeRequests", "create"),
    ("GET", "projects/{}/merge_requests/{}"): ("MergeRequests", "show"),
    ("PUT", "projects/{}/merge_requests/{}"): ("MergeRequests", "edit"),
    ("PUT", "projects/{}/merge_requests/{}/merge"): ("MergeRequests", "merge"),
    ("GET", "projects/{}/merge_requests/{}/diffs"): ("MergeRequests", "allDiffs"),
    ("GET", "projects/{}/repository/compare"): ("Repositories", "compare"),
    ("GET", "projects/{}/repository/files/{}"): ("RepositoryFiles", "show"),
    ("GET", "users"): ("Users", "all"),
}
#: Fields of an answer that the client wants of every account and GitLab sends of some.
SOME_ACCOUNTS = {"created_at"}
#: Statuses that a description leaves out: no access, nothing there; and Gitea's code
#: says that a merge was scheduled by 201, which no description has.
UNDESCRIBED = {401, 403, 404}
SCHEDULED = ("RepoMergePullRequest", 201)


class GitLabClient:
    """What GitLab's client would send, and what it takes."""

    def __init__(self, types: Types, code: str) -> None:
        self.types = types
        self._code = code
        self.seen: set[tuple[str, str]] = set()

    def judge(self, exchange: Exchange) -> None:
        """Hold one request and its answer against the client.

        Raises:
            AssertionError: it sends no such thing, or takes no such answer.
        """
        key, inside = self._find(exchange)
        self.seen.add(key)
        method = self.types.method(*GITLAB[key])
        self._judge_code(key)
        sent = exchange.body if exchange.is_write else _numbered(exchange.query)
        fields = self._sendable(method, inside)
        self.types.hold_fields(fields, sent or {}, "request")
        if exchange.status < 300:
            self._judge_answer(method.answer, exchange.answer)

    def _find(self, exchange: Exchange) -> tuple[tuple[str, str], int]:
        path = exchange.path.removeprefix("/api/v4/")
        for verb, template in GITLAB:
            pattern = re.escape(template).replace(r"\{\}", "[^/]+")
            if verb == exchange.method and re.fullmatch(pattern, path):
                return (verb, template), template.count("{}")
        raise AssertionError(f"no such request: {exchange.method} {path}")

    def _judge_code(self, key: tuple[str, str]) -> None:
        """See that the client's method really asks for that path."""
        of, name = GITLAB[key]
        start = self._code.index(f"var {of} = class")
        found = re.search(rf"^  {name}\(", self._code[start:], re.MULTILINE)
        assert found, f"no code of {of}.{name}"
        body = self._code[start + found.end() :]
        body = body[: body.index("\n  }\n")]
        assert f"RequestHelper.{key[0].lower()}()" in body
        assert key[1].rpartition("{}")[2].strip("/") in body

    def _sendable(self, method: Function, inside: int) -> dict[str, tuple[Type, bool]]:
        """Return what goes into the query or body: what does not go into the path."""
        fields: dict[str, tuple[Type, bool]] = {}
        for at, (name, kind, optional) in enumerate(method.parameters):
            if name == "options":
                fields |= self.types.fields(kind)
            elif at >= inside:
                fields[name] = (kind, optional)
        for name in ("projectId", "groupId"):
            fields.pop(name, None)
        return {_snake(name): one for name, one in fields.items()}

    def _judge_answer(self, of: Type, value: Any) -> None:
        assert isinstance(of, Name)
        assert of.name == "Promise"
        (response,) = of.arguments
        assert isinstance(response, Name)
        if isinstance(response.arguments[0], Many):
            for at, item in enumerate(value):
                self._judge_item(response.arguments[0].of, item, f"answer/{at}")
        else:
            self._judge_item(response.arguments[0], value, "answer")

    def _judge_item(self, of: Type, value: Any, where: str) -> None:
        fields = dict(self.types.fields(of))
        if "username" in fields:
            fields = {n: f for n, f in fields.items() if n not in SOME_ACCOUNTS}
        self.types.hold_fields(fields, value, where)


@dataclass(frozen=True)
class Call:
    """One request of a description."""

    name: str
    query: Type
    body: Type | None
    answers: dict[int, Type]
    #: Whether other statuses are not to be expected.
    all_statuses: bool


#: What reads a request's types once it is asked for, by verb and path.
Calls = dict[tuple[str, str], Callable[[], Call]]


class SwaggerClient:
    """What a client made from an OpenAPI description would send, and what it takes."""

    def __init__(self, types: Types, calls: Calls) -> None:
        self.types = types
        self._calls = calls
        self.seen: set[tuple[str, str]] = set()

    def judge(self, exchange: Exchange) -> None:
        """Hold one request and its answer against the client.

        Raises:
            AssertionError: it sends no such thing, or takes no such answer.
        """
        path = exchange.path.removeprefix("/api/v1")
        fitting = [
            (verb, template)
            for verb, template in self._calls
            if verb == exchange.method and _pattern(template).fullmatch(path)
        ]
        assert fitting, f"no such request: {exchange.method} {path}"
        # A word of the path counts more than a place for any word.
        key = min(fitting, key=lambda one: one[1].count("{"))
        self.seen.add(key)
        self._judge(self._calls[key](), exchange)

    def _judge(self, call: Call, exchange: Exchange) -> None:
        query = self.types.fields(call.query)
        self.types.hold_fields(query, _numbered(exchange.query), "query")
        if exchange.body is not None:
            assert call.body, "a body where none is described"
            self.types.hold(call.body, exchange.body, "request")
        else:
            assert not call.body, "no body"
        status = exchange.status
        if status in call.answers:
            self.types.hold(call.answers[status], exchange.answer, "answer")
        elif call.all_statuses:
            known = status in UNDESCRIBED or (call.name, status) == SCHEDULED
            assert known, f"never answered with {status}"
        elif status < 300:
            self.types.hold(call.answers[200], exchange.answer, "answer")


def _forgejo_calls(types: Types, code: str) -> Calls:
    """Find the requests in the code; their types go by the same names."""
    pattern = (
        r"^var (\w+) = \(options\w*\) => \(options\w*\??\.client \?\? client\)"
        r"\.(\w+)\(\{.*?^  url: \"([^\"]+)\""
    )
    calls: Calls = {}
    for found in re.finditer(pattern, code, re.MULTILINE | re.DOTALL):
        name = found[1][0].upper() + found[1][1:]
        calls[found[2].upper(), found[3]] = functools.cache(
            functools.partial(_forgejo_call, types, name)
        )
    return calls


def _forgejo_call(types: Types, name: str) -> Call:
    data = types.fields(Name(f"{name}Data"))
    answers = types.fields(Name(f"{name}Responses"))
    answers |= types.fields(Name(f"{name}Errors"))
    never = Name("never")
    query, _ = data.get("query", (never, True))
    body, _ = data.get("body", (never, True))
    return Call(
        name,
        Fields() if query == never else query,
        None if body == never else body,
        {int(status): kind for status, (kind, _) in answers.items()},
        all_statuses=True,
    )


def _gitea_calls(types: Types) -> Calls:
    """Find the requests in the remarks above the client's functions."""
    pattern = r"@request (\w+):(\S+)\n(?:\s+\*[^\n]*\n)*\s+\*/\s+(\w+): (?=\()"
    return {
        (found[1], found[2]): functools.cache(
            functools.partial(_gitea_call, types, found[3], found.end())
        )
        for found in re.finditer(pattern, types.text)
    }


def _gitea_call(types: Types, name: str, at: int) -> Call:
    function = Reader(types.text, at).type()
    assert isinstance(function, Function)
    given = {name: kind for name, kind, _ in function.parameters}
    promised = function.answer
    assert isinstance(promised, Name)
    response = promised.arguments[0]
    assert isinstance(response, Name)
    return Call(
        name,
        given.get("query", Fields()),
        given.get("body"),
        {200: response.arguments[0]},
        all_statuses=False,
    )


@functools.cache
def gitlab() -> GitLabClient:
    """Return GitLab's client, or skip the test."""
    types = Types(obtain(*GITBEAKER, DECLARED).decode())
    return GitLabClient(types, obtain(*GITBEAKER, CODE).decode())


@functools.cache
def forgejo() -> SwaggerClient:
    """Return Forgejo's client, or skip the test."""
    types = Types(obtain(*FORGEJO_TS, DECLARED).decode(), nullable=True)
    code = obtain(*FORGEJO_TS, CODE).decode()
    return SwaggerClient(types, _forgejo_calls(types, code))


@functools.cache
def gitea() -> SwaggerClient:
    """Return Gitea's client, or skip the test."""
    types = Types(obtain(*GITEA_JS, DECLARED).decode(), nullable=True)
    return SwaggerClient(types, _gitea_calls(types))


def gitea_or_forgejo(exchange: Exchange) -> None:
    """Hold one request and its answer against both clients."""
    gitea().judge(exchange)
    forgejo().judge(exchange)


def if_any(judge: Judge, *clients: Any) -> Judge | None:
    """Return the judge; ``None`` where a client cannot be had, but not in CI."""
    try:
        for client in clients:
            client()
    except pytest.skip.Exception:
        return None
    return judge


@functools.cache
def _pattern(template: str) -> re.Pattern[str]:
    """Return a path's pattern; what stands last may have slashes in it."""
    parts = re.split(r"\{\w+\}", template)
    pattern = "[^/]+".join(map(re.escape, parts))
    if template.endswith(("/{filepath}", "/{ref}", "/{branch}", "/{basehead}")):
        pattern = pattern.removesuffix("[^/]+") + ".+"
    return re.compile(pattern)


def _numbered(query: dict[str, str]) -> dict[str, Any]:
    """Return a query with its numbers as such."""
    return {n: int(v) if v.isdecimal() else v for n, v in query.items()}


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
