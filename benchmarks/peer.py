"""Turn documents into Markdown by one library: ``peer.py NAME OUT < paths``.

Runs in that library's own environment, so it imports nothing of ours at the top. Writes
``OUT/<file name>.md`` for each document it can read; all files as often as ``ROUNDS``.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path


def ours_isolated() -> Callable[[Path], str]:
    from scraper.documents.worker import Worker
    from scraper.markdown import to_markdown

    worker = Worker().__enter__()
    ENDINGS.append(lambda: worker.__exit__(None, None, None))
    return lambda path: to_markdown(worker.extract(path.read_bytes()).blocks)


def ours_in_process() -> Callable[[Path], str]:
    from scraper.documents import extract
    from scraper.markdown import to_markdown

    return lambda path: to_markdown(extract(path.read_bytes()).blocks)


def unhwp() -> Callable[[Path], str]:
    import unhwp

    return lambda path: unhwp.to_markdown(path)


def python_hwpx() -> Callable[[Path], str]:
    from hwpx.document import HwpxDocument

    return lambda path: HwpxDocument.open(str(path)).export_rich_markdown()


def extract_hwp() -> Callable[[Path], str]:
    from extract_hwp import extract_text_from_hwp

    return lambda path: extract_text_from_hwp(str(path))[0] or ""


def pypdfium2() -> Callable[[Path], str]:
    from pypdfium2 import PdfDocument

    def raw_text(path: Path) -> str:
        with PdfDocument(path) as document:
            pages = (document[n].get_textpage() for n in range(len(document)))
            return "\n".join(page.get_text_bounded() for page in pages)

    return raw_text


PEERS = {
    "ours, isolated": ours_isolated,
    "ours, in process": ours_in_process,
    "unhwp": unhwp,
    "python-hwpx": python_hwpx,
    "extract-hwp": extract_hwp,
    "pypdfium2": pypdfium2,
}

#: What to do at the end.
ENDINGS: list[Callable[[], None]] = []


def main() -> None:
    name, out = sys.argv[1], Path(sys.argv[2])
    read = PEERS[name]()
    paths = [Path(line) for line in sys.stdin.read().splitlines()]
    for _ in range(int(os.environ.get("ROUNDS", "1"))):
        for path in paths:
            try:
                text = read(path)
            except Exception as error:  # noqa: BLE001 -- libraries raise what they like
                print(f"{path.name}: {type(error).__name__}", file=sys.stderr)
                continue
            (out / f"{path.name}.md").write_text(text, "utf-8", "surrogatepass")
    for end in ENDINGS:
        end()


if __name__ == "__main__":
    main()
