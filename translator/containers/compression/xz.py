"""xz."""

from __future__ import annotations

import lzma

from translator.containers.compression.base import Compress, Decompress, bounded, damaged, too_much

MEMORY = 128 << 20
"""Bytes that xz's decoder may take: its largest preset needs 65 MiB."""


def decompressor() -> Decompress:
    def decompress(data: memoryview, limit: int) -> bytes:
        machine = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MEMORY)
        try:
            out = bounded(machine, data, limit)
        except lzma.LZMAError as error:
            too_much() if "emory" in str(error) else damaged(error)
        return out if not machine.unused_data else damaged()

    return decompress


def compressor(level: int | None) -> Compress:
    return lambda data: lzma.compress(data, preset=level)
