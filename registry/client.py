"""A client of any registry that speaks Confluent's API; a source of schemas for `translator` (S32).

    source = RegistryClient("http://127.0.0.1:8081")
    translator.adapter(source=source, ...)

What was found is kept: a schema has one id for ever. That there is none is kept for a while (B76), and so is which
version of a subject is the newest. A request that fails on the way, or with 429 or 5xx, is made again a few times.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Final, Generic, TypeVar
from urllib.parse import quote
from uuid import UUID

import httpx2
import msgspec

import schemas
from native.errors import SchemaError
from registry import references
from registry.errors import INVALID_SCHEMA, RegistryError
from registry.model import Reference, Schema, SchemaType, Version
from registry.parsing import model
from schemas import places
from translator.engine.known import alike
from translator.engine.sources import SchemaSource

DEFAULT_URL: Final = "http://127.0.0.1:8081"
URL_VARIABLE: Final = "HAL9_REGISTRY_URL"
"""The environment variable that names the registry where nothing else does."""
_JSON: Final = "application/vnd.schemaregistry.v1+json"
_NOT_FOUND: Final = 404
T = TypeVar("T")


class _Cache(Generic[T]):
    """The last `size` values by key; each for `seconds`, or for ever. Guarded by its owner's lock."""

    def __init__(self, size: int, seconds: float | None = None) -> None:
        self._size = size
        self._seconds = seconds
        self._values: OrderedDict[Hashable, tuple[float, T]] = OrderedDict()

    def get(self, key: Hashable) -> T | None:
        found = self._values.get(key)
        if found is None or (self._seconds is not None and time.monotonic() - found[0] > self._seconds):
            return None
        self._values.move_to_end(key)
        return found[1]

    def put(self, key: Hashable, value: T) -> None:
        self._values[key] = (time.monotonic(), value)
        self._values.move_to_end(key)
        while len(self._values) > self._size:
            self._values.popitem(last=False)


class RegistryClient(SchemaSource):
    """Schemas of the registry at `url`; a user and a password may stand in it. Shared between threads.

    `timeout`: seconds for one try; `tries`: of each request, with `pause` seconds after the first and twice as many
    after each further one; `cache`: schemas and refusals kept; `unknown_seconds`: how long it is remembered that there
    is no such schema; `latest_seconds`: how long a version counts as the newest. SchemaError: there is no such schema,
    or it can't be read; RegistryError: the registry can't be reached, or refuses.
    """

    def __init__(
        self, url: str = DEFAULT_URL, *, timeout: float = 10, tries: int = 3, pause: float = 0.1, cache: int = 1000,
        unknown_seconds: float = 30, latest_seconds: float = 30, transport: httpx2.BaseTransport | None = None,
    ) -> None:  # fmt: skip
        if not url.startswith(("http://", "https://")):
            raise RegistryError(400, f"a registry's address begins with http:// or https://, not {url!r}")
        self._made_by = url, {
            "timeout": timeout, "tries": tries, "pause": pause, "cache": cache,
            "unknown_seconds": unknown_seconds, "latest_seconds": latest_seconds,
        }  # fmt: skip
        headers = {"Accept": f"{_JSON}, application/json", "Content-Type": _JSON}
        tls = url.startswith("https:")  # certificates are read only where they are needed
        self._http = httpx2.Client(base_url=url, timeout=timeout, headers=headers, verify=tls, transport=transport)
        self._tries = tries
        self._pause = pause
        self._lock = threading.RLock()
        self._schemas: _Cache[schemas.Schema] = _Cache(cache)
        self._given: _Cache[tuple[schemas.Schema, Schema]] = _Cache(cache)
        self._unknown: _Cache[SchemaError] = _Cache(cache, unknown_seconds)
        self._latest: _Cache[Version] = _Cache(cache, latest_seconds)

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def __reduce__(self) -> tuple[Callable[..., RegistryClient], tuple[str, dict[str, Any]]]:
        """Pickles as where it looks; what it knows stays behind."""
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
        def found() -> Schema:
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
        answer = self._asked("POST", f"{_path(subject)}/versions", body)
        try:
            return msgspec.convert(answer["id"], int)
        except (KeyError, TypeError, msgspec.ValidationError) as error:
            raise RegistryError(50003, f"the registry's answer has no id: {error!r}") from error

    # --- schemas, kept ---

    def _remembered(self, key: Hashable, what: str, find: Callable[[], Schema], *, keep: bool = True) -> schemas.Schema:
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
            if isinstance(error, RegistryError) and error.status != _NOT_FOUND and error.code != INVALID_SCHEMA:
                raise
            refused = error if isinstance(error, SchemaError) else SchemaError(_of(what, error.message))
            with self._lock:
                self._unknown.put(key, refused)
            raise refused from error
        with self._lock:
            self._schemas.put(key, found)
        return found

    def _read(self, schema: Schema) -> schemas.Schema:
        with self._lock:
            known = self._schemas.get(("id", schema.id))
        if known is not None:
            return known
        behind = references.gather(schema.references, self._found)
        made = model(schema.type, schema.text, behind)
        with self._lock:
            made = self._schemas.get(("id", schema.id)) or made
            self._schemas.put(("id", schema.id), made)
            self._given.put(id(made.names), (made, schema))
        return made

    def _kept(self, schema: schemas.Schema, subject: str | None) -> Schema:
        """What the registry has of a schema: of one that came from here, or of the same one that `subject` has.

        In Protobuf any message of the file may be the root.
        """
        with self._lock:
            given = self._given.get(id(schema.names))
        if given is not None and given[0].names is schema.names:
            return given[1]
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
            numbers = msgspec.convert(self._asked("GET", f"{_path(subject)}/versions"), list[int])
        except RegistryError as error:
            if error.status == _NOT_FOUND:
                raise SchemaError(error.message) from error
            raise
        return [self._version(subject, each) for each in sorted(numbers, reverse=True)]

    # --- the registry's answers ---

    def _fetched(self, path: str, id_: int | None = None) -> Schema:
        return _version("", self._asked("GET", path), id_).schema

    def _version(self, subject: str, version: int | str) -> Version:
        return _version(subject, self._asked("GET", f"{_path(subject)}/versions/{version}?deleted=true"))

    def _latest_version(self, subject: str) -> Version:
        with self._lock:
            known = self._latest.get(subject)
        if known is not None:
            return known
        found = _version(subject, self._asked("GET", f"{_path(subject)}/versions/latest"))
        with self._lock:
            self._latest.put(subject, found)
        return found

    def _found(self, subject: str, version: int) -> Version | None:
        try:
            return self._latest_version(subject) if version < 0 else self._version(subject, version)
        except RegistryError as error:
            if error.status == _NOT_FOUND:
                return None
            raise

    def _asked(self, method: str, path: str, body: object = None) -> Any:
        """The answer's JSON. RegistryError: what the registry says, or 50003 if nothing comes."""
        content = b"" if body is None else msgspec.json.encode(body)
        failure = RegistryError(50003, "the registry was not asked")
        for attempt in range(self._tries):
            if attempt:
                time.sleep(self._pause * 2 ** (attempt - 1) * random.uniform(0.5, 1))
            try:
                response = self._http.request(method, path, content=content)
            except httpx2.TransportError as error:
                failure = RegistryError(
                    50003, f"{self._http.base_url} can't be reached: {error or type(error).__name__}"
                )
                continue
            if response.status_code == 200:
                return _decoded(response.content)
            failure = _refusal(response)
            if response.status_code != 429 and response.status_code < 500:
                break
        raise failure


