"""Streams as containers see them: a window on the input, an output that takes everything, and what readers share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import IO, Self

from native.errors import ContainerError
from translator.containers.base import Block
from translator.contract import Data, Delimiting

CHUNK = 1 << 20
"""Bytes asked of a stream at a time. A pipe gives what it has."""


class Window:
    """A window on a stream: what was read of it and not yet dropped begins at `at` in `data`.

    `share` says that somebody else keeps `data`: it isn't changed from then on, reading more makes a new one.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._read = getattr(stream, "read1", stream.read)
        self._base = 0
        self._shared = False
        self.data: bytes | bytearray = b""
        self.at = 0
        self.ended = False

    @property
    def offset(self) -> int:
        """Of the window's first byte in the stream."""
        return self._base + self.at

    @property
    def available(self) -> int:
        return len(self.data) - self.at

    def more(self) -> bool:
        """Makes the window longer by what the stream gives at once. False at the end."""
        chunk = None if self.ended else self._read(CHUNK)
        if chunk is None and not self.ended:
            raise BlockingIOError("the stream doesn't block, and has nothing to read")
        if not chunk:
            self.ended = True
            return False
        self._append(chunk)
        return True

    def _append(self, chunk: bytes) -> None:
        if not self.available:
            self._replace(chunk)
            return
        if self._shared or not isinstance(self.data, bytearray):
            self._replace(bytearray(memoryview(self.data)[self.at :]))
        assert isinstance(self.data, bytearray)
        self.data += chunk

    def _replace(self, data: bytes | bytearray) -> None:
        self._base += self.at
        self.data, self.at, self._shared = data, 0, False

    def fill(self, size: int) -> bool:
        """Reads until the window has that many bytes. False where the stream ends before."""
        while self.available < size:
            if not self.more():
                return False
        return True

    def window(self) -> bytes | bytearray:
        """All of it."""
        if self.at:
            self._replace(self.data[self.at :])
        return self.data

    def drop(self, size: int) -> None:
        self.at += size

    def share(self) -> None:
        self._shared = True

    def skip(self, size: int) -> bool:
        """Drops that many bytes without keeping them. False where the stream ends before."""
        while self.available < size:
            size -= self.available
            self.drop(self.available)
            if not self.more():
                return False
        self.drop(size)
        return True

    def skip_past(self, mark: bytes) -> bool:
        """Drops everything up to the mark and the mark itself, at bounded memory. False where there is none."""
        while (found := self.data.find(mark, self.at)) < 0:
            self.drop(max(self.available - len(mark) + 1, 0))
            if not self.more():
                return False
        self.drop(found + len(mark) - self.at)
        return True


def send(stream: IO[bytes], data: Data) -> None:
    """Writes all of it, also to a raw stream that takes less at a time."""
    taken = stream.write(data)
    while taken is not None and taken < len(data):
        data = memoryview(data)[taken:]
        taken = stream.write(data)


class BlockReader:
    """What readers share: the protocol's answers where a container has none of its own, and the end after an error."""

    def __init__(self) -> None:
        self.metadata: Mapping[str, bytes] = {}
        self.schema: str | None = None
        self.messages = 0
        self.failed = False

    def __iter__(self) -> Iterator[Block]:
        return self

    def __next__(self) -> Block:
        block = None if self.failed else self._guarded()
        if block is None:
            raise StopIteration
        self.messages += block.count or 0
        return block

    def _guarded(self) -> Block | None:
        try:
            return self.next_block()
        except ContainerError as error:
            self.failed = True
            raise ContainerError(error.code, error.message, error.offset, self.messages) from error.__cause__

    def next_block(self) -> Block | None:
        """The next block; None at the end."""
        raise NotImplementedError

    @property
    def pending(self) -> int:
        """Bytes of a message, or of a block, that has come in part."""
        source = getattr(self, "_input", None)
        return source.available if isinstance(source, Window) else 0

    def consumed(self, size: int) -> None:
        """Nothing to know, where a block has whole messages."""

    def resync(self) -> bool:
        """Nothing can be found after the damage, unless a container knows better."""
        return False


class PlainWriter:
    """Passes on what the C core wrote: delimiters are all that the container adds."""

    def __init__(self, stream: IO[bytes], delimiting: Delimiting) -> None:
        self._stream = stream
        self.delimiting = delimiting

    def write(self, data: Data, ends: Sequence[int], count: int) -> None:
        if len(data):
            send(self._stream, data)

    def flush(self) -> None:
        self._stream.flush()

    def close(self) -> None:
        self.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
