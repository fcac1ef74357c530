"""What an operator can decide about the look of posts: ``post`` in config.yaml."""

import re
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PositiveInt,
    StrictBool,
    StrictInt,
    model_validator,
)

ProfileName = Literal[
    "plain",
    "newsdao",
    "alembic",
    "chirpy",
    "hugo",
    "eleventy",
    "astro",
    "mkdocs-material",
    "custom",
]
PROFILES: tuple[str, ...] = get_args(ProfileName)

#: Jekyll takes a file for a post only if its name begins with its day.
_JEKYLL = frozenset({"newsdao", "alembic", "chirpy"})
#: Take ``.html`` files for posts. The others know Markdown files only.
_HTML_FILES = frozenset({"plain", "newsdao", "alembic", "chirpy", "hugo", "eleventy"})

_SEGMENT = r"[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?"
_FOLDER = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT})*")
#: The longest path we write, in bytes.
_LONGEST = 200
_PARTS = {
    "year": "2026",
    "month": "11",
    "day": "24",
    "date": "2026-11-24",
    "news_id": "9" * 20,
}
#: What a post is usually called; whose it is, is read from its name.
_USUAL = re.compile(r"\d{4}-\d\d-\d\d-(\d{1,20})\.(?:md|html)", re.ASCII)
#: Names that are devices on Windows; a clone there would fail.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_NOT_KEYS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def _check_folder(value: str) -> str:
    if value and not _is_path(value):
        raise ValueError("must be a folder of the site, such as content/posts")
    return value


def _check_path(value: str) -> str:
    """Hold that a pattern makes a path of its own for every release, below the folder.

    Raises:
        ValueError: it does not.
    """
    if not value:
        return value
    within = value.removeprefix("{folder}/")
    parts = re.findall(r"\{(\w*)\}", within)
    if within == value:
        raise ValueError("must begin with {folder}/")
    if unknown := sorted({*parts} - _PARTS.keys()):
        known = ", ".join(f"{{{name}}}" for name in _PARTS)
        raise ValueError(f"has {{{unknown[0]}}}, which is none of {known}")
    if "news_id" not in parts:
        raise ValueError("must have {news_id}: a post is found by it")
    sample = re.sub(r"\{(\w+)\}", lambda found: _PARTS[found[1]], within)
    if not _is_path(sample):
        raise ValueError("must be made of A-Z, a-z, 0-9, _, - and inner points")
    if not sample.endswith((".md", ".html")):
        raise ValueError("must end in .md or .html")
    short = sample.replace(_PARTS["news_id"], "148900001").rpartition("/")[2]
    if (usual := _USUAL.fullmatch(short)) and usual[1] != "148900001":
        raise ValueError("must not name files as if they were of another release")
    return value


def _is_path(path: str) -> bool:
    return (
        _FOLDER.fullmatch(path) is not None
        and not any(map(_DEVICE.fullmatch, path.split("/")))
        and len(path) <= _LONGEST
    )


def _check_key(value: str) -> str:
    if not all(map(_is_key, value.split("."))) or value.count(".") > 1:
        raise ValueError("must be a key such as subtitle or image.path")
    return value


def _check_own_key(value: str) -> str:
    if not _is_key(value):
        raise ValueError("must be a key such as layout")
    return value


def _is_key(value: str) -> bool:
    return _KEY.fullmatch(value) is not None and value.lower() not in _NOT_KEYS


class Section(BaseModel):
    """One block of config.yaml; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Banner(Section):
    """The operator's own picture; without a path no post has any."""

    path: str = ""
    alt: str = ""


class Promo(Section):
    """The operator's own last line; without a url no post has one."""

    text: str = ""
    url: str = ""
    rel: str = "nofollow sponsored"


class Custom(Section):
    """The profile ``custom``: the operator's own keys, and a template of the body."""

    #: Front-matter key (``image.path`` is one within another) -> name of a value; {}
    #: is as ``plain``.
    keys: dict[Annotated[str, AfterValidator(_check_key)], str] = {}
    #: Jinja2 file of the body; none is as ``plain``.
    template: Path | None = None


class PostChoice(Section):
    """How a post looks."""

    profile: ProfileName = "plain"
    #: The kind of body; "" is the profile's own.
    body: Literal["", "markdown", "html"] = ""
    layout: Literal["sharded", "flat"] = "sharded"
    #: Where posts go; "" is the profile's own folder.
    folder: Annotated[str, AfterValidator(_check_folder)] = ""
    #: Pattern of their paths; "" goes by ``layout``.
    path: Annotated[str, AfterValidator(_check_path)] = ""
    category: Annotated[str, Field(min_length=1)] = "News"
    #: By a ministry's name or code, or a source.
    categories: dict[str, Annotated[str, Field(min_length=1)]] = {}
    contacts: Literal["full", "department", "none"] = "department"
    excerpt_length: PositiveInt = 160
    #: Name the article as the original of the post.
    canonical: bool = True
    #: Add the data of a NewsArticle (schema.org).
    json_ld: bool = False
    #: Fields of the operator's own.
    extra: dict[
        Annotated[str, AfterValidator(_check_own_key)],
        StrictBool | StrictInt | str | tuple[str, ...],
    ] = {}
    banner: Banner = Banner.model_construct()
    promo: Promo = Promo.model_construct()
    site_name: str = ""
    feature_heading: str = "## {site_name} 실시간 뉴스 속보입니다."
    custom: Custom = Custom.model_construct()

    @model_validator(mode="after")
    def check_together(self) -> "PostChoice":
        """Hold that the choices go together.

        Raises:
            ValueError: with the key in front.
        """
        name = self.path.rpartition("/")[2]
        if self.path and self.profile in _JEKYLL and not name.startswith("{date}-"):
            raise ValueError("path: the file name must begin with {date}- for Jekyll")
        if self.path.endswith(".html") and not self._may_be_html():
            raise ValueError(
                "path: .html is for an HTML body, where the generator reads it"
            )
        if self.path.endswith(".md") and self.profile == "hugo" and self.body == "html":
            raise ValueError("path: Hugo leaves HTML out of .md files: end it in .html")
        if self.profile != "custom" and self.custom != Custom():
            raise ValueError("custom: is for profile: custom")
        return self

    def _may_be_html(self) -> bool:
        if self.profile == "custom":
            return True
        own = self.body or ("html" if self.profile == "newsdao" else "markdown")
        return own == "html" and self.profile in _HTML_FILES
