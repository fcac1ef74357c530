"""The peers' own environment below ``.bench/``, made at the first run from PyPI."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = Path(__file__).parent / "peers" / "requirements.lock"
FOLDER = ROOT / ".bench" / "peers"


def peers_python() -> str:
    """Return a Python that has the peers as ``requirements.lock`` pins them."""
    python, installed = FOLDER / "bin" / "python", FOLDER / LOCK.name
    if not installed.exists() or installed.read_bytes() != LOCK.read_bytes():
        print(f"installing the peers into {FOLDER} …", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", FOLDER], check=True)
        # All that is needed is pinned, so that there is nothing to resolve.
        options = ["-qq", "--disable-pip-version-check", "--no-deps", "-r", LOCK]
        subprocess.run([python, "-m", "pip", "install", *options], check=True)
        installed.write_bytes(LOCK.read_bytes())
    return str(python)


def peer_releases() -> dict[str, str]:
    """Return the release of each library in the peers' environment."""
    lines = LOCK.read_text("utf-8").splitlines()
    return dict(line.split("==") for line in lines if "==" in line)
