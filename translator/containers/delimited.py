"""Length-delimited messages: before each stands its length, a varint (Protobuf's `writeDelimitedTo`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO

from translator.containers.base import BINARY_FORMATS, DEFAULT_LIMITS, DEFAULT_OPTIONS, JSON_FORMATS, Limits, Options
from translator.containers.splitting import SplitReader
from translator.containers.streams import PlainWriter

NAME = "delimited"
EXTENSIONS = {
    ".pbs": "protobuf",
    ".delim": "protobuf",
    ".pbstream": "protobuf",
    ".signals": "neuron",
    ".nsig": "neuron",
}
FORMATS = BINARY_FORMATS + JSON_FORMATS


def sniff(head: bytes) -> bool:
    """Never: any byte may begin it."""
    return False


def reader(stream: IO[bytes], *, limits: Limits = DEFAULT_LIMITS) -> SplitReader:
    """Split blocks. CONTAINER_FRAME for a length over 64 bits, CONTAINER_LIMIT for one over `limits.record`,
    which `resync` passes over, CONTAINER_TRUNCATED."""
    return SplitReader(stream, "varint", limits)


def writer(
    stream: IO[bytes], *, metadata: Mapping[str, bytes] | None = None, options: Options = DEFAULT_OPTIONS
) -> PlainWriter:
    return PlainWriter(stream, "varint")
