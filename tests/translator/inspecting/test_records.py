"""One record out of a container is the bytes that stand there."""

from __future__ import annotations

import io

import cbor2
import fastavro
import msgspec
import pytest

from schemas import avro
from schemas.model import Schema
from tests.bad_input.support import varint
from translator import containers
from translator.inspecting import checking
from translator.inspecting.records import PickedRecord, UnreachableError, find

VALUES = [{"n": n, "t": "x" * (n % 7)} for n in range(3000)]
AVRO = {
    "type": "record", "name": "R",
    "fields": [{"name": "n", "type": "int"}, {"name": "t", "type": "string"}],
}  # fmt: skip


def one(value: object) -> bytes:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(AVRO), value)
    return out.getvalue()


def written(container: str) -> tuple[str, list[bytes], bytes]:
    """Format, records, and the file."""
    if container == "avro":
        out = io.BytesIO()
        fastavro.writer(out, fastavro.parse_schema(AVRO), VALUES, codec="deflate", sync_interval=2000)
        return "avro", [one(each) for each in VALUES], out.getvalue()
    if container == "cbor-seq":
        records = [cbor2.dumps(each) for each in VALUES]
        return "cbor", records, b"".join(records)
    if container == "msgpack-stream":
        records = [msgspec.msgpack.encode(each) for each in VALUES]
        return "msgpack", records, b"".join(records)
    records = [msgspec.json.encode(each) for each in VALUES]
    framed = {
        "ndjson": [each + b"\n" for each in records],
        "delimited": [varint(len(each)) + each for each in records],
        "hal9-frames": [len(each).to_bytes(4, "big") + each for each in records],
        "json-array": [b"[", b",".join(records), b"]"],
    }  # fmt: skip
    return "json", records, b"".join(framed[container])


def nth(container: str, format_: str, data: bytes, index: int) -> PickedRecord | int:
    reader = containers.get(container).reader(io.BytesIO(data))
    schema: Schema | None = avro.read(reader.schema) if reader.schema else None
    return find(reader, checking.plan(format_, schema), index)


@pytest.mark.parametrize(
    "container", ["avro", "ndjson", "delimited", "hal9-frames", "msgpack-stream", "cbor-seq", "json-array"]
)
def test_every_container(container: str) -> None:
    """The first, some between, and the last; after it there is none, and it is known how many there are."""
    format_, records, data = written(container)
    for index in (0, 1, 137, 2047, len(records) - 1):
        found = nth(container, format_, data, index)
        assert isinstance(found, PickedRecord)
        assert found.data == records[index]
        if container != "avro":
            assert data[found.offset : found.offset + len(found.data)] == records[index]
    assert nth(container, format_, data, len(records)) == len(records)


def damaged(at: int, byte: int) -> bytes:
    """An Avro file of twenty records, with a byte of record 12 changed."""
    out = io.BytesIO()
    fastavro.writer(out, fastavro.parse_schema(AVRO), VALUES[:20], sync_marker=b"s" * 16)
    data = bytearray(out.getvalue())
    data[data.index(one(VALUES[12])) + at] = byte
    return bytes(data)


def test_a_refused_record_of_avro() -> None:
    """A text that is not UTF-8 ends where it says."""
    data = damaged(2, 0xFF)
    for index in (11, 12, 13):
        found = nth("avro", "avro", data, index)
        assert isinstance(found, PickedRecord)
        assert (len(found.data), found.endless) == (len(one(VALUES[index])), False)


def test_a_refused_record_without_an_end() -> None:
    """It is given to whoever can tell how far it goes; those after it in its block can't be found, and which one it
    was is said."""
    data = damaged(1, 0x01)  # a length of -1
    found = nth("avro", "avro", data, 12)
    assert isinstance(found, PickedRecord)
    assert found.endless
    with pytest.raises(UnreachableError) as caught:
        nth("avro", "avro", data, 13)
    assert caught.value.index == 12


def test_a_refused_record_of_messagepack() -> None:
    """The same where only reading tells where a message ends."""
    data = b"\x01\x02\xc1\x03"
    found = nth("msgpack-stream", "msgpack", data, 2)
    assert isinstance(found, PickedRecord)
    assert (found.endless, found.offset) == (True, 2)
    with pytest.raises(UnreachableError) as caught:
        nth("msgpack-stream", "msgpack", data, 3)
    assert caught.value.index == 2
