"""Where messages begin and end in a stream that says so: by lines, or by a length before each.

Theory of operation. `split` finds all whole messages at the start of some bytes. Damage is raised only where it stands
at the very start; otherwise what stands before it is given, and the damage meets the next call. `enough` tells,
cheaply, whether it is worth splitting: so a large message that comes in small pieces costs linear time. The core
(`native.binding.split`) does the work; what it refuses is looked at again here, for what stands before and the words.

Kinds: `lines` (end with \\n or \\r\\n, blank ones are passed over, the last may lack its end), `varint` (Protobuf's
delimited messages) and `be32` (four bytes, big-endian).
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from functools import cache
from typing import IO, Literal

from native.errors import ContainerError, DataError
from translator.containers import varints
from translator.containers.base import Block, Limits
from translator.containers.streams import BlockReader, Input

Kind = Literal["lines", "varint", "be32"]
Buffer = bytes | bytearray
Split = tuple["array[int]", "array[int]", int]
"""begin and end of each message, and how many bytes are done with."""

MAX_COUNT = 1 << 16
"""Messages of one block: 1 MiB of boundaries."""
_CORE_KINDS = {"lines": "newline", "varint": "varint", "be32": "be32"}
BLANK = b" \t\r"


def split(data: Buffer, kind: Kind, last: bool, limit: int) -> Split:
    """Whole messages at the start of `data`, at most MAX_COUNT. `last`: no input follows; `limit`: bytes of a message.

    ContainerError where the first message is over the limit (CONTAINER_LIMIT), has no length (CONTAINER_FRAME), or is
    cut off by the end of the input (CONTAINER_TRUNCATED); nothing is lost that stands before.
    """
    return _fast_split(data, kind, last, limit) or _split(data, kind, last, limit)


def _fast_split(data: Buffer, kind: Kind, last: bool, limit: int) -> Split | None:
    """What the core finds; None where it refuses or finds nothing, or may find a line over the limit."""
    core = _core()
    if core is None or (kind == "lines" and len(data) > limit):
        return None
    try:
        found = core(_CORE_KINDS[kind], data, last=last, limit=limit, batch=min(MAX_COUNT, len(data)))
    except DataError:
        return None
    return found if found[2] else None


@cache
def _core() -> Callable[..., Split] | None:
    """The core's splitter; None where the core isn't built."""
    try:
        from native.binding import split
    except ImportError:
        return None
    return split


def _split(data: Buffer, kind: Kind, last: bool, limit: int) -> Split:
    begin, end = array("q"), array("q")
    used = 0
    try:
        while used < len(data) and len(begin) < MAX_COUNT:
            found = _NEXT[kind](data, used, last, limit)
            if found is None:
                break
            start, used = found
            _keep(kind, data, start, used, begin, end)
    except ContainerError:
        if not used:
            raise
    return begin, end, used


def _keep(kind: Kind, data: Buffer, start: int, stop: int, begin: array[int], end: array[int]) -> None:
    if kind == "lines":
        line = data[start:stop].removesuffix(b"\n")
        if not line.strip(BLANK):
            return
        stop = start + len(line.removesuffix(b"\r"))
    begin.append(start)
    end.append(stop)


def _next_line(data: Buffer, at: int, last: bool, limit: int) -> tuple[int, int] | None:
    found = data.find(b"\n", at)
    stop = len(data) if found < 0 else found
    if stop - at > limit:
        raise _too_long(at)
    if found < 0:
        return (at, stop) if last else None
    return at, stop + 1


def _next_framed(data: Buffer, at: int, last: bool, limit: int, kind: Kind) -> tuple[int, int] | None:
    head = header(data, at, kind)
    if head is not None and head[0] > limit:
        raise _too_long(at)
    if head is None or head[1] + head[0] > len(data):
        if last:
            raise ContainerError("CONTAINER_TRUNCATED", "the stream ends inside a message", at)
        return None
    return head[1], head[1] + head[0]


def _too_long(at: int) -> ContainerError:
    return ContainerError("CONTAINER_LIMIT", "a message longer than allowed", at)


_NEXT: dict[Kind, Callable[[Buffer, int, bool, int], tuple[int, int] | None]] = {
    "lines": _next_line,
    "varint": lambda data, at, last, limit: _next_framed(data, at, last, limit, "varint"),
    "be32": lambda data, at, last, limit: _next_framed(data, at, last, limit, "be32"),
}


def header(data: Buffer, at: int, kind: Kind) -> tuple[int, int] | None:
    """A message's length and where it begins; None where the length itself isn't whole. CONTAINER_FRAME."""
    if kind == "be32":
        return (int.from_bytes(data[at : at + 4], "big"), at + 4) if len(data) >= at + 4 else None
    try:
        return varints.decode(data, at)
    except ValueError as error:
        raise ContainerError("CONTAINER_FRAME", "a length over 64 bits", at) from error


def enough(data: Buffer, kind: Kind, scanned: int, limit: int) -> bool:
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

    def __init__(self, stream: IO[bytes], kind: Kind, limits: Limits) -> None:
        super().__init__()
        self._input = Input(stream)
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
        """Goes behind a message that is too long; a length that is none leaves nothing to go by."""
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
