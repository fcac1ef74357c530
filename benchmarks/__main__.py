"""Measure in one run, print a table, and keep it in ``benchmarks/README.md``.

Seconds are CPU seconds of this machine at this moment; read the ratios.
"""

from pathlib import Path

from benchmarks import jobs, stages

README = Path(__file__).with_name("README.md")
HEAD = """\
# What a run costs

Made by `make bench`, all of it in one run on one machine. Absolute numbers are worth
little elsewhere; ratios within a table are. Readers of documents beside other
libraries: `make bench-documents`, kept in `documents.md`.

"""


def main() -> None:
    """Run every measurement."""
    parts = []
    for title, measure in (
        # first: a child's peak memory starts at that of the process it is forked from
        ("A whole run", jobs.measure_run),
        ("A run that finds nothing", jobs.measure_nothing_new),
        ("Five new posts into a repository", jobs.measure_commit),
        ("Stages", stages.measure),
    ):
        part = f"## {title}\n\n{table(measure())}\n"
        print(part, flush=True)
        parts.append(part)
    README.write_text(HEAD + "\n".join(parts), "utf-8")


def table(rows: list[dict[str, str]]) -> str:
    """Return rows of the same keys as a Markdown table."""
    names = list(rows[0])
    lines = [names, ["---"] * len(names), *([row[n] for n in names] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
