"""Documents are read in a process that may die, hang or lie: the run goes on."""

import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Set
from pathlib import Path

import pytest

from scraper.documents import extract
from scraper.documents.practice import sample
from scraper.documents.worker import Limits, Worker
from scraper.errors import DocumentError
from scraper.model import Document, Paragraph
from tests.hwpx_builder import hwpx, p, package, tbl

READER = "tests.misbehaving:extract"
LIMITS = Limits(memory=600_000_000, cpu=2, wall=1.0, result=2_000_000)
ROOT = Path(__file__).parents[1]
LINUX = sys.platform == "linux"


@pytest.fixture(scope="module")
def shared() -> Iterator[Worker]:
    """One worker for all tests that leave its server alive."""
    with Worker(LIMITS, READER) as worker:
        yield worker


def said(worker: Worker, deed: str) -> str:
    (block,) = worker.extract(deed.encode()).blocks
    assert isinstance(block, Paragraph)
    return block.text


def refusal(worker: Worker, deed: str) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        worker.extract(deed.encode())
    return caught.value


def living_in(session: int) -> set[int]:
    """Return the living processes of a session."""
    found = set()
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            stat = Path(f"/proc/{name}/stat").read_text()
        except OSError:
            continue
        state, _, _, of = stat.rpartition(")")[2].split()[:4]
        if int(of) == session and state not in "ZX":
            found.add(int(name))
    return found


def wait_until_gone(session: int, but: Set[int] = frozenset()) -> None:
    for _ in range(1000):
        if living_in(session) <= but:
            return
        time.sleep(0.01)
    raise AssertionError(f"{living_in(session)} live on")


def test_a_document_comes_out_as_if_read_here() -> None:
    data = hwpx(p("제목"), p("□ 항목"), tbl(["가", "나"], ["다", "라"]))
    with Worker() as worker:
        assert worker.extract(data) == extract(data)
        for wrong in (b"", b"PK\x03\x04broken", b"<html>"):
            with pytest.raises(DocumentError) as here:
                extract(wrong)
            with pytest.raises(DocumentError) as there:
                worker.extract(wrong)
            assert there.value.status == here.value.status
            assert there.value.reason == here.value.reason


@pytest.mark.parametrize(
    ("deed", "status", "reason"),
    [
        ("sleep_deaf 60", "timeout", "longer than 1 seconds"),
        ("spin", "timeout", "longer than 1 seconds"),
        ("close 60", "timeout", "longer than 1 seconds"),
        ("end 9", "crashed", "ended by SIGKILL"),
        ("end 11", "crashed", "ended by SIGSEGV"),
        ("end 24", "timeout", "longer"),
        ("leave 0", "crashed", "ended with code 0"),
        ("leave 3", "crashed", "ended with code 3"),
        ("bug secret", "crashed", "KeyError in _bug"),
        ("refuse by itself", "encrypted", "by itself"),
        ("garble noise", "too_large", "longer than 2 MB"),
        ("garble text", "crashed", "senseless"),
        ("garble lie", "too_large", "longer than 2 MB"),
        ("garble short", "crashed", "ended with code 0"),
        ("long 3", "too_large", "longer than 2 MB"),
        ("no_such_deed", "crashed", "KeyError"),
    ],
)
def test_whatever_becomes_of_a_document_the_next_is_read(
    shared: Worker, deed: str, status: str, reason: str
) -> None:
    error = refusal(shared, deed)
    assert error.status == status
    assert reason in error.reason
    assert "secret" not in error.reason, "no word of the document"
    assert said(shared, "sleep 0") == "None"


@pytest.mark.skipif(not LINUX, reason="the system knows no limit on memory")
def test_memory_is_limited() -> None:
    with Worker(Limits(memory=600_000_000), READER) as worker:
        error = refusal(worker, "eat 4000")
        assert (error.status, "600 MB" in error.reason) == ("too_large", True)
        assert said(worker, "eat 100") == str(100 << 20)


def test_the_processor_is_limited() -> None:
    with Worker(Limits(cpu=1, wall=30.0), READER) as worker:
        began = time.monotonic()
        assert refusal(worker, "spin").status == "timeout"
        assert time.monotonic() - began < 20, "not the wall clock ended it"


