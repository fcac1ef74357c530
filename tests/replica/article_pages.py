"""Pages of policy news: the press release's markup with other menus and a body."""

from collections.abc import Sequence

from tests.replica import pages
from tests.replica.article import Article
from tests.replica.article_html import body_html
from tests.replica.article_kogl import marks
from tests.replica.kogl import license_block
from tests.replica.sections import Section


def article_row(article: Article, listing: Section) -> dict[str, str]:
    """Return a row of ``listing``; its link leads to the article's own section."""
    day = article.slot.published_at
    lead = article.lead[:150] + ("..." if len(article.lead) > 150 else "")
    section = article.section
    return {
        "id": article.slot.news_id,
        "view": section.view,
        "tail": section.tail.replace("&", "&amp;"),
        "title": pages.marked(article.title, article.escapes),
        "lead": pages.marked(lead),
        "day": f"{day:%Y.%m.%d}" if article.dotted else f"{day:%Y-%m-%d}",
        "ministry": article.ministry if listing.names_ministry else "",
    }


def render_article(
    article: Article, bait: Sequence[str], previous: str | None, weight: int
) -> str:
    """Return the page of an article; ``weight`` is its padding in KB."""
    section = article.section
    place = f"{section.label} | {section.menu}"
    # Below each other in one heading; parts are split by a break alone.
    subtitles = "<br>".join(
        pages.marked(subtitle, article.escapes) for subtitle in article.subtitles
    )
    return pages.render_page(
        pages.Shown(
            slot=article.slot,
            title=article.title,
            escapes=article.escapes,
            lead=article.lead,
            place=place,
            label=section.label,
            menu=section.menu,
            listing=section.listing or "/",
            view=section.view,
            path=section.path(article.slot.news_id),
            subtitles=subtitles,
            files=(),
            body=body_html(article, notice=article.notice_on_page),
            ministry=article.ministry,
            code=article.slot.ministry.code,
            remark=False,
            license=license_block(marks(article.license)[0]),
        ),
        bait,
        previous,
        weight,
    )
