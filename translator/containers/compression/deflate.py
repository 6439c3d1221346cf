"""Raw deflate, by zlib."""

from __future__ import annotations

import zlib

from translator.containers.compression.base import Compress, Decompress, bounded, damaged, wrong_checksum


def decompressor() -> Decompress:
    """Raw deflate. Python's writers leave some of zlib's Adler-32 after it, which are checked as far as they go."""

    def decompress(data: memoryview, limit: int) -> bytes:
        machine = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            out = bounded(machine, data, limit)
        except zlib.error as error:
            damaged(error)
        if not zlib.adler32(out).to_bytes(4, "big").startswith(machine.unused_data):
            wrong_checksum()
        return out

    return decompress


def compressor(level: int | None) -> Compress:
    def compress(data: bytes | bytearray) -> bytes:
        machine = zlib.compressobj(6 if level is None else level, zlib.DEFLATED, -zlib.MAX_WBITS)
        return machine.compress(data) + machine.flush()

    return compress
