"""Our readers of documents beside other libraries, in one run, on any folder.

    python -m benchmarks.documents [FOLDER] [--only 'kr_*'] [--rounds 5]

Each library runs in a process and an environment of its own, below ``.bench/``, made
at the first run. Seconds are CPU seconds of that process and all it started, from its
start to its end; megabytes are the largest of them at its peak.

Recall, precision and the adjacency of table cells are told against the text nodes of
the documents themselves, by ``tools/score_documents.py`` beside the folder of captures
where there is one; else by runs of five letters, for HWPX alone.
"""

import argparse
import fnmatch
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from lxml import etree

from benchmarks.__main__ import table
from scraper.documents import sniff

ROOT = Path(__file__).parents[1]
BUILT = ROOT / ".bench"
CAPTURES = Path(os.environ.get("CAPTURES") or ROOT.parent / "shared" / "data")

#: Library -> its release and the kinds of documents it reads; ours need none.
PYTHON_PEERS = {
    "unhwp": ("unhwp==0.23.1", ("hwpx", "hwp")),
    "python-hwpx": ("python-hwpx==6.9.0", ("hwpx",)),
    "extract-hwp": ("extract-hwp==0.2.1", ("hwpx", "hwp")),
    "pypdfium2": ("", ("pdf",)),
}
KORDOC = "kordoc@4.14.1"
OURS = ("ours, isolated", "ours, in process")


@dataclass(frozen=True, slots=True)
class Peer:
    """A library, ready to run: its command (the folder for results follows)."""

    name: str
    command: tuple[str, ...]
    folder: Path
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cost:
    cpu: float
    peak_mb: float


#: Starts a command and tells what it used. A process counts the peak of whoever started
#: it as its own, so that must be a small one.
LAUNCHER = """
import os, resource, subprocess, sys
null = subprocess.DEVNULL
code = subprocess.call(sys.argv[1:], stdout=null, stderr=null)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(code, used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


def main() -> None:
    options = arguments()
    files = documents(options.folder, options.only)
    if not files:
        sys.exit(f"no documents in {options.folder}")
    scorer = load_scorer(options.folder)
    everyone = list(peers())
    for kind in [options.kind] if options.kind else ("hwpx", "hwp", "pdf"):
        of_kind = [file for file in files if sniff(file.read_bytes()) == kind]
        if of_kind:
            print(f"## {kind.upper()}, {len(of_kind)} documents\n", flush=True)
            able = [peer for peer in everyone if kind in peer.kinds]
            print(table(compare(able, of_kind, scorer, options)) + "\n", flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "folder", type=Path, nargs="?", default=CAPTURES / "attachments"
    )
    parser.add_argument("--only", default="*", help="pattern of file names")
    kinds = ("hwpx", "hwp", "pdf")
    parser.add_argument("--kind", choices=kinds, help="only documents of this kind")
    parser.add_argument("--rounds", type=int, default=5, help="times each is read")
    parser.add_argument("--turns", type=int, default=3, help="of each library")
    return parser.parse_args()


def documents(folder: Path, only: str) -> list[Path]:
    """Return the documents in a folder, each name once."""
    found = (
        file
        for file in sorted(folder.rglob("*"))
        if file.suffix.lower() in (".hwpx", ".hwp", ".pdf")
        and fnmatch.fnmatch(file.name, only)
    )
    return list({file.name: file for file in found}.values())


# --- running ----------------------------------------------------------------------


def peers() -> Iterator[Peer]:
    """Yield each library that can be had here, ours first."""
    script = str(Path(__file__).with_name("peer.py"))
    for name in OURS:
        command = (sys.executable, script, name)
        yield Peer(name, command, ROOT, ("hwpx", "hwp", "pdf"))
    for name, (wanted, kinds) in PYTHON_PEERS.items():
        python = environment(name, wanted) if wanted else sys.executable
        yield Peer(name, (python, script, name), ROOT, kinds)
    if node := shutil.which("node"):
        folder = node_modules()
        command = (node, str(Path(script).with_suffix(".mjs")))
        yield Peer("kordoc", command, folder, ("hwpx", "hwp", "pdf"))


def environment(name: str, wanted: str) -> str:
    """Return a Python that has the library and what it needs, nothing else."""
    folder = BUILT / name
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        install = [python, "-m", "pip", "install", "-q", wanted]
        subprocess.run(install, check=True)
    return str(python)


def node_modules() -> Path:
    folder = BUILT / "kordoc"
    if not (folder / "node_modules").exists():
        folder.mkdir(parents=True, exist_ok=True)
        install = ["npm", "install", "--silent", "--no-audit", "--no-fund", KORDOC]
        subprocess.run(install, check=True, cwd=folder)
    return folder


def run(peer: Peer, files: Sequence[Path], out: Path, rounds: int) -> Cost:
    """Let a library read the files; return what that cost."""
    environ = {**os.environ, "ROUNDS": str(rounds), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-S", "-c", LAUNCHER, *peer.command, str(out)],
        cwd=peer.folder,
        env=environ,
        input="\n".join(str(file.resolve()) for file in files),
        capture_output=True,
        text=True,
        check=True,
    )
    code, cpu, peak = done.stdout.split()
    if code != "0":
        sys.exit(f"{peer.name} ended with code {code}")
    # Linux counts kilobytes, macOS bytes.
    unit = 1_000_000 if sys.platform == "darwin" else 1_000
    return Cost(float(cpu), float(peak) / unit)


def compare(
    able: Sequence[Peer],
    files: Sequence[Path],
    scorer: ModuleType | None,
    options: argparse.Namespace,
) -> list[dict[str, str]]:
    """Let libraries take turns, so that what else the machine does strikes them alike.

    Each is told by its best turn.
    """
    costs: dict[str, list[Cost]] = {peer.name: [] for peer in able}
    scores: dict[str, dict[str, str]] = {}
    for _ in range(options.turns):
        for peer in able:
            with tempfile.TemporaryDirectory() as folder:
                out = Path(folder)
                costs[peer.name].append(run(peer, files, out, options.rounds))
                if peer.name not in scores:
                    scores[peer.name] = score(files, out, scorer)
    rows = []
    for peer in able:
        cpu = min(cost.cpu for cost in costs[peer.name])
        peak = max(cost.peak_mb for cost in costs[peer.name])
        rows.append(
            {
                "library": peer.name,
                **scores[peer.name],
                "documents / CPU s": f"{len(files) * options.rounds / cpu:.1f}",
                "peak MB": f"{peak:.0f}",
            }
        )
    return rows


# --- scoring ----------------------------------------------------------------------


def load_scorer(folder: Path) -> ModuleType | None:
    """Return the scorer beside the captures, if there is one."""
    for place in (CAPTURES, *folder.resolve().parents):
        file = place.parent / "tools" / "score_documents.py"
        spec = importlib.util.spec_from_file_location("score_documents", file)
        if file.exists() and spec and spec.loader:
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            return module
    return None


def score(
    files: Sequence[Path], out: Path, scorer: ModuleType | None
) -> dict[str, str]:
    """Return how many files were read, and how well."""
    made = {file: out / f"{file.name}.md" for file in files}
    texts = {f: m.read_text("utf-8", "replace") for f, m in made.items() if m.exists()}
    read = str(sum(bool(text.strip()) for text in texts.values()))
    if scorer is None:
        return {"read": read, **simply_scored(files, texts)}
    return {"read": read, **scored(files, texts, scorer)}


def scored(
    files: Sequence[Path], texts: dict[Path, str], scorer: ModuleType
) -> dict[str, str]:
    """Score against the documents' own text; those without a reference are left out."""
    found = []
    for file in files:
        reference = reference_of(file, scorer)
        if reference and reference[0]:
            found.append(scorer.score(reference, texts.get(file, "")))
    if not found:
        return {"scored": "0", "recall": "", "precision": "", "adjacency": ""}
    total = scorer.agg(found)
    return {
        "scored": str(total["n"]),
        "recall": f"{total['rec']:.4f}",
        "precision": f"{total['prec']:.4f}",
        "adjacency": f"{total['adjrec']:.4f}" if "adjrec" in total else "",
    }


