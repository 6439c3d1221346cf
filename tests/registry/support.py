"""What the registry's tests share: commands and queries in short, requests without sockets, a server as a process."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, TypeVar

import httpx2

from registry import commands, queries
from registry.dispatcher import dispatcher
from registry.domain import names
from registry.domain.contracts import Command, Query, Snapshot, Store, Transaction
from registry.domain.model import Breakage, Candidate, Config, Mode, Page, Reference, StoredSchema, Version
from registry.domain.principals import ANONYMOUS, Authority
from registry.doors.rest.application import Application
from registry.store.sqlite import SqliteStore

R = TypeVar("R")
T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]
V1 = "application/vnd.schemaregistry.v1+json"
INT = '{"type":"record","name":"R","fields":[{"name":"x","type":"int"}]}'
INT_MORE = '{"type":"record","name":"R","fields":[{"name":"x","type":"int"},{"name":"y","type":"int","default":0}]}'
TEXT = '{"type":"record","name":"R","fields":[{"name":"x","type":"string"}]}'


def record(name: str) -> str:
    """An Avro schema like no other."""
    return json.dumps({"type": "record", "name": name, "fields": [{"name": "x", "type": "int"}]}, separators=(",", ":"))


def avro(text: str, *references: tuple[str, str, int], **more: Any) -> Candidate:
    return Candidate(text=text, references=tuple(Reference(*each) for each in references), **more)


def proto(text: str, *references: tuple[str, str, int]) -> Candidate:
    return Candidate(text=text, type="PROTOBUF", references=tuple(Reference(*each) for each in references))


def jsonschema(text: str, *references: tuple[str, str, int]) -> Candidate:
    return Candidate(text=text, type="JSON", references=tuple(Reference(*each) for each in references))


# --- commands and queries, said in short ---


class Commands:
    """Each command as a method."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._dispatcher = dispatcher(store)

    def run(self, command: Command[R]) -> R:
        return self._dispatcher.run(command, ANONYMOUS)

    def register(self, subject: str, candidate: Candidate, *, normalize: bool = False) -> Version:
        return self.run(commands.Register(subject, candidate, normalize))

    def delete_subject(self, subject: str, *, permanent: bool = False) -> list[int]:
        return self.run(commands.DeleteSubject(subject, permanent))

    def delete_version(self, subject: str, number: int, *, permanent: bool = False) -> int:
        return self.run(commands.DeleteVersion(subject, number, permanent))

    def set_config(self, subject: str, changes: Config) -> Config:
        return self.run(commands.SetConfig(subject, changes))

    def drop_config(self, subject: str = names.ALL) -> Config:
        return self.run(commands.DropConfig(subject))

    def set_mode(self, subject: str, mode: Mode | None, *, force: bool = False) -> None:
        self.run(commands.SetMode(subject, mode, force))

    def drop_mode(self, subject: str = names.ALL) -> Mode:
        return self.run(commands.DropMode(subject))


class Queries:
    """Each query as a method."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._dispatcher = dispatcher(store)

    def ask(self, query: Query[R]) -> R:
        return self._dispatcher.ask(query, ANONYMOUS)

    def subjects(self, prefix: str, page: Page, *, deleted: bool, only_deleted: bool) -> list[str]:
        return self.ask(queries.Subjects(prefix, page, deleted, only_deleted))

    def numbers(self, subject: str, *, deleted: bool, only_deleted: bool) -> list[int]:
        return [each.number for each in self.ask(queries.Versions(subject, deleted, only_deleted))]

    def version(self, subject: str, number: int, *, deleted: bool = False) -> Version:
        return self.ask(queries.OneVersion(subject, number, deleted))

    def matching(self, subject: str, wanted: dict[str, str], *, deleted: bool = False) -> Version:
        return self.ask(queries.MatchingVersion(subject, wanted, deleted))

    def referring(self, subject: str, number: int, *, deleted: bool = False) -> list[int]:
        return self.ask(queries.Referring(subject, number, deleted))

    def all_versions(self, prefix: str, page: Page, *, deleted: bool, latest: bool) -> list[Version]:
        return self.ask(queries.AllVersions(prefix, page, deleted, latest))

    def schema(self, id_: int) -> StoredSchema:
        return self.ask(queries.SchemaById(id_))

    def schema_by_guid(self, guid: str) -> StoredSchema:
        return self.ask(queries.SchemaByGuid(guid))

    def uses(self, id_: int) -> list[Version]:
        return self.ask(queries.Uses(id_))

    def documents(self, schema: StoredSchema) -> dict[str, str]:
        return self.ask(queries.ReferredTexts(schema))

    def lookup(self, subject: str, candidate: Candidate, *, deleted: bool = False) -> Version:
        return self.ask(queries.VersionOfSchema(subject, candidate, deleted=deleted))

    def breakage(self, subject: str, candidate: Candidate, number: int | None) -> Breakage | None:
        return self.ask(queries.CheckCompatibility(subject, candidate, number))

    def config(self, subject: str = names.ALL, *, inherit: bool = False) -> Config:
        return self.ask(queries.ConfigOf(subject, inherit))

    def mode(self, subject: str = names.ALL, *, inherit: bool = False) -> Mode:
        return self.ask(queries.ModeOf(subject, inherit))


STORES: Final[Mapping[str, Callable[[Path], Store]]] = {
    "sqlite": lambda folder: SqliteStore(folder / "registry.db"),
}
"""Every store there is, as it is made in an empty folder. The contract's tests, and all that run commands and queries,
run on each."""


class _UndoneError(Exception):
    """Undoes a transaction that would have succeeded."""


class Twice:
    """A store that runs everything a second time, as one does that found two transactions in each other's way."""

    def __init__(self, inner: Store) -> None:
        self._inner = inner
        self.undone = 0

    def read(self, ask: Callable[[Snapshot], T], /) -> T:
        with suppress(Exception):
            self._inner.read(ask)
        return self._inner.read(ask)

    def write(self, change: Callable[[Transaction], T], /) -> T:
        def undone(transaction: Transaction) -> None:
            change(transaction)
            raise _UndoneError

        with suppress(Exception):
            self._inner.write(undone)
        self.undone += 1
        return self._inner.write(change)

    def close(self) -> None:
        self._inner.close()


# --- the API, and a server ---


class Api:
    """The HTTP API without sockets: requests go straight into the ASGI application."""

    def __init__(self, path: Path, authority: Authority | None = None) -> None:
        self.store = SqliteStore(path)
        self.application = Application(dispatcher(self.store, authority), threads=2)
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
    """The command line of a server."""
    return [sys.executable, "-m", "translator", "registry", "serve", *options]


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
