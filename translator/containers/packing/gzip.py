"""gzip, by zlib."""

from __future__ import annotations

import zlib
from typing import Any, Final

from translator.containers.packing.streams import CHUNK, Codec

_BITS: Final = 31
"""zlib's largest window, in gzip's wrapping."""


class _Gzip:
    """zlib leaves input over where the output has no room."""

    def __init__(self) -> None:
        self._machine = zlib.decompressobj(_BITS)
        self.hungry = True

    @property
    def eof(self) -> bool:
        return self._machine.eof

    @property
    def unused_data(self) -> bytes:
        return self._machine.unused_data

    def decompress(self, data: bytes) -> bytes:
        out = self._machine.decompress(self._machine.unconsumed_tail + data, CHUNK)
        self.hungry = not self._machine.unconsumed_tail and len(out) < CHUNK
        return out


def _compressor(level: int | None) -> tuple[Any, int]:
    return zlib.compressobj(6 if level is None else level, zlib.DEFLATED, _BITS), zlib.Z_SYNC_FLUSH


CODEC = Codec(_Gzip, zlib.error, _compressor)
