"""Eleventy: its templates escape what they print."""

from publishers.profiles.profile import Profile

PROFILE = Profile(
    folder="posts",
    keys={
        "title": "title",
        "date": "date",
        "updated": "last_modified_at",
        "description": "excerpt_plain",
        "tags": "tags",
        "categories": "categories",
        "author": "author",
        "image": "image",
        "subtitles": "subtitles",
        "canonical_url": "canonical_url",
        "source": "source",
        "license": "license",
        "contacts": "contacts",
        "attachments": "attachments",
    },
)
