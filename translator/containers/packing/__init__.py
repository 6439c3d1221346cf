"""gzip and zstd around any container: found by their first bytes, streamed, and held to a limit (B35).

    path, codec = packing.look(path, head)                    # the name and the bytes of what is inside decide on
    if codec:
        stream = packing.unpacked(stream, codec, limits)

    with packing.packed(stream, codec) as stream:             # writing; leaving `with` ends the compressed data
        ...

Several members (or frames) one after another are read as one, as their tools do. What a file says of itself isn't
trusted: at most a chunk is unpacked at a time, and a whole file to no more than `StreamLimits.free` bytes, or
`StreamLimits.ratio` times what it has. Errors (`ContainerError`, whose offset is in the compressed file):
CONTAINER_BLOCK for damage, CONTAINER_CHECKSUM, CONTAINER_TRUNCATED where the data ends before its end, CONTAINER_LIMIT.
What stands before the damage is given first; after it the stream is at its end.
"""

from __future__ import annotations

from importlib import import_module
from typing import IO, Final, Literal, cast

from native.errors import ContainerError
from translator.containers.base import DEFAULT_LIMITS, StreamLimits
from translator.containers.packing.streams import Codec, Packed, Unpacked

Packing = Literal["gzip", "zstd"]

EXTENSIONS: Final[dict[str, Packing]] = {".gz": "gzip", ".zst": "zstd"}
CODECS: Final = tuple(EXTENSIONS.values())
"""Each is a module of this package, which is imported when it is wanted."""
_MAGIC: Final[dict[Packing, bytes]] = {"gzip": b"\x1f\x8b\x08", "zstd": b"\x28\xb5\x2f\xfd"}


def sniff(head: bytes) -> Packing | None:
    """The codec of what begins with `head`; None: it isn't compressed."""
    return next((codec for codec, magic in _MAGIC.items() if head.startswith(magic)), None)


def begins(head: bytes) -> bool:
    """Whether `head` is too short to tell, and may begin compressed data."""
    return any(len(head) < len(magic) and magic.startswith(head) for magic in _MAGIC.values())


def strip(path: str) -> tuple[str, Packing | None]:
    """A file's name without the extension that says a codec, and that codec: `a.ndjson.gz` is `a.ndjson`, gzip."""
    for extension, codec in EXTENSIONS.items():
        if path.lower().endswith(extension):
            return path[: -len(extension)], codec
    return path, None


def look(path: str, head: bytes) -> tuple[str, Packing | None]:
    """What a file is packed by, and its name without that. CONTAINER_MAGIC: its name says so, but its bytes don't."""
    inner, named = strip(path)
    codec = sniff(head)
    if named and codec != named:
        raise ContainerError("CONTAINER_MAGIC", f"the file's name says {named}, and its first bytes don't")
    return inner, codec


def unpacked(stream: IO[bytes], codec: Packing, limits: StreamLimits = DEFAULT_LIMITS) -> IO[bytes]:
    """A stream of what `stream` has compressed. It gives as much at a time as it has, like a pipe."""
    return cast("IO[bytes]", Unpacked(stream, _loaded(codec), limits))


def packed(stream: IO[bytes], codec: Packing, level: int | None = None) -> Packed:
    """A stream that compresses into `stream`, which stays open. `level`: the codec's own scale; None: its usual one."""
    return Packed(stream, _loaded(codec), level)


def _loaded(codec: Packing) -> Codec:
    found: Codec = import_module(f"{__name__}.{codec}").CODEC
    return found
