"""A page as Chromium shows it, and what axe-core says of it.

Chromium is Debian's (``apt-get install chromium fonts-nanum``); axe-core is fetched by
npm, once, at the version and with the digest below. Where either is missing, tests
are skipped and say so; in CI they fail.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path
from typing import Any

import pytest
from github_description import obtain

AXE = (
    "axe-core",
    "4.14.1",
    "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
    "package/axe.min.js",
)
#: Asks axe, and what was loaded from anywhere, and leaves the answer in the page.
ASK = """
axe.run().then(found => {
  const told = document.createElement("script");
  told.type = "application/json";
  told.id = "told";
  told.textContent = JSON.stringify({
    findings: found.violations.map(one => [one.impact, one.id,
      one.nodes.map(node => node.html + " " + node.failureSummary)]),
    passes: found.passes.length,
    loaded: performance.getEntriesByType("resource").map(one => one.name),
    width: document.documentElement.scrollWidth,
    window: innerWidth,
    dark: matchMedia("(prefers-color-scheme: dark)").matches,
  }).replaceAll("<", "\\\\u003c");
  parent.document.body.append(told);
});
"""
#: Chromium makes no window as narrow as a phone, but a frame can be.
FRAME = """<!doctype html><meta name="color-scheme" content="light dark">
<body style="margin:0"><iframe style="border:0;width:{width}px;height:900px"
srcdoc="{page}"></iframe></body>"""


@dataclass(frozen=True, slots=True)
class Shown:
    """How a page looks to Chromium."""

    #: Impact, rule, and the elements.
    findings: list[tuple[str, str, list[str]]]
    #: Rules that were looked at and found kept.
    passes: int
    #: Addresses of what the page asked for, beside itself.
    loaded: list[str]
    #: Of the page, and of the window, in pixels.
    width: int
    window: int
    dark: bool
    #: What the console got.
    console: list[str]


def chromium() -> str:
    """Return the path of Chromium, or skip the test."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        how = "no chromium: apt-get install chromium fonts-nanum"
        if os.environ.get("CI"):
            pytest.fail(how)
        pytest.skip(how)
    return found


def look(page: str, *, width: int, dark: bool = False) -> Shown:
    """Show a page, with its own policy on scripts lifted for axe alone."""
    program = chromium()
    axe = obtain(*AXE).decode()
    bare = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    asked = f"<script>{axe}</script><script>{ASK}</script></body>"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "page.html")
        framed = escape(bare.replace("</body>", asked))
        file.write_text(FRAME.format(width=width, page=framed), "utf-8")
        dom = _run(program, file, folder, width + 100, dark, "--dump-dom").stdout
        plain = Path(folder, "plain.html")
        plain.write_text(page, "utf-8")
        said = _run(program, plain, folder, width, dark, "--dump-dom").stderr
    told = re.search(r'<script type="application/json" id="told">(.*?)</script>', dom)
    assert told, f"axe did not answer: {dom[-500:]}"
    values: dict[str, Any] = json.loads(unescape(told[1]))
    console = [line for line in said.splitlines() if ":CONSOLE" in line]
    return Shown(**values, console=console)


def picture(page: str, file: Path, *, width: int, height: int) -> None:
    """Keep what a window of that size shows, as PNG."""
    program = chromium()
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "page.html")
        source.write_text(page, "utf-8")
        shot = f"--screenshot={file}"
        _run(program, source, folder, width, False, shot, height=height)


def _run(
    program: str,
    file: Path,
    folder: str,
    width: int,
    dark: bool,
    what: str,
    height: int = 900,
) -> subprocess.CompletedProcess[str]:
    scheme = 0 if dark else 1
    return subprocess.run(
        [
            program, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
            "--hide-scrollbars", "--disable-background-networking",
            "--disable-component-update", "--disable-sync",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--enable-logging=stderr", "--virtual-time-budget=20000",
            f"--user-data-dir={folder}/profile",
            f"--blink-settings=preferredColorScheme={scheme}",
            f"--window-size={width},{height}", what, file.as_uri(),
        ],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
