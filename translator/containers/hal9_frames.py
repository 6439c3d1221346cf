"""HAL9 frames: what HAL9 servers speak on a socket. Four bytes of length, big-endian, then a JSON object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO

from translator.containers.base import DEFAULT_LIMITS, DEFAULT_OPTIONS, JSON_FORMATS, Limits, Options
from translator.containers.splitting import SplitReader
from translator.containers.streams import PlainWriter

NAME = "hal9-frames"
EXTENSIONS = {".hal9": "json", ".frames": "json"}
FORMATS = JSON_FORMATS


def sniff(head: bytes) -> bool:
    """A length under 16 MiB, and an object behind it."""
    return head.startswith(b"\0") and head[4:5] == b"{"


def reader(stream: IO[bytes], *, limits: Limits = DEFAULT_LIMITS) -> SplitReader:
    """Split blocks. CONTAINER_LIMIT for a length over `limits.record`, which `resync` passes over,
    CONTAINER_TRUNCATED."""
    return SplitReader(stream, "be32", limits)


def writer(
    stream: IO[bytes], *, metadata: Mapping[str, bytes] | None = None, options: Options = DEFAULT_OPTIONS
) -> PlainWriter:
    return PlainWriter(stream, "be32")
