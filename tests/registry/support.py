"""What the registry's tests share: a service over a fresh file, requests without sockets, and a server as a process."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from registry.domain.model import Draft, Reference
from registry.doors.asgi import Application
from registry.doors.rest.routes import Service
from registry.store.sqlite import Store

ROOT = Path(__file__).resolve().parents[2]
V1 = "application/vnd.schemaregistry.v1+json"
INT = '{"type":"record","name":"R","fields":[{"name":"x","type":"int"}]}'
INT_MORE = '{"type":"record","name":"R","fields":[{"name":"x","type":"int"},{"name":"y","type":"int","default":0}]}'
TEXT = '{"type":"record","name":"R","fields":[{"name":"x","type":"string"}]}'


def record(name: str) -> str:
    """An Avro schema like no other."""
    return json.dumps({"type": "record", "name": name, "fields": [{"name": "x", "type": "int"}]}, separators=(",", ":"))


def avro(text: str, *references: tuple[str, str, int], **more: Any) -> Draft:
    return Draft(text=text, references=tuple(Reference(*each) for each in references), **more)


def proto(text: str, *references: tuple[str, str, int]) -> Draft:
    return Draft(text=text, type="PROTOBUF", references=tuple(Reference(*each) for each in references))


def jsonschema(text: str, *references: tuple[str, str, int]) -> Draft:
    return Draft(text=text, type="JSON", references=tuple(Reference(*each) for each in references))


class Api:
    """The HTTP API without sockets: requests go straight into the ASGI application."""

    def __init__(self, path: Path) -> None:
        self.store = Store(path)
        self.application = Application(Service(self.store), threads=2)
        self.asked: list[str] = []

    def close(self) -> None:
        self.application.close()
        self.store.close()

    def raw(
        self, method: str, target: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """One request: status, headers, content. `target`: the path and the query, escaped."""
        self.asked.append(f"{method} {target}")
        path, _, query = target.partition("?")
        scope = {
            "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()],
        }  # fmt: skip
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        asyncio.run(self.application(scope, receive, send))
        found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], found, sent[1]["body"]

    def ask(self, method: str, target: str, body: object = None) -> tuple[int, Any]:
        """One request in JSON: the status and the answer."""
        content = b"" if body is None else json.dumps(body).encode()
        status, _, answer = self.raw(method, target, content, {"content-type": V1})
        return status, json.loads(answer)

    def register(self, subject: str, text: str, **more: object) -> int:
        """The id of a schema that is registered now."""
        status, answer = self.ask("POST", f"/subjects/{subject}/versions", {"schema": text, **more})
        assert status == 200, answer
        return int(answer["id"])


class Transport(httpx2.BaseTransport):
    """Lets an HTTP client talk to an `Api`."""

    def __init__(self, api: Api) -> None:
        self.api = api

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        headers = dict(request.headers)
        headers.pop("transfer-encoding", None)
        target = request.url.raw_path.decode()
        status, found, content = self.api.raw(request.method, target, request.read(), headers)
        return httpx2.Response(status, headers=found, content=content)


def command(*options: str) -> list[str]:
    """The command line of a server, from the checkout: the entry point needs an installed package."""
    program = "import sys; from registry.command import app; sys.exit(app(sys.argv[1:], result_action='return_value'))"
    return [sys.executable, "-c", program, "serve", *options]


@contextmanager
def server(database: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`translator registry serve` as a process of its own: its address, and the process; stopped at the end."""
    with subprocess.Popen(
        command("--port", "0", "--database", str(database)), cwd=ROOT, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        assert "listening on http://" in line, line + process.stderr.read()
        try:
            yield line.split()[-1], process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(30)
