"""Texts read before are not read again, and not trusted blindly."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scraper.documents.cache import Cache, prune
from scraper.errors import DocumentError, StorageError
from scraper.model import Document, Paragraph

NOW = datetime(2026, 12, 1, tzinfo=UTC)


class Reader:
    """Counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []

    def extract(self, data: bytes) -> Document:
        self.asked.append(data)
        if data.startswith(b"bad"):
            raise DocumentError("broken", "bad")
        return Document("test", (Paragraph(data.decode()),), ("told",), "preview")


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_text_is_read_once_for_all_runs(tmp_path: Path) -> None:
    reader = Reader()
    first = Cache(tmp_path, "1", reader.extract).extract(b"a")
    second = Cache(tmp_path, "1", reader.extract).extract(b"a")
    assert first == second == Reader().extract(b"a")
    assert reader.asked == [b"a"]


def test_another_version_or_document_is_read(tmp_path: Path) -> None:
    reader = Reader()
    for version, data in (("1", b"a"), ("2", b"a"), ("2", b"b")):
        Cache(tmp_path, version, reader.extract).extract(data)
    assert reader.asked == [b"a", b"a", b"b"]


def test_a_refusal_is_not_kept(tmp_path: Path) -> None:
    """The next version of a library, or a less busy machine, may read it."""
    reader = Reader()
    for _ in range(2):
        with pytest.raises(DocumentError, match="bad"):
            Cache(tmp_path, "1", reader.extract).extract(b"bad")
    assert len(reader.asked) == 2
    assert files(tmp_path) == []


@pytest.mark.parametrize("damage", [b"", b"noise", "cut", "refusal"])
def test_a_damaged_file_counts_as_absent(tmp_path: Path, damage: bytes | str) -> None:
    import zlib

    from scraper.documents.wire import encode_refusal

    reader = Reader()
    cache = Cache(tmp_path, "1", reader.extract)
    cache.extract(b"a")
    (file,) = files(tmp_path)
    if damage == "cut":
        damage = file.read_bytes()[:-10]
    elif damage == "refusal":
        damage = zlib.compress(encode_refusal("broken", "planted"))
    assert isinstance(damage, bytes)
    file.write_bytes(damage)
    assert cache.extract(b"a") == Reader().extract(b"a")
    assert reader.asked == [b"a", b"a"]
    cache.extract(b"a")
    assert len(reader.asked) == 2, "it was mended"


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "extracted").write_text("a file")
    with pytest.raises(StorageError, match="cannot write"):
        Cache(tmp_path / "extracted", "1", Reader().extract).extract(b"a")


def test_pruning_drops_other_versions_and_what_is_old(tmp_path: Path) -> None:
    reader = Reader()
    for version, data in (("1", b"a"), ("2", b"a"), ("2", b"elder")):
        Cache(tmp_path, version, reader.extract).extract(data)
    for file in files(tmp_path):
        age = 100 if b"elder" in read(file) else 1
        then = (NOW - timedelta(days=age)).timestamp()
        os.utime(file, (then, then))
    count, freed = prune(tmp_path, "2", NOW - timedelta(days=90))
    assert count == 2
    assert freed > 0
    (kept,) = files(tmp_path)
    assert kept.parent.parent.name == "2"
    assert not (tmp_path / "1").exists(), "no empty folders stay"
    assert prune(tmp_path, "2", NOW - timedelta(days=90)) == (0, 0)


def test_pruning_where_nothing_was_kept(tmp_path: Path) -> None:
    assert prune(tmp_path / "none", "1", NOW) == (0, 0)


def read(file: Path) -> bytes:
    import zlib

    return zlib.decompress(file.read_bytes())
