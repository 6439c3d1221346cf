"""A lone message: the whole file is one, an empty file too (an empty Protobuf message is a message)."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import IO

from native.errors import ContainerError
from translator.containers.base import (
    DEFAULT_LIMITS,
    DEFAULT_OPTIONS,
    Block,
    Container,
    StreamLimits,
    WriterOptions,
)
from translator.containers.streams import BlockReader, PlainWriter, Window
from translator.contract import Data


def sniff(head: bytes) -> bool:
    """The beginning of a JSON object or array."""
    return head.lstrip()[:1] in (b"{", b"[")


def reader(stream: IO[bytes], *, limits: StreamLimits = DEFAULT_LIMITS) -> LoneReader:
    """One split block of one message. CONTAINER_LIMIT where it is over `limits.record`."""
    return LoneReader(stream, limits)


def writer(
    stream: IO[bytes], *, metadata: Mapping[str, bytes] | None = None, options: WriterOptions = DEFAULT_OPTIONS
) -> LoneWriter:
    """CONTAINER_LONE for a second message."""
    return LoneWriter(stream)


class LoneReader(BlockReader):
    def __init__(self, stream: IO[bytes], limits: StreamLimits) -> None:
        super().__init__()
        self._input = Window(stream)
        self._limit = limits.record

    def next_block(self) -> Block | None:
        """The message, the first time."""
        if self.messages:
            return None
        if self._input.fill(self._limit + 1):
            raise ContainerError("CONTAINER_LIMIT", "a message longer than allowed", 0)
        data = self._input.window()
        return Block(data, 1, 0, array("q", [0]), array("q", [len(data)]), last=True)


class LoneWriter(PlainWriter):
    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__(stream, "none")
        self._messages = 0

    def write(self, data: Data, ends: Sequence[int], count: int) -> None:
        self._messages += count
        if self._messages > 1:
            raise ContainerError("CONTAINER_LONE", "a second message, where the file is one message", 0, 1)
        super().write(data, ends, count)


CONTAINER = Container(
    name="lone",
    doc=__doc__,
    usual="json",
    delimits=True,
    sniff=sniff,
    reader=reader,
    writer=writer,
)
