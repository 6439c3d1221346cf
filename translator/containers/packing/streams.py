"""A compressed stream as a stream: what is read of it, and what is written into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Any, Final, NoReturn, Protocol, Self, cast

from native.errors import ContainerError
from translator.containers.base import StreamLimits
from translator.containers.streams import send
from translator.contract import Data

CHUNK: Final = 256 << 10
"""Bytes that are read, and that are unpacked, at a time."""
_SLICE: Final = 16 << 10
"""Bytes that a member is given at a time: what it leaves over is copied, and many members may be tiny (B36)."""


class PackedMember(Protocol):
    """One member, while it is unpacked."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes:
        """What follows its end."""

    @property
    def hungry(self) -> bool:
        """Whether it has nothing more to give without more input."""

    def decompress(self, data: bytes) -> bytes:
        """At most a chunk of what comes out."""


@dataclass(frozen=True)
class Codec:
    """What a codec's file says of it. `error`: what its library raises for damaged bytes. `compressor`: of a level
    (None: the usual one), with how it is told to make what it holds readable."""

    member: Callable[[], PackedMember]
    error: type[Exception]
    compressor: Callable[[int | None], tuple[Any, int]]


class Unpacked:
    """Reads a compressed stream."""

    def __init__(self, stream: IO[bytes], codec: Codec, limits: StreamLimits) -> None:
        self._read = getattr(stream, "read1", stream.read)
        self._codec = codec
        self._limits = limits
        self._chunk = b""
        self._at = 0
        self._taken = self._given = 0
        self._pieces = self._unpack()
        self._left = memoryview(b"")

    def read(self, size: int = -1) -> bytes:
        """What there is, at most `size` bytes; b"" at the end. CONTAINER_BLOCK, CHECKSUM, TRUNCATED, LIMIT."""
        return b"".join(iter(self.read1, b"")) if size < 0 else self.read1(size)

    def read1(self, size: int = CHUNK) -> bytes:
        if not self._left:
            self._left = memoryview(next(self._pieces, b""))
        out, self._left = self._left[:size], self._left[size:]
        return bytes(out)

    def _unpack(self) -> Iterator[bytes]:
        """One member after another. It is at its end after an error, as generators are."""
        members = 0
        while self._begins(padded=members > 0):
            members += 1
            member, data = self._codec.member(), self._take()
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
        """Whether a member follows. Zeros after one are padding."""
        while data := self._take():
            rest = data.lstrip(b"\0") if padded else data
            self._give_back(len(rest))
            if rest:
                return True
        return False

    def _take(self) -> bytes:
        """The next input; b"" at its end."""
        if self._at == len(self._chunk):
            chunk = self._read(CHUNK)
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

    def _out_of(self, member: PackedMember, data: bytes) -> bytes:
        try:
            out = member.decompress(data)
        except self._codec.error as error:
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
        self._machine, self._sync = codec.compressor(level)
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
