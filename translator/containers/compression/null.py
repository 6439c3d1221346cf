"""No compression."""

from __future__ import annotations

from translator.containers.compression.base import Compress, Decompress, too_much


def decompressor() -> Decompress:
    def decompress(data: memoryview, limit: int) -> memoryview:
        return data if len(data) <= limit else too_much()

    return decompress


def compressor(level: int | None) -> Compress:
    return lambda data: data
