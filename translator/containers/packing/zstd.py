"""zstd: Python's own from 3.14 on, and its twin before."""

from __future__ import annotations

import sys
from typing import Any, cast

from translator.containers.packing.streams import CHUNK, Codec

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


class _Zstd:
    def __init__(self) -> None:
        self._machine: Any = zstd.ZstdDecompressor()

    @property
    def eof(self) -> bool:
        return bool(self._machine.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._machine.unused_data)

    @property
    def hungry(self) -> bool:
        return bool(self._machine.needs_input)

    def decompress(self, data: bytes) -> bytes:
        return bytes(self._machine.decompress(data, CHUNK))


def _compressor(level: int | None) -> tuple[Any, int]:
    of = zstd.CompressionParameter
    machine = zstd.ZstdCompressor(
        options={of.compression_level: 3 if level is None else level, of.checksum_flag: 1},
    )
    return machine, machine.FLUSH_BLOCK


CODEC = Codec(_Zstd, cast("type[Exception]", zstd.ZstdError), _compressor)
