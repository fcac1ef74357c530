"""Documents we cannot read, through a program of the operator's."""

import os
import sys
import time
from pathlib import Path

import pytest

from scraper.documents import convert, extract
from scraper.documents.convert import with_converter
from scraper.errors import DocumentError
from scraper.model import Document, ListItem, Paragraph
from tests.hwpx_builder import hwpx, p, package

HWP3 = b"HWP Document File V3.00 \x1a\1\2\3\4\5"
DOCX = package({"[Content_Types].xml": b"", "word/document.xml": b""})
SEALED = hwpx(**{"META-INF__manifest.xml": b"<a><encryption-data/></a>"})


def program(code: str, *words: str) -> list[str]:
    """Return a command that runs Python; ``file`` is the document's path."""
    before = "import os, sys, time; file = sys.argv[1]; say = sys.stdout.buffer.write; "
    return [sys.executable, "-c", before + code, *(words or ("{in}",))]


def converted(data: bytes, code: str, seconds: float = 30.0) -> Document:
    return with_converter(extract, program(code), seconds=seconds)(data)


def refused(data: bytes, code: str, seconds: float = 30.0) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        converted(data, code, seconds)
    return caught.value


def test_each_line_is_a_paragraph() -> None:
    code = r"say('\ufeff첫 문단.\r\n\n  □ 항목\n'.encode('utf-8'))"
    found = converted(HWP3, code)
    assert found.kind == "converted"
    assert [block.text for block in found.blocks] == ["첫 문단.", "□ 항목"]  # type: ignore[union-attr]
    assert isinstance(found.blocks[0], Paragraph)
    assert isinstance(found.blocks[1], ListItem)
    (warning,) = found.warnings
    assert "converted by python" in warning
    assert "Hangul 3" in warning


@pytest.mark.parametrize(
    ("data", "ending"), [(HWP3, ".hwp"), (DOCX, ".docx"), (SEALED, ".hwpx")]
)
def test_the_program_gets_the_bytes_under_a_fitting_name(
    data: bytes, ending: str
) -> None:
    code = "say((file + ' ').encode() + open(file, 'rb').read().hex().encode())"
    (block,) = converted(data, code).blocks
    assert isinstance(block, Paragraph)
    name, _, held = block.text.partition(" ")
    assert name.endswith(ending)
    assert bytes.fromhex(held) == data
    assert not Path(name).parent.exists(), "nothing is left behind"


@pytest.mark.parametrize(
    "data", [b"", b"<html>", b"PK\x03\x04broken", b"\x89PNG", hwpx()]
)
def test_only_documents_of_another_kind_are_handed_over(data: bytes) -> None:
    """What is no document, or a broken one, is nobody's to convert."""
    with pytest.raises(DocumentError) as alone:
        extract(data)
    error = refused(data, "say(b'text')")
    assert (error.status, error.reason) == (alone.value.status, alone.value.reason)


def test_what_we_can_read_is_not_handed_over() -> None:
    assert converted(hwpx(p("글")), "sys.exit(1)").kind == "hwpx"


def test_without_a_command_nothing_changes() -> None:
    assert with_converter(extract, []) is extract


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("sys.exit(4)", "ended with code 4"),
        ("say(b'half'); sys.exit(4)", "ended with code 4"),
        ("os.kill(os.getpid(), 9)", "ended with code -9"),
        ("pass", "printed nothing"),
        (r"say(b' \n\n ')", "printed nothing"),
        (r"say(b'\xff\xfe')", "printed no UTF-8"),
        ("say(b'x' * 2_000_000)", "printed more than 1 MB"),
    ],
)
def test_a_program_that_fails_leaves_the_refusal_standing(
    monkeypatch: pytest.MonkeyPatch, code: str, said: str
) -> None:
    monkeypatch.setattr(convert, "MOST", 1_000_000)
    error = refused(HWP3, code)
    assert error.status == "hwp3"
    assert "Hangul 3" in error.reason
    assert said in error.reason


def test_a_program_that_is_not_there_is_told() -> None:
    with pytest.raises(DocumentError, match="cannot be run"):
        with_converter(extract, ["/no/such/program", "{in}"])(HWP3)


@pytest.mark.parametrize(
    "code",
    [
        "time.sleep(60)",
        "os.close(1); time.sleep(60)",
        "os.fork() or time.sleep(60)",
        "\nwhile True: say(b'.'); time.sleep(.01)",
    ],
)
def test_a_program_that_hangs_is_ended(code: str) -> None:
    began = time.monotonic()
    error = refused(HWP3, code, seconds=1.0)
    assert "took longer than 1 seconds" in error.reason
    assert time.monotonic() - began < 30


def test_it_gets_no_shell_and_nothing_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NEWS_TOKEN", "s3cret")
    code = "say(repr((sorted(os.environ), os.getcwd(), sys.argv[2:])).encode())"
    command = program(code, "{in}", "$HOME; echo `id`")
    (block,) = with_converter(extract, command)(HWP3).blocks
    assert isinstance(block, Paragraph)
    assert "NEWS_TOKEN" not in block.text
    assert "PATH" in block.text
    assert "$HOME; echo `id`" in block.text
    assert os.getcwd() not in block.text
