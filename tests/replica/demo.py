"""``make demo``: the main job against the replica, into the folder ``demo/``."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.replica import golden

#: Set it to this replica's key, and policy news comes by the Open API too.
KEY_ENV, KEY = "DATA_GO_KR_KEY", "replica-key"

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "demo" / ("by-api" if os.environ.get(KEY_ENV) else "")
NEWS = DEMO / "news"

#: The invented present of the replica and of the program that reads it.
NOW = "2026-11-24T18:00:00+09:00"

CONFIG = """\
# Made by make demo. The delay is 0 because the server is our own.
contact: https://example.invalid/demo
site: {{base_url: "{address}"}}
fetch: {{delay: 0}}
sources: [{sources}]
open_api: {{base_url: "{address}", key_env: {key_env}}}
news: {{remote: ./news}}
"""

#: What needs no key.
SOURCES = ("press_release", "policy_news", "fact_check", "briefing")


def main() -> int:
    """Run the demo; return the exit code of the run."""
    DEMO.mkdir(parents=True, exist_ok=True)
    before = git("rev-parse", "HEAD") if NEWS.exists() else ""
    with replica() as address:
        config = DEMO / "config.yaml"
        with_key = bool(os.environ.get(KEY_ENV))
        sources = ", ".join((*SOURCES, "open_api") if with_key else SOURCES)
        key_env = KEY_ENV if with_key else '""'
        values = {"address": address, "sources": sources, "key_env": key_env}
        config.write_text(CONFIG.format(**values), "utf-8")
        print(f"a korea.kr of our own at {address}; it is {NOW}\n", flush=True)
        scrape = [sys.executable, "-m", "scraper.cli", "--config", str(config)]
        command = [*scrape, "--since", "2d", "--json", str(DEMO / "report.json")]
        environ = os.environ | {"BODOJARYO_NOW": NOW}
        code = subprocess.run(command, env=environ, check=False).returncode
    if NEWS.exists():
        tell(before)
    return code


def tell(before: str) -> None:
    """Print what is in the news repository, and what to look at next."""
    tip = git("rev-parse", "HEAD")
    posts = sorted((NEWS / "_posts").rglob("*.md"))
    print(f"\n{NEWS.relative_to(ROOT)}: a git repository with {len(posts)} posts")
    print(git("log", "--stat=80,60", "--stat-count=4", "-2", "--format=%h %s"))
    if before == tip:
        print("\nsame tip as before: a release that did not change makes no commit")
    post = next((p for p in posts if p.stem.endswith(golden.NEWS_ID)), posts[0])
    print(f"\n--- {post.relative_to(ROOT)}")
    print("\n".join(post.read_text("utf-8").split("\n")[:40]))
    print("--- (first 40 lines)\n")
    print("look at next:")
    print(f"  less {post.relative_to(ROOT)}")
    demo = DEMO.relative_to(ROOT)
    print(f"  less {demo}/report.json          what became of every release, and why")
    print(
        f"  less {demo}/config.yaml          what this demo sets; config.yaml has all"
    )
    news_id = post.stem.rsplit("-", 1)[-1]
    print(f"  .venv/bin/scrape show {news_id} --config {demo}/config.yaml")
    print(f"  .venv/bin/scrape sources --config {demo}/config.yaml")
    print("  make demo                        again: nothing new, same tip")
    if not os.environ.get(KEY_ENV):
        print(f"  {KEY_ENV}={KEY} make demo   policy news by the Open API too")


def git(*arguments: str) -> str:
    """Return what git says in the news repository."""
    command = ["git", "-C", str(NEWS), *arguments]
    return subprocess.run(
        command, check=True, capture_output=True, text=True
    ).stdout.strip()


@contextmanager
def replica() -> Iterator[str]:
    """Start the replica; yield its address; end it."""
    command = [
        *(sys.executable, "-m", "tests.replica", "--port", "0", "--seed", "1"),
        *("--days", "2026-11-22..2026-11-24", "--releases", "80", "--today", NOW),
        *("--articles", "60", "--golden", "--api-key", KEY),
    ]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        line = server.stdout.readline()
        if not line.startswith("replica ready "):
            raise SystemExit(f"the replica did not start: {line.strip()}")
        yield line.split()[-1]
    finally:
        server.terminate()
        server.wait(10)


if __name__ == "__main__":
    sys.exit(main())