def test_one_answer_for_one_document(shared: Worker) -> None:
    """A child that says more must not answer for the next one."""
    assert shared.extract(b"garble two").kind == "forged"
    assert said(shared, "sleep 0") == "None"


@pytest.mark.skipif(not LINUX, reason="looks at /proc")
def test_nothing_a_child_started_stays(shared: Worker) -> None:
    server = int(said(shared, "who").split()[1])
    refusal(shared, "fork 60")
    wait_until_gone(server, but={server})


def test_a_child_writes_to_no_file_and_opens_few(
    shared: Worker, tmp_path: Path
) -> None:
    assert said(shared, f"write {tmp_path / 'x'}") == "OSError"
    assert [file.stat().st_size for file in tmp_path.iterdir()] in ([], [0])
    assert int(said(shared, "open")) < 16


def test_the_reading_process_knows_no_secret_and_no_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NEWS_TOKEN", "s3cret")
    with Worker(LIMITS, READER) as worker:
        variables, modules = said(worker, "environment").split(" ")
    assert "NEWS_TOKEN" not in variables
    assert not {"httpx", "sqlite3", "ssl"} & set(modules.split(","))


def test_each_document_has_a_process_of_its_own(shared: Worker) -> None:
    ours = os.getsid(0)
    one, two = said(shared, "who").split(), said(shared, "who").split()
    assert one[0] != two[0]
    assert one[1] == two[1], "from one warm parent"
    assert int(one[2]) != ours, "an interrupt at the keyboard does not reach it"


