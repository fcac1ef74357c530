"""What every test gets: no network but loopback, a git identity, real captures."""

import os
import socket
from pathlib import Path

import pytest
from soak_figures import pytest_terminal_summary  # noqa: F401 - a hook

#: Where real captures lie on the machines that have them; never committed.
DEFAULT_CAPTURES = Path(__file__).parents[2] / "shared" / "data"


def pytest_xdist_auto_num_workers() -> int:
    """Twice the processors: most tests wait for a server, a git or a clock."""
    return 2 * (os.cpu_count() or 1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes minutes in one process, so that nobody waits for it."""
    items.sort(key=lambda item: item.path.name != "test_sixty_days.py")


@pytest.fixture(scope="session")
def captures() -> Path:
    """Return the folder of real captures, or skip."""
    folder = Path(os.environ.get("CAPTURES") or DEFAULT_CAPTURES)
    if not folder.is_dir():
        pytest.skip(f"no real captures at {folder}: set CAPTURES to their folder")
    return folder


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail any test that opens a connection beyond this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = address[0] if isinstance(address, tuple) else str(address)
            if not (host == "localhost" or host.startswith("127.") or host == "::1"):
                pytest.fail(f"connection beyond this machine: {host}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def git_identity(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Keep the machine's own git settings out of every test."""
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Test")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "test@example.invalid")
