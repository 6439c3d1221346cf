"""A JSON array as a stream: each of its items is a message, whatever stands inside it.

Theory of operation. The array is cut at the commas outside of its items, without a look at what an item is: that is for
who reads it, so that a broken item is refused alone. What must hold is what the cutting goes by: quotes, and brackets
that match. Where they don't, where the next item begins can't be known (CONTAINER_FRAME). The scan is the core's; it
stops and goes on anywhere, so that an item that comes in small pieces costs linear time, and keeps no more than one.

    [ {...} , {...} ]        read: white space anywhere; nothing may follow the array
    [\\n{...},\\n{...}\\n]\\n    written
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Mapping, Sequence
from typing import IO, Final

from native.binding import ArraySplitter
from native.errors import ContainerError, DataError
from translator.containers.base import (
    DEFAULT_LIMITS,
    DEFAULT_OPTIONS,
    Block,
    Container,
    StreamLimits,
    WriterOptions,
)
from translator.containers.splitting import MAX_COUNT, USUAL_SIZE
from translator.containers.streams import BlockReader, PlainWriter, Window, send
from translator.contract import Data

_SPACE: Final = b" \t\r\n"
_SPACES: Final = re.compile(rb"[ \t\r\n]*+")
_DAMAGE: Final = {
    "RECORD": ("CONTAINER_LIMIT", "a message longer than allowed"),
    "GROUP": ("CONTAINER_FRAME", "a bracket that doesn't match"),
}
_ANY: Final = (1 << 64) - 1


def sniff(head: bytes) -> bool:
    """The beginning of an array."""
    return head.lstrip(_SPACE)[:1] == b"["


def reader(stream: IO[bytes], *, limits: StreamLimits = DEFAULT_LIMITS) -> ArrayReader:
    """Split blocks. CONTAINER_MAGIC where it is not an array, CONTAINER_FRAME for brackets that don't match and for
    what follows the array, CONTAINER_LIMIT for an item over `limits.record`, which `resync` passes over,
    CONTAINER_TRUNCATED."""
    return ArrayReader(stream, limits)


def writer(
    stream: IO[bytes], *, metadata: Mapping[str, bytes] | None = None, options: WriterOptions = DEFAULT_OPTIONS
) -> ArrayWriter:
    """Closing ends the array; without messages it is empty."""
    return ArrayWriter(stream)


class ArrayReader(BlockReader):
    """Gives split blocks: as many whole items as the stream gave at once."""

    def __init__(self, stream: IO[bytes], limits: StreamLimits) -> None:
        super().__init__()
        self._input = Window(stream)
        self._limit = limits.record
        self._splitter = ArraySplitter()
        """An item begins at the window's start, and so does what it has scanned."""
        self._begun = False

    def next_block(self) -> Block | None:
        """The next items. CONTAINER_MAGIC, FRAME, TRUNCATED, LIMIT."""
        if not self._begun:
            self._begin()
        while not self._splitter.closed:
            block = self._block()
            if block.count:
                return block
            if not self._splitter.closed:
                self._more()
        if self._space():
            raise ContainerError("CONTAINER_FRAME", "bytes after the array", self._input.offset)
        return None

    def resync(self) -> bool:
        """Goes past an item that is too long, if its end can be found."""
        self.failed = not (self.failed and self._begun and self._pass_over())
        return not self.failed

    def _begin(self) -> None:
        """Goes past the opening bracket."""
        self._begun = True
        if not self._space():
            raise ContainerError("CONTAINER_TRUNCATED", "no array begins", self._input.offset)
        if self._input.window()[:1] != b"[":
            raise ContainerError("CONTAINER_MAGIC", "not a JSON array", self._input.offset)
        self._input.drop(1)

    def _space(self) -> bool:
        """Goes past white space. Whether something follows it."""
        source = self._input
        while True:
            source.drop(_space_at(source.window()))
            if source.available or not source.more():
                return source.available > 0

    def _block(self) -> Block:
        """The whole items in the window. Damage after the first is left for the next call."""
        source = self._input
        offset, data = source.offset, source.window()
        begin, end, used = self._split(data, offset)
        if used:
            source.share()
        source.drop(used)
        return Block(data, len(begin), offset, begin, end)

    def _split(self, data: bytes | bytearray, offset: int) -> tuple[array[int], array[int], int]:
        batch = min(MAX_COUNT, (len(data) - self._splitter.scanned) // USUAL_SIZE + 64)
        try:
            return self._splitter.split(data, limit=self._limit, batch=batch)
        except DataError as error:
            at = _space_at(data) if error.code == "RECORD" else self._splitter.scanned
            raise ContainerError(*_DAMAGE[error.code], offset + at) from error

    def _more(self) -> None:
        """Makes the window longer, within the limit."""
        source = self._input
        if self._splitter.scanned:
            self._splitter.scanned -= self._blank()
        if source.available > self._limit:
            raise ContainerError("CONTAINER_LIMIT", "a message longer than allowed", source.offset)
        if not source.more():
            raise ContainerError("CONTAINER_TRUNCATED", "the stream ends inside the array", source.offset)

    def _blank(self) -> int:
        """Drops white space that was looked at; how much."""
        space = min(_space_at(self._input.window()), self._splitter.scanned)
        self._input.drop(space)
        return space

    def _pass_over(self) -> bool:
        """Goes to the end of an item without keeping it."""
        source, splitter = self._input, self._splitter
        while not splitter.closed:
            try:
                begin, _, used = splitter.split(source.window(), limit=_ANY, batch=1)
            except DataError:
                return False
            source.drop(used or splitter.scanned)
            if used:
                self.messages += len(begin)
                return True
            splitter.scanned = 0
            if not source.more():
                return False
        return False


def _space_at(data: bytes | bytearray) -> int:
    """Bytes of white space at the start."""
    found = _SPACES.match(data)
    assert found
    return found.end()


class ArrayWriter(PlainWriter):
    """Puts commas between the lines that the C core wrote."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__(stream, "newline")
        self._begun = self._closed = False

    def write(self, data: Data, ends: Sequence[int], count: int) -> None:
        if count:
            send(self._stream, (b",\n" if self._begun else b"[\n") + _separated(bytes(data), ends, count))
            self._begun = True

    def close(self) -> None:
        """Ends the array; the stream stays open."""
        if not self._closed:
            self._closed = True
            send(self._stream, b"\n]\n" if self._begun else b"[]\n")
        self.flush()


def _separated(data: bytes, ends: Sequence[int], count: int) -> bytes:
    """The lines without the last one's end, and a comma after each of the others."""
    if data.count(b"\n") == count:
        return data[:-1].replace(b"\n", b",\n")
    begins = [0, *ends[: count - 1]]
    return b",\n".join(data[begin : end - 1] for begin, end in zip(begins, ends[:count], strict=True))


CONTAINER = Container(
    name="json-array",
    doc=__doc__,
    usual="json",
    holds="text",
    sniff=sniff,
    reader=reader,
    writer=writer,
)
