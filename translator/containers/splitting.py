"""Where messages begin and end in a stream that says so: by lines, or by a length before each.

Theory of operation. `split` finds all whole messages at the start of some bytes. Damage is raised only where it stands
at the very start; otherwise what stands before it is given, and the damage meets the next call. `enough` tells,
cheaply, whether it is worth splitting: so a large message that comes in small pieces costs linear time. The core
(`native.binding.split`) does the work; here are the words for what it refuses.

Kinds: `lines` (end with \\n or \\r\\n, blank ones are passed over, the last may lack its end), `varint` (Protobuf's
delimited messages) and `be32` (four bytes, big-endian).
"""

from __future__ import annotations

from array import array
from typing import IO, Literal

from native import binding
from native.errors import ContainerError, DataError
from translator import varints
from translator.containers.base import Block, StreamLimits
from translator.containers.streams import BlockReader, Window

SplitKind = Literal["lines", "varint", "be32"]
Buffer = bytes | bytearray
Split = tuple["array[int]", "array[int]", int]
"""begin and end of each message, and how many bytes are done with."""

MAX_COUNT = 1 << 16
"""Messages of one block: 1 MiB of boundaries."""
USUAL_SIZE = 32
"""Bytes that most messages have at least, by which room for boundaries is made."""
_DELIMITINGS: dict[SplitKind, str] = {"lines": "newline", "varint": "varint", "be32": "be32"}
_DAMAGE = {
    "RECORD": ("CONTAINER_LIMIT", "a message longer than allowed"),
    "VARINT": ("CONTAINER_FRAME", "a length over 64 bits"),
    "TRUNCATED": ("CONTAINER_TRUNCATED", "the stream ends inside a message"),
}


def split(data: Buffer, kind: SplitKind, last: bool, limit: int) -> Split:
    """Whole messages at the start of `data`, at most MAX_COUNT. `last`: no input follows; `limit`: bytes of a message.

    ContainerError where the first message is over the limit (CONTAINER_LIMIT), has no length (CONTAINER_FRAME), or is
    cut off by the end of the input (CONTAINER_TRUNCATED); nothing before it is lost.
    """
    batch = min(MAX_COUNT, len(data) // USUAL_SIZE + 64)
    try:
        return binding.split(_DELIMITINGS[kind], data, last=last, limit=limit, batch=batch)
    except DataError as error:
        raise ContainerError(*_DAMAGE[error.code]) from error


def header(data: Buffer, at: int, kind: SplitKind) -> tuple[int, int] | None:
    """A message's length and where it begins; None where the length itself isn't whole. CONTAINER_FRAME."""
    if kind == "be32":
        return (int.from_bytes(data[at : at + 4], "big"), at + 4) if len(data) >= at + 4 else None
    try:
        return varints.decode(data, at)
    except ValueError as error:
        raise ContainerError("CONTAINER_FRAME", "a length over 64 bits", at) from error


def enough(data: Buffer, kind: SplitKind, scanned: int, limit: int) -> bool:
    """Whether `split` will find a message or damage at the start; no line ends in data[:scanned]."""
    if kind == "lines":
        return len(data) > limit or data.find(b"\n", scanned) >= 0
    try:
        head = header(data, 0, kind)
    except ContainerError:
        return True
    return head is not None and (head[0] > limit or head[1] + head[0] <= len(data))


class SplitReader(BlockReader):
    """Gives split blocks: as many whole messages as the stream gave at once."""

    def __init__(self, stream: IO[bytes], kind: SplitKind, limits: StreamLimits) -> None:
        super().__init__()
        self._input = Window(stream)
        self._kind = kind
        self._limit = limits.record

    def next_block(self) -> Block | None:
        """The next whole messages. CONTAINER_FRAME, TRUNCATED, LIMIT."""
        while self._gather():
            block = self._block()
            if block.count:
                return block
        return None

    def resync(self) -> bool:
        """Goes past a message that is too long; a length that can't be read leaves nothing to go by."""
        self.failed = not (self.failed and self._pass_over())
        return not self.failed

    def _gather(self) -> int:
        """Reads until there is a whole message. 0: there is nothing any more."""
        source, scanned = self._input, 0
        while not enough(source.window(), self._kind, scanned, self._limit):
            scanned = source.available
            if not source.more():
                break
        return source.available

    def _block(self) -> Block:
        source = self._input
        offset, data = source.offset, source.window()
        begin, end, used = self._split(data, offset)
        source.share()
        source.drop(used)
        return Block(data, len(begin), offset, begin, end, source.ended and not source.available)

    def _split(self, data: Buffer, offset: int) -> Split:
        try:
            return split(data, self._kind, self._input.ended, self._limit)
        except ContainerError as error:
            raise ContainerError(error.code, error.message, offset) from error.__cause__

    def _pass_over(self) -> bool:
        found = self._input.skip_past(b"\n") if self._kind == "lines" else self._pass_frame()
        self.messages += found
        return found

    def _pass_frame(self) -> bool:
        try:
            head = header(self._input.window(), 0, self._kind)
        except ContainerError:
            return False
        return head is not None and self._input.skip(head[0] + head[1])
