"""The seal: a post knows whether a person edited it."""

from datetime import UTC, datetime

import pytest

from publishers.seal import is_intact, read_seal, seal
from scraper.model import KST

WHEN = datetime(2026, 11, 23, 9, 30, tzinfo=KST)
TEXT = '---\ntitle: "겨울 철새 모이 주기"\ndate: 2026-11-23\n---\n\n본문 첫 줄\n'


def sealed(text: str = TEXT, revision: int = 1) -> str:
    return seal(text, "148900001", revision, WHEN)


def test_seal_is_the_last_line_of_the_front_matter():
    lines = sealed().split("\n")
    assert lines[3].startswith(
        "# bodojaryo 148900001 r1 2026-11-23T09:30:00+09:00 sha256:"
    )
    assert lines[4] == "---"


def test_post_without_the_seal_line_is_the_text_that_was_sealed():
    lines = sealed().splitlines(keepends=True)
    assert "".join(line for line in lines if "# bodojaryo" not in line) == TEXT


def test_digest_is_the_sha256_of_the_post_without_the_line():
    """Anyone can check a post with sed and sha256sum; the form is a promise."""
    stated = read_seal(sealed("---\na: 1\n---\n"))
    assert stated is not None
    assert stated.digest == (
        "cccd74be1af0ff9d34c30f14fbe2179f2c02def22a938400641f248a0fe17123"
    )


def test_seal_is_read_back_as_it_was_given():
    stated = read_seal(sealed(revision=12))
    assert stated is not None
    assert (stated.news_id, stated.revision, stated.published_at) == (
        "148900001",
        12,
        WHEN,
    )


def test_fresh_seal_is_intact():
    assert is_intact(sealed())


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text.replace("본문", "본 문"),
        lambda text: text.replace("겨울", "여름"),
        lambda text: text + "\n",
        lambda text: text.rstrip("\n"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: text.replace("---\n\n본문", "---\n본문"),
        lambda text: text.replace("sha256:", "sha256: "),
        lambda text: text.replace("# bodojaryo", "#bodojaryo"),
        lambda text: text.replace(" r1 ", " r01 "),
        lambda text: text.replace("2026-11-23T09", "2026-13-23T09"),
    ],
    ids=[
        "body",
        "title",
        "newline added",
        "newline cut",
        "crlf",
        "bom",
        "blank line",
        "space in digest",
        "space in mark",
        "revision form",
        "no such day",
    ],
)
def test_any_edit_breaks_the_seal(edit):
    assert not is_intact(edit(sealed()))


def test_missing_seal_is_broken():
    assert not is_intact(TEXT)
    assert read_seal(TEXT) is None


def test_doubled_seal_is_broken():
    text = sealed()
    line = next(line for line in text.splitlines(keepends=True) if "# bodo" in line)
    assert not is_intact(text.replace(line, line + line))


def test_moved_seal_is_broken():
    """A key below the seal was added by a person; the line closes the head no more."""
    text = sealed()
    line = next(line for line in text.splitlines(keepends=True) if "# bodo" in line)
    assert not is_intact(text.replace(line, line + "pinned: true\n"))
    assert not is_intact(text.replace(line, "") + line)


def test_seal_like_line_in_the_body_is_plain_text():
    text = TEXT + "# bodojaryo 1 r1 2026-11-23T09:30:00+09:00 sha256:" + "0" * 64 + "\n"
    assert is_intact(sealed(text))


def test_rule_in_the_body_is_not_the_end_of_the_front_matter():
    text = sealed(TEXT + "\n---\n\n끝\n")
    assert text.index("# bodojaryo") < text.index("본문")
    assert is_intact(text)


def test_empty_front_matter_can_be_sealed():
    text = sealed("---\n---\n본문\n")
    assert is_intact(text)
    assert text.startswith("---\n# bodojaryo ")


@pytest.mark.parametrize("text", ["", "본문\n", "---\ntitle: 1\n", "--- \n---\n"])
def test_text_without_front_matter_cannot_be_sealed(text):
    with pytest.raises(ValueError, match="no front matter"):
        sealed(text)
    assert not is_intact(text)


def test_sealed_post_is_not_sealed_again():
    """The digest would cover the first seal, and the post would look doubled."""
    with pytest.raises(ValueError, match="sealed already"):
        sealed(sealed())


@pytest.mark.parametrize(
    ("news_id", "revision", "when"),
    [
        ("14 89", 1, WHEN),
        ("1\n", 1, WHEN),
        ("", 1, WHEN),
        ("1", 0, WHEN),
        ("1", 1, WHEN.replace(tzinfo=None)),
    ],
)
def test_what_cannot_be_read_back_is_not_written(news_id, revision, when):
    with pytest.raises(ValueError, match="cannot stand in a seal"):
        seal(TEXT, news_id, revision, when)


def test_other_zones_keep_their_offset():
    stated = read_seal(seal(TEXT, "1", 1, WHEN.astimezone(UTC)))
    assert stated is not None
    assert stated.published_at == WHEN


@pytest.mark.parametrize("text", ["---\r\n---\r\n본문", "---", "----\n---\n"])
def test_foreign_shapes_are_broken_not_errors(text):
    assert read_seal(text) is None
    assert not is_intact(text)
