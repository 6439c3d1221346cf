"""Runs: messages stand back to back, each ending where its own value does.

Theory of operation. Only reading tells where a message ends, so the consumer does the splitting: it gets all that the
stream gave, and says by `consumed` how far it came; the rest is the start of the next block. A consumer that can't read
anything asks for more by `consumed(0)`; what it reads over and over for that is bounded: at first the
next block comes as soon as the stream gives anything, later it is twice as long.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO

from native.errors import ContainerError
from translator.containers.base import (
    DEFAULT_LIMITS,
    DEFAULT_OPTIONS,
    Block,
    StreamLimits,
    WriterOptions,
)
from translator.containers.streams import BlockReader, PlainWriter, Window

PATIENCE = 16
"""How many times its length an unfinished message may be read before the blocks double."""
FREE = 64 << 10
"""Bytes read in vain that don't count."""


def reader(stream: IO[bytes], *, limits: StreamLimits = DEFAULT_LIMITS) -> RunReader:
    """Runs without a count. CONTAINER_LIMIT where a message doesn't end within `limits.record`."""
    return RunReader(stream, limits)


def writer(
    stream: IO[bytes], *, metadata: Mapping[str, bytes] | None = None, options: WriterOptions = DEFAULT_OPTIONS
) -> PlainWriter:
    return PlainWriter(stream, "none")


class RunReader(BlockReader):
    """Gives runs without a count. `messages` stays 0: only the consumer knows."""

    def __init__(self, stream: IO[bytes], limits: StreamLimits) -> None:
        super().__init__()
        self._input = Window(stream)
        self._limit = limits.record
        self._given = 0
        self._used: int | None = 0
        self._wasted = 0

    def next_block(self) -> Block | None:
        """What there is. None at the end, and where the consumer came no further at the last block."""
        stuck = self._settle()
        if self._input.ended and stuck:
            return None
        self._read(stuck)
        source = self._input
        offset, data = source.offset, source.window()
        source.share()
        self._given, self._used = len(data), None
        return Block(data, None, offset, last=source.ended) if data else None

    def consumed(self, size: int) -> None:
        """How many bytes of the last block were read."""
        if not 0 <= size <= self._given:
            raise ValueError(f"{size} of {self._given} bytes")
        self._used = size

    def _settle(self) -> bool:
        """Drops what was read. True where that was nothing."""
        if self._used is None:
            raise RuntimeError("consumed() wasn't called for the last block")
        self._input.drop(self._used)
        self._wasted = 0 if self._used else self._wasted + self._given
        return self._given > 0 and not self._used

    def _read(self, stuck: bool) -> None:
        source = self._input
        if stuck and source.available > self._limit:
            raise ContainerError("CONTAINER_LIMIT", "a message longer than allowed", source.offset)
        if stuck and self._wasted > PATIENCE * source.available + FREE:
            source.fill(2 * source.available)
        elif stuck or not source.available:
            source.more()
