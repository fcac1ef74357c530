"""What systemd wants to hear of a service of ``Type=notify``; see sd_notify(3)."""

import os
import socket
import threading
from collections.abc import Callable, MutableMapping


class Notifier:
    """Tells the service manager how we are; nothing where there is none.

    What is told may fail to arrive: that must not end what it is about.
    """

    def __init__(self, environ: MutableMapping[str, str]) -> None:
        """Take our variables, so that no child can speak for us."""
        self._address = environ.pop("NOTIFY_SOCKET", "")
        usec = environ.pop("WATCHDOG_USEC", "")
        ours = environ.pop("WATCHDOG_PID", "") in ("", str(os.getpid()))
        #: Seconds between two signs of life; 0 if nobody waits for any.
        self.pace = int(usec) / 2_000_000 if usec.isdecimal() and ours else 0.0
        if self._address.startswith("@"):
            self._address = "\0" + self._address[1:]

    def tell(self, **what: str | int) -> None:
        """Send variables such as ``READY=1``."""
        if not self._address:
            return
        lines = "\n".join(f"{name}={value}" for name, value in what.items())
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.sendto(lines.encode(), self._address)
        except OSError:
            return

    def watch(self, trouble: Callable[[], str]) -> None:
        """Give signs of life from a thread, while there is no ``trouble``."""
        if self.pace:
            args = (trouble, threading.Event())
            threading.Thread(target=self._watch, args=args, daemon=True).start()

    def _watch(self, trouble: Callable[[], str], never: threading.Event) -> None:
        while not never.wait(self.pace):
            if not trouble():
                self.tell(WATCHDOG=1)