def _opened(url: str, options: dict[str, Any]) -> RegistryClient:
    return RegistryClient(url, **options)


def open_source(url: str | None = None) -> RegistryClient:
    """The source behind the entry point: at `url`, or at $HAL9_REGISTRY_URL, or on this machine."""
    return RegistryClient(url or os.environ.get(URL_VARIABLE) or DEFAULT_URL)


def _path(subject: str) -> str:
    return f"/subjects/{quote(subject, safe='')}"


def _decoded(content: bytes) -> Any:
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RegistryError(50003, f"the registry's answer is not JSON: {error}") from error


def _refusal(response: httpx2.Response) -> RegistryError:
    """The registry's own code and words, where its answer has them."""
    try:
        found = msgspec.json.decode(response.content, type=dict[str, Any])
        return RegistryError(int(found["error_code"]), str(found["message"]))
    except (msgspec.MsgspecError, UnicodeDecodeError, KeyError, TypeError, ValueError):
        return RegistryError(response.status_code, f"HTTP {response.status_code}")


class _Answer(msgspec.Struct, rename="camel"):
    """What an answer says of a schema; what else it says is passed over."""

    schema: str
    id: int | None = None
    guid: str | None = None
    version: int = 0
    schema_type: SchemaType | None = None
    references: tuple[Reference, ...] | None = None


def _of(what: str, message: str) -> str:
    """A message about something, which names it once: most of the registry's do by themselves."""
    return message if message.lower().startswith(what.lower()) else f"{what}: {message}"


def _version(subject: str, answer: object, id_: int | None = None) -> Version:
    """A version with its schema. RegistryError: the answer has none."""
    try:
        found = msgspec.convert(answer, _Answer)
    except msgspec.ValidationError as error:
        raise RegistryError(50003, f"the registry's answer is no schema: {error}") from error
    schema = Schema(
        id=found.id or id_ or 0,
        guid=found.guid or "",
        type=found.schema_type or "AVRO",
        text=found.schema,
        references=found.references or (),
        metadata=None,
        rules=None,
        identity=b"",
    )
    return Version(subject, found.version, schema)
