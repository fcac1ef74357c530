"""The house style of the newsdao sites: five keys, an HTML body, a promo line.

Their posts are made by a Tistory-like editor (``data-ke-size``) for Jekyll with the
Alembic theme, which prints titles as they are, and sets ``excerpt`` and
``feature_text`` as Markdown.
"""

from publishers.excerpt import shown_title
from publishers.front_matter import (
    Value,
    folded,
    plain,
    quoted,
    render,
    single_quoted,
)
from publishers.profiles import (
    SITE,
    Article,
    Head,
    category,
    content,
    links,
    printed_contacts,
    promo,
    subtitles,
)
from publishers.profiles.html_body import (
    banner_html,
    credit_html,
    html_link,
    marks_html,
)
from publishers.profiles.profile import Keys, Profile, further_fields
from scraper.markdown import (
    escape_html,
    escape_markdown,
    last_word,
    one_line,
    to_html,
)
from scraper.model import Heading

_SPACER = '<p data-ke-size="size16">&nbsp;</p>'
_CELL = """\
        <tr>
            <td style="text-align: center; height: 17px;"><b>{}</b></td>
        </tr>"""


def front_matter(article: Article, keys: Keys) -> Head:  # noqa: ARG001 -- has its own
    """Return exactly these keys; without a banner there is no ``image``.

    What happened to the post since, and what the operator adds, is told after them.
    """
    style = article.style
    title = escape_markdown(shown_title(article.release))
    excerpt = escape_markdown(article.excerpt)
    heading = one_line(style.feature_heading.replace("{site_name}", style.site_name))
    fields: dict[str, Value] = {"title": title, "categories": [category(article)]}
    lines = [f"title: {plain(title)}", "categories:", f"  - {plain(category(article))}"]
    for key, paragraphs in (
        ("excerpt", (excerpt,)),
        ("feature_text", tuple(filter(None, (heading, excerpt)))),
    ):
        fields[key] = "\n".join(paragraphs) + "\n"
        lines.append(f"{key}: {folded(*paragraphs) or quoted(str(fields[key]))}")
    if style.banner_path:
        fields["image"] = one_line(style.banner_path)
        lines.append(f"image: {single_quoted(str(fields['image']))}")
    further = further_fields(article, fields, twins=False)
    return Head("\n".join(lines) + "\n" + render(further), fields | further)


def body(article: Article) -> str:
    """Return the body as HTML, one element a paragraph."""
    if article.license is None:
        link = html_link(f"{SITE}에서 원문 보기", article.release.canonical_url)
        lines = (_paragraph(link), *_marks(article))
        return last_word("\n\n".join(lines), styled=False)
    blocks = (*(Heading(line) for line in subtitles(article)), *content(article))
    below = (
        _attachments(article),
        _SPACER,
        _contact_table(article),
        _paragraph(f"<b>{escape_html(one_line(article.license.notice))}</b>"),
        _paragraph(f"<b>{credit_html(article, article.license)}</b>"),
        *_marks(article),
    )
    parts = (
        banner_html(article),
        to_html(blocks, sized=True),
        last_word("\n\n".join(filter(None, below)), styled=True),
    )
    text = "\n\n".join(filter(None, parts))
    line = promo(article.style, in_html=True)
    return f"{text}\n{line}" if line else text


def _attachments(article: Article) -> str:
    named = links(article)
    lines = ["첨부파일", *(html_link(name, address) for name, address in named)]
    return "\n\n".join(map(_paragraph, lines)) if named else ""


def _contact_table(article: Article) -> str:
    lines = printed_contacts(article)
    if not lines:
        return ""
    rows = "\n".join(_CELL.format(escape_html(line)) for line in ("문의", *lines))
    table = f"<table>\n    <tbody>\n{rows}\n    </tbody>\n</table>"
    return f"{table}\n\n{_SPACER}"


def _marks(article: Article) -> list[str]:
    return list(map(_paragraph, marks_html(article)))


def _paragraph(inner: str) -> str:
    return f'<p data-ke-size="size16">{inner}</p>'


PROFILE = Profile(head=front_matter, html=body, own="html")
