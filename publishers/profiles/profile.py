"""What a house style consists of, and the head that most of them have.

A profile is data: the folder that its site generator reads, and the front-matter keys
its themes know, each with the name of a value (:mod:`publishers.profiles.values`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from publishers.front_matter import Value, render
from publishers.marks import mark_fields
from publishers.profiles import Article, Head
from publishers.profiles.html_body import html_body
from publishers.profiles.markdown_body import markdown_body
from publishers.profiles.values import VALUES, json_ld

#: Front-matter key -> name of a value; a dot leads into a mapping: ``image.path``.
Keys = Mapping[str, str]

#: Values that tell when a post was changed, whatever their key is called.
_TOLD = frozenset({"last_modified_at", "dates"})

Kind = Literal["markdown", "html"]


def keyed_head(article: Article, keys: Keys) -> Head:
    """Return a front matter of these keys, in their order; empty values are left out.

    What happened to the post since, and what the operator adds, stand after them.
    """
    fields = _nested({key: VALUES[name](article) for key, name in keys.items()})
    further = further_fields(article, fields)
    if not _TOLD.isdisjoint(keys.values()):
        further.pop("last_modified_at", None)
    fields |= further
    return Head(render(fields), fields)


def further_fields(
    article: Article, there: Mapping[str, Value], *, twins: bool = True
) -> dict[str, Value]:
    """Return what every profile has after its own keys, but for those ``there``."""
    style = article.style
    fields = mark_fields(article.release.history, twins=twins)
    if style.json_ld:
        fields["json_ld"] = json_ld(article)
    fields |= dict(style.extra)
    return {key: value for key, value in fields.items() if key not in there}


@dataclass(frozen=True, slots=True)
class Profile:
    """A house style."""

    #: Where its site generator looks for posts.
    folder: str = "_posts"
    keys: Keys = field(default_factory=dict)
    #: What makes the front matter.
    head: Callable[[Article, Keys], Head] = keyed_head
    #: What makes each kind of body; no line end at its end.
    markdown: Callable[[Article], str] = markdown_body
    html: Callable[[Article], str] = html_body
    #: The kind it has unless the operator says otherwise.
    own: Kind = "markdown"
    #: The name of a post with an HTML body ends so.
    html_suffix: str = ".md"


def _nested(values: Mapping[str, Value]) -> dict[str, Value]:
    """Return fields of dotted keys, without those that are empty."""
    fields: dict[str, Value] = {}
    for key, value in values.items():
        if value or value is False:
            first, dot, rest = key.partition(".")
            if dot:
                inner = fields.setdefault(first, {})
                assert isinstance(inner, dict)
                inner[rest] = value
            else:
                fields[first] = value
    return fields
