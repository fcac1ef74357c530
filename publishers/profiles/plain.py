"""The default house style: the keys most site generators know."""

from publishers.profiles.profile import Profile

PROFILE = Profile(
    keys={
        "title": "title",
        "date": "date",
        "last_modified_at": "last_modified_at",
        "categories": "categories",
        "tags": "tags_escaped",
        "author": "author_escaped",
        "excerpt": "excerpt",
        "description": "excerpt",
        "subtitles": "subtitles",
        "canonical_url": "canonical_url",
        "source": "source",
        "license": "license",
        "contacts": "contacts",
        "attachments": "attachments",
        "image": "image",
    }
)
