"""zstandard, in one frame or several."""

from __future__ import annotations

from cramjam import DecompressionError, zstd

from translator.containers.compression.base import Compress, Decompress, damaged, too_much

FIRST = 128 << 10
"""Bytes of output that are guessed at least, at first."""


def decompressor() -> Decompress:
    """One frame or several. The output is guessed, since most writers don't say its length, and guessed again."""

    def decompress(data: memoryview, limit: int) -> memoryview:
        size = min(max(FIRST, 8 * len(data)), limit)
        while True:
            out = bytearray(size)
            try:
                return memoryview(out)[: zstd.decompress_into(data, out)]
            except DecompressionError as error:
                size = _next(error, size, limit)

    return decompress


def _next(error: Exception, size: int, limit: int) -> int:
    """The next guess, if the last one was too small and the limit allows another."""
    if "whole buffer" not in str(error):
        too_much() if "memory" in str(error) else damaged(error)
    return min(4 * size, limit) if size < limit else too_much()


def compressor(level: int | None) -> Compress:
    return lambda data: bytes(zstd.compress(data, level=3 if level is None else level))
