"""Confluent's REST API as an ASGI application: a request taken apart, its route found, its answer sent.

No framework: routes are matched on the raw path, part by part, before its escapes are read, so that a subject may be
called `a/b` or `..%2f` (B71); and every refusal has Confluent's form, `{"error_code", "message"}`, in its content type.
Routes run in threads, so that no disk and no compiler holds up another request.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, unquote_to_bytes

import msgspec

from registry.dispatcher import Dispatcher
from registry.domain.errors import RegistryError
from registry.domain.principals import ANONYMOUS
from registry.doors import asgi
from registry.doors.asgi import HttpError, Receive, RequestHeaders, Scope, Send
from registry.doors.rest.errors import error_body
from registry.doors.rest.requests import Raw, Request
from registry.doors.rest.routes import ROUTES, Answering

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

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Route:
    method: str
    parts: tuple[str, ...]
    answering: Answering

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


_ROUTES: Final = tuple(
    Route(method, tuple(path.strip("/").split("/")), answering) for method, path, answering in ROUTES
)


class Application:
    """The ASGI application. `close` waits for what is running."""

    def __init__(self, dispatcher: Dispatcher, *, threads: int = 16) -> None:
        self._dispatcher = dispatcher
        self._threads = ThreadPoolExecutor(threads, "registry")

    def close(self) -> None:
        self._threads.shutdown(wait=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])  # which is what ASGI wants of protocols that are not spoken
        found = asgi.headers(scope)
        type_ = TYPES[0]
        try:
            type_ = asgi.preferred(found.get("accept", "*/*"), TYPES)
            status, content = 200, await self._answered(scope, found, receive)
        except (RegistryError, HttpError) as error:
            status, content = _refused(error)
        except Exception:
            _log.exception("%s %s", scope["method"], scope["path"])
            status, content = _refused(HttpError(500, "Internal Server Error"))
        await asgi.send(send, scope["method"], status, type_, content)

    async def _answered(self, scope: Scope, found: RequestHeaders, receive: Receive) -> bytes:
        answering, path = _routed(scope["method"], _parts(scope["raw_path"]))
        data = await asgi.body(found, receive, MAX_BODY)
        request = Request(
            dispatcher=self._dispatcher,
            principal=ANONYMOUS,  # nobody says who they are, until there is authentication
            path=path,
            query=parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True),
            body=asgi.utf8(data, found, _READ, _CHARSETS) if data else b"",
            lenient=found.get("confluent-accept-unknown-properties", "").lower() == "true",
        )
        answer = await asyncio.get_running_loop().run_in_executor(self._threads, answering, request)
        return answer.text.encode() if isinstance(answer, Raw) else msgspec.json.encode(answer)


def _refused(error: RegistryError | HttpError) -> tuple[int, bytes]:
    found = error_body(error)
    return found.status, msgspec.json.encode(found.members)


def _parts(raw_path: bytes) -> list[str]:
    """The path's parts with their escapes read. HttpError 404: a part is not UTF-8."""
    try:
        return [unquote_to_bytes(each).decode() for each in raw_path.strip(b"/").split(b"/")]
    except UnicodeDecodeError:
        raise asgi.not_found() from None


def _routed(method: str, parts: list[str]) -> tuple[Answering, dict[str, str]]:
    """The route's function and the path's variable parts. HttpError 404, 405."""
    found = [(route, path) for route in _ROUTES if (path := route.match(parts)) is not None]
    fixed = [each for each in found if not each[1]] or found
    for route, path in fixed:
        if route.method == ("GET" if method == "HEAD" else method):
            return route.answering, path
    raise HttpError(405, "HTTP 405 Method Not Allowed") if found else asgi.not_found()
