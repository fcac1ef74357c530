"""Ruby as a second judge: its YAML (Psych) and its Markdown (kramdown), as Jekyll has.

One process reads a whole list, so a test over thousands of strings stays quick.
"""

import json
import os
import shutil
import subprocess

import pytest

#: Jekyll reads dates so; strings, numbers and booleans are as Psych types them.
_YAML = """
require 'yaml'; require 'json'; require 'date'
texts = JSON.parse(STDIN.read)
puts JSON.generate(texts.map { |text|
  begin
    YAML.safe_load(text, permitted_classes: [Date, Time])
  rescue StandardError => error
    {'error' => error.class.name}
  end
})
"""

#: As Jekyll calls it: the GFM parser where it is installed.
_KRAMDOWN = """
require 'json'; require 'kramdown'
begin; require 'kramdown-parser-gfm'; input = 'GFM'
rescue LoadError; input = 'kramdown'; end
texts = JSON.parse(STDIN.read)
puts JSON.generate(texts.map { |text|
  Kramdown::Document.new(text, input: input, hard_wrap: false).to_html
})
"""


def load_yaml(texts: list[str]) -> list[object]:
    """Return what Psych makes of each text; a refusal is ``{"error": …}``."""
    return _run(_YAML, texts, library="yaml", package="ruby")


def kramdown(texts: list[str]) -> list[str]:
    """Return the HTML kramdown makes of each Markdown text."""
    return [
        str(made)
        for made in _run(_KRAMDOWN, texts, library="kramdown", package="ruby-kramdown")
    ]


def _run(program: str, texts: list[str], *, library: str, package: str) -> list[object]:
    _need(library, package)
    done = subprocess.run(
        ["ruby", "-Eutf-8:utf-8", "-e", program],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        timeout=120,
    )
    made: list[object] = json.loads(done.stdout)
    return made


def _need(library: str, package: str) -> None:
    """Skip when ruby or its library is missing; on a CI machine that is a failure."""
    found = (
        shutil.which("ruby")
        and not subprocess.run(
            ["ruby", "-e", f"require '{library}'"], capture_output=True, check=False
        ).returncode
    )
    if found:
        return
    reason = f"no ruby with {library}: apt-get install {package}"
    if os.environ.get("CI") == "true" and library == "yaml":
        pytest.fail(reason)
    pytest.skip(reason)
