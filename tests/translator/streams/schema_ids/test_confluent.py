"""confluent-kafka's own serializers and deserializers on the other side of our framing (S32)."""

from __future__ import annotations

import base64
import json
import uuid

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

import translator
from native.errors import PlanError
from schemas import protoc
from tests.translator.streams.schema_ids.support import ONE, TWO, avro, refusal

confluent = pytest.importorskip("confluent_kafka.schema_registry")
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer  # noqa: E402
from confluent_kafka.schema_registry.json_schema import JSONDeserializer, JSONSerializer  # noqa: E402
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer, ProtobufSerializer  # noqa: E402
from confluent_kafka.serialization import MessageField, SerializationContext  # noqa: E402

PROTO = """
syntax = "proto3";
package q;
message First { int64 a = 1; }
message Second { map<string, int64> m = 1; message Deep { int64 a = 4; string s = 5; } }
"""
JSON = {"title": "T", "type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}


@pytest.fixture
def client():
    """Their registry in memory."""
    return confluent.SchemaRegistryClient.new_client({"url": "mock://"})


@pytest.fixture(scope="module")
def deep():
    """The Python class of q.Second.Deep."""
    pool = descriptor_pool.DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString(protoc.compiled({"q.proto": PROTO})).file:
        pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("q.Second.Deep"))


def context(headers=None, field=MessageField.VALUE) -> SerializationContext:
    return SerializationContext("topic", field, [] if headers is None else headers)


def test_their_avro_is_read(client):
    """Two schemas, ids before the payload; then a GUID in the header, of value and key."""
    names = {"conf": {"subject.name.strategy": lambda ctx, name: f"{name}-{ctx.topic}"}}
    write_one = AvroSerializer(client, json.dumps(ONE))
    write_two = AvroSerializer(client, json.dumps({**TWO, "name": "Two"}), **names)
    messages = [
        write_one({"a": 1}, context()),
        write_two({"a": 2, "b": "x"}, context()),
        write_one({"a": 3}, context()),
    ]
    ids = [int.from_bytes(message[1:5], "big") for message in messages]
    adapter = translator.adapter({ids[0]: ONE, ids[1]: {**TWO, "name": "Two"}}, "json")
    batch = adapter.translate_many(messages)
    assert [batch[i] for i in range(3)] == [b'{"a":1}', b'{"b":"x","a":2}', b'{"a":3}']
    assert len(set(ids)) == 2


@pytest.mark.parametrize("part", ["value", "key"])
def test_their_guids_in_headers_are_read(client, part):
    conf = {"schema.id.serializer": confluent.header_schema_id_serializer}
    ctx = context(field=MessageField.VALUE if part == "value" else MessageField.KEY)
    data = AvroSerializer(client, json.dumps(ONE), conf=conf)({"a": 5}, ctx)
    guid = uuid.UUID(bytes=dict(ctx.headers)[f"__{part}_schema_id"][1:])
    adapter = translator.adapter({guid: ONE}, "json", part=part)
    assert adapter.translate(data, ctx.headers) == (b'{"a":5}', [])


@pytest.mark.parametrize("in_header", [False, True])
def test_their_protobuf_is_read(client, deep, in_header):
    """A nested message after a map: its indexes are found."""
    conf = {"use.deprecated.format": False}
    conf |= {"schema.id.serializer": confluent.header_schema_id_serializer} if in_header else {}
    ctx = context()
    data = ProtobufSerializer(deep, client, conf)(deep(a=5, s="x"), ctx)
    header = dict(ctx.headers).get("__value_schema_id")
    reference = uuid.UUID(bytes=header[1:17]) if header else int.from_bytes(data[1:5], "big")
    from schemas import protobuf

    adapter = translator.adapter({reference: protobuf.read({"q.proto": PROTO}, message=(0,))}, "json")
    assert json.loads(adapter.translate(data, ctx.headers).data) == {"a": 5, "s": "x"}


def test_their_json_is_read(client):
    data = JSONSerializer(json.dumps(JSON), client)({"a": 5}, context())
    adapter = translator.adapter({int.from_bytes(data[1:5], "big"): JSON}, ONE)
    assert adapter.translate(data).data == b"\x0a"


@pytest.mark.parametrize("in_header", [False, True])
def test_they_read_our_avro_and_json(client, in_header):
    """With an id before the payload, or the GUID in the header. (Theirs refuses up to five bytes in either case.)"""
    value = {"b": "a text of more than five bytes", "a": 5}
    schema = {**JSON, "properties": {"a": {"type": "integer"}, "b": {"type": "string"}}}
    for language, schema_, read in (
        ("AVRO", TWO, AvroDeserializer(client)),
        ("JSON", schema, JSONDeserializer(None, schema_registry_client=client)),
    ):
        registered = client.register_schema_full_response(
            f"topic-{language}", confluent.Schema(json.dumps(schema_), language)
        )
        out = {"out": "confluent-header", "out_id": uuid.UUID(registered.guid)} if in_header else {}
        adapter = translator.adapter(
            {9: {**TWO, "name": "Nine"}}, schema_, **({"out": "confluent", "out_id": registered.schema_id} | out)
        )
        message = adapter.translate(b"\0\0\0\0\x09" + avro(TWO, value))
        assert read(message.data, context(message.headers)) == value


def test_they_read_our_protobuf(client, deep, tmp_path):
    """The indexes that we write lead their deserializer to the message."""
    path = tmp_path / "q.proto"
    path.write_text(PROTO)
    text = base64.standard_b64encode(deep.DESCRIPTOR.file.serialized_pb).decode()
    number = client.register_schema("topic-value", confluent.Schema(text, "PROTOBUF"))
    schema = {"type": "record", "name": "R", "fields": [{"name": "a", "type": "long"}, {"name": "s", "type": "string"}]}
    adapter = translator.adapter({9: schema}, f"{path}#Second.Deep", out="confluent", out_id=number)
    message = adapter.translate(b"\0\0\0\0\x09\x0a\x02x")
    assert message.data[:8] == b"\0" + number.to_bytes(4, "big") + b"\4\2\2"
    read = ProtobufDeserializer(deep, {"use.deprecated.format": False}, client)
    assert read(message.data, context()) == deep(a=5, s="x")


def test_bytes_alone_are_refused(client):
    """Their clients leave Avro's length out of them: read by the schema they would be other bytes."""
    data = AvroSerializer(client, '"bytes"')(b"\x04ab", context())
    assert data[5:] == b"\x04ab"
    adapter = translator.adapter({int.from_bytes(data[1:5], "big"): '{"type":"bytes"}'}, "json")
    error = refusal(lambda: adapter.translate(data))
    assert (error.code, "have no length" in error.message) == ("FRAME_PLAN", True)
    with pytest.raises(PlanError, match="have no length"):
        translator.adapter({1: ONE}, '{"type":"bytes"}', out="confluent", out_id=1)
