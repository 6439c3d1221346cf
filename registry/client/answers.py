"""A registry's answers to requests by Confluent's API: asked for again where that may help, and read."""

from __future__ import annotations

import random
import time
from typing import Any, Final

import httpx2
import msgspec

from registry.domain.errors import Kind, RegistryError
from registry.domain.model import Reference, SchemaType, StoredSchema, Version

_JSON: Final = "application/vnd.schemaregistry.v1+json"
_KINDS: Final = {404: Kind.NOT_FOUND, 409: Kind.CONFLICT}


class AnswerError(RegistryError):
    """A registry refuses, or says that it failed. `number`: its error code, or the HTTP status where it gives none."""

    def __init__(self, number: int, message: str) -> None:
        status = number if number < 1000 else number // 100
        super().__init__(_KINDS.get(status, Kind.FAILED if status >= 500 else Kind.REFUSED), "ANSWER", message)
        self.args = (number, message)
        self.number = number

    def __str__(self) -> str:
        return f"{self.number}: {self.message}"


def bad_url(url: str) -> RegistryError:
    message = f"a registry's address begins with http:// or https://, not {url!r}"
    return RegistryError(Kind.REFUSED, "REGISTRY_URL", message)


def unreachable(what: str) -> RegistryError:
    return RegistryError(Kind.FAILED, "REGISTRY_UNREACHABLE", what)


def bad_answer(reason: str) -> RegistryError:
    return RegistryError(Kind.FAILED, "REGISTRY_ANSWER", f"the registry's answer {reason}")


class Connection:
    """Asks the registry at `url`, each up to `tries` times. Shared between threads."""

    def __init__(
        self, url: str, timeout: float, tries: int, pause: float, transport: httpx2.BaseTransport | None
    ) -> None:
        if not url.startswith(("http://", "https://")):
            raise bad_url(url)
        headers = {"Accept": f"{_JSON}, application/json", "Content-Type": _JSON}
        tls = url.startswith("https:")  # certificates are read only where they are needed
        self.http = httpx2.Client(base_url=url, timeout=timeout, headers=headers, verify=tls, transport=transport)
        self.tries = tries
        self._pause = pause

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """The answer's JSON. RegistryError: AnswerError, REGISTRY_UNREACHABLE, REGISTRY_ANSWER."""
        content = b"" if body is None else msgspec.json.encode(body)
        failure: RegistryError = unreachable("the registry was not asked")
        for attempt in range(self.tries):
            if attempt:
                time.sleep(self._pause * 2 ** (attempt - 1) * random.uniform(0.5, 1))
            try:
                response = self.http.request(method, path, content=content)
            except httpx2.TransportError as error:
                failure = unreachable(f"{self.http.base_url} can't be reached: {error or type(error).__name__}")
                continue
            if response.status_code == 200:
                return _decoded(response.content)
            failure = _refusal(response)
            if response.status_code != 429 and response.status_code < 500:
                break
        raise failure


def _decoded(content: bytes) -> Any:
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise bad_answer(f"is not JSON: {error}") from error


def _refusal(response: httpx2.Response) -> AnswerError:
    """The registry's own number and words, where its answer has them."""
    try:
        found = msgspec.json.decode(response.content, type=dict[str, Any])
        return AnswerError(int(found["error_code"]), str(found["message"]))
    except (msgspec.MsgspecError, UnicodeDecodeError, KeyError, TypeError, ValueError):
        return AnswerError(response.status_code, f"HTTP {response.status_code}")


class _RegistryAnswer(msgspec.Struct, rename="camel"):
    """What an answer says of a schema; whatever else it says is passed over."""

    schema: str
    id: int | None = None
    guid: str | None = None
    version: int = 0
    schema_type: SchemaType | None = None
    references: tuple[Reference, ...] | None = None


def version_of(subject: str, answer: object, id_: int | None = None) -> Version:
    """A version with its schema. RegistryError REGISTRY_ANSWER: the answer has none."""
    try:
        found = msgspec.convert(answer, _RegistryAnswer)
    except msgspec.ValidationError as error:
        raise bad_answer(f"is not a schema: {error}") from error
    schema = StoredSchema(
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


class _Registered(msgspec.Struct):
    id: int


def id_of(answer: object) -> int:
    """The id that a schema was registered under. RegistryError REGISTRY_ANSWER: the answer has none."""
    try:
        return msgspec.convert(answer, _Registered).id
    except msgspec.ValidationError as error:
        raise bad_answer(f"has no id: {error}") from error
