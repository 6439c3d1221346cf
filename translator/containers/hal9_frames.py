"""HAL9 frames: what HAL9 servers speak on a socket. Four bytes of length, big-endian, then a JSON object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO

from translator.containers.base import DEFAULT_LIMITS, DEFAULT_OPTIONS, Container, StreamLimits, WriterOptions
from translator.containers.splitting import SplitReader
from translator.containers.streams import PlainWriter

SCHEMA = "neuron:SignalFrame"


def sniff(head: bytes) -> bool:
    """A length under 16 MiB, then an object."""
    return head.startswith(b"\0") and head[4:5] == b"{"


def reader(stream: IO[bytes], *, limits: StreamLimits = DEFAULT_LIMITS) -> SplitReader:
    """Split blocks. CONTAINER_LIMIT for a length over `limits.record`, which `resync` passes over,
    CONTAINER_TRUNCATED."""
    return SplitReader(stream, "be32", limits)


def writer(
    stream: IO[bytes], *, metadata: Mapping[str, bytes] | None = None, options: WriterOptions = DEFAULT_OPTIONS
) -> PlainWriter:
    return PlainWriter(stream, "be32")


CONTAINER = Container(
    name="hal9-frames",
    doc=__doc__,
    usual="json",
    holds="text",
    suffixes=(".hal9", ".frames"),
    delimits=True,
    schema=SCHEMA,
    sniff=sniff,
    reader=reader,
    writer=writer,
)
