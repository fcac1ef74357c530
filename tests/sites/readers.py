"""What the Markdown parsers of site generators make of texts, many in one process.

Each takes a list of Markdown texts and returns the HTML of each, in order.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.sites.generators import missing, mkdocs, node_modules, program

Reader = Callable[[list[str]], list[str]]

_KRAMDOWN = """
require 'json'; require 'kramdown'; require 'kramdown-parser-gfm'
puts JSON.generate(JSON.parse(STDIN.read).map { |text|
  Kramdown::Document.new(text, input: '%s', hard_wrap: false,
                         smart_quotes: 'lsquo,rsquo,ldquo,rdquo').to_html
})
"""

#: With all that Eleventy's users turn on: raw HTML, links made of addresses, quotes.
_MARKDOWN_IT = """
import MarkdownIt from 'markdown-it';
const reader = new MarkdownIt({html: true, linkify: true, typographer: true});
const texts = JSON.parse(await new Response(process.stdin).text());
console.log(JSON.stringify(texts.map(text => reader.render(text))));
"""

#: Astro's own, as it is set when nobody sets it: GFM, and quotes that are curled.
_REMARK = """
import { createMarkdownProcessor } from '@astrojs/markdown-remark';
const reader = await createMarkdownProcessor({smartypants: false});
const texts = JSON.parse(await new Response(process.stdin).text());
const made = [];
for (const text of texts) made.push((await reader.render(text)).code);
console.log(JSON.stringify(made));
"""

#: Those that mkdocs-material recommends, all of them.
#: Source: squidfunk.github.io/mkdocs-material/setup/extensions (October 2026).
_PYTHON_MARKDOWN = """
import json, sys
from markdown import Markdown
import material.extensions.emoji as emoji
names = '''abbr admonition attr_list def_list footnotes md_in_html tables toc
pymdownx.arithmatex pymdownx.betterem pymdownx.caret pymdownx.details pymdownx.emoji
pymdownx.highlight pymdownx.inlinehilite pymdownx.keys pymdownx.magiclink pymdownx.mark
pymdownx.smartsymbols pymdownx.superfences pymdownx.tabbed pymdownx.tasklist
pymdownx.tilde'''.split()
settings = {
    'toc': {'permalink': False},
    'pymdownx.arithmatex': {'generic': True},
    'pymdownx.emoji': {'emoji_index': emoji.twemoji, 'emoji_generator': emoji.to_svg},
    'pymdownx.tabbed': {'alternate_style': True},
    'pymdownx.tasklist': {'custom_checkbox': True},
}
reader = Markdown(extensions=names, extension_configs=settings)
made = [reader.reset().convert(text) for text in json.load(sys.stdin)]
print(json.dumps(made))
"""

#: As the skeleton sets it: tables with spans are HTML inside Markdown.
_HUGO = """
baseURL = "https://news.example/"
disableKinds = ["home", "section", "taxonomy", "term", "RSS", "sitemap", "404"]
[markup.goldmark.renderer]
unsafe = true
"""


def kramdown(texts: list[str]) -> list[str]:
    """Read as Jekyll does, which has the GFM parser on top."""
    return _asked([program("ruby"), "-e", _KRAMDOWN % "GFM"], texts)


def plain_kramdown(texts: list[str]) -> list[str]:
    """Read as kramdown does on its own."""
    return _asked([program("ruby"), "-e", _KRAMDOWN % "kramdown"], texts)


def markdown_it(texts: list[str]) -> list[str]:
    """Read as Eleventy does."""
    return _node(_MARKDOWN_IT, texts)


def remark(texts: list[str]) -> list[str]:
    """Read as Astro does."""
    return _node(_REMARK, texts)


def python_markdown(texts: list[str]) -> list[str]:
    """Read as mkdocs does with all that mkdocs-material recommends."""
    return _asked(
        [sys.executable, "-S", "-c", _PYTHON_MARKDOWN], texts, PYTHONPATH=str(mkdocs())
    )


def goldmark(texts: list[str]) -> list[str]:
    """Read as Hugo does: one site, one page a text."""
    hugo = program("hugo")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for below in ("content/p", "layouts/_default"):
            (folder / below).mkdir(parents=True)
        (folder / "config.toml").write_text(_HUGO, "utf-8")
        layout = folder / "layouts/_default/single.html"
        layout.write_text("{{ .Content }}", "utf-8")
        for at, text in enumerate(texts):
            page = folder / "content/p" / f"{at}.md"
            page.write_text(f"---\ntitle: x\n---\n\n{text}\n", "utf-8")
        _run([hugo, "--quiet"], "", folder)
        pages = [folder / "public/p" / f"{at}/index.html" for at in range(len(texts))]
        # What has no text gets no page.
        return [page.read_text("utf-8") if page.exists() else "" for page in pages]


#: Every reader by its name.
READERS: dict[str, Reader] = {
    "kramdown with GFM": kramdown,
    "kramdown": plain_kramdown,
    "goldmark": goldmark,
    "markdown-it": markdown_it,
    "remark": remark,
    "Python-Markdown": python_markdown,
}


def _node(source: str, texts: list[str]) -> list[str]:
    return _asked(
        [program("node"), "--input-type=module", "-e", source],
        texts,
        folder=node_modules().parent,
    )


def _asked(
    command: list[str], texts: list[str], *, folder: Path | None = None, **more: str
) -> list[str]:
    made: list[str] = json.loads(_run(command, json.dumps(texts), folder, **more))
    assert len(made) == len(texts)
    return made


def _run(command: list[str], given: str, folder: Path | None, **more: str) -> str:
    done = subprocess.run(
        command, cwd=folder, input=given, capture_output=True, encoding="utf-8",
        env={**os.environ, "LANG": "C.UTF-8", "PYTHONUTF8": "1", **more}, timeout=600,
    )  # fmt: skip
    if "cannot load such file" in done.stderr:
        missing("no kramdown with GFM: apt-get install ruby-kramdown-parser-gfm")
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout
