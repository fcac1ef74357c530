"""GitHub's own description of its API, to hold every request and answer against.

Two packages of the npm registry have it: the OpenAPI description and the GraphQL
schema. They are fetched once, by npm, at the versions and with the digests below, and
kept in ``.bench`` (not in git). Where npm or the registry is missing, tests that need
them are skipped and say so; in CI they fail.
"""

import base64
import functools
import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

import graphql
import pytest
from forge_fake import Exchange, Judge
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

CACHE = Path(__file__).parents[1] / ".bench" / "github"
OPENAPI = (
    "@octokit/openapi",
    "23.0.2",
    "pV8M7L9GY23AybNvTmo2nyjmpmnt6+2sRE/tqr0ZLQcPS4lnw7u5eZGNmwRNkBC3D7gZXbFx5AHzLUVRBXGDhg==",
    "package/generated/api.github.com.json",
)
GRAPHQL = (
    "@octokit/graphql-schema",
    "15.26.1",
    "RFDC2MpRBd4AxSRvUeBIVeBU7ojN/SxDfALUd7iVYOSeEK3gZaqR2MGOysj4Zh2xj2RY5fQAUT+Oqq7hWTraMA==",
    "package/schema.graphql",
)
URN = "urn:github"
#: Statuses any request may be answered with, described or not.
UNDESCRIBED = {401, 404}


def obtain(package: str, version: str, digest: str, member: str) -> bytes:
    """Return one file of a package of the npm registry, or skip the test."""
    kept = CACHE / f"{package.rpartition('/')[2]}-{version}-{Path(member).name}"
    if kept.exists():
        return kept.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        packed = _pack(f"{package}@{version}", folder)
    found = base64.b64encode(hashlib.sha512(packed).digest()).decode()
    assert found == digest, f"{package}@{version} is not what it was"
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        file = archive.extractfile(member)
        assert file
        content = file.read()
    CACHE.mkdir(parents=True, exist_ok=True)
    temporary = kept.with_suffix(f".{os.getpid()}.tmp")
    temporary.write_bytes(content)
    temporary.replace(kept)
    return content


def _pack(what: str, folder: str) -> bytes:
    how = "install npm and let it reach the npm registry, once"
    if not shutil.which("npm"):
        _missing(f"no npm to fetch {what} by: {how}")
    done = subprocess.run(
        ["npm", "pack", "--silent", "--pack-destination", folder, what],
        capture_output=True, text=True, cwd=folder,
        env={**os.environ, "HOME": folder}, timeout=300,
    )  # fmt: skip
    files = list(Path(folder).glob("*.tgz"))
    if done.returncode or not files:
        _missing(f"npm cannot fetch {what} ({done.stderr.strip()[:200]}): {how}")
    return files[0].read_bytes()


