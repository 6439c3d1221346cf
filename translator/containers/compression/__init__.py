"""The codecs of Avro 1.12: null, deflate, snappy, bzip2, xz, zstandard; nothing is decompressed beyond a limit (B35).

One file for each, all of one shape: `decompressor()` and `compressor(level)`. A codec's file, and with it the codec's
library, is imported when the codec is chosen. Errors (`ContainerError`, at offset 0): CONTAINER_CODEC for any other
name, CONTAINER_BLOCK for bytes that the codec refuses, CONTAINER_LIMIT over the limit, CONTAINER_CHECKSUM for a
checksum that doesn't hold.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from native.errors import ContainerError
from translator.containers.compression.base import Compress, Decompress

CODECS: Final = ("null", "deflate", "snappy", "bzip2", "xz", "zstandard")
"""Their names, as Avro's specification has them; each is a module of this package."""


def decompressor(codec: str) -> Decompress:
    """How blocks of that codec are read. CONTAINER_CODEC where there is no such codec (B37)."""
    found: Decompress = _module(codec).decompressor()
    return found


def compressor(codec: str, level: int | None = None) -> Compress:
    """How blocks of that codec are written; `level`: the codec's own scale, None: its usual level. CONTAINER_CODEC."""
    found: Compress = _module(codec).compressor(level)
    return found


def _module(codec: str) -> Any:
    if codec not in CODECS:
        raise ContainerError("CONTAINER_CODEC", "an unknown codec")
    return import_module(f"{__name__}.{codec}")
