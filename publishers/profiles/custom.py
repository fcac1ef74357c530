"""The operator's own house style: a map of keys, and a Jinja2 template of the body.

The template gets texts that are escaped already, for Markdown or for HTML, whichever
``post.body`` says; it runs in a sandbox, and an unknown name in it is an error. What it
makes is held to the rules of every post: notice and credit stand in it exactly once.
"""

import html
import re
from collections.abc import Callable, Mapping

from publishers.profiles import (
    Article,
    Head,
    Style,
    attachment_url,
    contact_line,
    contact_table,
    contacts,
    html_body,
    markdown_body,
    promo,
    safe_url,
    subtitles,
)
from publishers.profiles import plain as usual
from publishers.profiles.profile import Keys, Profile, keyed_head
from publishers.profiles.sample import CREDIT, NOTICE, sample_articles
from publishers.profiles.values import VALUES
from scraper.errors import PublishError
from scraper.markdown import (
    escape_html,
    escape_markdown,
    one_line,
    to_html,
    to_markdown,
)
from scraper.model import License

#: What stands in a comment is shown to nobody.
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def own_head(article: Article, keys: Keys) -> Head:  # noqa: ARG001 -- the operator's
    """Return a front matter of the operator's keys; without any as ``plain`` has it."""
    return keyed_head(article, dict(article.style.keys) or usual.PROFILE.keys)


def own_markdown(article: Article) -> str:
    """Return the body the template makes of Markdown; without one as ``plain``."""
    if article.license is None or not article.style.template:
        return markdown_body.markdown_body(article)
    parts: dict[str, str | list[str]] = {
        "banner": markdown_body.banner(article),
        "text": markdown_body.article_text(article),
        "attachment_list": markdown_body.attachments(article),
        "contact_table": to_markdown(contact_table(article)),
        "notice": escape_markdown(article.license.notice),
        "credit": markdown_body.credit(article, article.license),
        "marks": [line for line in markdown_body.marks(article) if line],
        "promo": promo(article.style, in_html=False),
    }
    return _body(article, article.license, escape_markdown, parts)


def own_html(article: Article) -> str:
    """Return the body the template makes of HTML; without one as ``plain``."""
    if article.license is None or not article.style.template:
        return html_body.html_body(article)
    parts: dict[str, str | list[str]] = {
        "banner": html_body.banner_html(article),
        "text": html_body.text_html(article),
        "attachment_list": html_body.attachments_html(article),
        "contact_table": to_html(contact_table(article)),
        "notice": escape_html(one_line(article.license.notice)),
        "credit": html_body.credit_html(article, article.license),
        "marks": html_body.marks_html(article),
        "promo": promo(article.style, in_html=True),
    }
    return _body(article, article.license, _escaped_html, parts)


def check_template(style: Style) -> None:
    """Try the template on a release with everything and on one with nothing.

    Raises:
        PublishError: it cannot be run, or does not print notice and credit once each.
    """
    make = own_html if style.body == "html" else own_markdown
    bodies = [make(article) for article in sample_articles(style)]
    for body in bodies:
        shown = html.unescape(_COMMENT.sub("", body))
        for name, words in (("notice", NOTICE), ("credit", CREDIT)):
            if (times := shown.count(words)) != 1:
                said = (
                    f"{{{{ {name} }}}} must stand once in every post, not {times} times"
                )
                raise PublishError(
                    f"{style.template_file}:{_place(style, name)}: {said}"
                )


def _place(style: Style, name: str) -> int:
    """Return the last line of a template that names a value; 1 if none does."""
    lines = enumerate(style.template.splitlines(), 1)
    return max((at for at, line in lines if name in line), default=1)


def _escaped_html(text: str) -> str:
    return escape_html(one_line(text))


def _body(
    article: Article,
    license: License,
    escaped: Callable[[str], str],
    parts: Mapping[str, str | list[str]],
) -> str:
    """Run the template.

    Raises:
        PublishError: it cannot be run; with its file and line.
    """
    release, style = article.release, article.style
    values = {
        name: escaped(str(VALUES[name](article)))
        for name in ("title", "ministry", "author", "category", "day", "news_id")
    }
    values["excerpt"] = escaped(article.excerpt)
    values["canonical_url"] = safe_url(release.canonical_url)
    values["license_name"] = escaped(license.name)
    lists: dict[str, object] = {
        "subtitles": [escaped(line) for line in subtitles(article)],
        "contacts": [escaped(contact_line(contact)) for contact in contacts(article)],
        "attachments": [
            {"name": escaped(file.name), "url": attachment_url(release, file)}
            for file in release.attachments
        ],
    }
    from publishers.profiles.template import run_template  # few need Jinja2

    names = {**values, **lists, **parts}
    made = run_template(style.template, style.template_file, names)
    return "\n".join(made.replace("\r\n", "\n").splitlines()).strip("\n")


PROFILE = Profile(head=own_head, markdown=own_markdown, html=own_html)
