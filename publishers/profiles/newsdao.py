"""The house style of the newsdao sites: five keys, an HTML body, a promo line.

Their posts are made by a Tistory-like editor (``data-ke-size``) for Jekyll with the
Alembic theme, which sets ``excerpt`` and ``feature_text`` as Markdown.
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
from publishers.marks import CORRECTS, corrected_url, mark_fields, mark_line
from publishers.profiles import (
    Article,
    Head,
    content,
    issuer,
    links,
    printed_contacts,
    promo,
    safe_url,
    subtitles,
)
from scraper.markdown import (
    escape_html,
    escape_markdown,
    last_word,
    one_line,
    to_html,
)
from scraper.model import Heading, License

_SPACER = '<p data-ke-size="size16">&nbsp;</p>'
_CELL = """\
        <tr>
            <td style="text-align: center; height: 17px;"><b>{}</b></td>
        </tr>"""


def front_matter(article: Article) -> Head:
    """Return exactly these keys; without a banner there is no ``image``.

    What happened to the post since is told after them.
    """
    style = article.style
    title = shown_title(article.release)
    category = one_line(style.category)
    excerpt = escape_markdown(article.excerpt)
    heading = one_line(style.feature_heading.replace("{site_name}", style.site_name))
    fields: dict[str, Value] = {"title": title, "categories": [category]}
    lines = [f"title: {plain(title)}", "categories:", f"  - {plain(category)}"]
    for key, paragraphs in (
        ("excerpt", (excerpt,)),
        ("feature_text", tuple(filter(None, (heading, excerpt)))),
    ):
        fields[key] = "\n".join(paragraphs) + "\n"
        lines.append(f"{key}: {folded(*paragraphs) or quoted(str(fields[key]))}")
    if style.banner_path:
        fields["image"] = one_line(style.banner_path)
        lines.append(f"image: {single_quoted(str(fields['image']))}")
    marks = mark_fields(article.release.history, twins=False)
    return Head("\n".join(lines) + "\n" + render(marks), fields | marks)


def body(article: Article) -> str:
    """Return the body as HTML, one element a paragraph."""
    if article.license is None:
        link = _link("정책브리핑에서 원문 보기", article.release.canonical_url)
        lines = (_paragraph(link), *_marks(article))
        return last_word("\n\n".join(lines), styled=False)
    blocks = (*(Heading(line) for line in subtitles(article)), *content(article))
    below = (
        _attachments(article),
        _SPACER,
        _contact_table(article),
        _paragraph(f"<b>{escape_html(one_line(article.license.notice))}</b>"),
        _credit(article, article.license),
        *_marks(article),
    )
    parts = (
        _banner(article),
        to_html(blocks, sized=True),
        last_word("\n\n".join(filter(None, below)), styled=True),
    )
    text = "\n\n".join(filter(None, parts))
    line = promo(article.style, in_html=True)
    return f"{text}\n{line}" if line else text


def _banner(article: Article) -> str:
    style = article.style
    if not style.banner_path:
        return ""
    source, alt = escape_html(safe_url(style.banner_path)), one_line(style.banner_alt)
    return f'<p><img src="{source}" alt="{escape_html(alt)}" /></p>'


def _attachments(article: Article) -> str:
    named = links(article)
    lines = ["첨부파일", *(_link(name, address) for name, address in named)]
    return "\n\n".join(map(_paragraph, lines)) if named else ""


def _contact_table(article: Article) -> str:
    lines = printed_contacts(article)
    if not lines:
        return ""
    rows = "\n".join(_CELL.format(escape_html(line)) for line in ("문의", *lines))
    table = f"<table>\n    <tbody>\n{rows}\n    </tbody>\n</table>"
    return f"{table}\n\n{_SPACER}"


def _credit(article: Article, license: License) -> str:
    link = _link(license.credit, article.release.canonical_url)
    return _paragraph(f"<b>{link}{escape_html(issuer(article))}</b>")


def _marks(article: Article) -> list[str]:
    """Return the lines under the credit, if something happened to the post."""
    lines = [escape_html(mark_line(article.release.history))]
    if address := corrected_url(article.release):
        before, label, after = CORRECTS
        lines.append(f"{before}{_link(label, address)}{after}")
    return [_paragraph(line) for line in lines if line]


def _link(text: str, address: str) -> str:
    label = escape_html(one_line(text))
    if not address:
        return label
    return f'<a href="{escape_html(safe_url(address))}">{label}</a>'


def _paragraph(inner: str) -> str:
    return f'<p data-ke-size="size16">{inner}</p>'
