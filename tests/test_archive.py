"""Raw bytes stay what they were, or are gone; never something else."""

import os
import zlib
from pathlib import Path

import pytest

from scraper.archive import LEVEL, Archive, write_atomically
from scraper.errors import StorageError


def test_what_is_put_can_be_got(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    body = "한글 ".encode() * 1000
    digest = archive.put(body)
    assert archive.get(digest) == body
    assert archive.put(body) == digest
    assert list(archive.digests()) == [digest]
    packed = next(tmp_path.glob("*/*"))
    assert packed.stat().st_size < len(body) / 10


def test_what_is_packed_well_is_kept_as_it_is(tmp_path: Path) -> None:
    """As a server packed it, or whoever held it in memory."""
    archive, body = Archive(tmp_path), "한글 ".encode() * 1000
    packed = zlib.compress(body, 9)
    digest = archive.put(body, packed)
    (file,) = tmp_path.glob("*/*")
    assert file.read_bytes() == packed
    assert archive.get(digest) == body


@pytest.mark.parametrize(
    "packed",
    [
        zlib.compress("한국 ".encode() * 1000),
        zlib.compress("한글 ".encode() * 1000, 0),
        b"",
    ],
    ids=["of another body", "hardly smaller", "nothing"],
)
def test_what_is_not_packed_well_is_packed_anew(tmp_path: Path, packed: bytes) -> None:
    archive, body = Archive(tmp_path), "한글 ".encode() * 1000
    digest = archive.put(body, packed)
    (file,) = tmp_path.glob("*/*")
    assert file.read_bytes() == zlib.compress(body, LEVEL)
    assert archive.get(digest) == body


def test_damaged_bytes_count_as_gone(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    digest = archive.put(b"text")
    (file,) = tmp_path.glob("*/*")
    other = archive.put(b"other")
    file.write_bytes((tmp_path / other[:2] / f"{other[2:]}.z").read_bytes())
    assert archive.get(digest) is None
    file.write_bytes(b"torn")
    assert archive.get(digest) is None
    assert archive.get("0" * 64) is None


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(StorageError, match=f"cannot write {blocked}"):
        Archive(blocked).put(b"text")


def test_a_failed_write_leaves_the_old_file_and_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "report.json"
    file.write_bytes(b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(file, b"new")
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]
