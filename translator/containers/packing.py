"""gzip and zstd around any container: found by their first bytes, streamed, and held to a limit (B35).

    path, codec = packing.look(path, head)                    # the name and the bytes of what is inside decide on
    if codec:
        stream = packing.unpacked(stream, codec, limits)

    with packing.packed(stream, codec) as stream:             # writing; leaving `with` ends the compressed data
        ...

Several members (or frames) one after another are read as one, as their tools do. What a file says of itself isn't
trusted: at most a chunk is unpacked at a time, and a whole file to no more than `Limits.free` bytes, or `Limits.ratio`
times what it has. Errors (`ContainerError`, whose offset is in the compressed file): CONTAINER_BLOCK for damage,
CONTAINER_CHECKSUM, CONTAINER_TRUNCATED where the data ends before its end, CONTAINER_LIMIT. What stands before the
damage is given first; after it the stream is at its end.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import TracebackType
from typing import IO, Any, Final, Literal, NoReturn, Protocol, Self, cast

from native.errors import ContainerError
from translator.containers.base import DEFAULT_LIMITS, Limits
from translator.containers.streams import send
from translator.contract import Data

Codec = Literal["gzip", "zstd"]

EXTENSIONS: Final[dict[str, Codec]] = {".gz": "gzip", ".zst": "zstd"}
CODECS: Final = tuple(EXTENSIONS.values())
_MAGIC: Final[dict[Codec, bytes]] = {"gzip": b"\x1f\x8b\x08", "zstd": b"\x28\xb5\x2f\xfd"}
_CHUNK: Final = 256 << 10
"""Bytes that are read, and that are unpacked, at a time."""
_SLICE: Final = 16 << 10
"""Bytes that a member is given at a time: what it leaves over is copied, and many members may be tiny (B36)."""
_GZIP_BITS: Final = 31
"""zlib's largest window, in gzip's wrapping."""


def sniff(head: bytes) -> Codec | None:
    """The codec of what begins with `head`; None: it isn't compressed."""
    return next((codec for codec, magic in _MAGIC.items() if head.startswith(magic)), None)


def begins(head: bytes) -> bool:
    """Whether `head` is too short to tell, and may begin compressed data."""
    return any(len(head) < len(magic) and magic.startswith(head) for magic in _MAGIC.values())


def strip(path: str) -> tuple[str, Codec | None]:
    """A file's name without the extension that says a codec, and that codec: `a.ndjson.gz` is `a.ndjson`, gzip."""
    for extension, codec in EXTENSIONS.items():
        if path.lower().endswith(extension):
            return path[: -len(extension)], codec
    return path, None


def look(path: str, head: bytes) -> tuple[str, Codec | None]:
    """What a file is packed by, and its name without that. CONTAINER_MAGIC: its name says so, but its bytes don't."""
    inner, named = strip(path)
    codec = sniff(head)
    if named and codec != named:
        raise ContainerError("CONTAINER_MAGIC", f"the file's name says {named}, and its first bytes don't")
    return inner, codec


def unpacked(stream: IO[bytes], codec: Codec, limits: Limits = DEFAULT_LIMITS) -> IO[bytes]:
    """A stream of what `stream` has compressed. It gives as much at a time as it has, like a pipe."""
    return cast("IO[bytes]", Unpacked(stream, codec, limits))


def packed(stream: IO[bytes], codec: Codec, level: int | None = None) -> Packed:
    """A stream that compresses into `stream`, which stays open. `level`: the codec's own scale; None: its usual one."""
    return Packed(stream, codec, level)


class _Member(Protocol):
    """One member, while it is unpacked."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes:
        """What stands behind its end."""

    @property
    def hungry(self) -> bool:
        """Whether it has nothing more to give without more input."""

    def decompress(self, data: bytes) -> bytes:
        """At most a chunk of what comes out."""


class _Gzip:
    """zlib leaves input over where the output has no room."""

    def __init__(self) -> None:
        import zlib

        self._machine = zlib.decompressobj(_GZIP_BITS)
        self.hungry = True

    @property
    def eof(self) -> bool:
        return self._machine.eof

    @property
    def unused_data(self) -> bytes:
        return self._machine.unused_data

    def decompress(self, data: bytes) -> bytes:
        out = self._machine.decompress(self._machine.unconsumed_tail + data, _CHUNK)
        self.hungry = not self._machine.unconsumed_tail and len(out) < _CHUNK
        return out


class _Zstd:
    def __init__(self) -> None:
        self._machine: Any = _zstd().ZstdDecompressor()

    @property
    def eof(self) -> bool:
        return bool(self._machine.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._machine.unused_data)

    @property
    def hungry(self) -> bool:
        return bool(self._machine.needs_input)

    def decompress(self, data: bytes) -> bytes:
        return bytes(self._machine.decompress(data, _CHUNK))


def _zstd() -> Any:
    """Python's own from 3.14 on, and its twin before."""
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd


