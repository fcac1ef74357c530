"""Hostile strings other people have collected; read from the captures, never kept."""

import json
import tarfile
from pathlib import Path

import yaml


def hostile_strings(captures: Path) -> list[str]:
    """Return naughty strings, script injections, templates and CommonMark examples."""
    folder = captures / "corpora"
    found: list[str] = json.loads((folder / "strings/blns.json").read_text("utf-8"))
    found += json.loads((folder / "xss/dompurify_testsuite_strings.json").read_text())
    for example in json.loads(
        (folder / "markdown/commonmark_examples.json").read_text()
    ):
        found += [example["markdown"], example["html"]]
    for name in ("ssti.fuzz", "crlfinjection.txt"):
        text = (folder / "paths_inject" / name).read_text("utf-8", errors="replace")
        found += text.splitlines()
    for file in sorted((folder / "bidi").rglob("*")):
        if file.is_file():
            found.append(file.read_bytes().decode("utf-8", errors="replace")[:2000])
    return [text for text in dict.fromkeys(found) if isinstance(text, str)]


def yaml_texts(captures: Path) -> list[str]:
    """Return the documents of the YAML test suite, as strings to be quoted."""
    texts: list[str] = []
    archive = captures / "corpora/yaml/yaml-test-suite-src.tar.gz"
    with tarfile.open(archive) as files:
        for member in files:
            handle = files.extractfile(member) if member.isfile() else None
            if handle is None or not member.name.endswith(".yaml"):
                continue
            for case in yaml.safe_load(handle.read()):
                texts += [case[key] for key in ("yaml", "name") if key in case]
    return list(dict.fromkeys(texts))
