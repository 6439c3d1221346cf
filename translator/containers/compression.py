"""The codecs of Avro 1.12: null, deflate, snappy, bzip2, xz, zstandard; nothing is decompressed beyond a limit (B35).

Errors (`ContainerError`, at offset 0): CONTAINER_CODEC for a name that is none of them, CONTAINER_BLOCK for bytes that
the codec refuses, CONTAINER_LIMIT over the limit, CONTAINER_CHECKSUM for a checksum that doesn't hold.
Each codec's library is imported when the codec is chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn, Protocol

from native.errors import ContainerError
from translator import varints
from translator.contract import Data

Decompress = Callable[[memoryview, int], Data]
"""Compressed bytes and the most that may come out of them → what comes out."""
Compress = Callable[[bytes | bytearray], Data]

XZ_MEMORY = 128 << 20
"""Bytes that xz's decoder may take: its largest preset needs 65 MiB."""
ZSTD_FIRST = 128 << 10
SNAPPY_RATIO = 64
"""No snappy element makes more bytes of one."""


class _Machine(Protocol):
    """What zlib, bz2 and lzma have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: memoryview, max_length: int, /) -> bytes: ...


def decompressor(codec: str) -> Decompress:
    """How blocks of that codec are read. CONTAINER_CODEC where there is no such codec (B37)."""
    return _codec(codec)[0]()


def compressor(codec: str, level: int | None = None) -> Compress:
    """How blocks of that codec are written. CONTAINER_CODEC where there is no such codec."""
    return _codec(codec)[1](level)


def _codec(name: str) -> tuple[Callable[[], Decompress], Callable[[int | None], Compress]]:
    if name not in _CODECS:
        raise ContainerError("CONTAINER_CODEC", "an unknown codec")
    return _CODECS[name]


def _damaged(cause: Exception | None = None) -> NoReturn:
    raise ContainerError("CONTAINER_BLOCK", "a block's compressed bytes are damaged") from cause


def _too_much() -> NoReturn:
    raise ContainerError("CONTAINER_LIMIT", "a block decompresses to more than is allowed")


def _wrong_checksum() -> NoReturn:
    raise ContainerError("CONTAINER_CHECKSUM", "a block's checksum is another one")


def _bounded(machine: _Machine, data: memoryview, limit: int) -> bytes:
    """Runs to the end of the stream, at most one byte over the limit (B35)."""
    out = machine.decompress(data, limit + 1)
    if len(out) > limit:
        _too_much()
    if not machine.eof:
        _damaged()
    return out


def _null_decompressor() -> Decompress:
    def decompress(data: memoryview, limit: int) -> memoryview:
        return data if len(data) <= limit else _too_much()

    return decompress


def _null_compressor(level: int | None) -> Compress:
    return lambda data: data


def _deflate_decompressor() -> Decompress:
    """Raw deflate. Python's writers leave some of zlib's Adler-32 behind it, which are checked as far as they go."""
    import zlib

    def decompress(data: memoryview, limit: int) -> bytes:
        machine = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            out = _bounded(machine, data, limit)
        except zlib.error as error:
            _damaged(error)
        if not zlib.adler32(out).to_bytes(4, "big").startswith(machine.unused_data):
            _wrong_checksum()
        return out

    return decompress


def _deflate_compressor(level: int | None) -> Compress:
    import zlib

    def compress(data: bytes | bytearray) -> bytes:
        machine = zlib.compressobj(6 if level is None else level, zlib.DEFLATED, -zlib.MAX_WBITS)
        return machine.compress(data) + machine.flush()

    return compress


def _snappy_decompressor() -> Decompress:
    """Raw snappy, and behind it the CRC-32 of what comes out, big-endian."""
    import zlib

    from cramjam import DecompressionError, snappy

    def decompress(data: memoryview, limit: int) -> bytearray:
        body, checksum = data[:-4], bytes(data[-4:])
        out = bytearray(_snappy_size(body, limit))
        try:
            snappy.decompress_raw_into(body, out)
        except DecompressionError as error:
            _damaged(error)
        if zlib.crc32(out).to_bytes(4, "big") != checksum:
            _wrong_checksum()
        return out

    return decompress


def _snappy_size(body: memoryview, limit: int) -> int:
    """What the block says of itself, believed only as far as its length allows."""
    try:
        head = varints.decode(bytes(body[: varints.LONGEST]), 0)
    except ValueError as error:
        _damaged(error)
    if head is None:
        _damaged()
    if head[0] > limit:
        _too_much()
    return head[0] if head[0] <= SNAPPY_RATIO * len(body) else _damaged()


def _snappy_compressor(level: int | None) -> Compress:
    import zlib

    from cramjam import snappy

    def compress(data: bytes | bytearray) -> bytes:
        return bytes(snappy.compress_raw(data)) + zlib.crc32(data).to_bytes(4, "big")

    return compress


def _bzip2_decompressor() -> Decompress:
    import bz2

    def decompress(data: memoryview, limit: int) -> bytes:
        machine = bz2.BZ2Decompressor()
        try:
            out = _bounded(machine, data, limit)
        except (OSError, ValueError) as error:
            _damaged(error)
        return out if not machine.unused_data else _damaged()

    return decompress


def _bzip2_compressor(level: int | None) -> Compress:
    import bz2

    return lambda data: bz2.compress(data, 9 if level is None else level)


def _xz_decompressor() -> Decompress:
    import lzma

    def decompress(data: memoryview, limit: int) -> bytes:
        machine = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY)
        try:
            out = _bounded(machine, data, limit)
        except lzma.LZMAError as error:
            _too_much() if "emory" in str(error) else _damaged(error)
        return out if not machine.unused_data else _damaged()

    return decompress


def _xz_compressor(level: int | None) -> Compress:
    import lzma

    return lambda data: lzma.compress(data, preset=level)


def _zstandard_decompressor() -> Decompress:
    """One frame or several. The output is guessed, since most writers don't say its length, and guessed again."""
    from cramjam import DecompressionError, zstd

    def decompress(data: memoryview, limit: int) -> memoryview:
        size = min(max(ZSTD_FIRST, 8 * len(data)), limit)
        while True:
            out = bytearray(size)
            try:
                return memoryview(out)[: zstd.decompress_into(data, out)]
            except DecompressionError as error:
                size = _zstandard_next(error, size, limit)

    return decompress


def _zstandard_next(error: Exception, size: int, limit: int) -> int:
    """The next guess, if the last one was too small and the limit allows another."""
    if "whole buffer" not in str(error):
        _too_much() if "memory" in str(error) else _damaged(error)
    return min(4 * size, limit) if size < limit else _too_much()


def _zstandard_compressor(level: int | None) -> Compress:
    from cramjam import zstd

    return lambda data: bytes(zstd.compress(data, level=3 if level is None else level))


_CODECS: dict[str, tuple[Callable[[], Decompress], Callable[[int | None], Compress]]] = {
    "null": (_null_decompressor, _null_compressor),
    "deflate": (_deflate_decompressor, _deflate_compressor),
    "snappy": (_snappy_decompressor, _snappy_compressor),
    "bzip2": (_bzip2_decompressor, _bzip2_compressor),
    "xz": (_xz_decompressor, _xz_compressor),
    "zstandard": (_zstandard_decompressor, _zstandard_compressor),
}

CODECS = tuple(_CODECS)
"""Their names, as Avro's specification has them."""
