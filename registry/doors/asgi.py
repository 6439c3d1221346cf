"""The REST API as an ASGI application: bytes taken apart, a route found, the answer sent. Nothing is decided here.

No framework: routes are matched on the raw path, part by part, before its escapes are read, so that a subject may be
called `a/b` or `..%2f` (B71); and every refusal has Confluent's form, `{"error_code", "message"}`, in its content type.
Handlers run in threads, so that no disk and no compiler holds up another request.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, unquote_to_bytes

import msgspec

from registry.domain.errors import RegistryError, not_found
from registry.doors.rest.routes import ROUTES, Handler, Raw, Request, Service

MAX_BODY: Final = 16 << 20
"""Bytes of a request's body."""
TYPES: Final = (
    "application/vnd.schemaregistry.v1+json",
    "application/vnd.schemaregistry+json",
    "application/json",
)
"""What is spoken, the preferred first."""
_READ: Final = (*TYPES, "application/octet-stream")
_CHARSETS: Final = ("utf-8", "utf-16", "us-ascii", "iso-8859-1")

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Route:
    method: str
    parts: tuple[str, ...]
    handler: Handler

    def match(self, parts: list[str]) -> dict[str, str] | None:
        """The path's variable parts, or None where it is another route's."""
        if len(parts) != len(self.parts):
            return None
        found = {}
        for wanted, part in zip(self.parts, parts, strict=True):
            if wanted.startswith("{"):
                found[wanted[1:-1]] = part
            elif wanted != part:
                return None
        return found


_ROUTES: Final = tuple(Route(method, tuple(path.strip("/").split("/")), handler) for method, path, handler in ROUTES)


class Application:
    """The ASGI application. `close` waits for what is running and closes the store."""

    def __init__(self, service: Service, *, threads: int = 16) -> None:
        self._service = service
        self._threads = ThreadPoolExecutor(threads, "registry")

    def close(self) -> None:
        self._threads.shutdown(wait=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])  # as ASGI has it for what an application doesn't speak
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        type_ = TYPES[0]
        try:
            type_ = _answer_type(headers.get("accept", "*/*"))
            status, content = await self._answered(scope, headers, receive)
        except RegistryError as error:
            status, content = error.status, _error(error)
        except Exception:
            _log.exception("%s %s", scope["method"], scope["path"])
            status, content = 500, _error(RegistryError(500, "Internal Server Error"))
        await _send(send, status, type_, content, scope["method"])

    async def _answered(self, scope: Scope, headers: dict[str, str], receive: Receive) -> tuple[int, bytes]:
        handler, path = _routed(scope["method"], _parts(scope["raw_path"]))
        body = await _body(headers, receive)
        query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        lenient = headers.get("confluent-accept-unknown-properties", "").lower() == "true"
        request = Request(path, query, body, lenient)
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(self._threads, handler, self._service, request)
        return 200, answer.text.encode() if isinstance(answer, Raw) else msgspec.json.encode(answer)


def _parts(raw_path: bytes) -> list[str]:
    """The path's parts with their escapes read. RegistryError 404: a part is no UTF-8."""
    try:
        return [unquote_to_bytes(each).decode() for each in raw_path.strip(b"/").split(b"/")]
    except UnicodeDecodeError:
        raise not_found() from None


def _routed(method: str, parts: list[str]) -> tuple[Handler, dict[str, str]]:
    """The handler and the path's variable parts. RegistryError 404, 405."""
    found = [(route, path) for route in _ROUTES if (path := route.match(parts)) is not None]
    fixed = [each for each in found if not each[1]] or found
    for route, path in fixed:
        if route.method == ("GET" if method == "HEAD" else method):
            return route.handler, path
    raise RegistryError(405, "HTTP 405 Method Not Allowed") if found else not_found()


async def _body(headers: dict[str, str], receive: Receive) -> bytes:
    """The request's body. RegistryError 400: two lengths (B75); 415: a type or an encoding (B74); 413: too long."""
    if "content-length" in headers and "transfer-encoding" in headers:
        raise RegistryError(400, "A Content-Length beside a Transfer-Encoding")
    gathered = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RegistryError(400, "The client is gone")
        gathered += message.get("body", b"")
        more = message.get("more_body", False)
        if len(gathered) > MAX_BODY:
            raise RegistryError(413, f"The body has over {MAX_BODY} bytes")
    if not gathered:
        return b""
    type_, charset = _media(headers.get("content-type", TYPES[0]))
    if type_ not in _READ or charset not in _CHARSETS or headers.get("content-encoding", "identity") != "identity":
        raise RegistryError(415, "HTTP 415 Unsupported Media Type")
    try:
        return bytes(gathered) if charset == "utf-8" else gathered.decode(charset).encode()
    except UnicodeError as error:
        raise RegistryError(400, f"The body is not {charset}: {error}") from None


def _media(value: str) -> tuple[str, str]:
    """A content type and its character set."""
    name, *parameters = (part.strip().lower() for part in value.split(";"))
    sets = [part.removeprefix("charset=").strip('"') for part in parameters if part.startswith("charset=")]
    return name, sets[0] if sets else "utf-8"


def _answer_type(accept: str) -> str:
    """The preferred of the types that the client takes. RegistryError 406: there is none."""
    taken = dict(_accepted(accept.split(",")))
    weights = {each: max(weight for name, weight in taken.items() if _covers(name, each)) for each in TYPES
               if any(_covers(name, each) for name in taken)}  # fmt: skip
    best = max(weights, key=lambda each: weights[each], default="")
    if not best or not weights[best]:
        raise RegistryError(406, "HTTP 406 Not Acceptable")
    return best


def _covers(name: str, type_: str) -> bool:
    """Whether a media range takes a type: `*` and `*/anything` take all."""
    return name == type_ or name == "*" or name.startswith("*/") or name == "application/*"


def _accepted(ranges: Iterable[str]) -> Iterable[tuple[str, float]]:
    """The media ranges with their weights."""
    for each in ranges:
        name, *parameters = (part.strip().lower() for part in each.split(";"))
        weights = [part.removeprefix("q=") for part in parameters if part.startswith("q=")]
        try:
            yield name, float(weights[0]) if weights else 1.0
        except ValueError:
            yield name, 0.0


def _error(error: RegistryError) -> bytes:
    return msgspec.json.encode({"error_code": error.code, "message": error.message})


async def _send(send: Send, status: int, type_: str, content: bytes, method: str) -> None:
    headers = [(b"content-type", type_.encode()), (b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else content})
