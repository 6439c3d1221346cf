"""Avro object container files to order, whole and damaged, and readers of them run to their end."""

from __future__ import annotations

import io
import json

from tests.translator.containers.support import Trickle, batch
from translator import varints
from translator.containers import avro
from translator.containers.base import DEFAULT_LIMITS, StreamLimits, WriterOptions

LONGS = {"type": "record", "name": "R", "fields": [{"name": "n", "type": "long"}, {"name": "s", "type": "string"}]}
SCHEMA = json.dumps(LONGS).encode()
FAST_CODECS = ("null", "deflate", "bzip2", "xz", "snappy")
SYNC = bytes(range(16))


def record(n: int) -> bytes:
    text = f"record {n}".encode() * 3
    return varints.encode_long(n) + varints.encode_long(len(text)) + text


def written(items: list[bytes], codec: str = "null", **options) -> bytes:
    out = io.BytesIO()
    with avro.writer(
        out, metadata={avro.SCHEMA: SCHEMA}, options=WriterOptions(codec=codec, **{"sync": SYNC, **options})
    ) as w:
        w.write(*batch(items))
    return out.getvalue()


def runs(data: bytes, limits: StreamLimits = DEFAULT_LIMITS, sizes: list[int] | None = None) -> list[tuple[int, bytes]]:
    stream = Trickle(data, sizes) if sizes else io.BytesIO(data)
    return [(block.count, bytes(block.data)) for block in avro.reader(stream, limits=limits)]


def header(metadata: bytes) -> bytes:
    return b"Obj\x01" + metadata + SYNC


def entry(key: bytes, value: bytes) -> bytes:
    return varints.encode_long(len(key)) + key + varints.encode_long(len(value)) + value


PLAIN = header(b"\x02" + entry(b"avro.schema", b'"null"') + b"\0")


def block(count: int, data: bytes, sync: bytes = SYNC, size: int | None = None) -> bytes:
    return varints.encode_long(count) + varints.encode_long(len(data) if size is None else size) + data + sync


def head_for(codec: str) -> bytes:
    return header(b"\x04" + entry(b"avro.schema", b'"bytes"') + entry(b"avro.codec", codec.encode()) + b"\0")
