"""NDJSON and JSON Lines: one message in a line.

Lines end with \\n or \\r\\n; blank ones are passed over; the last may lack its end.
A JSON writer never writes a line feed inside of a message.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO

from translator.containers.base import DEFAULT_LIMITS, DEFAULT_OPTIONS, JSON_FORMATS, Limits, Options
from translator.containers.splitting import SplitReader
from translator.containers.streams import PlainWriter

NAME = "ndjson"
EXTENSIONS = {".ndjson": "json", ".jsonl": "json"}
FORMATS = JSON_FORMATS


def sniff(head: bytes) -> bool:
    """An object in the first line, and the beginning of another in the second."""
    lines = [line.strip() for line in head.lstrip().split(b"\n", 2)[:2]]
    first, second = lines if len(lines) == 2 else (b"", b"")
    return first.startswith(b"{") and first.endswith(b"}") and second.startswith(b"{")


def reader(stream: IO[bytes], *, limits: Limits = DEFAULT_LIMITS) -> SplitReader:
    """Split blocks. CONTAINER_LIMIT for a line over `limits.record`; `resync` goes on with the next line."""
    return SplitReader(stream, "lines", limits)


def writer(
    stream: IO[bytes], *, metadata: Mapping[str, bytes] | None = None, options: Options = DEFAULT_OPTIONS
) -> PlainWriter:
    return PlainWriter(stream, "newline")
