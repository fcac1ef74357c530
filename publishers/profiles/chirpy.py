"""Jekyll with the theme Chirpy.

It prints titles and descriptions as they are, in attributes too (seen October 2026).
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
        "description": "excerpt",
        "excerpt": "excerpt",
        "image.path": "image_path",
        "image.alt": "image_alt",
        "subtitles": "subtitles",
        "canonical_url": "canonical_url",
        "source": "source",
        "license": "license",
        "contacts": "contacts",
        "attachments": "attachments",
    }
)
