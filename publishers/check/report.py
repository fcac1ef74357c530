"""Findings as machines read them: JSON, SARIF 2.1.0, and annotations of GitHub."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from publishers.check.rules import RULES, Finding, Level
from scraper.text import clean

#: Where a reader of a SARIF file finds its form; the form itself is named by version.
SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_SARIF_VERSION = "2.1.0"
_COMMANDS: dict[Level, str] = {"error": "error", "warning": "warning", "note": "notice"}


def by_rule(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Return the findings of each class, in the order of the rules."""
    found: dict[str, list[Finding]] = {name: [] for name in RULES}
    for finding in findings:
        found[finding.rule].append(finding)
    return {name: of_it for name, of_it in found.items() if of_it}


def is_defect(finding: Finding) -> bool:
    """Say whether a finding is more than a note."""
    return finding.level != "note"


def as_json(posts: int, findings: Sequence[Finding], exit_code: int) -> dict[str, Any]:
    """Return all that was found, for scripts."""
    return {
        "exit_code": exit_code,
        "posts": posts,
        "posts_with_defects": len({f.path for f in findings if is_defect(f)}),
        "counts": Counter(finding.rule for finding in findings),
        "findings": [
            {
                "path": shown(finding.path),
                "line": finding.line,
                "column": finding.column,
                "rule": finding.rule,
                "level": finding.level,
                "message": clean(finding.message),
                "mechanical": finding.mechanical,
            }
            for finding in findings
        ],
    }


def as_sarif(findings: Iterable[Finding], folder: str, version: str) -> dict[str, Any]:
    """Return a SARIF log; ``folder`` is where the paths begin, seen from its reader.

    Places are in characters (``unicodeCodePoints``); a finding about a file as a whole
    stands at its first line, for viewers show none without a line.
    """
    names = list(RULES)
    rules = [
        {
            "id": name,
            "shortDescription": {"text": rule.summary},
            "defaultConfiguration": {"level": rule.level},
        }
        for name, rule in RULES.items()
    ]
    results = [_result(finding, names, folder) for finding in findings]
    driver = {"name": "bodojaryo", "version": version, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return {"$schema": SARIF_SCHEMA, "version": _SARIF_VERSION, "runs": [run]}


def _result(finding: Finding, names: list[str], folder: str) -> dict[str, Any]:
    address = quote(joined(folder, finding.path).encode("utf-8", "surrogateescape"))
    region = {"startLine": max(finding.line, 1)}
    if finding.line:
        region["startColumn"] = finding.column
    place = {"artifactLocation": {"uri": address}, "region": region}
    return {
        "ruleId": finding.rule,
        "ruleIndex": names.index(finding.rule),
        "level": finding.level,
        "message": {"text": clean(finding.message)},
        "locations": [{"physicalLocation": place}],
        "properties": {"mechanical": finding.mechanical},
    }


def annotation(finding: Finding, folder: str) -> str:
    """Return a workflow command by which GitHub shows a finding at its line."""
    path = shown(joined(folder, finding.path))
    # Blanks count in a name; what acts on a terminal that shows the log does not.
    properties = {"file": "".join(map(_inert, path))}
    if finding.line:
        properties |= {"line": str(finding.line), "col": str(finding.column)}
    properties["title"] = finding.rule
    named = ",".join(f"{name}={_property(text)}" for name, text in properties.items())
    message = _data(clean(f"{RULES[finding.rule].summary}: {finding.message}"))
    return f"::{_COMMANDS[finding.level]} {named}::{message}"


def joined(folder: str, path: str) -> str:
    """Return a path below a folder; a folder that is "." adds nothing."""
    return path if folder in ("", ".") else f"{folder.rstrip('/')}/{path}"


def shown(path: str) -> str:
    """Return a path as text that every file and terminal can hold."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _inert(char: str) -> str:
    return char if char.isprintable() or char in "\r\n" else "\ufffd"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
