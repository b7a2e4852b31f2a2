"""The peers as programs: each started on a folder of its own, asked over HTTP, and a listener for their alarms."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import orjson
from bench._common import free_port
from bench._writing import Batch, Formatted, RemoteWrite, Text


@dataclass(frozen=True, slots=True)
class Peer:
    """One that runs. `form` is the fastest way in, `slower` another, `ruled` lets the rules of its folder run as they stand there, `counter`
    is the metric that counts how many were evaluated, at `rules_port`.
    """

    port: int
    form: type[Batch]
    slower: type[Batch] | None
    of_group: Mapping[str, Any]
    ruled: Callable[[], AbstractContextManager[None]]
    counter: str
    rules_port: int
    client: httpx.Client

    def ask(self, expression: str) -> float | None:
        """The value of what has one, as of now."""
        given = {"query": expression, "nocache": "1"}
        answer = self.client.get(f"http://127.0.0.1:{self.port}/api/v1/query", params=given)
        answer.raise_for_status()
        found = orjson.loads(answer.content)["data"]["result"]
        return float(found[0]["value"][1]) if found else None

    def evaluated(self) -> float:
        """Rules evaluated so far, one as often as it was."""
        lines = self.client.get(f"http://127.0.0.1:{self.rules_port}/metrics").text.splitlines()
        return sum(
            float(line.rpartition(" ")[2])
            for line in lines
            if line.startswith((f"{self.counter}{{", f"{self.counter} "))
        )


@contextmanager
def victoriametrics(folder: Path, alarms: int, every_s: int) -> Iterator[Peer]:
    """With its defaults, save that answers of this moment are not held back."""
    port, rules_port = free_port(), free_port()
    url = f"http://127.0.0.1:{port}"
    command = ["victoria-metrics", f"-storageDataPath={folder}/data", f"-httpListenAddr=127.0.0.1:{port}"]
    ruling = [
        "vmalert", f"-rule={folder}/rules.yml", f"-datasource.url={url}", f"-remoteWrite.url={url}",
        f"-notifier.url=http://127.0.0.1:{alarms}", f"-evaluationInterval={every_s}s", "-datasource.queryTimeAlignment=false",
        f"-httpListenAddr=127.0.0.1:{rules_port}",
    ]  # fmt: skip
    with running(command, f"{url}/health"), httpx.Client() as client:
        yield Peer(
            port, Text, Formatted, {"params": {"nocache": ["1"]}},
            lambda: running(ruling, f"http://127.0.0.1:{rules_port}/health"), "vmalert_execution_total", rules_port, client,
        )  # fmt: skip


@contextmanager
def prometheus(folder: Path, alarms: int, every_s: int) -> Iterator[Peer]:
    """Readings come by remote write; it reads its rules when it is told to."""
    port, file = free_port(), folder / "prometheus.yml"
    url = f"http://127.0.0.1:{port}"
    file.write_text(
        json.dumps(
            {
                "global": {"evaluation_interval": f"{every_s}s"},
                "rule_files": [f"{folder}/rules*.yml"],
                "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{alarms}"]}]}]},
            }
        )
    )
    command = [
        "prometheus", f"--config.file={file}", f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{port}",
        "--web.enable-remote-write-receiver", "--web.enable-lifecycle", "--log.level=error",
        f"--rules.alert.resend-delay={every_s}s",
    ]  # fmt: skip
    with running(command, f"{url}/-/ready"), httpx.Client(timeout=60) as client:

        @contextmanager
        def ruled() -> Iterator[None]:
            client.post(f"{url}/-/reload").raise_for_status()
            yield
            (folder / "rules.yml").unlink()
            client.post(f"{url}/-/reload").raise_for_status()

        yield Peer(port, RemoteWrite, None, {}, ruled, "prometheus_rule_evaluations_total", port, client)


START = {"VictoriaMetrics": victoriametrics, "Prometheus": prometheus}
NEEDED = {"VictoriaMetrics": ("victoria-metrics", "vmalert"), "Prometheus": ("prometheus",)}


@contextmanager
def running(command: Sequence[str], ready: str) -> Iterator[None]:
    """A program, until the end of the block. Raises RuntimeError when it ends before it is ready."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not _answers(ready):
            if process.poll() is not None:
                raise RuntimeError(f"{command[0]} has ended")
            time.sleep(0.05)
        yield
    finally:
        process.kill()  # what it has is thrown away with its folder
        process.wait()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).is_success
    except httpx.TransportError:
        return False


class Alarms:
    """Plays the Alertmanager: notes when an alert of a region first came."""

    def __init__(self) -> None:
        self.heard: dict[tuple[str, str], float] = {}

    @contextmanager
    def listening(self) -> Iterator[int]:
        """→ its port."""
        heard = self.heard

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body, now = self.rfile.read(int(self.headers["Content-Length"])), time.perf_counter()
                for labels in (one["labels"] for one in orjson.loads(body)):
                    heard.setdefault((labels["alertname"], labels.get("grid", "")), now)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield server.server_port
            server.shutdown()
