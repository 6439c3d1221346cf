"""bzip2."""

from __future__ import annotations

import bz2

from translator.containers.compression.base import Compress, Decompress, bounded, damaged


def decompressor() -> Decompress:
    def decompress(data: memoryview, limit: int) -> bytes:
        machine = bz2.BZ2Decompressor()
        try:
            out = bounded(machine, data, limit)
        except (OSError, ValueError) as error:
            damaged(error)
        return out if not machine.unused_data else damaged()

    return decompress


def compressor(level: int | None) -> Compress:
    return lambda data: bz2.compress(data, 9 if level is None else level)
