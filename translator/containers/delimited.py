"""Length-delimited messages: before each stands its length, a varint (Protobuf's `writeDelimitedTo`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO

from translator.containers.base import DEFAULT_LIMITS, DEFAULT_OPTIONS, Container, StreamLimits, WriterOptions, never
from translator.containers.splitting import SplitReader
from translator.containers.streams import PlainWriter


def reader(stream: IO[bytes], *, limits: StreamLimits = DEFAULT_LIMITS) -> SplitReader:
    """Split blocks. CONTAINER_FRAME for a length over 64 bits, CONTAINER_LIMIT for one over `limits.record`,
    which `resync` passes over, CONTAINER_TRUNCATED."""
    return SplitReader(stream, "varint", limits)


def writer(
    stream: IO[bytes], *, metadata: Mapping[str, bytes] | None = None, options: WriterOptions = DEFAULT_OPTIONS
) -> PlainWriter:
    return PlainWriter(stream, "varint")


CONTAINER = Container(
    name="delimited",
    doc=__doc__,
    usual="protobuf",
    delimits=True,
    sniff=never,
    reader=reader,
    writer=writer,
)