def _damage(codec: Codec) -> tuple[type[Exception], ...]:
    """What the codec's library raises for damaged bytes."""
    if codec == "zstd":
        return (cast("type[Exception]", _zstd().ZstdError),)
    import zlib

    return (zlib.error,)


_MEMBERS: Final[dict[Codec, type[_Gzip] | type[_Zstd]]] = {"gzip": _Gzip, "zstd": _Zstd}


class Unpacked:
    """Reads a compressed stream."""

    def __init__(self, stream: IO[bytes], codec: Codec, limits: Limits) -> None:
        self._read = getattr(stream, "read1", stream.read)
        self._codec: Codec = codec
        self._limits = limits
        self._chunk = b""
        self._at = 0
        self._taken = self._given = 0
        self._pieces = self._unpack()
        self._left = memoryview(b"")

    def read(self, size: int = -1) -> bytes:
        """What there is, at most `size` bytes; b"" at the end. CONTAINER_BLOCK, CHECKSUM, TRUNCATED, LIMIT."""
        return b"".join(iter(self.read1, b"")) if size < 0 else self.read1(size)

    def read1(self, size: int = _CHUNK) -> bytes:
        if not self._left:
            self._left = memoryview(next(self._pieces, b""))
        out, self._left = self._left[:size], self._left[size:]
        return bytes(out)

    def _unpack(self) -> Iterator[bytes]:
        """One member after another. It is at its end after an error, as generators are."""
        members = 0
        while self._begins(padded=members > 0):
            members += 1
            member, data = _MEMBERS[self._codec](), self._take()
            while not member.eof:
                if out := self._out_of(member, data):
                    yield out
                data = self._take() if member.hungry and not member.eof else b""
                if member.hungry and not member.eof and not data:
                    self._cut_off()
            self._give_back(len(member.unused_data))
        if not members:
            self._cut_off()

    def _cut_off(self) -> NoReturn:
        raise ContainerError("CONTAINER_TRUNCATED", "the compressed data is cut off", self._taken)

    def _begins(self, *, padded: bool) -> bool:
        """Whether a member follows. Zeros behind one are padding."""
        while data := self._take():
            rest = data.lstrip(b"\0") if padded else data
            self._give_back(len(rest))
            if rest:
                return True
        return False

    def _take(self) -> bytes:
        """The next input; b"" at its end."""
        if self._at == len(self._chunk):
            chunk = self._read(_CHUNK)
            if chunk is None:
                raise BlockingIOError("the stream doesn't block, and has nothing to read")
            self._chunk, self._at = chunk, 0
        data = self._chunk[self._at : self._at + _SLICE]
        self._at += len(data)
        self._taken += len(data)
        return data

    def _give_back(self, size: int) -> None:
        """The last bytes that were taken aren't a member's."""
        self._at -= size
        self._taken -= size

    def _out_of(self, member: _Member, data: bytes) -> bytes:
        try:
            out = member.decompress(data)
        except _damage(self._codec) as error:
            checksum = "check" in str(error) and "header" not in str(error)
            code = "CONTAINER_CHECKSUM" if checksum else "CONTAINER_BLOCK"
            raise ContainerError(code, "the compressed data is damaged", self._taken - len(data)) from error
        self._given += len(out)
        if self._given > max(self._limits.free, self._limits.ratio * self._taken):
            raise ContainerError("CONTAINER_LIMIT", "decompresses to more than is allowed", self._taken)
        return out


class Packed:
    """Compresses what is written. Leaving `with` by an exception leaves the data without its end."""

    def __init__(self, stream: IO[bytes], codec: Codec, level: int | None) -> None:
        self._stream = stream
        self._machine, self._sync = _compressor(codec, level)
        self._closed = False

    def write(self, data: Data) -> int:
        self._send(self._machine.compress(data))
        return len(data)

    def flush(self) -> None:
        """What was written can be read now, at the cost of some of the ratio."""
        if not self._closed:
            self._send(self._machine.flush(self._sync))
        self._stream.flush()

    def close(self) -> None:
        """Ends the compressed data; the stream stays open."""
        if not self._closed:
            self._closed = True
            self._send(self._machine.flush())
            self._stream.flush()

    def _send(self, data: bytes) -> None:
        if data:
            send(self._stream, data)

    @property
    def stream(self) -> IO[bytes]:
        """This, as what writers ask for."""
        return cast("IO[bytes]", self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()


def _compressor(codec: Codec, level: int | None) -> tuple[Any, int]:
    """The machine, and how it is told to make what it holds readable. zlib's ends by `flush()`, and so does zstd's."""
    if codec == "gzip":
        import zlib

        return zlib.compressobj(6 if level is None else level, zlib.DEFLATED, _GZIP_BITS), zlib.Z_SYNC_FLUSH
    zstd = _zstd()
    of = zstd.CompressionParameter
    machine = zstd.ZstdCompressor(
        options={of.compression_level: 3 if level is None else level, of.checksum_flag: 1},
    )
    return machine, machine.FLUSH_BLOCK
