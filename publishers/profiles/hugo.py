"""Hugo.

Its templates escape titles and descriptions; ``summary`` goes through Markdown. Raw
HTML in a Markdown file is left out, so posts with an HTML body are ``.html`` files.
The slug is the id: a corrected title changes no address.
"""

from publishers.profiles.profile import Profile

PROFILE = Profile(
    folder="content/posts",
    keys={
        "title": "title",
        "date": "date",
        "lastmod": "last_modified_at",
        "slug": "news_id",
        "summary": "excerpt",
        "description": "excerpt_plain",
        "categories": "categories",
        "tags": "tags",
        "author": "author",
        "canonicalURL": "canonical_url",
        "images": "images",
        "subtitles": "subtitles",
        "source": "source",
        "license": "license",
        "contacts": "contacts",
        "attachments": "attachments",
    },
    html_suffix=".html",
)
