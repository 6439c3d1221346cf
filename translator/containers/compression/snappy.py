"""Raw snappy, followed by the CRC-32 of what comes out, big-endian."""

from __future__ import annotations

import zlib

from cramjam import DecompressionError, snappy

from translator import varints
from translator.containers.compression.base import Compress, Decompress, damaged, too_much, wrong_checksum

RATIO = 64
"""No snappy element makes more bytes of one."""


def decompressor() -> Decompress:
    """Raw snappy, followed by the CRC-32 of what comes out, big-endian."""

    def decompress(data: memoryview, limit: int) -> bytearray:
        body, checksum = data[:-4], bytes(data[-4:])
        out = bytearray(_size(body, limit))
        try:
            snappy.decompress_raw_into(body, out)
        except DecompressionError as error:
            damaged(error)
        if zlib.crc32(out).to_bytes(4, "big") != checksum:
            wrong_checksum()
        return out

    return decompress


def _size(body: memoryview, limit: int) -> int:
    """What the block says of itself, believed only as far as its length allows."""
    try:
        head = varints.decode(bytes(body[: varints.LONGEST]), 0)
    except ValueError as error:
        damaged(error)
    if head is None:
        damaged()
    if head[0] > limit:
        too_much()
    return head[0] if head[0] <= RATIO * len(body) else damaged()


def compressor(level: int | None) -> Compress:
    def compress(data: bytes | bytearray) -> bytes:
        return bytes(snappy.compress_raw(data)) + zlib.crc32(data).to_bytes(4, "big")

    return compress
