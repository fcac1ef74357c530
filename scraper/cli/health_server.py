"""``/healthz`` and ``/metrics`` of a daemon, on this machine alone."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import AF_INET, AF_INET6

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from scraper.cli.tally import Tally
from scraper.errors import ConfigError

#: Seconds for one request; whoever asks is on this machine.
PATIENCE = 5.0


class _Metrics(Collector):
    """A tally in the words of Prometheus."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def collect(self) -> Iterator[Metric]:
        """Yield every figure."""
        tally = self._tally
        runs = CounterMetricFamily(
            "bodojaryo_runs", "Runs, by exit code.", labels=["code"]
        )
        for code, count in list(tally.runs.items()):
            runs.add_metric([str(code)], count)
        yield runs
        releases = CounterMetricFamily(
            "bodojaryo_releases",
            "Releases that runs met, by source and what became of them.",
            labels=["source", "result"],
        )
        for labels, count in list(tally.releases.items()):
            releases.add_metric(labels, count)
        yield releases
        success = GaugeMetricFamily(
            "bodojaryo_last_success_timestamp_seconds",
            "When a source was last read without trouble.",
            labels=["source"],
        )
        for source, at in list(tally.last_success.items()):
            success.add_metric([source], at.timestamp())
        yield success
        waiting = GaugeMetricFamily(
            "bodojaryo_waiting_releases",
            "Releases held for a time, or failed, by reason.",
            labels=["reason"],
        )
        for reason, count in list(tally.waiting.items()):
            waiting.add_metric([reason], count)
        yield waiting
        yield CounterMetricFamily(
            "bodojaryo_requests", "Requests sent.", value=tally.requests
        )
        yield CounterMetricFamily(
            "bodojaryo_run_seconds", "Seconds spent in runs.", value=tally.seconds
        )
        yield GaugeMetricFamily(
            "bodojaryo_last_run_seconds", "Seconds of the last run.", tally.last_seconds
        )
        if tally.next_run is not None:
            yield GaugeMetricFamily(
                "bodojaryo_next_run_timestamp_seconds",
                "When the next run is due.",
                tally.next_run.timestamp(),
            )


@contextmanager
def health_server(
    address: str, tally: Tally, trouble: Callable[[], str]
) -> Iterator[None]:
    """Serve while the block runs.

    ``/healthz`` is 200 and ``ok``, or 503 and what ``trouble`` says in one line.

    Args:
        address: Host and port; a loopback address, as the configuration sees to.
        tally: What ``/metrics`` shows.
        trouble: Says what is wrong; "" for nothing.

    Raises:
        ConfigError: somebody else has the port.
    """
    registry = CollectorRegistry()
    registry.register(_Metrics(tally))

    class Handler(BaseHTTPRequestHandler):
        timeout = PATIENCE

        def do_GET(self) -> None:
            """Answer."""
            match self.path.partition("?")[0]:
                case "/healthz":
                    wrong = trouble()
                    body = (wrong or "ok").replace("\n", " ").encode() + b"\n"
                    self._send(503 if wrong else 200, body, "text/plain; charset=utf-8")
                case "/metrics":
                    self._send(200, generate_latest(registry), CONTENT_TYPE_PLAIN_0_0_4)
                case _:
                    self._send(404, b"/healthz or /metrics\n", "text/plain")

        def _send(self, status: int, body: bytes, content_type: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    host, _, port = address.rpartition(":")
    host = host.strip("[]")

    class Server(ThreadingHTTPServer):
        address_family = AF_INET6 if ":" in host else AF_INET
        daemon_threads = True
        block_on_close = False

    try:
        server = Server((host, int(port)), Handler)
    except OSError as error:
        raise ConfigError(
            [f"schedule.health: cannot listen at {address}: {error.strerror}"]
        ) from None
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