def _missing(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@functools.cache
def description() -> "Description":
    """Return GitHub's REST API as described, or skip the test."""
    return Description(json.loads(obtain(*OPENAPI)))


@functools.cache
def schema() -> graphql.GraphQLSchema:
    """Return GitHub's GraphQL schema, or skip the test."""
    return graphql.build_schema(
        obtain(*GRAPHQL).decode(), assume_valid=True, assume_valid_sdl=True
    )


def run_graphql(query: str, variables: dict[str, Any], root: Any) -> Any:
    """Return what a server of GitHub's schema answers; ``root`` has the mutations."""
    done = graphql.graphql_sync(schema(), query, root, variable_values=variables)
    answer: dict[str, Any] = {"data": done.data}
    if done.errors:
        # A mutation that fails has a path; a request that is none has not.
        assert all(error.path for error in done.errors), done.errors
        answer["errors"] = [{"message": error.message} for error in done.errors]
    return answer


def judge_if_any() -> Judge | None:
    """Return the judge of requests; ``None`` where it cannot be had, but not in CI."""
    try:
        return description().judge
    except pytest.skip.Exception:
        return None


class Description:
    """What GitHub says of its REST API."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._paths = document["paths"]
        self._document = _as_2020(document)
        contents = {"paths": self._document["paths"]}
        contents["components"] = self._document["components"]
        resource = Resource(contents, specification=DRAFT202012)
        self._registry = Registry().with_resource(URN, resource)
        #: Operations that were asked for, for tests of this judge.
        self.seen: set[tuple[str, str]] = set()

    def judge(self, exchange: Exchange) -> None:
        """Hold one request and its answer against the description.

        Raises:
            AssertionError: GitHub would refuse the one, or never send the other.
        """
        if exchange.path == "/graphql":
            assert set(exchange.body) <= {"query", "variables", "operationName"}
            return
        template, values = self._find(exchange.path)
        method = exchange.method.lower()
        operations = self._document["paths"][template]
        assert method in operations, f"no {method} of {template}"
        self.seen.add((exchange.method, template))
        operation = operations[method]
        self._judge_parameters(operation, exchange.query, values)
        self._judge_request(operation, exchange.body)
        self._judge_answer(operation, exchange)

    def _find(self, path: str) -> tuple[str, dict[str, str]]:
        """Return the described path, and what stands in its places."""
        parts = path.split("/")
        for template in self._paths:
            names = template.split("/")
            if len(names) == len(parts) and all(
                name == part or name.startswith("{")
                for name, part in zip(names, parts, strict=True)
            ):
                pairs = zip(names, parts, strict=True)
                return template, {n[1:-1]: p for n, p in pairs if n.startswith("{")}
        raise AssertionError(f"no such path: {path}")

    def _judge_parameters(
        self, operation: Any, query: dict[str, str], values: dict[str, str]
    ) -> None:
        known = set()
        for parameter in map(self._resolved, operation.get("parameters", [])):
            name = parameter["name"]
            known.add(name)
            given = (query if parameter["in"] == "query" else values).get(name)
            if given is None:
                assert not parameter.get("required"), f"{name} is missing"
                continue
            kind = parameter["schema"].get("type")
            value = int(given) if kind == "integer" else given
            self._hold(parameter["schema"], value, f"parameter {name}")
        assert set(query) <= known, f"unknown parameters: {set(query) - known}"

    def _judge_request(self, operation: Any, body: Any) -> None:
        described = operation.get("requestBody")
        if body is None:
            assert not (described or {}).get("required"), "no body"
            return
        assert described, "a body where none is described"
        schema = described["content"]["application/json"]["schema"]
        self._hold(schema, body, "request")
        known: set[str] = set()
        for one in schema.get("oneOf") or schema.get("anyOf") or [schema]:
            known |= set(one.get("properties", {}))
        assert set(body) <= known, f"unknown in the request: {set(body) - known}"

    def _judge_answer(self, operation: Any, exchange: Exchange) -> None:
        status = exchange.status
        described = operation["responses"].get(str(status))
        if described is None:
            assert status in UNDESCRIBED, f"never answered with {status}"
            described = self._document["components"]["responses"]["not_found"]
        content = self._resolved(described).get("content", {})
        if "application/json" in content:
            self._hold(content["application/json"]["schema"], exchange.answer, "answer")

    def _resolved(self, what: Any) -> Any:
        while "$ref" in what:
            found: Any = self._document
            for name in what["$ref"].removeprefix(URN).removeprefix("#/").split("/"):
                found = found[name.replace("~1", "/").replace("~0", "~")]
            what = found
        return what

    def _hold(self, schema: Any, value: Any, what: str) -> None:
        validator = Draft202012Validator(
            {"$id": f"{URN}:{quote(what)}", **_absolute(schema)},
            registry=self._registry,
        )
        for trouble in validator.iter_errors(value):
            where = "/".join(map(str, trouble.absolute_path))
            raise AssertionError(f"{what} at {where or 'top'}: {trouble.message[:300]}")


def _as_2020(node: Any) -> Any:
    """Return an OpenAPI 3.0 schema as one of JSON Schema 2020-12."""
    if isinstance(node, list):
        return [_as_2020(one) for one in node]
    if not isinstance(node, dict):
        return node
    made = {key: _as_2020(value) for key, value in node.items() if key != "examples"}
    if made.pop("nullable", None) is True:
        return {"anyOf": [made, {"type": "null"}]}
    return made


def _absolute(node: Any) -> Any:
    """Return a schema whose references name the document they are in."""
    if isinstance(node, list):
        return [_absolute(one) for one in node]
    if not isinstance(node, dict):
        return node
    return {
        key: URN + value
        if key == "$ref" and isinstance(value, str) and value.startswith("#")
        else _absolute(value)
        for key, value in node.items()
    }
