"""What the codecs share: their two functions' types, the errors, and running a machine up to a limit."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn, Protocol

from native.errors import ContainerError
from translator.contract import Data

Decompress = Callable[[memoryview, int], Data]
"""Compressed bytes and the most that may come out of them → what comes out."""
Compress = Callable[[bytes | bytearray], Data]


class Machine(Protocol):
    """What zlib, bz2 and lzma have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: memoryview, max_length: int, /) -> bytes: ...


def damaged(cause: Exception | None = None) -> NoReturn:
    raise ContainerError("CONTAINER_BLOCK", "a block's compressed bytes are damaged") from cause


def too_much() -> NoReturn:
    raise ContainerError("CONTAINER_LIMIT", "a block decompresses to more than is allowed")


def wrong_checksum() -> NoReturn:
    raise ContainerError("CONTAINER_CHECKSUM", "a block's checksum doesn't match")


def bounded(machine: Machine, data: memoryview, limit: int) -> bytes:
    """Runs to the end of the stream, at most one byte over the limit (B35)."""
    out = machine.decompress(data, limit + 1)
    if len(out) > limit:
        too_much()
    if not machine.eof:
        damaged()
    return out
