"""Make ``docs/status.png``: the status page of a newsroom that read the replica.

    .venv/bin/python -m tests.replica.status_picture

Needs Chromium and a Korean font (Debian: ``apt-get install chromium fonts-nanum``).
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.replica import Fault, replica

FIRST, LAST = "2026-10-19", "2026-11-24"
SHOT = Path(__file__).parents[2] / "docs" / "status.png"
WIDTH, HEIGHT = 1280, 960


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "status.html")
        make_page(Path(folder), page)
        text = page.read_text("utf-8").replace(f"{folder}/", "./")
        page.write_text(text, "utf-8")  # the folder is another one each time
        subprocess.run(
            [
                "chromium", "--headless", "--no-sandbox", "--disable-gpu",
                "--hide-scrollbars", "--blink-settings=preferredColorScheme=1",
                f"--user-data-dir={folder}/profile",
                f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={SHOT}",
                page.as_uri(),
            ],
            check=True, capture_output=True,
        )  # fmt: skip
    print(f"{SHOT}: {SHOT.stat().st_size:,} bytes")


def make_page(folder: Path, page: Path) -> None:
    """Read five weeks of the replica, with some trouble, and write the page."""
    faults = [
        Fault(fault="layout-change", on="list", day="2026-11-19"),
        Fault(fault="status", status=500, on="detail", percent=2),
    ]
    with replica(seed=3, days=f"{FIRST}..{LAST}", releases=700, faults=faults) as site:
        config = folder / "config.yaml"
        config.write_text(
            "contact: https://example.invalid/status\n"
            f"site: {{base_url: '{site.base_url}'}}\n"
            "fetch: {delay: 0, attempts: 2}\n",
            "utf-8",
        )
        scrape(config, "--since", FIRST, now="2026-11-24T18:00:00+09:00")
        scrape(config, "status", "--html", str(page), now="2026-11-24T18:30:00+09:00")


def scrape(config: Path, *arguments: str, now: str) -> None:
    """Run the command; that not all goes well is the point."""
    program = [sys.executable, "-m", "scraper.cli"]
    name: Sequence[str] = arguments
    command = [*program, *name, "--config", str(config)]
    done = subprocess.run(
        command, env={**os.environ, "BODOJARYO_NOW": now}, capture_output=True
    )
    if done.returncode not in (0, 3):
        sys.exit(done.stderr.decode())


if __name__ == "__main__":
    main()
