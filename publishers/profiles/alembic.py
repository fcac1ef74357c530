"""Jekyll with the theme Alembic.

It prints titles as they are and ``feature_text`` through Markdown, and takes the
picture above the title from ``feature_image`` (seen October 2026).
"""

from publishers.profiles.profile import Profile

PROFILE = Profile(
    keys={
        "title": "title_escaped",
        "date": "date",
        "last_modified_at": "last_modified_at",
        "categories": "categories",
        "tags": "tags_escaped",
        "author": "author_escaped",
        "excerpt": "excerpt",
        "description": "excerpt",
        "feature_text": "feature_text",
        "feature_image": "image_path",
        "image": "image_path",
        "subtitles": "subtitles",
        "canonical_url": "canonical_url",
        "source": "source",
        "license": "license",
        "contacts": "contacts",
        "attachments": "attachments",
    }
)
