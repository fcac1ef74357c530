"""Astro, with the keys of its blog starter: its templates escape what they print."""

from publishers.profiles.profile import Profile

PROFILE = Profile(
    folder="src/content/blog",
    keys={
        "title": "title",
        "description": "excerpt_plain",
        "pubDate": "date",
        "updatedDate": "last_modified_at",
        "heroImage": "image_path",
        "tags": "tags",
        "category": "category",
        "author": "author",
        "subtitles": "subtitles",
        "canonicalURL": "canonical_url",
        "source": "source",
        "license": "license",
        "contacts": "contacts",
        "attachments": "attachments",
    },
)