#: The letters of a document, and its tables.
Reference = tuple[str, list[object]]

REFERENCES: dict[Path, Reference | None] = {}


def reference_of(file: Path, scorer: ModuleType) -> Reference | None:
    """Return a document's own text and tables; of a PDF, those of its HWPX twin."""
    if file not in REFERENCES:
        source = file
        if file.suffix == ".pdf":
            twins = (file.with_suffix(".hwpx"), file.parents[1] / "hwpx" / file.name)
            source = next((t for t in map(as_hwpx, twins) if t.exists()), file)
        kind = sniff(source.read_bytes())
        make = {"hwpx": scorer.gold_hwpx, "hwp": scorer.gold_hwp}.get(kind)
        REFERENCES[file] = attempt(make, source) if make else None
    return REFERENCES[file]


def as_hwpx(file: Path) -> Path:
    return file.with_suffix(".hwpx")


def attempt(make: Callable[[Path], tuple[str, list[object]]], source: Path):
    try:
        return make(source)
    except Exception:  # noqa: BLE001 -- encrypted or damaged: it has no reference
        return None


def simply_scored(files: Sequence[Path], texts: dict[Path, str]) -> dict[str, str]:
    """Score HWPX by runs of five letters, wherever they stand."""
    wanted: Counter[tuple[Path, str]] = Counter()
    made: Counter[tuple[Path, str]] = Counter()
    for file in files:
        if sniff(file.read_bytes()) == "hwpx":
            wanted.update((file, gram) for gram in grams(text_nodes(file)))
            made.update((file, gram) for gram in grams(texts.get(file, "")))
    common = (wanted & made).total()
    return {
        "recall": f"{common / max(1, wanted.total()):.4f}",
        "precision": f"{common / max(1, made.total()):.4f}",
    }


def text_nodes(file: Path) -> str:
    """Return every text node of the sections of an HWPX file."""
    with zipfile.ZipFile(file) as parts:
        names = [n for n in parts.namelist() if "section" in n and n.endswith(".xml")]
        roots = [etree.fromstring(parts.read(name)) for name in sorted(names)]
    return "".join("".join(t.itertext()) for root in roots for t in root.iter("{*}t"))


def grams(text: str) -> Iterator[str]:
    letters = "".join(filter(str.isalnum, text))
    return (letters[n : n + 5] for n in range(len(letters) - 4))


if __name__ == "__main__":
    main()
