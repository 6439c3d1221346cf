"""NDJSON and JSON Lines: one message in a line.

Lines end with \\n or \\r\\n; blank ones are passed over; the last may lack its end.
A JSON writer never writes a line feed inside of a message.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO

from translator.containers.base import DEFAULT_LIMITS, DEFAULT_OPTIONS, Container, StreamLimits, WriterOptions
from translator.containers.splitting import SplitReader
from translator.containers.streams import PlainWriter


def sniff(head: bytes) -> bool:
    """An object in the first line, and the beginning of another in the second."""
    lines = [line.strip() for line in head.lstrip().split(b"\n", 2)[:2]]
    first, second = lines if len(lines) == 2 else (b"", b"")
    return first.startswith(b"{") and first.endswith(b"}") and second.startswith(b"{")


def reader(stream: IO[bytes], *, limits: StreamLimits = DEFAULT_LIMITS) -> SplitReader:
    """Split blocks. CONTAINER_LIMIT for a line over `limits.record`; `resync` goes on with the next line."""
    return SplitReader(stream, "lines", limits)


def writer(
    stream: IO[bytes], *, metadata: Mapping[str, bytes] | None = None, options: WriterOptions = DEFAULT_OPTIONS
) -> PlainWriter:
    return PlainWriter(stream, "newline")


CONTAINER = Container(
    name="ndjson",
    doc=__doc__,
    usual="json",
    holds="text",
    suffixes=(".ndjson", ".jsonl"),
    sniff=sniff,
    reader=reader,
    writer=writer,
)
