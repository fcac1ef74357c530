"""One Chromium that is told what to do, for as many pages as a test has.

It is asked through a pipe, in its own protocol (DevTools), so that nothing listens
anywhere. No name resolves but this machine's: a page that asks for more gets nothing.
"""

import base64
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable
from typing import Any, Self

from tests.browser import chromium

#: Seconds a page has.
PATIENCE = 30


class Chromium:
    """A window that shows one page after another."""

    def __init__(self) -> None:
        program = chromium()
        self._folder = tempfile.mkdtemp()
        theirs_in, ours_out = _pipe()
        ours_in, theirs_out = _pipe()
        self._process = subprocess.Popen(
            [
                *("bash", "-c", f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}', "bash"),
                *(program, "--headless", "--no-sandbox", "--disable-gpu"),
                *("--remote-debugging-pipe", "--no-first-run", "--hide-scrollbars"),
                *("--disable-background-networking", "--disable-component-update"),
                *("--disable-sync", "--disable-dev-shm-usage", "--mute-audio"),
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                *(f"--user-data-dir={self._folder}", "about:blank"),
            ],
            pass_fds=(theirs_in, theirs_out),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._out, self._in, self._read = ours_out, ours_in, b""
        self._count = 0
        self._session = ""
        #: Called with name and values of each event of the page.
        self.listener: Callable[[str, dict[str, Any]], None] | None = None
        self.window()

    def window(self) -> None:
        """Open another window for all that follows, and close the one before."""
        old = getattr(self, "_target", "")
        self._session = ""
        self._target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self.ask(
            "Target.attachToTarget", targetId=self._target, flatten=True
        )
        if old:
            self.ask("Target.closeTarget", targetId=old)
        self._session = attached["sessionId"]
        self.ask("Page.enable")
        self.ask("Runtime.enable")

    def show(self, address: str) -> None:
        """Load a page, with all that it loads itself."""
        loaded = []
        before = self.listener

        def wait(name: str, values: dict[str, Any]) -> None:
            if name == "Page.loadEventFired":
                loaded.append(name)
            if before:
                before(name, values)

        self.listener = wait
        try:
            answer = self.ask("Page.navigate", url=address)
            assert not answer.get("errorText"), answer
            while not loaded:
                self._take()
        finally:
            self.listener = before

    def evaluate(self, script: str) -> Any:
        """Return what an expression says of the page; a promise is waited for."""
        told = self.ask(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def picture(self, *, width: int, height: int) -> bytes:
        """Return what a window of that size shows, as PNG."""
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip
        shot = self.ask("Page.captureScreenshot", format="png")
        return base64.b64decode(shot["data"])

    def ask(self, method: str, **values: Any) -> dict[str, Any]:
        """Send a command; return its answer."""
        number = self.send(method, **values)
        while True:
            message = self._take()
            if message.get("id") == number:
                assert "error" not in message, (method, message["error"])
                result: dict[str, Any] = message["result"]
                return result

    def send(self, method: str, **values: Any) -> int:
        """Send a command without waiting for its answer; return its number."""
        self._count += 1
        command = {"id": self._count, "method": method, "params": values}
        if self._session:
            command["sessionId"] = self._session
        rest = json.dumps(command).encode() + b"\0"
        while rest:
            rest = rest[os.write(self._out, rest) :]
        return self._count

    def _take(self) -> dict[str, Any]:
        """Return the next message; events go to the listener as well."""
        while b"\0" not in self._read:
            ready, _, _ = select.select([self._in], [], [], PATIENCE)
            assert ready, "Chromium says nothing"
            more = os.read(self._in, 1 << 16)
            assert more, "Chromium is gone"
            self._read += more
        raw, _, self._read = self._read.partition(b"\0")
        message: dict[str, Any] = json.loads(raw)
        if "method" in message and self.listener:
            self.listener(message["method"], message.get("params", {}))
        return message

    def close(self) -> None:
        """End it, and all of its processes."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)
        os.close(self._out)
        os.close(self._in)
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *gone: object) -> None:
        self.close()


def _pipe() -> tuple[int, int]:
    """Return a pipe whose ends are not those that Chromium expects."""
    ends = os.pipe()
    moved = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 50) for end in ends]
    for end in ends:
        os.close(end)
    return moved[0], moved[1]
