"""Framed messages in files and streams: the conversion engine with an adapter where a plan would be."""

from __future__ import annotations

import io
import json

import pytest

import translator
from native.errors import PlanError
from tests.translator.containers.support import messages
from tests.translator.streams.schema_ids.support import ONE, TWO, WANTED, avro, one, two
from translator import containers, framing
from translator.containers import packing
from translator.contract import delimiter
from translator.streams.pump import Pump, Refusal, StoppedError

SOURCE = {1: ONE, 2: TWO}
FRAMES = {"delimited": "varint", "hal9-frames": "be32"}


def run(data: bytes, adapter, *, to: str, container: str = "delimited", **options):
    """The output and the counts."""
    out = io.BytesIO()
    with containers.get(to).writer(out) as writer:
        counts = Pump(containers.get(container).reader(io.BytesIO(data)), adapter, writer, **options).run()
    return out.getvalue(), counts


@pytest.mark.parametrize("container", list(FRAMES))
def test_a_stream_of_several_ids(container):
    """Grouped by schema in each block, written in order."""
    data = b"".join(map(delimiter(FRAMES[container]), [one(1), two(2), two(3), one(4)] * 1000))
    adapter = translator.adapter(SOURCE, "json", drop=["b"])
    out, counts = run(data, adapter, container=container, to="ndjson")
    assert [json.loads(line)["a"] for line in out.splitlines()] == [1, 2, 3, 4] * 1000
    assert (counts.read, counts.written, counts.clean) == (4000, 4000, True)


@pytest.mark.parametrize("container", list(FRAMES))
@pytest.mark.parametrize("out_framing", ["confluent", "avro-single"])
def test_framing_goes_inside_of_the_containers_lengths(container, out_framing):
    """What is written is a container of framed messages, which reads back."""
    data = b"".join(map(delimiter("varint"), [one(1), two(-2)]))
    number = 9 if out_framing == "confluent" else None
    there = translator.adapter(SOURCE, WANTED, drop=["b"], out=out_framing, out_id=number)
    out, _ = run(data, there, to=container)
    found = messages(containers.get(container).reader(io.BytesIO(out)))
    prefix = there.translate(one(1)).data[: -len(avro(WANTED, {"a": 1}))]
    assert found == [prefix + avro(WANTED, {"a": a}) for a in (1, -2)]
    back = translator.adapter({9: WANTED}, "json", framing=out_framing)
    assert run(out, back, container=container, to="ndjson")[0] == b'{"a":1}\n{"a":-2}\n'


def test_refusals_stand_where_the_messages_did():
    """D: index, offset and bytes of each, framing and all; the neighbours are written."""
    parts = [one(1), b"\0\0\0\0\x09xyz", two(2)[:-1], one(3)]
    data = b"".join(map(delimiter("varint"), parts))
    refused: list[Refusal] = []
    adapter = translator.adapter(SOURCE, "json", drop=["b"])
    out, counts = run(data, adapter, to="ndjson", refused=refused.append)
    assert out == b'{"a":1}\n{"a":3}\n'
    assert (counts.written, counts.refused) == (2, 2)
    assert [(each.index, each.offset, each.error.code, each.data) for each in refused] == [
        (1, 8, "FRAME_SCHEMA", parts[1]),
        (2, 17, "TRUNCATED", parts[2]),
    ]
    with pytest.raises(StoppedError, match="schema id 9"):
        run(data, adapter, to="ndjson")


def test_a_lone_file_of_single_object_encoding(data):
    """Avro's own vector, as a file that is one message."""
    folder = data / "avro" / "data" / "messageV1"
    whole = (folder / "test_message.bin").read_bytes()
    assert framing.sniff(whole) == "avro-single"
    adapter = translator.adapter([folder / "test_schema.avsc"], "json", framing="avro-single")
    out, _ = run(whole, adapter, container="lone", to="lone")
    assert json.loads(out)["name"] == "Bill"


def test_a_compressed_stream_of_framed_messages():
    packed = io.BytesIO()
    with packing.packed(packed, "zstd") as stream:
        stream.write(b"".join(map(delimiter("varint"), [one(1), two(2)])))
    source = packing.unpacked(io.BytesIO(packed.getvalue()), "zstd")
    out = io.BytesIO()
    with containers.get("json-array").writer(out) as writer:
        reader = containers.get("delimited").reader(source)
        Pump(reader, translator.adapter(SOURCE, "json", drop=["b"]), writer).run()
    assert out.getvalue() == b'[\n{"a":1},\n{"b":"x","a":2}\n]\n'


def test_what_a_line_can_not_hold():
    """An id may have a line feed in it, so framed messages don't stand in lines."""
    adapter = translator.adapter(SOURCE, WANTED, drop=["b"], out="confluent", out_id=10)
    with pytest.raises(PlanError, match="lines can't hold"):
        run(delimiter("varint")(one(1)), adapter, to="ndjson")


def test_a_container_without_lengths_is_refused():
    """Framing says where a message begins, not where it ends."""
    adapter = translator.adapter(SOURCE, "json", drop=["b"])
    with pytest.raises(PlanError, match="a container that says where each one ends"):
        run(one(1), adapter, container="msgpack-stream", to="ndjson")


def test_ignored_members_are_counted():
    """S14: over all schemas of the stream."""
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
    adapter = translator.adapter({1: schema, 2: schema}, "json")
    data = b"".join(map(delimiter("varint"), [b'\0\0\0\0\1{"a":1,"x":2}', b'\0\0\0\0\2{"x":2}']))
    assert run(data, adapter, to="ndjson")[1].ignored == {"x": 2}