def test_a_deadly_document_is_not_tried_again(
    shared: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    ask = Worker._ask

    def counted(self: Worker, data: bytes) -> bytes:
        asked.append(data)
        return ask(self, data)

    monkeypatch.setattr(Worker, "_ask", counted)
    for deed, tries in (("end 6", 1), ("sleep 61", 1), ("refuse x", 2)):
        first, second = refusal(shared, deed), refusal(shared, deed)
        assert (first.status, first.reason) == (second.status, second.reason)
        assert asked.count(deed.encode()) == tries, deed


def test_a_server_that_was_killed_is_started_again() -> None:
    with Worker(LIMITS, READER) as worker:
        server = int(said(worker, "who").split()[1])
        os.kill(server, signal.SIGKILL)
        wait_until_gone(server)
        assert int(said(worker, "who").split()[1]) != server, "nothing was lost"
        assert refusal(worker, "kill_server 60").status == "crashed"
        assert said(worker, "sleep 0") == "None"


def test_a_server_leaves_ending_to_us() -> None:
    """Whoever stops all our processes gets the release at hand finished."""
    with Worker(LIMITS, READER) as worker:
        server = int(said(worker, "who").split()[1])
        for number in (signal.SIGTERM, signal.SIGINT):
            os.kill(server, number)
        assert int(said(worker, "who").split()[1]) == server


def test_a_server_that_stands_still_is_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("scraper.documents.worker._GRACE", 0.5)
    with Worker(LIMITS, READER) as worker:
        assert refusal(worker, "stop_server").status == "timeout"
        assert said(worker, "sleep 0") == "None"


def test_a_process_that_dies_every_time_is_a_bug_and_told() -> None:
    """Else every release would lose its text in silence."""
    with Worker(LIMITS, READER) as worker:
        for number in range(4):
            assert refusal(worker, f"kill_server 0.{number}").status == "crashed"
            if number == 1:
                assert said(worker, "sleep 0") == "None", "no more in a row"
        with pytest.raises(RuntimeError, match="dies"):
            worker.extract(b"kill_server 0.4")
    with Worker(reader="no_such_module:extract") as worker:  # noqa: SIM117
        with pytest.raises(RuntimeError):
            worker.extract(b"x")


def test_a_document_too_large_is_not_even_handed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("scraper.documents.worker.LARGEST", 10)
    worker = Worker(reader="no_such_module:extract")
    with pytest.raises(DocumentError, match="larger than") as caught:
        worker.extract(b"x" * 11)
    assert caught.value.status == "too_large"


PARENT = """
from scraper.documents.practice import sample
from scraper.documents.worker import Limits, Worker
worker = Worker(Limits(wall=60.0), "tests.misbehaving:extract")
(block,) = worker.extract(b"who").blocks
print(block.text, flush=True)
worker.extract(b"sleep_deaf 60")
"""


@pytest.mark.skipif(not LINUX, reason="looks at /proc")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_no_process_outlives_ours(number: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as main:
        assert main.stdout
        server = int(main.stdout.readline().split()[1])
        while len(living_in(server)) < 2:
            time.sleep(0.01)
        os.kill(main.pid, number)
    wait_until_gone(server)


@pytest.mark.skipif(not LINUX, reason="elsewhere the child's own alarm ends it")
def test_a_child_goes_with_its_server() -> None:
    with Worker(Limits(wall=60.0), READER) as worker:
        server = int(said(worker, "who").split()[1])
        assert refusal(worker, "kill_server 60").status == "crashed"
        wait_until_gone(server)


def test_documents_are_equal_and_hashable_after_the_journey(shared: Worker) -> None:
    document = shared.extract(b"sleep 0")
    assert document == Document("test", (Paragraph("None"),))
    assert hash(document)


def test_what_the_server_practices_on_has_everything_common() -> None:
    """Else children would do for the first time what their parent should have done."""
    found = extract(sample())
    kinds = {type(block).__name__ for block in found.blocks}
    assert kinds >= {"Paragraph", "ListItem", "Note", "Table"}
    assert found.preview
    assert found.warnings == ()


# --- documents made to hurt --------------------------------------------------------


def bomb(size: int) -> bytes:
    """Return an HWPX whose section inflates to ``size`` bytes of text."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as parts,
        parts.open("Contents/section0.xml", "w", force_zip64=True) as part,
    ):
        part.write(b"<s><p><run><t>")
        for _ in range(size >> 20):
            part.write(b"a" * (1 << 20))
        part.write(b"</t></run></p></s>")
    return stream.getvalue()


def lying(data: bytes) -> bytes:
    """Return the zip with every stated size made one byte."""
    at = data.index(b"PK\x01\x02")
    return data[: at + 24] + (1).to_bytes(4, "little") + data[at + 28 :]


def deep(levels: int) -> bytes:
    inside = "<p><run><tbl><tr><tc><subList>" * levels
    return section(inside + "</subList></tc></tr></tbl></run></p>" * levels)


def section(body: str) -> bytes:
    return package({"Contents/section0.xml": f"<s>{body}</s>".encode()})


def spans(size: int) -> str:
    span = f'<cellSpan rowSpan="{size}" colSpan="{size}"/>'
    cell = (
        f'<tc>{span}<cellAddr rowAddr="0" colAddr="0"/><p><run><t>a</t></run></p></tc>'
    )
    return f"<p><run><tbl><tr>{cell}{cell}</tr></tbl></run></p>"


@pytest.mark.parametrize(
    ("make", "statuses"),
    [
        (lambda: bomb(1 << 30), {"too_large"}),
        (lambda: lying(bomb(1 << 20)), {"broken"}),
        (lambda: package({"Contents/section0.xml": bomb(1 << 24)}), {"broken"}),
        (lambda: deep(5_000), {"too_large", "broken"}),
        (lambda: section(spans(60_000)), {"too_large"}),
        (lambda: section("<p/>" * 2_000_000), {"empty", "too_large"}),
        (lambda: section("<p><run><t>a</t></run></p>" * 500_000), {"too_large", ""}),
        (lambda: package({f"{n}": b"" for n in range(50_000)}), {"too_large"}),
        (lambda: b"%PDF-1.7\n" + b"1 0 obj<<>>" * 100_000, {"broken", "empty"}),
        (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 4_096, {"broken"}),
    ],
    ids=[
        "bomb",
        "lies",
        "nested",
        "deep",
        "spans",
        "empty",
        "many",
        "entries",
        "pdf",
        "hwp",
    ],
)
def test_a_hostile_document_is_refused_within_limits(
    real: Worker, make: Callable[[], bytes], statuses: set[str]
) -> None:
    """Nothing here may end our process, the server, or a limit of its own."""
    data = make()
    status = ""
    try:
        assert real.extract(data).blocks
    except DocumentError as error:
        status = error.status
    assert status in statuses
    assert real.extract(SMALL) == extract(SMALL)


SMALL = hwpx(p("글"))


@pytest.fixture(scope="module")
def real() -> Iterator[Worker]:
    with Worker() as worker:
        yield worker
