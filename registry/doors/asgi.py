"""What every door over HTTP needs of ASGI: the body read, media types agreed on, the answer sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from native.errors import TranslatorError

Scope = dict[str, Any]
Event = dict[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
RequestHeaders = Mapping[str, str]


class HttpError(TranslatorError):
    """A request is refused before the registry is asked anything. `status`: HTTP's; `message`: what is wrong."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(status, message)
        self.status = status
        self.message = message


def not_found() -> HttpError:
    """There is no such route, or no such thing could be."""
    return HttpError(404, "HTTP 404 Not Found")


def headers(scope: Scope) -> RequestHeaders:
    """The request's headers, their names in lower case."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


# --- bodies ---


async def body(found: RequestHeaders, receive: Receive, limit: int) -> bytes:
    """The request's body. HttpError: 400, it has two lengths (B75), or the client is gone; 413, it is too long."""
    if "content-length" in found and "transfer-encoding" in found:
        raise HttpError(400, "Both a Content-Length and a Transfer-Encoding")
    gathered = bytearray()
    more = True
    while more:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise HttpError(400, "The client is gone")
        gathered += event.get("body", b"")
        more = event.get("more_body", False)
        if len(gathered) > limit:
            raise HttpError(413, f"The body has over {limit} bytes")
    return bytes(gathered)


def utf8(data: bytes, found: RequestHeaders, types: Sequence[str], charsets: Collection[str]) -> bytes:
    """A body's text in UTF-8; without a content type it has the first of `types`.

    HttpError: 415, another type, character set or encoding (B74); 400, it isn't what its header says.
    """
    type_, charset = _media(found.get("content-type", types[0]))
    if type_ not in types or charset not in charsets or found.get("content-encoding", "identity") != "identity":
        raise HttpError(415, "HTTP 415 Unsupported Media Type")
    try:
        return data if charset == "utf-8" else data.decode(charset).encode()
    except UnicodeError as error:
        raise HttpError(400, f"The body is not {charset}: {error}") from None


def _media(value: str) -> tuple[str, str]:
    """A content type and its character set."""
    name, *parameters = (part.strip().lower() for part in value.split(";"))
    sets = [part.removeprefix("charset=").strip('"') for part in parameters if part.startswith("charset=")]
    return name, sets[0] if sets else "utf-8"


# --- answers ---


def preferred(accept: str, types: Sequence[str]) -> str:
    """Which of the types the client likes best, of several the first. HttpError 406: it takes none of them."""
    taken = dict(_accepted(accept.split(",")))
    weights = {each: max(weight for name, weight in taken.items() if _covers(name, each)) for each in types
               if any(_covers(name, each) for name in taken)}  # fmt: skip
    best = max(weights, key=lambda each: weights[each], default="")
    if not best or not weights[best]:
        raise HttpError(406, "HTTP 406 Not Acceptable")
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


async def send(to: Send, method: str, status: int, type_: str, content: bytes) -> None:
    """Sends an answer; to HEAD without its content."""
    found = [(b"content-type", type_.encode()), (b"content-length", str(len(content)).encode())]
    await to({"type": "http.response.start", "status": status, "headers": found})
    await to({"type": "http.response.body", "body": b"" if method == "HEAD" else content})
