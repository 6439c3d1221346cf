"""A client of any registry that speaks Confluent's API; a source of schemas for `translator` (S32).

    source = RegistryClient("http://127.0.0.1:8081")
    translator.adapter(source=source, ...)

What was found is kept: a schema has one id for ever. That there is no such schema is kept for a while (B76), and so is
which version of a subject is the newest. A request that fails on the way, or with 429 or 5xx, is made a few times more.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Hashable
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

import httpx2
import msgspec

import schemas
from native.errors import SchemaError
from registry.client.answers import Connection, id_of, version_of
from registry.client.caches import Cache
from registry.domain import references
from registry.domain.errors import Kind, RegistryError
from registry.domain.model import Reference, SchemaType, StoredSchema, Version
from registry.domain.parsing import model
from schemas import places
from schemas.identity import Identity
from translator.engine.known import alike
from translator.engine.sources import SchemaSource

DEFAULT_URL: Final = "http://127.0.0.1:8081"
URL_VARIABLE: Final = "HAL9_REGISTRY_URL"
"""The environment variable that names the registry where nothing else does."""


class RegistryClient(SchemaSource):
    """Schemas of the registry at `url`; it may have a user and a password in it. Shared between threads.

    `timeout`: seconds for one try; `tries`: of each request, with `pause` seconds after the first and twice as many
    after each further one; `cache`: schemas and refusals kept; `unknown_seconds`: how long it is remembered that there
    is no such schema; `latest_seconds`: how long a version counts as the newest. SchemaError: there is no such schema,
    or it can't be read; RegistryError: the registry can't be reached, or refuses.
    """

    def __init__(
        self, url: str = DEFAULT_URL, *, timeout: float = 10, tries: int = 3, pause: float = 0.1, cache: int = 1000,
        unknown_seconds: float = 30, latest_seconds: float = 30, transport: httpx2.BaseTransport | None = None,
    ) -> None:  # fmt: skip
        self._made_by = url, {
            "timeout": timeout, "tries": tries, "pause": pause, "cache": cache,
            "unknown_seconds": unknown_seconds, "latest_seconds": latest_seconds,
        }  # fmt: skip
        self._connection = Connection(url, timeout, tries, pause, transport)
        self._lock = threading.RLock()
        self._schemas: Cache[schemas.Schema] = Cache(cache)
        self._given: Cache[StoredSchema] = Cache(cache)
        self._unknown: Cache[SchemaError] = Cache(cache, unknown_seconds)
        self._latest: Cache[Version] = Cache(cache, latest_seconds)

    def close(self) -> None:
        """Closes the connections."""
        self._connection.http.close()

    def __reduce__(self) -> tuple[Callable[..., RegistryClient], tuple[str, dict[str, Any]]]:
        """What is pickled is where it looks, not what it knows."""
        return _opened, self._made_by

    def __enter__(self) -> RegistryClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- as a source of schemas ---

    def by_id(self, id: int, /) -> schemas.Schema:  # noqa: A002
        return self._remembered(("id", id), f"schema {id}", lambda: self._fetched(f"/schemas/ids/{id}", id))

    def by_guid(self, guid: UUID, /) -> schemas.Schema:
        return self._remembered(("guid", guid), f"GUID {guid}", lambda: self._fetched(f"/schemas/guids/{guid}"))

    def by_subject(self, subject: str, version: int | None = None, /) -> schemas.Schema:
        def found() -> StoredSchema:
            return self._latest_version(subject).schema if version is None else self._version(subject, version).schema

        what = f"subject {subject!r}" + ("" if version is None else f" in version {version}")
        return self._remembered(("subject", subject, version), what, found, keep=version is not None)

    def id_of(self, schema: schemas.Schema, subject: str | None = None, /) -> int:
        return self._kept(schema, subject).id

    def guid_of(self, schema: schemas.Schema, subject: str | None = None, /) -> UUID:
        guid = self._kept(schema, subject).guid
        if not guid:
            raise SchemaError("this registry gives schemas no GUIDs")
        return UUID(guid)

    # --- registering ---

    def register(
        self, subject: str, text: str, type_: SchemaType = "AVRO", refers_to: tuple[Reference, ...] = ()
    ) -> int:
        """Registers a schema under a subject, unless it is there; its id. RegistryError: it is refused."""
        body = {"schema": text, "schemaType": type_, "references": refers_to}
        return id_of(self._connection.ask("POST", f"{_path(subject)}/versions", body))

    # --- schemas, kept ---

    def _remembered(
        self, key: Hashable, what: str, find: Callable[[], StoredSchema], *, keep: bool = True
    ) -> schemas.Schema:
        """The schema, from what is known or found now; the same object for the same id."""
        with self._lock:
            known = self._schemas.get(key) if keep else None
            refused = self._unknown.get(key)
        if known is not None:
            return known
        if refused is not None:
            raise refused
        try:
            found = self._read(find())
        except (RegistryError, SchemaError) as error:
            if isinstance(error, RegistryError) and not _says_no_schema(error):
                raise
            refused = error if isinstance(error, SchemaError) else SchemaError(_of(what, error.message))
            with self._lock:
                self._unknown.put(key, refused)
            raise refused from error
        with self._lock:
            self._schemas.put(key, found)
        return found

    def _read(self, schema: StoredSchema) -> schemas.Schema:
        with self._lock:
            known = self._schemas.get(("id", schema.id))
        if known is not None:
            return known
        made = model(schema.type, schema.text, references.gather(schema.references, self._found))
        with self._lock:
            made = self._schemas.get(("id", schema.id)) or made
            self._schemas.put(("id", schema.id), made)
            self._given.put(Identity(made.names), schema)
        return made

    def _kept(self, schema: schemas.Schema, subject: str | None) -> StoredSchema:
        """What the registry has of a schema: of one that came from here, or of the same one that `subject` has.

        In Protobuf any message of the file may be the root.
        """
        with self._lock:
            given = self._given.get(Identity(schema.names))
        if given is not None:
            return given
        if subject is None:
            raise SchemaError("the schema is not one of this registry's; name the subject that has it")
        for version in self._history(subject):
            found = self._read(version.schema)
            if any(alike(each, schema) for each in (found, *(places.at(found, place) for place in found.messages))):
                return version.schema
        raise SchemaError(f"subject {subject!r} has no such schema")

    def _history(self, subject: str) -> list[Version]:
        """A subject's versions, the newest first."""
        try:
            numbers = msgspec.convert(self._connection.ask("GET", f"{_path(subject)}/versions"), list[int])
        except RegistryError as error:
            if error.kind is Kind.NOT_FOUND:
                raise SchemaError(error.message) from error
            raise
        return [self._version(subject, each) for each in sorted(numbers, reverse=True)]

    # --- the registry's answers ---

    def _fetched(self, path: str, id_: int | None = None) -> StoredSchema:
        return version_of("", self._connection.ask("GET", path), id_).schema

    def _version(self, subject: str, version: int | str) -> Version:
        return version_of(subject, self._connection.ask("GET", f"{_path(subject)}/versions/{version}?deleted=true"))

    def _latest_version(self, subject: str) -> Version:
        with self._lock:
            known = self._latest.get(subject)
        if known is not None:
            return known
        found = version_of(subject, self._connection.ask("GET", f"{_path(subject)}/versions/latest"))
        with self._lock:
            self._latest.put(subject, found)
        return found

    def _found(self, subject: str, version: int) -> Version | None:
        try:
            return self._latest_version(subject) if version < 0 else self._version(subject, version)
        except RegistryError as error:
            if error.kind is Kind.NOT_FOUND:
                return None
            raise


def _opened(url: str, options: dict[str, Any]) -> RegistryClient:
    return RegistryClient(url, **options)


def open_source(url: str | None = None) -> RegistryClient:
    """What the entry point names: the source at `url`, or at $HAL9_REGISTRY_URL, or on this machine."""
    return RegistryClient(url or os.environ.get(URL_VARIABLE) or DEFAULT_URL)


def _says_no_schema(error: RegistryError) -> bool:
    """Whether there is no such schema, or none that could be read: which is then remembered."""
    return error.kind is Kind.NOT_FOUND or error.code == "INVALID_SCHEMA"


def _path(subject: str) -> str:
    return f"/subjects/{quote(subject, safe='')}"


def _of(what: str, message: str) -> str:
    """A message about something, which names it once: most of the registry's do by themselves."""
    return message if message.lower().startswith(what.lower()) else f"{what}: {message}"
